/** How a container ends: hooks, the order of sidecars, one grace period; and how it begins anew. */
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { container, exit, seconds, type Answer, type ContainerRig } from './containerRig.js';

const test = suite('machines: container, stopping');

const deaf: Answer = ({ effect }) => effect === 'sendSigterm';
const kill = (rig: ContainerRig, graceMs: number, cause: 'deletion' | 'liveness' | 'podEnded' = 'deletion') =>
  rig.send((at) => ({ type: 'container.kill', at, cause, graceMs }));

test('a preStop hook runs before SIGTERM, and its whole seconds are taken off the grace period (5.2)', () => {
  const rig = container({ preStop: {} }, deaf);
  kill(rig, 30_000);
  assert.equal(rig.snapshot.value, { stopping: 'preStop' });
  rig.advance(5_700);
  rig.send((at) => ({ type: 'hook.succeeded', at }));
  assert.equal(seconds(rig, 'sendSigterm'), [5.7]);
  rig.advance(60_000);
  // 30 s less 5 whole seconds, from SIGTERM on.
  assert.equal(seconds(rig, 'sendSigkill'), [30.7]);
});

test('a preStop hook that takes too long leaves 2 s between SIGTERM and SIGKILL (5.2, row 105)', () => {
  const rig = container({ preStop: {} }, deaf);
  kill(rig, 10_000);
  rig.advance(60_000);
  assert.equal(seconds(rig, 'sendSigterm'), [10]);
  assert.equal(seconds(rig, 'sendSigkill'), [12]);
});

test('a failed preStop hook is reported, and does not hold the container', () => {
  const rig = container({ preStop: {} });
  kill(rig, 10_000);
  rig.send((at) => ({ type: 'hook.failed', at, message: 'no' }));
  assert.is(rig.timesOf('reportPreStopFailed').length, 1);
  assert.is(rig.snapshot.value, 'terminated');
});

test('a sleeping preStop hook of 50 s within 100 s; cut by a grace period of 30 s; not run after an exit (row 105)', () => {
  const rig = container({ preStop: { sleepMs: 50_000 } });
  kill(rig, 100_000);
  rig.advance(200_000);
  assert.equal(seconds(rig, 'sendSigterm'), [50]);

  const shortened = container({ preStop: { sleepMs: 50_000 } });
  kill(shortened, 100_000);
  shortened.advance(5_000);
  kill(shortened, 30_000);
  shortened.advance(200_000);
  assert.equal(seconds(shortened, 'sendSigterm'), [35]);
  assert.is(shortened.timesOf('runPreStop').length, 2);

  const ended = container({ preStop: { sleepMs: 50_000 }, podRestartPolicy: 'Never' });
  exit(ended, 0);
  assert.equal(ended.timesOf('runPreStop'), []);
  assert.is(ended.snapshot.value, 'terminated');
});

test('a container that exits during its preStop hook has ended', () => {
  const rig = container({ preStop: { sleepMs: 50_000 } });
  kill(rig, 100_000);
  exit(rig, 0);
  assert.is(rig.snapshot.value, 'terminated');
  assert.is(rig.pendingTimers, 0);
  assert.equal(rig.timesOf('sendSigterm'), []);
});

test('a liveness kill runs the preStop hook too, and the container is restarted (4.8)', () => {
  const rig = container({ preStop: { sleepMs: 3_000 } });
  kill(rig, 10_000, 'liveness');
  rig.advance(3_000);
  assert.equal(seconds(rig, 'sendSigterm'), [3]);
  assert.is(rig.snapshot.value, 'running');
  assert.is(rig.snapshot.context.restartCount, 1);
});

test('a postStart hook holds back the container: it counts as running when the hook has ended', () => {
  const rig = container({ postStart: { sleepMs: 2_000 } });
  assert.is(rig.snapshot.value, 'postStart');
  assert.equal(rig.timesOf('announceStarted'), []);
  assert.equal(seconds(rig, 'reportStarted'), [0]);
  rig.advance(2_000);
  assert.is(rig.snapshot.value, 'running');
  assert.equal(seconds(rig, 'announceStarted'), [2]);
});

