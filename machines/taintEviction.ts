/**
 * One pod on a node with NoExecute taints: how long it tolerates them, and its eviction.
 *
 * Models: pkg/controller/tainteviction/taint_eviction.go, timed_workers.go (v1.36; spec controllers.md NL-31 to NL-33)
 */
import { assign, setup } from 'xstate';

/**
 * What the taints of the node mean to the pod. `untolerated`: some taint is not tolerated at all; `limited`: all are,
 * but some only for `tolerationMs`.
 */
export type Toleration = 'untainted' | 'untolerated' | 'forever' | 'limited';

export interface TaintEvictionContext {
  /** When the pod was first seen with the taints that it tolerates for a time, in ms since the epoch. */
  readonly startedAtMs: number;
  readonly tolerationMs: number;
  readonly attempts: number;
}
export type TaintEvictionEvent =
  | {
      readonly type: 'taints.observed';
      readonly toleration: Toleration;
      /** Only meaningful when it is limited. */
      readonly tolerationMs: number;
      readonly atMs: number;
    }
  | { readonly type: 'pod.evicted' }
  | { readonly type: 'eviction.failed' }
  | { readonly type: 'pod.gone' };

/** Source: taint_eviction.go retries, and the pause between them. */
const TRIES = 5;
const RETRY_MS = 10;

const isSeen = (event: TaintEvictionEvent, toleration: Toleration): boolean =>
  event.type === 'taints.observed' && event.toleration === toleration;

export const taintEvictionMachine = setup({
  types: {} as { context: TaintEvictionContext; events: TaintEvictionEvent },
  delays: {
    tolerationMs: ({ context }) => context.tolerationMs,
    retryMs: RETRY_MS,
  },
  guards: {
    isUntainted: ({ event }) => isSeen(event, 'untainted'),
    isUntolerated: ({ event }) => isSeen(event, 'untolerated'),
    toleratesForever: ({ event }) => isSeen(event, 'forever'),
    /** Upstream's words: started + toleration lies before now + toleration. */
    keepsItsTimer: ({ context, event }) =>
      event.type === 'taints.observed' && event.toleration === 'limited' && context.startedAtMs < event.atMs,
    triesLeft: ({ context }) => context.attempts < TRIES,
  },
  actions: {
    recordToleration: assign(({ event }) =>
      event.type === 'taints.observed'
        ? { startedAtMs: event.atMs, tolerationMs: Math.max(0, event.tolerationMs) }
        : {},
    ),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    forgetAttempts: assign({ attempts: 0 }),
    reportEviction: () => {},
    reportCancellation: () => {},
    evictPod: () => {},
  },
}).createMachine({
  id: 'taintEviction',
  description: 'One pod on a tainted node: tolerates it, or is evicted when its toleration is over.',
  context: { startedAtMs: 0, tolerationMs: 0, attempts: 0 },
  initial: 'tolerating',
  on: { 'pod.gone': '.released' },
  states: {
    tolerating: {
      description: 'No eviction is scheduled.',
      on: {
        'taints.observed': [
          { guard: 'isUntainted', target: 'released' },
          { guard: 'isUntolerated', target: 'evicting' },
          { guard: 'toleratesForever' },
          { target: 'scheduled', actions: 'recordToleration' },
        ],
      },
    },
    scheduled: {
      description: 'Every taint is tolerated, but not forever: evicted when the shortest toleration is over.',
      after: { tolerationMs: 'evicting' },
      on: {
        'taints.observed': [
          { guard: 'isUntainted', target: 'released', actions: 'reportCancellation' },
          { guard: 'isUntolerated', target: 'evicting', actions: 'reportCancellation' },
          { guard: 'toleratesForever', target: 'tolerating', actions: 'reportCancellation' },
          {
            guard: 'keepsItsTimer',
            description: 'A toleration that changes meanwhile neither shortens nor lengthens the time left.',
          },
          {
            target: 'scheduled',
            reenter: true,
            actions: ['reportCancellation', 'recordToleration'],
            description: 'Changed in the very instant in which it was scheduled.',
          },
        ],
        'pod.gone': { target: 'released', actions: 'reportCancellation' },
      },
    },
    evicting: {
      description: 'Marked as a target of disruption, and deleted with its own grace period.',
      entry: ['forgetAttempts', 'reportEviction'],
      initial: 'attempting',
      on: { 'pod.evicted': 'evicted' },
      states: {
        attempting: {
          description: 'A request is under way.',
          entry: ['countAttempt', 'evictPod'],
          on: {
            'eviction.failed': [
              { guard: 'triesLeft', target: 'retrying' },
              {
                target: '#taintEviction.tolerating',
                description: 'Given up until the taints or the pod change.',
              },
            ],
          },
        },
        retrying: { description: 'Five tries, 10 ms apart.', after: { retryMs: 'attempting' } },
      },
    },
    evicted: {
      description: 'Deleted: stays until its node confirms it.',
      on: { 'taints.observed': { guard: 'isUntainted', target: 'released' } },
    },
    released: { description: 'Nothing to tolerate any more, or no pod.', type: 'final' },
  },
});

/** The actions that the host carries out; it answers with the event named beside. */
export const taintEvictionEffects = [
  'reportEviction',
  'reportCancellation',
  'evictPod', // pod.evicted or eviction.failed
] as const;
