/**
 * One pod on its node: admitted, its volumes put in place, given a sandbox; its init containers run one after the other,
 * then its containers are started and watched until they have all ended or the pod is deleted; what is left is stopped
 * within one grace period, sidecars last.
 *
 * The phase that the API shows is computed from the containers (src/api podStatus); this chart decides what happens
 * next; what its guards and actions mean stands in machines/podSetup.ts. Containers are actors of their own
 * (machines/container.ts) that report to it; so are its deadline and its volumes.
 *
 * Models: pkg/kubelet/pod_workers.go, kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod (v1.36).
 */
import { podSetup } from './podSetup.js';

export { nextSidecarToEnd, type PodContext, type PodEvent, type PodInput } from './podSetup.js';

/** What ends a pod that may still run. */
const ENDINGS = {
  'pod.delete': { target: '#pod.terminating', actions: 'recordGrace' },
  'pod.removed': { target: '#pod.terminating', actions: 'recordGrace' },
  'pod.evict': { target: '#pod.terminating', actions: ['recordEviction', 'reportEvicted'] },
} as const;

/** What may happen to a pod that has a sandbox. */
const WHILE_IT_LIVES = {
  ...ENDINGS,
  'container.added': { actions: ['recordAdded', 'startEphemeralContainer'] },
  'pod.restartAll': { target: '#pod.restartingAll', actions: 'forgetEnds' },
} as const;

