/**
 * The volumes of one pod: put in place before its sandbox is made, tried again with a growing delay when something that
 * they refer to is missing, and kept current while the pod runs. An actor only where a pod has volumes.
 *
 * Models: pkg/volume/util/operationexecutor, nestedpendingoperations (v1.36).
 * Differs: the volumes of a pod are mounted in order by one actor, not in parallel.
 */
import { assign, setup } from 'xstate';

export interface PodVolumesInput {
  /** Whether what was mounted can change later: files of ConfigMaps, Secrets and the pod's own fields. */
  readonly canChange: boolean;
}
interface PodVolumesContext extends PodVolumesInput {
  /** Attempts in a row that have failed. */
  readonly failures: number;
}
export type PodVolumesEvent =
  | { readonly type: 'volumes.mounted' }
  | { readonly type: 'volumes.failed'; readonly volume: string; readonly message: string };

/** Source: pkg/util/goroutinemap/exponentialbackoff (initialDurationBeforeRetry, maxDurationBeforeRetry). */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 122_000;
/** Files follow what they are made of with the regular sync of the pod. Source: kubelet SyncFrequency. */
const REFRESH_MS = 60_000;

export const podVolumesMachine = setup({
  types: {} as { context: PodVolumesContext; input: PodVolumesInput; events: PodVolumesEvent },
  delays: {
    volumeRetryMs: ({ context }) => Math.min(FIRST_RETRY_MS * 2 ** (context.failures - 1), LAST_RETRY_MS),
    refreshMs: REFRESH_MS,
  },
  guards: { canChange: ({ context }) => context.canChange },
  actions: {
    /** Effect: put all volumes in place; answer volumes.mounted or volumes.failed. */
    mountVolumes: () => {},
    /** Effect: tell the pod that everything is in place. */
    announceMounted: () => {},
    /** Effect: a FailedMount event. */
    reportFailedMount: () => {},
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
  },
}).createMachine({
  id: 'podVolumes',
  description: 'The volumes of a pod: mounted, tried again, kept current.',
  context: ({ input }) => ({ ...input, failures: 0 }),
  initial: 'mounting',
  states: {
    mounting: {
      description: 'The files are written for the first time.',
      entry: 'mountVolumes',
      on: {
        'volumes.mounted': [
          { guard: 'canChange', target: 'mounted', actions: ['forgetFailures', 'announceMounted'] },
          { target: 'settled', actions: 'announceMounted' },
        ],
        'volumes.failed': { target: 'failed', actions: ['countFailure', 'reportFailedMount'] },
      },
    },
    failed: {
      description: 'Something is missing; tried again after 0.5, 1, 2 … 122 s.',
      after: { volumeRetryMs: 'mounting' },
    },
    mounted: {
      description: 'In place; looked at again with every sync.',
      after: { refreshMs: 'refreshing' },
    },
    refreshing: {
      description: 'The files are written anew where something has changed.',
      entry: 'mountVolumes',
      on: {
        'volumes.mounted': 'mounted',
        'volumes.failed': {
          target: 'mounted',
          actions: 'reportFailedMount',
          description: 'What is there stays.',
        },
      },
    },
    settled: { description: 'In place for as long as the pod lives.' },
  },
});
