import * as assert from 'uvu/assert';
import {
  garbageCollectorEffects,
  garbageCollectorMachine,
  type GarbageFacts,
  type OwnersVerdict,
} from '../../machines/garbageCollector.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('garbageCollector chart (controllers.md §8.1)');
const rig = () => createRig(garbageCollectorMachine, garbageCollectorEffects, undefined);
type R = ReturnType<typeof rig>;
const see = (r: R, facts: Partial<GarbageFacts> = {}) =>
  r.send({
    type: 'object.observed',
    isBeingDeleted: false,
    awaitsDependents: false,
    orphansDependents: false,
    blockingDependents: 0,
    ...facts,
  });
const judge = (verdict: Partial<OwnersVerdict>): R => {
  const r = rig();
  see(r);
  r.send({
    type: 'owners.examined',
    verdict: { solid: 0, waiting: 0, dangling: 0, hasDependents: false, ownPolicy: 'Background', ...verdict },
  });
  return r;
};
const last = (r: R) => [r.calls.at(-1)?.effect, r.calls.at(-1)?.params];

test('GC-3: without owners, or with a solid one only, it is left alone', () => {
  assert.is(judge({}).snapshot.status, 'done');
  assert.is(judge({ solid: 1 }).snapshot.status, 'done');
});
test('GC-4: with a solid owner left, the others are forgotten', () => {
  assert.is(last(judge({ solid: 1, dangling: 1 }))[0], 'removeReferences');
  assert.is(last(judge({ solid: 1, waiting: 1 }))[0], 'removeReferences');
});
test('GC-4: without one it is deleted: in the foreground when it holds up its owner, else as its finalizers ask', () => {
  const policy = (verdict: Partial<OwnersVerdict>) => last(judge(verdict))[1];
  assert.equal(policy({ dangling: 1 }), { policy: 'Background' });
  assert.equal(policy({ dangling: 1, ownPolicy: 'Orphan' }), { policy: 'Orphan' });
  assert.equal(policy({ dangling: 1, ownPolicy: 'Foreground' }), { policy: 'Foreground' });
  assert.equal(policy({ waiting: 1, hasDependents: true }), { policy: 'Foreground' });
  assert.equal(policy({ waiting: 1 }), { policy: 'Background' });
});
test('GC-3: deleted in the foreground, it waits until nothing blocks it', () => {
  const r = rig();
  const waiting = { isBeingDeleted: true, awaitsDependents: true };
  see(r, { ...waiting, blockingDependents: 2 });
  see(r, { ...waiting, blockingDependents: 1 });
  assert.equal(
    r.calls.map(({ effect }) => effect),
    ['summonDependents', 'summonDependents'],
  );
  see(r, waiting);
  assert.equal(last(r), ['removeFinalizer', { finalizer: 'foregroundDeletion' }]);
  r.send({ type: 'finalizer.removed' });
  assert.is(r.snapshot.status, 'done');
});
test('GC-5: orphaning frees the dependents before the finalizer goes', () => {
  const r = rig();
  see(r, { isBeingDeleted: true, orphansDependents: true });
  assert.is(last(r)[0], 'orphanDependents');
  r.send({ type: 'dependents.orphaned' });
  assert.equal(last(r), ['removeFinalizer', { finalizer: 'orphan' }]);
});
test('row 241: a request that fails is tried again after 5 ms, 10 ms, …, and nothing is given up meanwhile', () => {
  const r = rig();
  see(r, { isBeingDeleted: true, orphansDependents: true });
  for (const backOffMs of [5, 10, 20]) {
    r.send({ type: 'write.failed', error: 'conflict' });
    r.advance(backOffMs - 1);
    assert.is(r.snapshot.value, 'backingOff');
    r.advance(1);
    assert.is(r.snapshot.value, 'orphaning');
  }
  assert.equal(r.timesOf('removeFinalizer'), []);
});
test('an object that is already being deleted, or is gone, needs nothing', () => {
  const r = rig();
  see(r, { isBeingDeleted: true });
  assert.is(r.snapshot.status, 'done');
  const gone = rig();
  see(gone);
  gone.send({ type: 'object.gone' });
  assert.is(gone.snapshot.status, 'done');
});
test.run();
