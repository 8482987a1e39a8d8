import { nodeMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const heartbeats = ['leaseIntervalMs', 'statusIntervalMs'];

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
    'registered.lease.renewing': { awaits: heartbeats },
    'registered.status.reporting': { awaits: heartbeats },
    'registered.readiness.Ready': {
      pending: heartbeats,
      holds: { 'attempts are forgotten': ({ context }) => context.registrationAttempts === 0 },
    },
    'registered.readiness.NotReady': {
      pending: heartbeats,
      holds: { 'it says why': ({ context }) => context.message === 'PLEG is not healthy' },
    },
    'registered.readiness.shuttingDown.regularPods': {
      pending: [...heartbeats, 'regularPodsMs'],
      holds: { 'it has a grace period': ({ context }) => (context.shutdownGraceMs ?? 0) > 0 },
    },
    'registered.readiness.shuttingDown.criticalPods': { pending: [...heartbeats, 'criticalPodsMs'] },
    'registered.scheduling.schedulable': { awaits: heartbeats },
    'registered.scheduling.cordoned': { awaits: heartbeats },
    cutOff: { pending: [] },
    agentStopped: { pending: [] },
    failed: { pending: [] },
  },
});
