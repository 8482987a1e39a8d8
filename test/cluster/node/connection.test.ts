/** Nodes that cannot reach the API while their pods run on, and agents that are started again (node.md 4.9, 6.2). */
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type ContainerStatus, type Pod } from '../../../src/index.js';
import { processesWith } from '../../runtime/process/support.js';
import { suite } from '../../support/suite.js';
import { withNodes, type NodeRig } from './rig.js';

const test = suite('cluster: nodes out of reach', { timeoutMs: 60_000 });

const httpGet = { path: '/', port: 80 };
const probes = { startupProbe: { httpGet }, livenessProbe: { httpGet }, readinessProbe: { httpGet } };
const images = {
  'ends:1': { exitsAfter: '65s', exitCode: 3 },
  'crash:1': { exitsAfter: '1s', exitCode: 1 },
  'init:1': { exitsAfter: '2s' },
  'slow:1': { terminatesAfter: '5s' },
};
const status = (rig: NodeRig, name: string): ContainerStatus => {
  const [found] = rig.pod(name)?.status.containerStatuses ?? [];
  assert.ok(found);
  return found;
};
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'slow:1' }] },
    },
  },
};
const on = (cluster: Cluster, node: string): Pod => {
  const [found] = cluster.list('Pod', 'default').filter(({ spec }) => spec.nodeName === node);
  assert.ok(found, `no pod on ${node}`);
  return found;
};

test('cut off: Unknown after 50 s, replaced after 300 s more, while its pod runs on; back, it ends the old pod within its grace period', async () => {
  await withNodes({ nodes: 2, images }, async (rig) => {
    const { cluster } = rig;
    await cluster.apply(web);
    await rig.at(65);
    const old = on(cluster, 'node-2');
    cluster.faults.node('node-2').disconnect();
    await rig.at(115);
    assert.ok(rig.trouble('node-2').includes('Ready Unknown'));
    assert.is(rig.condition(old.metadata.name, 'Ready'), 'False');
    await rig.at(414.999);
    assert.is(cluster.list('Pod', 'default').length, 2);
    await rig.at(415);
    assert.ok(rig.pod(old.metadata.name)?.metadata.deletionTimestamp);
    await rig.at(600);
    assert.is(rig.events(old.metadata.name).includes('Killing'), false);
    cluster.faults.node('node-2').reconnect();
    await rig.at(604.999);
    assert.ok(rig.pod(old.metadata.name), 'it ends as any other: SIGTERM first');
    await rig.at(605);
    assert.is(rig.pod(old.metadata.name), undefined);
    assert.equal([rig.trouble('node-2'), rig.taints('node-2')], [[], []]);
    assert.is(rig.events(old.metadata.name).at(-1), '00:10:00 Killing');
  });
});

test('back in time: the pod is Ready again without a restart, and what it did meanwhile is told', async () => {
  await withNodes({ nodes: 2, images }, async (rig) => {
    await rig.run('plain', 'a:1', { nodeName: 'node-2' }, probes);
    await rig.run('ends', 'ends:1', { nodeName: 'node-2' });
    await rig.at(60);
    rig.cluster.faults.node('node-2').disconnect();
    await rig.at(150);
    assert.equal([status(rig, 'ends').restartCount, rig.condition('plain', 'Ready')], [0, 'False']);
    rig.cluster.faults.node('node-2').reconnect();
    await rig.at(150.1);
    assert.equal([status(rig, 'plain').restartCount, rig.condition('plain', 'Ready')], [0, 'True']);
    const { restartCount, state } = status(rig, 'ends');
    assert.equal([restartCount, state?.running?.startedAt], [2, '2026-01-01T00:02:20Z']);
    assert.equal(
      [rig.condition('ends', 'Ready'), rig.condition('ends', 'ContainersReady')],
      ['True', 'True'],
    );
  });
});

test('a pod that is force deleted while its node is cut off runs on until that is back', async () => {
  await withNodes({ nodes: 2 }, async (rig) => {
    await rig.run('a', 'a:1', { nodeName: 'node-2' });
    const { actors } = rig.cluster.statistics;
    rig.cluster.faults.node('node-2').disconnect();
    await rig.cluster.api.delete({ kind: 'Pod', name: 'a', namespace: 'default' }, { gracePeriodSeconds: 0 });
    await rig.at(30);
    assert.is(rig.pod('a'), undefined);
    const before = rig.cluster.statistics.actors;
    rig.cluster.faults.node('node-2').reconnect();
    await rig.at(40);
    assert.ok(rig.cluster.statistics.actors < before && before <= actors);
  });
});

test("somebody else's word on a pod's status does not last: the node's stands", async () => {
  await withNodes({}, async (rig) => {
    await rig.run('a', 'a:1');
    const condition = { type: 'Ready', status: 'False' };
    const seen: unknown[] = [];
    rig.cluster.watch('Pod').subscribe(() => seen.push(rig.condition('a', 'Ready')));
    await rig.cluster.api.patch(
      { kind: 'Pod', name: 'a', namespace: 'default' },
      { type: 'strategic', body: { status: { conditions: [condition] } } },
      { subresource: 'status' },
    );
    await rig.at(10);
    assert.equal(seen.slice(-2), ['False', 'True']);
  });
});

