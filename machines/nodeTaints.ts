/**
 * The NoSchedule taints of one node: they say to the scheduler what the node's conditions say, and whether it is
 * cordoned. Written at once, whatever the health monitor does.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go#doNoScheduleTaintingPass,reconcileNodeLabels
 * (v1.36; spec controllers.md NL-20)
 */
import { assign, setup } from 'xstate';

export interface NodeTaintsContext {
  /** Writes that have failed in a row. */
  readonly failures: number;
}
export type NodeTaintsEvent =
  /** The taints (or the old names of labels) are not what the conditions say. */
  | { readonly type: 'taints.drifted' }
  | { readonly type: 'taints.mirrored' }
  | { readonly type: 'mirroring.failed' };

/** Per-key exponential back-off of the node update queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

export const nodeTaintsMachine = setup({
  types: {} as { context: NodeTaintsContext; events: NodeTaintsEvent },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
  },
  actions: {
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    mirrorConditions: () => {},
  },
}).createMachine({
  id: 'nodeTaints',
  description: 'The NoSchedule taints of one node: its conditions, and cordoning, for the scheduler to see.',
  context: { failures: 0 },
  initial: 'mirrored',
  states: {
    mirrored: {
      description: 'The taints say what the conditions say.',
      on: { 'taints.drifted': 'mirroring' },
    },
    mirroring: {
      description: 'The taints are written at once, without any limit of rate.',
      entry: 'mirrorConditions',
      on: {
        'taints.mirrored': { target: 'mirrored', actions: 'forgetFailures' },
        'mirroring.failed': { target: 'backingOff', actions: 'countFailure' },
      },
    },
    backingOff: {
      description: 'The taints could not be written: 5 ms, 10 ms, 20 ms …',
      after: { backOffMs: 'mirroring' },
    },
  },
});

/** The actions that the host carries out; it answers with the event named beside. */
export const nodeTaintsEffects = [
  'mirrorConditions', // taints.mirrored or mirroring.failed
] as const;
