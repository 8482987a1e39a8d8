/**
 * One ReplicaSet: keeps the desired number of pods. One sync at a time: observe, claim, create or delete, publish the
 * status, and rest until something changes. What the pods look like comes in as an event, computed by
 * `reconcile(observed)`; which way to go is decided here. A ReplicationController's chart has the same states (RS-32).
 *
 * Models: pkg/controller/replicaset/replica_set.go, pkg/controller/controller_utils.go#ControllerExpectations (v1.36)
 * Differs: an expectation that expires wakes the controller, which upstream leaves to the next event; no consistency store
 * (CS-2): its own status is written over a fresh read, and pods are held by expectations.
 */
import { replicasSetup } from './replicaSetSetup.js';

export { BURST_REPLICAS } from './replicaSetSetup.js';
export type { ReplicaSetContext, ReplicaSetMachineEvent, ReplicasObservation } from './replicaSetSetup.js';

export const replicaSetMachine = replicasSetup.createMachine({
  id: 'replicaSet',
  description: 'One ReplicaSet: keeps the desired number of pods, and says in its status how many there are.',
  context: {
    desired: 0,
    active: 0,
    victims: [],
    isBeingDeleted: false,
    availableInMs: 0,
    creationsExpected: 0,
    deletionsExpected: [],
    error: undefined,
    failures: 0,
    isDirty: false,
  },
  type: 'parallel',
  on: {
    'pods.observed': {
      actions: 'lowerExpectations',
      description: 'Pods that were asked for have appeared or gone.',
    },
  },
  states: {
    replicas: {
      description: 'Counts pods against the number wanted.',
      initial: 'resting',
      states: {
        resting: {
          description: 'Between two syncs.',
          initial: 'unobserved',
          always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
          on: {
            'sync.request': { actions: 'requestSync' },
            'replicas.observed': [
              {
                guard: 'mustClaim',
                target: 'syncing.claiming',
                actions: 'recordObservation',
                description: 'There are pods to adopt or to release first.',
              },
              { target: 'syncing.comparing', actions: 'recordObservation' },
            ],
          },
          states: {
            unobserved: { description: 'Not looked at yet.' },
            satisfied: {
              description: 'As many pods as wanted, as far as the last sync could see.',
              entry: 'forgetFailures',
            },
            awaitingObservation: {
              description:
                'Pods were created or deleted, and the watch has not shown all of it: no more until then.',
              entry: 'forgetFailures',
              after: {
                expectationsTimeoutMs: {
                  target: 'satisfied',
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
            deleting: {
              description:
                'The owner is being deleted: only its status is kept; the garbage collector takes the pods.',
            },
          },
        },
        syncing: {
          description: 'One sync under way; what changes meanwhile is seen by the next.',
          initial: 'comparing',
          tags: 'busy',
          on: { 'sync.request': { actions: 'markDirty' } },
          states: {
            claiming: {
              description: 'Adopts orphans that match, releases pods that match no longer.',
              entry: 'claimPods',
              on: {
                'pods.claimed': { target: 'comparing', actions: 'recordObservation' },
                'claim.failed': { target: '#settling', actions: 'recordError' },
              },
            },
            comparing: {
              description: 'Chooses what this sync does.',
              always: [
                { guard: 'isBeingDeleted', target: 'publishing' },
                {
                  guard: 'expectationsPending',
                  target: 'publishing',
                  description: 'The cache lags behind our own writes: count, but change nothing.',
                },
                { guard: 'hasTooFew', target: 'scalingUp' },
                { guard: 'hasTooMany', target: 'scalingDown' },
                { target: 'publishing' },
              ],
            },
            scalingUp: {
              description: 'Creates the missing pods, at most 500, in batches of 1, 2, 4, …',
              entry: ['expectCreations', 'createPods'],
              on: { 'pods.created': { target: 'publishing', actions: 'forgetMissing' } },
            },
            scalingDown: {
              description: 'Deletes the surplus, at most 500, the least valuable pods first.',
              entry: ['expectDeletions', 'deletePods'],
              on: { 'pods.deleted': { target: 'publishing', actions: 'forgetFailed' } },
            },
            publishing: {
              description: 'Writes the status, as of the beginning of the sync.',
              entry: 'publishStatus',
              on: {
                'status.published': '#settling',
                'status.failed': { target: '#settling', actions: 'recordError' },
              },
            },
          },
        },
        settling: {
          id: 'settling',
          description: 'The sync is over: what to wait for?',
          always: [
            { guard: 'syncFailed', target: 'resting.backingOff' },
            { guard: 'isBeingDeleted', target: 'resting.deleting' },
            { guard: 'expectationsPending', target: 'resting.awaitingObservation' },
            { target: 'resting.satisfied' },
          ],
        },
      },
    },
    availability: {
      description: 'Wakes the controller when a ready pod has been ready for minReadySeconds.',
      initial: 'settled',
      on: {
        'replicas.observed': [
          { guard: 'somePodAwaitsAvailability', target: '.awaiting' },
          { target: '.settled' },
        ],
        'pods.claimed': [{ guard: 'somePodAwaitsAvailability', target: '.awaiting' }, { target: '.settled' }],
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

/** The actions that the host carries out; it answers with the event named beside each. */
export const replicaSetEffects = [
  'requestSync', // replicas.observed, soon
  'claimPods', // pods.claimed or claim.failed
  'createPods', // pods.created
  'deletePods', // pods.deleted
  'publishStatus', // status.published or status.failed
] as const;
