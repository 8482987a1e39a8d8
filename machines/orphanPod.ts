/**
 * One pod that still carries a Job's tracking finalizer, though no Job will count it any more: lets it go.
 *
 * Models: pkg/controller/job/job_controller.go#syncOrphanPod (v1.36; JB-1, JB-5)
 */
import { assign, setup } from 'xstate';

export interface OrphanPodContext {
  readonly failures: number;
}
export type OrphanPodEvent = { readonly type: 'pod.released' } | { readonly type: 'release.failed' };

/** Source: job_controller.go#DefaultJobApiBackOff, #MaxJobApiBackOff. */
const BACK_OFF_BASE_MS = 1000;
const BACK_OFF_MAX_MS = 60_000;

export const orphanPodMachine = setup({
  types: {} as { context: OrphanPodContext; events: OrphanPodEvent },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
  },
  actions: {
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    removeFinalizer: () => {},
  },
}).createMachine({
  id: 'orphanPod',
  description:
    'One pod that no Job counts any more: its tracking finalizer is removed, so that it can be deleted.',
  context: { failures: 0 },
  initial: 'releasing',
  states: {
    releasing: {
      description: 'The request is under way.',
      entry: 'removeFinalizer',
      on: { 'pod.released': 'released', 'release.failed': 'backingOff' },
    },
    backingOff: {
      description: 'Refused: the next try waits 1 s, 2 s, 4 s … 60 s.',
      entry: 'countFailure',
      after: { backOffMs: 'releasing' },
    },
    released: { description: 'Nothing of a Job holds it any more.', type: 'final' },
  },
});

/** The actions that the host carries out; it answers with the event named beside. */
export const orphanPodEffects = [
  'removeFinalizer', // pod.released or release.failed
] as const;
