/**
 * The vocabulary of the probe chart (machines/probe.ts), and the arithmetic of its raster of ticks. Pure. Times in events
 * are ms since the epoch.
 */

export type ProbeKind = 'Liveness' | 'Readiness' | 'Startup';
export type ProbeResult = 'Success' | 'Failure' | 'Unknown';

export interface ProbeInput {
  readonly kind: ProbeKind;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** Whether the container has a startup probe that must succeed before this one may run. */
  readonly awaitsStartup: boolean;
  /** When the worker started, ms since the epoch: the origin of its raster of ticks. */
  readonly at: number;
}

export interface ProbeContext extends ProbeInput {
  /** What the node agent was told last. */
  readonly result: ProbeResult;
  /** Outcome of the last probe, and how many in a row had it. */
  readonly lastOutcome: 'Success' | 'Failure' | undefined;
  readonly run: number;
  readonly originMs: number;
  readonly containerStartedAtMs: number;
}

export type ProbeEvent =
  /** A new instance runs. `startedAt` and `at` in ms; `isStarted`: its startup probe, if any, has succeeded. */
  | {
      readonly type: 'container.started';
      readonly at: number;
      readonly startedAt: number;
      readonly isStarted: boolean;
    }
  | { readonly type: 'container.startupSucceeded'; readonly at: number }
  | { readonly type: 'container.stopped'; readonly willRestart: boolean }
  | { readonly type: 'pod.terminating' }
  /** Answers to `executeProbe`. `startedAt`: when the probe was begun. */
  | { readonly type: 'probe.succeeded'; readonly at: number; readonly startedAt: number }
  | { readonly type: 'probe.failed'; readonly at: number; readonly startedAt: number }
  | { readonly type: 'probe.errored'; readonly at: number; readonly startedAt: number }
  /** Probe at once; the raster starts anew from here. */
  | { readonly type: 'probe.now'; readonly at: number };

/** What a result is before the first probe of an instance (spec node.md 4.3). */
export const initialResult: Record<ProbeKind, ProbeResult> = {
  Liveness: 'Success',
  Readiness: 'Failure',
  Startup: 'Unknown',
};

/** Readiness is asked for as soon as the container runs; the other kinds wait for their raster (spec node.md 4.4). */
export const isTriggered = (context: ProbeContext): boolean => context.kind === 'Readiness';

/** Time until the first tick of the raster at which the initial delay is over, in ms. */
export const untilFirstTickMs = (context: ProbeContext, atMs: number): number => {
  const periodMs = context.periodSeconds * 1000;
  const originMs = isTriggered(context) ? atMs : context.originMs;
  const dueMs = context.containerStartedAtMs + context.initialDelaySeconds * 1000;
  const passedPeriods = Math.floor((atMs - originMs) / periodMs) + 1;
  const duePeriods = Math.ceil((dueMs - originMs) / periodMs);
  return originMs + Math.max(passedPeriods, duePeriods) * periodMs - atMs;
};

export const runOf = (context: ProbeContext, outcome: 'Success' | 'Failure'): number =>
  context.lastOutcome === outcome ? context.run + 1 : 1;
