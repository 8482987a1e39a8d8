import * as assert from 'uvu/assert';
import {
  containerMachine,
  probeMachine,
  type ContainerInput,
  type ProbeInput,
} from '../../machines/index.js';
import { bindEffects, createActorHost } from '../../src/actor/index.js';
import { createVirtualClock } from '../../src/clock/index.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: probe');

const EFFECTS = ['executeProbe', 'publishResult', 'publishInitialResult'];
const defaults: ProbeInput = {
  kind: 'Liveness',
  initialDelaySeconds: 0,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  awaitsStartup: false,
  at: 0,
};

/** A probe whose outcomes are given as letters: S, F or E (error); the last one repeats. */
const probe = (input: Partial<ProbeInput>, outcomes: string): Rig<typeof probeMachine> => {
  let index = 0;
  return createRig(probeMachine, EFFECTS, { ...defaults, ...input }, (call, rig) => {
    if (call.effect !== 'executeProbe') return;
    const outcome = outcomes[Math.min(index++, outcomes.length - 1)];
    const type = outcome === 'S' ? 'probe.succeeded' : outcome === 'F' ? 'probe.failed' : 'probe.errored';
    rig.send((at) => ({ type, at, startedAt: at }));
  });
};
const start = (rig: Rig<typeof probeMachine>, isStarted = true): void =>
  rig.send((at) => ({ type: 'container.started', at, startedAt: at, isStarted }));
const published = (rig: Rig<typeof probeMachine>): string[] =>
  rig.calls
    .filter(({ effect }) => effect === 'publishResult')
    .map(({ at, params }) => `${at / 1000}s ${(params as { result: string }).result}`);

test('liveness probes on its raster: 10, 20, 30 s, and fails at the third failure (4.10)', () => {
  const rig = probe({}, 'F');
  start(rig);
  rig.advance(60_000);
  assert.equal(rig.timesOf('executeProbe'), [10_000, 20_000, 30_000]);
  assert.equal(published(rig), ['30s Failure']);
  assert.is(rig.snapshot.value, 'held');
  assert.is(rig.pendingTimers, 0);
});

test('an initial delay of 15 s on a raster that began 1 s before: probes at 19, 29, 39 s (4.10)', () => {
  const rig = probe({ initialDelaySeconds: 15 }, 'F');
  rig.advance(1000);
  start(rig);
  rig.advance(60_000);
  assert.equal(rig.timesOf('executeProbe'), [20_000, 30_000, 40_000]);
});

test('readiness is probed as soon as the container runs, then every period (4.4)', () => {
  const rig = probe({ kind: 'Readiness' }, 'S');
  rig.advance(3000);
  start(rig);
  rig.advance(25_000);
  assert.equal(rig.timesOf('executeProbe'), [3000, 13_000, 23_000]);
  assert.equal(published(rig), ['3s Success']);
});

test('readiness with failureThreshold 3: two failures keep Success, the third is Failure, one success is Success again (row 50)', () => {
  const rig = probe({ kind: 'Readiness' }, 'SSSFFFSFFF');
  start(rig);
  rig.advance(90_000);
  assert.equal(published(rig), ['0s Success', '50s Failure', '60s Success', '90s Failure']);
});

test('readiness with successThreshold 3 and failureThreshold 1 (row 51)', () => {
  const rig = probe({ kind: 'Readiness', successThreshold: 3, failureThreshold: 1 }, 'SSSF');
  start(rig);
  rig.advance(30_000);
  assert.equal(published(rig), ['20s Success', '30s Failure']);
});

test('startup: the third failure is final, then it holds and the run starts from 0 (row 52)', () => {
  const rig = probe({ kind: 'Startup' }, 'F');
  start(rig, false);
  rig.advance(100_000);
  assert.equal(published(rig), ['30s Failure']);
  assert.is(rig.snapshot.value, 'held');
  assert.is(rig.snapshot.context.run, 0);
});

test('startup: one success holds (row 53), and what fails later is not asked (row 57)', () => {
  const rig = probe({ kind: 'Startup' }, 'SF');
  start(rig, false);
  rig.advance(100_000);
  assert.equal(published(rig), ['10s Success']);
  assert.is(rig.snapshot.value, 'held');
  assert.is(rig.snapshot.context.run, 0);
});

