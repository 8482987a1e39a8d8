import { jobMachine, type JobObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const seen: JobObservation = {
  cacheLags: false,
  toClaim: 0,
  recorded: undefined,
  recordedEnd: undefined,
  isSuspended: false,
  isBeingDeleted: false,
  completions: 2,
  active: 1,
  ready: 1,
  terminating: 0,
  succeeded: 0,
  failed: 0,
  backoffLimit: 6,
  restarts: undefined,
  failJobMessage: undefined,
  deadlineInMs: undefined,
  succeededIndexes: 0,
  failedIndexes: 0,
  maxFailedIndexes: undefined,
  metSuccessRule: undefined,
  surplus: 0,
  missing: 0,
  podBackOffMs: 0,
  backOff: { failures: 0, lastFailureMs: 0 },
};
const recorded = (type: 'SuccessCriteriaMet' | 'FailureTarget'): Partial<JobObservation> => ({
  recorded: type,
  recordedEnd: { type, reason: 'recorded', message: 'earlier' },
});
const looks: readonly Partial<JobObservation>[] = [
  {},
  { active: 0, ready: 0, missing: 1 },
  { deadlineInMs: 30_000 },
  { active: 0, failed: 1, podBackOffMs: 20_000 },
  { surplus: 1, succeeded: 2 },
  { isSuspended: true, surplus: 1 },
  { isBeingDeleted: true },
  { active: 0, succeeded: 2 },
  { failJobMessage: 'why' },
  { failed: 7 },
  { deadlineInMs: 0 },
  { failedIndexes: 2, maxFailedIndexes: 1 },
  { failedIndexes: 1, succeededIndexes: 1 },
  { metSuccessRule: 'Matched rules at index 0' },
  { active: 0, ...recorded('SuccessCriteriaMet') },
  { active: 0, ...recorded('FailureTarget') },
  { active: 0, recorded: 'Complete' },
  { active: 0, recorded: 'Failed' },
];
const lookOf = (look: JobObservation): number =>
  looks.findIndex((each) =>
    Object.entries({ ...seen, ...each }).every(
      ([key, value]) => JSON.stringify(look[key as keyof JobObservation]) === JSON.stringify(value),
    ),
  );
const error = 'no';
const all = looks.map((look) => ({ ...seen, ...look }));
/** Every look can come first; what comes later needs fewer. */
const laterLooks = all.filter((_, index) => index % 6 === 1);

export const paths = planFor(jobMachine)({
  inputs: { job: undefined },
  events: ({ is }) => [
    ...(is('life.unobserved') ? [{ type: 'job.changed' as const }] : []),
    ...(is('sync.resting')
      ? [
          ...(is('life.unobserved') ? all : laterLooks).map((look) => ({
            type: 'job.observed' as const,
            seen: look,
          })),
          { type: 'job.observed' as const, seen: { ...seen, cacheLags: true } },
          { type: 'job.observed' as const, seen: { ...seen, toClaim: 1 } },
        ]
      : []),
    // A request is answered while it is under way, and only once.
    ...(is('sync.syncing.claiming')
      ? [
          { type: 'pods.claimed' as const, seen },
          { type: 'claim.failed' as const, error },
        ]
      : []),
    ...(is('sync.syncing.creating')
      ? [
          { type: 'pods.created' as const, created: 1, missing: 0, error: undefined },
          { type: 'pods.created' as const, created: 0, missing: 1, error },
        ]
      : []),
    ...(is('sync.syncing.removing')
      ? [
          { type: 'pods.removed' as const, deleted: 1, ready: 1, failed: 0, error: undefined },
          { type: 'pods.removed' as const, deleted: 0, ready: 0, failed: 1, error },
        ]
      : []),
    ...(is('sync.syncing.ending')
      ? [
          { type: 'pods.deleted' as const, deleted: 1, ready: 1, failed: 0, error: undefined },
          { type: 'pods.deleted' as const, deleted: 0, ready: 0, failed: 1, error },
        ]
      : []),
    ...(is('sync.syncing.recording')
      ? [
          { type: 'counts.recorded' as const, releasing: ['a'], written: true },
          { type: 'status.failed' as const, error },
          ...(is('life.suspended') ? [{ type: 'sync.request' as const }] : []),
        ]
      : []),
    ...(is('sync.syncing.releasing')
      ? [
          { type: 'finalizers.removed' as const, failed: [], error: undefined, uncounted: 0 },
          { type: 'finalizers.removed' as const, failed: ['a'], error, uncounted: 1 },
        ]
      : []),
    ...(is('sync.syncing.publishing') ? [{ type: 'status.published' as const }] : []),
    ...(is('life.unobserved') || is('sync.resting.awaitingObservation')
      ? [
          { type: 'pods.observed' as const, created: 1, deleted: 1, released: ['a'] },
          { type: 'sync.request' as const },
        ]
      : []),
  ],
  abstraction: ({ context }) => [
    lookOf(context.seen),
    context.end?.reason,
    context.mayEnd,
    Math.sign(context.active),
    Math.sign(context.terminating),
    context.creationsExpected > 0,
    context.deletionsExpected > 0,
    context.error !== undefined,
    Math.min(context.failures, 1),
    context.isDirty,
  ],
  states: {
    'life.unobserved': { asked: { createPods: 0, removePods: 0, deleteActivePods: 0, publishStatus: 0 } },
    'life.suspended': {
      holds: { 'no deadline runs and no end is decided': ({ context }) => context.end === undefined },
    },
    'life.active.starting': {
      holds: { 'no pod has been ready': ({ context }) => context.seen.ready === 0 },
    },
    'life.active.working': {
      holds: { 'no end is decided': ({ context }) => context.end === undefined },
    },
    'life.active.backingOff': {
      holds: { 'pods have failed': ({ context }) => context.seen.failed > 0 },
    },
    'life.deleting': { holds: { 'it is being deleted': ({ context }) => context.seen.isBeingDeleted } },
    'life.successCriteriaMet': {
      holds: { 'it is to succeed': ({ context }) => context.end?.type === 'SuccessCriteriaMet' },
    },
    'life.failureTarget': {
      holds: { 'it is to fail': ({ context }) => context.end?.type === 'FailureTarget' },
    },
    'life.Complete': {
      holds: {
        'nothing terminates': ({ context }) => context.terminating === 0,
        'it is recorded, or this sync says so': ({ context }) =>
          context.seen.recorded === 'Complete' || context.isOver,
      },
    },
    'life.Failed': {
      holds: {
        'nothing terminates': ({ context }) => context.terminating === 0,
        'it is recorded, or this sync says so': ({ context }) =>
          context.seen.recorded === 'Failed' || context.isOver,
      },
    },
    'sync.resting.idle': {
      holds: {
        'nothing failed': ({ context }) => context.failures === 0,
        'what changed meanwhile was asked for': ({ context }) => !context.isDirty,
      },
    },
    'sync.resting.awaitingObservation': {
      awaits: ['expectationsTimeoutMs'],
      holds: { 'nothing failed': ({ context }) => context.error === undefined },
    },
    'sync.resting.backingOff': {
      holds: {
        'it says why': ({ context }) => context.error !== undefined,
        'it is counted': ({ context }) => context.failures > 0,
      },
    },
    'sync.syncing.claiming': {},
    'sync.syncing.ending': {
      holds: { 'its end is decided': ({ context }) => context.end !== undefined },
    },
    'sync.syncing.removing': {
      holds: {
        'there are too many pods': ({ context }) => context.seen.surplus > 0,
        'its end is not decided': ({ context }) => context.end === undefined,
      },
    },
    'sync.syncing.creating': {
      holds: {
        'pods are missing': ({ context }) => context.seen.missing > 0,
        'it neither ends nor goes': ({ context }) =>
          context.end === undefined && !context.seen.isBeingDeleted,
      },
    },
    'sync.syncing.recording': {},
    'sync.syncing.releasing': {},
    'sync.syncing.publishing': {},
    'queue.empty': {},
    'queue.batching': { awaits: ['syncBatchMs'] },
  },
});
