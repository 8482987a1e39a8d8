/**
 * One pod that waits for a node: queued, tried, bound; or unschedulable until the cluster changes.
 *
 * Models: pkg/scheduler/schedule_one.go, backend/queue/scheduling_queue.go (v1.36)
 */
import { assign, setup } from 'xstate';

export interface SchedulingContext {
  /** Attempts that found no node. */
  readonly attempts: number;
  /** Attempts in a row that ended in an error. */
  readonly errors: number;
  /** When the last attempt failed, ms. */
  readonly failedAtMs: number;
  /** Time of the event that is being handled, ms. */
  readonly atMs: number;
  readonly nodeName: string;
  /** Plugins that refused nodes in the last attempt. */
  readonly rejectedBy: readonly string[];
}

export type SchedulingEvent =
  | { readonly type: 'pod.gated' }
  | { readonly type: 'pod.ungated' }
  /** The scheduler has taken the pod from its queue. */
  | { readonly type: 'turn.given' }
  | { readonly type: 'node.chosen'; readonly nodeName: string }
  | {
      readonly type: 'node.notFound';
      readonly at: number;
      readonly message: string;
      readonly rejectedBy: readonly string[];
    }
  | { readonly type: 'pod.bound' }
  | { readonly type: 'bind.failed'; readonly at: number; readonly message: string }
  /** Something that may undo the refusals of these plugins; undefined: of any. */
  | {
      readonly type: 'cluster.changed';
      readonly at: number;
      readonly helps: readonly string[] | undefined;
    };

/** Source: backend/queue/scheduling_queue.go#DefaultPodInitialBackoffDuration, DefaultPodMaxBackoffDuration. */
const BACK_OFF_INITIAL_MS = 1000;
const BACK_OFF_MAX_MS = 10_000;
/** Source: backend/queue/scheduling_queue.go#DefaultPodMaxInUnschedulablePodsDuration. */
const UNSCHEDULABLE_TIMEOUT_MS = 5 * 60_000;
/** 1 s, 2 s, 4 s, 8 s, 10 s, counted in failed attempts (SC-2). */
export const backOffDurationMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(BACK_OFF_INITIAL_MS * 2 ** (failures - 1), BACK_OFF_MAX_MS);

/** When the wait since the last attempt is over, ms. */
export const backOffEndMs = ({ failedAtMs, errors, attempts }: SchedulingContext): number =>
  failedAtMs + backOffDurationMs(errors > 0 ? errors : attempts);
const backOffLeftMs = (context: SchedulingContext, atMs: number): number => backOffEndMs(context) - atMs;

export const schedulerMachine = setup({
  types: {} as { context: SchedulingContext; events: SchedulingEvent },
  delays: {
    backOffMs: ({ context }) => Math.max(0, backOffLeftMs(context, context.atMs)),
    unschedulableTimeoutMs: UNSCHEDULABLE_TIMEOUT_MS,
  },
  guards: {
    failedWithError: ({ context }) => context.errors > 0,
    helpsAndBackOffIsOver: ({ context, event }) =>
      event.type === 'cluster.changed' &&
      couldHelp(context, event.helps) &&
      backOffLeftMs(context, event.at) <= 0,
    couldHelp: ({ context, event }) => event.type === 'cluster.changed' && couldHelp(context, event.helps),
  },
  actions: {
    recordChoice: assign(({ event }) => (event.type === 'node.chosen' ? { nodeName: event.nodeName } : {})),
    recordRejection: assign(({ context, event }) =>
      event.type === 'node.notFound'
        ? {
            attempts: context.attempts + 1,
            errors: 0,
            failedAtMs: event.at,
            atMs: event.at,
            rejectedBy: event.rejectedBy,
          }
        : {},
    ),
    recordError: assign(({ context, event }) =>
      event.type === 'bind.failed'
        ? { errors: context.errors + 1, failedAtMs: event.at, atMs: event.at }
        : {},
    ),
    recordTime: assign(({ event }) => (event.type === 'cluster.changed' ? { atMs: event.at } : {})),
    enterQueue: () => {},
    leaveQueue: () => {},
    enterBackOffQueue: () => {},
    leaveBackOffQueue: () => {},
    findNode: () => {},
    bindPod: () => {},
    announceBinding: () => {},
    reportUnschedulable: () => {},
    reportError: () => {},
  },
}).createMachine({
  id: 'scheduler',
  description: 'One pod that waits for a node.',
  context: {
    attempts: 0,
    errors: 0,
    failedAtMs: 0,
    atMs: 0,
    nodeName: '',
    rejectedBy: [],
  },
  initial: 'queued',
  states: {
    gated: {
      description: 'Held back by spec.schedulingGates.',
      on: { 'pod.ungated': 'queued' },
    },
    queued: {
      description: 'Waits for its turn: higher priority first, then first come.',
      entry: 'enterQueue',
      on: {
        'turn.given': 'scheduling',
        'pod.gated': { target: 'gated', actions: 'leaveQueue' },
      },
    },
    scheduling: {
      description: 'Filters and scores the nodes.',
      entry: 'findNode',
      on: {
        'node.chosen': { target: 'binding', actions: 'recordChoice' },
        'node.notFound': { target: 'unschedulable', actions: ['recordRejection', 'reportUnschedulable'] },
      },
    },
    binding: {
      description: 'Counted on the node already, and written to the API.',
      entry: 'bindPod',
      on: {
        'pod.bound': { target: 'bound', actions: 'announceBinding' },
        'bind.failed': { target: 'backingOff', actions: ['recordError', 'reportError'] },
      },
    },
    unschedulable: {
      description: 'No node fits. Waits for a change of the cluster that might help.',
      on: {
        'cluster.changed': [
          { guard: 'helpsAndBackOffIsOver', target: 'queued' },
          { guard: 'couldHelp', target: 'backingOff', actions: 'recordTime' },
        ],
      },
      after: {
        unschedulableTimeoutMs: {
          target: 'queued',
          description: 'Tried again after five minutes in any case.',
        },
      },
    },
    backingOff: {
      description: 'Waits 1 s, 2 s, 4 s … 10 s since the last attempt.',
      initial: 'choosing',
      after: { backOffMs: 'queued' },
      states: {
        choosing: {
          description: 'Did the last attempt end in an error?',
          always: [{ guard: 'failedWithError', target: 'afterError' }, { target: 'willing' }],
        },
        afterError: { description: 'The full wait.' },
        willing: {
          description: 'May be taken earlier when no other pod is queued.',
          entry: 'enterBackOffQueue',
          exit: 'leaveBackOffQueue',
          on: { 'turn.given': '#scheduler.scheduling' },
        },
      },
    },
    bound: { type: 'final', description: 'Has its node.' },
  },
});

const couldHelp = ({ rejectedBy }: SchedulingContext, helps: readonly string[] | undefined): boolean =>
  helps === undefined || rejectedBy.length === 0 || rejectedBy.some((plugin) => helps.includes(plugin));

/** The actions that the host carries out; it answers with the events beside. */
export const schedulerEffects = [
  'enterQueue', // turn.given, when it is the pod's turn
  'leaveQueue',
  'enterBackOffQueue', // turn.given, when nothing else is queued
  'leaveBackOffQueue',
  'findNode', // node.chosen or node.notFound
  'bindPod', // pod.bound or bind.failed
  'announceBinding',
  'reportUnschedulable',
  'reportError',
] as const;
