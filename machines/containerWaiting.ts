/**
 * The part of the container chart (machines/container.ts) in which no instance runs: the way to one, and what is in the
 * way. The names of the states are the reasons that the API shows.
 */
import { containerSetup } from './containerSetup.js';

const RUN = ['recordStarted', 'reportStarted', 'announceStarted'] as const;

/** Another image while an instance is on its way: known to the next one. */
const NOTE_IMAGE = { 'container.changed': { actions: 'recordImageName' } } as const;

export const waitingState = containerSetup.createStateConfig({
  description: 'No instance runs. The names of the states are the reasons that the API shows.',
  initial: 'ContainerCreating',
  on: {
    'container.kill': {
      guard: 'killIsFinal',
      target: 'terminated',
      actions: 'recordKill',
      description: 'The pod ends before this container could (re)start.',
    },
    'container.reset': [
      { guard: 'hasInstance', target: '.RestartingAllContainers' },
      { target: '.ContainerCreating', actions: 'announceReset' },
    ],
    'container.changed': {
      target: '.pulling',
      actions: ['recordImageName', 'advanceCrashBackOff'],
      description: 'Another image: it is tried at once.',
    },
  },
  states: {
    ContainerCreating: {
      description: 'Waits for its turn: the containers of a pod are started one after the other.',
      on: {
        'container.found': { actions: 'recordFound' },
        'container.exited': { guard: 'wasFoundRunning', actions: 'recordFoundEnd' },
        'container.kill': {
          guard: 'killsWhatWasFound',
          target: '#container.stopping',
          actions: ['takeFound', 'recordKill', 'reportKilling'],
        },
        'container.start': [
          {
            guard: 'wasFoundRunning',
            target: '#container.running',
            actions: ['takeFound', 'announceStarted'],
            description: 'The agent comes back to an instance that runs.',
          },
          { guard: 'wasFoundEnded', target: '#container.exited', actions: 'takeFound' },
          {
            guard: 'endedBefore',
            target: '#container.terminated',
            description: 'It ended for good under an earlier life of the node.',
          },
          { target: 'pulling' },
        ],
        ...NOTE_IMAGE,
      },
    },
    pulling: {
      description: 'The image is fetched, or found on the node.',
      entry: 'pullImage',
      on: {
        'image.pulled': { target: 'creating', actions: 'recordImage' },
        'image.pullFailed': { target: 'ErrImagePull', actions: 'recordPullFailure' },
        'image.absent': { target: 'ErrImageNeverPull', actions: 'recordMessage' },
        'image.invalid': { target: 'InvalidImageName', actions: 'recordMessage' },
        ...NOTE_IMAGE,
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
    InvalidImageName: {
      description: 'The name of the image cannot be read.',
      entry: ['reportInvalidImage', 'announceWaiting'],
      after: { syncRetryMs: 'pulling' },
    },
    creating: {
      description: 'Environment and references are resolved, and the instance is created.',
      entry: 'createContainer',
      on: {
        'container.created': { target: 'starting', actions: 'recordCreated' },
        'container.configFailed': { target: 'CreateContainerConfigError', actions: 'recordMessage' },
        'container.createFailed': { target: 'CreateContainerError', actions: 'recordMessage' },
        ...NOTE_IMAGE,
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
          { guard: 'killWasRequested', target: '#container.stopping', actions: RUN },
          {
            guard: 'hasPostStart',
            target: '#container.postStart',
            actions: ['recordStarted', 'reportStarted'],
          },
          { target: '#container.running', actions: RUN },
        ],
        'container.startFailed': {
          target: '#container.exited',
          actions: ['recordStartError', 'reportStartFailed'],
        },
        'container.kill': {
          actions: 'recordKill',
          description: 'An instance is on its way: it is stopped as soon as it runs.',
        },
        'container.reset': { actions: 'recordReset' },
        ...NOTE_IMAGE,
      },
    },
    PostStartHookError: {
      description: 'The hook has failed, and the instance was stopped.',
      entry: 'announceWaiting',
      after: {
        relistMs: [
          { guard: 'inCrashBackOff', target: 'CrashLoopBackOff' },
          { target: 'pulling', actions: 'advanceCrashBackOff' },
        ],
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
    RestartingAllContainers: {
      description: 'All containers of the pod begin anew; this one waits for its turn.',
      entry: ['forgetInstance', 'announceReset'],
      on: {
        'container.start': 'pulling',
        'container.reset': {},
        ...NOTE_IMAGE,
      },
    },
  },
});
