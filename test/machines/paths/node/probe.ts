import { probeMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const probe = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  successThreshold: 2,
  failureThreshold: 2,
  awaitsStartup: false,
  at: 0,
} as const;

export const paths = planFor(probeMachine)({
  inputs: {
    readiness: { ...probe, kind: 'Readiness' },
    'readiness, delayed': { ...probe, kind: 'Readiness', initialDelaySeconds: 25 },
    'readiness after startup': { ...probe, kind: 'Readiness', awaitsStartup: true },
    'readiness after startup, delayed': {
      ...probe,
      kind: 'Readiness',
      awaitsStartup: true,
      initialDelaySeconds: 25,
    },
    liveness: { ...probe, kind: 'Liveness' },
    'liveness after startup': { ...probe, kind: 'Liveness', awaitsStartup: true },
    startup: { ...probe, kind: 'Startup' },
  },
  events: ({ nowMs: at, is }) => [
    { type: 'container.started', at, startedAt: at, isStarted: true },
    { type: 'container.started', at, startedAt: at, isStarted: false },
    { type: 'container.startupSucceeded', at },
    { type: 'container.stopped', willRestart: true },
    { type: 'container.stopped', willRestart: false },
    { type: 'pod.terminating' },
    { type: 'probe.now', at },
    ...(is('probing')
      ? [
          { type: 'probe.succeeded' as const, at, startedAt: at },
          { type: 'probe.failed' as const, at, startedAt: at },
          { type: 'probe.errored' as const, at, startedAt: at },
        ]
      : []),
  ],
  abstraction: ({ context }) => [context.result, context.lastOutcome, Math.min(context.run, 3)],
  states: {
    waitingForContainer: {
      pending: [],
      holds: {
        'no earlier instance still counts as a success': ({ context }) =>
          context.result !== 'Success' || context.kind === 'Liveness',
      },
    },
    gatedByStartup: {
      pending: [],
      holds: {
        'there is a startup probe to wait for': ({ context }) =>
          context.awaitsStartup && context.kind !== 'Startup',
      },
    },
    delaying: { pending: ['untilFirstTickMs'] },
    probing: { pending: [] },
    idle: {
      pending: ['untilNextTickMs'],
      holds: {
        'a final result is not waited out': ({ context }) =>
          context.kind === 'Readiness' || context.lastOutcome === undefined || context.result !== 'Failure',
      },
    },
    held: {
      pending: [],
      holds: {
        'readiness is never held': ({ context }) => context.kind !== 'Readiness',
        // A startup probe that finds the container started has nothing to decide, and keeps its count.
        'the run starts over': ({ context }) => context.run === 0 || context.kind === 'Startup',
      },
    },
    stopped: { pending: [] },
  },
});
