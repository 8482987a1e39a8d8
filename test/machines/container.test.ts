import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { container, exit, seconds, type Answer } from './containerRig.js';

const test = suite('machines: container');

/** A container whose process crashes as soon as it runs. */
const crashing =
  (exitCode = 1): Answer =>
  (call, rig) => {
    if (call.effect === 'announceStarted') exit(rig, exitCode);
    return false;
  };

test('starts at 0, 0, 10, 30, 70, 150, 310, 610, 910 s when it crashes at once (row 77, 3.4)', () => {
  const rig = container({}, crashing());
  rig.advance(1000_000);
  assert.equal(seconds(rig, 'startContainer'), [0, 0, 10, 30, 70, 150, 310, 610, 910]);
  assert.equal(rig.snapshot.value, { waiting: { CrashLoopBackOff: 'reporting' } });
  assert.is(rig.snapshot.context.restartCount, 8);
});

test('a back-off of at most 30 s: 0, 0, 10, 30, 60, 90 s; of at most 1 s: every second (row 77)', () => {
  const short = container({ crashBackOffMaxMs: 30_000 }, crashing());
  short.advance(95_000);
  assert.equal(seconds(short, 'startContainer'), [0, 0, 10, 30, 60, 90]);
  const shortest = container({ crashBackOffMaxMs: 1000 }, crashing());
  shortest.advance(4000);
  assert.equal(seconds(shortest, 'startContainer'), [0, 0, 1, 2, 3, 4]);
});

test('a run of more than 10 min starts the back-off over; one of exactly 10 min does not (3.4)', () => {
  for (const [runMs, expectedState] of [
    [600_001, 'running'],
    [600_000, 'waiting'],
  ] as const) {
    const rig = container();
    exit(rig, 1);
    exit(rig, 1);
    rig.advance(10_000);
    exit(rig, 1);
    rig.advance(20_000);
    rig.advance(runMs);
    exit(rig, 1);
    const { value } = rig.snapshot;
    assert.is(typeof value === 'string' ? value : Object.keys(value)[0], expectedState);
  }
});

test('during a back-off of 300 s the BackOff event is sent again every minute', () => {
  const rig = container({}, crashing());
  rig.advance(310_000);
  assert.equal(seconds(rig, 'reportBackOff').slice(-4), [150, 210, 270, 310]);
});

test('exit 0 restarts under Always, with the same back-off; ends under OnFailure and Never (3.1)', () => {
  const always = container({}, crashing(0));
  always.advance(30_000);
  assert.equal(seconds(always, 'startContainer'), [0, 0, 10, 30]);
  for (const podRestartPolicy of ['OnFailure', 'Never'] as const) {
    const rig = container({ podRestartPolicy });
    exit(rig, 0);
    assert.is(rig.snapshot.value, 'terminated');
    assert.is(rig.snapshot.context.exit?.exitCode, 0);
    assert.is(rig.timesOf('announceTerminated').length, 1);
  }
});

test('exit 1 restarts under OnFailure and ends under Never (3.1)', () => {
  const onFailure = container({ podRestartPolicy: 'OnFailure' });
  exit(onFailure, 1);
  assert.is(onFailure.snapshot.value, 'running');
  const never = container({ podRestartPolicy: 'Never' });
  exit(never, 1);
  assert.is(never.snapshot.value, 'terminated');
});

test('a restart rule that matches the exit code restarts in spite of Never (row 86)', () => {
  const restartPolicyRules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  const matching = container({ restartPolicy: 'Never', restartPolicyRules });
  exit(matching, 42);
  assert.is(matching.snapshot.value, 'running');
  const other = container({ restartPolicy: 'Never', restartPolicyRules });
  exit(other, 1);
  assert.is(other.snapshot.value, 'terminated');
});

test('a failed liveness probe kills and restarts at once, and makes no back-off entry (3.4)', () => {
  const rig = container();
  rig.advance(30_000);
  rig.send((at) => ({ type: 'container.kill', at, cause: 'liveness', graceMs: 30_000 }));
  assert.is(rig.snapshot.value, 'running');
  assert.equal(seconds(rig, 'startContainer'), [0, 30]);
  assert.is(rig.snapshot.context.crashBackOff.delayMs, 0);
  assert.is(rig.snapshot.context.exit?.exitCode, 143);
});

test('a liveness probe that fails every 30 s is slowed down when the back-off outgrows 30 s (3.4)', () => {
  const rig = container();
  for (let kills = 0; kills < 5; kills++) {
    rig.advance(30_000);
    rig.send((at) => ({ type: 'container.kill', at, cause: 'liveness', graceMs: 0 }));
  }
  assert.equal(seconds(rig, 'startContainer'), [0, 30, 60, 90, 120]);
  assert.equal(rig.snapshot.value, { waiting: { CrashLoopBackOff: 'reporting' } });
  rig.advance(40_000);
  assert.equal(seconds(rig, 'startContainer').at(-1), 190);
});

test('a probe kill ends a container with restartPolicy Never', () => {
  const rig = container({ podRestartPolicy: 'Never' });
  rig.send((at) => ({ type: 'container.kill', at, cause: 'liveness', graceMs: 1000 }));
  assert.is(rig.snapshot.value, 'terminated');
});

