import * as assert from 'uvu/assert';
import {
  replicaSetEffects,
  replicaSetMachine,
  type ReplicaSetMachineEvent,
  type ReplicasObservation,
} from '../../machines/replicaSet.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('replicaSet chart');

const seen = (
  desired: number,
  active: number,
  more: Partial<ReplicasObservation> = {},
): ReplicaSetMachineEvent => ({
  type: 'replicas.observed',
  desired,
  active,
  toClaim: 0,
  victims: [],
  isBeingDeleted: false,
  availableInMs: undefined,
  ...more,
});
const rest = (name: string) => ({ replicas: { resting: name }, availability: 'settled' });
const rig = () => createRig(replicaSetMachine, replicaSetEffects, undefined);
type R = ReturnType<typeof rig>;
const effects = (r: R): string[] => r.calls.map(({ effect }) => effect);

test('as many as wanted: only the status is published', () => {
  const r = rig();
  r.send(seen(2, 2));
  assert.equal(effects(r), ['publishStatus']);
  r.send({ type: 'status.published' });
  assert.equal(r.snapshot.value, rest('satisfied'));
});
test('row 6: creations that the watch has not shown hold up the next scaling', () => {
  const r = rig();
  r.send(seen(2, 1));
  assert.is(r.snapshot.context.creationsExpected, 1);
  r.send({ type: 'pods.created', missing: 0, error: undefined });
  r.send({ type: 'status.published' });
  assert.equal(r.snapshot.value, rest('awaitingObservation'));
  r.send(seen(2, 1));
  r.send({ type: 'status.published' });
  assert.equal(effects(r), ['createPods', 'publishStatus', 'publishStatus']);
  r.send({ type: 'pods.observed', created: 1, deleted: [] });
  r.send(seen(2, 1));
  assert.is(effects(r).at(-1), 'createPods');
});
test('row 5, EX-5: creations that failed or were never tried are not expected; the next sync waits 5 ms, then 10 ms', () => {
  const r = rig();
  for (const backOffMs of [5, 10, 20]) {
    r.send(seen(10, 0));
    r.send({ type: 'pods.created', missing: 10, error: 'no' });
    assert.is(r.snapshot.context.creationsExpected, 0);
    r.send({ type: 'status.published' });
    assert.equal(r.snapshot.value, rest('backingOff'));
    const before = r.timesOf('requestSync').length;
    r.advance(backOffMs - 1);
    assert.is(r.timesOf('requestSync').length, before);
    r.advance(1);
    assert.is(r.timesOf('requestSync').length, before + 1);
  }
  r.send(seen(10, 10));
  r.send({ type: 'status.published' });
  assert.is(r.snapshot.context.failures, 0);
});
test('row 7: deletions wait for exactly the pods that were asked for; a pod counts once (EX-3)', () => {
  const r = rig();
  r.send(seen(0, 2, { victims: ['d/a', 'd/b'] }));
  r.send({ type: 'pods.deleted', failed: [], error: undefined });
  r.send({ type: 'status.published' });
  r.send({ type: 'pods.observed', created: 0, deleted: ['d/other', 'd/a', 'd/a'] });
  assert.equal(r.snapshot.context.deletionsExpected, ['d/b']);
  r.send(seen(0, 1, { victims: ['d/b'] }));
  r.send({ type: 'status.published' });
  assert.is(r.timesOf('deletePods').length, 1);
  r.send({ type: 'pods.observed', created: 0, deleted: ['d/b'] });
  r.send(seen(0, 0));
  r.send({ type: 'status.published' });
  assert.equal(r.snapshot.value, rest('satisfied'));
});
test('RS-12: a deletion that failed is not expected', () => {
  const r = rig();
  r.send(seen(0, 2, { victims: ['d/a', 'd/b'] }));
  r.send({ type: 'pods.deleted', failed: ['d/a'], error: undefined });
  assert.equal(r.snapshot.context.deletionsExpected, ['d/b']);
});
test('EX-1, row 36: an expectation is given up after 5 minutes', () => {
  const r = rig();
  r.send(seen(2, 1));
  r.send({ type: 'pods.created', missing: 0, error: undefined });
  r.send({ type: 'status.published' });
  r.advance(299_999);
  assert.equal(r.timesOf('requestSync'), []);
  r.advance(1);
  assert.equal(r.timesOf('requestSync'), [300_000]);
  assert.is(r.snapshot.context.creationsExpected, 0);
});
test('row 36: of 10 creations expected 9 seen leave one, and 11 seen are enough', () => {
  const r = rig();
  r.send(seen(10, 0));
  r.send({ type: 'pods.created', missing: 0, error: undefined });
  r.send({ type: 'status.published' });
  for (const [created, expected, creations] of [
    [9, 1, 1],
    [2, -1, 2],
  ] as const) {
    r.send({ type: 'pods.observed', created, deleted: [] });
    assert.is(r.snapshot.context.creationsExpected, expected);
    r.send(seen(10, 8));
    assert.is(r.timesOf('createPods').length, creations);
    r.send({ type: 'status.published' });
  }
});
test('row 36: of 5 deletions expected each pod must be seen once; none is left over', () => {
  const r = rig();
  const victims = ['d/a', 'd/b', 'd/c', 'd/d', 'd/e'];
  r.send(seen(0, 5, { victims }));
  r.send({ type: 'pods.deleted', failed: [], error: undefined });
  r.send({ type: 'status.published' });
  victims.forEach((key, index) => {
    assert.equal(r.snapshot.value, rest('awaitingObservation'));
    r.send({ type: 'pods.observed', created: 0, deleted: [key] });
    assert.equal(r.snapshot.context.deletionsExpected, victims.slice(index + 1));
    r.send(seen(0, 4 - index));
    r.send({ type: 'status.published' });
  });
  assert.equal(r.snapshot.value, rest('satisfied'));
  assert.is(r.timesOf('deletePods').length, 1);
});
test('claims come first; a failed claim creates nothing (row 14)', () => {
  const r = rig();
  r.send(seen(2, 1, { toClaim: 1 }));
  assert.equal(effects(r), ['claimPods']);
  r.send({ type: 'claim.failed', error: 'no' });
  assert.equal(r.snapshot.value, rest('backingOff'));
  r.send(seen(2, 1, { toClaim: 1 }));
  r.send({ ...seen(2, 2), type: 'pods.claimed' } as ReplicaSetMachineEvent);
  assert.equal(effects(r), ['claimPods', 'claimPods', 'publishStatus']);
});
test('RS-14: a ReplicaSet that is being deleted creates nothing and keeps its status', () => {
  const r = rig();
  r.send(seen(3, 0, { isBeingDeleted: true }));
  assert.equal(effects(r), ['publishStatus']);
  r.send({ type: 'status.published' });
  assert.equal(r.snapshot.value, rest('deleting'));
});
test('Q-2: a change during a sync brings one more sync, after it', () => {
  const r = rig();
  r.send(seen(2, 2));
  r.send({ type: 'sync.request' });
  r.send({ type: 'sync.request' });
  assert.equal(r.timesOf('requestSync'), []);
  r.send({ type: 'status.published' });
  assert.equal(r.timesOf('requestSync'), [0]);
});
test('RS-13: wakes when the next ready pod becomes available, and not before', () => {
  const r = rig();
  r.send(seen(2, 2, { availableInMs: 700 }));
  r.send({ type: 'status.published' });
  r.advance(699);
  assert.equal(r.timesOf('requestSync'), []);
  r.advance(1);
  assert.equal(r.timesOf('requestSync'), [700]);
  assert.is(r.pendingTimers, 0);
});
test('PR-11: at most 500 creations are expected from one sync', () => {
  const r = rig();
  r.send(seen(5000, 0));
  assert.is(r.snapshot.context.creationsExpected, 500);
});
test.run();
