/**
 * What a CronJob should do: what its schedule says, and how its status differs from its Jobs. Pure; the chart
 * (machines/cronJob.ts) chooses by the answer, the wiring carries it out.
 *
 * Models: pkg/controller/cronjob/cronjob_controllerv2.go#syncCronJob (v1.36; CJ-10 to CJ-16)
 */
import {
  CronError,
  formatTime,
  loadTimeZone,
  parseSchedule,
  type CronJob,
  type CronJobStatus,
  type CronSchedule,
  type Job,
} from '../../api/index.js';
import type { CronJobObservation, ScheduleFault } from '../../../machines/cronJob.js';
import { timeMs } from '../pods.js';
import { endingOf, isActive, jobName, surplusJobs, withSuccess } from './jobs.js';
import { missedRuns, untilAfterMs, untilNextMs } from './missedRuns.js';

/** What a schedule says, or why it says nothing. `text` is the message of the event. */
export type Reading =
  | { readonly schedule: CronSchedule; readonly fault?: undefined }
  | {
      readonly fault: 'UnknownTimeZone' | 'UnparseableSchedule';
      readonly text: string;
      readonly schedule?: undefined;
    };

/** A schedule with `TZ` in it is taken as it is written; otherwise the time zone goes before it (CJ-44). */
const format = ({ schedule, timeZone }: CronJob['spec']): string =>
  schedule.includes('TZ') || timeZone === undefined ? schedule : `TZ=${timeZone} ${schedule}`;

/** CJ-12. */
export const readSchedule = (spec: CronJob['spec']): Reading => {
  const { schedule, timeZone = '' } = spec;
  if (!loadTimeZone(timeZone))
    return {
      fault: 'UnknownTimeZone',
      text: `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`,
    };
  try {
    return { schedule: parseSchedule(format(spec)) };
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    return {
      fault: 'UnparseableSchedule',
      text: `unparseable schedule: ${JSON.stringify(schedule)} : ${error.message}`,
    };
  }
};

export interface ObservedCronJob {
  readonly cronJob: CronJob;
  readonly reading: Reading;
  /** All Jobs whose controller has the name of the CronJob (CJ-3). */
  readonly jobs: readonly Job[];
  readonly nowMs: number;
}

/** One look, as the chart wants it, with the text of the event when the schedule says nothing. */
export const reconcile = (
  observed: ObservedCronJob,
): { readonly seen: CronJobObservation; readonly faultText: string } => {
  const { cronJob, jobs, nowMs } = observed;
  const { spec, status, metadata } = cronJob;
  const due = dueRun(observed);
  const seen = {
    atMs: nowMs,
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    isSuspended: spec.suspend === true,
    concurrencyPolicy: spec.concurrencyPolicy,
    startingDeadlineMs: startingDeadlineMs(spec),
    hasTimeZoneInSchedule: spec.schedule.includes('TZ'),
    surplusJobs: surplusJobs(cronJob, jobs).length,
    changedJobs: changedJobs(status, jobs),
    activeJobs: (status.active ?? []).length,
    fault: due.fault,
    scheduledAtMs: due.scheduledAtMs,
    isStarted: due.isStarted,
    missedRuns: due.missedRuns,
    untilNextMs: due.untilNextMs,
  };
  return { seen, faultText: due.faultText };
};

const startingDeadlineMs = ({ startingDeadlineSeconds }: CronJob['spec']): number | undefined =>
  startingDeadlineSeconds === undefined ? undefined : startingDeadlineSeconds * 1000;

/** Jobs that the status has to learn of, or to forget. */
const changedJobs = (status: CronJobStatus, jobs: readonly Job[]): number => {
  const children = new Set(jobs.map(({ metadata }) => metadata.uid));
  const missing = (status.active ?? []).filter(({ uid }) => !children.has(uid ?? ''));
  const changed = jobs.filter(
    (job) =>
      isActive(status, job.metadata.uid) === (endingOf(job) !== undefined) ||
      withSuccess(status, job) !== status,
  );
  return missing.length + changed.length;
};

interface DueRun {
  readonly fault: ScheduleFault | undefined;
  readonly faultText: string;
  readonly scheduledAtMs: number | undefined;
  readonly isStarted: boolean;
  readonly missedRuns: number;
  readonly untilNextMs: number | undefined;
}
const NOTHING_DUE: DueRun = {
  fault: undefined,
  faultText: '',
  scheduledAtMs: undefined,
  isStarted: false,
  missedRuns: 0,
  untilNextMs: undefined,
};

const dueRun = ({ cronJob, reading, nowMs }: ObservedCronJob): DueRun => {
  if (reading.fault !== undefined) return { ...NOTHING_DUE, fault: reading.fault, faultText: reading.text };
  const { spec } = cronJob;
  const since = { earliestMs: lastRunMs(cronJob), nowMs };
  const deadlineMs = startingDeadlineMs(spec);
  const runs = missedRuns(reading.schedule, { ...since, deadlineMs });
  if (typeof runs === 'string')
    return {
      ...NOTHING_DUE,
      fault: 'InvalidSchedule',
      faultText: `invalid schedule: ${spec.schedule} : ${runs}`,
    };
  return {
    fault: undefined,
    faultText: '',
    scheduledAtMs: runs.latestMs,
    isStarted: runs.latestMs !== undefined && isStarted(cronJob, cronJob.status, runs.latestMs),
    missedRuns: runs.count,
    untilNextMs:
      deadlineMs === undefined
        ? untilAfterMs(reading.schedule, runs, nowMs)
        : untilNextMs(reading.schedule, since),
  };
};

/** CJ-30: where the search for missed runs begins. */
export const lastRunMs = ({ metadata, status }: CronJob): number =>
  timeMs(status.lastScheduleTime) ?? timeMs(metadata.creationTimestamp) ?? 0;

/** CJ-15. */
export const isStarted = (cronJob: CronJob, status: CronJobStatus, scheduledAtMs: number): boolean => {
  const name = jobName(cronJob, scheduledAtMs);
  return (
    (status.active ?? []).some((reference) => reference.name === name) ||
    (status.lastScheduleTime !== undefined && status.lastScheduleTime === formatTime(scheduledAtMs))
  );
};
