import * as assert from 'uvu/assert';
import { probeMachine, type ProbeInput } from '../../machines/index.js';
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
