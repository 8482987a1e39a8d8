import { deploymentMachine, type RolloutObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const done: RolloutObservation = {
  isBeingDeleted: false,
  selectsEverything: false,
  toClaim: 0,
  isPaused: false,
  pauseIsUnrecorded: false,
  wantsRollback: false,
  isScalingEvent: false,
  isRecreate: false,
  hasNewReplicaSet: true,
  newIsOutdated: false,
  revisionIsUnrecorded: false,
  newSize: 3,
  newSizeNext: 3,
  oldSize: 0,
  oldSizesNext: [],
  scaledSizes: [],
  oldPodsRunning: false,
  isComplete: true,
  surplusHistory: [],
};
const one = [{ name: 'web-1', replicas: 1 }];
const surplusHistory = ['web-0'];

/** One observation for each step that a sync can choose. */
const looks: readonly RolloutObservation[] = [
  done,
  { ...done, selectsEverything: true },
  { ...done, isBeingDeleted: true },
  { ...done, pauseIsUnrecorded: true },
  { ...done, newIsOutdated: true },
  { ...done, revisionIsUnrecorded: true },
  { ...done, isPaused: true },
  { ...done, isPaused: true, scaledSizes: one, surplusHistory },
  { ...done, wantsRollback: true },
  { ...done, wantsRollback: true, hasNewReplicaSet: false },
  { ...done, isScalingEvent: true, scaledSizes: one },
  { ...done, hasNewReplicaSet: false },
  { ...done, newSizeNext: 4 },
  { ...done, newSizeNext: 2 },
  { ...done, oldSize: 1, oldSizesNext: one },
  { ...done, surplusHistory },
  { ...done, isRecreate: true },
  { ...done, isRecreate: true, oldSize: 1 },
  { ...done, isRecreate: true, oldPodsRunning: true },
  { ...done, isRecreate: true, hasNewReplicaSet: false },
  { ...done, isRecreate: true, newSizeNext: 4 },
  { ...done, isRecreate: true, newSizeNext: 2 },
  { ...done, isRecreate: true, surplusHistory },
];
const published = {
  type: 'status.published',
  isComplete: false,
  hasTimedOut: false,
  deadlineInMs: undefined,
} as const;
const settled = {
  holds: {
    'nothing is left to retry': ({ context }: { context: { failures: number } }) => context.failures === 0,
  },
};

export const paths = planFor(deploymentMachine)({
  inputs: { deployment: undefined },
  events: ({ is }) => [
    { type: 'sync.request' },
    ...(is('resting')
      ? [...looks, { ...done, toClaim: 1 }].map((look) => ({ type: 'rollout.observed' as const, seen: look }))
      : []),
    { type: 'replicaSets.claimed', seen: done },
    { type: 'replicaSet.created' },
    { type: 'replicaSet.collided', error: 'already exists' },
    { type: 'replicaSet.updated' },
    { type: 'replicaSets.scaled' },
    { type: 'history.cleaned' },
    { type: 'rollback.done' },
    { type: 'condition.recorded' },
    { type: 'revision.recorded' },
    published,
    { ...published, isComplete: true },
    { ...published, hasTimedOut: true },
    { ...published, deadlineInMs: 600_000 },
    { type: 'write.failed', error: 'conflict', isTerminal: false },
    { type: 'write.failed', error: 'namespace is terminating', isTerminal: true },
  ],
  // At rest the next look decides, and the last one is forgotten.
  abstraction: ({ context, is }) =>
    is('resting')
      ? Math.min(context.failures, 1)
      : [
          looks.indexOf(context.seen),
          context.isComplete,
          context.hasTimedOut,
          context.deadlineInMs,
          context.error,
          context.isDirty,
          Math.min(context.failures, 1),
        ],
  states: {
    resting: {
      holds: { 'what changed meanwhile was asked for': ({ context }) => !context.isDirty },
    },
    'resting.unobserved': { pending: [], asked: { publishStatus: 0 } },
    'resting.progressing.untimed': { pending: [], ...settled },
    'resting.progressing.timed': {
      holds: { ...settled.holds, 'there is a deadline': ({ context }) => context.deadlineInMs !== undefined },
    },
    'resting.complete': {
      pending: [],
      holds: { ...settled.holds, 'it is complete': ({ context }) => context.isComplete },
    },
    'resting.stalled': {
      pending: [],
      holds: { ...settled.holds, 'it is late': ({ context }) => context.hasTimedOut },
    },
    'resting.paused': {
      pending: [],
      holds: { ...settled.holds, 'it is paused': ({ context }) => context.seen.isPaused },
    },
    'resting.deleting': {
      pending: [],
      holds: { 'it is being deleted': ({ context }) => context.seen.isBeingDeleted },
    },
    'resting.refused': {
      pending: [],
      holds: { 'it selects every pod': ({ context }) => context.seen.selectsEverything },
    },
    'resting.backingOff': {
      holds: {
        'it says why': ({ context }) => context.error !== undefined,
        'it is counted, at most 15 times': ({ context }) => context.failures > 0 && context.failures <= 15,
      },
    },
    'resting.gaveUp': {
      pending: [],
      holds: { ...settled.holds, 'it says why': ({ context }) => context.error !== undefined },
    },
    syncing: { pending: [] },
    'syncing.claiming': {},
    'syncing.refusing': {},
    'syncing.recordingPause': {},
    'syncing.updatingNew': {},
    'syncing.recordingRevision': {},
    'syncing.rollingBack': {
      holds: { 'there is a revision to leave': ({ context }) => context.seen.hasNewReplicaSet },
    },
    'syncing.scaling.resizing': {
      holds: { 'some size changes': ({ context }) => context.seen.scaledSizes.length > 0 },
    },
    'syncing.scaling.cleaning': {
      holds: { 'there is old history': ({ context }) => context.seen.surplusHistory.length > 0 },
    },
    'syncing.recreating.terminatingOld': {
      holds: { 'old pods run': ({ context }) => context.seen.oldSize > 0 },
    },
    'syncing.recreating.creatingNew': {
      holds: {
        'no old pod is left': ({ context }) => context.seen.oldSize === 0 && !context.seen.oldPodsRunning,
      },
    },
    'syncing.recreating.scalingNew': {
      holds: {
        'no old pod is left': ({ context }) => context.seen.oldSize === 0 && !context.seen.oldPodsRunning,
      },
    },
    'syncing.progressing': { holds: { 'it is not paused': ({ context }) => !context.seen.isPaused } },
    'syncing.progressing.creatingNew': {
      holds: {
        'there is none yet, or it must be there to be left': ({ context }) => !context.seen.hasNewReplicaSet,
      },
    },
    'syncing.progressing.scalingUpNew': {
      holds: { 'there is room': ({ context }) => context.seen.newSizeNext > context.seen.newSize },
    },
    'syncing.progressing.scalingDownNew': {
      holds: { 'it is too large': ({ context }) => context.seen.newSizeNext < context.seen.newSize },
    },
    'syncing.progressing.scalingDownOld': {
      holds: { 'old pods may go': ({ context }) => context.seen.oldSizesNext.length > 0 },
    },
    'syncing.cleaningHistory': {
      holds: { 'there is old history': ({ context }) => context.seen.surplusHistory.length > 0 },
    },
    'syncing.publishing': {},
    'syncing.publishingProgress': {},
  },
});
