import { replicaSetMachine, type ReplicasObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const seen: ReplicasObservation = {
  desired: 2,
  active: 2,
  toClaim: 0,
  victims: [],
  isBeingDeleted: false,
  availableInMs: undefined,
};
const observations: readonly ReplicasObservation[] = [
  seen,
  { ...seen, active: 1 },
  { ...seen, active: 3, victims: ['default/a'] },
  { ...seen, isBeingDeleted: true },
  { ...seen, availableInMs: 30_000 },
];
const error = 'quota exceeded';

/** For every chart of the same shape. */
export const replicasPlan = (machine: typeof replicaSetMachine) =>
  planFor(machine)({
    inputs: { 'two replicas': undefined },
    events: ({ is }) => [
      { type: 'sync.request' },
      { type: 'pods.observed', created: 1, deleted: [] },
      { type: 'pods.observed', created: 0, deleted: ['default/a'] },
      // A sync begins only when none is under way; requests are answered one by one.
      ...(is('replicas.resting')
        ? [...observations, { ...seen, toClaim: 1 }].map((look) => ({
            type: 'replicas.observed' as const,
            ...look,
          }))
        : []),
      ...(is('replicas.syncing.claiming')
        ? [
            ...observations.map((look) => ({ type: 'pods.claimed' as const, ...look })),
            { type: 'claim.failed' as const, error },
          ]
        : []),
      { type: 'pods.created', missing: 0, error: undefined },
      { type: 'pods.created', missing: 1, error },
      { type: 'pods.deleted', failed: [], error: undefined },
      { type: 'pods.deleted', failed: ['default/a'], error },
      { type: 'status.published' },
      { type: 'status.failed', error },
    ],
    abstraction: ({ context }) => [
      Math.sign(context.active - context.desired),
      context.isBeingDeleted,
      Math.sign(context.creationsExpected),
      context.deletionsExpected.length,
      context.error,
      context.isDirty,
      Math.min(context.failures, 1),
    ],
    states: {
      'replicas.resting': {
        holds: { 'what changed meanwhile was asked for': ({ context }) => !context.isDirty },
      },
      'replicas.resting.unobserved': { asked: { createPods: 0, deletePods: 0, publishStatus: 0 } },
      'replicas.resting.satisfied': {
        holds: {
          'nothing failed': ({ context }) => context.error === undefined && context.failures === 0,
          'it is not being deleted': ({ context }) => !context.isBeingDeleted,
        },
      },
      'replicas.resting.awaitingObservation': {
        awaits: ['expectationsTimeoutMs'],
        holds: { 'nothing failed': ({ context }) => context.error === undefined && context.failures === 0 },
      },
      'replicas.resting.backingOff': {
        holds: {
          'it says why': ({ context }) => context.error === error,
          'it is counted': ({ context }) => context.failures > 0,
        },
      },
      'replicas.resting.deleting': { holds: { 'its owner goes': ({ context }) => context.isBeingDeleted } },
      'replicas.syncing.claiming': {},
      'replicas.syncing.scalingUp': {
        holds: {
          'pods are missing': ({ context }) => context.active < context.desired,
          'its owner stays': ({ context }) => !context.isBeingDeleted,
        },
      },
      'replicas.syncing.scalingDown': {
        holds: {
          'there are too many pods': ({ context }) => context.active > context.desired,
          'its owner stays': ({ context }) => !context.isBeingDeleted,
        },
      },
      'replicas.syncing.publishing': {},
      'availability.settled': {},
      'availability.awaiting': {
        awaits: ['minReadyMs'],
        holds: { 'some pod is not yet available': ({ context }) => context.availableInMs >= 0 },
      },
    },
  });

export const paths = replicasPlan(replicaSetMachine);
