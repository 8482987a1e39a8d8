/**
 * The vocabulary of the Job chart: what a look at a Job tells, the guards that decide its fate, its delays and effects.
 * The states stand in job.ts.
 *
 * Models: pkg/controller/job/job_controller.go, backoff_utils.go, tracking_utils.go (v1.36)
 */
import { assign, setup } from 'xstate';

/** Failures since the last success, and when the last of them was, in ms since the epoch (JB-40). */
export interface PodBackOff {
  readonly failures: number;
  readonly lastFailureMs: number;
}

/** The condition that says how a Job ends, before all of its pods are gone (JB-23). */
export interface JobEnd {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget';
  readonly reason: string;
  readonly message: string;
}

/** What one look at a Job and its pods says. Counts are of pods, unless they say otherwise. */
export interface JobObservation {
  /** The view is older than the controller's own last write (CS-2). */
  readonly cacheLags: boolean;
  /** Pods to adopt or to release before anything else. */
  readonly toClaim: number;
  /** The end that the status records already. */
  readonly recorded: 'SuccessCriteriaMet' | 'FailureTarget' | 'Complete' | 'Failed' | undefined;
  readonly recordedEnd: JobEnd | undefined;
  readonly isSuspended: boolean;
  readonly isBeingDeleted: boolean;
  /** Undefined for a work queue. */
  readonly completions: number | undefined;
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  /** Failures that count. */
  readonly failed: number;
  readonly backoffLimit: number;
  /** Restarts in place, with restartPolicy OnFailure. */
  readonly restarts: number | undefined;
  /** A FailJob rule of the podFailurePolicy matches, and why. */
  readonly failJobMessage: string | undefined;
  /** Until activeDeadlineSeconds are over; undefined when they are not running. */
  readonly deadlineInMs: number | undefined;
  readonly succeededIndexes: number;
  readonly failedIndexes: number;
  readonly maxFailedIndexes: number | undefined;
  readonly metSuccessRule: string | undefined;
  /** Pods to remove now, at most 500. */
  readonly surplus: number;
  /** Pods to create now, at most 500. */
  readonly missing: number;
  /** How long failures before hold up the next pod; 0: not at all. */
  readonly podBackOffMs: number;
  /** The back-off with the failures and successes of this look. */
  readonly backOff: PodBackOff;
}

export interface JobContext {
  readonly seen: JobObservation;
  /** Counts of this sync, with what it has created and deleted. */
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly end: JobEnd | undefined;
  /** Not before every pod is known and gone: the end is kept back for this sync (JB-24). */
  readonly mayEnd: boolean;
  /** All is counted: this sync writes Complete or Failed. */
  readonly isOver: boolean;
  readonly wasManaged: boolean;
  /** Creations and deletions that were asked for and have not been seen yet (EX-2, EX-6). May fall below zero. */
  readonly creationsExpected: number;
  readonly deletionsExpected: number;
  /** UIDs of pods whose finalizer was removed, which the watch has not shown yet (EX-7). */
  readonly releasesExpected: readonly string[];
  readonly backOff: PodBackOff;
  /** Why this sync failed. */
  readonly error: string | undefined;
  /** Syncs that have failed in a row. */
  readonly failures: number;
  readonly isDirty: boolean;
}