export const podMachine = podSetup.createMachine({
  id: 'pod',
  description: 'One pod on its node, from admission until its object is gone.',
  // Field by field: a spread costs several times as much, for each of thousands of pods.
  context: ({ input }) => ({
    containers: input.containers,
    initContainers: input.initContainers,
    hasVolumes: input.hasVolumes,
    terminationGracePeriodSeconds: input.terminationGracePeriodSeconds,
    nextInitContainer: 0,
    nextContainer: 0,
    ephemeral: [],
    ended: {},
    graceSeconds: Number.MAX_SAFE_INTEGER,
    isDeleted: false,
    message: undefined,
    rejection: undefined,
    eviction: undefined,
  }),
  initial: 'admitting',
  on: {
    'container.terminated': { actions: ['recordEnd', 'publishStatus'] },
    'container.settled': { actions: 'publishStatus' },
  },
  states: {
    admitting: {
      description: 'The node checks whether it can take the pod.',
      entry: 'admitPod',
      on: {
        'pod.admitted': [{ guard: 'hasVolumes', target: 'mounting' }, { target: 'creatingSandbox' }],
        'pod.rejected': { target: 'rejected', actions: ['recordRejection', 'reportRejected'] },
      },
    },
    mounting: {
      description: 'Its volumes are put in place: nothing starts before all are.',
      entry: ['mountVolumes', 'publishStatus'],
      on: { ...ENDINGS, 'volumes.mounted': 'creatingSandbox' },
    },
    creatingSandbox: {
      description: 'The pod gets its address and its folders.',
      entry: ['createSandbox', 'publishStatus'],
      on: {
        ...ENDINGS,
        'sandbox.ready': [{ guard: 'hasInitContainers', target: 'initializing' }, { target: 'running' }],
        'sandbox.failed': { target: 'awaitingSandbox', actions: ['recordMessage', 'reportSandboxFailed'] },
      },
    },
    awaitingSandbox: {
      description: 'The sandbox could not be made; it is tried again.',
      after: { syncRetryMs: 'creatingSandbox' },
      on: ENDINGS,
    },
    initializing: {
      description: 'Init containers run in the order of the spec; regular containers wait for the last.',
      initial: 'starting',
      on: WHILE_IT_LIVES,
      states: {
        starting: {
          description: 'One at a time: until it has exited with 0, or has started if it is a sidecar.',
          entry: ['startNextInitContainer', 'publishStatus'],
          on: {
            'container.initialized': {
              guard: 'isInitWhoseTurnItIs',
              target: 'advancing',
              actions: 'publishStatus',
            },
            'container.terminated': [
              {
                guard: 'initContainerFailed',
                target: '#pod.terminating',
                actions: ['recordEnd', 'recordOwnGrace'],
                description: 'An init container that may not run again fails the pod.',
              },
              { guard: 'isInitWhoseTurnItIs', target: 'advancing', actions: ['recordEnd', 'publishStatus'] },
            ],
          },
        },
        advancing: {
          description: 'On to the next init container.',
          entry: 'takeNextInit',
          always: [{ guard: 'hasInitContainersToStart', target: 'starting' }, { target: '#pod.running' }],
        },
      },
    },
    running: {
      description: 'Containers are started in the order of the spec, and kept alive by their own charts.',
      initial: 'starting',
      always: { guard: 'allContainersEnded', target: 'ended' },
      on: WHILE_IT_LIVES,
      states: {
        starting: {
          description: 'One container at a time; the next when this one runs or waits for another attempt.',
          entry: ['startNextContainer', 'publishStatus'],
          on: {
            'container.settled': { guard: 'isWhoseTurnItIs', target: 'advancing', actions: 'publishStatus' },
            'container.terminated': {
              guard: 'isWhoseTurnItIs',
              target: 'advancing',
              actions: ['recordEnd', 'publishStatus'],
            },
          },
        },
        advancing: {
          description: 'On to the next container.',
          entry: 'takeNext',
          always: [{ guard: 'hasContainersToStart', target: 'starting' }, { target: 'started' }],
        },
        started: { description: 'Every container had its turn.' },
      },
    },
    restartingAll: {
      description:
        'A restart rule asks for it: all containers are stopped and removed, then the pod begins anew.',
      entry: ['resetContainers', 'publishStatus'],
      always: { guard: 'allReset', target: 'beginningAnew', actions: ['forgetEnds', 'startOver'] },
      on: {
        ...WHILE_IT_LIVES,
        'pod.restartAll': { description: 'Another rule asks for the same.' },
        'container.reset': { actions: ['recordReset', 'publishStatus'] },
        'container.terminated': [
          { guard: 'isEphemeral', actions: ['recordEnd', 'publishStatus'] },
          { actions: 'publishStatus', description: 'Told before the reset, which is still to come.' },
        ],
      },
    },
    beginningAnew: {
      description: 'As after the sandbox was made.',
      always: [{ guard: 'hasInitContainers', target: 'initializing' }, { target: 'running' }],
    },
    ended: {
      description: 'All containers have ended by themselves and none will restart.',
      always: [
        {
          guard: 'someStillRun',
          target: 'terminating',
          actions: 'recordOwnGrace',
          description: 'Sidecars and ephemeral containers are stopped now.',
        },
        { guard: 'wasEvicted', target: 'Failed' },
        { guard: 'allSucceeded', target: 'Succeeded' },
        { target: 'Failed' },
      ],
    },
    Succeeded: {
      description: 'All containers ended with exit code 0.',
      entry: ['removeSandbox', 'publishStatus'],
      on: { 'pod.delete': 'deleting', 'pod.removed': 'forgotten' },
    },
    Failed: {
      description: 'All containers ended, not all with exit code 0; or the node ended the pod.',
      entry: ['removeSandbox', 'publishStatus'],
      on: { 'pod.delete': 'deleting', 'pod.removed': 'forgotten' },
    },
    rejected: {
      description: 'The node does not take the pod: it fails without ever running.',
      entry: 'publishStatus',
      on: { 'pod.delete': 'deleting', 'pod.removed': 'forgotten' },
    },
    terminating: {
      description: 'One deadline for the whole pod: SIGTERM to all containers, SIGKILL when it is over.',
      entry: ['stopContainers', 'publishStatus'],
      initial: 'mainContainers',
      always: [
        { guard: 'isOver', target: 'terminated' },
        { guard: 'nothingRuns', target: 'ended' },
      ],
      on: {
        'pod.delete': [
          {
            guard: 'shortensGrace',
            actions: ['recordGrace', 'stopContainers'],
            description: 'A grace period can only become shorter.',
          },
          { actions: 'recordGrace' },
        ],
        'pod.removed': { actions: ['recordGrace', 'stopContainers'] },
      },
      states: {
        mainContainers: {
          description: 'The regular containers end, in parallel.',
          always: { guard: 'sidecarMayEnd', target: 'sidecars' },
        },
        sidecars: {
          description: 'Then the sidecars, the last of the spec first.',
          entry: 'releaseSidecar',
          on: {
            'container.terminated': {
              guard: 'isLastSidecar',
              target: 'sidecars',
              reenter: true,
              actions: ['recordEnd', 'publishStatus'],
            },
          },
        },
      },
    },
    terminated: {
      description: 'Nothing of the pod runs any more.',
      entry: ['removeSandbox', 'publishStatus'],
      on: { 'sandbox.removed': 'deleting', 'pod.removed': 'forgotten' },
    },
    deleting: {
      description: 'The node tells the API that the object may go.',
      entry: 'deleteObject',
      on: { 'pod.removed': 'forgotten' },
    },
    forgotten: {
      description: 'The object is gone, and with it everything on the node.',
      type: 'final',
      entry: 'cleanUp',
    },
  },
});
