import { containerMachine, type ContainerContext, type ContainerEvent } from '../../../../machines/index.js';
import { planFor, type Seen } from '../plan.js';

const LONG_MS = 700_000;

const container = {
  name: 'app',
  image: 'app:1',
  podRestartPolicy: 'Always',
  restartCount: 0,
  crashBackOffMaxMs: 20_000,
};

const isFinal = ({ killCause }: ContainerContext): boolean =>
  killCause === 'deletion' || killCause === 'podEnded';

const exit = ({ context, nowMs: at }: Seen<typeof containerMachine>, exitCode: number): ContainerEvent => ({
  type: 'container.exited',
  at,
  containerId: context.containerId ?? '',
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  startedAt: context.startedAtMs,
  finishedAt: at,
});

export const paths = planFor(containerMachine)({
  inputs: {
    // Long enough to report the back-off a second time, after 60 s.
    Always: { ...container, crashBackOffMaxMs: 80_000 },
    OnFailure: { ...container, podRestartPolicy: 'OnFailure' },
    Never: { ...container, podRestartPolicy: 'Never' },
    'with hooks': {
      ...container,
      podRestartPolicy: 'OnFailure',
      terminationGraceMs: 30_000,
      postStart: {},
      preStop: {},
    },
    'a sidecar with hooks that sleep': {
      ...container,
      role: 'sidecar',
      restartPolicy: 'Always',
      postStart: { sleepMs: 1_500 },
      preStop: { sleepMs: 3_500 },
    },
    'an init container': { ...container, role: 'init' },
    'an ephemeral container': { ...container, role: 'ephemeral' },
    'with a rule': {
      ...container,
      restartPolicy: 'Never',
      restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }],
    },
  },
  events: (seen) => {
    const at = seen.nowMs;
    const runs = seen.is('running') || seen.is('postStart') || seen.is('stopping');
    return [
      { type: 'container.start', at },
      { type: 'image.pulled', at, imageRef: 'app@sha' },
      { type: 'image.pullFailed', at, message: 'no such host' },
      { type: 'image.absent', at, message: 'not present with pull policy of Never' },
      { type: 'container.created', at, containerId: 'c', imageRef: 'app@sha' },
      { type: 'container.configFailed', at, message: 'configmap "a" not found' },
      { type: 'container.createFailed', at, message: 'no space left' },
      { type: 'container.started', at, startedAt: at },
      { type: 'container.startFailed', at, message: 'no such file' },
      { type: 'image.invalid', at, message: "couldn't parse image name" },
      ...(runs ? [exit(seen, 0), exit(seen, 1)] : []),
      ...(seen.is('postStart') || seen.is('stopping.preStop')
        ? [
            { type: 'hook.succeeded' as const, at },
            { type: 'hook.failed' as const, at, message: 'the hook has failed' },
          ]
        : []),
      { type: 'container.release', at },
      { type: 'container.reset', at },
      { type: 'container.changed', at, image: 'app:2' },
      // A probe kills only what runs.
      ...(seen.is('running') || seen.is('stopping')
        ? [{ type: 'container.kill' as const, at, cause: 'liveness' as const, graceMs: 30_000 }]
        : []),
      { type: 'container.kill', at, cause: 'deletion', graceMs: 30_000 },
      { type: 'container.kill', at, cause: 'deletion', graceMs: 5_000 },
    ];
  },
  waits: ({ is }) => (is('running') ? [LONG_MS] : is('stopping') ? [1_200] : []),
  abstraction: ({ context, nowMs }) => [
    context.killCause,
    context.graceMs,
    context.isReleased,
    nowMs - context.graceFromMs >= 1_000,
    context.image,
    context.exit?.reason,
    context.exit?.exitCode,
    context.previousExit !== undefined,
    context.crashBackOff.delayMs,
    context.pullBackOff.delayMs > 10_000,
    context.attempts === 0,
    nowMs - context.startedAtMs >= LONG_MS,
    nowMs - context.crashBackOff.raisedAtMs > 600_000,
  ],
  states: {
    waiting: {
      holds: {
        'it has not been ended for good': (seen) => seen.is('waiting.starting') || !isFinal(seen.context),
      },
    },
    'waiting.ContainerCreating': { pending: [], asked: { pullImage: 0 } },
    'waiting.pulling': { pending: [] },
    'waiting.ErrImagePull': {
      pending: ['syncRetryMs'],
      holds: { 'it says why': ({ context }) => context.message === 'no such host' },
    },
    'waiting.ImagePullBackOff': {
      pending: ['pullBackOffMs'],
      holds: { 'the back-off is longer than a sync': ({ context }) => context.pullBackOff.delayMs > 10_000 },
    },
    'waiting.ErrImageNeverPull': { pending: ['syncRetryMs'] },
    'waiting.creating': {
      pending: [],
      holds: { 'there is an image': ({ context }) => context.imageRef !== undefined },
    },
    'waiting.CreateContainerConfigError': {
      pending: ['syncRetryMs'],
      holds: { 'it says why': ({ context }) => context.message === 'configmap "a" not found' },
    },
    'waiting.CreateContainerError': {
      pending: ['syncRetryMs'],
      holds: { 'it says why': ({ context }) => context.message === 'no space left' },
    },
    'waiting.starting': {
      pending: [],
      holds: { 'there is an instance': ({ context }) => context.containerId !== undefined },
    },
    'waiting.CrashLoopBackOff': {
      pending: ['crashBackOffMs', 'backOffReportMs'],
      holds: {
        'an instance has ended': ({ context }) => context.exit !== undefined,
        'it waits at most the maximum': ({ context, untilNextMs }) =>
          untilNextMs <= context.crashBackOffMaxMs,
      },
    },
    'waiting.CrashLoopBackOff.reporting': {},
    running: {
      pending: [],
      holds: { 'nobody has asked it to end': ({ context }) => context.killCause === undefined },
    },
    stopping: {
      holds: { 'there is a reason': ({ context }) => context.killCause !== undefined },
    },
    'stopping.sigterm': { pending: ['gracePeriodMs'] },
    'stopping.sigkill': { pending: [] },
    terminated: {
      pending: [],
      asked: { announceTerminated: 1 },
      holds: {
        'it may not restart': ({ context }) =>
          isFinal(context) ||
          context.podRestartPolicy === 'Never' ||
          (context.podRestartPolicy === 'OnFailure' && context.exit?.exitCode === 0),
      },
    },
  },
});