export type JobMachineEvent =
  | { readonly type: 'sync.request' }
  /** Something about a pod, or about the Job's status, has changed. */
  | { readonly type: 'job.changed' }
  /** What the watch has shown of this Job's pods since the last sync. */
  | {
      readonly type: 'pods.observed';
      readonly created: number;
      readonly deleted: number;
      readonly released: readonly string[];
    }
  | { readonly type: 'job.observed'; readonly seen: JobObservation }
  | { readonly type: 'pods.claimed'; readonly seen: JobObservation }
  | { readonly type: 'claim.failed'; readonly error: string }
  | {
      readonly type: 'pods.created';
      readonly created: number;
      readonly missing: number;
      readonly error: string | undefined;
    }
  /** Surplus or suspended pods; they are not counted as failed. */
  | ({ readonly type: 'pods.removed' } & Deletions)
  /** Active pods of a Job that ends. */
  | ({ readonly type: 'pods.deleted' } & Deletions)
  /** Finished pods stand in the status; the finalizers of `releasing` may go. */
  | { readonly type: 'counts.recorded'; readonly releasing: readonly string[]; readonly written: boolean }
  | {
      readonly type: 'finalizers.removed';
      readonly failed: readonly string[];
      readonly error: string | undefined;
      /** Finished pods that are in no counter yet. */
      readonly uncounted: number;
    }
  | { readonly type: 'status.published' }
  | { readonly type: 'status.failed'; readonly error: string };

export interface Deletions {
  readonly deleted: number;
  /** How many of them were ready. */
  readonly ready: number;
  readonly failed: number;
  readonly error: string | undefined;
}

/** Changes of a Job's pods and status are looked at together. Source: job_controller.go#SyncJobBatchPeriod. */
const SYNC_BATCH_MS = 1000;
/** Per-key back-off of the work queue (JB-1). Source: job_controller.go#DefaultJobApiBackOff, #MaxJobApiBackOff. */
const BACK_OFF_BASE_MS = 1000;
const BACK_OFF_MAX_MS = 60_000;
/** Expectations older than this are given up. Source: controller_utils.go#ExpectationsTimeout. */
const EXPECTATIONS_TIMEOUT_MS = 5 * 60_000;

const success = (reason: string, message: string): JobEnd => ({
  type: 'SuccessCriteriaMet',
  reason,
  message,
});
const failure = (reason: string, message: string): JobEnd => ({ type: 'FailureTarget', reason, message });
/** Ends whose words are always the same (JB-23, JB-25). */
export const COMPLETIONS_REACHED = success('CompletionsReached', 'Reached expected number of succeeded pods');
export const BACKOFF_LIMIT_EXCEEDED = failure(
  'BackoffLimitExceeded',
  'Job has reached the specified backoff limit',
);
export const DEADLINE_EXCEEDED = failure('DeadlineExceeded', 'Job was active longer than specified deadline');
export const MAX_FAILED_INDEXES_EXCEEDED = failure(
  'MaxFailedIndexesExceeded',
  'Job has exceeded the specified maximal number of failed indexes',
);
export const FAILED_INDEXES = failure('FailedIndexes', 'Job has failed indexes');

const STALE = 'the cache has not seen the last write yet';

const NOTHING_SEEN: JobObservation = {
  cacheLags: false,
  toClaim: 0,
  recorded: undefined,
  recordedEnd: undefined,
  isSuspended: false,
  isBeingDeleted: false,
  completions: undefined,
  active: 0,
  ready: 0,
  terminating: 0,
  succeeded: 0,
  failed: 0,
  backoffLimit: 0,
  restarts: undefined,
  failJobMessage: undefined,
  deadlineInMs: undefined,
  succeededIndexes: 0,
  failedIndexes: 0,
  maxFailedIndexes: undefined,
  metSuccessRule: undefined,
  surplus: 0,
  missing: 0,
  podBackOffMs: 0,
  backOff: { failures: 0, lastFailureMs: 0 },
};

export const initialJob: JobContext = {
  seen: NOTHING_SEEN,
  active: 0,
  ready: 0,
  terminating: 0,
  end: undefined,
  mayEnd: false,
  isOver: false,
  wasManaged: false,
  creationsExpected: 0,
  deletionsExpected: 0,
  releasesExpected: [],
  backOff: NOTHING_SEEN.backOff,
  error: undefined,
  failures: 0,
  isDirty: false,
};

const awaitsObservation = (context: JobContext): boolean =>
  context.creationsExpected > 0 || context.deletionsExpected > 0;

const without = (uids: readonly string[], gone: readonly string[]): readonly string[] => {
  if (uids.length === 0 || gone.length === 0) return uids;
  const seen = new Set(gone);
  return uids.filter((uid) => !seen.has(uid));
};

