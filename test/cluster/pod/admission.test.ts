/** What a node refuses of the pods that are bound to it (node.md 5.8). */
import * as assert from 'uvu/assert';
import type { ClusterOptions } from '../../../src/index.js';
import { suite } from '../../support/suite.js';
import { container, withPod } from './rig.js';

const test = suite('cluster: admission of pods');

const bound = (spec: object): object => ({
  nodeName: 'node-1',
  containers: [container('app', 'app:1')],
  ...spec,
});
const requesting = (requests: object): object => ({
  containers: [container('app', 'app:1', { resources: { requests } })],
});
const node = (spec: object): ClusterOptions => ({ nodes: [{ name: 'node-1', ...spec }] }) as ClusterOptions;

const refusals: readonly [
  reason: string,
  message: string,
  spec: object,
  options: ClusterOptions,
  metadata?: object,
][] = [
  [
    'OutOfcpu',
    "Node didn't have enough resource: cpu, requested: 2500, used: 0, capacity: 2000",
    requesting({ cpu: '2500m' }),
    node({ capacity: { cpu: '2' } }),
  ],
  [
    'OutOfmemory',
    "Node didn't have enough resource: memory, requested: 2097152, used: 0, capacity: 1048576",
    requesting({ memory: '2Mi' }),
    node({ capacity: { memory: '1Mi' } }),
  ],
  [
    'OutOfpods',
    "Node didn't have enough resource: pods, requested: 1, used: 0, capacity: 0",
    {},
    node({ capacity: { pods: 0 } }),
  ],
  [
    'NodeAffinity',
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    { nodeSelector: { disk: 'ssd' } },
    node({}),
  ],
  [
    'PodOSNotSupported',
    "Failed to admit pod as the OS field doesn't match node OS",
    { os: { name: 'windows' } },
    node({}),
  ],
  [
    'PodOSSelectorNodeLabelDoesNotMatch',
    "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    {},
    node({}),
    { labels: { 'kubernetes.io/os': 'windows' } },
  ],
];

for (const [reason, message, spec, options, metadata] of refusals) {
  test(`${reason}: the pod fails, and nothing of it runs`, async () => {
    await withPod(
      bound(spec),
      options,
      async (rig) => {
        const { status } = rig.pod ?? {};
        assert.equal(
          [status?.phase, status?.reason, status?.message],
          ['Failed', reason, `Pod was rejected: ${message}`],
        );
        assert.is(status?.containerStatuses, undefined);
        assert.is(
          status?.qosClass,
          reason.startsWith('OutOf') && reason !== 'OutOfpods' ? 'Burstable' : 'BestEffort',
        );
        assert.ok(rig.events.includes(`${reason}: ${message}`), rig.events.join('\n'));
        await rig.remove();
        assert.is(rig.pod, undefined);
      },
      metadata,
    );
  });
}

test('what other pods use counts, until they have ended', async () => {
  const options = { ...node({ capacity: { cpu: '2' } }), images: { 'job:1': { exitsAfter: '10s' } } };
  const spec = {
    nodeName: 'node-1',
    restartPolicy: 'Never',
    containers: [container('app', 'job:1', { resources: { requests: { cpu: '1500m' } } })],
  };
  await withPod(spec, options, async (rig) => {
    const second = (name: string): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
    await rig.cluster.apply(second('early'));
    await rig.at(1);
    assert.match(
      rig.cluster.get('Pod', 'early')?.status.message ?? '',
      /cpu, requested: 1500, used: 1500, capacity: 2000$/,
    );
    await rig.at(11);
    await rig.cluster.apply(second('late'));
    await rig.at(12);
    assert.is(rig.cluster.get('Pod', 'late')?.status.phase, 'Running');
  });
});

test('two pods that want one port of the host: NodePorts', async () => {
  const spec = bound({
    containers: [container('app', 'app:1', { ports: [{ containerPort: 80, hostPort: 8080 }] })],
  });
  await withPod(spec, node({}), async (rig) => {
    await rig.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' }, spec });
    await rig.at(1);
    assert.is(rig.pod?.status.phase, 'Running');
    assert.is(rig.cluster.get('Pod', 'q')?.status.reason, 'NodePorts');
  });
});

test('a cordoned node takes what is bound to it; labels count as they are now', async () => {
  await withPod({ containers: [container('app', 'app:1')] }, node({}), async (rig) => {
    const { api } = rig.cluster;
    const key = { kind: 'Node', name: 'node-1' } as const;
    await api.patch(key, {
      type: 'merge',
      body: { spec: { unschedulable: true }, metadata: { labels: { disk: 'ssd' } } },
    });
    const metadata = { name: 'q' };
    await rig.cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: bound({ nodeSelector: { disk: 'ssd' } }),
    });
    await rig.at(1);
    assert.is(rig.cluster.get('Pod', 'q')?.status.phase, 'Running');
  });
});

test.run();
