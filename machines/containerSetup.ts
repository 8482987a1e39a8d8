/**
 * What the container chart decides and asks for. The chart itself, with its states, is machines/container.ts; what it
 * knows and hears, machines/containerEvents.ts.
 */
import { assign, setup } from 'xstate';
import {
  advancedCrashBackOff,
  advancedPullBackOff,
  crashBackOffRemainingMs,
  emptyBackOff,
  pullBackOffRemainingMs,
} from './containerBackOff.js';
import type { ContainerContext, ContainerEvent, ContainerInput, KillCause } from './containerEvents.js';
import {
  containerShouldRestart,
  matchingRestartRule,
  RESTARTING_ALL_CONTAINERS,
  restartsAfterProbeKill,
} from '../src/api/podStatus/index.js';

/** SIGKILL comes no earlier than this after SIGTERM. Source: kuberuntime_container.go minimumGracePeriodInSeconds. */
const MIN_GRACE_MS = 2_000;
/** A failed sync of a pod is tried again. Source: pod_workers.go backOffPeriod. */
const SYNC_RETRY_MS = 10_000;
/** A pod in back-off is synced, and its BackOff event sent, at least this often. Source: kubelet SyncFrequency. */
const BACK_OFF_REPORT_MS = 60_000;
/** The end of a container is noticed within this time. Source: kubelet.go plegRelistPeriod. */
const RELIST_MS = 1_000;
/** Exit code and text of a container that was removed. Source: kubelet_pods.go (spec node.md 2.3, 2.4). */
const REMOVED_EXIT_CODE = 137;
const REMOVED_MESSAGE = 'The container is removed because RestartAllContainers in place';

/** The restart count of the next instance. */
export const nextRestartCount = ({ attempts, hasRun, restartCount }: ContainerContext): number =>
  attempts === 0 && hasRun !== true ? restartCount : restartCount + 1;

const isFinal = (cause: KillCause | undefined): boolean => cause === 'deletion' || cause === 'podEnded';

/** Regular init containers and ephemeral ones run once; a sidecar always; the others as their policies say. */
const mayRestart = (context: ContainerContext): boolean => {
  const { role, killCause, exit } = context;
  const pod = { restartPolicy: context.podRestartPolicy };
  if (role === 'ephemeral') return false;
  if (role === 'sidecar' || killCause === 'changed') return true;
  if (role === 'init' && exit?.exitCode === 0 && exit.reason !== 'OOMKilled') return false;
  if (killCause === 'liveness' || killCause === 'startup') return restartsAfterProbeKill(context, pod);
  return containerShouldRestart(context, pod, exit?.exitCode ?? 0);
};

/** Time since the last step of stopping: of a hook that slept, how long it slept. */
const spentMs = (context: ContainerContext, event: ContainerEvent): number =>
  'at' in event ? event.at - context.graceFromMs : (context.preStop?.sleepMs ?? 0);

/** Whole seconds are taken off. Source: kuberuntime_container.go executePreStopHook. */
const remainingGraceMs = (context: ContainerContext, event: ContainerEvent): number =>
  Math.max(0, context.graceMs - Math.floor(spentMs(context, event) / 1000) * 1000);