/** A process that does not hear SIGTERM. */
const deaf: Answer = (call, rig) => {
  if (call.effect === 'sendSigkill') exit(rig, 137);
  return call.effect === 'sendSigterm';
};

test('SIGKILL comes when the grace period is over, and no earlier than 2 s after SIGTERM (5.2)', () => {
  for (const [graceMs, killedAt] of [
    [30_000, 30],
    [1000, 2],
    [0, 2],
  ] as const) {
    const rig = container({}, deaf);
    rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs }));
    rig.advance(60_000);
    assert.equal(seconds(rig, 'sendSigterm'), [0]);
    assert.equal(seconds(rig, 'sendSigkill'), [killedAt]);
    assert.is(rig.snapshot.value, 'terminated');
    assert.is(rig.snapshot.context.exit?.exitCode, 137);
  }
});

test('a second deletion shortens the grace period, and never lengthens it (5.2)', () => {
  const rig = container({}, deaf);
  rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs: 30_000 }));
  rig.advance(5000);
  rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs: 60_000 }));
  rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs: 4000 }));
  rig.advance(60_000);
  assert.equal(seconds(rig, 'sendSigkill'), [9]);
});

test('a deletion while a probe kill is under way ends the container for good', () => {
  const rig = container({}, deaf);
  rig.send((at) => ({ type: 'container.kill', at, cause: 'liveness', graceMs: 10_000 }));
  rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs: 30_000 }));
  rig.advance(60_000);
  assert.equal(seconds(rig, 'sendSigkill'), [10]);
  assert.is(rig.snapshot.value, 'terminated');
});

test('a deletion during a back-off ends the container at once', () => {
  const rig = container({}, crashing());
  rig.advance(35_000);
  rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs: 30_000 }));
  assert.is(rig.snapshot.value, 'terminated');
  assert.is(rig.pendingTimers, 0);
});

test('a deletion while an instance is being started stops it as soon as it runs', () => {
  const rig = container({}, (call) => call.effect === 'startContainer');
  rig.send((at) => ({ type: 'container.kill', at, cause: 'deletion', graceMs: 1000 }));
  assert.equal(rig.snapshot.value, { waiting: 'starting' });
  rig.send((at) => ({ type: 'container.started', at, startedAt: at }));
  assert.is(rig.timesOf('sendSigterm').length, 1);
  assert.is(rig.snapshot.value, 'terminated');
});

test('an image that cannot be pulled: ErrImagePull, then ImagePullBackOff, tried at 0, 10, 30, 70, 150 s (2.6)', () => {
  const rig = container({}, (call, self) => {
    if (call.effect !== 'pullImage') return false;
    self.send((at) => ({ type: 'image.pullFailed', at, message: 'not found' }));
    return true;
  });
  assert.equal(rig.snapshot.value, { waiting: 'ErrImagePull' });
  rig.advance(20_000);
  assert.equal(rig.snapshot.value, { waiting: 'ImagePullBackOff' });
  rig.advance(140_000);
  assert.equal(seconds(rig, 'pullImage'), [0, 10, 30, 70, 150]);
  assert.equal(seconds(rig, 'reportPullBackOff'), [20, 40, 80, 160]);
  rig.advance(1_200_000);
  assert.equal(seconds(rig, 'pullImage').slice(4), [150, 310, 610, 910, 1210], 'at most 300 s apart');
});

test('an absent image under Never, and a failing configuration, are tried again every 10 s (2.3)', () => {
  const absent = container({}, (call, self) => {
    if (call.effect !== 'pullImage') return false;
    self.send((at) => ({ type: 'image.absent', at, message: 'absent' }));
    return true;
  });
  assert.equal(absent.snapshot.value, { waiting: 'ErrImageNeverPull' });
  absent.advance(20_000);
  assert.equal(seconds(absent, 'pullImage'), [0, 10, 20]);
  const unconfigured = container({}, (call, self) => {
    if (call.effect !== 'createContainer') return false;
    self.send((at) => ({ type: 'container.configFailed', at, message: 'configmap "c" not found' }));
    return true;
  });
  assert.equal(unconfigured.snapshot.value, { waiting: 'CreateContainerConfigError' });
  assert.is(unconfigured.snapshot.context.message, 'configmap "c" not found');
  unconfigured.advance(10_000);
  assert.equal(seconds(unconfigured, 'createContainer'), [0, 10]);
});

test('a command that cannot be started is an exit 128 StartError, with crash back-off', () => {
  const rig = container({}, (call, self) => {
    if (call.effect !== 'startContainer') return false;
    self.send((at) => ({
      type: 'container.startFailed',
      at,
      message: 'exec: "foo": executable file not found in $PATH',
    }));
    return true;
  });
  rig.advance(30_000);
  assert.equal(seconds(rig, 'startContainer'), [0, 0, 10, 30]);
  assert.is(rig.snapshot.context.exit?.exitCode, 128);
  assert.is(rig.snapshot.context.exit?.reason, 'StartError');
});

test('the restart count goes up when the new instance is created, not on exit (2.5)', () => {
  const rig = container({}, crashing());
  assert.is(rig.snapshot.context.restartCount, 1);
  rig.advance(9999);
  assert.is(rig.snapshot.context.restartCount, 1);
  rig.advance(1);
  assert.is(rig.snapshot.context.restartCount, 2);
});

test.run();
