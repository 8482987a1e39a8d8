/**
 * One zone of nodes: how much of it is down, and so how fast its nodes may get the NoExecute taint.
 *
 * The queue of nodes and the tokens of the rate limiter (burst 1) are context. When every zone of the cluster is down
 * the fault is more likely ours: nobody is tainted.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go#handleDisruption, scheduler/rate_limited_queue.go
 * (v1.36; spec controllers.md NL-3, NL-23 to NL-25)
 * Differs: a node's turn comes when its token does; upstream looks every 100 ms.
 */
import { assign, setup } from 'xstate';

export type ZoneDisruption = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface NodeZoneInput {
  /** `nodeEvictionRate`, nodes per second: Normal and FullDisruption. */
  readonly evictionRate: number;
  /** `secondaryNodeEvictionRate`: PartialDisruption of a large zone. */
  readonly secondaryEvictionRate: number;
  /** `largeClusterSizeThreshold`: a zone with more nodes is large; a small one is not evicted from at all. */
  readonly largeZoneSize: number;
}
export interface NodeZoneContext extends NodeZoneInput {
  /** As of the last pass; undefined while the zone has no node. */
  readonly disruption: ZoneDisruption | 'AllZonesDisrupted' | undefined;
  /** Names of nodes that wait for their taint, first come first served. */
  readonly queue: readonly string[];
  /** Nodes per second; 0: none. */
  readonly rate: number;
  /** When the next token is there, in ms since the epoch. */
  readonly tokenAtMs: number;
  readonly nowMs: number;
}
export type NodeZoneEvent =
  /** Some node of some zone was looked at, or has left. */
  | { readonly type: 'nodes.changed' }
  | {
      readonly type: 'zone.assessed';
      /** Undefined: no node counts. */
      readonly disruption: ZoneDisruption | undefined;
      readonly size: number;
      readonly areAllZonesDown: boolean;
      readonly atMs: number;
    }
  | { readonly type: 'node.queued'; readonly name: string; readonly atMs: number }
  | { readonly type: 'node.dequeued'; readonly name: string };

type Assessment = Extract<NodeZoneEvent, { type: 'zone.assessed' }>;

const stateAfter = (event: Assessment): NodeZoneContext['disruption'] =>
  event.disruption !== undefined && event.areAllZonesDown ? 'AllZonesDisrupted' : event.disruption;

/** NL-24. */
const rateAfter = (context: NodeZoneContext, event: Assessment): number => {
  const state = stateAfter(event);
  if (state === 'AllZonesDisrupted') return 0;
  if (state !== 'PartialDisruption') return context.evictionRate;
  return event.size > context.largeZoneSize ? context.secondaryEvictionRate : 0;
};

/** A limiter that is swapped for one that waited on its token starts without a token. */
const swapLimiter = (context: NodeZoneContext, rate: number, atMs: number): Partial<NodeZoneContext> => {
  if (rate === context.rate) return {};
  const hasToken = context.rate > 0 && atMs >= context.tokenAtMs;
  return { rate, tokenAtMs: hasToken || rate === 0 ? atMs : atMs + 1000 / rate };
};

