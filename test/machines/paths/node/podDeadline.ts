import { podDeadlineMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(podDeadlineMachine)({
  inputs: { 'a minute': { remainingMs: 60_000 }, 'over already': { remainingMs: -1_000 } },
  events: () => [
    { type: 'deadline.changed', remainingMs: 10_000 },
    { type: 'deadline.changed', remainingMs: -1 },
  ],
  abstraction: ({ context }) => context.remainingMs,
  states: {
    active: { pending: ['activeDeadlineMs'], asked: { endPod: 0 } },
    exceeded: { pending: [], asked: { endPod: 1 } },
  },
});
