/**
 * The collector of pods that nobody else will remove: too many that have ended, those on nodes that are out of service
 * or gone, and those deleted before they were ever bound.
 *
 * It looks at the ticks of a period, but only when something may have changed since it last found nothing.
 *
 * Models: pkg/controller/podgc/gc_controller.go (v1.36; spec controllers.md NL-40 to NL-44)
 */
import { assign, setup } from 'xstate';

/** One look at all pods. Counts are of pods. */
export interface PodGCObservation {
  /** Ended pods beyond the threshold. */
  readonly surplus: number;
  /** Terminating pods on nodes that are out of service. */
  readonly outOfService: number;
  /** Names that pods are bound to and that no Node object has. */
  readonly missingNodes: readonly string[];
  /** Terminating pods that were never bound. */
  readonly unscheduled: number;
  readonly atMs: number;
}
export interface PodGCContext {
  /** When the quarantine of a missing node ends, in ms since the epoch, by its name. */
  readonly quarantine: Readonly<Record<string, number>>;
  readonly outOfService: number;
  readonly surplus: number;
  readonly unscheduled: number;
  /** Missing nodes whose quarantine is over. */
  readonly due: readonly string[];
  /** Until the next tick of the period. */
  readonly tickInMs: number;
}
export type PodGCEvent =
  | ({ readonly type: 'pods.observed' } & PodGCObservation)
  /** The pods of one stage have been asked to go. What failed is tried again by the next pass. */
  | { readonly type: 'stage.done' }
  /** A pod or a node has changed since the last look. */
  | { readonly type: 'cluster.changed'; readonly tickInMs: number };

/** Source: gc_controller.go gcCheckPeriod, quarantineTime. */
export const POD_GC_PERIOD_MS = 20_000;
const QUARANTINE_MS = 40_000;

/** Names already in quarantine keep their time; it ends for those that are due, or that have no pods any more. */
const quarantined = (
  before: PodGCContext['quarantine'],
  { missingNodes, atMs }: PodGCObservation,
): Pick<PodGCContext, 'quarantine' | 'due'> => {
  const quarantine: Record<string, number> = {};
  const due: string[] = [];
  const names = new Set([...Object.keys(before), ...missingNodes]);
  for (const name of names) {
    const endsAtMs = before[name] ?? atMs + QUARANTINE_MS;
    if (endsAtMs > atMs) quarantine[name] = endsAtMs;
    else if (missingNodes.includes(name)) due.push(name);
  }
  return { quarantine, due };
};

export const podGCMachine = setup({
  types: {} as { context: PodGCContext; events: PodGCEvent },
  delays: { periodMs: POD_GC_PERIOD_MS, untilTickMs: ({ context }) => context.tickInMs },
  guards: {
    hasSurplus: ({ context }) => context.surplus > 0,
    hasOutOfService: ({ context }) => context.outOfService > 0,
    isOrphaned: ({ context }) => context.due.length > 0,
    hasUnscheduled: ({ context }) => context.unscheduled > 0,
    hasFoundNothing: ({ context, event }) =>
      event.type === 'pods.observed' &&
      Object.keys(context.quarantine).length === 0 &&
      event.surplus + event.outOfService + event.unscheduled + event.missingNodes.length === 0,
  },
  actions: {
    recordPods: assign(({ context, event }) =>
      event.type === 'pods.observed'
        ? {
            surplus: event.surplus,
            outOfService: event.outOfService,
            unscheduled: event.unscheduled,
            ...quarantined(context.quarantine, event),
          }
        : {},
    ),
    recordTick: assign(({ event }) => ('tickInMs' in event ? { tickInMs: event.tickInMs } : {})),
    surplusIsDone: assign({ surplus: 0 }),
    outOfServiceIsDone: assign({ outOfService: 0 }),
    orphansAreDone: assign({ due: [] }),
    unscheduledIsDone: assign({ unscheduled: 0 }),
    inspectPods: () => {},
    deleteTerminated: () => {},
    deleteOutOfService: () => {},
    deleteOrphaned: () => {},
    deleteUnscheduled: () => {},
  },
}).createMachine({
  id: 'podGC',
  description: 'Every 20 s: force-deletes pods that nobody else will remove.',
  context: { quarantine: {}, surplus: 0, outOfService: 0, due: [], unscheduled: 0, tickInMs: 0 },
  initial: 'inspecting',
  states: {
    inspecting: {
      description: 'One look at all pods and nodes.',
      entry: 'inspectPods',
      on: {
        'pods.observed': [
          { guard: 'hasFoundNothing', target: 'resting', actions: 'recordPods' },
          { target: 'collecting', actions: 'recordPods' },
        ],
      },
    },
    collecting: {
      description: 'Whatever the look has found, one stage after the other.',
      initial: 'choosing',
      states: {
        choosing: {
          description: 'Which stage is next?',
          always: [
            { guard: 'hasSurplus', target: 'terminated' },
            { guard: 'hasOutOfService', target: 'outOfService' },
            { guard: 'isOrphaned', target: 'orphaned' },
            { guard: 'hasUnscheduled', target: 'unscheduled' },
            { target: '#podGC.waiting' },
          ],
        },
        terminated: {
          description: 'More pods have ended than are kept: evicted ones first, then the oldest.',
          entry: 'deleteTerminated',
          on: { 'stage.done': { target: 'choosing', actions: 'surplusIsDone' } },
        },
        outOfService: {
          description: 'Terminating on a node that is not ready and was declared out of service.',
          entry: 'deleteOutOfService',
          on: { 'stage.done': { target: 'choosing', actions: 'outOfServiceIsDone' } },
        },
        orphaned: {
          description: 'Bound to a node that has been missing for 40 s, and that the API does not know.',
          entry: 'deleteOrphaned',
          on: { 'stage.done': { target: 'choosing', actions: 'orphansAreDone' } },
        },
        unscheduled: {
          description: 'Terminating, and never bound to a node.',
          entry: 'deleteUnscheduled',
          on: { 'stage.done': { target: 'choosing', actions: 'unscheduledIsDone' } },
        },
      },
    },
    waiting: { description: 'Between two passes.', after: { periodMs: 'inspecting' } },
    resting: {
      description: 'There was nothing to collect, and there will not be until something changes.',
      on: { 'cluster.changed': { target: 'changed', actions: 'recordTick' } },
    },
    changed: {
      description: 'Something has changed: the next tick looks.',
      after: { untilTickMs: 'inspecting' },
    },
  },
});

/** The actions that the host carries out; it answers with the event named beside each. */
export const podGCEffects = [
  'inspectPods', // pods.observed
  'deleteTerminated', // stage.done
  'deleteOutOfService', // stage.done
  'deleteOrphaned', // stage.done
  'deleteUnscheduled', // stage.done
] as const;
