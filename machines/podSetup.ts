/**
 * The vocabulary of the pod chart: what it knows, hears, decides and asks for. The chart itself, with its states, is
 * machines/pod.ts.
 */
import { assign, setup } from 'xstate';

export interface PodInput {
  /** Containers in the order of the spec. */
  readonly containers: readonly string[];
  /** Init containers in the order of the spec; a sidecar keeps running beside the regular containers. Default none. */
  readonly initContainers?: readonly { readonly name: string; readonly isSidecar: boolean }[] | undefined;
  /** Whether volumes have to be put in place before anything starts. */
  readonly hasVolumes?: boolean | undefined;
  /** Seconds between SIGTERM and SIGKILL unless a deletion says otherwise. */
  readonly terminationGracePeriodSeconds: number;
}

export interface PodContext extends PodInput {
  /** Index of the init container, and of the container, whose turn it is to be started. */
  readonly nextInitContainer: number;
  readonly nextContainer: number;
  /** Containers that were added while the pod ran. */
  readonly ephemeral: readonly string[];
  /** Exit codes of the containers that have ended for good; null for one that never ran. */
  readonly ended: Readonly<Record<string, number | null>>;
  readonly graceSeconds: number;
  /** Whether the API object is being deleted, or is gone. */
  readonly isDeleted: boolean;
  readonly message: string | undefined;
  /** Why the node does not take the pod. */
  readonly rejection: { readonly reason: string; readonly message: string } | undefined;
  /** Why the node ended the pod, whatever its containers did. */
  readonly eviction:
    | { readonly reason: string; readonly message: string; readonly isDisruption: boolean }
    | undefined;
}

export type PodEvent =
  | { readonly type: 'pod.admitted' }
  | { readonly type: 'pod.rejected'; readonly reason: string; readonly message: string }
  | { readonly type: 'volumes.mounted' }
  | { readonly type: 'sandbox.ready'; readonly ip: string }
  | { readonly type: 'sandbox.failed'; readonly message: string }
  | { readonly type: 'sandbox.removed' }
  /** A sidecar runs and has started: the next init container may begin. */
  | { readonly type: 'container.initialized'; readonly name: string }
  /** A container runs, or waits for another attempt: the next one may start. */
  | { readonly type: 'container.settled'; readonly name: string }
  | { readonly type: 'container.terminated'; readonly name: string; readonly exitCode: number | null }
  /** It was stopped to begin anew with all others, and waits for its start. */
  | { readonly type: 'container.reset'; readonly name: string }
  /** An ephemeral container was added to the spec. */
  | { readonly type: 'container.added'; readonly name: string }
  /** A restart rule of one container asks for all of them to begin anew. */
  | { readonly type: 'pod.restartAll' }
  /** The node ends the pod: its deadline is over, or the node needs what it uses. */
  | {
      readonly type: 'pod.evict';
      readonly reason: string;
      readonly message: string;
      readonly graceSeconds: number;
      /** It is a disruption: its own doing or not, it would have run on. */
      readonly isDisruption?: boolean | undefined;
    }
  /** The API object has a deletionTimestamp; repeated when its grace period becomes shorter. */
  | { readonly type: 'pod.delete'; readonly graceSeconds: number }
  /** The API object is gone. */
  | { readonly type: 'pod.removed' };

/** A failed sync of a pod is tried again. Source: pod_workers.go backOffPeriod. */
const SYNC_RETRY_MS = 10_000;
/** A pod whose object vanished is stopped with the least grace. Source: pod_workers.go calculateEffectiveGracePeriod. */
const MIN_GRACE_SECONDS = 1;

const graceOf = ({ graceSeconds }: PodContext, asked: number): number =>
  Math.max(MIN_GRACE_SECONDS, Math.min(asked, graceSeconds));

const NO_CONTAINERS: NonNullable<PodInput['initContainers']> = [];
const initContainersOf = (context: PodContext) => context.initContainers ?? NO_CONTAINERS;

const haveEnded = (context: PodContext): boolean => context.containers.every((name) => name in context.ended);

const othersHaveEnded = ({ initContainers = NO_CONTAINERS, ephemeral, ended }: PodContext): boolean =>
  initContainers.every(({ name }) => name in ended) && ephemeral.every((name) => name in ended);

/** The sidecar that ends next: the last one that has not. */
export const nextSidecarToEnd = (context: PodContext): string | undefined =>
  initContainersOf(context).findLast(({ name, isSidecar }) => isSidecar && !(name in context.ended))?.name;

const initContainerOfTurn = (context: PodContext): string | undefined =>
  initContainersOf(context)[context.nextInitContainer]?.name;

