/**
 * One container of one pod, over all its instances: pulled, created, run, killed, restarted with back-off.
 *
 * Restart policy is a guard; back-offs and grace periods are delayed transitions; what guards and delays mean stands in
 * machines/containerSetup.ts. Effects are requests to the container runtime, which answers with events.
 *
 * Models: pkg/kubelet/kuberuntime (startContainer, doBackOff, killContainer), pkg/kubelet/images (v1.36).
 */
import { emptyBackOff } from './containerBackOff.js';
import { containerSetup } from './containerSetup.js';

export type { ContainerContext, ContainerEvent, ContainerInput, KillCause } from './containerSetup.js';

export const containerMachine = containerSetup.createMachine({
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
          description: 'The image is fetched, or found on the node.',
          entry: 'pullImage',
          on: {
            'image.pulled': { target: 'creating', actions: 'recordImage' },
            'image.pullFailed': { target: 'ErrImagePull', actions: 'recordPullFailure' },
            'image.absent': { target: 'ErrImageNeverPull', actions: 'recordMessage' },
          },
        },
        ErrImagePull: {
          description: 'The pull has failed; it is tried again with the next sync.',
          entry: ['reportPullFailed', 'announceWaiting'],
          after: {
            syncRetryMs: [{ guard: 'inPullBackOff', target: 'ImagePullBackOff' }, { target: 'pulling' }],
          },
        },
        ImagePullBackOff: {
          description: 'Pulls have failed repeatedly: 10, 20, 40 … 300 s between them.',
          entry: ['reportPullBackOff', 'announceWaiting'],
          after: { pullBackOffMs: 'pulling' },
        },
        ErrImageNeverPull: {
          description: 'The image is not on the node, and may not be pulled.',
          entry: ['reportAbsentImage', 'announceWaiting'],
          after: { syncRetryMs: 'pulling' },
        },
        creating: {
          description: 'Environment and references are resolved, and the instance is created.',
          entry: 'createContainer',
          on: {
            'container.created': { target: 'starting', actions: 'recordCreated' },
            'container.configFailed': { target: 'CreateContainerConfigError', actions: 'recordMessage' },
            'container.createFailed': { target: 'CreateContainerError', actions: 'recordMessage' },
          },
        },
        CreateContainerConfigError: {
          description: 'Something that the container refers to is missing.',
          entry: ['reportConfigFailed', 'announceWaiting'],
          after: { syncRetryMs: 'pulling' },
        },
        CreateContainerError: {
          description: 'The runtime could not create the instance.',
          entry: ['reportConfigFailed', 'announceWaiting'],
          after: { syncRetryMs: 'pulling' },
        },
        starting: {
          description: 'The process is being started.',
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
              description: 'The back-off is told again every minute.',
              entry: 'reportBackOff',
              after: { backOffReportMs: { target: 'reporting', reenter: true } },
            },
          },
        },
      },
    },
    running: {
      description: 'The process runs.',
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
          description: 'SIGTERM was sent; the grace period runs.',
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
