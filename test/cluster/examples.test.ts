/** The bundled examples of batch work, daemons and rollouts in virtual time: what happens, to the millisecond or second. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type KindName } from '../../src/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: examples');
const EXAMPLES = fileURLToPath(new URL('../../docs/examples/', import.meta.url));
const START = Date.parse('2026-01-01T00:00:00Z');

const start = async (path: string): Promise<Cluster> => {
  const imagesFile = join(EXAMPLES, 'images.yaml');
  // Nobody has this one.
  const images = { 'example.com/no-such-image:2': { pull: { fails: true } } };
  const options = { nodes: 3, seed: 1, startTime: START, imagesFile, images };
  const cluster = await createCluster({ ...options, clock: 'virtual' });
  await cluster.apply(readFileSync(join(EXAMPLES, path), 'utf8'));
  return cluster;
};
/** `seconds reason message`, of the events of one object, in their order; repeated ones count. */
const eventsOf = (cluster: Cluster, kind: KindName, name: string): readonly string[] =>
  cluster
    .list('Event')
    .filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === name)
    .map(({ firstTimestamp = '', reason, message = '' }) => {
      const seconds = (Date.parse(firstTimestamp) - START) / 1000;
      return `${seconds} ${reason} ${message.replace(/-[0-9a-z]{4,10}(-[0-9a-z]{5})?\b/g, '-x')}`;
    });
const conditionsOf = (cluster: Cluster, name: string): readonly string[] =>
  (cluster.get('Job', name)?.status.conditions ?? []).map(
    ({ type, reason, lastTransitionTime = '' }) =>
      `${(Date.parse(lastTransitionTime) - START) / 1000} ${type} ${reason}`,
  );

test('five completions, one after the other: a pod every 2 s, its end noticed 1 s after it', async () => {
  const cluster = await start('job/sequential.yaml');
  await cluster.advance('1m');
  assert.equal(eventsOf(cluster, 'Job', 'steps'), [
    '0 SuccessfulCreate Created pod: steps-x',
    '2 SuccessfulCreate Created pod: steps-x',
    '4 SuccessfulCreate Created pod: steps-x',
    '6 SuccessfulCreate Created pod: steps-x',
    '8 SuccessfulCreate Created pod: steps-x',
    '10 Completed Job completed',
  ]);
  await cluster.stop();
});

test('two at a time: 0, 0, 2, 2, 4 s', async () => {
  const cluster = await start('job/job.yaml');
  await cluster.advance('1m');
  assert.equal(
    eventsOf(cluster, 'Job', 'parts').map((line) => line.split(' ').slice(0, 2).join(' ')),
    [...[0, 0, 2, 2, 4].map((seconds) => `${seconds} SuccessfulCreate`), '6 Completed'],
  );
  assert.is(cluster.get('Job', 'parts')?.status.completedIndexes, '0-4');
  await cluster.stop();
});

test('a task that fails at first: started again at once in its pod, and no failure is counted', async () => {
  const cluster = await start('job/flaky.yaml');
  await cluster.advance('1m');
  const { succeeded, failed, completionTime } = cluster.get('Job', 'flaky')?.status ?? {};
  assert.equal([succeeded, failed, completionTime], [3, undefined, '2026-01-01T00:00:03Z']);
  assert.equal(
    cluster.list('Pod').map(({ status }) => status.containerStatuses?.[0]?.restartCount),
    [1, 1, 1],
  );
  await cluster.stop();
});

test('a task that always fails: tries 10 s and 20 s after a failure, then for good; gone 60 s later', async () => {
  const cluster = await start('job/failing.yaml');
  await cluster.advance('1m');
  assert.equal(eventsOf(cluster, 'Job', 'failing'), [
    '0 SuccessfulCreate Created pod: failing-x',
    '11 SuccessfulCreate Created pod: failing-x',
    '32 SuccessfulCreate Created pod: failing-x',
    '34 BackoffLimitExceeded Job has reached the specified backoff limit',
  ]);
  assert.equal(conditionsOf(cluster, 'failing'), [
    '34 FailureTarget BackoffLimitExceeded',
    '34 Failed BackoffLimitExceeded',
  ]);
  await cluster.advance('33s');
  assert.equal([cluster.list('Job').length, cluster.list('Pod').length], [1, 3]);
  await cluster.advance('2s');
  assert.equal([cluster.list('Job').length, cluster.list('Pod').length], [0, 0]);
  await cluster.stop();
});

test('limited in time: its pod is deleted at 3 s, goes at once, and the Job has failed', async () => {
  const cluster = await start('job/deadline.yaml');
  await cluster.advance('2999ms');
  assert.equal(conditionsOf(cluster, 'late'), []);
  await cluster.advance('1m');
  assert.equal(eventsOf(cluster, 'Job', 'late').slice(-2), [
    '3 SuccessfulDelete Deleted pod: late-x',
    '3 DeadlineExceeded Job was active longer than specified deadline',
  ]);
  assert.equal(conditionsOf(cluster, 'late'), [
    '3 FailureTarget DeadlineExceeded',
    '3 Failed DeadlineExceeded',
  ]);
  await cluster.stop();
});

