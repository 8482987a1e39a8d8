import { daemonSetMachine, type DaemonObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const nothing: DaemonObservation = {
  at: 0,
  selectsEverything: false,
  isBeingDeleted: false,
  toClaim: 0,
  revisionIsUnrecorded: false,
  vacant: [],
  unwanted: [],
  failed: [],
  failedPodBackOffMs: undefined,
  isOnDelete: false,
  outdated: 0,
  surges: [],
  replaceable: [],
  surplusRevisions: [],
  availableInMs: undefined,
};
const looks: readonly Partial<DaemonObservation>[] = [
  {},
  { selectsEverything: true },
  { isBeingDeleted: true },
  { vacant: ['n1'] },
  { vacant: ['n1'], unwanted: ['a'] },
  { unwanted: ['a'], failed: ['1/n1'] },
  { outdated: 1, isOnDelete: true },
  { outdated: 1, surges: ['n1'] },
  { outdated: 2, surges: ['n1'], replaceable: ['a'] },
  { outdated: 1, replaceable: ['a'] },
  { outdated: 1, surplusRevisions: ['web-1'] },
  { failedPodBackOffMs: 2_000 },
  { availableInMs: 30_000 },
];
const error = 'quota exceeded';

export const paths = planFor(daemonSetMachine)({
  inputs: { 'a new DaemonSet': undefined },
  events: ({ is, nowMs }) => {
    const seen = (more: Partial<DaemonObservation>): DaemonObservation => ({
      ...nothing,
      ...more,
      at: nowMs,
    });
    return [
      { type: 'sync.request' },
      { type: 'pods.observed', created: 1, deleted: ['a'] },
      // A sync begins only when none is under way; requests are answered one by one.
      ...(is('daemons.resting')
        ? [...looks, { toClaim: 1 }, { revisionIsUnrecorded: true }].map((more) => ({
            type: 'daemons.observed' as const,
            seen: seen(more),
          }))
        : []),
      ...(is('daemons.syncing.claiming')
        ? [
            { type: 'pods.claimed' as const, seen: seen({}) },
            { type: 'write.failed' as const, error },
          ]
        : []),
      ...(is('daemons.syncing.recordingRevision')
        ? [
            { type: 'revision.recorded' as const, seen: seen({}) },
            { type: 'write.failed' as const, error },
          ]
        : []),
      { type: 'pods.created', missing: 0, error: undefined },
      { type: 'pods.created', missing: 1, error },
      { type: 'pods.deleted', failed: [], error: undefined },
      { type: 'pods.deleted', failed: ['a'], error },
      ...(is('daemons.syncing.cleaningHistory')
        ? [{ type: 'history.cleaned' as const }, { type: 'write.failed' as const, error }]
        : []),
      { type: 'status.published' },
    ];
  },
  abstraction: ({ context }) => [
    context.seen.outdated,
    context.seen.isOnDelete,
    context.deleting.length,
    Math.max(context.creationsExpected, -1),
    context.deletionsExpected.length,
    context.error !== undefined,
    context.isDirty,
    Math.min(context.failures, 1),
  ],
  states: {
    'daemons.resting': {
      holds: { 'what changed meanwhile was asked for': ({ context }) => !context.isDirty },
    },
    'daemons.resting.unobserved': { asked: { createPods: 0, deletePods: 0, publishStatus: 0 } },
    'daemons.resting.current': { holds: { 'nothing failed': ({ context }) => context.error === undefined } },
    'daemons.resting.updating': {
      holds: { 'old pods remain': ({ context }) => context.seen.outdated > 0 && !context.seen.isOnDelete },
    },
    'daemons.resting.outdated': {
      holds: { 'old pods remain': ({ context }) => context.seen.outdated > 0 && context.seen.isOnDelete },
    },
    'daemons.resting.awaitingObservation': {
      awaits: ['expectationsTimeoutMs'],
      holds: { 'nothing failed': ({ context }) => context.error === undefined && context.failures === 0 },
    },
    'daemons.resting.backingOff': {
      holds: {
        'it says why': ({ context }) => context.error === error,
        'it is counted': ({ context }) => context.failures > 0,
      },
    },
    'daemons.resting.deleting': { holds: { 'it goes': ({ context }) => context.seen.isBeingDeleted } },
    'daemons.resting.refused': {
      holds: { 'it selects everything': ({ context }) => context.seen.selectsEverything },
    },
    'daemons.syncing.claiming': {},
    'daemons.syncing.recordingRevision': {},
    'daemons.syncing.placing': {
      holds: {
        'a node lacks its pod': ({ context }) => context.creating.length > 0,
        'it stays': ({ context }) => !context.seen.isBeingDeleted,
      },
    },
    'daemons.syncing.removing': {
      holds: { 'some pod must go': ({ context }) => context.deleting.length > 0 },
    },
    'daemons.syncing.updating.surging': {
      holds: { 'old pods remain': ({ context }) => context.seen.outdated > 0 && !context.seen.isOnDelete },
    },
    'daemons.syncing.updating.replacing': {
      holds: {
        'some old pod goes': ({ context }) => context.deleting.length > 0 && !context.seen.isOnDelete,
      },
    },
    'daemons.syncing.cleaningHistory': {
      holds: { 'the history is too long': ({ context }) => context.seen.surplusRevisions.length > 0 },
    },
    'daemons.syncing.counting': {},
    'daemons.syncing.publishing': {},
    'failedPods.none': {},
    'failedPods.backingOff': { awaits: ['failedPodBackOffMs'] },
    'availability.settled': {},
    'availability.awaiting': { awaits: ['minReadyMs'] },
  },
});
