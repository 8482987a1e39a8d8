/** What a cluster does when a node dies, to the second, and when it comes back. */
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type ClusterOptions, type Pod } from '../../src/index.js';
import { suite } from '../support/suite.js';
import { deployment, httpProbes, pod } from '../support/workloads.js';

const test = suite('cluster: node failure (controllers.md §7)');

const START_MS = 1_767_225_600_000;
const seconds = (cluster: Cluster): number => (cluster.now() - START_MS) / 1000;

const withCluster = async (
  options: ClusterOptions,
  body: (cluster: Cluster) => Promise<void>,
): Promise<void> => {
  const cluster = await createCluster(options);
  const crashes: unknown[] = [];
  cluster.errors$.subscribe((crash) => crashes.push(crash));
  try {
    await body(cluster);
    assert.equal(crashes, []);
  } finally {
    await cluster.stop();
  }
};
const readyOf = (object: { status: Pod['status'] } | undefined): string | undefined =>
  object?.status.conditions?.find(({ type }) => type === 'Ready')?.status;
const taintsOf = (cluster: Cluster, name: string): string[] =>
  (cluster.get('Node', name)?.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const on = (cluster: Cluster, name: string): readonly Pod[] =>
  cluster.list('Pod', 'default').filter(({ spec }) => spec.nodeName === name);
const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** Three ready replicas, one per node. */
const threeReplicas = async (cluster: Cluster): Promise<Pod> => {
  await cluster.apply(deployment('web', 3, httpProbes));
  await cluster.advance('65s');
  const [victim, ...others] = on(cluster, 'node-2');
  assert.ok(victim && others.length === 0, 'one pod per node');
  return victim;
};

test('NL-34: last heartbeat at 60 s: Unknown, tainted, pods not ready at 115 s; deleted and replaced at 415 s; gone when it returns', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    const victim = await threeReplicas(cluster);
    cluster.faults.node('node-2').fail();

    await cluster.advance('49.999s');
    assert.is(readyOf(cluster.get('Node', 'node-2') as never), 'True');
    assert.is(cluster.get('Deployment', 'web')?.status.availableReplicas, 3);
    await cluster.advance(1);
    assert.is(seconds(cluster), 115);
    const condition = cluster.get('Node', 'node-2')?.status.conditions?.find(({ type }) => type === 'Ready');
    assert.equal([condition?.status, condition?.reason], ['Unknown', 'NodeStatusUnknown']);
    assert.equal(taintsOf(cluster, 'node-2'), [
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    assert.is(readyOf(cluster.get('Pod', victim.metadata.name)), 'False');
    assert.is(cluster.get('Deployment', 'web')?.status.availableReplicas, 2);
    assert.is(cluster.get('Pod', victim.metadata.name)?.status.phase, 'Running', 'NL-13');

    await cluster.advance('299.999s');
    assert.equal(cluster.list('Pod', 'default').filter(isTerminating), []);
    await cluster.advance(1);
    assert.is(seconds(cluster), 415);
    const dying = cluster.get('Pod', victim.metadata.name);
    assert.ok(dying && isTerminating(dying));
    await cluster.advance(0);
    const alive = cluster.list('Pod', 'default').filter((each) => !isTerminating(each));
    assert.equal(alive.map(({ spec }) => spec.nodeName).includes('node-2'), false);
    assert.is(alive.length, 3);
    assert.is(cluster.get('Deployment', 'web')?.status.availableReplicas, 3);

    await cluster.advance('1h');
    assert.ok(cluster.get('Pod', victim.metadata.name), 'NL-45: only its node can say that it is gone');
    cluster.faults.node('node-2').recover();
    await cluster.advance('35s');
    assert.is(cluster.get('Pod', victim.metadata.name), undefined);
    assert.is(readyOf(cluster.get('Node', 'node-2') as never), 'True');
    assert.equal(taintsOf(cluster, 'node-2'), []);
  });
});

test('a node that is back after 200 s keeps its pods: the deletion is cancelled', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    const victim = await threeReplicas(cluster);
    cluster.faults.node('node-2').fail();
    await cluster.advance('200s');
    cluster.faults.node('node-2').recover();
    await cluster.advance('10m');
    const kept = cluster.get('Pod', victim.metadata.name);
    assert.ok(kept && !isTerminating(kept));
    assert.is(readyOf(kept), 'True');
    const messages = cluster
      .list('Event', 'default')
      .filter(({ reason }) => reason === 'TaintManagerEviction')
      .map(({ message }) => message);
    assert.equal(messages, [`Cancelling deletion of Pod default/${victim.metadata.name}`]);
  });
});

test('NL-25: when all three nodes fail together nothing is tainted NoExecute, and nothing is evicted', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    await threeReplicas(cluster);
    for (const name of ['node-1', 'node-2', 'node-3']) cluster.faults.node(name).fail();
    await cluster.advance('1h');
    assert.equal(taintsOf(cluster, 'node-1'), ['node.kubernetes.io/unreachable:NoSchedule']);
    assert.equal(cluster.list('Pod', 'default').filter(isTerminating), []);
  });
});

test('a taint not-ready:NoSchedule from before goes with the first status, and pods are placed in that instant', async () => {
  const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
  await withCluster({ nodes: [{ name: 'n1', taints }] }, async (cluster) => {
    await cluster.apply(pod('web'));
    await cluster.settle();
    assert.equal(taintsOf(cluster, 'n1'), []);
    assert.is(cluster.get('Pod', 'web')?.status.phase, 'Running');
    assert.is(seconds(cluster), 0);
  });
});

test('cordoned by kubectl: the unschedulable taint comes at once and goes with it', async () => {
  await withCluster({}, async (cluster) => {
    await cluster.advance('10s');
    const cordon = (unschedulable: boolean): PromiseLike<unknown> =>
      cluster.api.patch(
        { kind: 'Node', name: 'node-1' },
        { type: 'merge', body: { spec: { unschedulable } } },
      );
    await cordon(true);
    await cluster.settle();
    assert.equal(taintsOf(cluster, 'node-1'), ['node.kubernetes.io/unschedulable:NoSchedule']);
    await cordon(false);
    await cluster.settle();
    assert.equal(taintsOf(cluster, 'node-1'), []);
  });
});

test('PR-74: pods of a node that is removed are gone within 80 s, and replaced', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    const victim = await threeReplicas(cluster);
    await cluster.removeNode('node-2');
    await cluster.runUntil(() => !cluster.get('Pod', victim.metadata.name), { timeout: '80s' });
    await cluster.advance('1s');
    assert.is(cluster.get('Deployment', 'web')?.status.availableReplicas, 3);
  });
});

test('nodeMonitorGracePeriod and nodeMonitorPeriod are options: 15 s and 1 s', async () => {
  const options = { nodes: 2, nodeMonitorGracePeriod: '15s', nodeMonitorPeriod: '1s' };
  await withCluster(options, async (cluster) => {
    await cluster.advance('20s');
    cluster.faults.node('node-2').fail();
    await cluster.advance('15s');
    assert.is(readyOf(cluster.get('Node', 'node-2') as never), 'True');
    await cluster.advance('1s');
    assert.is(readyOf(cluster.get('Node', 'node-2') as never), 'Unknown');
  });
});

test.run();
