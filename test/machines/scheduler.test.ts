import * as assert from 'uvu/assert';
import { backOffDurationMs, schedulerEffects, schedulerMachine } from '../../machines/scheduler.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('scheduler chart');
const rig = () => createRig(schedulerMachine, schedulerEffects, undefined);
type R = ReturnType<typeof rig>;
const rejected = (plugin: string) => (at: number) =>
  ({ type: 'node.notFound', at, message: '0/1 nodes are available', rejectedBy: [plugin] }) as const;
/** What may undo refusals: of any plugin, or of those that are named. */
const changed = (helps?: readonly string[]) => (at: number) =>
  ({ type: 'cluster.changed', at, helps }) as const;
const ROOM = ['NodeResourcesFit', 'NodePorts'];
const TOLERATIONS = ['TaintToleration', 'NodeUnschedulable'];
const fail = (r: R, plugin = 'NodeResourcesFit') => {
  r.send({ type: 'turn.given' });
  r.send(rejected(plugin));
};

test('queued, scheduled, bound', () => {
  const r = rig();
  assert.is(r.snapshot.value, 'queued');
  r.send({ type: 'turn.given' });
  r.send({ type: 'node.chosen', nodeName: 'n1' });
  assert.is(r.snapshot.value, 'binding');
  r.send({ type: 'pod.bound' });
  assert.is(r.snapshot.status, 'done');
  assert.equal(
    r.calls.map(({ effect }) => effect),
    ['enterQueue', 'findNode', 'bindPod', 'announceBinding'],
  );
});
test('SC-4: a gated pod is not queued before its gates are gone', () => {
  const r = rig();
  r.send({ type: 'pod.gated' });
  assert.is(r.snapshot.value, 'gated');
  assert.is(r.calls.at(-1)?.effect, 'leaveQueue');
  r.send({ type: 'turn.given' });
  assert.is(r.snapshot.value, 'gated');
  r.send({ type: 'pod.ungated' });
  assert.is(r.snapshot.value, 'queued');
});
test('row 246: back-off of 0, 1, 2, 4, 8, 10 s', () => {
  assert.equal([0, 1, 2, 3, 4, 5, 9].map(backOffDurationMs), [0, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});
test('SC-3: an unschedulable pod waits for a change that might help', () => {
  const r = rig();
  fail(r, 'NodeAffinity');
  assert.is(r.snapshot.value, 'unschedulable');
  r.send(changed(ROOM));
  assert.is(r.snapshot.value, 'unschedulable');
  r.send(changed());
  assert.equal(r.snapshot.value, { backingOff: 'willing' });
});
test('SC-3: what it tolerates matters only when a taint was in the way', () => {
  for (const plugin of ['TaintToleration', 'NodeUnschedulable']) {
    const r = rig();
    fail(r, plugin);
    r.send(changed(ROOM));
    assert.is(r.snapshot.value, 'unschedulable');
    r.send(changed(TOLERATIONS));
    assert.equal(r.snapshot.value, { backingOff: 'willing' });
  }
  const r = rig();
  fail(r, 'NodeResourcesFit');
  r.send(changed(TOLERATIONS));
  assert.is(r.snapshot.value, 'unschedulable');
});
test('SC-2: within its back-off it waits for the rest of it, but may be taken when nothing else is queued', () => {
  const r = rig();
  fail(r);
  r.advance(400);
  r.send(changed(ROOM));
  assert.is(r.timesOf('enterBackOffQueue').length, 1);
  r.advance(599);
  assert.equal(r.snapshot.value, { backingOff: 'willing' });
  r.advance(1);
  assert.is(r.snapshot.value, 'queued');
  assert.is(r.timesOf('leaveBackOffQueue').length, 1);
  fail(r);
  r.send(changed());
  r.send({ type: 'turn.given' });
  assert.is(r.snapshot.value, 'scheduling');
});
test('SC-2: once the back-off is over a change queues it at once', () => {
  const r = rig();
  fail(r);
  r.advance(1000);
  r.send(changed());
  assert.is(r.snapshot.value, 'queued');
});
test('SC-3: tried again after 5 minutes in any case', () => {
  const r = rig();
  fail(r);
  r.advance(299_999);
  assert.is(r.snapshot.value, 'unschedulable');
  r.advance(1);
  assert.is(r.snapshot.value, 'queued');
});
test('SC-2: after an error the full back-off is waited for', () => {
  const r = rig();
  for (const backOffMs of [1000, 2000]) {
    r.send({ type: 'turn.given' });
    r.send({ type: 'node.chosen', nodeName: 'n1' });
    r.send((at) => ({ type: 'bind.failed', at, message: 'conflict' }));
    r.send({ type: 'turn.given' });
    assert.equal(r.snapshot.value, { backingOff: 'afterError' });
    r.advance(backOffMs - 1);
    assert.equal(r.snapshot.value, { backingOff: 'afterError' });
    r.advance(1);
    assert.is(r.snapshot.value, 'queued');
  }
});
test.run();
