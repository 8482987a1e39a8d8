/**
 * One Deployment: brings its pods from an old template to the new one, through ReplicaSets. One step per sync: look,
 * do one thing, publish the status; the change that follows brings the next. What the sizes should be comes in with
 * the observation, computed by `reconcile(observed)`; which step it is, is decided here.
 *
 * Models: pkg/controller/deployment/deployment_controller.go, sync.go, rolling.go, recreate.go (v1.36)
 */
import { assign, setup } from 'xstate';

export interface ReplicaSetSize {
  readonly name: string;
  readonly replicas: number;
}

/** What one look at the Deployment and its ReplicaSets says; see `DeploymentObservation` in the reconcile function. */
export interface RolloutObservation {
  readonly isBeingDeleted: boolean;
  readonly selectsEverything: boolean;
  readonly toClaim: number;
  readonly isPaused: boolean;
  readonly pauseIsUnrecorded: boolean;
  readonly wantsRollback: boolean;
  readonly isScalingEvent: boolean;
  readonly isRecreate: boolean;
  readonly hasNewReplicaSet: boolean;
  readonly newIsOutdated: boolean;
  readonly revisionIsUnrecorded: boolean;
  readonly newSize: number;
  readonly newSizeNext: number;
  readonly oldSize: number;
  readonly oldSizesNext: readonly ReplicaSetSize[];
  readonly scaledSizes: readonly ReplicaSetSize[];
  readonly oldPodsRunning: boolean;
  readonly isComplete: boolean;
  readonly surplusHistory: readonly string[];
}

export interface DeploymentContext {
  readonly seen: RolloutObservation;
  /** What the published status says of the rollout. */
  readonly isComplete: boolean;
  readonly hasTimedOut: boolean;
  /** Until the progress deadline must be looked at; undefined when none is running. */
  readonly deadlineInMs: number | undefined;
  /** Why this sync failed. */
  readonly error: string | undefined;
  /** The namespace is being deleted: no retry. */
  readonly isTerminal: boolean;
  readonly failures: number;
  readonly isDirty: boolean;
}

export type DeploymentMachineEvent =
  | { readonly type: 'sync.request' }
  | { readonly type: 'rollout.observed'; readonly seen: RolloutObservation }
  | { readonly type: 'replicaSets.claimed'; readonly seen: RolloutObservation }
  | { readonly type: 'replicaSet.created' }
  /** The new ReplicaSet's name is taken by another: the hash is changed and the sync tried again. */
  | { readonly type: 'replicaSet.collided'; readonly error: string }
  | { readonly type: 'replicaSet.updated' }
  | { readonly type: 'replicaSets.scaled' }
  | { readonly type: 'history.cleaned' }
  | { readonly type: 'rollback.done' }
  | { readonly type: 'condition.recorded' }
  | { readonly type: 'revision.recorded' }
  | {
      readonly type: 'status.published';
      readonly isComplete: boolean;
      readonly hasTimedOut: boolean;
      readonly deadlineInMs: number | undefined;
    }
  /** An API request of this sync failed. */
  | { readonly type: 'write.failed'; readonly error: string; readonly isTerminal: boolean };

