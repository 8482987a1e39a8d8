import {
  nodeLifecycleMachine,
  type NodeObservation,
  type NodeReadiness,
  type ReadinessTaint,
} from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const look = (ready: NodeReadiness, taint: ReadinessTaint = 'none', isSilent = false): NodeObservation => ({
  ready,
  taint,
  isSilent,
  expiresInMs: 55_000,
});
const looks: readonly NodeObservation[] = [
  look('True'),
  look('False'),
  look('Unknown'),
  look('None'),
  look('True', 'none', true),
  look('True', 'unreachable'),
  look('False', 'not-ready'),
  look('False', 'unreachable'),
  look('Unknown', 'unreachable'),
];

export const paths = planFor(nodeLifecycleMachine)({
  inputs: { node: { name: 'n1', tickInMs: 1_000, periodMs: 5_000 } },
  events: ({ is }) => [
    // Only a look is answered by an observation, a write by its outcome.
    ...(is('known.health.looking') ? looks.map((seen) => ({ type: 'node.observed' as const, ...seen })) : []),
    ...(is('known.health.silent')
      ? [
          { type: 'status.written' as const, wasReady: true, ...look('Unknown') },
          { type: 'status.written' as const, wasReady: false, ...look('Unknown', 'not-ready') },
          { type: 'status.written' as const, wasReady: false, ...look('Unknown', 'unreachable') },
          { type: 'status.failed' as const },
        ]
      : []),
    { type: 'node.changed', tickInMs: 1_000 },
    ...(is('known.pods.marking')
      ? [{ type: 'pods.marked' as const }, { type: 'marking.failed' as const }]
      : []),
    { type: 'pod.bound', namespace: 'default', pod: 'web' },
    { type: 'node.taint' },
    { type: 'evictions.stopped' },
    ...(is('known.eviction.tainting') || is('known.eviction.removing')
      ? [
          { type: 'taint.written' as const, taint: 'none' as const },
          { type: 'taint.written' as const, taint: 'unreachable' as const },
          { type: 'taint.failed' as const },
        ]
      : []),
    { type: 'node.removed', tickInMs: 1_000 },
  ],
  abstraction: ({ context }) => context.ready,
  states: {
    'known.health.discovered': { awaits: ['untilTickMs'], asked: { lookAtNode: 0 } },
    'known.health.looking': {},
    'known.health.starting': {
      awaits: ['gracePeriodMs'],
      holds: { 'it has no Ready condition': ({ context }) => context.ready === 'None' },
    },
    'known.health.healthy': {
      awaits: ['gracePeriodMs'],
      holds: { 'it is ready': ({ context }) => context.ready === 'True' },
    },
    'known.health.notReady': {
      awaits: ['gracePeriodMs'],
      holds: { 'it says so': ({ context }) => context.ready === 'False' },
    },
    'known.health.changed': { awaits: ['untilTickMs'] },
    'known.health.silent': {},
    'known.health.retrying': {
      awaits: ['statusRetryMs'],
      holds: { 'the failure is counted': ({ context }) => context.failures > 0 },
    },
    'known.health.unknown': { holds: { 'it is Unknown': ({ context }) => context.ready === 'Unknown' } },
    'known.pods.trusted': {},
    'known.pods.marking': {},
    'known.pods.awaitingRetry': { awaits: ['monitorPeriodMs'] },
    'known.pods.marked': {},
    'known.eviction.reachable': {},
    'known.eviction.queued': {
      holds: { 'it is not ready': ({ context }) => context.ready !== 'True' },
    },
    'known.eviction.tainting': {},
    'known.eviction.tainted': {},
    'known.eviction.removing': {},
    'known.eviction.removalFailed': { awaits: ['monitorPeriodMs'] },
    leaving: { pending: ['untilTickMs'] },
    removed: { pending: [], asked: { reportRemoval: 1 } },
  },
});
