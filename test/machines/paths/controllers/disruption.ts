import { disruptionMachine, type BudgetObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const none: BudgetObservation = { disruptionsAllowed: 0, recheckInMs: undefined };
const error = 'found no controllers for pod "web-1"';

export const paths = planFor(disruptionMachine)({
  inputs: { budget: undefined },
  events: ({ is }) => [
    { type: 'sync.request' },
    // A sync begins only when none is under way.
    ...(is('budget.resting')
      ? [
          ...[none, { ...none, disruptionsAllowed: 1 }, { ...none, recheckInMs: 60_000 }].map((look) => ({
            type: 'budget.observed' as const,
            ...look,
          })),
          { type: 'count.failed' as const, error },
        ]
      : []),
    ...(is('budget.syncing')
      ? [
          { type: 'status.published' as const },
          { type: 'status.conflicted' as const },
          { type: 'status.failed' as const, error: 'etcd is away' },
        ]
      : []),
  ],
  abstraction: ({ context }) => [
    context.disruptionsAllowed,
    context.error,
    context.isDirty,
    Math.min(context.failures, 2),
  ],
  states: {
    'budget.resting': {
      holds: { 'what changed meanwhile was asked for': ({ context }) => !context.isDirty },
    },
    'budget.resting.unobserved': { asked: { publishStatus: 0, publishFailure: 0 } },
    'budget.resting.SufficientPods': {
      holds: {
        'some pod may go': ({ context }) => context.disruptionsAllowed > 0,
        'nothing failed': ({ context }) => context.failures === 0 && context.error === undefined,
      },
    },
    'budget.resting.InsufficientPods': {
      holds: {
        'no pod may go': ({ context }) => context.disruptionsAllowed === 0,
        'nothing failed': ({ context }) => context.failures === 0 && context.error === undefined,
      },
    },
    'budget.resting.SyncFailed': {
      holds: {
        'no pod may go': ({ context }) => context.disruptionsAllowed === 0,
        'it says why': ({ context }) => context.error !== undefined,
      },
    },
    'budget.resting.backingOff': {
      holds: { 'it is counted': ({ context }) => context.failures > 0 },
    },
    'budget.syncing.publishing': {
      holds: { 'the pods were counted': ({ context }) => context.error === undefined },
    },
    'budget.syncing.failing': {
      holds: { 'no pod may go': ({ context }) => context.disruptionsAllowed === 0 },
    },
    'evictions.confirmed': {},
    'evictions.unconfirmed': { awaits: ['deletionTimeoutMs'] },
  },
});
