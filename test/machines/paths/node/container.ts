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

/** Before anything else: an instance that runs, and one that has ended. */
const found = ({ nowMs: at }: Seen<typeof containerMachine>): ContainerEvent[] => {
  const instance = { containerId: 'c', imageRef: 'app@sha', restartCount: 2, startedAt: 0 };
  const ended = { containerId: 'c', exitCode: 1, reason: 'Error', startedAt: 0, finishedAt: 0 };
  return [
    { type: 'container.found', at, ...instance },
    { type: 'container.found', at, ...instance, exit: ended },
  ];
};

/** Short back-offs keep those inputs small that are about something else. */
const brief = { ...container, crashBackOffMaxMs: 10_000 };

const failures = (at: number): ContainerEvent[] => [
  { type: 'image.pullFailed', at, message: 'no such host' },
  { type: 'image.absent', at, message: 'not present with pull policy of Never' },
  { type: 'image.invalid', at, message: "couldn't parse image name" },
  { type: 'container.configFailed', at, message: 'configmap "a" not found' },
  { type: 'container.createFailed', at, message: 'no space left' },
  { type: 'container.startFailed', at, message: 'no such file' },
];

export const paths = planFor(containerMachine)({
  inputs: {
    // Long enough to report the back-off a second time, after 60 s.
    Always: { ...container, crashBackOffMaxMs: 80_000 },
    OnFailure: { ...container, podRestartPolicy: 'OnFailure' },
    Never: { ...container, podRestartPolicy: 'Never' },
    'with hooks': {
      ...brief,
      podRestartPolicy: 'OnFailure',
      terminationGraceMs: 30_000,
      postStart: {},
      preStop: {},
    },
    'a sidecar with hooks that sleep': {
      ...brief,
      role: 'sidecar',
      restartPolicy: 'Always',
      postStart: { sleepMs: 1_500 },
      preStop: { sleepMs: 3_500 },
    },
    'a sidecar without hooks': { ...brief, role: 'sidecar', restartPolicy: 'Always' },
    'an init container': { ...brief, role: 'init' },
    'an ephemeral container': { ...brief, role: 'ephemeral' },
    'with a rule': {
      ...brief,
      restartPolicy: 'Never',
      postStart: {},
      restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }],
    },
    'of a node that returns': {
      ...brief,
      podRestartPolicy: 'Never',
      hasRun: true,
      inherited: { containerId: 'c', exitCode: 255, reason: 'Unknown', startedAt: 0, finishedAt: 0 },
    },
    'of an agent that returns': { ...brief, podRestartPolicy: 'OnFailure', role: 'regular', hasRun: true },
    'with images to come': { ...brief, role: 'regular', postStart: {} },
  },
  events: (seen) => {
    const at = seen.nowMs;
    const { context } = seen;
    const runs = seen.is('running') || seen.is('postStart') || seen.is('stopping');
    // Each input is about something of its own.
    const isPlain = context.role === undefined && !context.preStop && !context.restartPolicyRules;
    return [
      { type: 'container.start', at },
      ...(context.hasRun && context.attempts === 0 && context.role === 'regular' ? found(seen) : []),
      ...(context.found === 'running' ? [exit(seen, 1)] : []),
      { type: 'image.pulled', at, imageRef: 'app@sha' },
      { type: 'container.created', at, containerId: 'c', imageRef: 'app@sha' },
      { type: 'container.started', at, startedAt: at },
      ...(isPlain ? failures(at) : []),
      ...(context.role === 'regular' ? failures(at) : []),
      ...(context.role === 'regular' || seen.is('waiting.RestartingAllContainers')
        ? [{ type: 'container.changed' as const, at, image: 'app:2' }]
        : []),
      ...(context.restartPolicyRules ? [{ type: 'container.reset' as const, at }] : []),
      ...(context.role === 'sidecar' ? [{ type: 'container.release' as const, at }] : []),
      ...(seen.is('postStart') || seen.is('stopping.preStop')
        ? [
            { type: 'hook.succeeded' as const, at },
            { type: 'hook.failed' as const, at, message: 'the hook has failed' },
          ]
        : []),
      ...(runs ? [exit(seen, 0), exit(seen, 1)] : []),
      // A probe kills only what runs.
      ...(seen.is('running') || seen.is('stopping')
        ? [{ type: 'container.kill' as const, at, cause: 'liveness' as const, graceMs: 30_000 }]
        : []),
      { type: 'container.kill', at, cause: 'deletion', graceMs: 30_000 },
      { type: 'container.kill', at, cause: 'deletion', graceMs: 5_000 },
    ];
  },
  waits: ({ is, context }) =>
    is('running') && context.role === undefined && !context.preStop
      ? [LONG_MS]
      : is('stopping') && context.preStop
        ? [1_200]
        : [],
  abstraction: ({ context, nowMs }) => [
    context.killCause,
    context.graceMs,
    context.isReleased,
    context.image,
    context.exit?.exitCode,
    context.found,
    context.exit?.reason,
    context.previousExit !== undefined,
    context.crashBackOff.delayMs,
    context.pullBackOff.delayMs > 10_000,
    context.attempts === 0,
    context.preStop !== undefined && nowMs - context.graceFromMs >= 1_000,
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
    'waiting.InvalidImageName': { pending: ['syncRetryMs'] },
    'waiting.PostStartHookError': {
      pending: ['relistMs'],
      holds: { 'it says why': ({ context }) => context.message === 'the hook has failed' },
    },
    'waiting.RestartingAllContainers': {
      pending: [],
      holds: {
        'it is as new': ({ context }) =>
          context.exit?.reason === 'RestartingAllContainers' && context.killCause === undefined,
      },
    },
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
    postStart: {
      holds: { 'nobody has asked it to end': ({ context }) => context.killCause === undefined },
    },
    'stopping.preStop': {
      awaits: ['remainingGraceMs'],
      holds: {
        'there is a hook, and time for it': ({ context }) =>
          context.preStop !== undefined && context.graceMs > 0,
      },
    },
    'stopping.ordering': {
      pending: ['remainingGraceMs'],
      holds: {
        'a sidecar waits for others': ({ context }) => context.role === 'sidecar' && !context.isReleased,
      },
    },
    stopping: {
      holds: { 'there is a reason': ({ context }) => context.killCause !== undefined },
    },
    'stopping.sigterm': { pending: ['gracePeriodMs'] },
    'stopping.sigkill': { pending: [] },
    terminated: {
      pending: [],
      holds: {
        'it may not restart': ({ context }) =>
          isFinal(context) ||
          context.role === 'ephemeral' ||
          context.restartPolicy === 'Never' ||
          (context.role === 'init' && context.exit?.exitCode === 0) ||
          context.podRestartPolicy === 'Never' ||
          (context.podRestartPolicy === 'OnFailure' && context.exit?.exitCode === 0),
      },
    },
  },
});
