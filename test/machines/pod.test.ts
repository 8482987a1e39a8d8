import * as assert from 'uvu/assert';
import {
  nextSidecarToEnd,
  podDeadlineMachine,
  podMachine,
  podVolumesMachine,
  type PodInput,
} from '../../machines/index.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: pod');

const EFFECTS = [
  'admitPod',
  'mountVolumes',
  'createSandbox',
  'removeSandbox',
  'startNextInitContainer',
  'startNextContainer',
  'startEphemeralContainer',
  'stopContainers',
  'releaseSidecar',
  'resetContainers',
  'reportSandboxFailed',
  'reportRejected',
  'reportEvicted',
  'publishStatus',
  'deleteObject',
  'cleanUp',
];
type PodRig = Rig<typeof podMachine>;

const pod = (
  containers: readonly string[],
  answers: Readonly<Record<string, (rig: PodRig) => void>> = {},
  more: Partial<PodInput> = {},
): PodRig => {
  const input = { containers, terminationGracePeriodSeconds: 30, ...more };
  return createRig(podMachine, EFFECTS, input, (call, rig) => {
    const usual: Readonly<Record<string, (rig: PodRig) => void>> = {
      admitPod: () => rig.send({ type: 'pod.admitted' }),
      createSandbox: () => rig.send({ type: 'sandbox.ready', ip: '10.0.0.1' }),
      removeSandbox: () => rig.send({ type: 'sandbox.removed' }),
    };
    (answers[call.effect] ?? usual[call.effect])?.(rig);
  });
};

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
  assert.equal(rig.snapshot.value, { terminating: 'mainContainers' });
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

