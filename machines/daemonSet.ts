/**
 * One DaemonSet: keeps exactly one pod on each node that should run it. One sync at a time: observe, claim, record the
 * template's revision, place and remove pods, take the next step of an update, publish the status, and rest until
 * something changes. Which nodes and pods are concerned comes in with the observation, computed by
 * `reconcile(observed)`; what is done about them is decided here.
 *
 * Models: pkg/controller/daemon/daemon_controller.go, update.go (v1.36)
 * Differs: an expectation that expires wakes the controller, which upstream leaves to the next event; a pod that becomes
 * available wakes it at that moment, upstream up to minReadySeconds later (DS-55); no consistency store (CS-2): its own
 * status is written over a fresh read, and pods are held by expectations.
 */
import { DAEMON_SET_CONTEXT, daemonSetSetup } from './daemonSetSetup.js';

export const daemonSetMachine = daemonSetSetup.createMachine({
  id: 'daemonSet',
  description: 'One DaemonSet: keeps one pod on each node that should run it, and updates them node by node.',
  context: DAEMON_SET_CONTEXT,
  type: 'parallel',
  on: {
    'pods.observed': {
      actions: 'lowerExpectations',
      description: 'Pods that were asked for have appeared or gone.',
    },
  },
  states: {
    daemons: {
      description: 'Compares nodes with pods.',
      initial: 'resting',
      states: {
        resting: {
          description: 'Between two syncs.',
          initial: 'unobserved',
          always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
          on: {
            'sync.request': { actions: 'requestSync' },
            'daemons.observed': { target: 'syncing', actions: ['beginSync', 'recordObservation'] },
          },
          states: {
            unobserved: { description: 'Not looked at yet.' },
            current: {
              description: 'Each node that should run the pod has one, of the current template.',
              entry: 'forgetFailures',
            },
            updating: {
              description:
                'Pods of an older template remain: as many nodes as allowed are without an available pod.',
              entry: 'forgetFailures',
            },
            outdated: {
              description: 'OnDelete: pods of an older template remain until somebody deletes them.',
              entry: 'forgetFailures',
            },
            awaitingObservation: {
              description:
                'Pods were created or deleted, and the watch has not shown all of it: no more until then.',
              entry: 'forgetFailures',
              after: {
                expectationsTimeoutMs: {
                  target: 'current',
                  actions: ['dropExpectations', 'requestSync'],
                  description: 'The watch has missed something: start from what is there.',
                },
              },
            },
            backingOff: {
              description: 'The last sync failed: the next waits 5 ms, 10 ms, 20 ms … 1000 s.',
              entry: 'countFailure',
              after: { backOffMs: { actions: 'requestSync' } },
            },
            deleting: { description: 'Being deleted: left alone; the garbage collector takes the pods.' },
            refused: { description: 'The selector is empty and would select every pod.' },
          },
        },
        syncing: {
          description: 'One sync under way; what changes meanwhile is seen by the next.',
          initial: 'choosing',
          tags: 'busy',
          on: {
            'sync.request': { actions: 'markDirty' },
            'write.failed': { target: '#daemonSettling', actions: 'recordError' },
          },
          states: {
            choosing: {
              description: 'Chooses what this sync does.',
              always: [
                {
                  guard: 'selectsEverything',
                  target: '#daemonSet.daemons.resting.refused',
                  actions: 'refuseSelector',
                },
                { guard: 'isBeingDeleted', target: '#daemonSet.daemons.resting.deleting' },
                { guard: 'mustClaim', target: 'claiming' },
                { guard: 'revisionIsUnrecorded', target: 'recordingRevision' },
                {
                  guard: 'expectationsPending',
                  target: 'counting',
                  description: 'The cache lags behind our own writes: count, but change nothing.',
                },
                {
                  guard: 'someNodeShouldRun',
                  target: 'placing',
                  actions: ['expectPlacement', 'reportEndedPods'],
                },
                {
                  guard: 'somePodMayNotContinue',
                  target: 'removing',
                  actions: ['expectPlacement', 'reportEndedPods'],
                },
                { target: 'updating' },
              ],
            },
            claiming: {
              description: 'Adopts pods and revisions that match, releases those that match no longer.',
              entry: 'claimPods',
              on: { 'pods.claimed': { target: 'choosing', actions: 'recordObservation' } },
            },
            recordingRevision: {
              description: 'Gives the current template a ControllerRevision with the highest number.',
              entry: 'recordRevision',
              on: { 'revision.recorded': { target: 'choosing', actions: 'recordObservation' } },
            },
            placing: {
              description: 'Creates the missing pods, at most 250, in batches of 1, 2, 4, …',
              entry: 'createPods',
              on: {
                'pods.created': [
                  { guard: 'hasDeletions', target: 'removing', actions: 'forgetMissing' },
                  { target: 'placed', actions: 'forgetMissing' },
                ],
              },
            },
            removing: {
              description:
                'Deletes failed and surplus pods, and those of nodes that may not keep them; at most 250.',
              entry: 'deletePods',
              on: { 'pods.deleted': { target: 'placed', actions: 'forgetFailed' } },
            },
            placed: {
              description: 'An update goes on only while nothing is outstanding.',
              always: [
                { guard: 'syncFailed', target: 'publishing' },
                { guard: 'expectationsPending', target: 'trimming' },
                { target: 'updating' },
              ],
            },
            updating: {
              description: 'The next step of a rolling update, within maxUnavailable or maxSurge.',
              initial: 'checking',
              states: {
                checking: {
                  description: 'What is allowed now?',
                  always: [
                    { guard: 'isOnDelete', target: '#daemonTrimming' },
                    { guard: 'maySurge', target: 'surging', actions: 'expectUpdate' },
                    { guard: 'mayReplace', target: 'replacing', actions: 'expectUpdate' },
                    { target: '#daemonTrimming' },
                  ],
                },
                surging: {
                  description:
                    'Creates new pods beside old ones, which stay until the new ones are available.',
                  entry: 'createPods',
                  on: {
                    'pods.created': [
                      { guard: 'hasDeletions', target: 'replacing', actions: 'forgetMissing' },
                      { target: 'updated', actions: 'forgetMissing' },
                    ],
                  },
                },
                replacing: {
                  description: 'Deletes old pods; a later sync puts new ones in their place.',
                  entry: 'deletePods',
                  on: { 'pods.deleted': { target: 'updated', actions: 'forgetFailed' } },
                },
                updated: {
                  description: 'Did the step succeed?',
                  always: [
                    { guard: 'syncFailed', target: '#daemonSet.daemons.syncing.publishing' },
                    { target: '#daemonTrimming' },
                  ],
                },
              },
            },
            trimming: {
              id: 'daemonTrimming',
              description: 'Is the history longer than revisionHistoryLimit?',
              always: [{ guard: 'historyIsTooLong', target: 'cleaningHistory' }, { target: 'publishing' }],
            },
            cleaningHistory: {
              description: 'Deletes the oldest revisions that no pod has.',
              entry: 'cleanHistory',
              on: {
                'history.cleaned': 'publishing',
                'write.failed': { target: 'publishing', actions: 'recordError' },
              },
            },
            counting: {
              description: 'Writes the counts only: the change is not acted upon yet.',
              entry: { type: 'publishStatus', params: { observesGeneration: false } },
              on: { 'status.published': '#daemonSettling' },
            },
            publishing: {
              description: 'Writes the counts, and that this generation has been acted upon.',
              entry: { type: 'publishStatus', params: { observesGeneration: true } },
              on: { 'status.published': '#daemonSettling' },
            },
          },
        },
        settling: {
          id: 'daemonSettling',
          description: 'The sync is over: what to wait for?',
          always: [
            { guard: 'syncFailed', target: 'resting.backingOff' },
            { guard: 'expectationsPending', target: 'resting.awaitingObservation' },
            { guard: 'waitsForDeletion', target: 'resting.outdated' },
            { guard: 'maxUnavailableReached', target: 'resting.updating' },
            { target: 'resting.current' },
          ],
        },
      },
    },
    failedPods: {
      description: 'Wakes the controller when a failed pod may be killed.',
      initial: 'none',
      on: { 'daemons.observed': [{ guard: 'somePodBacksOff', target: '.backingOff' }, { target: '.none' }] },
      states: {
        none: { description: 'No failed pod is left in place.' },
        backingOff: {
          description: 'A node keeps failing its pod: the next is tried after 1 s, 2 s, 4 s … 15 min.',
          after: { failedPodBackOffMs: { target: 'none', actions: 'requestSync' } },
        },
      },
    },
    availability: {
      description: 'Wakes the controller when a ready pod has been ready for minReadySeconds.',
      initial: 'settled',
      on: {
        'daemons.observed': [
          { guard: 'somePodAwaitsAvailability', target: '.awaiting' },
          { target: '.settled' },
        ],
      },
      states: {
        settled: { description: 'Every ready pod is available.' },
        awaiting: {
          description: 'Some pod is ready, but not for long enough.',
          after: { minReadyMs: { target: 'settled', actions: 'requestSync' } },
        },
      },
    },
  },
});
