import { podGCMachine, type PodGCObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const nothing: PodGCObservation = {
  surplus: 0,
  outOfService: 0,
  missingNodes: [],
  unscheduled: 0,
  atMs: 0,
};

export const paths = planFor(podGCMachine)({
  inputs: { cluster: undefined },
  events: ({ is, nowMs: atMs }) => [
    ...(is('inspecting')
      ? [
          nothing,
          { ...nothing, surplus: 1 },
          { ...nothing, outOfService: 1 },
          { ...nothing, unscheduled: 1 },
          { ...nothing, missingNodes: ['n1'] },
          { ...nothing, surplus: 1, outOfService: 1, missingNodes: ['n1'], unscheduled: 1 },
        ].map((look) => ({ type: 'pods.observed' as const, ...look, atMs }))
      : []),
    ...(is('collecting') ? [{ type: 'stage.done' as const }] : []),
    ...(is('resting') ? [{ type: 'cluster.changed' as const, tickInMs: 5_000 }] : []),
  ],
  abstraction: ({ context, nowMs }) => [
    context.surplus,
    context.outOfService,
    context.unscheduled,
    context.due,
    Object.values(context.quarantine).map((endsAtMs) => endsAtMs - nowMs),
  ],
  states: {
    inspecting: { pending: [] },
    'collecting.terminated': { holds: { 'too many have ended': ({ context }) => context.surplus > 0 } },
    'collecting.outOfService': { holds: { 'some are stuck': ({ context }) => context.outOfService > 0 } },
    'collecting.orphaned': {
      holds: {
        'the quarantine of each is over': ({ context }) =>
          context.due.length > 0 && context.due.every((name) => !(name in context.quarantine)),
      },
    },
    'collecting.unscheduled': {
      holds: { 'some were never bound': ({ context }) => context.unscheduled > 0 },
    },
    resting: {
      pending: [],
      holds: { 'no node is in quarantine': ({ context }) => Object.keys(context.quarantine).length === 0 },
    },
    changed: { pending: ['untilTickMs'] },
    waiting: {
      pending: ['periodMs'],
      holds: {
        'nothing is left of this pass': ({ context }) =>
          context.surplus + context.outOfService + context.unscheduled + context.due.length === 0,
      },
    },
  },
});
