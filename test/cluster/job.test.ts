/** Jobs on a whole cluster in virtual time: when what happens, to the second. */
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type Job } from '../../src/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: jobs');

const images = {
  'task:1': { exitsAfter: '2s' },
  'bad:1': { exitsAfter: '1s', exitCode: 3 },
  'flaky:1': { exitsAfter: '1s', exitCode: [1, 1, 0] },
  'slow:1': { exitsAfter: '10m' },
};
const start = (nodes = 2): Promise<Cluster> => createCluster({ nodes, clock: 'virtual', seed: 1, images });
const jobOf = (name: string, image: string, spec: object = {}, podSpec: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }], ...podSpec } },
  },
});
const at = (cluster: Cluster, name: string): Job => {
  const job = cluster.get('Job', name, 'default');
  assert.ok(job);
  return job;
};
const conditions = (job: Job): readonly string[] =>
  (job.status.conditions ?? [])
    .filter(({ status }) => status === 'True')
    .map(({ type, reason }) => `${type}:${reason}`);
const eventsOf = (cluster: Cluster, name: string): readonly string[] =>
  cluster
    .list('Event')
    .filter(({ involvedObject, reason }) => involvedObject.name === name && reason !== 'SuccessfulCreate')
    .map(({ reason, message }) => `${reason} ${message}`);
/** Creation times of the Job's pods, in seconds after `sinceMs`. */
const creations = (cluster: Cluster, name: string, sinceMs: number): readonly number[] =>
  cluster
    .list('Pod', 'default', { labelSelector: `job-name=${name}` })
    .map(({ metadata }) => (Date.parse(metadata.creationTimestamp ?? '') - sinceMs) / 1000)
    .sort((a, b) => a - b);

test('5 completions of 2 s, two at a time: pods at 0, 0, 2, 2, 4 s; Complete at 6 s; finalizers are gone', async () => {
  const cluster = await start();
  const startMs = cluster.now();
  await cluster.apply(jobOf('five', 'task:1', { completions: 5, parallelism: 2 }));
  await cluster.advance('30s');
  const { status } = at(cluster, 'five');
  assert.equal(creations(cluster, 'five', startMs), [0, 0, 2, 2, 4]);
  assert.is((Date.parse(status.completionTime ?? '') - startMs) / 1000, 6);
  assert.equal([status.succeeded, status.active, status.ready, status.terminating], [5, undefined, 0, 0]);
  assert.equal(conditions(at(cluster, 'five')), [
    'SuccessCriteriaMet:CompletionsReached',
    'Complete:CompletionsReached',
  ]);
  assert.equal(eventsOf(cluster, 'five'), ['Completed Job completed']);
  for (const { metadata } of cluster.list('Pod')) assert.is(metadata.finalizers, undefined);
  await cluster.stop();
});

test('PR-56, PR-57: backoffLimit 2: three pods, the second 10 s and the third 20 s after a failure', async () => {
  const cluster = await start();
  const startMs = cluster.now();
  await cluster.apply(jobOf('bad', 'bad:1', { backoffLimit: 2 }));
  await cluster.advance('2m');
  assert.equal(creations(cluster, 'bad', startMs), [0, 11, 32]);
  const { status } = at(cluster, 'bad');
  assert.equal([status.failed, status.succeeded, status.completionTime], [3, undefined, undefined]);
  assert.equal(conditions(at(cluster, 'bad')), [
    'FailureTarget:BackoffLimitExceeded',
    'Failed:BackoffLimitExceeded',
  ]);
  assert.equal(eventsOf(cluster, 'bad'), [
    'BackoffLimitExceeded Job has reached the specified backoff limit',
  ]);
  await cluster.stop();
});

test('e2e 36: a task that fails twice is restarted in place with OnFailure, and the Job counts no failure', async () => {
  const cluster = await start();
  await cluster.apply(jobOf('flaky', 'flaky:1', {}, { restartPolicy: 'OnFailure' }));
  await cluster.advance('2m');
  const [pod] = cluster.list('Pod');
  assert.is(pod?.status.containerStatuses?.[0]?.restartCount, 2);
  assert.equal([at(cluster, 'flaky').status.succeeded, at(cluster, 'flaky').status.failed], [1, undefined]);
  await cluster.stop();
});

test('activeDeadlineSeconds 5: pods are deleted at 5 s and counted as failed; Failed when they are gone', async () => {
  const cluster = await start();
  await cluster.apply(jobOf('late', 'slow:1', { parallelism: 2, completions: 2, activeDeadlineSeconds: 5 }));
  await cluster.advance('4999ms');
  assert.equal(conditions(at(cluster, 'late')), []);
  await cluster.advance('1ms');
  assert.is(conditions(at(cluster, 'late'))[0], 'FailureTarget:DeadlineExceeded');
  await cluster.advance('60s');
  const { status } = at(cluster, 'late');
  assert.equal([status.failed, status.active, status.terminating], [2, undefined, 0]);
  assert.equal(conditions(at(cluster, 'late')), [
    'FailureTarget:DeadlineExceeded',
    'Failed:DeadlineExceeded',
  ]);
  assert.is(cluster.list('Pod').length, 0);
  await cluster.stop();
});