test('an agent that is started again finds what runs: same instance, same count, no event, still Ready (4.9)', async () => {
  await withNodes({ images }, async (rig) => {
    const sidecar = { name: 's', image: 'a:1', restartPolicy: 'Always' };
    await rig.run('plain', 'a:1', { initContainers: [{ name: 'i', image: 'init:1' }, sidecar] }, probes);
    await rig.at(60);
    const [before, id, told] = [
      rig.pod('plain')?.status,
      status(rig, 'plain').containerID,
      rig.events('plain'),
    ];
    rig.cluster.faults.node('node-1').stopAgent();
    await rig.at(80);
    rig.cluster.faults.node('node-1').startAgent();
    await rig.at(80.1);
    assert.equal(rig.pod('plain')?.status, before);
    await rig.at(200);
    assert.is(status(rig, 'plain').containerID, id);
    assert.equal(rig.pod('plain')?.status, before);
    assert.equal(rig.events('plain'), told);
    assert.equal(rig.messages('node-1', 'NodeReady').length, 1);
    assert.equal(rig.messages('node-1', 'Rebooted'), []);
  });
});

test('what happened while there was no agent: ends are counted or final, deleted pods end, orphans are gone', async () => {
  await withNodes({ images }, async (rig) => {
    await rig.run('ends', 'ends:1');
    await rig.run('never', 'ends:1', { restartPolicy: 'Never' });
    await rig.run('crash', 'crash:1');
    await rig.run('deleted', 'slow:1');
    await rig.run('forced', 'slow:1');
    await rig.at(60);
    rig.cluster.faults.node('node-1').stopAgent();
    const key = (name: string) => ({ kind: 'Pod', name, namespace: 'default' }) as const;
    await rig.cluster.api.delete(key('deleted'));
    await rig.cluster.api.delete(key('forced'), { gracePeriodSeconds: 0 });
    await rig.at(90);
    assert.equal([rig.phase('never'), status(rig, 'ends').restartCount], ['Running', 0]);
    rig.cluster.faults.node('node-1').startAgent();
    await rig.at(90.1);
    const end = status(rig, 'ends').lastState?.terminated;
    assert.equal(
      [status(rig, 'ends').restartCount, end?.exitCode, end?.finishedAt],
      [1, 3, '2026-01-01T00:01:05Z'],
    );
    assert.is(rig.phase('never'), 'Failed');
    assert.is(status(rig, 'crash').restartCount, 4, 'back-offs are not remembered');
    assert.is(rig.events('deleted').at(-1), '00:01:30 Killing');
    await rig.at(94.999);
    assert.ok(rig.pod('deleted'));
    await rig.at(95);
    assert.is(rig.pod('deleted'), undefined);
  });
});

test('processes: an agent that is started again finds them, a crash meanwhile is counted, and deletion ends them', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'statelet-agent-'));
  const cluster = await createCluster({ runtime: 'process', stateDir });
  try {
    const run = (name: string, script: string) =>
      cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: {
          terminationGracePeriodSeconds: 5,
          containers: [{ name: 'app', image: 'sh', command: ['sh', '-c', script] }],
        },
      });
    const first = (name: string) => cluster.get('Pod', name)?.status.containerStatuses?.[0];
    await run('steady', 'trap "exit 0" TERM; while :; do sleep 0.1; done');
    await run('brief', 'sleep 1; exit 4');
    const both = (): boolean =>
      ['steady', 'brief'].every((name) => first(name)?.state?.running !== undefined);
    await cluster.runUntil(both, { timeout: '10s' });
    const id = first('steady')?.containerID;
    cluster.faults.node('node-1').stopAgent();
    await cluster.advance('1.5s');
    assert.is(first('brief')?.restartCount, 0);
    cluster.faults.node('node-1').startAgent();
    await cluster.runUntil(() => first('brief')?.restartCount === 1, { timeout: '10s' });
    assert.is(first('brief')?.lastState?.terminated?.exitCode, 4);
    assert.equal([first('steady')?.containerID, first('steady')?.restartCount], [id, 0]);
    await cluster.api.delete({ kind: 'Pod', name: 'steady', namespace: 'default' });
    await cluster.runUntil(() => cluster.get('Pod', 'steady') === undefined, { timeout: '10s' });
  } finally {
    await cluster.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test('processes: a node that is added takes pods; removed, it takes its processes along', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'statelet-node-'));
  const cluster = await createCluster({ runtime: 'process', stateDir });
  try {
    await cluster.addNode({ name: 'extra', labels: { disk: 'ssd' } });
    const system = cluster.get('Node', 'extra')?.status?.nodeInfo;
    assert.is(system?.kernelVersion, release());
    assert.ok(system?.osImage && system.architecture && system.osImage !== 'statelet');
    const marker = `statelet-extra-${process.pid}`;
    const app = { name: 'app', image: 'sh', command: ['sleep', '600'], env: [{ name: 'M', value: marker }] };
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeSelector: { disk: 'ssd' }, containers: [app] },
    });
    await cluster.runUntil(() => cluster.get('Pod', 'p')?.status.phase === 'Running', { timeout: '10s' });
    assert.is(cluster.get('Pod', 'p')?.spec.nodeName, 'extra');
    assert.is(processesWith(marker).length, 1);
    await cluster.removeNode('extra');
    await cluster.runUntil(() => processesWith(marker).length === 0, { timeout: '10s' });
    assert.is(cluster.get('Node', 'extra'), undefined);
  } finally {
    await cluster.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test.run();
