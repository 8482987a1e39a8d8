import { namespaceMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(namespaceMachine)({
  inputs: { namespace: undefined },
  events: ({ is }) => [
    { type: 'namespace.terminating' },
    { type: 'content.changed' },
    { type: 'pods.deleted', remaining: 2, estimateSeconds: 30 },
    { type: 'pods.deleted', remaining: 0, estimateSeconds: 0 },
    { type: 'content.deleted', remaining: 1 },
    { type: 'content.deleted', remaining: 0 },
    { type: 'namespace.finalized' },
    // Only a request can fail.
    ...(is('deletingPods') || is('deletingContent') || is('finalizing')
      ? [{ type: 'write.failed' as const, error: 'conflict' }]
      : []),
  ],
  abstraction: ({ context }) => [context.remaining, Math.min(context.failures, 2)],
  states: {
    active: { pending: [], asked: { deletePods: 0, deleteContent: 0 } },
    deletingPods: { pending: [] },
    awaitingPods: {
      pending: ['podsEstimateMs'],
      holds: { 'pods remain': ({ context }) => context.remaining > 0 },
    },
    deletingContent: { pending: [] },
    awaitingContent: {
      pending: ['finalizerEstimateMs'],
      holds: { 'content remains': ({ context }) => context.remaining > 0 },
    },
    finalizing: { pending: [], holds: { 'nothing remains': ({ context }) => context.remaining === 0 } },
    backingOff: {
      pending: ['backOffMs'],
      holds: { 'the failure is counted': ({ context }) => context.failures > 0 },
    },
    gone: { pending: [], holds: { 'nothing remains': ({ context }) => context.remaining === 0 } },
  },
});