test('after a hold, a new instance is probed again with the full threshold (row 54)', () => {
  const rig = probe({}, 'F');
  start(rig);
  rig.advance(35_000);
  rig.send({ type: 'container.stopped', willRestart: true });
  assert.is(rig.snapshot.value, 'waitingForContainer');
  start(rig);
  rig.advance(60_000);
  assert.equal(rig.timesOf('executeProbe'), [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  assert.equal(published(rig), ['30s Failure', '35s Failure', '60s Failure']);
});

test('counters carry on over a restart that no probe caused (4.5)', () => {
  const rig = probe({}, 'FFF');
  start(rig);
  rig.advance(20_000);
  rig.send({ type: 'container.stopped', willRestart: true });
  start(rig);
  rig.advance(10_000);
  assert.equal(published(rig).at(-1), '30s Failure');
});

test('a success between failures starts the count anew (row 55)', () => {
  const rig = probe({}, 'FFSFFF');
  start(rig);
  rig.advance(60_000);
  assert.equal(published(rig), ['30s Success', '60s Failure']);
});

test('an error of the handler counts for nothing (4.5 step 9)', () => {
  const rig = probe({}, 'FEFEF');
  start(rig);
  rig.advance(50_000);
  assert.equal(published(rig), ['50s Failure']);
});

test('liveness waits until the startup probe has succeeded (row 56)', () => {
  const rig = probe({ awaitsStartup: true }, 'F');
  start(rig, false);
  rig.advance(25_000);
  assert.is(rig.snapshot.value, 'gatedByStartup');
  assert.equal(
    rig.calls.filter(({ effect }) => effect === 'executeProbe'),
    [],
  );
  rig.send((at) => ({ type: 'container.startupSucceeded', at }));
  rig.advance(30_000);
  assert.equal(rig.timesOf('executeProbe'), [30_000, 40_000, 50_000]);
});

test('readiness is probed at once when the startup probe has succeeded (row 108)', () => {
  const rig = probe({ kind: 'Readiness', awaitsStartup: true, periodSeconds: 30 }, 'S');
  start(rig, false);
  rig.advance(7000);
  rig.send((at) => ({ type: 'container.startupSucceeded', at }));
  assert.equal(published(rig), ['7s Success']);
});

test('a pod that is deleted ends liveness and startup with Success; readiness goes on (row 45)', () => {
  for (const kind of ['Liveness', 'Startup', 'Readiness'] as const) {
    const rig = probe({ kind }, 'F');
    start(rig, false);
    rig.advance(12_000);
    rig.send({ type: 'pod.terminating' });
    rig.advance(30_000);
    if (kind === 'Readiness') assert.is(rig.timesOf('executeProbe').length, 5);
    else {
      assert.equal(published(rig), ['12s Success']);
      assert.is(rig.snapshot.status, 'done');
      assert.is(rig.pendingTimers, 0);
    }
  }
});

test('a container that ended for good ends its probe with Failure (row 48)', () => {
  const rig = probe({}, 'S');
  start(rig);
  rig.advance(10_000);
  rig.send({ type: 'container.stopped', willRestart: false });
  assert.is(rig.snapshot.status, 'done');
  assert.equal(published(rig).at(-1), '10s Failure');
});

test('without an instance of its container a probe waits, and says nothing (rows 43 and 46)', () => {
  for (const kind of ['Liveness', 'Readiness', 'Startup'] as const) {
    const rig = probe({ kind }, 'F');
    rig.advance(60_000);
    rig.send((at) => ({ type: 'container.startupSucceeded', at }));
    rig.advance(60_000);
    assert.equal([rig.calls, rig.snapshot.status, rig.pendingTimers], [[], 'active', 0]);
  }
});

test('when the pod has failed, a probe ends in whatever state it is (row 44)', () => {
  const reach: Record<string, (rig: Rig<typeof probeMachine>) => void> = {
    waitingForContainer: () => {},
    gatedByStartup: (rig) => start(rig, false),
    delaying: (rig) => start(rig),
    idle: (rig) => {
      start(rig);
      rig.advance(10_000);
    },
    held: (rig) => {
      start(rig);
      rig.advance(30_000);
    },
  };
  for (const [state, arrive] of Object.entries(reach)) {
    const rig = probe({ awaitsStartup: state === 'gatedByStartup' }, 'F');
    arrive(rig);
    assert.is(rig.snapshot.value, state);
    rig.send({ type: 'container.stopped', willRestart: false });
    const probed = rig.timesOf('executeProbe').length;
    rig.advance(100_000);
    assert.equal(
      [rig.snapshot.status, rig.pendingTimers, rig.timesOf('executeProbe').length],
      ['done', 0, probed],
    );
  }
});

test('a container that waits to be started again is a Failure, and its probe goes on with the next instance (row 47)', () => {
  const rig = probe({ kind: 'Readiness' }, 'S');
  start(rig);
  rig.advance(5000);
  rig.send({ type: 'container.stopped', willRestart: true });
  assert.equal(published(rig), ['0s Success', '5s Failure']);
  rig.advance(60_000);
  assert.equal(rig.timesOf('executeProbe'), [0]);
  start(rig);
  assert.equal(published(rig).at(-1), '65s Success');
});

test('with an initial delay of 10 s a probe has its initial result, and after 100 s it probes (row 49)', () => {
  for (const [kind, initial] of [
    ['Liveness', 'Success'],
    ['Readiness', 'Failure'],
    ['Startup', 'Unknown'],
  ] as const) {
    const rig = probe({ kind, initialDelaySeconds: 10, failureThreshold: 1 }, 'S');
    start(rig, kind !== 'Startup');
    rig.advance(9999);
    assert.is(rig.snapshot.context.result, initial);
    assert.equal([rig.timesOf('publishInitialResult'), rig.timesOf('executeProbe')], [[0], []]);
    const later = probe({ kind, initialDelaySeconds: 10 }, 'S');
    later.advance(100_000);
    later.send((at) => ({ type: 'container.started', at, startedAt: 0, isStarted: kind !== 'Startup' }));
    // Readiness at once, the others with the next tick of their raster.
    later.advance(10_000);
    assert.is(later.snapshot.context.result, 'Success');
    assert.is(later.timesOf('executeProbe')[0], kind === 'Readiness' ? 100_000 : 110_000);
  }
});

/** A container that runs and ends so: does its probe, told as the node agent tells it, go on? */
const goesOnAfter = (exitCode: number, input: Partial<ContainerInput>): boolean => {
  const probed = probe({}, 'S');
  start(probed);
  const told = ['announceStopped', 'announceTerminated'];
  const effects = [...told, 'pullImage', 'createContainer', 'startContainer'];
  const container: ContainerInput = {
    name: 'app',
    image: 'app:1',
    podRestartPolicy: 'Always',
    restartCount: 0,
    crashBackOffMaxMs: 300_000,
    ...input,
  };
  const rig = createRig(containerMachine, effects, container, ({ effect }, self) => {
    const containerId = 'c1';
    if (told.includes(effect))
      probed.send({ type: 'container.stopped', willRestart: effect === 'announceStopped' });
    else if (effect === 'pullImage') self.send((at) => ({ type: 'image.pulled', at, imageRef: 'app@sha' }));
    else if (effect === 'createContainer')
      self.send((at) => ({ type: 'container.created', at, containerId, imageRef: 'app@sha' }));
    else self.send((at) => ({ type: 'container.started', at, startedAt: at }));
  });
  rig.send((at) => ({ type: 'container.start', at }));
  rig.send((at) => ({
    type: 'container.exited',
    at,
    containerId: 'c1',
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: 0,
    finishedAt: at,
  }));
  assert.equal(published(probed)[0], '0s Failure');
  return probed.snapshot.status === 'active';
};
test('the probe of a sidecar that ended goes on under the pod’s policy Never, a regular container’s does not (row 58)', () => {
  const never = { podRestartPolicy: 'Never' };
  assert.is(goesOnAfter(0, { ...never, role: 'sidecar', restartPolicy: 'Always' }), true);
  assert.is(goesOnAfter(0, never), false);
});
const exitsIn = (...values: number[]) => [{ action: 'Restart', exitCodes: { operator: 'In', values } }];
for (const [title, exitCode, input, goesOn] of [
  ['OnFailure after 1', 1, { restartPolicy: 'OnFailure' }, true],
  ['OnFailure after 0', 0, { restartPolicy: 'OnFailure' }, false],
  ['Never, rule In 1, after 1', 1, { restartPolicy: 'Never', restartPolicyRules: exitsIn(1) }, true],
  ['Never, rule In 99, after 1', 1, { restartPolicy: 'Never', restartPolicyRules: exitsIn(99) }, false],
] as const)
  test(`a container’s own policy decides whether its probe goes on: ${title}: ${goesOn} (row 59)`, () => {
    assert.is(goesOnAfter(exitCode, { podRestartPolicy: 'Never', ...input }), goesOn);
  });

test('a probe that is stopped ten times is gone, in whatever it was doing (row 60)', () => {
  const clock = createVirtualClock(0);
  const host = createActorHost({ clock });
  let probed = 0;
  const spawn = () => {
    const actor = host.spawn({
      machine: bindEffects(probeMachine, EFFECTS),
      path: 'probe',
      input: defaults,
      effects: { executeProbe: () => (probed += 1), publishResult: () => {}, publishInitialResult: () => {} },
    });
    actor.send({ type: 'container.started', at: clock.now(), startedAt: clock.now(), isStarted: true });
    host.drain();
    return actor;
  };
  const actor = spawn();
  assert.equal([host.actorCount, clock.pendingTimers], [1, 1]);
  for (let times = 0; times < 10; times += 1) actor.stop();
  assert.equal([host.actorCount, clock.pendingTimers, host.find('probe')], [0, 0, undefined]);
  clock.moveTo(60_000);
  host.drain();
  assert.is(probed, 0);
  // Its place is free.
  assert.is(spawn().getSnapshot().value, 'delaying');
  host.stop();
});

test('a slow probe shortens the pause after it: ticks stay a period apart (4.4)', () => {
  const rig = createRig(probeMachine, EFFECTS, { ...defaults });
  start(rig);
  rig.advance(10_000);
  rig.advance(4000);
  rig.send((at) => ({ type: 'probe.succeeded', at, startedAt: 10_000 }));
  rig.advance(6000);
  assert.equal(rig.timesOf('executeProbe'), [10_000, 20_000]);
});

test('probe.now probes at once, and the raster starts from there', () => {
  const rig = probe({ kind: 'Readiness' }, 'S');
  start(rig);
  rig.advance(4000);
  rig.send((at) => ({ type: 'probe.now', at }));
  rig.advance(10_000);
  assert.equal(rig.timesOf('executeProbe'), [0, 4000, 14_000]);
});

test.run();
