import { schedulerMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

export const paths = planFor(schedulerMachine)({
  inputs: { pod: undefined },
  events: ({ nowMs: at }) => [
    { type: 'pod.gated' },
    { type: 'pod.ungated' },
    { type: 'turn.given' },
    { type: 'node.chosen', nodeName: 'n1' },
    { type: 'node.notFound', at, message: '0/1 nodes are available', rejectedBy: ['NodeResourcesFit'] },
    { type: 'node.notFound', at, message: '0/1 nodes are available', rejectedBy: ['NodeAffinity'] },
    { type: 'pod.bound' },
    { type: 'bind.failed', at, message: 'conflict' },
    { type: 'cluster.changed', at, helps: undefined },
    { type: 'cluster.changed', at, helps: ['NodeResourcesFit', 'NodePorts'] },
    { type: 'cluster.changed', at, helps: ['TaintToleration', 'NodeUnschedulable'] },
  ],
  waits: ({ is, context, nowMs }) => (is('unschedulable') && nowMs === context.failedAtMs ? [11_000] : []),
  abstraction: ({ context, nowMs }) => [
    Math.min(context.attempts, 2),
    Math.min(context.errors, 2),
    context.rejectedBy,
    nowMs - context.failedAtMs >= 11_000,
  ],
  states: {
    gated: { pending: [], asked: { announceBinding: 0 } },
    queued: {
      pending: [],
      holds: { 'it has no node': ({ context }) => context.nodeName === '' || context.errors > 0 },
    },
    scheduling: { pending: [] },
    binding: { pending: [], holds: { 'it has a node': ({ context }) => context.nodeName === 'n1' } },
    unschedulable: {
      pending: ['unschedulableTimeoutMs'],
      holds: {
        'an attempt has failed, without an error': ({ context }) =>
          context.attempts > 0 && context.errors === 0,
      },
    },
    'backingOff.afterError': {
      pending: ['backOffMs'],
      holds: { 'the last attempt ended in an error': ({ context }) => context.errors > 0 },
    },
    'backingOff.willing': {
      pending: ['backOffMs'],
      holds: { 'the last attempt found no node': ({ context }) => context.errors === 0 },
    },
    bound: { pending: [], asked: { announceBinding: 1 } },
  },
});