test('every minute: each run on its minute, the last two kept', async () => {
  const cluster = await start('cronjob/cronjob.yaml');
  const started: string[] = [];
  cluster.watch('Job').subscribe((event) => {
    if (event.type === 'ADDED')
      started.push(`${(cluster.now() - START) / 1000} ${event.object.metadata.name}`);
  });
  await cluster.advance('5m30s');
  const minute = START / 60_000;
  assert.equal(
    started,
    [1, 2, 3, 4, 5].map((minutes) => `${minutes * 60 + 0.1} report-${minute + minutes}`),
  );
  assert.equal(
    cluster.list('Job').map(({ metadata, status }) => [metadata.name, status.completionTime]),
    [
      [`report-${minute + 4}`, '2026-01-01T00:04:02Z'],
      [`report-${minute + 5}`, '2026-01-01T00:05:02Z'],
    ],
  );
  await cluster.stop();
});

test('daemons follow the label: there in the same instant, and on their way out in the same instant', async () => {
  const cluster = await start('agent/daemonset.yaml');
  const label = (name: string, disk: string | null) =>
    cluster.api.patch({ kind: 'Node', name }, { type: 'merge', body: { metadata: { labels: { disk } } } });
  const nodes = () =>
    cluster
      .list('Pod')
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ spec }) => spec.nodeName);
  await cluster.advance('10s');
  assert.equal(nodes(), []);
  await label('node-2', 'ssd');
  await cluster.advance(0);
  assert.equal(nodes(), ['node-2']);
  await cluster.advance('10s');
  assert.is(cluster.get('DaemonSet', 'agent')?.status.numberReady, 1);
  await label('node-2', null);
  await cluster.advance(0);
  assert.equal(nodes(), []);
  assert.is(cluster.get('DaemonSet', 'agent')?.status.desiredNumberScheduled, 0);
  await cluster.stop();
});

test('PR-28: a bad image: ProgressDeadlineExceeded 11 s after the last progress; undone, all is well again', async () => {
  const cluster = await start('rollout/deployment.yaml');
  await cluster.advance('30s');
  const key = { kind: 'Deployment', name: 'shop', namespace: 'default' } as const;
  const setImage = (image: string) =>
    cluster.api.patch(key, {
      type: 'strategic',
      body: { spec: { template: { spec: { containers: [{ name: 'shop', image }] } } } },
    });
  const progressing = () => {
    const one = cluster
      .get('Deployment', 'shop')
      ?.status.conditions?.find(({ type }) => type === 'Progressing');
    return `${one?.status} ${one?.reason}`;
  };
  assert.is(progressing(), 'True NewReplicaSetAvailable');
  await setImage('example.com/no-such-image:2');
  await cluster.advance('10999ms');
  assert.is(progressing(), 'True ReplicaSetUpdated');
  await cluster.advance('1ms');
  assert.is(progressing(), 'False ProgressDeadlineExceeded');
  assert.is(cluster.get('Deployment', 'shop')?.status.availableReplicas, 3);
  await setImage('example.com/web:1');
  await cluster.advance('5s');
  assert.is(progressing(), 'True NewReplicaSetAvailable');
  assert.equal(eventsOf(cluster, 'Deployment', 'shop'), [
    '0 ScalingReplicaSet Scaled up replica set shop-x from 0 to 3',
    '30 ScalingReplicaSet Scaled up replica set shop-x from 0 to 1',
    '41 ScalingReplicaSet Scaled down replica set shop-x from 1 to 0',
  ]);
  await cluster.stop();
});

test('replicas apart: of a node that is lost, one waits until the node is back', async () => {
  const cluster = await start('spread/deployment.yaml');
  const placed = () =>
    cluster
      .list('Pod')
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ spec, status }) => `${spec.nodeName} ${status.phase}`)
      .toSorted();
  await cluster.advance('10s');
  assert.equal(placed(), ['node-1 Running', 'node-2 Running', 'node-3 Running']);
  cluster.faults.node('node-2').fail();
  await cluster.advance('7m');
  assert.equal(placed(), ['node-1 Running', 'node-3 Running', 'undefined Pending']);
  const waiting = cluster.list('Pod').find(({ spec }) => spec.nodeName === undefined);
  assert.is(
    waiting?.status.conditions?.find(({ type }) => type === 'PodScheduled')?.message,
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match pod anti-affinity rules. " +
      'no new claims to deallocate, preemption: 0/3 nodes are available: ' +
      '1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  );
  cluster.faults.node('node-2').recover();
  await cluster.advance('1m');
  assert.equal(placed(), ['node-1 Running', 'node-2 Running', 'node-3 Running']);
  const key = { kind: 'Deployment', name: 'apart', namespace: 'default' } as const;
  const restartedAt = { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } };
  const body = { spec: { template: { metadata: restartedAt } } };
  await cluster.api.patch(key, { type: 'strategic', body });
  await cluster.advance('1m');
  assert.is(cluster.get('Deployment', 'apart')?.status.updatedReplicas, 3);
  assert.equal(placed(), ['node-1 Running', 'node-2 Running', 'node-3 Running']);
  await cluster.stop();
});

test.run();
