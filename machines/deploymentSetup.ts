/**
 * What the chart of a Deployment is made of: its context, events, guards, delays and actions. The states are in
 * `deployment.ts`.
 *
 * Models: pkg/controller/deployment/deployment_controller.go, sync.go, rolling.go, recreate.go (v1.36)
 */
import { assign, setup } from 'xstate';

/** A ReplicaSet, and how many replicas it is to have. */
export interface ReplicaSetSize {
  readonly name: string;
  readonly replicas: number;
}

/** What one look at the Deployment and its ReplicaSets says. Plain data. */
export interface RolloutObservation {
  readonly isBeingDeleted: boolean;
  readonly selectsEverything: boolean;
  /** ReplicaSets to adopt or release first. */
  readonly toClaim: number;
  readonly isPaused: boolean;
  /** The Progressing condition does not say so yet that the Deployment is paused, or is so no longer. */
  readonly pauseIsUnrecorded: boolean;
  readonly wantsRollback: boolean;
  readonly isScalingEvent: boolean;
  readonly isRecreate: boolean;
  readonly hasNewReplicaSet: boolean;
  /** The new ReplicaSet lacks annotations or minReadySeconds of the Deployment. */
  readonly newIsOutdated: boolean;
  readonly revisionIsUnrecorded: boolean;
  /** Size of the new ReplicaSet, and the size that it may have now. */
  readonly newSize: number;
  readonly newSizeNext: number;
  readonly oldSize: number;
  /** Old ReplicaSets that may shrink now (rolling update). */
  readonly oldSizesNext: readonly ReplicaSetSize[];
  /** Sizes of a scaling event or a paused Deployment. */
  readonly scaledSizes: readonly ReplicaSetSize[];
  readonly oldPodsRunning: boolean;
  readonly isComplete: boolean;
  /** Old ReplicaSets beyond the history limit. */
  readonly surplusHistory: readonly string[];
}

export interface DeploymentContext {
  readonly seen: RolloutObservation;
  /** What the published status says of the rollout. */
  readonly isComplete: boolean;
  readonly hasTimedOut: boolean;
  /** Until the progress deadline must be looked at; undefined when none is running. */
  readonly deadlineInMs: number | undefined;
  /** Why this sync failed. */
  readonly error: string | undefined;
  /** The namespace is being deleted: no retry. */
  readonly isTerminal: boolean;
  readonly failures: number;
  readonly isDirty: boolean;
}

export type DeploymentMachineEvent =
  | { readonly type: 'sync.request' }
  | { readonly type: 'rollout.observed'; readonly seen: RolloutObservation }
  | { readonly type: 'replicaSets.claimed'; readonly seen: RolloutObservation }
  | { readonly type: 'replicaSet.created' }
  /** The new ReplicaSet's name is taken by another: the hash is changed and the sync tried again. */
  | { readonly type: 'replicaSet.collided'; readonly error: string }
  | { readonly type: 'replicaSet.updated' }
  | { readonly type: 'replicaSets.scaled' }
  | { readonly type: 'history.cleaned' }
  | { readonly type: 'rollback.done' }
  | { readonly type: 'condition.recorded' }
  | { readonly type: 'revision.recorded' }
  | {
      readonly type: 'status.published';
      readonly isComplete: boolean;
      readonly hasTimedOut: boolean;
      readonly deadlineInMs: number | undefined;
    }
  /** An API request of this sync failed. */
  | { readonly type: 'write.failed'; readonly error: string; readonly isTerminal: boolean };

