import { podMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const NOTHING_RUNS = {
  'every container has ended': ({ context }: { context: { containers: readonly string[]; ended: object } }) =>
    context.containers.every((name) => name in context.ended),
};

export const paths = planFor(podMachine)({
  inputs: { 'two containers': { containers: ['a', 'b'], terminationGracePeriodSeconds: 30 } },
  events: ({ is }) => [
    { type: 'pod.admitted' },
    { type: 'pod.rejected', reason: 'OutOfcpu', message: 'Node didn’t have enough resource: cpu' },
    { type: 'sandbox.ready', ip: '10.0.0.1' },
    { type: 'sandbox.failed', message: 'no address' },
    { type: 'sandbox.removed' },
    { type: 'container.settled', name: 'a' },
    { type: 'container.settled', name: 'b' },
    { type: 'pod.delete', graceSeconds: 30 },
    { type: 'pod.delete', graceSeconds: 5 },
    { type: 'pod.removed' },
    // Containers that were never made can only end because the pod does.
    ...(is('running') || is('terminating')
      ? (['a', 'b'] as const).flatMap((name) =>
          [0, 1, null].map((exitCode) => ({ type: 'container.terminated' as const, name, exitCode })),
        )
      : []),
  ],
  abstraction: ({ context }) => [context.nextContainer, context.ended, context.graceSeconds],
  states: {
    admitting: { pending: [], asked: { admitPod: 1, startNextContainer: 0 } },
    creatingSandbox: { pending: [], asked: { startNextContainer: 0, stopContainers: 0 } },
    awaitingSandbox: { pending: ['syncRetryMs'], asked: { startNextContainer: 0 } },
    running: { pending: [], asked: { stopContainers: 0, removeSandbox: 0 } },
    'running.starting': {
      holds: {
        'a container has its turn': ({ context }) => context.nextContainer < context.containers.length,
      },
    },
    'running.started': {
      asked: { startNextContainer: 2 },
      holds: {
        'every container had its turn': ({ context }) => context.nextContainer === context.containers.length,
      },
    },
    Succeeded: {
      pending: [],
      asked: { removeSandbox: 1, stopContainers: 0 },
      holds: {
        'every container exited with 0': ({ context }) =>
          context.containers.every((name) => context.ended[name] === 0),
      },
    },
    Failed: {
      pending: [],
      asked: { removeSandbox: 1, stopContainers: 0 },
      holds: {
        ...NOTHING_RUNS,
        'some container did not exit with 0': ({ context }) =>
          context.containers.some((name) => context.ended[name] !== 0),
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
    terminated: { pending: [], asked: { removeSandbox: 1, deleteObject: 0 }, holds: NOTHING_RUNS },
    deleting: { pending: [], asked: { deleteObject: 1 } },
    forgotten: { pending: [], asked: { cleanUp: 1 } },
  },
});
