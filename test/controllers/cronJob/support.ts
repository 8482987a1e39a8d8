/** CronJobs and their Jobs for tests, and a control plane whose clock begins at a chosen time. */
import type { CronJob, Job } from '../../../src/api/index.js';
import { createPlane, type Plane, type PlaneOptions } from '../plane.js';

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

export const cronJobManifest = (schedule: string, spec: object = {}, name = 'tick'): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: {
    schedule,
    jobTemplate: {
      metadata: { labels: { a: 'b' }, annotations: { x: 'y' } },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c:1' }] } } },
    },
    ...spec,
  },
});

/** Without the Job controller: the test plays it. */
export const createCronPlane = (startTime: string, options: PlaneOptions = {}): Plane => {
  const plane = createPlane({ controllers: ['cronJob', 'garbageCollector'], ...options });
  plane.clock.moveTo(Date.parse(startTime));
  return plane;
};

/** As the Job controller: the Job has ended. */
export const finish = (plane: Plane, name: string, type: 'Complete' | 'Failed' = 'Complete'): void => {
  const now = `${new Date(plane.clock.now()).toISOString().slice(0, 19)}Z`;
  const status = {
    startTime: plane.get('Job', name).metadata.creationTimestamp,
    ...(type === 'Complete' && { completionTime: now }),
    conditions: [
      ...(type === 'Complete'
        ? [{ type: 'SuccessCriteriaMet', status: 'True' }]
        : [{ type: 'FailureTarget', status: 'True' }]),
      { type, status: 'True', lastTransitionTime: now },
    ],
  };
  plane.patch('Job', name, { status }, 'status');
};

export const jobNames = (plane: Plane): readonly string[] =>
  plane
    .list('Job')
    .map(({ metadata }) => metadata.name)
    .sort();

export const activeNames = (cronJob: CronJob): readonly (string | undefined)[] =>
  (cronJob.status.active ?? []).map(({ name }) => name);

/** The state of the chart of the CronJob, as its path: `resting.awaitingNext.waiting`. */
export const cronJob = (spec: object = {}, status: object = {}, created = '2016-05-19T09:01:00Z'): CronJob =>
  ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'mycronjob', namespace: 'snazzycats', uid: '1a2b3c', creationTimestamp: created },
    spec: {
      schedule: '0 * * * ?',
      concurrencyPolicy: 'Allow',
      suspend: false,
      jobTemplate: {
        metadata: { labels: { a: 'b' }, annotations: { x: 'y' } },
        spec: { template: { spec: { containers: [{ name: 'c', image: 'c:1' }] } } },
      },
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
    },
    status,
  }) as unknown as CronJob;

export const job = (name: string, status: object = {}, metadata: object = {}): Job =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'snazzycats', uid: name, resourceVersion: '1', ...metadata },
    spec: {},
    status,
  }) as unknown as Job;
