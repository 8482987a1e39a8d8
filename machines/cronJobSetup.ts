/** What the chart of a CronJob is made of: what it knows, what may happen, and what its guards, delays and actions mean. */
import { assign, setup } from 'xstate';

/** Why a schedule says nothing. Each is the reason of an event. */
export type ScheduleFault = 'UnknownTimeZone' | 'UnparseableSchedule' | 'InvalidSchedule';

/** The events that are recorded about the CronJob itself. */
export type CronJobReport =
  | ScheduleFault
  | 'UnParseableCronJobSchedule'
  | 'UnsupportedSchedule'
  | 'TooManyMissedTimes'
  | 'MissSchedule'
  | 'JobAlreadyActive';

/** One look at a CronJob and its Jobs. */
export interface CronJobObservation {
  /** When it was looked at, in ms since the epoch. */
  readonly atMs: number;
  readonly isBeingDeleted: boolean;
  readonly isSuspended: boolean;
  readonly concurrencyPolicy: string;
  /** A run may start so late; undefined: however late. */
  readonly startingDeadlineMs: number | undefined;
  readonly fault: ScheduleFault | undefined;
  readonly hasTimeZoneInSchedule: boolean;
  /** Finished Jobs beyond the limits of the history. */
  readonly surplusJobs: number;
  /** Jobs that the status does not show as they are: finished, unexpected or missing. */
  readonly changedJobs: number;
  /** Jobs that the status lists as active. */
  readonly activeJobs: number;
  /** The latest run that is due and may still start, in ms since the epoch. */
  readonly scheduledAtMs: number | undefined;
  /** That run has been started before. */
  readonly isStarted: boolean;
  /** Runs between the last that was started and now, as far as the deadline reaches. */
  readonly missedRuns: number;
  /** Undefined: nothing will be due. */
  readonly untilNextMs: number | undefined;
}

export interface CronJobContext {
  readonly seen: CronJobObservation;
  /** When the next run is looked for, in ms since the epoch. */
  readonly wakesAtMs: number | undefined;
  readonly untilNextMs: number;
  /** The name of the run's Job belongs to another, or the Job is known already. */
  readonly isNameTaken: boolean;
  /** Why this sync could not do what it had to. */
  readonly error: string | undefined;
  /** Syncs that have failed in a row. */
  readonly failures: number;
  /** Something changed during the sync. */
  readonly isDirty: boolean;
}

export type CronJobMachineEvent =
  | { readonly type: 'cronJob.observed'; readonly seen: CronJobObservation }
  | { readonly type: 'history.trimmed'; readonly activeJobs: number }
  | { readonly type: 'jobs.reviewed'; readonly activeJobs: number; readonly isStarted: boolean }
  | { readonly type: 'review.failed'; readonly error: string }
  | { readonly type: 'activeJobs.deleted' }
  | { readonly type: 'deletion.failed'; readonly error: string }
  | { readonly type: 'job.created' }
  | { readonly type: 'job.nameTaken' }
  | { readonly type: 'creation.failed'; readonly error: string }
  | { readonly type: 'status.published' }
  | { readonly type: 'status.failed'; readonly error: string }
  /** The schedule or its zone is another; without a time the schedule cannot be read. */
  | {
      readonly type: 'schedule.changed';
      readonly atMs: number;
      readonly untilNextMs: number | undefined;
      readonly isSuspended: boolean;
    }
  | { readonly type: 'sync.request' };

