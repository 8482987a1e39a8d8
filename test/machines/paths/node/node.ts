import { nodeMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const heartbeats = ['leaseIntervalMs', 'statusIntervalMs'];

export const paths = planFor(nodeMachine)({
  inputs: { node: { name: 'n1' } },
  events: () => [
    { type: 'node.registered' },
    { type: 'node.registrationFailed', message: 'refused' },
    { type: 'runtime.ready' },
    { type: 'runtime.notReady', message: 'PLEG is not healthy' },
    { type: 'node.fail' },
    { type: 'node.recover' },
    { type: 'node.shutdown' },
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
    'registered.lease.renewing': { pending: heartbeats },
    'registered.status.reporting': { pending: heartbeats },
    'registered.readiness.Ready': {
      holds: { 'attempts are forgotten': ({ context }) => context.registrationAttempts === 0 },
    },
    'registered.readiness.NotReady': {
      holds: { 'it says why': ({ context }) => context.message === 'PLEG is not healthy' },
    },
    failed: { pending: [] },
    shutDown: { pending: [], asked: { stopPods: 1 } },
  },
});
