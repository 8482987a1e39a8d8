import * as assert from 'uvu/assert';
import { namespaceEffects, namespaceMachine } from '../../machines/namespace.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('namespace chart (controllers.md §8.2)');
const rig = () => {
  const r = createRig(namespaceMachine, namespaceEffects, undefined);
  r.send({ type: 'namespace.terminating' });
  return r;
};
const effects = (r: ReturnType<typeof rig>): string[] => r.calls.map(({ effect }) => effect);

test('NS-1: pods first, then the rest, then the namespace', () => {
  const r = rig();
  r.send({ type: 'pods.deleted', remaining: 0, estimateSeconds: 0 });
  r.send({ type: 'content.deleted', remaining: 0 });
  assert.equal(effects(r), ['deletePods', 'deleteContent', 'finalizeNamespace']);
  r.send({ type: 'namespace.finalized' });
  assert.is(r.snapshot.status, 'done');
});
test('NS-2: remaining pods are looked at again after half their grace period and a second', () => {
  const r = rig();
  r.send({ type: 'pods.deleted', remaining: 2, estimateSeconds: 30 });
  r.advance(15_999);
  assert.is(r.timesOf('deletePods').length, 1);
  r.advance(1);
  assert.equal(r.timesOf('deletePods'), [0, 16_000]);
});
test('content that goes wakes it before', () => {
  const r = rig();
  r.send({ type: 'pods.deleted', remaining: 2, estimateSeconds: 30 });
  r.send({ type: 'content.changed' });
  assert.is(r.timesOf('deletePods').length, 2);
  r.send({ type: 'pods.deleted', remaining: 0, estimateSeconds: 0 });
  r.send({ type: 'content.deleted', remaining: 1 });
  r.send({ type: 'content.changed' });
  assert.is(r.timesOf('deleteContent').length, 2);
});
test('a request that fails is tried again from the start, after 5 ms', () => {
  const r = rig();
  r.send({ type: 'write.failed', error: 'no' });
  r.advance(5);
  assert.equal(r.timesOf('deletePods'), [0, 5]);
});
test.run();