export const podSetup = setup({
  types: {} as { context: PodContext; input: PodInput; events: PodEvent },
  delays: { syncRetryMs: SYNC_RETRY_MS },
  guards: {
    hasVolumes: ({ context }) => context.hasVolumes === true,
    hasInitContainers: ({ context }) => initContainersOf(context).length > 0,
    hasInitContainersToStart: ({ context }) => initContainerOfTurn(context) !== undefined,
    allContainersEnded: ({ context }) => haveEnded(context),
    nothingRuns: ({ context }) => haveEnded(context) && othersHaveEnded(context),
    allReset: ({ context }) =>
      haveEnded(context) && initContainersOf(context).every(({ name }) => name in context.ended),
    isEphemeral: ({ context, event }) => 'name' in event && context.ephemeral.includes(event.name),
    someStillRun: ({ context }) => !othersHaveEnded(context),
    sidecarMayEnd: ({ context }) => nextSidecarToEnd(context) !== undefined && haveEnded(context),
    isLastSidecar: ({ context, event }) =>
      event.type === 'container.terminated' && event.name === nextSidecarToEnd(context),
    wasEvicted: ({ context }) => context.eviction !== undefined,
    /** Nothing runs, and the API object is being deleted. */
    isOver: ({ context }) => context.isDeleted && haveEnded(context) && othersHaveEnded(context),
    allSucceeded: ({ context }) => context.containers.every((name) => context.ended[name] === 0),
    hasContainersToStart: ({ context }) => context.nextContainer < context.containers.length,
    isWhoseTurnItIs: ({ context, event }) =>
      (event.type === 'container.settled' || event.type === 'container.terminated') &&
      event.name === context.containers[context.nextContainer],
    isInitWhoseTurnItIs: ({ context, event }) =>
      'name' in event && event.name === initContainerOfTurn(context),
    initContainerFailed: ({ context, event }) =>
      event.type === 'container.terminated' &&
      event.exitCode !== 0 &&
      event.name === initContainerOfTurn(context),
    shortensGrace: ({ context, event }) =>
      event.type === 'pod.delete' && graceOf(context, event.graceSeconds) < context.graceSeconds,
  },
  actions: {
    /** Effect: check whether the node takes the pod; answer pod.admitted or pod.rejected. */
    admitPod: () => {},
    /** Effect: put the volumes in place; answer volumes.mounted when all are. */
    mountVolumes: () => {},
    /** Effect: make the sandbox; answer sandbox.ready or sandbox.failed. */
    createSandbox: () => {},
    /** Effect: release what the sandbox holds; answer sandbox.removed. */
    removeSandbox: () => {},
    /** Effect: the init container whose turn it is (`nextInitContainer`) may start. */
    startNextInitContainer: () => {},
    /** Effect: the container whose turn it is (`nextContainer`) may start. */
    startNextContainer: () => {},
    /** Effect: start the ephemeral container of the event. */
    startEphemeralContainer: () => {},
    /** Effect: stop all containers at once: preStop hooks, SIGTERM, SIGKILL after `graceSeconds`; their probes end. */
    stopContainers: () => {},
    /** Effect: those that the last sidecar outlives are gone. */
    releaseSidecar: () => {},
    /** Effect: stop and remove all containers but the ephemeral ones; each answers container.reset. */
    resetContainers: () => {},
    reportSandboxFailed: () => {},
    reportRejected: () => {},
    reportEvicted: () => {},
    /** Effect: the status of the pod has changed and must be written. */
    publishStatus: () => {},
    /** Effect: everything has stopped: write the last status and delete the API object. */
    deleteObject: () => {},
    /** Effect: forget the pod, with its logs. */
    cleanUp: () => {},

    takeNext: assign(({ context }) => ({ nextContainer: context.nextContainer + 1 })),
    takeNextInit: assign(({ context }) => ({ nextInitContainer: context.nextInitContainer + 1 })),
    startOver: assign({ nextContainer: 0, nextInitContainer: 0 }),
    recordEnd: assign(({ context, event }) =>
      event.type === 'container.terminated'
        ? { ended: { ...context.ended, [event.name]: event.exitCode } }
        : {},
    ),
    recordReset: assign(({ context, event }) =>
      event.type === 'container.reset' ? { ended: { ...context.ended, [event.name]: null } } : {},
    ),
    /** Ephemeral containers are not started again. */
    forgetEnds: assign(({ context }) => ({
      ended: Object.fromEntries(
        Object.entries(context.ended).filter(([name]) => context.ephemeral.includes(name)),
      ),
    })),
    recordAdded: assign(({ context, event }) =>
      event.type === 'container.added' ? { ephemeral: [...context.ephemeral, event.name] } : {},
    ),
    recordMessage: assign(({ event }) => ('message' in event ? { message: event.message } : {})),
    recordRejection: assign(({ event }) =>
      event.type === 'pod.rejected' ? { rejection: { reason: event.reason, message: event.message } } : {},
    ),
    recordEviction: assign(({ context, event }) =>
      event.type === 'pod.evict'
        ? {
            eviction: {
              reason: event.reason,
              message: event.message,
              isDisruption: event.isDisruption === true,
            },
            graceSeconds: graceOf(context, event.graceSeconds),
          }
        : {},
    ),
    /** Those that are left are stopped with the grace period of the spec. */
    recordOwnGrace: assign(({ context }) => ({
      graceSeconds: graceOf(context, context.terminationGracePeriodSeconds),
    })),
    recordGrace: assign(({ context, event }) => ({
      isDeleted: true,
      graceSeconds: graceOf(context, event.type === 'pod.delete' ? event.graceSeconds : MIN_GRACE_SECONDS),
    })),
  },
});
