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
  'stopPods',
];
type NodeRig = Rig<typeof nodeMachine>;

/** @param failures how many registrations fail first. */
const node = (failures = 0): NodeRig => {
  let attempts = 0;
  return createRig(nodeMachine, EFFECTS, { name: 'n1' }, (call, rig) => {
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
    registered: { lease: 'renewing', status: 'reporting', readiness: 'Ready' },
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

test('the lease is renewed, and the status computed, every 10 s (6.2)', () => {
  const rig = node();
  rig.advance(30_000);
  assert.equal(rig.timesOf('renewLease'), [0, 10_000, 20_000, 30_000]);
  assert.equal(rig.timesOf('reportStatus'), [0, 10_000, 20_000, 30_000]);
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

test('a node that is shut down stops its pods and ends', () => {
  const rig = node();
  rig.send({ type: 'node.shutdown' });
  assert.is(rig.snapshot.status, 'done');
  assert.is(rig.timesOf('stopPods').length, 1);
  assert.is(rig.pendingTimers, 0);
});

test.run();
