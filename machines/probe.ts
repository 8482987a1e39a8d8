/**
 * One probe of one container: when it runs, what it counts, and when a threshold is crossed.
 *
 * The chart decides; the host runs the handler and answers. A probe outlives the instances of its container: what it
 * counted goes on over a restart, except after a hold (spec node.md 4.5).
 *
 * Models: pkg/kubelet/prober/worker.go (v1.36).
 * Differs: upstream ticks while there is nothing to probe; here the next tick of the same raster is awaited instead.
 */
import { assign, setup } from 'xstate';
import { initialResult, isTriggered, runOf, untilFirstTickMs } from './probeTiming.js';
import type { ProbeContext, ProbeEvent, ProbeInput, ProbeResult } from './probeTiming.js';

export type { ProbeContext, ProbeEvent, ProbeInput, ProbeKind, ProbeResult } from './probeTiming.js';

export const probeMachine = setup({
  types: {} as { context: ProbeContext; input: ProbeInput; events: ProbeEvent },
  delays: {
    untilFirstTickMs: ({ context, event }) => ('at' in event ? untilFirstTickMs(context, event.at) : 0),
    untilNextTickMs: ({ context, event }) =>
      'startedAt' in event
        ? Math.max(0, context.periodSeconds * 1000 - (event.at - event.startedAt))
        : context.periodSeconds * 1000,
  },
  guards: {
    mustAwaitStartup: ({ context, event }) =>
      context.awaitsStartup &&
      context.kind !== 'Startup' &&
      event.type === 'container.started' &&
      !event.isStarted,
    hasStartedAlready: ({ context, event }) =>
      context.kind === 'Startup' && event.type === 'container.started' && event.isStarted,
    isDueAtOnce: ({ context, event }) => {
      if (!isTriggered(context) || !('at' in event)) return false;
      const startedAtMs = event.type === 'container.started' ? event.startedAt : context.containerStartedAtMs;
      return startedAtMs + context.initialDelaySeconds * 1000 <= event.at;
    },
    willNotRestart: ({ event }) => event.type === 'container.stopped' && !event.willRestart,
    endsWithThePod: ({ context }) => context.kind !== 'Readiness',
    isSteady: ({ context }) => context.result === 'Success' && context.lastOutcome === 'Success',
    successThresholdReached: ({ context }) => runOf(context, 'Success') >= context.successThreshold,
    startupHasSucceeded: ({ context }) =>
      context.kind === 'Startup' && runOf(context, 'Success') >= context.successThreshold,
    failureThresholdReached: ({ context }) => runOf(context, 'Failure') >= context.failureThreshold,
    failureIsFinal: ({ context }) =>
      context.kind !== 'Readiness' && runOf(context, 'Failure') >= context.failureThreshold,
  },
  actions: {
    /** Effect: run the handler; answer probe.succeeded, probe.failed or probe.errored. */
    executeProbe: () => {},
    /** Effect: the result that counts from now on. */
    publishResult: (_args, _params: { readonly result: ProbeResult }) => {},
    /** Effect: a new instance begins with the result of its kind. */
    publishInitialResult: () => {},
    adoptContainer: assign(({ context, event }) =>
      event.type === 'container.started'
        ? { containerStartedAtMs: event.startedAt, result: initialResult[context.kind] }
        : {},
    ),
    restartRaster: assign(({ context, event }) =>
      isTriggered(context) && 'at' in event ? { originMs: event.at } : {},
    ),
    countSuccess: assign(({ context }) => ({
      lastOutcome: 'Success' as const,
      run: runOf(context, 'Success'),
    })),
    countFailure: assign(({ context }) => ({
      lastOutcome: 'Failure' as const,
      run: runOf(context, 'Failure'),
    })),
    recordSuccess: assign(({ context }) => ({
      lastOutcome: 'Success' as const,
      run: runOf(context, 'Success'),
      result: 'Success' as const,
    })),
    recordFailure: assign(({ context }) => ({
      lastOutcome: 'Failure' as const,
      run: runOf(context, 'Failure'),
      result: 'Failure' as const,
    })),
    resetRun: assign({ run: 0 }),
    recordStopped: assign({ result: 'Failure' as const }),
  },
}).createMachine({
  id: 'probe',
  description:
    'One probe of one container: waits, probes every period, and reports when a threshold is crossed.',
  context: ({ input }) => ({
    kind: input.kind,
    initialDelaySeconds: input.initialDelaySeconds,
    periodSeconds: input.periodSeconds,
    successThreshold: input.successThreshold,
    failureThreshold: input.failureThreshold,
    awaitsStartup: input.awaitsStartup,
    at: input.at,
    result: initialResult[input.kind],
    lastOutcome: undefined,
    run: 0,
    originMs: input.at,
    containerStartedAtMs: 0,
  }),
  initial: 'waitingForContainer',
  on: {
    'container.stopped': [
      {
        guard: 'willNotRestart',
        target: '.stopped',
        actions: ['recordStopped', { type: 'publishResult', params: { result: 'Failure' } }],
        description: 'The container has ended for good, and so has its probe.',
      },
      {
        target: '.waitingForContainer',
        actions: ['recordStopped', { type: 'publishResult', params: { result: 'Failure' } }],
      },
    ],
    'pod.terminating': {
      guard: 'endsWithThePod',
      target: '.stopped',
      actions: { type: 'publishResult', params: { result: 'Success' } },
      description: 'A pod that is being deleted is not killed by its probes; readiness goes on.',
    },
  },
  states: {
    waitingForContainer: {
      description: 'No instance of the container runs.',
      on: {
        'container.started': [
          {
            guard: 'hasStartedAlready',
            target: 'held',
            actions: ['adoptContainer'],
          },
          {
            guard: 'mustAwaitStartup',
            target: 'gatedByStartup',
            actions: ['adoptContainer', 'publishInitialResult'],
          },
          {
            guard: 'isDueAtOnce',
            target: 'probing',
            actions: ['adoptContainer', 'restartRaster', 'publishInitialResult'],
            description: 'Readiness without an initial delay.',
          },
          { target: 'delaying', actions: ['adoptContainer', 'restartRaster', 'publishInitialResult'] },
        ],
      },
    },
    gatedByStartup: {
      description: 'Liveness and readiness are not probed until the startup probe has succeeded.',
      on: {
        'container.startupSucceeded': [
          { guard: 'isDueAtOnce', target: 'probing', actions: 'restartRaster' },
          { target: 'delaying', actions: 'restartRaster' },
        ],
      },
    },
    delaying: {
      description: 'Until the first tick at which the initial delay is over.',
      after: { untilFirstTickMs: 'probing' },
    },
    probing: {
      description: 'The handler runs.',
      entry: 'executeProbe',
      on: {
        'probe.succeeded': [
          { guard: 'isSteady', target: 'idle', description: 'Nothing new.' },
          {
            guard: 'startupHasSucceeded',
            target: 'held',
            actions: ['recordSuccess', 'resetRun', { type: 'publishResult', params: { result: 'Success' } }],
            description: 'Started: a startup probe runs no more for this instance.',
          },
          {
            guard: 'successThresholdReached',
            target: 'idle',
            actions: ['recordSuccess', { type: 'publishResult', params: { result: 'Success' } }],
          },
          { target: 'idle', actions: 'countSuccess' },
        ],
        'probe.failed': [
          {
            guard: 'failureIsFinal',
            target: 'held',
            actions: ['recordFailure', 'resetRun', { type: 'publishResult', params: { result: 'Failure' } }],
            description: 'The container is killed; no more probing until a new instance runs.',
          },
          {
            guard: 'failureThresholdReached',
            target: 'idle',
            actions: ['recordFailure', { type: 'publishResult', params: { result: 'Failure' } }],
          },
          { target: 'idle', actions: 'countFailure' },
        ],
        'probe.errored': {
          target: 'idle',
          description: 'The handler could not run: the outcome is discarded.',
        },
      },
    },
    idle: {
      description: 'Between two ticks.',
      after: { untilNextTickMs: 'probing' },
      on: { 'probe.now': { target: 'probing', actions: 'restartRaster' } },
    },
    held: { description: 'Decided: waits for a new instance.' },
    stopped: { type: 'final', description: 'The worker has ended.' },
  },
});
