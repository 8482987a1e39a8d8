import { orphanPodMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(orphanPodMachine)({
  inputs: { pod: undefined },
  events: ({ is }) => (is('releasing') ? [{ type: 'pod.released' }, { type: 'release.failed' }] : []),
  abstraction: ({ context }) => Math.min(context.failures, 2),
  states: {
    releasing: { pending: [] },
    backingOff: {
      pending: ['backOffMs'],
      holds: { 'it is counted': ({ context }) => context.failures > 0 },
    },
    released: { pending: [] },
  },
});