/** Retries of a failing sync before the Deployment is left alone until it changes. Source: deployment_controller.go#maxRetries. */
const MAX_RETRIES = 15;
/** Per-key exponential back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

const NOTHING_SEEN: RolloutObservation = {
  isBeingDeleted: false,
  selectsEverything: false,
  toClaim: 0,
  isPaused: false,
  pauseIsUnrecorded: false,
  wantsRollback: false,
  isScalingEvent: false,
  isRecreate: false,
  hasNewReplicaSet: false,
  newIsOutdated: false,
  revisionIsUnrecorded: false,
  newSize: 0,
  newSizeNext: 0,
  oldSize: 0,
  oldSizesNext: [],
  scaledSizes: [],
  oldPodsRunning: false,
  isComplete: false,
  surplusHistory: [],
};

export const initialDeployment: DeploymentContext = {
  seen: NOTHING_SEEN,
  isComplete: false,
  hasTimedOut: false,
  deadlineInMs: undefined,
  error: undefined,
  isTerminal: false,
  failures: 0,
  isDirty: false,
};

export const deploymentSetup = setup({
  types: {} as { context: DeploymentContext; events: DeploymentMachineEvent; tags: 'busy' },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
    progressDeadlineMs: ({ context }) => context.deadlineInMs ?? 0,
  },
  guards: {
    selectsEverything: ({ context }) => context.seen.selectsEverything,
    mustClaim: ({ event }) => event.type === 'rollout.observed' && event.seen.toClaim > 0,
    isBeingDeleted: ({ context }) => context.seen.isBeingDeleted,
    pauseIsUnrecorded: ({ context }) => context.seen.pauseIsUnrecorded,
    newIsOutdated: ({ context }) => context.seen.newIsOutdated,
    revisionIsUnrecorded: ({ context }) => context.seen.revisionIsUnrecorded,
    isPaused: ({ context }) => context.seen.isPaused,
    mustRollBack: ({ context }) => context.seen.wantsRollback && context.seen.hasNewReplicaSet,
    wantsRollback: ({ context }) => context.seen.wantsRollback,
    isScalingEvent: ({ context }) => context.seen.isScalingEvent,
    isRecreate: ({ context }) => context.seen.isRecreate,
    sharesChange: ({ context }) => context.seen.scaledSizes.length > 0,
    hasOldReplicas: ({ context }) => context.seen.oldSize > 0,
    oldPodsRunning: ({ context }) => context.seen.oldPodsRunning,
    newIsMissing: ({ context }) => !context.seen.hasNewReplicaSet,
    maySurge: ({ context }) => context.seen.newSizeNext > context.seen.newSize,
    newIsTooLarge: ({ context }) => context.seen.newSizeNext < context.seen.newSize,
    mayTakeDown: ({ context }) => context.seen.oldSizesNext.length > 0,
    historyIsTooLong: ({ context }) => context.seen.surplusHistory.length > 0,
    syncFailed: ({ context }) => context.error !== undefined,
    isRetryForbidden: ({ context }) =>
      context.error !== undefined && (context.isTerminal || context.failures >= MAX_RETRIES),
    isDirty: ({ context }) => context.isDirty,
    isComplete: ({ context }) => context.isComplete,
    hasTimedOut: ({ context }) => context.hasTimedOut,
    deadlineIsRunning: ({ context }) => context.deadlineInMs !== undefined,
  },
  actions: {
    recordObservation: assign(({ event }) =>
      event.type === 'rollout.observed' || event.type === 'replicaSets.claimed'
        ? { seen: event.seen, error: undefined, isTerminal: false }
        : {},
    ),
    recordProgress: assign(({ event }) =>
      event.type === 'status.published'
        ? { isComplete: event.isComplete, hasTimedOut: event.hasTimedOut, deadlineInMs: event.deadlineInMs }
        : {},
    ),
    recordError: assign(({ event }) => {
      if (event.type === 'write.failed') return { error: event.error, isTerminal: event.isTerminal };
      return event.type === 'replicaSet.collided' ? { error: event.error } : {};
    }),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    claimReplicaSets: () => {},
    refuseSelector: () => {},
    recordPause: () => {},
    updateNewReplicaSet: () => {},
    recordRevision: () => {},
    createReplicaSet: () => {},
    scaleNew: () => {},
    scaleOldBy: () => {},
    scaleOldToZero: () => {},
    scaleShares: () => {},
    rollBack: () => {},
    cleanHistory: () => {},
    publishStatus: (_args, _params: { readonly judgesProgress: boolean }) => {},
  },
});
