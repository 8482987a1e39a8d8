/** A CronJob in a whole cluster in virtual time: Jobs, pods, history, exact times. */
import * as assert from 'uvu/assert';
import { createCluster, type Cluster } from '../../src/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: a CronJob', { timeoutMs: 60_000 });

const START = Date.parse('2026-01-01T00:00:00Z');
const IMAGES = { 'batch:1': { exitsAfter: '120s' } };
const cronJob = (spec: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick' },
  spec: {
    schedule: '0,15,30,45 * * * *',
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'batch:1' }] } } },
    },
    ...spec,
  },
});
const startCluster = (): Promise<Cluster> =>
  createCluster({ nodes: 1, clock: 'virtual', seed: 1, startTime: START, images: IMAGES });

/** Name, start and end of each Job: `tick-29453775 00:15:00 00:17:01`. */
const jobs = (cluster: Cluster): readonly string[] =>
  cluster
    .list('Job')
    .map(({ metadata, status }) =>
      [metadata.name, status.startTime?.slice(11, 19), status.completionTime?.slice(11, 19)].join(' '),
    );

test('every 15 minutes a Job of 2 minutes: the first hour, to the second', async () => {
  const cluster = await startCluster();
  await cluster.apply(cronJob());
  await cluster.advance('16m');
  assert.equal(jobs(cluster), ['tick-29453775 00:15:00 ']);
  assert.is(cluster.get('CronJob', 'tick')?.status.active?.length, 1);
  await cluster.advance('44m');
  assert.equal(jobs(cluster), [
    'tick-29453775 00:15:00 00:17:01',
    'tick-29453790 00:30:00 00:32:01',
    'tick-29453805 00:45:00 00:47:01',
  ]);
  assert.equal(cluster.get('CronJob', 'tick')?.status, {
    lastScheduleTime: '2026-01-01T00:45:00Z',
    lastSuccessfulTime: '2026-01-01T00:47:01Z',
  });
  await cluster.stop();
});

test('a day: 96 Jobs, each on its minute, of which the last three are kept; no pod and no timer is left behind', async () => {
  const cluster = await startCluster();
  const started: string[] = [];
  const subscription = cluster.watch('Job').subscribe((event) => {
    if (event.type === 'ADDED') started.push(event.object.metadata.name);
  });
  await cluster.apply(cronJob());
  await cluster.advance('1h');
  const { actors, timers } = cluster.statistics;
  await cluster.advance('23h');
  assert.equal(
    started,
    // The run of midnight is due at 00:00:00.100 of the next day.
    Array.from({ length: 95 }, (_, index) => `tick-${START / 60_000 + 15 * (index + 1)}`),
  );
  assert.is(cluster.list('Job').length, 3);
  assert.is(cluster.list('Pod').length, 3);
  assert.equal(cluster.statistics, { actors, timers });
  subscription.unsubscribe();
  await cluster.stop();
});

test('Replace: a run that takes too long goes with its pods', async () => {
  const cluster = await startCluster();
  await cluster.apply(cronJob({ schedule: '* * * * *', concurrencyPolicy: 'Replace' }));
  await cluster.advance('3m30s');
  assert.equal(jobs(cluster), ['tick-29453763 00:03:00 ']);
  const running = cluster.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.equal(
    running.map(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name']),
    ['tick-29453763'],
  );
  await cluster.stop();
});

test.run();
