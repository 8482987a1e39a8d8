import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { addNode, nodePlane, post, renew, taintsOf } from './nodes.js';

const test = suite('nodeLifecycle: taints (controllers.md §7.3)');

for (const [condition, status, taint] of [
  ['NetworkUnavailable', 'True', 'network-unavailable'],
  ['MemoryPressure', 'True', 'memory-pressure'],
  ['DiskPressure', 'True', 'disk-pressure'],
  ['PIDPressure', 'True', 'pid-pressure'],
] as const)
  test(`NL-20, row 227: ${condition}=${status} is ${taint}:NoSchedule at once, and gone with it`, () => {
    const p = nodePlane();
    addNode(p, 'n1', { ready: 'True' });
    post(p, 'n1', 'True', { [condition]: status });
    assert.equal(taintsOf(p, 'n1'), [`${taint}:NoSchedule`]);
    assert.is(p.get('Node', 'n1').spec.taints?.[0]?.timeAdded, '2026-01-01T00:00:00Z');
    post(p, 'n1', 'True', { [condition]: 'False' });
    assert.equal(taintsOf(p, 'n1'), []);
    p.stop();
  });

test('NL-20, row 227: Ready=False and Ready=Unknown each have exactly one NoSchedule taint, without any tick', () => {
  const p = nodePlane();
  addNode(p, 'n1', { ready: 'False' });
  assert.equal(taintsOf(p, 'n1'), ['not-ready:NoSchedule']);
  post(p, 'n1', 'Unknown');
  assert.equal(taintsOf(p, 'n1'), ['unreachable:NoSchedule']);
  p.stop();
});

test('NL-20: cordoning is unschedulable:NoSchedule; taints that somebody else put on stay', () => {
  const p = nodePlane();
  addNode(p, 'n1', { ready: 'True', taints: [{ key: 'mine', effect: 'NoSchedule' }] });
  p.patch('Node', 'n1', { spec: { unschedulable: true } });
  assert.equal(taintsOf(p, 'n1'), ['mine:NoSchedule', 'unschedulable:NoSchedule']);
  p.patch('Node', 'n1', { spec: { unschedulable: false } });
  assert.equal(taintsOf(p, 'n1'), ['mine:NoSchedule']);
  p.stop();
});

test('NL-22: the not-ready taint of a new node goes in the instant in which it is ready', () => {
  const p = nodePlane();
  const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
  addNode(p, 'n1', { ready: 'True', taints });
  assert.equal(taintsOf(p, 'n1'), []);
  p.stop();
});

/** Two ready nodes that keep their zone alive. */
const withCompany = (): ReturnType<typeof nodePlane> => {
  const p = nodePlane();
  for (const name of ['a', 'b']) addNode(p, name, { ready: 'True' });
  return p;
};

test('NL-21, row 225: Unknown is unreachable:NoExecute, False is not-ready:NoExecute; one node in 10 s; Ready has neither', () => {
  const p = withCompany();
  addNode(p, 'false', { ready: 'False' });
  addNode(p, 'unknown', { ready: 'Unknown' });
  p.advance(0);
  assert.equal(taintsOf(p, 'false'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  assert.equal(taintsOf(p, 'unknown'), ['unreachable:NoSchedule']);
  p.advance(9_999);
  assert.equal(taintsOf(p, 'unknown'), ['unreachable:NoSchedule']);
  p.advance(1);
  assert.equal(taintsOf(p, 'unknown'), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
  p.advance(1_000);
  for (const name of ['false', 'unknown']) {
    post(p, name, 'True');
    assert.equal(taintsOf(p, name).length, 1, 'the NoExecute taint waits for the next tick');
  }
  p.advance(4_000);
  assert.equal([taintsOf(p, 'false'), taintsOf(p, 'unknown')], [[], []]);
  p.stop();
});

test('row 225: a node that is ready again, or has lost its Ready condition, before its turn gets no taint', () => {
  const p = withCompany();
  for (const name of ['first', 'second', 'third']) addNode(p, name, { ready: 'False' });
  for (const name of ['c', 'd']) addNode(p, name, { ready: 'True' });
  p.advance(1_000);
  assert.equal(taintsOf(p, 'first'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  post(p, 'second', 'True');
  p.patch('Node', 'third', { status: { conditions: [] } }, 'status');
  p.advance(40_000);
  assert.equal([taintsOf(p, 'second'), taintsOf(p, 'third')], [[], []]);
  p.stop();
});

test('NL-21, row 226: the taints are swapped at the next tick, whatever the queue', () => {
  const p = withCompany();
  addNode(p, 'n1', { ready: 'Unknown' });
  p.advance(1_000);
  post(p, 'n1', 'False');
  p.advance(4_000);
  assert.equal(taintsOf(p, 'n1'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  post(p, 'n1', 'Unknown');
  p.advance(5_000);
  assert.equal(taintsOf(p, 'n1'), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
  p.stop();
});

test('a NoExecute taint that somebody puts on a ready node is taken away by the next tick; one taken away comes back', () => {
  const p = withCompany();
  addNode(p, 'down', { ready: 'False' });
  p.advance(1_000);
  p.patch('Node', 'a', {
    spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
  });
  p.patch('Node', 'down', { spec: { taints: null } });
  p.advance(4_000);
  assert.equal(taintsOf(p, 'a'), []);
  p.advance(5_000);
  assert.equal(taintsOf(p, 'down'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  p.stop();
});

test('NL-24, NL-25: when every node is down nobody is tainted; once one is back the others are tainted, 10 s apart', () => {
  const p = nodePlane();
  for (const name of ['a', 'b', 'c']) addNode(p, name, { ready: 'True' });
  p.advance(600_000);
  for (const name of ['a', 'b', 'c']) assert.equal(taintsOf(p, name), ['unreachable:NoSchedule']);
  post(p, 'a', 'True');
  p.advance(0);
  assert.equal(taintsOf(p, 'a'), []);
  p.advance(9_999);
  assert.equal(taintsOf(p, 'b'), ['unreachable:NoSchedule'], 'the limiter starts without a token');
  p.advance(1);
  assert.equal(taintsOf(p, 'b'), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
  assert.equal(taintsOf(p, 'c'), ['unreachable:NoSchedule'], 'one node in 10 s');
  p.stop();
});

test('NL-24: taints are taken back when the last ready node falls silent', () => {
  const p = nodePlane();
  for (const name of ['a', 'b']) addNode(p, name, { ready: 'True' });
  for (let second = 0; second < 60; second += 10) {
    renew(p, 'a');
    p.advance(10_000);
  }
  assert.equal(taintsOf(p, 'b'), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
  p.advance(60_000);
  for (const name of ['a', 'b']) assert.equal(taintsOf(p, name), ['unreachable:NoSchedule']);
  p.stop();
});

test.run();
