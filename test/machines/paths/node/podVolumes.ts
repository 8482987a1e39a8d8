import { podVolumesMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(podVolumesMachine)({
  inputs: { 'files that change': { canChange: true }, 'an empty folder': { canChange: false } },
  events: () => [
    { type: 'volumes.mounted' },
    { type: 'volumes.failed', volume: 'config', message: 'configmap "config" not found' },
  ],
  abstraction: ({ context }) => Math.min(context.failures, 10),
  states: {
    mounting: { pending: [], asked: { announceMounted: 0 } },
    failed: {
      pending: ['volumeRetryMs'],
      asked: { announceMounted: 0 },
      holds: {
        'it waits 0.5 to 122 s': ({ untilNextMs }) => untilNextMs >= 500 && untilNextMs <= 122_000,
      },
    },
    mounted: { pending: ['refreshMs'], asked: { announceMounted: 1 } },
    refreshing: { pending: [], asked: { announceMounted: 1 } },
    settled: { pending: [], asked: { announceMounted: 1 } },
  },
});