test('a grace period of 0, of a deletion or of the node, is 1 s (row 102)', () => {
  const deleted = pod(['a']);
  deleted.send({ type: 'pod.delete', graceSeconds: 0 });
  assert.is(deleted.snapshot.context.graceSeconds, 1);
  const evicted = pod(['a']);
  evicted.send({ type: 'pod.evict', reason: 'Evicted', message: 'short', graceSeconds: 0 });
  assert.is(evicted.snapshot.context.graceSeconds, 1);
  const longer = pod(['a']);
  longer.send({ type: 'pod.evict', reason: 'Evicted', message: 'short', graceSeconds: 2 });
  longer.send({ type: 'pod.delete', graceSeconds: 30 });
  assert.is(longer.snapshot.context.graceSeconds, 2);
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
  assert.equal(rig.snapshot.value, { terminating: 'mainContainers' });
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

const ended = (rig: PodRig, name: string, exitCode: number | null): void =>
  rig.send({ type: 'container.terminated', name, exitCode });

test('init containers run one at a time: the next when one has exited with 0, or a sidecar has started (1.7)', () => {
  const initContainers = [
    { name: 'i1', isSidecar: false },
    { name: 's', isSidecar: true },
    { name: 'i2', isSidecar: false },
  ];
  const rig = pod(['a'], {}, { initContainers });
  const started = (): [number, number] => [
    rig.timesOf('startNextInitContainer').length,
    rig.timesOf('startNextContainer').length,
  ];
  assert.equal(rig.snapshot.value, { initializing: 'starting' });
  rig.send({ type: 'container.settled', name: 'i1' });
  assert.equal(started(), [1, 0]);
  ended(rig, 'i1', 0);
  assert.equal(started(), [2, 0]);
  rig.send({ type: 'container.settled', name: 's' });
  assert.equal(started(), [2, 0]);
  rig.send({ type: 'container.initialized', name: 's' });
  assert.equal(started(), [3, 0]);
  ended(rig, 'i2', 0);
  assert.equal(started(), [3, 1]);
  assert.equal(rig.snapshot.value, { running: 'starting' });
});

test('an init container that fails for good fails the pod, and what runs is stopped first (row 81)', () => {
  const initContainers = [
    { name: 's', isSidecar: true },
    { name: 'i', isSidecar: false },
  ];
  const rig = pod(['a'], {}, { initContainers });
  rig.send({ type: 'container.initialized', name: 's' });
  ended(rig, 'i', 3);
  // Regular containers never ran: they are waited for as well.
  assert.equal(rig.snapshot.value, { terminating: 'mainContainers' });
  assert.is(rig.snapshot.context.graceSeconds, 30);
  ended(rig, 'a', null);
  ended(rig, 's', 143);
  assert.is(rig.snapshot.value, 'Failed');
  assert.equal(rig.timesOf('startNextContainer'), []);
  rig.send({ type: 'pod.delete', graceSeconds: 0 });
  assert.is(rig.snapshot.value, 'deleting');
});

test('sidecars end last, in reverse order, when the others have ended or the pod is deleted (row 111)', () => {
  const initContainers = [
    { name: 's1', isSidecar: true },
    { name: 's2', isSidecar: true },
  ];
  for (const isDeleted of [false, true]) {
    const released: (string | undefined)[] = [];
    const rig = pod(
      ['a'],
      { releaseSidecar: (self) => released.push(nextSidecarToEnd(self.snapshot.context)) },
      { initContainers },
    );
    rig.send({ type: 'container.initialized', name: 's1' });
    rig.send({ type: 'container.initialized', name: 's2' });
    rig.send({ type: 'container.settled', name: 'a' });
    if (isDeleted) rig.send({ type: 'pod.delete', graceSeconds: 30 });
    assert.equal(released, []);
    ended(rig, 'a', 0);
    assert.equal(rig.snapshot.value, { terminating: 'sidecars' });
    assert.equal(released, ['s2']);
    ended(rig, 's2', 143);
    assert.equal(released, ['s2', 's1']);
    ended(rig, 's1', 1);
    assert.is(rig.snapshot.value, isDeleted ? 'deleting' : 'Succeeded');
    assert.is(rig.timesOf('stopContainers').length, 1);
  }
});

test('a pod that is deleted while its sidecars end: the object goes when they have ended', () => {
  const rig = pod(['a'], {}, { initContainers: [{ name: 's', isSidecar: true }] });
  rig.send({ type: 'container.initialized', name: 's' });
  ended(rig, 'a', 0);
  rig.send({ type: 'pod.delete', graceSeconds: 30 });
  assert.is(rig.timesOf('stopContainers').length, 1);
  ended(rig, 's', 143);
  assert.is(rig.snapshot.value, 'deleting');
});

test('a pod that the node ends fails with its reason, whatever its containers did (5.6)', () => {
  const rig = pod(['a']);
  rig.send({ type: 'container.settled', name: 'a' });
  rig.send({ type: 'pod.evict', reason: 'DeadlineExceeded', message: 'too long', graceSeconds: 30 });
  assert.is(rig.timesOf('reportEvicted').length, 1);
  ended(rig, 'a', 0);
  assert.is(rig.snapshot.value, 'Failed');
  assert.equal(rig.snapshot.context.eviction, {
    reason: 'DeadlineExceeded',
    message: 'too long',
    isDisruption: false,
  });
});

test('volumes are put in place before the sandbox is made', () => {
  const rig = pod(['a'], {}, { hasVolumes: true });
  assert.is(rig.snapshot.value, 'mounting');
  assert.equal(rig.timesOf('createSandbox'), []);
  rig.send({ type: 'volumes.mounted' });
  assert.equal(rig.snapshot.value, { running: 'starting' });
});

test('RestartAllContainers: all are reset, then the pod begins with its first init container (3.3, row 83)', () => {
  const rig = pod(['a', 'b'], {}, { initContainers: [{ name: 'i', isSidecar: false }] });
  ended(rig, 'i', 0);
  rig.send({ type: 'container.settled', name: 'a' });
  ended(rig, 'b', 0);
  rig.send({ type: 'pod.restartAll' });
  assert.is(rig.snapshot.value, 'restartingAll');
  for (const name of ['a', 'i']) rig.send({ type: 'container.reset', name });
  assert.is(rig.snapshot.value, 'restartingAll');
  rig.send({ type: 'container.reset', name: 'b' });
  assert.equal(rig.snapshot.value, { initializing: 'starting' });
  assert.equal(rig.snapshot.context.ended, {});
  assert.is(rig.timesOf('startNextInitContainer').length, 2);
  assert.equal([rig.snapshot.context.nextInitContainer, rig.snapshot.context.nextContainer], [0, 0]);
});

test('an ephemeral container does not decide how the pod ends, but is waited for (1.8)', () => {
  const rig = pod(['a']);
  rig.send({ type: 'container.settled', name: 'a' });
  rig.send({ type: 'container.added', name: 'debug' });
  assert.is(rig.timesOf('startEphemeralContainer').length, 1);
  ended(rig, 'a', 0);
  assert.equal(rig.snapshot.value, { terminating: 'mainContainers' });
  ended(rig, 'debug', 137);
  assert.is(rig.snapshot.value, 'Succeeded');
});

test('the deadline of a pod passes once, and may be moved closer (rows 112, 115)', () => {
  const rig = createRig(podDeadlineMachine, ['endPod'], { remainingMs: 60_000 });
  rig.advance(10_000);
  rig.send({ type: 'deadline.changed', remainingMs: 20_000 });
  rig.advance(100_000);
  assert.equal(rig.timesOf('endPod'), [30_000]);
  const late = createRig(podDeadlineMachine, ['endPod'], { remainingMs: -5_000 });
  late.advance(0);
  assert.equal(late.timesOf('endPod'), [0]);
});

test('volumes that cannot be mounted are tried again after 0.5, 1, 2 … 122 s; then looked at every 60 s', () => {
  const effects = ['mountVolumes', 'announceMounted', 'reportFailedMount'];
  let failures = 11;
  const rig = createRig(podVolumesMachine, effects, { canChange: true }, ({ effect }, self) => {
    if (effect !== 'mountVolumes') return;
    failures -= 1;
    if (failures >= 0) self.send({ type: 'volumes.failed', volume: 'v', message: 'not found' });
    else self.send({ type: 'volumes.mounted' });
  });
  rig.advance(600_000);
  const seconds = rig.timesOf('mountVolumes').map((at) => at / 1000);
  assert.equal(seconds.slice(0, 12), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 127.5, 249.5, 371.5, 493.5]);
  assert.equal(seconds.slice(12), [553.5]);
  assert.is(rig.timesOf('announceMounted').length, 1);
  const settled = createRig(podVolumesMachine, effects, { canChange: false });
  settled.send({ type: 'volumes.mounted' });
  assert.is(settled.pendingTimers, 0);
});

test('a sandbox that cannot be made while the pod is being deleted: nothing is told, nothing is tried again (row 125)', () => {
  const rig = pod(['a'], { createSandbox: () => {} });
  rig.send({ type: 'pod.delete', graceSeconds: 30 });
  rig.send({ type: 'sandbox.failed', message: 'too late' });
  rig.advance(60_000);
  assert.equal(rig.timesOf('reportSandboxFailed'), []);
  assert.is(rig.timesOf('createSandbox').length, 1);
});

test.run();
