import * as assert from 'uvu/assert';
import { podMachine } from '../../machines/index.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: pod');

const EFFECTS = [
  'admitPod',
  'createSandbox',
  'removeSandbox',
  'startNextContainer',
  'stopContainers',
  'reportSandboxFailed',
  'reportRejected',
  'publishStatus',
  'deleteObject',
  'cleanUp',
];
type PodRig = Rig<typeof podMachine>;

const pod = (
  containers: readonly string[],
  answers: Readonly<Record<string, (rig: PodRig) => void>> = {},
): PodRig =>
  createRig(podMachine, EFFECTS, { containers, terminationGracePeriodSeconds: 30 }, (call, rig) => {
    const usual: Readonly<Record<string, (rig: PodRig) => void>> = {
      admitPod: () => rig.send({ type: 'pod.admitted' }),
      createSandbox: () => rig.send({ type: 'sandbox.ready', ip: '10.0.0.1' }),
      removeSandbox: () => rig.send({ type: 'sandbox.removed' }),
    };
    (answers[call.effect] ?? usual[call.effect])?.(rig);
  });

test('containers are started one after the other: the next when the one before runs or waits', () => {
  const rig = pod(['a', 'b']);
  assert.is(rig.timesOf('startNextContainer').length, 1);
  rig.send({ type: 'container.settled', name: 'b' });
  assert.is(rig.timesOf('startNextContainer').length, 1);
  rig.send({ type: 'container.settled', name: 'a' });
  assert.is(rig.timesOf('startNextContainer').length, 2);
  assert.equal(rig.snapshot.value, { running: 'starting' });
  rig.send({ type: 'container.settled', name: 'b' });
  assert.equal(rig.snapshot.value, { running: 'started' });
});

test('a pod whose containers all end with 0 has Succeeded; with another code, Failed', () => {
  for (const [codes, phase] of [
    [[0, 0], 'Succeeded'],
    [[0, 1], 'Failed'],
  ] as const) {
    const rig = pod(['a', 'b']);
    rig.send({ type: 'container.settled', name: 'a' });
    rig.send({ type: 'container.settled', name: 'b' });
    rig.send({ type: 'container.terminated', name: 'a', exitCode: codes[0] });
    assert.equal(rig.snapshot.value, { running: 'started' });
    rig.send({ type: 'container.terminated', name: 'b', exitCode: codes[1] });
    assert.is(rig.snapshot.value, phase);
    assert.is(rig.timesOf('removeSandbox').length, 1);
  }
});

test('a container that ends before the next had its turn does not end the pod', () => {
  const rig = pod(['a', 'b']);
  rig.send({ type: 'container.terminated', name: 'a', exitCode: 0 });
  assert.equal(rig.snapshot.value, { running: 'starting' });
  assert.is(rig.timesOf('startNextContainer').length, 2);
});

test('deletion: containers are stopped, the sandbox goes, then the object', () => {
  const rig = pod(['a']);
  rig.send({ type: 'container.settled', name: 'a' });
  rig.send({ type: 'pod.delete', graceSeconds: 30 });
  assert.is(rig.snapshot.value, 'terminating');
  assert.is(rig.snapshot.context.graceSeconds, 30);
  assert.equal(rig.timesOf('deleteObject'), []);
  rig.send({ type: 'container.terminated', name: 'a', exitCode: 143 });
  assert.is(rig.snapshot.value, 'deleting');
  const order = rig.calls.map(({ effect }) => effect).filter((effect) => effect !== 'publishStatus');
  assert.equal(order.slice(-3), ['stopContainers', 'removeSandbox', 'deleteObject']);
  rig.send({ type: 'pod.removed' });
  assert.is(rig.snapshot.status, 'done');
  assert.is(rig.timesOf('cleanUp').length, 1);
});

test('a second deletion can only shorten the grace period; a force deletion leaves 1 s (row 102)', () => {
  const rig = pod(['a']);
  rig.send({ type: 'pod.delete', graceSeconds: 30 });
  rig.send({ type: 'pod.delete', graceSeconds: 60 });
  assert.is(rig.snapshot.context.graceSeconds, 30);
  assert.is(rig.timesOf('stopContainers').length, 1);
  rig.send({ type: 'pod.delete', graceSeconds: 5 });
  assert.is(rig.snapshot.context.graceSeconds, 5);
  rig.send({ type: 'pod.removed' });
  assert.is(rig.snapshot.context.graceSeconds, 1);
  assert.is(rig.timesOf('stopContainers').length, 3);
});

test('a pod whose object vanished is stopped, and nothing is deleted in the API', () => {
  const rig = pod(['a']);
  rig.send({ type: 'pod.removed' });
  rig.send({ type: 'container.terminated', name: 'a', exitCode: 137 });
  assert.is(rig.snapshot.value, 'deleting');
  rig.send({ type: 'pod.removed' });
  assert.is(rig.snapshot.status, 'done');
});

test('a sandbox that cannot be made is tried again every 10 s', () => {
  const rig = pod(['a'], {
    createSandbox: (self) => self.send({ type: 'sandbox.failed', message: 'no address' }),
  });
  rig.advance(20_000);
  assert.equal(rig.timesOf('createSandbox'), [0, 10_000, 20_000]);
  assert.is(rig.timesOf('reportSandboxFailed').length, 3);
  rig.send({ type: 'pod.delete', graceSeconds: 30 });
  assert.is(rig.snapshot.value, 'terminating');
  assert.is(rig.pendingTimers, 0);
});

test('a pod that the node refuses never starts', () => {
  const rig = pod(['a'], {
    admitPod: (self) => self.send({ type: 'pod.rejected', reason: 'OutOfcpu', message: 'no cpu' }),
  });
  assert.is(rig.snapshot.value, 'rejected');
  assert.equal(rig.timesOf('createSandbox'), []);
  assert.is(rig.timesOf('reportRejected').length, 1);
});

test('an ended pod is forgotten when its object goes', () => {
  const rig = pod(['a']);
  rig.send({ type: 'container.terminated', name: 'a', exitCode: 0 });
  assert.is(rig.snapshot.value, 'Succeeded');
  rig.send({ type: 'pod.removed' });
  assert.is(rig.snapshot.status, 'done');
});

test.run();
