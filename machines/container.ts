/**
 * One container of one pod, over all its instances: pulled, created, run, killed, restarted with back-off.
 *
 * Restart policy is a guard; back-offs, grace periods and sleeps of hooks are delayed transitions; what guards and delays
 * mean stands in machines/containerSetup.ts, and the states in which nothing runs in machines/containerWaiting.ts. Effects are requests to the container runtime, which answers with events.
 *
 * Models: pkg/kubelet/kuberuntime (startContainer, doBackOff, killContainer), pkg/kubelet/images (v1.36).
 */
import { emptyBackOff } from './containerBackOff.js';
import { containerSetup } from './containerSetup.js';
import { waitingState } from './containerWaiting.js';

export { nextRestartCount } from './containerSetup.js';

export type {
  ContainerContext,
  ContainerEvent,
  ContainerHook,
  ContainerInput,
  ContainerRole,
  KillCause,
} from './containerEvents.js';

/** The preStop hook is over. */
const afterPreStop = <A extends readonly unknown[]>(...actions: A) =>
  [
    { guard: 'awaitsOrder', target: 'ordering', actions: [...actions, 'spendGrace'] },
    { target: 'sigterm', actions: [...actions, 'spendGrace'] },
  ] as const;

/** What may happen to a container whose process runs, hook or not. */
const WHILE_IT_RUNS = {
  'container.exited': { target: 'exited', actions: 'recordExit' },
  'container.kill': { target: 'stopping', actions: ['recordKill', 'reportKilling'] },
  'container.reset': { target: 'stopping', actions: ['recordReset', 'reportKilling'] },
  'container.changed': { target: 'stopping', actions: ['recordImageName', 'recordChange', 'reportKilling'] },
} as const;

export const containerMachine = containerSetup.createMachine({
  id: 'container',
  description: 'One container of a pod over all its instances: pulled, created, run, killed and restarted.',
  // Field by field: a spread costs several times as much, for each of thousands of containers.
  context: ({ input }) => ({
    name: input.name,
    image: input.image,
    role: input.role,
    restartPolicy: input.restartPolicy,
    restartPolicyRules: input.restartPolicyRules,
    podRestartPolicy: input.podRestartPolicy,
    restartCount: input.restartCount,
    hasRun: input.hasRun,
    crashBackOffMaxMs: input.crashBackOffMaxMs,
    terminationGraceMs: input.terminationGraceMs,
    postStart: input.postStart,
    preStop: input.preStop,
    inherited: input.inherited,
    containerId: undefined,
    imageRef: undefined,
    startedAtMs: 0,
    exit: input.inherited,
    previousExit: undefined,
    crashBackOff: emptyBackOff,
    pullBackOff: emptyBackOff,
    message: undefined,
    killCause: undefined,
    graceMs: 0,
    graceFromMs: 0,
    isReleased: false,
    attempts: 0,
    found: undefined,
  }),
  initial: 'waiting',
  on: {
    'container.release': { actions: 'recordRelease' },
    'container.changed': { actions: 'recordImageName' },
  },
  states: {
    waiting: waitingState,
    postStart: {
      description:
        'The process runs, and its hook: until that has ended the container does not count as running.',
      entry: 'runPostStart',
      after: { postStartSleepMs: { target: 'running', actions: 'announceStarted' } },
      on: {
        ...WHILE_IT_RUNS,
        'hook.succeeded': { target: 'running', actions: 'announceStarted' },
        'hook.failed': {
          target: 'stopping',
          actions: ['recordHookFailure', 'reportPostStartFailed', 'reportKilling'],
        },
      },
    },
    running: { description: 'The process runs.', on: WHILE_IT_RUNS },
    stopping: {
      description: 'Asked to end, then made to: within one grace period.',
      initial: 'deciding',
      on: {
        'container.exited': { target: 'exited', actions: 'recordExit' },
        'container.kill': [
          {
            guard: 'shortensGrace',
            target: '.sigterm',
            reenter: true,
            actions: 'recordKill',
            description: 'A grace period can only become shorter.',
          },
          { guard: 'killIsFinal', actions: 'recordFinalKill' },
        ],
      },
      states: {
        deciding: {
          description: 'First the hook, then the others that must go before.',
          always: [
            { guard: 'runsPreStop', target: 'preStop' },
            { guard: 'awaitsOrder', target: 'ordering' },
            { target: 'sigterm' },
          ],
        },
        preStop: {
          description: 'The hook runs, at most until the grace period is over.',
          entry: 'runPreStop',
          after: {
            preStopSleepMs: afterPreStop(),
            remainingGraceMs: { target: 'sigterm', actions: 'exhaustGrace' },
          },
          on: {
            'hook.succeeded': afterPreStop(),
            'hook.failed': afterPreStop('reportPreStopFailed'),
            'container.kill': [
              {
                guard: 'shortensGrace',
                target: 'preStop',
                reenter: true,
                actions: 'recordKill',
                description: 'Stopping begins anew with less time, hook and all.',
              },
              { guard: 'killIsFinal', actions: 'recordFinalKill' },
            ],
          },
        },
        ordering: {
          description: 'A sidecar outlives the containers that it serves.',
          after: { remainingGraceMs: { target: 'sigterm', actions: 'exhaustGrace' } },
          on: {
            'container.release': { target: 'sigterm', actions: ['recordRelease', 'spendGrace'] },
            'container.kill': {
              guard: 'shortensGrace',
              target: 'ordering',
              reenter: true,
              actions: 'recordKill',
            },
          },
        },
        sigterm: {
          description: 'SIGTERM was sent; what is left of the grace period runs.',
          entry: 'sendSigterm',
          after: { gracePeriodMs: 'sigkill' },
        },
        sigkill: {
          description: 'The grace period is over.',
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
        { guard: 'isReset', target: 'waiting.RestartingAllContainers' },
        {
          guard: 'ruleRestartsAll',
          target: 'waiting.RestartingAllContainers',
          actions: 'announceRestartAll',
        },
        { guard: 'mustNotRestart', target: 'terminated' },
        { guard: 'postStartFailed', target: 'waiting.PostStartHookError' },
        { guard: 'inCrashBackOff', target: 'waiting.CrashLoopBackOff' },
        { target: 'waiting.pulling', actions: 'advanceCrashBackOff' },
      ],
    },
    terminated: {
      description: 'Ended, and will not run again; unless all containers of the pod begin anew.',
      entry: 'announceTerminated',
      on: {
        'container.reset': [
          { guard: 'endsForGood', description: 'The pod itself has ended.' },
          { target: 'waiting.RestartingAllContainers' },
        ],
      },
    },
  },
});
