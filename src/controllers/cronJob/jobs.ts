/**
 * The Jobs of a CronJob: how they ended, in which order they are forgotten, what is on the list of active ones, and the
 * Job of a run. Pure.
 *
 * Models: pkg/controller/cronjob/utils.go (v1.36)
 */
import {
  formatTime,
  loadTimeZone,
  UTC,
  type CronJob,
  type CronJobStatus,
  type Job,
  type TimeZone,
} from '../../api/index.js';
import { controllerReference } from '../ownership.js';
import { timeMs } from '../pods.js';

export type Ending = 'Complete' | 'Failed';

export const endingOf = (job: Job): Ending | undefined => {
  for (const { type, status } of job.status.conditions ?? [])
    if ((type === 'Complete' || type === 'Failed') && status === 'True') return type;
  return undefined;
};

/** Those started first come first; those that were never started, last (CJ-45). */
export const byStartTime = (a: Job, b: Job): number => {
  const [left, right] = [timeMs(a.status.startTime), timeMs(b.status.startTime)];
  if (left !== right) {
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return left - right;
  }
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
};

/** Finished Jobs beyond the limits, successful ones first, of each the oldest first (CJ-45). */
export const surplusJobs = ({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] => {
  const surplus = (ending: Ending, limit: number | undefined): readonly Job[] => {
    if (limit === undefined) return [];
    const finished = jobs.filter((job) => endingOf(job) === ending);
    if (finished.length <= limit) return [];
    return finished.sort(byStartTime).slice(0, finished.length - limit);
  };
  return [
    ...surplus('Complete', spec.successfulJobsHistoryLimit),
    ...surplus('Failed', spec.failedJobsHistoryLimit),
  ];
};

export const isActive = ({ active = [] }: CronJobStatus, uid: string): boolean =>
  active.some((reference) => reference.uid === uid);

export const withoutActive = (status: CronJobStatus, uid: string): CronJobStatus => {
  const active = (status.active ?? []).filter((reference) => reference.uid !== uid);
  if (active.length === (status.active ?? []).length) return status;
  return ordered({ ...status, active });
};

/** The end of the Job counts as the last success, if it is (CJ-10). */
export const withSuccess = (status: CronJobStatus, job: Job): CronJobStatus => {
  const { completionTime } = job.status;
  if (completionTime === undefined || endingOf(job) !== 'Complete') return status;
  const last = timeMs(status.lastSuccessfulTime);
  if (last !== undefined && last >= (timeMs(completionTime) ?? 0)) return status;
  return ordered({ ...status, lastSuccessfulTime: completionTime });
};

/** The run has begun with this Job (CJ-19). */
export const withStarted = (status: CronJobStatus, job: Job, scheduledAtMs: number): CronJobStatus =>
  ordered({
    ...status,
    active: [...(status.active ?? []), referenceTo(job)],
    lastScheduleTime: formatTime(scheduledAtMs),
  });

/** Fields in the order of the API; an empty list is left out. */
const ordered = ({ active = [], lastScheduleTime, lastSuccessfulTime }: CronJobStatus): CronJobStatus => ({
  ...(active.length > 0 && { active }),
  ...(lastScheduleTime !== undefined && { lastScheduleTime }),
  ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }),
});

const referenceTo = ({ metadata }: Job): NonNullable<CronJobStatus['active']>[number] => ({
  kind: 'Job',
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  apiVersion: 'batch/v1',
  resourceVersion: metadata.resourceVersion,
});

const MINUTE_MS = 60_000;
/** Source: pkg/apis/batch/types.go#CronJobScheduledTimestampAnnotation. */
const SCHEDULED_TIMESTAMP = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Each run has its own, so that none starts twice (CJ-40). */
export const jobName = ({ metadata }: CronJob, scheduledAtMs: number): string =>
  `${metadata.name}-${Math.floor(scheduledAtMs / MINUTE_MS)}`;

/** The manifest of the Job of a run (CJ-40). The spec is shared, not copied. */
export const jobFor = (cronJob: CronJob, scheduledAtMs: number): Record<string, unknown> => {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const zone = loadTimeZone(cronJob.spec.timeZone ?? '') ?? UTC;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, scheduledAtMs),
      namespace: cronJob.metadata.namespace,
      ...(metadata.labels && { labels: metadata.labels }),
      annotations: { ...metadata.annotations, [SCHEDULED_TIMESTAMP]: formatZoned(scheduledAtMs, zone) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec,
  };
};

/** RFC 3339 on the clocks of a zone: `2026-01-01T01:00:00+01:00`; `Z` for UTC. */
const formatZoned = (instantMs: number, zone: TimeZone): string => {
  const offsetMs = zone.offsetMs(instantMs);
  const text = formatTime(instantMs + offsetMs);
  if (zone === UTC || zone.name === 'UTC') return text;
  const minutes = Math.floor(Math.abs(offsetMs) / MINUTE_MS);
  if (minutes === 0) return text;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${text.slice(0, -1)}${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};
