/** DaemonSets in virtual time, through the library: controllers.md §3.7, with exact times. */
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type ClusterOptions } from '../../src/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: daemonSet');

const START_MS = 1_767_225_600_000;
const secondsOf = (time: string | undefined): number => (Date.parse(time ?? '') - START_MS) / 1000;

const withCluster = async (options: ClusterOptions, body: (cluster: Cluster) => Promise<void>) => {
  const cluster = await createCluster(options);
  const faults: unknown[] = [];
  cluster.errors$.subscribe((crash) => faults.push(crash));
  try {
    await body(cluster);
    assert.equal(faults, []);
  } finally {
    await cluster.stop();
  }
};
const agent = (image = 'agent:1', podSpec: object = {}, spec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [{ name: 'agent', image, readinessProbe: { exec: { command: ['check'] } } }],
        ...podSpec,
      },
    },
    ...spec,
  },
});
const places = (cluster: Cluster): string[] =>
  cluster
    .list('Pod', 'default')
    .map(({ spec }) => spec.nodeName ?? '')
    .sort();
const status = (cluster: Cluster) => cluster.get('DaemonSet', 'agent')?.status;

test('one pod per node; a node that is added has its pod Ready in the same instant', async () => {
  await withCluster({ nodes: 2 }, async (cluster) => {
    await cluster.apply(agent());
    await cluster.settle();
    assert.equal(places(cluster), ['node-1', 'node-2']);
    await cluster.addNode({ name: 'node-3' });
    await cluster.settle();
    assert.equal(places(cluster), ['node-1', 'node-2', 'node-3']);
    assert.is(status(cluster)?.numberAvailable, 3);
    const [newest] = cluster.list('Pod', 'default').filter(({ spec }) => spec.nodeName === 'node-3');
    assert.is(secondsOf(newest?.metadata.creationTimestamp), 0);
  });
});

test('DS-62: a node that goes down gets no replacement anywhere; back again its pod is the same', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    await cluster.apply(agent());
    await cluster.settle();
    const uids = cluster.list('Pod', 'default').map(({ metadata }) => metadata.uid);
    cluster.faults.node('node-2').fail();
    await cluster.advance('1h');
    assert.equal(
      cluster.list('Pod', 'default').map(({ metadata }) => metadata.uid),
      uids,
    );
    assert.is(status(cluster)?.numberReady, 2);
    cluster.faults.node('node-2').recover();
    await cluster.advance('1m');
    assert.is(status(cluster)?.numberReady, 3);
    assert.equal(
      cluster.list('Pod', 'default').map(({ metadata }) => metadata.uid),
      uids,
    );
  });
});

test('DS-64: labels of nodes bring and take pods', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    await cluster.apply(agent('agent:1', { nodeSelector: { disk: 'ssd' } }));
    await cluster.settle();
    assert.equal(places(cluster), []);
    const label = async (disk: string | null): Promise<void> => {
      await cluster.api.patch(
        { kind: 'Node', name: 'node-2' },
        { type: 'merge', body: { metadata: { labels: { disk } } } },
      );
    };
    await label('ssd');
    await cluster.settle();
    assert.equal(places(cluster), ['node-2']);
    await label(null);
    await cluster.advance('31s');
    assert.equal(places(cluster), []);
  });
});

test('a rolling update goes from node to node, each after the pod before it is available', async () => {
  const images = { 'agent:2': { startsAfter: '5s' } };
  await withCluster({ nodes: 3, images }, async (cluster) => {
    await cluster.apply(agent('agent:1', {}, { minReadySeconds: 10 }));
    await cluster.advance('1m');
    assert.is(status(cluster)?.numberAvailable, 3);
    await cluster.apply(agent('agent:2', {}, { minReadySeconds: 10 }));
    let fewest = 3;
    const changed: number[] = [];
    for (let seconds = 0; seconds < 300 && status(cluster)?.numberAvailable !== 99; seconds += 1) {
      const before = status(cluster)?.updatedNumberScheduled ?? 0;
      await cluster.advance('1s');
      const { updatedNumberScheduled = 0, numberAvailable = 0, observedGeneration } = status(cluster) ?? {};
      if (observedGeneration === 2 && updatedNumberScheduled > before) changed.push(updatedNumberScheduled);
      fewest = Math.min(fewest, numberAvailable);
    }
    assert.is(fewest, 2);
    const pods = cluster.list('Pod', 'default');
    assert.equal(
      pods.map(({ spec }) => spec.containers[0]?.image),
      ['agent:2', 'agent:2', 'agent:2'],
    );
    const made = pods.map(({ metadata }) => secondsOf(metadata.creationTimestamp)).sort((a, b) => a - b);
    const [first = 0, second = 0, third = 0] = made;
    assert.is(second - first >= 10, true, 'minReadySeconds lie between two nodes');
    assert.is(third - second, second - first);
  });
});

test('a pod that fails on its node is replaced at once, then after 1 s, 2 s, 4 s', async () => {
  await withCluster({ nodes: 1 }, async (cluster) => {
    await cluster.apply(agent());
    await cluster.settle();
    const seen: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const [pod] = cluster.list('Pod', 'default');
      assert.ok(pod);
      await cluster.api.patch(
        { kind: 'Pod', name: pod.metadata.name, namespace: 'default' },
        { type: 'merge', body: { status: { phase: 'Failed' } } },
        { subresource: 'status' },
      );
      await cluster.runUntil(
        () => !cluster.list('Pod', 'default').some(({ metadata }) => metadata.uid === pod.metadata.uid),
        { timeout: '10m' },
      );
      await cluster.settle();
      seen.push((cluster.now() - START_MS) / 1000);
    }
    assert.is(seen[0], 0);
    assert.ok((seen[3] ?? 0) >= 1 + 2 + 4, seen.join(' '));
  });
});

test.run();