test('Indexed: each pod knows its index, by name, hostname and environment', async () => {
  const cluster = await start();
  await cluster.apply(
    jobOf('parts', 'task:1', { completions: 3, parallelism: 3, completionMode: 'Indexed' }),
  );
  await cluster.advance('10s');
  assert.is(at(cluster, 'parts').status.completedIndexes, '0-2');
  const pods = [...cluster.list('Pod')].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  pods.forEach(({ metadata, spec }, index) => {
    assert.match(metadata.name, new RegExp(`^parts-${index}-`));
    assert.is(spec.hostname, `parts-${index}`);
    assert.is(metadata.labels?.['batch.kubernetes.io/job-completion-index'], String(index));
    assert.equal(spec.containers[0]?.env?.at(-1), {
      name: 'JOB_COMPLETION_INDEX',
      valueFrom: {
        fieldRef: {
          apiVersion: 'v1',
          fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']",
        },
      },
    });
  });
  await cluster.stop();
});

test('e2e 33: with a limit per index the others are done, and the Job fails for the one that is not', async () => {
  const cluster = await start();
  await cluster.apply(
    jobOf('some', 'bad:1', {
      completions: 2,
      parallelism: 2,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 1,
    }),
  );
  await cluster.advance('1m');
  const { status } = at(cluster, 'some');
  assert.equal([status.failedIndexes, status.failed, cluster.list('Pod').length], ['0,1', 4, 4]);
  assert.equal(conditions(at(cluster, 'some')), ['FailureTarget:FailedIndexes', 'Failed:FailedIndexes']);
  await cluster.stop();
});

test('PR-55: suspended before it starts: no pod, no startTime; resumed, it runs', async () => {
  const cluster = await start();
  await cluster.apply(jobOf('later', 'task:1', { suspend: true, activeDeadlineSeconds: 30 }));
  await cluster.advance('1m');
  assert.equal([cluster.list('Pod').length, at(cluster, 'later').status.startTime], [0, undefined]);
  assert.equal(conditions(at(cluster, 'later')), ['Suspended:JobSuspended']);
  const key = { kind: 'Job', name: 'later', namespace: 'default' } as const;
  await cluster.api.patch(key, { type: 'merge', body: { spec: { suspend: false } } });
  await cluster.advance('10s');
  assert.is(conditions(at(cluster, 'later')).at(-1), 'Complete:CompletionsReached');
  await cluster.stop();
});

test('JB-80, PR-59: ttlSecondsAfterFinished 30: gone 30 s after its end, with its pods, and not before', async () => {
  const cluster = await start();
  await cluster.apply(jobOf('brief', 'task:1', { ttlSecondsAfterFinished: 30 }));
  await cluster.runUntil(() => conditions(at(cluster, 'brief')).length === 2, { timeout: '1m' });
  await cluster.advance('29s');
  assert.is(cluster.list('Pod').length, 1);
  await cluster.advance('2s');
  assert.equal([cluster.list('Job').length, cluster.list('Pod').length], [0, 0]);
  await cluster.stop();
});

test('pods that are lost with their node are replaced elsewhere', async () => {
  const cluster = await start();
  await cluster.apply(jobOf('moved', 'slow:1', { backoffLimit: 6 }));
  await cluster.advance('10s');
  const [pod] = cluster.list('Pod');
  const lost = pod?.spec.nodeName ?? '';
  cluster.faults.node(lost).fail();
  await cluster.advance('10m');
  const running = cluster.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.is(running.length, 1);
  assert.ok(running[0]?.spec.nodeName !== lost);
  await cluster.stop();
});

test('PR-51, PR-52: 60 completions of a task that crashes at random: every index counts once', async () => {
  const cluster = await start(3);
  await cluster.apply(
    jobOf('many', 'task:1', {
      completions: 60,
      parallelism: 10,
      completionMode: 'Indexed',
      backoffLimit: 60,
    }),
  );
  let most = 0;
  cluster.watch('Pod').subscribe(() => {
    const indexes = cluster
      .list('Pod')
      .filter(
        ({ status, metadata }) =>
          !metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(status.phase ?? ''),
      )
      .map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index']);
    assert.is(new Set(indexes).size, indexes.length);
    most = Math.max(most, indexes.length);
  });
  await cluster.advance('1s');
  for (const { metadata } of cluster.list('Pod').slice(0, 3))
    cluster.faults.pod('default', metadata.name).crash({ exitCode: 1 });
  await cluster.runUntil(() => at(cluster, 'many').status.completionTime !== undefined, { timeout: '1h' });
  const { succeeded, failed, completedIndexes } = at(cluster, 'many').status;
  assert.equal([succeeded, failed, completedIndexes, most], [60, 3, '0-59', 10]);
  await cluster.stop();
});

test.run();
