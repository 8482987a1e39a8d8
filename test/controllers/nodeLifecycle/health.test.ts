import * as assert from 'uvu/assert';
import { ApiError } from '../../../src/api/index.js';
import { createCall, type Api } from '../../../src/client/index.js';
import { overriding } from '../plane.js';
import { suite } from '../../support/suite.js';
import { addNode, addPod, conditionsOf, nodePlane, post, readyOf, renew } from './nodes.js';

const test = suite('nodeLifecycle: health (controllers.md §7.2)');

const NEVER = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map(
  (type) => `${type}=Unknown NodeStatusNeverUpdated`,
);

test('NL-10, row 222: a node that never posts its status is Unknown at the first tick after 60 s, not before', () => {
  const p = nodePlane();
  const node = addNode(p, 'n1');
  p.advance(60_000);
  assert.equal(conditionsOf(p, 'n1'), []);
  p.advance(5_000);
  assert.equal(conditionsOf(p, 'n1'), NEVER);
  const [ready] = p.get('Node', 'n1').status.conditions ?? [];
  assert.is(ready?.message, 'Kubelet never posted node status.');
  assert.is(ready?.lastHeartbeatTime, node.metadata.creationTimestamp);
  assert.is(ready?.lastTransitionTime, '2026-01-01T00:01:05Z');
  assert.equal(p.events('NodeNotReady'), []);
  p.stop();
});

test('NL-11, row 222: status unchanged for 50 s: Ready loses its status but not its heartbeat, absent conditions appear', () => {
  const p = nodePlane();
  addNode(p, 'n1', { ready: 'True' });
  addNode(p, 'n2', { ready: 'True' });
  addPod(p, 'web', 'n1');
  const before = p.get('Node', 'n1').status.conditions?.[0];
  for (let second = 0; second < 50; second += 10) {
    p.advance(10_000);
    renew(p, 'n2');
  }
  assert.equal(conditionsOf(p, 'n1'), ['Ready=True']);
  p.advance(5_000);
  assert.equal(conditionsOf(p, 'n1'), ['Ready=Unknown NodeStatusUnknown', ...NEVER.slice(1)]);
  const ready = p.get('Node', 'n1').status.conditions?.[0];
  assert.is(ready?.message, 'Kubelet stopped posting node status.');
  assert.is(ready?.lastHeartbeatTime, before?.lastHeartbeatTime);
  assert.is(ready?.lastTransitionTime, '2026-01-01T00:00:55Z');
  assert.equal(conditionsOf(p, 'n2'), ['Ready=True'], 'its lease was renewed');
  assert.is(readyOf(p, 'web'), 'False');
  assert.equal(p.events('NodeNotReady'), [
    'NodeNotReady Node n1 status is now: NodeNotReady',
    'NodeNotReady Node is not ready',
  ]);
  p.stop();
});

test('row 223: a fresh status makes up for an expired lease, a fresh lease for an old status', () => {
  const p = nodePlane();
  addNode(p, 'lease', { ready: 'True' });
  addNode(p, 'status', { ready: 'True' });
  addNode(p, 'neither', { ready: 'True' });
  for (const name of ['lease', 'status', 'neither']) renew(p, name);
  for (let second = 0; second < 3600; second += 40) {
    p.advance(40_000);
    renew(p, 'lease');
    post(p, 'status', 'True');
  }
  assert.equal(conditionsOf(p, 'lease'), ['Ready=True']);
  assert.equal(conditionsOf(p, 'status'), ['Ready=True']);
  assert.is(conditionsOf(p, 'neither')[0], 'Ready=Unknown NodeStatusUnknown');
  p.stop();
});

test('row 223: a lease alone keeps a node without status from being given up', () => {
  const p = nodePlane();
  addNode(p, 'renewed');
  addNode(p, 'silent');
  for (const name of ['renewed', 'silent']) renew(p, name);
  for (let second = 0; second < 600; second += 10) {
    p.advance(10_000);
    renew(p, 'renewed');
  }
  assert.equal(conditionsOf(p, 'renewed'), []);
  assert.equal(conditionsOf(p, 'silent'), NEVER);
  p.stop();
});

test('nodeMonitorPeriod and nodeMonitorGracePeriod: ticks every 2 s, grace of 7 s', () => {
  const p = nodePlane({
    settings: { nodeLifecycle: { nodeMonitorPeriodMs: 2_000, nodeMonitorGracePeriodMs: 7_000 } },
  });
  addNode(p, 'n1', { ready: 'True' });
  p.advance(7_999);
  assert.equal(conditionsOf(p, 'n1'), ['Ready=True']);
  p.advance(1);
  assert.is(conditionsOf(p, 'n1')[0], 'Ready=Unknown NodeStatusUnknown');
  p.stop();
});

