import { nextSidecarToEnd, podMachine, type PodContext } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const isOver = ({ context }: { context: PodContext }): boolean =>
  [
    ...context.containers,
    ...(context.initContainers ?? []).map(({ name }) => name),
    ...context.ephemeral,
  ].every((name) => name in context.ended);
const NOTHING_RUNS = { 'every container has ended': isOver };

export const paths = planFor(podMachine)({
  inputs: {
    'two containers': { containers: ['a', 'b'], terminationGracePeriodSeconds: 30 },
    'an init container, a sidecar and volumes': {
      containers: ['a'],
      initContainers: [
        { name: 'i', isSidecar: false },
        { name: 's', isSidecar: true },
      ],
      hasVolumes: true,
      terminationGracePeriodSeconds: 30,
    },
    'two sidecars': {
      containers: ['a'],
      initContainers: [
        { name: 's', isSidecar: true },
        { name: 't', isSidecar: true },
      ],
      terminationGracePeriodSeconds: 10,
    },
  },
  events: ({ context, is }) => {
    const init = (context.initContainers ?? []).map(({ name }) => name);
    const names = [...context.containers, ...init, ...context.ephemeral];
    const mayEnd = is('running') || is('initializing') || is('terminating') || is('restartingAll');
    const running = mayEnd ? names.filter((name) => !(name in context.ended)) : [];
    // Each input is about something of its own.
    const isPlain = init.length === 0;
    const hasTwoSidecars = init.length === 2 && context.hasVolumes !== true;
    return [
      { type: 'pod.admitted' },
      { type: 'pod.rejected', reason: 'OutOfcpu', message: 'Node didn’t have enough resource: cpu' },
      { type: 'volumes.mounted' },
      { type: 'sandbox.ready', ip: '10.0.0.1' },
      { type: 'sandbox.failed', message: 'no address' },
      { type: 'sandbox.removed' },
      ...(isPlain ? names : [...context.containers, 'i']).map((name) => ({
        type: 'container.settled' as const,
        name,
      })),
      ...init.map((name) => ({ type: 'container.initialized' as const, name })),
      ...(is('restartingAll')
        ? [...context.containers, ...init].map((name) => ({ type: 'container.reset' as const, name }))
        : []),
      ...(isPlain && context.ephemeral.length === 0
        ? [{ type: 'container.added' as const, name: 'debug' }]
        : []),
      ...(!isPlain && context.ephemeral.length === 0 && is('initializing') && !hasTwoSidecars
        ? [{ type: 'container.added' as const, name: 'debug' }]
        : []),
      ...(hasTwoSidecars ? [] : [{ type: 'pod.restartAll' as const }]),
      ...(hasTwoSidecars
        ? []
        : [
            { type: 'pod.evict' as const, reason: 'DeadlineExceeded', message: 'too long', graceSeconds: 20 },
          ]),
      { type: 'pod.delete', graceSeconds: 30 },
      ...(isPlain ? [{ type: 'pod.delete' as const, graceSeconds: 5 }] : []),
      { type: 'pod.removed' },
      // Containers that were never made can only end because the pod does.
      ...running.flatMap((name) =>
        (context.containers.includes(name) || name === 'i' ? [0, 1] : [null]).map((exitCode) => ({
          type: 'container.terminated' as const,
          name,
          exitCode,
        })),
      ),
    ];
  },
  abstraction: ({ context }) => [
    context.nextInitContainer,
    context.nextContainer,
    context.containers.map((name) => context.ended[name] ?? name in context.ended),
    Object.keys(context.ended).sort(),
    context.graceSeconds,
    context.isDeleted,
    context.eviction !== undefined,
    context.ephemeral.length,
  ],
  states: {
    admitting: { pending: [], asked: { admitPod: 1, startNextContainer: 0 } },
    mounting: { pending: [], asked: { mountVolumes: 1, createSandbox: 0 } },
    creatingSandbox: { pending: [], asked: { startNextContainer: 0, stopContainers: 0 } },
    awaitingSandbox: { pending: ['syncRetryMs'], asked: { startNextContainer: 0 } },
    initializing: { pending: [], asked: { stopContainers: 0, removeSandbox: 0 } },
    'initializing.starting': {
      holds: {
        'an init container has its turn': ({ context }) =>
          context.nextInitContainer < (context.initContainers ?? []).length,
        'no regular container has had its turn': ({ context }) => context.nextContainer === 0,
      },
    },
    running: {
      pending: [],
      asked: { stopContainers: 0, removeSandbox: 0 },
      holds: {
        'every init container had its turn': ({ context }) =>
          context.nextInitContainer === (context.initContainers ?? []).length,
      },
    },
    'running.starting': {
      holds: {
        'a container has its turn': ({ context }) => context.nextContainer < context.containers.length,
      },
    },
    'running.started': {
      holds: {
        'every container had its turn': ({ context }) => context.nextContainer === context.containers.length,
      },
    },
    restartingAll: {
      pending: [],
      asked: { stopContainers: 0, removeSandbox: 0 },
      holds: { 'not everything is reset': (seen) => !isOver(seen) || seen.context.ephemeral.length > 0 },
    },
    Succeeded: {
      pending: [],
      asked: { removeSandbox: 1 },
      holds: {
        ...NOTHING_RUNS,
        'every container exited with 0': ({ context }) =>
          context.containers.every((name) => context.ended[name] === 0),
        'the node did not end it': ({ context }) => context.eviction === undefined,
      },
    },
    Failed: {
      pending: [],
      asked: { removeSandbox: 1 },
      holds: {
        ...NOTHING_RUNS,
        'some container did not exit with 0, or the node ended it': ({ context }) =>
          context.eviction !== undefined || context.containers.some((name) => context.ended[name] !== 0),
      },
    },
    rejected: {
      pending: [],
      asked: { createSandbox: 0, startNextContainer: 0, reportRejected: 1 },
      holds: { 'it says why': ({ context }) => context.rejection?.reason === 'OutOfcpu' },
    },
    terminating: {
      pending: [],
      asked: { removeSandbox: 0, deleteObject: 0 },
      holds: {
        'there is a grace period of 1 to 30 s': ({ context }) =>
          context.graceSeconds >= 1 && context.graceSeconds <= 30,
      },
    },
    'terminating.mainContainers': {
      holds: {
        'a sidecar does not end before the others': ({ context }) =>
          nextSidecarToEnd(context) === undefined ||
          context.containers.some((name) => !(name in context.ended)),
      },
    },
    'terminating.sidecars': {
      holds: {
        'the regular containers have ended': ({ context }) =>
          context.containers.every((name) => name in context.ended),
      },
    },
    terminated: { pending: [], asked: { removeSandbox: 1, deleteObject: 0 }, holds: NOTHING_RUNS },
    deleting: { pending: [], asked: { deleteObject: 1 } },
    forgotten: { pending: [], asked: { cleanUp: 1 } },
  },
});
