/**
 * One pod on its node: admitted, given a sandbox, its containers started one after the other, watched until they have
 * all ended or the pod is deleted, and stopped within one grace period.
 *
 * The phase that the API shows is computed from the containers (src/api podStatus); this chart decides what happens
 * next. Containers are actors of their own (machines/container.ts) that report to it.
 *
 * Models: pkg/kubelet/pod_workers.go, kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod (v1.36).
 */
import { assign, setup } from 'xstate';

export interface PodInput {
  /** Containers in the order of the spec. */
  readonly containers: readonly string[];
  /** Seconds between SIGTERM and SIGKILL unless a deletion says otherwise. */
  readonly terminationGracePeriodSeconds: number;
}

export interface PodContext extends PodInput {
  /** Index of the container whose turn it is to be started. */
  readonly nextContainer: number;
  /** Exit codes of the containers that have ended for good; null for one that never ran. */
  readonly ended: Readonly<Record<string, number | null>>;
  readonly graceSeconds: number;
  readonly message: string | undefined;
  /** Why the node does not take the pod. */
  readonly rejection: { readonly reason: string; readonly message: string } | undefined;
}

export type PodEvent =
  | { readonly type: 'pod.admitted' }
  | { readonly type: 'pod.rejected'; readonly reason: string; readonly message: string }
  | { readonly type: 'sandbox.ready'; readonly ip: string }
  | { readonly type: 'sandbox.failed'; readonly message: string }
  | { readonly type: 'sandbox.removed' }
  /** A container runs, or waits for another attempt: the next one may start. */
  | { readonly type: 'container.settled'; readonly name: string }
  | { readonly type: 'container.terminated'; readonly name: string; readonly exitCode: number | null }
  /** The API object has a deletionTimestamp; repeated when its grace period becomes shorter. */
  | { readonly type: 'pod.delete'; readonly graceSeconds: number }
  /** The API object is gone. */
  | { readonly type: 'pod.removed' };

/** A failed sync of a pod is tried again. Source: pod_workers.go backOffPeriod. */
const SYNC_RETRY_MS = 10_000;
/** A pod whose object vanished is stopped with the least grace. Source: pod_workers.go calculateEffectiveGracePeriod. */
const MIN_GRACE_SECONDS = 1;

export const podMachine = setup({
  types: {} as { context: PodContext; input: PodInput; events: PodEvent },
  delays: { syncRetryMs: SYNC_RETRY_MS },
  guards: {
    allContainersEnded: ({ context }) => context.containers.every((name) => name in context.ended),
    allSucceeded: ({ context }) => context.containers.every((name) => context.ended[name] === 0),
    hasContainersToStart: ({ context }) => context.nextContainer < context.containers.length,
    isWhoseTurnItIs: ({ context, event }) =>
      (event.type === 'container.settled' || event.type === 'container.terminated') &&
      event.name === context.containers[context.nextContainer],
    shortensGrace: ({ context, event }) =>
      event.type === 'pod.delete' && event.graceSeconds < context.graceSeconds,
  },
  actions: {
    /** Effect: check whether the node takes the pod; answer pod.admitted or pod.rejected. */
    admitPod: () => {},
    /** Effect: make the sandbox; answer sandbox.ready or sandbox.failed. */
    createSandbox: () => {},
    /** Effect: release what the sandbox holds; answer sandbox.removed. */
    removeSandbox: () => {},
    /** Effect: the container whose turn it is (`nextContainer`) may start. */
    startNextContainer: () => {},
    /** Effect: SIGTERM to all containers, SIGKILL after `graceSeconds`; their probes end. */
    stopContainers: () => {},
    reportSandboxFailed: () => {},
    reportRejected: () => {},
    /** Effect: the status of the pod has changed and must be written. */
    publishStatus: () => {},
    /** Effect: everything has stopped: write the last status and delete the API object. */
    deleteObject: () => {},
    /** Effect: forget the pod, with its logs. */
    cleanUp: () => {},

    takeNext: assign(({ context }) => ({ nextContainer: context.nextContainer + 1 })),
    recordEnd: assign(({ context, event }) =>
      event.type === 'container.terminated'
        ? { ended: { ...context.ended, [event.name]: event.exitCode } }
        : {},
    ),
    recordMessage: assign(({ event }) => ('message' in event ? { message: event.message } : {})),
    recordRejection: assign(({ event }) =>
      event.type === 'pod.rejected' ? { rejection: { reason: event.reason, message: event.message } } : {},
    ),
    recordGrace: assign(({ context, event }) =>
      event.type === 'pod.delete'
        ? { graceSeconds: Math.max(MIN_GRACE_SECONDS, Math.min(event.graceSeconds, context.graceSeconds)) }
        : { graceSeconds: MIN_GRACE_SECONDS },
    ),
  },
}).createMachine({
  id: 'pod',
  description: 'One pod on its node, from admission until its object is gone.',
  context: ({ input }) => ({
    ...input,
    nextContainer: 0,
    ended: {},
    graceSeconds: Number.MAX_SAFE_INTEGER,
    message: undefined,
    rejection: undefined,
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
        'pod.admitted': 'creatingSandbox',
        'pod.rejected': { target: 'rejected', actions: ['recordRejection', 'reportRejected'] },
      },
    },
    creatingSandbox: {
      description: 'The pod gets its address and its folders.',
      entry: ['createSandbox', 'publishStatus'],
      on: {
        'sandbox.ready': 'running',
        'sandbox.failed': { target: 'awaitingSandbox', actions: ['recordMessage', 'reportSandboxFailed'] },
        'pod.delete': { target: 'terminating', actions: 'recordGrace' },
        'pod.removed': { target: 'terminating', actions: 'recordGrace' },
      },
    },
    awaitingSandbox: {
      description: 'The sandbox could not be made; it is tried again.',
      after: { syncRetryMs: 'creatingSandbox' },
      on: {
        'pod.delete': { target: 'terminating', actions: 'recordGrace' },
        'pod.removed': { target: 'terminating', actions: 'recordGrace' },
      },
    },
    running: {
      description: 'Containers are started in the order of the spec, and kept alive by their own charts.',
      initial: 'starting',
      always: { guard: 'allContainersEnded', target: 'ended' },
      on: {
        'pod.delete': { target: 'terminating', actions: 'recordGrace' },
        'pod.removed': { target: 'terminating', actions: 'recordGrace' },
      },
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
    ended: {
      description: 'All containers have ended by themselves and none will restart.',
      always: [{ guard: 'allSucceeded', target: 'Succeeded' }, { target: 'Failed' }],
    },
    Succeeded: {
      description: 'All containers ended with exit code 0.',
      entry: ['removeSandbox', 'publishStatus'],
      on: { 'pod.delete': 'deleting', 'pod.removed': 'forgotten' },
    },
    Failed: {
      description: 'All containers ended, not all with exit code 0.',
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
      always: { guard: 'allContainersEnded', target: 'terminated' },
      on: {
        'pod.delete': {
          guard: 'shortensGrace',
          actions: ['recordGrace', 'stopContainers'],
          description: 'A grace period can only become shorter.',
        },
        'pod.removed': { actions: ['recordGrace', 'stopContainers'] },
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
