import * as assert from 'uvu/assert';
import type { Node, Pod } from '../../src/api/index.js';
import { createSeededRandom } from '../../src/clock/index.js';
import { createCycle, feasibleNodesToFind, fitError } from '../../src/scheduler/cycle.js';
import { filterNode } from '../../src/scheduler/plugins/filters.js';
import type { NodeInfo } from '../../src/scheduler/nodeInfo.js';
import { podRequest } from '../../src/scheduler/resources.js';
import { balancedAllocation, leastAllocated, scoreNodes } from '../../src/scheduler/plugins/scores.js';
import { suite } from '../support/suite.js';
import { asking, facts, info, node, pod } from './objects.js';

const test = suite('scheduler: filters, scores, messages (controllers.md §9)');
const reasons = (of: Pod, where: NodeInfo): readonly string[] => filterNode(facts(of), where)?.reasons ?? [];
const tainted = (effect: string, key = 'a', value = 'b'): Node =>
  node('n', { spec: { taints: [{ key, value, effect }] } });

test('SC-17: an unschedulable node takes no pod, unless it tolerates that', () => {
  const cordoned = info(node('n', { spec: { unschedulable: true } }));
  assert.equal(reasons(pod('p'), cordoned), ['node(s) were unschedulable']);
  const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }];
  assert.equal(reasons(pod('p', { tolerations }), cordoned), []);
});
test('SC-17: a pod that names its node fits there only', () => {
  assert.equal(reasons(pod('p', { nodeName: 'other' }), info(node('n'))), [
    "node(s) didn't match the requested node name",
  ]);
});
test('SC-16: NoSchedule and NoExecute taints keep a pod off, PreferNoSchedule does not', () => {
  for (const effect of ['NoSchedule', 'NoExecute'])
    assert.equal(reasons(pod('p'), info(tainted(effect))), ['node(s) had untolerated taint(s)']);
  assert.equal(reasons(pod('p'), info(tainted('PreferNoSchedule'))), []);
});
test('SC-16: tolerations by key, value, effect, or all', () => {
  const fits = (toleration: object) =>
    reasons(pod('p', { tolerations: [toleration] }), info(tainted('NoSchedule'))).length === 0;
  assert.ok(fits({ key: 'a', value: 'b', effect: 'NoSchedule' }));
  assert.ok(fits({ key: 'a', operator: 'Exists' }));
  assert.ok(fits({ operator: 'Exists' }));
  assert.not.ok(fits({ key: 'a', value: 'other' }));
  assert.not.ok(fits({ key: 'a', value: 'b', effect: 'NoExecute' }));
});
test('SC-17: node selector and required affinity must both hold', () => {
  const ssd = info(node('n', { labels: { disk: 'ssd', zone: 'a' } }));
  const message = ["node(s) didn't match Pod's node affinity/selector"];
  const zone = (value: string) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }] }],
      },
    },
  });
  assert.equal(reasons(pod('p', { nodeSelector: { disk: 'ssd' }, affinity: zone('a') }), ssd), []);
  assert.equal(reasons(pod('p', { nodeSelector: { disk: 'hdd' } }), ssd), message);
  assert.equal(reasons(pod('p', { nodeSelector: { disk: 'ssd' }, affinity: zone('b') }), ssd), message);
});
test('SC-17, row 254: host ports conflict by port, protocol and address; 0.0.0.0 conflicts with all', () => {
  const using = (hostIP?: string, protocol = 'TCP') =>
    pod(`p${hostIP}${protocol}`, {
      containers: [
        { name: 'c', ports: [{ hostPort: 80, containerPort: 80, protocol, ...(hostIP && { hostIP }) }] },
      ],
    });
  const taken = (used: Pod, wanted: Pod) => reasons(wanted, info(node('n'), used)).length > 0;
  assert.ok(taken(using(), using('127.0.0.1')));
  assert.ok(taken(using('127.0.0.1'), using()));
  assert.not.ok(taken(using('127.0.0.1'), using('127.0.0.2')));
  assert.not.ok(taken(using(), using(undefined, 'UDP')));
  assert.equal(reasons(using(), info(node('n'), using('127.0.0.1'))), [
    "node(s) didn't have free ports for the requested pod ports",
  ]);
});
test('SC-15: several resources may be short at once, and the number of pods', () => {
  const small = info(
    node('n', { allocatable: { cpu: '1', memory: '1Gi', pods: '1' } }),
    asking('other', { cpu: '500m' }),
  );
  assert.equal(reasons(asking('p', { cpu: '600m', memory: '2Gi', 'example.com/gpu': '1' }), small), [
    'Too many pods',
    'Insufficient cpu',
    'Insufficient memory',
    'Insufficient example.com/gpu',
  ]);
  assert.equal(reasons(pod('nothing asked'), info(node('n', { allocatable: { cpu: '0' } }))), []);
});
test('SC-15: what a removed pod used is free again', () => {
  const where = info(node('n', { allocatable: { cpu: '1' } }), asking('other', { cpu: '1' }));
  assert.equal(reasons(asking('p', { cpu: '1' }), where), ['Insufficient cpu']);
  assert.ok(where.removePod('other'));
  assert.not.ok(where.removePod('other'));
  assert.equal(reasons(asking('p', { cpu: '1' }), where), []);
});
test('SC-15: the request is the sum of containers and sidecars, or the peak of starting up, plus overhead', () => {
  const cpu = (value: string, more: object = {}) => ({
    name: 'c',
    resources: { requests: { cpu: value } },
    ...more,
  });
  const of = (spec: object) => podRequest(pod('p', spec).spec).requests.cpuMilli;
  const sidecar = cpu('100m', { restartPolicy: 'Always' });
  assert.is(of({ containers: [cpu('200m'), cpu('300m')] }), 500);
  assert.is(of({ containers: [cpu('200m')], initContainers: [cpu('1')] }), 1000);
  assert.is(of({ containers: [cpu('200m')], initContainers: [sidecar, cpu('250m')] }), 350);
  assert.is(
    of({ containers: [cpu('400m')], initContainers: [cpu('250m'), sidecar], overhead: { cpu: '50m' } }),
    550,
  );
  assert.is(of({ containers: [cpu('400m')], resources: { requests: { cpu: '2' } } }), 2000);
});

