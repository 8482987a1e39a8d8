/**
 * What the chart of a DaemonSet is made of: its context, events, guards, delays and actions. The states are in
 * `daemonSet.ts`.
 *
 * Models: pkg/controller/daemon/daemon_controller.go, pkg/controller/controller_utils.go#ControllerExpectations (v1.36)
 * Differs: deletions are expected by name, so that the two events of a graceful deletion count once (EX-6).
 */
import { assign, setup } from 'xstate';
import { afterKilling, type FailedPodBackOffs } from './daemonSetBackOff.js';

/** What one look at the cluster says. Pods go by their names, places for new ones by the name of the node. */
export interface DaemonObservation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly selectsEverything: boolean;
  readonly isBeingDeleted: boolean;
  /** Pods and revisions to adopt or to release before anything else. */
  readonly toClaim: number;
  /** The current template has no revision yet, or not the highest number. */
  readonly revisionIsUnrecorded: boolean;
  /** Nodes that should run the pod and have none. */
  readonly vacant: readonly string[];
  /** Pods that must go: failed and succeeded ones, surplus ones, those of nodes that may not keep them. */
  readonly unwanted: readonly string[];
  /** Keys, in the back-off, of the failed ones among them. */
  readonly failed: readonly string[];
  /** Until the next failed pod that is left in place for now may go; undefined when there is none. */
  readonly failedPodBackOffMs: number | undefined;
  readonly isOnDelete: boolean;
  /** Pods of an older template. */
  readonly outdated: number;
  /** What the rolling update may do now: nodes that get a new pod beside the old one, old pods that go. */
  readonly surges: readonly string[];
  readonly replaceable: readonly string[];
  /** Revisions beyond revisionHistoryLimit that no pod has. */
  readonly surplusRevisions: readonly string[];
  /** Until the next ready pod has been ready for minReadySeconds. */
  readonly availableInMs: number | undefined;
}

export interface DaemonSetContext {
  readonly seen: DaemonObservation;
  /** What is being created and deleted: nodes, pods. At most 250 each. */
  readonly creating: readonly string[];
  readonly deleting: readonly string[];
  /** Creations that were asked for and have not been seen yet (EX-1, EX-2). May fall below zero. */
  readonly creationsExpected: number;
  /** Names of pods whose deletion was asked for and has not been seen yet. */
  readonly deletionsExpected: readonly string[];
  readonly backOffs: FailedPodBackOffs;
  /** When to look at failed pods again, in milliseconds since the epoch. */
  readonly failedPodsDueMs: number | undefined;
  /** Why this sync failed: the first error. */
  readonly error: string | undefined;
  /** Syncs that have failed in a row. */
  readonly failures: number;
  /** Something changed during the sync. */
  readonly isDirty: boolean;
}

export type DaemonSetMachineEvent =
  | { readonly type: 'daemons.observed'; readonly seen: DaemonObservation }
  | { readonly type: 'pods.claimed'; readonly seen: DaemonObservation }
  | { readonly type: 'revision.recorded'; readonly seen: DaemonObservation }
  /** Pods of this DaemonSet that the watch has shown since the last sync; names of those that go. */
  | { readonly type: 'pods.observed'; readonly created: number; readonly deleted: readonly string[] }
  | { readonly type: 'pods.created'; readonly missing: number; readonly error: string | undefined }
  | { readonly type: 'pods.deleted'; readonly failed: readonly string[]; readonly error: string | undefined }
  | { readonly type: 'history.cleaned' }
  | { readonly type: 'status.published' }
  /** Something else of this sync failed. */
  | { readonly type: 'write.failed'; readonly error: string }
  | { readonly type: 'sync.request' };

/** At most so many pods are created, and so many deleted, by one sync. Source: daemon_controller.go#BurstReplicas. */
export const DAEMON_BURST = 250;
/** Expectations older than this are given up. Source: controller_utils.go#ExpectationsTimeout. */
const EXPECTATIONS_TIMEOUT_MS = 5 * 60_000;
/** Per-key exponential back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

const NOTHING_SEEN: DaemonObservation = {
  at: 0,
  selectsEverything: false,
  isBeingDeleted: false,
  toClaim: 0,
  revisionIsUnrecorded: false,
  vacant: [],
  unwanted: [],
  failed: [],
  failedPodBackOffMs: undefined,
  isOnDelete: false,
  outdated: 0,
  surges: [],
  replaceable: [],
  surplusRevisions: [],
  availableInMs: undefined,
};

export const DAEMON_SET_CONTEXT: DaemonSetContext = {
  seen: NOTHING_SEEN,
  creating: [],
  deleting: [],
  creationsExpected: 0,
  deletionsExpected: [],
  backOffs: {},
  failedPodsDueMs: undefined,
  error: undefined,
  failures: 0,
  isDirty: false,
};

const without = (names: readonly string[], gone: readonly string[]): readonly string[] => {
  if (names.length === 0 || gone.length === 0) return names;
  const seen = new Set(gone);
  return names.filter((name) => !seen.has(name));
};
/** The same array when all of it fits, so that contexts stay small to compare. */
const burstOf = (names: readonly string[]): readonly string[] =>
  names.length <= DAEMON_BURST ? names : names.slice(0, DAEMON_BURST);

