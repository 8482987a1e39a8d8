/**
 * One container of one pod, over all its instances: pulled, created, run, killed, restarted with back-off.
 *
 * Restart policy is a guard; back-offs and grace periods are delayed transitions. Effects are requests to the container
 * runtime, which answers with events. Times in events are ms since the epoch.
 *
 * Models: pkg/kubelet/kuberuntime (startContainer, doBackOff, killContainer), pkg/kubelet/images (v1.36).
 */
import { assign, setup } from 'xstate';
import {
  advancedCrashBackOff,
  advancedPullBackOff,
  crashBackOffRemainingMs,
  emptyBackOff,
  pullBackOffRemainingMs,
  shouldRestart,
  type BackOff,
  type ContainerExit,
  type RestartRule,
} from './containerBackOff.js';

export interface ContainerInput {
  readonly name: string;
  readonly image: string;
  /** Effective policy of this container (its own, or the pod's). */
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly restartRules: readonly RestartRule[];
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

const wasKilledByProbe = (context: ContainerContext): boolean =>
  context.killCause === 'liveness' || context.killCause === 'startup';

export const containerMachine = setup({
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
    mustNotRestart: ({ context }) =>
      wasKilledByProbe(context) ? context.restartPolicy === 'Never' : !shouldRestart(context, context.exit),
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
}).createMachine({
  id: 'container',
  description: 'One container of a pod over all its instances: pulled, created, run, killed and restarted.',
  context: ({ input }) => ({
    ...input,
    containerId: undefined,
    imageRef: undefined,
    startedAtMs: 0,
    exit: undefined,
    previousExit: undefined,
    crashBackOff: emptyBackOff,
    pullBackOff: emptyBackOff,
    message: undefined,
    killCause: undefined,
    graceMs: 0,
    attempts: 0,
  }),
  initial: 'waiting',
  states: {
    waiting: {
      description: 'No instance runs. The names of the states are the reasons that the API shows.',
      initial: 'ContainerCreating',
      on: {
        'container.kill': {
          guard: 'killIsFinal',
          target: 'terminated',
          actions: 'recordKill',
          description: 'The pod ends before this container could (re)start.',
        },
      },
      states: {
        ContainerCreating: {
          description: 'Waits for its turn: the containers of a pod are started one after the other.',
          on: { 'container.start': 'pulling' },
        },
        pulling: {
          entry: 'pullImage',
          on: {
            'image.pulled': { target: 'creating', actions: 'recordImage' },
            'image.pullFailed': { target: 'ErrImagePull', actions: 'recordPullFailure' },
            'image.absent': { target: 'ErrImageNeverPull', actions: 'recordMessage' },
          },
        },
        ErrImagePull: {
          entry: ['reportPullFailed', 'announceWaiting'],
          after: {
            syncRetryMs: [{ guard: 'inPullBackOff', target: 'ImagePullBackOff' }, { target: 'pulling' }],
          },
        },
        ImagePullBackOff: {
          entry: ['reportPullBackOff', 'announceWaiting'],
          after: { pullBackOffMs: 'pulling' },
        },
        ErrImageNeverPull: {
          entry: ['reportAbsentImage', 'announceWaiting'],
          after: { syncRetryMs: 'pulling' },
        },
        creating: {
          entry: 'createContainer',
          on: {
            'container.created': { target: 'starting', actions: 'recordCreated' },
            'container.configFailed': { target: 'CreateContainerConfigError', actions: 'recordMessage' },
            'container.createFailed': { target: 'CreateContainerError', actions: 'recordMessage' },
          },
        },
        CreateContainerConfigError: {
          entry: ['reportConfigFailed', 'announceWaiting'],
          after: { syncRetryMs: 'pulling' },
        },
        CreateContainerError: {
          entry: ['reportConfigFailed', 'announceWaiting'],
          after: { syncRetryMs: 'pulling' },
        },
        starting: {
          entry: 'startContainer',
          on: {
            'container.started': [
              {
                guard: 'killWasRequested',
                target: '#container.stopping',
                actions: ['recordStarted', 'reportStarted', 'announceStarted'],
              },
              {
                target: '#container.running',
                actions: ['recordStarted', 'reportStarted', 'announceStarted'],
              },
            ],
            'container.startFailed': {
              target: '#container.exited',
              actions: ['recordStartError', 'reportStartFailed'],
            },
            'container.kill': {
              actions: 'recordKill',
              description: 'An instance is on its way: it is stopped as soon as it runs.',
            },
          },
        },
        CrashLoopBackOff: {
          description: 'The last instance ended; the next one waits for the back-off: 10, 20, 40 … 300 s.',
          entry: 'announceWaiting',
          after: { crashBackOffMs: { target: 'pulling', actions: 'advanceCrashBackOff' } },
          initial: 'reporting',
          states: {
            reporting: {
              entry: 'reportBackOff',
              after: { backOffReportMs: { target: 'reporting', reenter: true } },
            },
          },
        },
      },
    },
    running: {
      on: {
        'container.exited': { target: 'exited', actions: 'recordExit' },
        'container.kill': { target: 'stopping', actions: ['recordKill', 'reportKilling'] },
      },
    },
    stopping: {
      description: 'Asked to end, then made to.',
      initial: 'sigterm',
      on: { 'container.exited': { target: 'exited', actions: 'recordExit' } },
      states: {
        sigterm: {
          entry: 'sendSigterm',
          after: { gracePeriodMs: 'sigkill' },
          on: {
            'container.kill': [
              {
                guard: 'shortensGrace',
                target: 'sigterm',
                reenter: true,
                actions: 'recordKill',
                description: 'A grace period can only become shorter.',
              },
              { guard: 'killIsFinal', actions: 'recordFinalKill' },
            ],
          },
        },
        sigkill: {
          entry: 'sendSigkill',
          on: { 'container.kill': { guard: 'killIsFinal', actions: 'recordFinalKill' } },
        },
      },
    },
    exited: {
      description: 'An instance has ended: restart policy and back-off decide.',
      entry: 'announceStopped',
      always: [
        { guard: 'endsForGood', target: 'terminated' },
        { guard: 'mustNotRestart', target: 'terminated' },
        { guard: 'inCrashBackOff', target: 'waiting.CrashLoopBackOff' },
        { target: 'waiting.pulling', actions: 'advanceCrashBackOff' },
      ],
    },
    terminated: {
      description: 'Ended, and will not run again.',
      entry: 'announceTerminated',
    },
  },
});
