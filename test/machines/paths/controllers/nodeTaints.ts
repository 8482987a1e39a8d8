import { nodeTaintsMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(nodeTaintsMachine)({
  inputs: { node: undefined },
  events: ({ is }) => [
    { type: 'taints.drifted' },
    // Only a write can be answered.
    ...(is('mirroring') ? [{ type: 'taints.mirrored' as const }, { type: 'mirroring.failed' as const }] : []),
  ],
  abstraction: ({ context }) => Math.min(context.failures, 2),
  states: {
    mirrored: { pending: [], holds: { 'nothing failed': ({ context }) => context.failures === 0 } },
    mirroring: { pending: [] },
    backingOff: {
      pending: ['backOffMs'],
      holds: { 'the failure is counted': ({ context }) => context.failures > 0 },
    },
  },
});