const expecting = (creating: readonly string[], deleting: readonly string[]) => ({
  creating: burstOf(creating),
  deleting: burstOf(deleting),
  creationsExpected: burstOf(creating).length,
  deletionsExpected: burstOf(deleting),
});

/** The next look at failed pods: never put off by a later one. */
const dueMs = ({ failedPodsDueMs }: DaemonSetContext, { at, failedPodBackOffMs }: DaemonObservation) => {
  if (failedPodBackOffMs === undefined) return undefined;
  const fresh = at + failedPodBackOffMs;
  return failedPodsDueMs === undefined || failedPodsDueMs <= at ? fresh : Math.min(failedPodsDueMs, fresh);
};

export const daemonSetSetup = setup({
  types: {} as { context: DaemonSetContext; events: DaemonSetMachineEvent; tags: 'busy' },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
    expectationsTimeoutMs: EXPECTATIONS_TIMEOUT_MS,
    failedPodBackOffMs: ({ context }) => (context.failedPodsDueMs ?? 0) - context.seen.at,
    minReadyMs: ({ context }) => context.seen.availableInMs ?? 0,
  },
  guards: {
    selectsEverything: ({ context }) => context.seen.selectsEverything,
    isBeingDeleted: ({ context }) => context.seen.isBeingDeleted,
    mustClaim: ({ context }) => context.seen.toClaim > 0,
    revisionIsUnrecorded: ({ context }) => context.seen.revisionIsUnrecorded,
    expectationsPending: ({ context }) =>
      context.creationsExpected > 0 || context.deletionsExpected.length > 0,
    someNodeShouldRun: ({ context }) => context.seen.vacant.length > 0,
    somePodMayNotContinue: ({ context }) => context.seen.unwanted.length > 0,
    hasDeletions: ({ context }) => context.deleting.length > 0,
    isOnDelete: ({ context }) => context.seen.isOnDelete,
    maySurge: ({ context }) => context.seen.surges.length > 0,
    mayReplace: ({ context }) => context.seen.replaceable.length > 0,
    maxUnavailableReached: ({ context }) => context.seen.outdated > 0 && !context.seen.isOnDelete,
    waitsForDeletion: ({ context }) => context.seen.outdated > 0 && context.seen.isOnDelete,
    historyIsTooLong: ({ context }) => context.seen.surplusRevisions.length > 0,
    somePodBacksOff: ({ event }) => 'seen' in event && event.seen.failedPodBackOffMs !== undefined,
    somePodAwaitsAvailability: ({ event }) => 'seen' in event && event.seen.availableInMs !== undefined,
    syncFailed: ({ context }) => context.error !== undefined,
    isDirty: ({ context }) => context.isDirty,
  },
  actions: {
    recordObservation: assign(({ context, event }) =>
      'seen' in event
        ? { seen: event.seen, failedPodsDueMs: dueMs(context, event.seen), creating: [], deleting: [] }
        : {},
    ),
    beginSync: assign({ error: undefined }),
    expectPlacement: assign(({ context }) => ({
      ...expecting(context.seen.vacant, context.seen.unwanted),
      backOffs: afterKilling(context.backOffs, context.seen.failed, context.seen.at),
    })),
    expectUpdate: assign(({ context }) => expecting(context.seen.surges, context.seen.replaceable)),
    lowerExpectations: assign(({ context, event }) =>
      event.type === 'pods.observed'
        ? {
            creationsExpected: context.creationsExpected - event.created,
            deletionsExpected: without(context.deletionsExpected, event.deleted),
          }
        : {},
    ),
    forgetMissing: assign(({ context, event }) =>
      event.type === 'pods.created'
        ? {
            creationsExpected: context.creationsExpected - event.missing,
            error: context.error ?? event.error,
          }
        : {},
    ),
    forgetFailed: assign(({ context, event }) =>
      event.type === 'pods.deleted'
        ? {
            deletionsExpected: without(context.deletionsExpected, event.failed),
            error: context.error ?? event.error,
          }
        : {},
    ),
    dropExpectations: assign({ creationsExpected: 0, deletionsExpected: [] }),
    recordError: assign(({ context, event }) =>
      event.type === 'write.failed' ? { error: context.error ?? event.error } : {},
    ),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    refuseSelector: () => {},
    claimPods: () => {},
    recordRevision: () => {},
    reportEndedPods: () => {},
    createPods: () => {},
    deletePods: () => {},
    cleanHistory: () => {},
    publishStatus: (_args, _params: { readonly observesGeneration: boolean }) => {},
  },
});

/** The actions that the host carries out; it answers with the event named beside each, or with `write.failed`. */
export const daemonSetEffects = [
  'requestSync', // daemons.observed, soon
  'refuseSelector', // nothing
  'claimPods', // pods.claimed
  'recordRevision', // revision.recorded
  'reportEndedPods', // nothing
  'createPods', // pods.created
  'deletePods', // pods.deleted
  'cleanHistory', // history.cleaned
  'publishStatus', // status.published
] as const;
