import { taintEvictionMachine, type Toleration } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(taintEvictionMachine)({
  inputs: { pod: undefined },
  events: ({ nowMs, is }) => [
    ...(['untainted', 'untolerated', 'forever', 'limited'] satisfies Toleration[]).map((toleration) => ({
      type: 'taints.observed' as const,
      toleration,
      tolerationMs: toleration === 'limited' ? 60_000 : 0,
      atMs: nowMs,
    })),
    { type: 'pod.gone' },
    // Only a request can be answered.
    ...(is('evicting.attempting')
      ? [{ type: 'pod.evicted' as const }, { type: 'eviction.failed' as const }]
      : []),
  ],
  waits: ({ is }) => (is('scheduled') ? [1_000] : []),
  abstraction: ({ context, nowMs, is }) => [
    context.attempts,
    is('scheduled') && context.startedAtMs < nowMs,
    context.tolerationMs,
  ],
  states: {
    tolerating: { pending: [] },
    scheduled: {
      pending: ['tolerationMs'],
      holds: { 'it is scheduled for some time': ({ context }) => context.tolerationMs > 0 },
    },
    'evicting.attempting': {
      pending: [],
      holds: { 'at most five tries': ({ context }) => context.attempts >= 1 && context.attempts <= 5 },
    },
    'evicting.retrying': {
      pending: ['retryMs'],
      holds: { 'a try is left': ({ context }) => context.attempts < 5 },
    },
    evicted: { pending: [] },
    released: { pending: [] },
  },
});
