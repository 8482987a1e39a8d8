import { nodeMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const lease = ['leaseIntervalMs'];

export const paths = planFor(nodeMachine)({
  inputs: {
    node: { name: 'n1' },
    'node that is shut down gracefully': {
      name: 'n1',
      shutdownGraceMs: 5_000,
      shutdownGraceCriticalMs: 2_000,
    },
  },
  events: () => [
    { type: 'node.registered' },
    { type: 'node.registrationFailed', message: 'refused' },
    { type: 'status.reported', nextInMs: 300_000 },
    { type: 'status.reported', nextInMs: 3_000 },
    { type: 'status.changed' },
    { type: 'object.changed', tickInMs: 4_000 },
    { type: 'runtime.ready' },
    { type: 'runtime.notReady', message: 'PLEG is not healthy' },
    { type: 'node.fail' },
    { type: 'node.recover' },
    { type: 'node.shutdown' },
    { type: 'pods.ended' },
    { type: 'node.cordoned' },
    { type: 'node.uncordoned' },
    { type: 'node.disconnect' },
    { type: 'node.connect' },
    { type: 'agent.stop' },
    { type: 'agent.start' },
  ],
  abstraction: ({ context }) => [Math.min(context.registrationAttempts, 3), context.message],
  states: {
    registering: {
      pending: [],
      holds: { 'the attempt is counted': ({ context }) => context.registrationAttempts > 0 },
    },
    awaitingRetry: {
      pending: ['registrationRetryMs'],
      holds: { 'it says why': ({ context }) => context.message === 'refused' },
    },
    'registered.lease.renewing': { awaits: lease },
    'registered.status.reporting': { awaits: lease },
    'registered.status.reported': { awaits: [...lease, 'nextReportMs'] },
    'registered.status.noticing': { awaits: [...lease, 'untilTickMs'] },
    'registered.readiness.Ready': {
      awaits: lease,
      holds: { 'attempts are forgotten': ({ context }) => context.registrationAttempts === 0 },
    },
    'registered.readiness.NotReady': {
      awaits: lease,
      holds: { 'it says why': ({ context }) => context.message === 'PLEG is not healthy' },
    },
    'registered.readiness.shuttingDown.regularPods': {
      awaits: [...lease, 'regularPodsMs'],
      holds: { 'it has a grace period': ({ context }) => (context.shutdownGraceMs ?? 0) > 0 },
    },
    'registered.readiness.shuttingDown.criticalPods': { awaits: [...lease, 'criticalPodsMs'] },
    'registered.scheduling.schedulable': { awaits: lease },
    'registered.scheduling.cordoned': { awaits: lease },
    cutOff: { pending: [] },
    agentStopped: { pending: [] },
    failed: { pending: [] },
  },
});
