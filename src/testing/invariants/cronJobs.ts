/** CronJobs: which Jobs they start, and when. */
import type { CronJob, Job } from '../../api/index.js';
import {
  always,
  byOwner,
  countBy,
  eventually,
  isFinished,
  isLeaving,
  isTrue,
  nameOf,
  previous,
  SIGHT_MS,
  type ClusterView,
  type Invariant,
} from './invariant.js';

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const MINUTE_MS = 60_000;

/** The Jobs that a CronJob has started, not those that somebody made from it by hand. */
const startedBy = (view: ClusterView, cronJob: CronJob): readonly Job[] =>
  (byOwner(view.list('Job')).get(cronJob.metadata.uid) ?? []).filter(
    ({ metadata }) => metadata.annotations?.[SCHEDULED_AT] !== undefined,
  );
const scheduledMs = ({ metadata }: Job): number => Date.parse(metadata.annotations?.[SCHEDULED_AT] ?? '');
const createdMs = ({ metadata }: Job): number => Date.parse(metadata.creationTimestamp ?? '');

const onePerMinute = always(
  'PR-60',
  'a CronJob starts one Job for each time of its schedule',
  () => (view) =>
    view
      .list('CronJob')
      .flatMap((cronJob) =>
        [...countBy(startedBy(view, cronJob), (job) => String(Math.floor(scheduledMs(job) / MINUTE_MS)))]
          .filter(([, count]) => count > 1)
          .map(([minute, count]) => `${nameOf(cronJob)}: ${count} of minute ${minute}`),
      ),
);

const concurrency = always(
  'PR-61',
  'a CronJob that forbids it never has two Jobs under way',
  () => (view) =>
    view
      .list('CronJob')
      .filter(({ spec }) => spec.concurrencyPolicy === 'Forbid')
      .flatMap((cronJob) => {
        const running = startedBy(view, cronJob).filter(
          (job) => !isLeaving(job) && !isFinished(job.status.conditions),
        );
        return running.length > 1 ? [`${nameOf(cronJob)}: ${running.length}`] : [];
      }),
);

const replacement = always(
  'PR-62',
  'a CronJob that replaces has at most one active Job',
  () => (view) =>
    view
      .list('CronJob')
      .filter(({ spec, status }) => spec.concurrencyPolicy === 'Replace' && (status.active?.length ?? 0) > 1)
      .map((cronJob) => `${nameOf(cronJob)}: ${JSON.stringify(cronJob.status.active)}`),
);

const suspension = always('PR-63', 'a suspended CronJob starts no Job', () => {
  const sinceMs = new Map<string, number>();
  return (view) =>
    view.list('CronJob').flatMap((cronJob) => {
      const { uid } = cronJob.metadata;
      if (cronJob.spec.suspend !== true) {
        sinceMs.delete(uid);
        return [];
      }
      const since = sinceMs.get(uid) ?? view.now();
      sinceMs.set(uid, since);
      return startedBy(view, cronJob)
        .filter((job) => createdMs(job) > since + SIGHT_MS)
        .map((job) => `${nameOf(cronJob)} has started ${job.metadata.name}`);
    });
});

const scheduleTimes = always('PR-64', 'lastScheduleTime never goes back', () => {
  const before = previous<string>();
  return (view) =>
    view.list('CronJob').flatMap((cronJob) => {
      const { lastScheduleTime = '' } = cronJob.status;
      const last = before(cronJob.metadata.uid, lastScheduleTime);
      return last > lastScheduleTime ? [`${nameOf(cronJob)}: ${last}, then ${lastScheduleTime}`] : [];
    });
});

const history = eventually('PR-65', 'a CronJob keeps no more finished Jobs than its limits say', (view) =>
  view.list('CronJob').flatMap((cronJob) => {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    const jobs = (byOwner(view.list('Job')).get(cronJob.metadata.uid) ?? []).filter((job) => !isLeaving(job));
    const limits = [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const;
    return limits.flatMap(([type, limit]) => {
      const count = jobs.filter(({ status }) => isTrue(status.conditions, type)).length;
      return limit !== undefined && count > limit ? [`${nameOf(cronJob)}: ${count} ${type} of ${limit}`] : [];
    });
  }),
);

const deadline = always('PR-66', 'no Job starts later than startingDeadlineSeconds', () => {
  const judged = new Set<string>();
  return (view) =>
    view.list('CronJob').flatMap((cronJob) => {
      const { startingDeadlineSeconds: seconds } = cronJob.spec;
      if (seconds === undefined) return [];
      // Judged when it appears: the deadline may be changed afterwards.
      const fresh = startedBy(view, cronJob).filter(({ metadata }) => !judged.has(metadata.uid));
      for (const { metadata } of fresh) judged.add(metadata.uid);
      return fresh
        .filter((job) => createdMs(job) > scheduledMs(job) + seconds * 1000)
        .map((job) => `${nameOf(cronJob)}: ${job.metadata.name} of ${job.metadata.creationTimestamp}`);
    });
});

export const cronJobs: readonly Invariant[] = [
  onePerMinute,
  concurrency,
  replacement,
  suspension,
  scheduleTimes,
  history,
  deadline,
];