export const containerSetup = setup({
  types: {} as { context: ContainerContext; input: ContainerInput; events: ContainerEvent },
  delays: {
    crashBackOffMs: ({ context }) =>
      Math.max(0, crashBackOffRemainingMs(context) - (context.killCause === 'postStart' ? RELIST_MS : 0)),
    backOffReportMs: BACK_OFF_REPORT_MS,
    relistMs: RELIST_MS,
    syncRetryMs: SYNC_RETRY_MS,
    pullBackOffMs: ({ context }) => pullBackOffRemainingMs(context.pullBackOff, SYNC_RETRY_MS),
    gracePeriodMs: ({ context }) => Math.max(context.graceMs, MIN_GRACE_MS),
    remainingGraceMs: ({ context }) => context.graceMs,
    postStartSleepMs: ({ context }) => context.postStart?.sleepMs ?? Infinity,
    preStopSleepMs: ({ context }) => context.preStop?.sleepMs ?? Infinity,
  },
  guards: {
    endsForGood: ({ context }) => isFinal(context.killCause),
    mustNotRestart: ({ context }) => !mayRestart(context),
    inCrashBackOff: ({ context }) => crashBackOffRemainingMs(context) > 0,
    inPullBackOff: ({ context }) => context.pullBackOff.delayMs > SYNC_RETRY_MS,
    killIsFinal: ({ event }) => event.type === 'container.kill' && isFinal(event.cause),
    killWasRequested: ({ context }) => context.killCause !== undefined,
    hasPostStart: ({ context }) => context.postStart !== undefined,
    postStartFailed: ({ context }) => context.killCause === 'postStart',
    wasFoundRunning: ({ context }) => context.found === 'running',
    wasFoundEnded: ({ context }) => context.found === 'ended',
    killsWhatWasFound: ({ context, event }) =>
      context.found === 'running' && event.type === 'container.kill' && isFinal(event.cause),
    endedBefore: ({ context }) =>
      context.inherited !== undefined && context.attempts === 0 && !mayRestart(context),
    hasInstance: ({ context }) => context.attempts > 0,
    isReset: ({ context }) => context.killCause === 'restartAll',
    ruleRestartsAll: ({ context }) =>
      context.killCause === undefined &&
      matchingRestartRule(context, context.exit?.exitCode ?? 0)?.action === 'RestartAllContainers',
    runsPreStop: ({ context }) => context.preStop !== undefined && context.graceMs > 0,
    awaitsOrder: ({ context, event }) =>
      context.role === 'sidecar' &&
      !context.isReleased &&
      isFinal(context.killCause) &&
      remainingGraceMs(context, event) > 0,
    shortensGrace: ({ context, event }) =>
      event.type === 'container.kill' &&
      event.graceMs < context.graceMs &&
      (isFinal(event.cause) || !isFinal(context.killCause)),
  },
  actions: {
    // Effects: requests to the runtime.
    pullImage: () => {},
    createContainer: () => {},
    startContainer: () => {},
    /** Answer hook.succeeded or hook.failed; nothing to do for a hook that only sleeps. */
    runPostStart: () => {},
    runPreStop: () => {},
    sendSigterm: () => {},
    sendSigkill: () => {},
    // Effects: events of the API.
    reportBackOff: () => {},
    reportPullFailed: () => {},
    reportPullBackOff: () => {},
    reportAbsentImage: () => {},
    reportInvalidImage: () => {},
    reportConfigFailed: () => {},
    reportStarted: () => {},
    reportStartFailed: () => {},
    reportPostStartFailed: () => {},
    reportPreStopFailed: () => {},
    reportKilling: () => {},
    // Effects: news for the pod and the probes.
    announceStarted: () => {},
    announceStopped: () => {},
    announceWaiting: () => {},
    announceTerminated: () => {},
    /** A restart rule asks for all containers of the pod to begin anew. */
    announceRestartAll: () => {},
    /** The container is as new, and waits for its start. */
    announceReset: () => {},

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
            restartCount: nextRestartCount(context),
            attempts: context.attempts + 1,
            message: undefined,
          }
        : {},
    ),
    recordFound: assign(({ context, event }) =>
      event.type === 'container.found'
        ? {
            containerId: event.containerId,
            imageRef: event.imageRef,
            restartCount: event.restartCount,
            startedAtMs: event.startedAt,
            exit: event.exit ?? event.previousExit,
            previousExit: event.exit === undefined ? undefined : event.previousExit,
            attempts: context.attempts + 1,
            found: event.exit === undefined ? ('running' as const) : ('ended' as const),
          }
        : {},
    ),
    recordFoundEnd: assign(({ context, event }) => {
      if (event.type !== 'container.exited') return {};
      const { type: _type, at: _at, ...exit } = event;
      return { exit, previousExit: context.exit, found: 'ended' as const };
    }),
    /** From now on it is an instance like any other. */
    takeFound: assign({ found: undefined }),
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
    recordHookFailure: assign(({ context, event }) =>
      event.type === 'hook.failed'
        ? {
            message: event.message,
            killCause: 'postStart' as const,
            graceMs: context.terminationGraceMs ?? MIN_GRACE_MS,
            graceFromMs: event.at,
          }
        : {},
    ),
    recordKill: assign(({ event }) =>
      event.type === 'container.kill'
        ? { killCause: event.cause, graceMs: event.graceMs, graceFromMs: event.at }
        : {},
    ),
    /** A final kill wins over a kill by a probe, without changing the grace period that runs. */
    recordFinalKill: assign(({ event }) =>
      event.type === 'container.kill' ? { killCause: event.cause } : {},
    ),
    recordReset: assign({ killCause: 'restartAll' as const, graceMs: 0 }),
    recordRelease: assign({ isReleased: true }),
    /** Another image: its back-offs begin anew. */
    recordImageName: assign(({ event }) =>
      event.type === 'container.changed'
        ? { image: event.image, crashBackOff: emptyBackOff, pullBackOff: emptyBackOff }
        : {},
    ),
    recordChange: assign(({ context, event }) =>
      event.type === 'container.changed'
        ? {
            killCause: 'changed' as const,
            graceMs: context.terminationGraceMs ?? MIN_GRACE_MS,
            graceFromMs: event.at,
          }
        : {},
    ),
    /** As if it had been removed: what ended before is not looked at for a back-off. */
    forgetInstance: assign(({ context }) => ({
      killCause: undefined,
      message: REMOVED_MESSAGE,
      exit: {
        containerId: '',
        exitCode: REMOVED_EXIT_CODE,
        reason: RESTARTING_ALL_CONTAINERS,
        message: REMOVED_MESSAGE,
        startedAt: context.exit?.startedAt ?? context.startedAtMs,
        finishedAt: context.exit?.finishedAt ?? context.startedAtMs,
      },
    })),
    spendGrace: assign(({ context, event }) => ({
      graceMs: remainingGraceMs(context, event),
      graceFromMs: context.graceFromMs + spentMs(context, event),
    })),
    exhaustGrace: assign({ graceMs: 0 }),
    advanceCrashBackOff: assign(({ context }) => ({
      crashBackOff: advancedCrashBackOff(context),
      killCause: undefined,
    })),
  },
});