/** The pods that run on after what the event tells. */
const activeAfter = (context: JobContext, event: JobMachineEvent): number =>
  event.type === 'pods.removed' ? context.active - event.deleted : context.active;

export const jobSetup = setup({
  types: {} as { context: JobContext; events: JobMachineEvent; tags: 'busy' },
  delays: {
    syncBatchMs: SYNC_BATCH_MS,
    activeDeadlineMs: ({ context }) => Math.max(0, context.seen.deadlineInMs ?? Infinity),
    podBackOffMs: ({ context }) => Math.max(SYNC_BATCH_MS, context.seen.podBackOffMs),
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
    expectationsTimeoutMs: EXPECTATIONS_TIMEOUT_MS,
  },
  guards: {
    cacheLags: ({ event }) => event.type === 'job.observed' && event.seen.cacheLags,
    mustClaim: ({ event }) => event.type === 'job.observed' && event.seen.toClaim > 0,
    mustWait: ({ event }) =>
      event.type === 'job.observed' && (event.seen.cacheLags || event.seen.toClaim > 0),
    isComplete: ({ context }) => context.seen.recorded === 'Complete',
    hasFailed: ({ context }) => context.seen.recorded === 'Failed',
    hasEnded: ({ context }) => context.seen.recorded === 'Complete' || context.seen.recorded === 'Failed',
    successIsRecorded: ({ context }) => context.seen.recorded === 'SuccessCriteriaMet',
    failureIsRecorded: ({ context }) => context.seen.recorded === 'FailureTarget',
    podFailurePolicyFails: ({ context }) => context.seen.failJobMessage !== undefined,
    /** Failed pods exceed the limit; restarts in place have only to reach it (JB-41). */
    backoffLimitExceeded: ({ context: { seen } }) =>
      seen.failed > seen.backoffLimit ||
      (seen.restarts !== undefined && seen.restarts > 0 && seen.restarts >= seen.backoffLimit),
    deadlineExceeded: ({ context: { seen } }) => seen.deadlineInMs !== undefined && seen.deadlineInMs <= 0,
    tooManyIndexesFailed: ({ context: { seen } }) =>
      seen.maxFailedIndexes !== undefined && seen.failedIndexes > seen.maxFailedIndexes,
    /** Every index has ended, and not every one well. */
    someIndexesFailed: ({ context: { seen } }) =>
      seen.failedIndexes > 0 && seen.failedIndexes + seen.succeededIndexes >= (seen.completions ?? Infinity),
    successPolicyMet: ({ context }) => context.seen.metSuccessRule !== undefined,
    /** A work queue is done with its first success, once no pod runs any more (JB-25). */
    completionsReached: ({ context, event }) =>
      activeAfter(context, event) === 0 && context.seen.succeeded >= (context.seen.completions ?? 1),
    isBeingDeleted: ({ context }) => context.seen.isBeingDeleted,
    isSuspended: ({ context }) => context.seen.isSuspended,
    podsAreBackingOff: ({ context }) => context.seen.podBackOffMs > 0,
    somePodHasRun: ({ context: { seen } }) => seen.ready > 0 || seen.succeeded > 0 || seen.failed > 0,
    isEndingByCompletion: ({ context }) =>
      context.end?.reason === 'CompletionsReached' && context.seen.recordedEnd === undefined,
    isEnding: ({ context }) => context.end !== undefined,
    expectationsPending: ({ context }) => awaitsObservation(context),
    hasTooMany: ({ context }) => context.seen.surplus > 0,
    hasTooFew: ({ context }) => context.seen.missing > 0,
    /** No pod terminates, none is uncounted: Complete and Failed have the last word (JB-52, JB-53). */
    allTerminated: ({ context, event }) =>
      event.type === 'finalizers.removed' &&
      context.mayEnd &&
      event.error === undefined &&
      event.uncounted === 0 &&
      context.terminating === 0,
    isDirty: ({ context }) => context.isDirty,
    syncFailed: ({ context }) => context.error !== undefined,
  },
  actions: {
    recordObservation: assign(({ event }) => {
      if (event.type !== 'job.observed' && event.type !== 'pods.claimed') return {};
      const { active, ready, terminating } = event.seen;
      const fresh = { end: undefined, mayEnd: true, isOver: false, wasManaged: false, error: undefined };
      return { seen: event.seen, active, ready, terminating, ...fresh };
    }),
    keepRecordedEnd: assign(({ context }) => ({ end: context.seen.recordedEnd })),
    endBy: assign((_, end: JobEnd) => ({ end })),
    endByFailurePolicy: assign(({ context }) => ({
      end: failure('PodFailurePolicy', context.seen.failJobMessage ?? ''),
    })),
    endBySuccessPolicy: assign(({ context }) => ({
      end: success('SuccessPolicy', context.seen.metSuccessRule ?? ''),
    })),
    markManaged: assign({ wasManaged: true }),
    markOver: assign({ isOver: true }),
    /** As upstream: while failures hold up the next pod, the status counts none as active (JB-33). */
    countNoneActive: assign({ active: 0 }),
    expectCreations: assign(({ context }) => ({
      creationsExpected: context.seen.missing,
      deletionsExpected: 0,
    })),
    expectDeletions: assign(({ context }) => ({
      creationsExpected: 0,
      deletionsExpected: context.seen.surplus,
    })),
    expectReleases: assign(({ context, event }) =>
      event.type === 'counts.recorded' && event.releasing.length > 0
        ? { releasesExpected: [...context.releasesExpected, ...event.releasing] }
        : {},
    ),
    lowerExpectations: assign(({ context, event }) =>
      event.type === 'pods.observed'
        ? {
            creationsExpected: context.creationsExpected - event.created,
            deletionsExpected: context.deletionsExpected - event.deleted,
            releasesExpected: without(context.releasesExpected, event.released),
          }
        : {},
    ),
    dropExpectations: assign({ creationsExpected: 0, deletionsExpected: 0 }),
    countCreated: assign(({ context, event }) =>
      event.type === 'pods.created'
        ? {
            active: context.active + event.created,
            creationsExpected: context.creationsExpected - event.missing,
            error: event.error,
          }
        : {},
    ),
    countDeleted: assign(({ context, event }) =>
      event.type === 'pods.removed' || event.type === 'pods.deleted'
        ? {
            active: context.active - event.deleted,
            ready: context.ready - event.ready,
            terminating: context.terminating + event.deleted,
            error: event.error,
          }
        : {},
    ),
    forgetFailedDeletions: assign(({ context, event }) =>
      event.type === 'pods.removed' ? { deletionsExpected: context.deletionsExpected - event.failed } : {},
    ),
    /** Remaining pods, or pods that the cache does not show yet, forbid the end in this sync. */
    keepEndBack: assign(({ context }) => ({ mayEnd: context.active === 0 && !awaitsObservation(context) })),
    forgetFailedReleases: assign(({ context, event }) =>
      event.type === 'finalizers.removed'
        ? {
            releasesExpected: without(context.releasesExpected, event.failed),
            error: context.error ?? event.error,
          }
        : {},
    ),
    keepBackOff: assign(({ context, event }) =>
      event.type === 'counts.recorded' && event.written ? { backOff: context.seen.backOff } : {},
    ),
    forgetBackOff: assign({ backOff: NOTHING_SEEN.backOff }),
    recordError: assign(({ context, event }) =>
      'error' in event && context.error === undefined ? { error: event.error } : {},
    ),
    recordStaleness: assign({ error: STALE }),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    claimPods: () => {},
    createPods: () => {},
    removePods: () => {},
    deleteActivePods: () => {},
    recordCounts: () => {},
    removeFinalizers: () => {},
    publishStatus: () => {},
  },
});