/** From here on missed runs are worth a warning. Source: cronjob/utils.go#mostRecentScheduleTime. */
const MANY_MISSED = 100;
/** Per-key exponential back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

export const UNSEEN: CronJobObservation = {
  atMs: 0,
  isBeingDeleted: false,
  isSuspended: false,
  concurrencyPolicy: 'Allow',
  startingDeadlineMs: undefined,
  fault: undefined,
  hasTimeZoneInSchedule: false,
  surplusJobs: 0,
  changedJobs: 0,
  activeJobs: 0,
  scheduledAtMs: undefined,
  isStarted: false,
  missedRuns: 0,
  untilNextMs: undefined,
};

const wake = (atMs: number, untilNextMs: number | undefined) => ({
  untilNextMs: untilNextMs ?? 0,
  wakesAtMs: untilNextMs === undefined ? undefined : atMs + untilNextMs,
});

export const cronJobSetup = setup({
  types: {} as { context: CronJobContext; events: CronJobMachineEvent; tags: 'busy' },
  delays: {
    untilNextScheduleMs: ({ context }) => context.untilNextMs,
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
  },
  guards: {
    hasSurplusJobs: ({ context }) => context.seen.surplusJobs > 0,
    hasChangedJobs: ({ context }) => context.seen.changedJobs > 0,
    isBeingDeleted: ({ context }) => context.seen.isBeingDeleted,
    isSuspended: ({ context }) => context.seen.isSuspended,
    hasUnknownTimeZone: ({ context }) => context.seen.fault === 'UnknownTimeZone',
    isUnparseable: ({ context }) => context.seen.fault === 'UnparseableSchedule',
    isNeverDue: ({ context }) => context.seen.fault === 'InvalidSchedule',
    hasFault: ({ context }) => context.seen.fault !== undefined,
    hasTimeZoneInSchedule: ({ context }) => context.seen.hasTimeZoneInSchedule,
    isDue: ({ context }) => context.seen.scheduledAtMs !== undefined,
    tooManyMissed: ({ context: { seen } }) =>
      seen.missedRuns > MANY_MISSED && seen.scheduledAtMs !== undefined,
    missedDeadline: ({ context: { seen } }) =>
      seen.scheduledAtMs !== undefined &&
      seen.startingDeadlineMs !== undefined &&
      seen.scheduledAtMs + seen.startingDeadlineMs < seen.atMs,
    isStarted: ({ context }) => context.seen.isStarted,
    isForbidden: ({ context: { seen } }) => seen.concurrencyPolicy === 'Forbid' && seen.activeJobs > 0,
    isBlockedByForbid: ({ context: { seen } }) =>
      seen.scheduledAtMs !== undefined &&
      !seen.isStarted &&
      seen.concurrencyPolicy === 'Forbid' &&
      seen.activeJobs > 0,
    mustReplace: ({ context: { seen } }) => seen.concurrencyPolicy === 'Replace' && seen.activeJobs > 0,
    isNameTaken: ({ context }) => context.isNameTaken,
    isParseable: ({ event }) => event.type === 'schedule.changed' && event.untilNextMs !== undefined,
    isResumed: ({ event }) =>
      event.type === 'schedule.changed' && event.untilNextMs !== undefined && !event.isSuspended,
    becameUnparseable: ({ event }) => event.type === 'schedule.changed' && event.untilNextMs === undefined,
    syncFailed: ({ context }) => context.error !== undefined,
    isDirty: ({ context }) => context.isDirty,
  },
  actions: {
    recordObservation: assign(({ event }) => {
      if (event.type !== 'cronJob.observed') return {};
      return { seen: event.seen, isNameTaken: false, error: undefined };
    }),
    recordActive: assign(({ context, event }) =>
      event.type === 'history.trimmed' || event.type === 'jobs.reviewed'
        ? {
            seen: {
              ...context.seen,
              activeJobs: event.activeJobs,
              isStarted: event.type === 'jobs.reviewed' ? event.isStarted : context.seen.isStarted,
            },
          }
        : {},
    ),
    recordNoneActive: assign(({ context }) => ({ seen: { ...context.seen, activeJobs: 0 } })),
    recordStart: assign(({ context: { seen } }) => ({
      seen: { ...seen, activeJobs: seen.activeJobs + 1, isStarted: true },
    })),
    recordTakenName: assign({ isNameTaken: true }),
    planNext: assign(({ context: { seen } }) => wake(seen.atMs, seen.untilNextMs)),
    /** A run that was to be looked for earlier is still looked for then, as in a work queue. */
    recordSchedule: assign(({ context, event }) => {
      if (event.type !== 'schedule.changed' || event.untilNextMs === undefined) return {};
      const pendingMs = (context.wakesAtMs ?? Number.POSITIVE_INFINITY) - event.atMs;
      return wake(event.atMs, pendingMs < 0 ? event.untilNextMs : Math.min(pendingMs, event.untilNextMs));
    }),
    recordError: assign(({ event }) => ('error' in event ? { error: event.error } : {})),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    trimHistory: () => {},
    reviewJobs: () => {},
    deleteActiveJobs: () => {},
    createJob: () => {},
    publishStatus: () => {},
    report: (_args, _params: { readonly reason: CronJobReport }) => {},
  },
});

/** The actions that the host carries out; it answers with the event named beside each. */
export const cronJobEffects = [
  'requestSync', // cronJob.observed, soon
  'trimHistory', // history.trimmed
  'reviewJobs', // jobs.reviewed or review.failed
  'deleteActiveJobs', // activeJobs.deleted or deletion.failed
  'createJob', // job.created, job.nameTaken or creation.failed
  'publishStatus', // status.published or status.failed
  'report', // nothing
] as const;
