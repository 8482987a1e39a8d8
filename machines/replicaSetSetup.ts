/**
 * What the charts of ReplicaSets and ReplicationControllers are made of: context, events, guards, delays and actions. The
 * states are in `replicaSet.ts`.
 *
 * Models: pkg/controller/replicaset/replica_set.go, pkg/controller/controller_utils.go#ControllerExpectations (v1.36)
 */
import { assign, setup } from 'xstate';

/** What one look at the cluster says. Counts are of pods; `victims` are the `namespace/name` keys to delete first. */
export interface ReplicasObservation {
  readonly desired: number;
  readonly active: number;
  /** Pods to adopt or to release before anything else. */
  readonly toClaim: number;
  /** At most 500, in order of deletion. Empty unless there are too many pods. */
  readonly victims: readonly string[];
  readonly isBeingDeleted: boolean;
  /** Until the next ready pod has been ready for minReadySeconds. */
  readonly availableInMs: number | undefined;
}

export interface ReplicaSetContext {
  readonly desired: number;
  readonly active: number;
  readonly victims: readonly string[];
  readonly isBeingDeleted: boolean;
  readonly availableInMs: number;
  /** Creations that were asked for and have not been seen yet (EX-1, EX-2). May fall below zero. */
  readonly creationsExpected: number;
  /** Keys of pods whose deletion was asked for and has not been seen yet (EX-3). */
  readonly deletionsExpected: readonly string[];
  /** Why this sync could not create, delete or claim. */
  readonly error: string | undefined;
  /** Syncs that have failed in a row. */
  readonly failures: number;
  /** Something changed during the sync. */
  readonly isDirty: boolean;
}

export type ReplicaSetMachineEvent =
  | ({ readonly type: 'replicas.observed' } & ReplicasObservation)
  | ({ readonly type: 'pods.claimed' } & ReplicasObservation)
  | { readonly type: 'claim.failed'; readonly error: string }
  /** Pods of this owner that the watch has shown since the last sync. */
  | { readonly type: 'pods.observed'; readonly created: number; readonly deleted: readonly string[] }
  | { readonly type: 'pods.created'; readonly missing: number; readonly error: string | undefined }
  | { readonly type: 'pods.deleted'; readonly failed: readonly string[]; readonly error: string | undefined }
  | { readonly type: 'status.published' }
  | { readonly type: 'status.failed'; readonly error: string }
  | { readonly type: 'sync.request' };

/** At most this many pods are created or deleted by one sync. Source: replica_set.go#BurstReplicas. */
export const BURST_REPLICAS = 500;
/** Expectations older than this are given up. Source: controller_utils.go#ExpectationsTimeout. */
const EXPECTATIONS_TIMEOUT_MS = 5 * 60_000;
/** Per-key exponential back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

const isObservation = (
  event: ReplicaSetMachineEvent,
): event is Extract<ReplicaSetMachineEvent, ReplicasObservation> =>
  event.type === 'replicas.observed' || event.type === 'pods.claimed';

const without = (keys: readonly string[], gone: readonly string[]): readonly string[] => {
  if (keys.length === 0 || gone.length === 0) return keys;
  const seen = new Set(gone);
  return keys.filter((key) => !seen.has(key));
};

/** What the charts of ReplicaSet and ReplicationController are made of. */
export const replicasSetup = setup({
  types: {} as {
    context: ReplicaSetContext;
    events: ReplicaSetMachineEvent;
    tags: 'busy';
  },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
    expectationsTimeoutMs: EXPECTATIONS_TIMEOUT_MS,
    minReadyMs: ({ context }) => context.availableInMs,
  },
  guards: {
    mustClaim: ({ event }) => isObservation(event) && event.toClaim > 0,
    somePodAwaitsAvailability: ({ event }) => isObservation(event) && event.availableInMs !== undefined,
    isBeingDeleted: ({ context }) => context.isBeingDeleted,
    expectationsPending: ({ context }) =>
      context.creationsExpected > 0 || context.deletionsExpected.length > 0,
    hasTooFew: ({ context }) => context.active < context.desired,
    hasTooMany: ({ context }) => context.active > context.desired,
    isDirty: ({ context }) => context.isDirty,
    syncFailed: ({ context }) => context.error !== undefined,
  },
  actions: {
    recordObservation: assign(({ event }) =>
      isObservation(event)
        ? {
            desired: event.desired,
            active: event.active,
            victims: event.victims,
            isBeingDeleted: event.isBeingDeleted,
            availableInMs: event.availableInMs ?? 0,
            error: undefined,
          }
        : {},
    ),
    expectCreations: assign(({ context }) => ({
      creationsExpected: Math.min(context.desired - context.active, BURST_REPLICAS),
      deletionsExpected: [],
    })),
    expectDeletions: assign(({ context }) => ({ creationsExpected: 0, deletionsExpected: context.victims })),
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
        ? { creationsExpected: context.creationsExpected - event.missing, error: event.error }
        : {},
    ),
    forgetFailed: assign(({ context, event }) =>
      event.type === 'pods.deleted'
        ? { deletionsExpected: without(context.deletionsExpected, event.failed), error: event.error }
        : {},
    ),
    dropExpectations: assign({ creationsExpected: 0, deletionsExpected: [] }),
    recordError: assign(({ context, event }) =>
      'error' in event && context.error === undefined ? { error: event.error } : {},
    ),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    claimPods: () => {},
    createPods: () => {},
    deletePods: () => {},
    publishStatus: () => {},
  },
});
