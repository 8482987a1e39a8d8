/**
 * One Deployment: brings its pods from an old template to the new one, through ReplicaSets. One step per sync: look,
 * do one thing, publish the status; the change that follows brings the next. What the sizes should be comes in with
 * the observation, computed by `reconcile(observed)`; which step it is, is decided here.
 *
 * Models: pkg/controller/deployment/deployment_controller.go, sync.go, rolling.go, recreate.go (v1.36)
 */
import { deploymentSetup, initialDeployment } from './deploymentSetup.js';

export type {
  DeploymentContext,
  DeploymentMachineEvent,
  ReplicaSetSize,
  RolloutObservation,
} from './deploymentSetup.js';

export const deploymentMachine = deploymentSetup.createMachine({
  id: 'deployment',
  description: 'One Deployment: rolls its pods out through ReplicaSets, one step per sync.',
  context: initialDeployment,
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
