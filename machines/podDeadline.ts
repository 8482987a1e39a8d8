/**
 * The deadline of one pod (`activeDeadlineSeconds`), counted from its start time. An actor only where there is one; a
 * pod that ends stops it.
 *
 * Models: pkg/kubelet/active_deadline.go (v1.36; spec node.md 5.6).
 */
import { assign, setup } from 'xstate';

export interface PodDeadlineInput {
  /** Time until the deadline, ms. */
  readonly remainingMs: number;
}

export type PodDeadlineEvent = {
  /** The deadline was set to another time. `remainingMs` from now; negative when it has passed already. */
  readonly type: 'deadline.changed';
  readonly remainingMs: number;
};

export const podDeadlineMachine = setup({
  types: {} as { context: PodDeadlineInput; input: PodDeadlineInput; events: PodDeadlineEvent },
  delays: { activeDeadlineMs: ({ context }) => Math.max(0, context.remainingMs) },
  actions: {
    /** Effect: the pod has been active for too long and must fail. */
    endPod: () => {},
    recordDeadline: assign(({ event }) => ({ remainingMs: event.remainingMs })),
  },
}).createMachine({
  id: 'podDeadline',
  description: 'How long a pod may be active.',
  context: ({ input }) => input,
  initial: 'active',
  states: {
    active: {
      description: 'The pod may run until its deadline.',
      after: { activeDeadlineMs: 'exceeded' },
      on: { 'deadline.changed': { target: 'active', reenter: true, actions: 'recordDeadline' } },
    },
    exceeded: { description: 'Active for longer than the deadline allows.', type: 'final', entry: 'endPod' },
  },
});