test('NL-14, row 229: exactly one RegisteredNode event, about the node by its UID; RemovingNode at the tick after it went', () => {
  const p = nodePlane();
  const node = addNode(p, 'n1', { ready: 'True' });
  p.advance(20_000);
  assert.equal(p.events('RegisteredNode'), [
    'RegisteredNode Node n1 event: Registered Node n1 in Controller',
  ]);
  const [event] = p.list('Event').filter(({ reason }) => reason === 'RegisteredNode');
  assert.equal(event?.involvedObject, {
    kind: 'Node',
    name: 'n1',
    uid: node.metadata.uid,
    apiVersion: 'v1',
  });
  assert.is(event?.source?.component, 'node-controller');
  p.advance(1_000);
  p.remove('Node', 'n1');
  assert.equal(p.events('RemovingNode'), []);
  p.advance(4_000);
  assert.equal(p.events('RemovingNode'), ['RemovingNode Node n1 event: Removing Node n1 from Controller']);
  assert.is(p.host.find('nodeLifecycle/n1/' + node.metadata.uid), undefined);
  p.stop();
});

test('row 229: os and arch labels are copied to their old names, as long as they are there', () => {
  const p = nodePlane();
  addNode(p, 'bare', { ready: 'True' });
  addNode(p, 'labelled', {
    ready: 'True',
    labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'other' },
  });
  assert.is(p.get('Node', 'bare').metadata.labels, undefined);
  assert.equal(p.get('Node', 'labelled').metadata.labels, {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
  });
  p.stop();
});

test('row 230: a pod that is bound to a node already found not ready is marked, on a ready node it is not', () => {
  const p = nodePlane();
  addNode(p, 'down', { ready: 'False' });
  addNode(p, 'up', { ready: 'True' });
  addPod(p, 'early', 'down');
  assert.is(readyOf(p, 'early'), 'True', 'no health pass has seen the node');
  p.advance(5_000);
  assert.is(readyOf(p, 'early'), 'True', 'its own kubelet says False: its pods are its business');
  const create = (name: string, nodeName: string): void => {
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    p.create('Pod', {
      metadata: { name },
      spec: { nodeName: '', containers: [{ name: 'web', image: 'web:1' }] },
    });
    p.patch('Pod', name, { status }, 'status');
    p.api.bind({ namespace: 'default', name }, nodeName).settled(() => {});
    p.settle();
  };
  create('late', 'down');
  create('fine', 'up');
  assert.is(readyOf(p, 'late'), 'False');
  assert.is(readyOf(p, 'fine'), 'True');
  p.stop();
});

test('row 224, NL-12: pods that could not be marked are tried again every period', () => {
  let failures = 2;
  let writes = 0;
  const intercept = (api: Api): Api =>
    overriding(api, {
      patch: (key, patch, options) => {
        if (key.kind !== 'Pod' || options?.subresource !== 'status') return api.patch(key, patch, options);
        writes += 1;
        failures -= 1;
        if (failures < 0) return api.patch(key, patch, options);
        return createCall((settle) =>
          settle({
            ok: false,
            error: new ApiError({
              kind: 'Status',
              apiVersion: 'v1',
              metadata: {},
              status: 'Failure',
              message: 'the server is busy',
              code: 500,
            }),
          }),
        );
      },
    });
  const p = nodePlane({ intercept });
  addNode(p, 'n1', { ready: 'True' });
  addNode(p, 'n2', { ready: 'True' });
  addPod(p, 'web', 'n1');
  p.advance(50_000);
  renew(p, 'n2');
  p.advance(5_000);
  assert.equal([writes, readyOf(p, 'web')], [1, 'True']);
  p.advance(5_000);
  assert.equal([writes, readyOf(p, 'web')], [2, 'True']);
  p.advance(5_000);
  assert.equal([writes, readyOf(p, 'web')], [3, 'False']);
  p.advance(20_000);
  assert.is(writes, 3);
  p.stop();
});

test('a node that returns is looked at by the next tick, and its pods are left to its kubelet (NL-13)', () => {
  const p = nodePlane();
  addNode(p, 'n1', { ready: 'True' });
  addPod(p, 'web', 'n1');
  p.advance(56_000);
  assert.is(readyOf(p, 'web'), 'False');
  post(p, 'n1', 'True');
  p.advance(30_000);
  assert.is(readyOf(p, 'web'), 'False');
  assert.equal(conditionsOf(p, 'n1'), ['Ready=True']);
  p.stop();
});

test.run();