test('a postStart hook that fails: killed, PostStartHookError for 1 s, then back-off from the second time on', () => {
  const failing: Answer = ({ effect }, rig) => {
    if (effect !== 'runPostStart') return false;
    rig.send((at) => ({ type: 'hook.failed', at, message: 'hook says no' }));
    return true;
  };
  const rig = container({ postStart: {}, terminationGraceMs: 30_000 }, failing);
  assert.equal(rig.snapshot.value, { waiting: 'PostStartHookError' });
  assert.is(rig.snapshot.context.message, 'hook says no');
  assert.is(rig.timesOf('reportPostStartFailed').length, 1);
  assert.equal(rig.timesOf('announceStarted'), []);
  rig.advance(1_000);
  assert.equal(seconds(rig, 'startContainer'), [0, 1]);
  assert.equal(rig.snapshot.value, { waiting: 'PostStartHookError' });
  rig.advance(1_000);
  assert.equal(rig.snapshot.value, { waiting: { CrashLoopBackOff: 'reporting' } });
  rig.advance(30_000);
  // The back-off of 10 s counts from the exit at 1 s, that of 20 s from the one at 11 s.
  assert.equal(seconds(rig, 'startContainer'), [0, 1, 11, 31]);
});

test('a pod that is deleted during a postStart hook', () => {
  const rig = container({ postStart: {} });
  kill(rig, 10_000);
  assert.is(rig.snapshot.value, 'terminated');
  rig.send((at) => ({ type: 'hook.failed', at, message: 'too late' }));
  assert.equal(rig.timesOf('reportPostStartFailed'), []);
});

test('a sidecar waits for its turn, at most for the grace period; its preStop hook does not (row 103)', () => {
  const released = container({ role: 'sidecar', preStop: { sleepMs: 3_000 } }, deaf);
  kill(released, 30_000, 'podEnded');
  released.advance(3_000);
  assert.equal(released.snapshot.value, { stopping: 'ordering' });
  released.advance(4_000);
  released.send((at) => ({ type: 'container.release', at }));
  assert.equal(seconds(released, 'sendSigterm'), [7]);
  released.advance(60_000);
  assert.equal(seconds(released, 'sendSigkill'), [30]);

  const forgotten = container({ role: 'sidecar' }, deaf);
  kill(forgotten, 10_000);
  forgotten.advance(60_000);
  assert.equal(seconds(forgotten, 'sendSigterm'), [10]);
  assert.equal(seconds(forgotten, 'sendSigkill'), [12]);
});

test('a sidecar that is released before its hook has ended does not wait; a regular container never does', () => {
  const sidecar = container({ role: 'sidecar', preStop: { sleepMs: 3_000 } });
  kill(sidecar, 30_000);
  sidecar.send((at) => ({ type: 'container.release', at }));
  sidecar.advance(3_000);
  assert.is(sidecar.snapshot.value, 'terminated');
  const regular = container();
  kill(regular, 30_000);
  assert.equal(seconds(regular, 'sendSigterm'), [0]);
});

test('a sidecar is restarted whatever its exit code and the policy of the pod (1.7, 3.1)', () => {
  for (const podRestartPolicy of ['Always', 'OnFailure', 'Never']) {
    for (const exitCode of [0, 1]) {
      const rig = container({ role: 'sidecar', restartPolicy: 'Always', podRestartPolicy });
      exit(rig, exitCode);
      assert.is(rig.snapshot.value, 'running', `${podRestartPolicy} ${exitCode}`);
    }
  }
});

test('an init container: exit 0 is final, a failure is tried again by the policy of the pod (1.7)', () => {
  for (const [podRestartPolicy, exitCode, isTriedAgain] of [
    ['Always', 0, false],
    ['OnFailure', 0, false],
    ['Always', 1, true],
    ['OnFailure', 1, true],
    ['Never', 1, false],
  ] as const) {
    const rig = container({ role: 'init', podRestartPolicy });
    exit(rig, exitCode);
    assert.is(rig.snapshot.value, isTriedAgain ? 'running' : 'terminated', `${podRestartPolicy} ${exitCode}`);
  }
});

