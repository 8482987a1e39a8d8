/**
 * One PodDisruptionBudget: keeps its status true, from which the eviction API reads whether a pod may go. The counting
 * is done by `reconcile(observed)` and comes in as an event; what is written, and what is waited for, is decided here.
 * A count that fails must not leave an old permission standing: it is withdrawn.
 *
 * Models: pkg/controller/disruption/disruption.go#sync, #failSafe (v1.36; PD-1 to PD-3)
 */
import { assign, setup } from 'xstate';

/** What one look at the pods says. */
export interface BudgetObservation {
  readonly disruptionsAllowed: number;
  /** Until the first evicted pod that is still there counts again; undefined: none is awaited. */
  readonly recheckInMs: number | undefined;
}

export interface DisruptionContext {
  readonly disruptionsAllowed: number;
  readonly recheckInMs: number;
  /** Why the pods cannot be counted, or the count not be written. */
  readonly error: string | undefined;
  /** Writes that have failed in a row. */
  readonly failures: number;
  /** Something changed during the sync. */
  readonly isDirty: boolean;
}

export type DisruptionMachineEvent =
  | ({ readonly type: 'budget.observed' } & BudgetObservation)
  | { readonly type: 'count.failed'; readonly error: string }
  | { readonly type: 'status.published' }
  /** Somebody else wrote first: an eviction, as a rule. */
  | { readonly type: 'status.conflicted' }
  | { readonly type: 'status.failed'; readonly error: string }
  | { readonly type: 'sync.request' };

/** Per-key back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

export const disruptionMachine = setup({
  types: {} as { context: DisruptionContext; events: DisruptionMachineEvent; tags: 'busy' },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
    deletionTimeoutMs: ({ context }) => context.recheckInMs,
  },
  guards: {
    isDirty: ({ context }) => context.isDirty,
    allowsDisruptions: ({ context }) => context.disruptionsAllowed > 0,
    awaitsDeletions: ({ event }) => event.type === 'budget.observed' && event.recheckInMs !== undefined,
  },
  actions: {
    recordObservation: assign(({ event }) =>
      event.type === 'budget.observed'
        ? {
            disruptionsAllowed: event.disruptionsAllowed,
            recheckInMs: event.recheckInMs ?? 0,
            error: undefined,
          }
        : {},
    ),
    recordError: assign(({ event }) =>
      'error' in event ? { disruptionsAllowed: 0, error: event.error } : {},
    ),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    reportPods: () => {},
    publishStatus: () => {},
    reportFailedCount: () => {},
    publishFailure: () => {},
  },
}).createMachine({
  id: 'disruption',
  description: 'One PodDisruptionBudget: says in its status how many pods may be evicted now.',
  context: { disruptionsAllowed: 0, recheckInMs: 0, error: undefined, failures: 0, isDirty: false },
  type: 'parallel',
  states: {
    budget: {
      description: 'Counts healthy pods against those that must stay.',
      initial: 'resting',
      states: {
        resting: {
          description: 'Between two syncs.',
          initial: 'unobserved',
          always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
          on: {
            'sync.request': { actions: 'requestSync' },
            'budget.observed': { target: 'syncing.publishing', actions: ['recordObservation', 'reportPods'] },
            'count.failed': {
              target: 'syncing.failing',
              actions: ['recordError', 'reportFailedCount'],
              description: 'Pods of a controller whose size nobody knows.',
            },
          },
          states: {
            unobserved: { description: 'Not looked at yet: nothing may be evicted.' },
            SufficientPods: {
              description: 'More pods are healthy than must be: that many may be evicted.',
              entry: 'forgetFailures',
            },
            InsufficientPods: { description: 'No pod may be evicted.', entry: 'forgetFailures' },
            SyncFailed: {
              description: 'The pods cannot be counted: none may be evicted, until something changes.',
              entry: 'forgetFailures',
            },
            backingOff: {
              description:
                'The status could not be written: the next sync waits 5 ms, 10 ms, 20 ms … 1000 s.',
              entry: 'countFailure',
              after: { backOffMs: { actions: 'requestSync' } },
            },
          },
        },
        syncing: {
          description: 'A write is under way; what changes meanwhile is seen by the next sync.',
          initial: 'publishing',
          tags: 'busy',
          on: {
            'sync.request': { actions: 'markDirty' },
            'status.conflicted': 'resting.backingOff',
          },
          states: {
            publishing: {
              description: 'Writes the counts, if they changed.',
              entry: 'publishStatus',
              on: {
                'status.published': [
                  { guard: 'allowsDisruptions', target: '#disruption.budget.resting.SufficientPods' },
                  { target: '#disruption.budget.resting.InsufficientPods' },
                ],
                'status.failed': { target: 'failing', actions: 'recordError' },
              },
            },
            failing: {
              description: 'Withdraws every permission that stands in the status.',
              entry: 'publishFailure',
              on: {
                'status.published': '#disruption.budget.resting.SyncFailed',
                'status.failed': { target: '#disruption.budget.resting.backingOff', actions: 'recordError' },
              },
            },
          },
        },
      },
    },
    evictions: {
      description: 'Pods whose eviction was allowed, and which the watch still shows.',
      initial: 'confirmed',
      on: {
        'budget.observed': [{ guard: 'awaitsDeletions', target: '.unconfirmed' }, { target: '.confirmed' }],
      },
      states: {
        confirmed: { description: 'Every evicted pod is gone, or on its way.' },
        unconfirmed: {
          description: 'An evicted pod does not count as healthy, for two minutes.',
          after: { deletionTimeoutMs: { target: 'confirmed', actions: 'requestSync' } },
        },
      },
    },
  },
});

/** The actions that the host carries out; it answers with the events named beside. */
export const disruptionEffects = [
  'requestSync', // budget.observed or count.failed, soon
  'reportPods', // nothing: Kubernetes events
  'publishStatus', // status.published, status.conflicted or status.failed
  'reportFailedCount', // nothing: a Kubernetes event
  'publishFailure', // status.published, status.conflicted or status.failed
] as const;