test('SC-14: least allocated: the mean of what stays free; a container without a request counts as 100m and 200Mi', () => {
  const empty = info(node('n', { allocatable: { cpu: '1', memory: '1000Mi' } }));
  assert.is(leastAllocated(facts(asking('p', { cpu: '500m', memory: '250Mi' })), empty), 62);
  assert.is(leastAllocated(facts(pod('p')), empty), 85);
  assert.is(leastAllocated(facts(asking('p', { cpu: '2', memory: '1000Mi' })), empty), 0);
});
test('SC-14: balanced: 75 when nothing changes; less when the pod tilts the node, more when it evens it out', () => {
  const empty = info(node('n', { allocatable: { cpu: '1', memory: '1000Mi' } }));
  assert.is(balancedAllocation(facts(asking('p', { cpu: '500m', memory: '500Mi' })), empty), 75);
  assert.is(balancedAllocation(facts(asking('p', { cpu: '1' })), empty), 50);
  const tilted = info(node('n', { allocatable: { cpu: '1', memory: '1000Mi' } }), asking('x', { cpu: '1' }));
  assert.is(balancedAllocation(facts(asking('p', { memory: '1000Mi' })), tilted), 100);
  assert.is(balancedAllocation(facts(pod('p')), empty), 0);
});
test('SC-13: preferred affinity and soft taints weigh in', () => {
  const preferred = [
    { weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
  ];
  const prefers = pod('p', {
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
  });
  const score = (of: Pod, ...nodes: NodeInfo[]) => scoreNodes(facts(of), nodes, nodes, () => ({}));
  const [ssd = 0, hdd = 0] = score(prefers, info(node('a', { labels: { disk: 'ssd' } })), info(node('b')));
  assert.is(ssd - hdd, 200);
  const [soft = 0, clean = 0] = score(pod('p'), info(tainted('PreferNoSchedule')), info(node('b')));
  assert.is(clean - soft, 300);
});
test('SC-11: all nodes below 100; then a percentage, at least 100', () => {
  assert.equal([5, 99, 100, 1000, 5000, 10_000].map(feasibleNodesToFind), [5, 99, 100, 420, 500, 500]);
});
test('SC-10: the least loaded node wins; ties follow the seed', () => {
  const loaded = info(node('a'), asking('x', { cpu: '3' }));
  const free = info(node('b'));
  const pick = (seed: number, nodes: NodeInfo[]) =>
    createCycle(createSeededRandom(seed)).run(facts(asking('p', { cpu: '1' })), nodes).node?.name;
  assert.is(pick(1, [loaded, free]), 'b');
  const equal = ['a', 'b', 'c', 'd'].map((name) => info(node(name)));
  const picks = Array.from({ length: 20 }, (_, seed) => pick(seed, equal));
  assert.is(new Set(picks).size, 4);
  assert.equal(
    picks,
    Array.from({ length: 20 }, (_, seed) => pick(seed, equal)),
  );
});
const run = (of: Pod, ...nodes: NodeInfo[]) => {
  const result = createCycle(createSeededRandom(1)).run(facts(of), nodes);
  return result.node ? result.node.name : result.message;
};
test('SC-30: the message counts the reasons in lexical order, and says that preemption cannot help', () => {
  assert.is(
    run(
      asking('p', { cpu: '3' }),
      info(tainted('NoSchedule')),
      info(node('b'), asking('x', { cpu: '2' })),
      info(node('c'), asking('y', { cpu: '2' })),
    ),
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  );
  assert.is(run(pod('p')), 'no nodes available to schedule pods');
});
test('SC-12, SC-30: nodes that a pod is not pinned to by name are not looked at, and say so', () => {
  const pinned = (spec: object, ...terms: readonly (readonly string[][])[]) =>
    pod('p', {
      ...spec,
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: terms.map((names) => ({
              matchFields: names.map((values) => ({ key: 'metadata.name', operator: 'In', values })),
            })),
          },
        },
      },
    });
  const nodes = [info(tainted('NoSchedule')), info(node('b'), asking('x', { cpu: '2' })), info(node('c'))];
  const large = { containers: [{ name: 'c', resources: { requests: { cpu: '3' } } }] };
  assert.is(
    run(pinned(large, [['b']]), ...nodes),
    "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
  );
  assert.is(
    run(pinned({}, [['gone']]), ...nodes),
    "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
  assert.is(
    run(pinned({}, [['b'], ['c']]), ...nodes),
    '0/3 nodes are available: pod affinity terms conflict. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
  assert.is(run(pinned({}, [['b', 'c'], ['c']]), ...nodes), 'c');
  assert.is(run(pinned(large, [['b']], [['c']]), ...nodes), 'c');
});
test('SC-15: a request larger than the node is nothing that preemption could help', () => {
  assert.is(
    run(asking('p', { memory: '100Gi' }), info(node('n'))),
    '0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  );
});
test('row 245: items are sorted as text', () => {
  const counts = new Map([
    ['Node(s) failed Filter plugin FalseFilter-1', 2],
    ['Node(s) failed Filter plugin FalseFilter-2', 1],
  ]);
  assert.is(
    fitError(3, counts),
    '0/3 nodes are available: 1 Node(s) failed Filter plugin FalseFilter-2, 2 Node(s) failed Filter plugin FalseFilter-1.',
  );
});
test.run();