test('an ephemeral container is never restarted (1.8)', () => {
  const rig = container({ role: 'ephemeral' });
  exit(rig, 1);
  assert.is(rig.snapshot.value, 'terminated');
});

test('a rule RestartAllContainers: the pod is told, and the container waits as new (3.3)', () => {
  const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }];
  const rig = container({ restartPolicy: 'Never', restartPolicyRules: rules });
  exit(rig, 42);
  assert.is(rig.timesOf('announceRestartAll').length, 1);
  assert.equal(rig.snapshot.value, { waiting: 'RestartingAllContainers' });
  assert.is(rig.snapshot.context.exit?.reason, 'RestartingAllContainers');
  assert.is(rig.snapshot.context.exit?.exitCode, 137);
  rig.send((at) => ({ type: 'container.start', at }));
  assert.is(rig.snapshot.value, 'running');
  assert.is(rig.snapshot.context.restartCount, 1);
  exit(rig, 1);
  assert.is(rig.snapshot.value, 'terminated');
});

test('a reset stops what runs with 2 s, revives what has ended, and leaves alone what never began', () => {
  const running = container({}, deaf);
  running.send((at) => ({ type: 'container.reset', at }));
  running.advance(2_000);
  assert.equal(seconds(running, 'sendSigkill'), [2]);
  exit(running, 137);
  assert.equal(running.snapshot.value, { waiting: 'RestartingAllContainers' });

  const ended = container({ podRestartPolicy: 'Never' });
  exit(ended, 0);
  ended.send((at) => ({ type: 'container.reset', at }));
  assert.equal(ended.snapshot.value, { waiting: 'RestartingAllContainers' });

  const absent = container({}, ({ effect }) => effect === 'pullImage');
  absent.send((at) => ({ type: 'container.reset', at }));
  assert.equal(absent.snapshot.value, { waiting: 'ContainerCreating' });
  for (const rig of [running, ended, absent]) assert.is(rig.timesOf('announceReset').length, 1);
});

test('another image: killed and restarted at once, even with the policy Never; its back-offs begin anew (1.6, row 78)', () => {
  const rig = container({ podRestartPolicy: 'Never' });
  rig.send((at) => ({ type: 'container.changed', at, image: 'app:2' }));
  assert.is(rig.snapshot.value, 'running');
  assert.is(rig.snapshot.context.image, 'app:2');
  assert.is(rig.snapshot.context.restartCount, 1);

  const crashing: Answer = ({ effect }, self) => {
    if (effect === 'announceStarted') exit(self, 1);
    return false;
  };
  const looping = container({}, crashing);
  looping.advance(100_000);
  assert.is(looping.snapshot.context.crashBackOff.delayMs, 80_000);
  looping.send((at) => ({ type: 'container.changed', at, image: 'app:2' }));
  assert.is(looping.snapshot.context.crashBackOff.delayMs, 10_000);
});

test('an image name that cannot be read is tried again every 10 s', () => {
  const rig = container({}, ({ effect }, self) => {
    if (effect !== 'pullImage') return false;
    self.send((at) => ({ type: 'image.invalid', at, message: 'wrong' }));
    return true;
  });
  rig.advance(20_000);
  assert.equal(rig.snapshot.value, { waiting: 'InvalidImageName' });
  assert.equal(seconds(rig, 'reportInvalidImage'), [0, 10, 20]);
});

test('of a node that returns: the next instance counts one more; what may not run again has ended (row 80)', () => {
  const inherited = { containerId: 'c', exitCode: 255, reason: 'Unknown', startedAt: 0, finishedAt: 0 };
  const again = container({ restartCount: 3, hasRun: true, inherited });
  assert.is(again.snapshot.value, 'running');
  assert.is(again.snapshot.context.restartCount, 4);
  const never = container({ podRestartPolicy: 'Never', restartCount: 3, hasRun: true, inherited });
  assert.is(never.snapshot.value, 'terminated');
  assert.is(never.snapshot.context.restartCount, 3);
  const done = container({
    podRestartPolicy: 'OnFailure',
    hasRun: true,
    inherited: { ...inherited, exitCode: 0 },
  });
  assert.is(done.snapshot.value, 'terminated');
});

test.run();
