import * as assert from 'uvu/assert';
import { nodeMachine } from '../../machines/index.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: node');

const EFFECTS = [
  'registerNode',
  'renewLease',
  'reportStatus',
  'reportReady',
  'reportNotReady',
  'startPods',
  'losePods',
  'leavePods',
  'reportShutdown',
  'endPods',
  'reportSchedulable',
  'reportNotSchedulable',
  'loseConnection',
  'regainConnection',
];
type NodeRig = Rig<typeof nodeMachine>;

/** @param failures how many registrations fail first. */
const node = (failures = 0, input: object = {}): NodeRig => {
  let attempts = 0;
  return createRig(nodeMachine, EFFECTS, { name: 'n1', ...input }, (call, rig) => {
    if (call.effect === 'reportStatus') rig.send({ type: 'status.reported', nextInMs: 300_000 });
    if (call.effect !== 'registerNode') return;
    attempts += 1;
    rig.send(
      attempts <= failures
        ? { type: 'node.registrationFailed', message: 'no API' }
        : { type: 'node.registered' },
    );
  });
};

test('registers, takes up its pods, and is Ready', () => {
  const rig = node();
  assert.equal(rig.snapshot.value, {
    registered: {
      lease: 'renewing',
      status: 'reported',
      readiness: 'Ready',
      scheduling: 'schedulable',
    },
  });
  assert.is(rig.timesOf('startPods').length, 1);
  assert.is(rig.timesOf('reportReady').length, 1);
});

test('a failed registration is tried again after 100, 200, 400 … ms, at most 7 s (6.1)', () => {
  const rig = node(9);
  rig.advance(60_000);
  const times = rig.timesOf('registerNode');
  const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  assert.equal(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 7000, 7000]);
});

test('the lease is renewed every 10 s, a status without news told every 5 min (6.2)', () => {
  const rig = node();
  rig.advance(30_000);
  assert.equal(rig.timesOf('renewLease'), [0, 10_000, 20_000, 30_000]);
  rig.advance(600_000);
  assert.equal(rig.timesOf('reportStatus'), [0, 300_000, 600_000]);
});

test('a condition that changes is told at once, a changed Node object looked at by the next tick', () => {
  const rig = node();
  rig.advance(3_000);
  rig.send({ type: 'status.changed' });
  rig.advance(1_000);
  rig.send({ type: 'object.changed', tickInMs: 6_000 });
  rig.send({ type: 'object.changed', tickInMs: 6_000 });
  rig.advance(5_999);
  assert.equal(rig.timesOf('reportStatus'), [0, 3_000]);
  rig.advance(1);
  assert.equal(rig.timesOf('reportStatus'), [0, 3_000, 10_000]);
});

test('a node that fails loses its pods and is silent until it recovers', () => {
  const rig = node();
  rig.advance(5000);
  rig.send({ type: 'node.fail' });
  assert.is(rig.timesOf('losePods').length, 1);
  assert.is(rig.pendingTimers, 0);
  rig.advance(60_000);
  assert.is(rig.timesOf('renewLease').length, 1);
  rig.send({ type: 'node.recover' });
  assert.is(rig.timesOf('registerNode').length, 2);
  assert.is(rig.timesOf('startPods').length, 2);
  assert.equal(rig.timesOf('renewLease'), [0, 65_000]);
});

test('a runtime that is down makes the node NotReady, with its message', () => {
  const rig = node();
  rig.send({ type: 'runtime.notReady', message: 'container runtime is down' });
  assert.is(rig.timesOf('reportNotReady').length, 1);
  assert.is(rig.snapshot.context.message, 'container runtime is down');
  rig.send({ type: 'runtime.ready' });
  assert.is(rig.timesOf('reportReady').length, 2);
  assert.is(rig.snapshot.context.message, undefined);
});

test('a node without a grace period for it is lost at once when it is shut down (5.9)', () => {
  const rig = node();
  rig.send({ type: 'node.shutdown' });
  assert.is(rig.snapshot.value, 'failed');
  assert.equal([rig.timesOf('endPods').length, rig.timesOf('losePods').length], [0, 1]);
  assert.is(rig.pendingTimers, 0);
});

const GRACE = { shutdownGraceMs: 30_000, shutdownGraceCriticalMs: 10_000 };

test('a graceful shutdown: regular pods for 20 of 30 s, critical ones for the other 10, then it is off (5.9)', () => {
  const rig = node(0, GRACE);
  rig.advance(5_000);
  rig.send({ type: 'node.shutdown' });
  assert.is(rig.timesOf('reportShutdown').length, 1);
  rig.advance(60_000);
  assert.equal(rig.timesOf('endPods'), [5_000, 25_000]);
  assert.equal(rig.timesOf('losePods'), [35_000]);
  assert.equal(rig.timesOf('renewLease'), [0, 10_000, 20_000, 30_000], 'heartbeats go on until then');
});

test('a group of pods that has ended is not waited for (5.9)', () => {
  const rig = node(0, GRACE);
  rig.send({ type: 'node.shutdown' });
  rig.advance(3_000);
  rig.send({ type: 'pods.ended' });
  rig.send({ type: 'node.shutdown' });
  rig.advance(4_000);
  rig.send({ type: 'pods.ended' });
  assert.equal(rig.timesOf('endPods'), [0, 3_000]);
  assert.equal(rig.timesOf('losePods'), [7_000]);
});

test('a node that is cut off is silent, and takes up its heartbeats when it is back; its pods stay', () => {
  const rig = node();
  rig.advance(5_000);
  rig.send({ type: 'node.disconnect' });
  rig.advance(60_000);
  assert.equal(rig.timesOf('renewLease'), [0]);
  rig.send({ type: 'node.connect' });
  assert.equal(rig.timesOf('renewLease'), [0, 65_000]);
  assert.equal(
    ['loseConnection', 'regainConnection', 'losePods', 'startPods'].map((name) => rig.timesOf(name).length),
    [1, 1, 0, 1],
  );
});

test('an agent that is started again registers and takes up pods; they were left, not lost', () => {
  const rig = node();
  rig.send({ type: 'agent.stop' });
  rig.advance(60_000);
  assert.is(rig.pendingTimers, 0);
  rig.send({ type: 'agent.start' });
  assert.equal(
    ['registerNode', 'startPods', 'leavePods', 'losePods'].map((name) => rig.timesOf(name).length),
    [2, 2, 1, 0],
  );
});

test('cordoned and opened again: told once each (6.3)', () => {
  const rig = node();
  for (const type of ['node.cordoned', 'node.cordoned', 'node.uncordoned', 'node.uncordoned'] as const)
    rig.send({ type });
  assert.equal([rig.timesOf('reportNotSchedulable').length, rig.timesOf('reportSchedulable').length], [1, 1]);
});

test.run();
