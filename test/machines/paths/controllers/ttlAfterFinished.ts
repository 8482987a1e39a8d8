import { ttlAfterFinishedMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(ttlAfterFinishedMachine)({
  inputs: { job: undefined },
  events: ({ is }) => [
    ...[undefined, 0, 60_000].map((expiresInMs) => ({ type: 'job.observed' as const, expiresInMs })),
    ...(is('deleting') ? [{ type: 'job.deleted' as const }, { type: 'deletion.failed' as const }] : []),
  ],
  abstraction: ({ context }) => [context.ttlLeftMs, Math.min(context.failures, 2)],
  states: {
    unfinished: { pending: [] },
    expiring: {
      pending: ['ttlMs'],
      holds: { 'no deletion has been tried': ({ context }) => context.failures === 0 },
    },
    deleting: { pending: [] },
    backingOff: {
      pending: ['backOffMs'],
      holds: { 'it is counted': ({ context }) => context.failures > 0 },
    },
    deleted: { pending: [] },
  },
});
