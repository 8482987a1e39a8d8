/**
 * One ReplicaSet: keeps the desired number of pods. One sync at a time: observe, claim, create or delete, publish the
 * status, and rest until something changes. What the pods look like comes in as an event, computed by
 * `reconcile(observed)`; which way to go is decided here. A ReplicationController's chart has the same states (RS-32).
 *
 * Models: pkg/controller/replicaset/replica_set.go, pkg/controller/controller_utils.go#ControllerExpectations (v1.36)
 * Differs: an expectation that expires wakes the controller, which upstream leaves to the next event; no consistency store
 * (CS-2): its own status is written over a fresh read, and pods are held by expectations.
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

export const replicaSetMachine = replicasSetup.createMachine({
  id: 'replicaSet',
  description: 'One ReplicaSet: keeps the desired number of pods, and says in its status how many there are.',
  context: {
    desired: 0,
    active: 0,
    victims: [],
    isBeingDeleted: false,
    availableInMs: 0,
    creationsExpected: 0,
    deletionsExpected: [],
    error: undefined,
    failures: 0,
    isDirty: false,
  },
  type: 'parallel',
  on: {
    'pods.observed': {
      actions: 'lowerExpectations',
      description: 'Pods that were asked for have appeared or gone.',
    },
  },
  states: {
    replicas: {
      description: 'Counts pods against the number wanted.',
      initial: 'resting',
      states: {
        resting: {
          description: 'Between two syncs.',
          initial: 'unobserved',
          always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
          on: {
            'sync.request': { actions: 'requestSync' },
            'replicas.observed': [
              {
                guard: 'mustClaim',
                target: 'syncing.claiming',
                actions: 'recordObservation',
                description: 'There are pods to adopt or to release first.',
              },
              { target: 'syncing.comparing', actions: 'recordObservation' },
            ],
          },
          states: {
            unobserved: { description: 'Not looked at yet.' },
            satisfied: {
              description: 'As many pods as wanted, as far as the last sync could see.',
              entry: 'forgetFailures',
            },
            awaitingObservation: {
              description:
                'Pods were created or deleted, and the watch has not shown all of it: no more until then.',
              entry: 'forgetFailures',
              after: {
                expectationsTimeoutMs: {
                  target: 'satisfied',
                  actions: ['dropExpectations', 'requestSync'],
                  description: 'The watch has missed something: start from what is there.',
                },
              },
            },
            backingOff: {
              description: 'The last sync failed: the next waits 5 ms, 10 ms, 20 ms … 1000 s.',
              entry: 'countFailure',
              after: { backOffMs: { actions: 'requestSync' } },
            },
            deleting: {
              description:
                'The owner is being deleted: only its status is kept; the garbage collector takes the pods.',
            },
          },
        },
        syncing: {
          description: 'One sync under way; what changes meanwhile is seen by the next.',
          initial: 'comparing',
          tags: 'busy',
          on: { 'sync.request': { actions: 'markDirty' } },
          states: {
            claiming: {
              description: 'Adopts orphans that match, releases pods that match no longer.',
              entry: 'claimPods',
              on: {
                'pods.claimed': { target: 'comparing', actions: 'recordObservation' },
                'claim.failed': { target: '#settling', actions: 'recordError' },
              },
            },
            comparing: {
              description: 'Chooses what this sync does.',
              always: [
                { guard: 'isBeingDeleted', target: 'publishing' },
                {
                  guard: 'expectationsPending',
                  target: 'publishing',
                  description: 'The cache lags behind our own writes: count, but change nothing.',
                },
                { guard: 'hasTooFew', target: 'scalingUp' },
                { guard: 'hasTooMany', target: 'scalingDown' },
                { target: 'publishing' },
              ],
            },
            scalingUp: {
              description: 'Creates the missing pods, at most 500, in batches of 1, 2, 4, …',
              entry: ['expectCreations', 'createPods'],
              on: { 'pods.created': { target: 'publishing', actions: 'forgetMissing' } },
            },
            scalingDown: {
              description: 'Deletes the surplus, at most 500, the least valuable pods first.',
              entry: ['expectDeletions', 'deletePods'],
              on: { 'pods.deleted': { target: 'publishing', actions: 'forgetFailed' } },
            },
            publishing: {
              description: 'Writes the status, as of the beginning of the sync.',
              entry: 'publishStatus',
              on: {
                'status.published': '#settling',
                'status.failed': { target: '#settling', actions: 'recordError' },
              },
            },
          },
        },
        settling: {
          id: 'settling',
          description: 'The sync is over: what to wait for?',
          always: [
            { guard: 'syncFailed', target: 'resting.backingOff' },
            { guard: 'isBeingDeleted', target: 'resting.deleting' },
            { guard: 'expectationsPending', target: 'resting.awaitingObservation' },
            { target: 'resting.satisfied' },
          ],
        },
      },
    },
    availability: {
      description: 'Wakes the controller when a ready pod has been ready for minReadySeconds.',
      initial: 'settled',
      on: {
        'replicas.observed': [
          { guard: 'somePodAwaitsAvailability', target: '.awaiting' },
          { target: '.settled' },
        ],
        'pods.claimed': [{ guard: 'somePodAwaitsAvailability', target: '.awaiting' }, { target: '.settled' }],
      },
      states: {
        settled: { description: 'Every ready pod is available.' },
        awaiting: {
          description: 'Some pod is ready, but not for long enough.',
          after: { minReadyMs: { target: 'settled', actions: 'requestSync' } },
        },
      },
    },
  },
});

/** The actions that the host carries out; it answers with the event named beside each. */
export const replicaSetEffects = [
  'requestSync', // replicas.observed, soon
  'claimPods', // pods.claimed or claim.failed
  'createPods', // pods.created
  'deletePods', // pods.deleted
  'publishStatus', // status.published or status.failed
] as const;