/** Retries of a failing sync before the Deployment is left alone until it changes. Source: deployment_controller.go#maxRetries. */
const MAX_RETRIES = 15;
/** Per-key exponential back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

const NOTHING_SEEN: RolloutObservation = {
  isBeingDeleted: false,
  selectsEverything: false,
  toClaim: 0,
  isPaused: false,
  pauseIsUnrecorded: false,
  wantsRollback: false,
  isScalingEvent: false,
  isRecreate: false,
  hasNewReplicaSet: false,
  newIsOutdated: false,
  revisionIsUnrecorded: false,
  newSize: 0,
  newSizeNext: 0,
  oldSize: 0,
  oldSizesNext: [],
  scaledSizes: [],
  oldPodsRunning: false,
  isComplete: false,
  surplusHistory: [],
};

const INITIAL: DeploymentContext = {
  seen: NOTHING_SEEN,
  isComplete: false,
  hasTimedOut: false,
  deadlineInMs: undefined,
  error: undefined,
  isTerminal: false,
  failures: 0,
  isDirty: false,
};

export const deploymentMachine = setup({
  types: {} as { context: DeploymentContext; events: DeploymentMachineEvent; tags: 'busy' },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
    progressDeadlineMs: ({ context }) => context.deadlineInMs ?? 0,
  },
  guards: {
    selectsEverything: ({ context }) => context.seen.selectsEverything,
    mustClaim: ({ event }) => event.type === 'rollout.observed' && event.seen.toClaim > 0,
    isBeingDeleted: ({ context }) => context.seen.isBeingDeleted,
    pauseIsUnrecorded: ({ context }) => context.seen.pauseIsUnrecorded,
    newIsOutdated: ({ context }) => context.seen.newIsOutdated,
    revisionIsUnrecorded: ({ context }) => context.seen.revisionIsUnrecorded,
    isPaused: ({ context }) => context.seen.isPaused,
    mustRollBack: ({ context }) => context.seen.wantsRollback && context.seen.hasNewReplicaSet,
    wantsRollback: ({ context }) => context.seen.wantsRollback,
    isScalingEvent: ({ context }) => context.seen.isScalingEvent,
    isRecreate: ({ context }) => context.seen.isRecreate,
    sharesChange: ({ context }) => context.seen.scaledSizes.length > 0,
    hasOldReplicas: ({ context }) => context.seen.oldSize > 0,
    oldPodsRunning: ({ context }) => context.seen.oldPodsRunning,
    newIsMissing: ({ context }) => !context.seen.hasNewReplicaSet,
    maySurge: ({ context }) => context.seen.newSizeNext > context.seen.newSize,
    newIsTooLarge: ({ context }) => context.seen.newSizeNext < context.seen.newSize,
    mayTakeDown: ({ context }) => context.seen.oldSizesNext.length > 0,
    historyIsTooLong: ({ context }) => context.seen.surplusHistory.length > 0,
    syncFailed: ({ context }) => context.error !== undefined,
    isRetryForbidden: ({ context }) =>
      context.error !== undefined && (context.isTerminal || context.failures >= MAX_RETRIES),
    isDirty: ({ context }) => context.isDirty,
    isComplete: ({ context }) => context.isComplete,
    hasTimedOut: ({ context }) => context.hasTimedOut,
    deadlineIsRunning: ({ context }) => context.deadlineInMs !== undefined,
  },
  actions: {
    recordObservation: assign(({ event }) =>
      event.type === 'rollout.observed' || event.type === 'replicaSets.claimed'
        ? { seen: event.seen, error: undefined, isTerminal: false }
        : {},
    ),
    recordProgress: assign(({ event }) =>
      event.type === 'status.published'
        ? { isComplete: event.isComplete, hasTimedOut: event.hasTimedOut, deadlineInMs: event.deadlineInMs }
        : {},
    ),
    recordError: assign(({ event }) => {
      if (event.type === 'write.failed') return { error: event.error, isTerminal: event.isTerminal };
      return event.type === 'replicaSet.collided' ? { error: event.error } : {};
    }),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    markDirty: assign({ isDirty: true }),
    clearDirty: assign({ isDirty: false }),
    requestSync: () => {},
    claimReplicaSets: () => {},
    refuseSelector: () => {},
    recordPause: () => {},
    updateNewReplicaSet: () => {},
    recordRevision: () => {},
    createReplicaSet: () => {},
    scaleNew: () => {},
    scaleOldBy: () => {},
    scaleOldToZero: () => {},
    scaleShares: () => {},
    rollBack: () => {},
    cleanHistory: () => {},
    publishStatus: (_args, _params: { readonly judgesProgress: boolean }) => {},
  },
}).createMachine({
  id: 'deployment',
  description: 'One Deployment: rolls its pods out through ReplicaSets, one step per sync.',
  context: INITIAL,
  initial: 'resting',
  states: {
    resting: {
      description: 'Between two syncs: how far the rollout is.',
      initial: 'unobserved',
      always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
      on: {
        'sync.request': { actions: 'requestSync' },
        'rollout.observed': [
          { guard: 'mustClaim', target: 'syncing.claiming', actions: 'recordObservation' },
          { target: 'syncing.choosing', actions: 'recordObservation' },
        ],
      },
      states: {
        unobserved: { description: 'Not looked at yet.' },
        progressing: {
          description: 'Waiting for pods to become available, or to go.',
          initial: 'untimed',
          entry: 'forgetFailures',
          states: {
            untimed: { description: 'No progress deadline.' },
            timed: {
              description: 'Progress must show before the deadline.',
              after: { progressDeadlineMs: { actions: 'requestSync' } },
            },
          },
        },
        complete: { description: 'Every pod is of the new template and available.', entry: 'forgetFailures' },
        stalled: {
          description: 'No progress before the deadline: said so, and goes on all the same (DP-101).',
          entry: 'forgetFailures',
        },
        paused: { description: 'Scales, but rolls nothing out.', entry: 'forgetFailures' },
        deleting: { description: 'Being deleted: only the status is kept.' },
        refused: { description: 'The selector is empty and would select every pod.' },
        backingOff: {
          description: 'The last sync failed: the next waits 5 ms, 10 ms, 20 ms …',
          entry: 'countFailure',
          after: { backOffMs: { actions: 'requestSync' } },
        },
        gaveUp: {
          description: 'Failed 15 retries, or for good: left alone until something changes.',
          entry: 'forgetFailures',
        },
      },
    },
    syncing: {
      description: 'One sync under way; what changes meanwhile is seen by the next.',
      initial: 'choosing',
      tags: 'busy',
      on: {
        'sync.request': { actions: 'markDirty' },
        'condition.recorded': 'settling',
        'revision.recorded': 'settling',
        'replicaSet.updated': 'settling',
        'rollback.done': 'settling',
        'replicaSet.created': '.publishingProgress',
        'replicaSet.collided': { target: 'settling', actions: 'recordError' },
        'replicaSets.scaled': '.publishingProgress',
        'history.cleaned': '.publishingProgress',
        'status.published': { target: 'settling', actions: 'recordProgress' },
        'write.failed': { target: 'settling', actions: 'recordError' },
      },
      states: {
        claiming: {
          description: 'Adopts ReplicaSets that match, releases those that match no longer.',
          entry: 'claimReplicaSets',
          on: { 'replicaSets.claimed': { target: 'choosing', actions: 'recordObservation' } },
        },
        choosing: {
          description: 'Chooses the one step of this sync.',
          always: [
            { guard: 'selectsEverything', target: 'refusing' },
            { guard: 'isBeingDeleted', target: 'publishing' },
            { guard: 'pauseIsUnrecorded', target: 'recordingPause' },
            { guard: 'newIsOutdated', target: 'updatingNew' },
            { guard: 'revisionIsUnrecorded', target: 'recordingRevision' },
            { guard: 'isPaused', target: 'scaling' },
            { guard: 'mustRollBack', target: 'rollingBack' },
            {
              guard: 'wantsRollback',
              target: 'progressing.creatingNew',
              description: 'The current template must have its revision before it can be left.',
            },
            { guard: 'isScalingEvent', target: 'scaling' },
            { guard: 'isRecreate', target: 'recreating' },
            { target: 'progressing' },
          ],
        },
        refusing: {
          description: 'Warns that the selector selects all pods.',
          entry: 'refuseSelector',
          on: { 'condition.recorded': '#deployment.resting.refused' },
        },
        recordingPause: {
          description: 'Notes in the Progressing condition that the rollout is paused or resumed.',
          entry: 'recordPause',
        },
        updatingNew: {
          description: 'Brings annotations, revision and minReadySeconds of the new ReplicaSet up to date.',
          entry: 'updateNewReplicaSet',
        },
        recordingRevision: {
          description: 'Notes the revision of the new ReplicaSet on the Deployment.',
          entry: 'recordRevision',
        },
        rollingBack: { description: 'Takes the template of an earlier revision.', entry: 'rollBack' },
        scaling: {
          description: 'Shares a new size out among the ReplicaSets; no rollout meanwhile.',
          initial: 'sharing',
          states: {
            sharing: {
              description: 'Is any size, or any annotation of one, out of date?',
              always: [{ guard: 'sharesChange', target: 'resizing' }, { target: 'shared' }],
            },
            resizing: {
              description: 'Writes the sizes one by one.',
              entry: 'scaleShares',
              on: { 'replicaSets.scaled': 'shared' },
            },
            shared: {
              description: 'A paused Deployment forgets old revisions, too.',
              always: [
                { guard: 'historyIsTooLong', target: 'cleaning' },
                { target: '#deployment.syncing.publishing' },
              ],
            },
            cleaning: {
              description: 'Deletes old, empty ReplicaSets.',
              entry: 'cleanHistory',
              on: { 'history.cleaned': '#deployment.syncing.publishing' },
            },
          },
        },
        recreating: {
          description: 'Recreate: all old pods go before the first new one comes.',
          initial: 'checking',
          states: {
            checking: {
              description: 'How far is it?',
              always: [
                { guard: 'hasOldReplicas', target: 'terminatingOld' },
                { guard: 'oldPodsRunning', target: '#deployment.syncing.publishingProgress' },
                { guard: 'newIsMissing', target: 'creatingNew' },
                { guard: 'maySurge', target: 'scalingNew' },
                { guard: 'newIsTooLarge', target: 'scalingNew' },
                { guard: 'historyIsTooLong', target: '#deployment.syncing.cleaningHistory' },
                { target: '#deployment.syncing.publishingProgress' },
              ],
            },
            terminatingOld: { description: 'Scales the old ReplicaSets to 0.', entry: 'scaleOldToZero' },
            creatingNew: { description: 'Creates the new one at full size.', entry: 'createReplicaSet' },
            scalingNew: { description: 'Gives the new one its full size.', entry: 'scaleNew' },
          },
        },
        progressing: {
          description: 'Rolling update: new pods come and old ones go within maxSurge and maxUnavailable.',
          initial: 'checking',
          states: {
            checking: {
              description: 'Which step is allowed now?',
              always: [
                { guard: 'newIsMissing', target: 'creatingNew' },
                { guard: 'maySurge', target: 'scalingUpNew' },
                { guard: 'newIsTooLarge', target: 'scalingDownNew' },
                { guard: 'mayTakeDown', target: 'scalingDownOld' },
                { guard: 'historyIsTooLong', target: '#deployment.syncing.cleaningHistory' },
                { target: '#deployment.syncing.publishingProgress' },
              ],
            },
            creatingNew: {
              description: 'Creates the ReplicaSet of the new template, as large as maxSurge allows.',
              entry: 'createReplicaSet',
            },
            scalingUpNew: { description: 'Grows the new one within maxSurge.', entry: 'scaleNew' },
            scalingDownNew: { description: 'The new one is too large: shrinks it.', entry: 'scaleNew' },
            scalingDownOld: {
              description: 'Shrinks the old ones within maxUnavailable, unhealthy pods first.',
              entry: 'scaleOldBy',
              on: {
                'write.failed': {
                  target: '#deployment.syncing.publishingProgress',
                  description: 'As upstream: no retry, progress relies on later changes (DP-45).',
                },
              },
            },
          },
        },
        cleaningHistory: {
          description: 'Deletes old, empty ReplicaSets beyond revisionHistoryLimit.',
          entry: 'cleanHistory',
        },
        publishing: {
          description: 'Writes the counts; progress is not judged.',
          entry: { type: 'publishStatus', params: { judgesProgress: false } },
        },
        publishingProgress: {
          description: 'Writes the counts, and how the rollout gets on.',
          entry: { type: 'publishStatus', params: { judgesProgress: true } },
        },
      },
    },
    settling: {
      description: 'The sync is over: what to wait for?',
      always: [
        { guard: 'isRetryForbidden', target: 'resting.gaveUp' },
        { guard: 'syncFailed', target: 'resting.backingOff' },
        { guard: 'isBeingDeleted', target: 'resting.deleting' },
        { guard: 'isPaused', target: 'resting.paused' },
        { guard: 'isComplete', target: 'resting.complete' },
        { guard: 'hasTimedOut', target: 'resting.stalled' },
        { guard: 'deadlineIsRunning', target: 'resting.progressing.timed' },
        { target: 'resting.progressing' },
      ],
    },
  },
});

/** The actions that the host carries out; it answers with an event of the same noun, or with `write.failed`. */
export const deploymentEffects = [
  'requestSync', // rollout.observed, soon
  'claimReplicaSets', // replicaSets.claimed
  'refuseSelector', // condition.recorded
  'recordPause', // condition.recorded
  'updateNewReplicaSet', // replicaSet.updated
  'recordRevision', // revision.recorded
  'createReplicaSet', // replicaSet.created or replicaSet.collided
  'scaleNew', // replicaSets.scaled
  'scaleOldBy', // replicaSets.scaled
  'scaleOldToZero', // replicaSets.scaled
  'scaleShares', // replicaSets.scaled
  'rollBack', // rollback.done
  'cleanHistory', // history.cleaned
  'publishStatus', // status.published
] as const;
