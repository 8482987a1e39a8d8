/**
 * The vocabulary of the container chart: what it knows, hears, decides and asks for. The chart itself, with its states,
 * is machines/container.ts. Times in events are ms since the epoch.
 */
import { assign, setup } from 'xstate';
import {
  advancedCrashBackOff,
  advancedPullBackOff,
  crashBackOffRemainingMs,
  pullBackOffRemainingMs,
  type BackOff,
  type ContainerExit,
} from './containerBackOff.js';
import {
  containerShouldRestart,
  restartsAfterProbeKill,
  type RestartFields,
} from '../src/api/podStatus/index.js';

/** `restartPolicy` and `restartPolicyRules` are those of the container itself, if it has any. */
export interface ContainerInput extends RestartFields {
  readonly name: string;
  readonly image: string;
  readonly podRestartPolicy: string;
  /** Restarts counted before this actor began (a node agent that comes back). */
  readonly restartCount: number;
  readonly crashBackOffMaxMs: number;
}

export type KillCause = 'liveness' | 'startup' | 'deletion' | 'podEnded';

export interface ContainerContext extends ContainerInput {
  readonly containerId: string | undefined;
  readonly imageRef: string | undefined;
  readonly startedAtMs: number;
  /** The instance that ended last, and the one before it. */
  readonly exit: ContainerExit | undefined;
  readonly previousExit: ContainerExit | undefined;
  readonly crashBackOff: BackOff;
  readonly pullBackOff: BackOff;
  /** Why the container waits, beside its state: text for the status. */
  readonly message: string | undefined;
  readonly killCause: KillCause | undefined;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** How many instances were created. */
  readonly attempts: number;
}

export type ContainerEvent =
  | { readonly type: 'container.start'; readonly at: number }
  | { readonly type: 'image.pulled'; readonly at: number; readonly imageRef: string }
  | { readonly type: 'image.pullFailed'; readonly at: number; readonly message: string }
  | { readonly type: 'image.absent'; readonly at: number; readonly message: string }
  | {
      readonly type: 'container.created';
      readonly at: number;
      readonly containerId: string;
      readonly imageRef: string;
    }
  | { readonly type: 'container.configFailed'; readonly at: number; readonly message: string }
  | { readonly type: 'container.createFailed'; readonly at: number; readonly message: string }
  | { readonly type: 'container.started'; readonly at: number; readonly startedAt: number }
  | { readonly type: 'container.startFailed'; readonly at: number; readonly message: string }
  | ({ readonly type: 'container.exited'; readonly at: number } & ContainerExit)
  /** Stop it: SIGTERM, and SIGKILL when `graceMs` is over. */
  | {
      readonly type: 'container.kill';
      readonly at: number;
      readonly cause: KillCause;
      readonly graceMs: number;
    };

/** SIGKILL comes no earlier than this after SIGTERM. Source: kuberuntime_container.go minimumGracePeriodInSeconds. */
const MIN_GRACE_MS = 2_000;
/** A failed sync of a pod is tried again. Source: pod_workers.go backOffPeriod. */
const SYNC_RETRY_MS = 10_000;
/** A pod in back-off is synced, and its BackOff event sent, at least this often. Source: kubelet SyncFrequency. */
const BACK_OFF_REPORT_MS = 60_000;

const endsForGood = (context: ContainerContext): boolean =>
  context.killCause === 'deletion' || context.killCause === 'podEnded';

const mayRestart = (context: ContainerContext): boolean => {
  const pod = { restartPolicy: context.podRestartPolicy };
  if (context.killCause !== undefined) return restartsAfterProbeKill(context, pod);
  return containerShouldRestart(context, pod, context.exit?.exitCode ?? 0);
};

export const containerSetup = setup({
  types: {} as { context: ContainerContext; input: ContainerInput; events: ContainerEvent },
  delays: {
    crashBackOffMs: ({ context }) => crashBackOffRemainingMs(context),
    backOffReportMs: BACK_OFF_REPORT_MS,
    syncRetryMs: SYNC_RETRY_MS,
    pullBackOffMs: ({ context }) => pullBackOffRemainingMs(context.pullBackOff, SYNC_RETRY_MS),
    gracePeriodMs: ({ context }) => Math.max(context.graceMs, MIN_GRACE_MS),
  },
  guards: {
    endsForGood: ({ context }) => endsForGood(context),
    mustNotRestart: ({ context }) => !mayRestart(context),
    inCrashBackOff: ({ context }) => crashBackOffRemainingMs(context) > 0,
    inPullBackOff: ({ context }) => context.pullBackOff.delayMs > SYNC_RETRY_MS,
    killIsFinal: ({ event }) =>
      event.type === 'container.kill' && (event.cause === 'deletion' || event.cause === 'podEnded'),
    killWasRequested: ({ context }) => context.killCause !== undefined,
    shortensGrace: ({ context, event }) => event.type === 'container.kill' && event.graceMs < context.graceMs,
  },
  actions: {
    // Effects: requests to the runtime.
    pullImage: () => {},
    createContainer: () => {},
    startContainer: () => {},
    sendSigterm: () => {},
    sendSigkill: () => {},
    // Effects: events of the API.
    reportBackOff: () => {},
    reportPullFailed: () => {},
    reportPullBackOff: () => {},
    reportAbsentImage: () => {},
    reportConfigFailed: () => {},
    reportStarted: () => {},
    reportStartFailed: () => {},
    reportKilling: () => {},
    // Effects: news for the pod and the probes.
    announceStarted: () => {},
    announceStopped: () => {},
    announceWaiting: () => {},
    announceTerminated: () => {},

    recordImage: assign(({ event }) =>
      event.type === 'image.pulled' ? { imageRef: event.imageRef, message: undefined } : {},
    ),
    recordPullFailure: assign(({ context, event }) =>
      event.type === 'image.pullFailed'
        ? { message: event.message, pullBackOff: advancedPullBackOff(context.pullBackOff, event.at) }
        : {},
    ),
    recordMessage: assign(({ event }) => ('message' in event ? { message: event.message } : {})),
    recordCreated: assign(({ context, event }) =>
      event.type === 'container.created'
        ? {
            containerId: event.containerId,
            imageRef: event.imageRef,
            restartCount: context.attempts === 0 ? context.restartCount : context.restartCount + 1,
            attempts: context.attempts + 1,
            message: undefined,
          }
        : {},
    ),
    recordStarted: assign(({ event }) =>
      event.type === 'container.started' ? { startedAtMs: event.startedAt } : {},
    ),
    recordExit: assign(({ context, event }) => {
      if (event.type !== 'container.exited') return {};
      const { type: _type, at: _at, ...exit } = event;
      return { exit, previousExit: context.exit };
    }),
    recordStartError: assign(({ context, event }) =>
      event.type === 'container.startFailed'
        ? {
            previousExit: context.exit,
            exit: {
              containerId: context.containerId ?? '',
              exitCode: 128,
              reason: 'StartError',
              message: event.message,
              startedAt: 0,
              finishedAt: event.at,
            },
          }
        : {},
    ),
    recordKill: assign(({ event }) =>
      event.type === 'container.kill' ? { killCause: event.cause, graceMs: event.graceMs } : {},
    ),
    /** A final kill wins over a kill by a probe, without changing the grace period that runs. */
    recordFinalKill: assign(({ event }) =>
      event.type === 'container.kill' ? { killCause: event.cause } : {},
    ),
    advanceCrashBackOff: assign(({ context }) => ({
      crashBackOff: advancedCrashBackOff(context),
      killCause: undefined,
    })),
  },
});
