/**
 * What a node does when it runs out of memory, disk or processes: it says so in its conditions, and ends one pod every
 * ten seconds until there is enough again. A condition stays for five minutes after the shortage.
 *
 * Nothing is measured before something is worth measuring. Which pod goes is a pure function (src/node/eviction.ts).
 *
 * Models: pkg/kubelet/eviction/eviction_manager.go (v1.36; spec node.md 5.7, 10).
 */
import { setup } from 'xstate';

export interface NodePressureInput {
  readonly name: string;
}
/** Resources of which less is left than the threshold, in the order in which they are reclaimed. */
export type Shortages = readonly ('memory' | 'disk' | 'pid')[];

export type NodePressureEvent =
  /** A container or a fault that is worth measuring has appeared. */
  { readonly type: 'usage.changed' } | { readonly type: 'usage.observed'; readonly short: Shortages };

/** Source: pkg/kubelet/kubelet.go evictionMonitoringPeriod. */
const MONITOR_INTERVAL_MS = 10_000;
/** Source: kubelet evictionPressureTransitionPeriod. */
const PRESSURE_TRANSITION_MS = 300_000;

const isShort = (kind: Shortages[number], event: NodePressureEvent): boolean =>
  event.type === 'usage.observed' && event.short.includes(kind);

const pressureSetup = setup({
  types: {} as { context: NodePressureInput; input: NodePressureInput; events: NodePressureEvent },
  delays: { monitorIntervalMs: MONITOR_INTERVAL_MS, pressureTransitionMs: PRESSURE_TRANSITION_MS },
  guards: {
    memoryIsShort: ({ event }) => isShort('memory', event),
    diskIsShort: ({ event }) => isShort('disk', event),
    pidsAreShort: ({ event }) => isShort('pid', event),
    somethingIsShort: ({ event }) => event.type === 'usage.observed' && event.short.length > 0,
  },
  actions: {
    /** Effect: measure; answer usage.observed. */
    observeUsage: () => {},
    /** Effect: the conditions of the node are others now: write its status. */
    reportPressure: (_args, _params: { reason: string }) => {},
    /** Effect: end the pod that must go first for the first of the shortages. */
    evictPod: () => {},
    /** Effect: end pods that use more disk than they may. */
    evictOverLimit: () => {},
  },
});

interface Condition {
  readonly isShort: 'memoryIsShort' | 'diskIsShort' | 'pidsAreShort';
  /** Reasons of the events that tell of it. */
  readonly begun: string;
  readonly over: string;
}

const condition = (description: string, { isShort: guard, begun, over }: Condition) =>
  pressureSetup.createStateConfig({
    description,
    initial: 'sufficient',
    states: {
      sufficient: {
        description: 'There is enough.',
        on: {
          'usage.observed': {
            guard,
            target: 'insufficient',
            actions: { type: 'reportPressure', params: { reason: begun } },
          },
        },
      },
      insufficient: {
        description: 'Less is available than the threshold.',
        on: {
          'usage.observed': [{ guard, description: 'It goes on.' }, { target: 'holding' }],
        },
      },
      holding: {
        description: 'There is enough again; the condition stays for a while.',
        after: {
          pressureTransitionMs: {
            target: 'sufficient',
            actions: { type: 'reportPressure', params: { reason: over } },
          },
        },
        on: { 'usage.observed': { guard, target: 'insufficient' } },
      },
    },
  });

export const nodePressureMachine = pressureSetup.createMachine({
  id: 'nodePressure',
  description: 'Shortages of one node: its pressure conditions, and the pods that it ends for them.',
  context: ({ input }) => input,
  type: 'parallel',
  states: {
    monitor: {
      description: 'When it is looked at how much is left.',
      initial: 'idle',
      states: {
        idle: {
          description: 'Nothing runs whose use is known.',
          on: { 'usage.changed': 'observing' },
        },
        observing: {
          description: 'Ten seconds between two looks; a shortage costs one pod each time.',
          entry: 'observeUsage',
          after: { monitorIntervalMs: { target: 'observing', reenter: true } },
          on: {
            'usage.observed': [
              { guard: 'somethingIsShort', actions: ['evictOverLimit', 'evictPod'] },
              { actions: 'evictOverLimit' },
            ],
          },
        },
      },
    },
    memory: condition('The condition MemoryPressure.', {
      isShort: 'memoryIsShort',
      begun: 'NodeHasInsufficientMemory',
      over: 'NodeHasSufficientMemory',
    }),
    disk: condition('The condition DiskPressure.', {
      isShort: 'diskIsShort',
      begun: 'NodeHasDiskPressure',
      over: 'NodeHasNoDiskPressure',
    }),
    pid: condition('The condition PIDPressure.', {
      isShort: 'pidsAreShort',
      begun: 'NodeHasInsufficientPID',
      over: 'NodeHasSufficientPID',
    }),
  },
});