export const nodeZoneMachine = setup({
  types: {} as { context: NodeZoneContext; input: NodeZoneInput; events: NodeZoneEvent },
  delays: {
    /** The looks of one instant are one pass. */
    passMs: 0,
    untilTurnMs: ({ context }) => Math.max(0, context.tokenAtMs - context.nowMs),
  },
  guards: {
    isAsBefore: ({ context, event }) =>
      event.type === 'zone.assessed' && stateAfter(event) === context.disruption,
    isEmpty: ({ event }) => event.type === 'zone.assessed' && event.disruption === undefined,
    allZonesDisrupted: ({ event }) =>
      event.type === 'zone.assessed' && stateAfter(event) === 'AllZonesDisrupted',
    fullyDisrupted: ({ event }) => event.type === 'zone.assessed' && event.disruption === 'FullDisruption',
    partiallyDisrupted: ({ event }) =>
      event.type === 'zone.assessed' && event.disruption === 'PartialDisruption',
    mayTaint: ({ context }) => context.rate > 0 && context.queue.length > 0,
    mustWait: ({ context }) => context.rate <= 0 || context.queue.length === 0,
  },
  actions: {
    recordTime: assign(({ event }) => ('atMs' in event ? { nowMs: event.atMs } : {})),
    recordPass: assign(({ context, event }) =>
      event.type === 'zone.assessed'
        ? {
            nowMs: event.atMs,
            disruption: stateAfter(event),
            ...swapLimiter(context, rateAfter(context, event), event.atMs),
          }
        : {},
    ),
    enqueue: assign(({ context, event }) =>
      event.type === 'node.queued' && !context.queue.includes(event.name)
        ? { queue: [...context.queue, event.name], nowMs: event.atMs }
        : {},
    ),
    dequeue: assign(({ context, event }) =>
      event.type === 'node.dequeued' && context.queue.includes(event.name)
        ? { queue: context.queue.filter((name) => name !== event.name) }
        : {},
    ),
    spendToken: assign(({ context }) => {
      const nowMs = Math.max(context.nowMs, context.tokenAtMs);
      return { queue: context.queue.slice(1), nowMs, tokenAtMs: nowMs + 1000 / context.rate };
    }),
    assessZone: () => {},
    taintNode: () => {},
    stopEvictions: () => {},
    resumeEvictions: () => {},
  },
}).createMachine({
  id: 'nodeZone',
  description: 'One zone of nodes: the more of it is down, the more slowly its nodes are given up.',
  context: ({ input }) => ({
    ...input,
    disruption: undefined,
    queue: [],
    rate: input.evictionRate,
    tokenAtMs: 0,
    nowMs: 0,
  }),
  type: 'parallel',
  on: {
    'node.queued': { actions: 'enqueue' },
    'node.dequeued': { actions: 'dequeue' },
  },
  states: {
    assessment: {
      description: 'Counts the nodes of the zone after each pass of the monitor.',
      initial: 'settled',
      states: {
        settled: { description: 'Nothing has changed.', on: { 'nodes.changed': 'gathering' } },
        gathering: {
          description: 'Some node was looked at; others may follow in the same instant.',
          after: { passMs: { target: 'settled', actions: 'assessZone' } },
        },
      },
    },
    disruption: {
      description: 'How much of the zone is down.',
      initial: 'unassessed',
      on: {
        'zone.assessed': [
          { guard: 'isAsBefore', actions: 'recordTime' },
          { guard: 'isEmpty', target: '.unassessed', actions: 'recordPass' },
          { guard: 'allZonesDisrupted', target: '.AllZonesDisrupted', actions: 'recordPass' },
          { guard: 'fullyDisrupted', target: '.FullDisruption', actions: 'recordPass' },
          { guard: 'partiallyDisrupted', target: '.PartialDisruption', actions: 'recordPass' },
          { target: '.Normal', actions: 'recordPass' },
        ],
      },
      states: {
        unassessed: { description: 'No node of the zone counts.' },
        Normal: { description: 'A ready node, and few that are not: one node in ten seconds.' },
        PartialDisruption: {
          description:
            'At least 55 % and more than two nodes are down: one in 100 s in a large zone, none in a small one.',
        },
        FullDisruption: { description: 'No node is ready, but those of some other zone are.' },
        AllZonesDisrupted: {
          description: 'No node of any zone is ready: no node is tainted, and taints are taken back.',
          entry: 'stopEvictions',
          exit: 'resumeEvictions',
        },
      },
    },
    tainting: {
      description: 'Gives nodes their turn, as fast as the zone allows.',
      initial: 'idle',
      states: {
        idle: {
          description: 'No node waits, or none may be tainted.',
          always: { guard: 'mayTaint', target: 'waiting' },
        },
        waiting: {
          description: 'For a token of the rate limiter.',
          always: { guard: 'mustWait', target: 'idle' },
          on: { 'zone.assessed': 'idle' },
          after: { untilTurnMs: { target: 'idle', actions: ['taintNode', 'spendToken'] } },
        },
      },
    },
  },
});

/** The actions that the host carries out; it answers with the event named beside each. */
export const nodeZoneEffects = [
  'assessZone', // zone.assessed
  'taintNode', // the first node of the queue gets its turn
  'stopEvictions',
  'resumeEvictions',
] as const;
