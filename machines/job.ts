/**
 * One Job: runs pods until enough have succeeded, or until it has failed. What a look at its pods says comes in with the
 * observation, computed by `reconcile(observed)`; what it means for the Job is decided here, in three regions: its life,
 * as its conditions tell it; the sync that is under way; and the queue that gathers changes.
 *
 * Models: pkg/controller/job/job_controller.go (v1.36; JB-20 to JB-27, JB-33, JB-52)
 * Differs: an expectation that expires wakes the controller, which upstream leaves to the next event.
 */
import {
  BACKOFF_LIMIT_EXCEEDED,
  COMPLETIONS_REACHED,
  DEADLINE_EXCEEDED,
  FAILED_INDEXES,
  initialJob,
  jobSetup,
  MAX_FAILED_INDEXES_EXCEEDED,
} from './jobSetup.js';

export const jobMachine = jobSetup.createMachine({
  id: 'job',
  description: 'One Job: runs pods until enough have succeeded, or until it has failed.',
  context: initialJob,
  type: 'parallel',
  on: {
    'pods.observed': {
      actions: 'lowerExpectations',
      description: 'Pods have appeared, gone, or lost their finalizer.',
    },
  },
  states: {
    life: {
      description: 'What the Job is about, judged anew by every look at its pods.',
      initial: 'unobserved',
      on: {
        'job.observed': [
          { guard: 'mustWait', description: 'The cache lags, or there are pods to claim first.' },
          { target: '.deciding', actions: 'recordObservation' },
        ],
        'pods.claimed': { target: '.deciding', actions: 'recordObservation' },
        'pods.removed': {
          guard: 'completionsReached',
          target: '.successCriteriaMet',
          actions: { type: 'endBy', params: COMPLETIONS_REACHED },
        },
      },
      states: {
        unobserved: { description: 'Not looked at yet.' },
        deciding: {
          description:
            'The first that holds: what is recorded stays, failure comes before success (JB-23, JB-61).',
          always: [
            { guard: 'isComplete', target: 'Complete' },
            { guard: 'hasFailed', target: 'Failed' },
            { guard: 'successIsRecorded', target: 'successCriteriaMet', actions: 'keepRecordedEnd' },
            { guard: 'failureIsRecorded', target: 'failureTarget', actions: 'keepRecordedEnd' },
            { guard: 'podFailurePolicyFails', target: 'failureTarget', actions: 'endByFailurePolicy' },
            {
              guard: 'backoffLimitExceeded',
              target: 'failureTarget',
              actions: { type: 'endBy', params: BACKOFF_LIMIT_EXCEEDED },
            },
            {
              guard: 'deadlineExceeded',
              target: 'failureTarget',
              actions: { type: 'endBy', params: DEADLINE_EXCEEDED },
            },
            {
              guard: 'tooManyIndexesFailed',
              target: 'failureTarget',
              actions: { type: 'endBy', params: MAX_FAILED_INDEXES_EXCEEDED },
            },
            {
              guard: 'someIndexesFailed',
              target: 'failureTarget',
              actions: { type: 'endBy', params: FAILED_INDEXES },
            },
            { guard: 'successPolicyMet', target: 'successCriteriaMet', actions: 'endBySuccessPolicy' },
            {
              guard: 'completionsReached',
              target: 'successCriteriaMet',
              actions: { type: 'endBy', params: COMPLETIONS_REACHED },
            },
            { guard: 'isBeingDeleted', target: 'deleting' },
            { guard: 'isSuspended', target: 'suspended' },
            { target: 'active' },
          ],
        },
        suspended: { description: 'Its pods are removed, uncounted; no deadline runs until it is resumed.' },
        active: {
          description: 'Runs pods, at most `parallelism` at a time.',
          initial: 'judging',
          after: {
            activeDeadlineMs: { actions: 'requestSync', description: 'activeDeadlineSeconds are over.' },
          },
          states: {
            judging: {
              description: 'How far is it?',
              always: [
                { guard: 'podsAreBackingOff', target: 'backingOff' },
                { guard: 'somePodHasRun', target: 'working' },
                { target: 'starting' },
              ],
            },
            starting: { description: 'Its first pods are on their way.' },
            working: { description: 'Pods have run; more run, or will.' },
            backingOff: {
              description: 'Pods have failed: the next waits 10 s, 20 s, 40 s … 10 min.',
              after: { podBackOffMs: { actions: 'requestSync' } },
            },
          },
        },
        deleting: { description: 'Being deleted: pods are counted and let go, none is created.' },
        successCriteriaMet: {
          description: 'Enough has succeeded: the other pods are deleted, uncounted, and must be gone first.',
          on: { 'finalizers.removed': { guard: 'allTerminated', target: 'Complete', actions: 'markOver' } },
        },
        failureTarget: {
          description: 'It fails: all pods are deleted, count as failed, and must be gone first.',
          on: { 'finalizers.removed': { guard: 'allTerminated', target: 'Failed', actions: 'markOver' } },
        },
        Complete: { description: 'It has succeeded, for good.' },
        Failed: { description: 'It has failed, for good.' },
      },
    },
    sync: {
      description: 'One sync at a time: look, do one thing about the pods, count those that have ended.',
      initial: 'resting',
      states: {
        resting: {
          description: 'Between two syncs.',
          initial: 'idle',
          always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
          on: {
            'sync.request': { actions: 'requestSync' },
            'job.observed': [
              { guard: 'cacheLags', target: '.backingOff', actions: 'recordStaleness', reenter: true },
              { guard: 'mustClaim', target: 'syncing.claiming' },
              { target: 'syncing' },
            ],
          },
          states: {
            idle: { description: 'All is done that could be done.', entry: 'forgetFailures' },
            awaitingObservation: {
              description:
                'Pods were created or deleted, and the watch has not shown all of it: no more until then.',
              entry: 'forgetFailures',
              after: {
                expectationsTimeoutMs: { target: 'idle', actions: ['dropExpectations', 'requestSync'] },
              },
            },
            backingOff: {
              description: 'The last sync failed: the next waits 1 s, 2 s, 4 s … 60 s.',
              entry: 'countFailure',
              after: { backOffMs: { actions: 'requestSync' } },
            },
          },
        },
        syncing: {
          description: 'One sync under way; what changes meanwhile is seen by the next.',
          initial: 'looking',
          tags: 'busy',
          on: {
            'sync.request': { actions: 'markDirty' },
            'status.failed': { target: 'settling', actions: 'recordError' },
          },
          states: {
            claiming: {
              description: 'Adopts orphans that match, releases pods that match no longer.',
              entry: 'claimPods',
              on: {
                'pods.claimed': 'looking',
                'claim.failed': { target: '#job.sync.settling', actions: 'recordError' },
              },
            },
            looking: { description: 'Life is decided first, in this very step.', always: 'choosing' },
            choosing: {
              description: 'Chooses what this sync does about the pods.',
              always: [
                { guard: 'hasEnded', target: '#job.sync.resting', actions: 'forgetBackOff' },
                { guard: 'isEndingByCompletion', target: 'recording' },
                { guard: 'isEnding', target: 'ending' },
                { guard: 'isBeingDeleted', target: 'recording' },
                {
                  guard: 'expectationsPending',
                  target: 'recording',
                  description: 'The cache lags behind our own writes: count, but change nothing.',
                },
                { guard: 'hasTooMany', target: 'removing', actions: 'markManaged' },
                {
                  guard: 'podsAreBackingOff',
                  target: 'recording',
                  actions: ['markManaged', 'countNoneActive'],
                },
                { guard: 'hasTooFew', target: 'creating', actions: 'markManaged' },
                { target: 'recording', actions: 'markManaged' },
              ],
            },
            ending: {
              description: 'The Job ends: deletes every active pod.',
              entry: 'deleteActivePods',
              on: { 'pods.deleted': { target: 'recording', actions: ['countDeleted', 'keepEndBack'] } },
            },
            removing: {
              description: 'Too many pods, or suspended: removes some, which then count neither way.',
              entry: ['expectDeletions', 'removePods'],
              on: {
                'pods.removed': { target: 'recording', actions: ['countDeleted', 'forgetFailedDeletions'] },
              },
            },
            creating: {
              description: 'Creates the missing pods, at most 500, in batches of 1, 2, 4, …',
              entry: ['expectCreations', 'createPods'],
              on: { 'pods.created': { target: 'recording', actions: 'countCreated' } },
            },
            recording: {
              description: 'Writes the UIDs of finished pods into the status, and how the Job ends.',
              entry: 'recordCounts',
              on: {
                'counts.recorded': { target: 'releasing', actions: ['keepBackOff', 'expectReleases'] },
              },
            },
            releasing: {
              description: 'Takes the finalizers off the pods that are recorded.',
              entry: 'removeFinalizers',
              on: { 'finalizers.removed': { target: 'publishing', actions: 'forgetFailedReleases' } },
            },
            publishing: {
              description: 'Moves them into the counters; when all is over, says Complete or Failed.',
              entry: 'publishStatus',
              on: { 'status.published': '#job.sync.settling' },
            },
          },
        },
        settling: {
          description: 'The sync is over: what to wait for?',
          always: [
            { guard: 'syncFailed', target: 'resting.backingOff' },
            { guard: 'expectationsPending', target: 'resting.awaitingObservation' },
            { target: 'resting.idle' },
          ],
        },
      },
    },
    queue: {
      description: 'Gathers changes: pods of a Job change often.',
      initial: 'empty',
      states: {
        empty: { description: 'Nothing has changed.', on: { 'job.changed': 'batching' } },
        batching: {
          description: 'A second after the first change, all are looked at together.',
          after: { syncBatchMs: { target: 'empty', actions: 'requestSync' } },
        },
      },
    },
  },
});

/** The actions that the host carries out; it answers with the event named beside each. */
export const jobEffects = [
  'requestSync', // job.observed, soon
  'claimPods', // pods.claimed or claim.failed
  'createPods', // pods.created
  'removePods', // pods.removed
  'deleteActivePods', // pods.deleted
  'recordCounts', // counts.recorded or status.failed
  'removeFinalizers', // finalizers.removed
  'publishStatus', // status.published or status.failed
] as const;
