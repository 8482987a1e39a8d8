/**
 * One Job with ttlSecondsAfterFinished: deleted, with its pods, when it has been finished for so long. A chart of its
 * own and not a state of the Job's: it also clears away Jobs that another controller runs, and it can be left out.
 *
 * Models: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (v1.36; JB-80)
 */
import { assign, setup } from 'xstate';

export interface TtlAfterFinishedContext {
  readonly ttlLeftMs: number;
  /** Deletions that have failed in a row. */
  readonly failures: number;
}
export type TtlAfterFinishedEvent =
  /** `expiresInMs` is undefined as long as nothing expires: not finished, no limit, or being deleted already. */
  | { readonly type: 'job.observed'; readonly expiresInMs: number | undefined }
  | { readonly type: 'job.deleted' }
  | { readonly type: 'deletion.failed' };

/** Per-key back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

export const ttlAfterFinishedMachine = setup({
  types: {} as { context: TtlAfterFinishedContext; events: TtlAfterFinishedEvent },
  delays: {
    ttlMs: ({ context }) => context.ttlLeftMs,
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
  },
  guards: {
    isFinished: ({ event }) => event.type === 'job.observed' && event.expiresInMs !== undefined,
  },
  actions: {
    recordTtl: assign(({ event }) =>
      event.type === 'job.observed' ? { ttlLeftMs: Math.max(0, event.expiresInMs ?? 0) } : {},
    ),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    deleteExpired: () => {},
  },
}).createMachine({
  id: 'ttlAfterFinished',
  description: 'One Job with a limited life after its end.',
  context: { ttlLeftMs: 0, failures: 0 },
  initial: 'unfinished',
  on: {
    'job.observed': [
      {
        guard: 'isFinished',
        target: '.expiring',
        actions: ['recordTtl', 'forgetFailures'],
        description: 'Just finished, or its limit was changed.',
      },
      { target: '.unfinished' },
    ],
  },
  states: {
    unfinished: { description: 'Runs still, or may stay for good.' },
    expiring: { description: 'Finished: stays for its limit.', after: { ttlMs: 'deleting' } },
    deleting: {
      description: 'Looked at once more, uncached, and deleted after its pods (foreground).',
      entry: 'deleteExpired',
      on: { 'job.deleted': 'deleted', 'deletion.failed': 'backingOff' },
    },
    backingOff: {
      description: 'Refused: the next try waits 5 ms, 10 ms, 20 ms …',
      entry: 'countFailure',
      after: { backOffMs: 'deleting' },
    },
    deleted: { description: 'Gone, or on its way.', type: 'final' },
  },
});

/** The actions that the host carries out; it answers with the events named beside. */
export const ttlAfterFinishedEffects = [
  'deleteExpired', // job.deleted, deletion.failed, or job.observed when it has not expired after all
] as const;
