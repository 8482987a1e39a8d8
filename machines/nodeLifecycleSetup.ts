/**
 * What the chart of a node's life is made of: its context, events, guards, delays and actions. The states are in
 * `nodeLifecycle.ts`.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36; spec controllers.md 7.2, 7.3)
 */
import { assign, setup } from 'xstate';

/** The status of the Ready condition; None: there is no such condition. */
export type NodeReadiness = 'True' | 'False' | 'Unknown' | 'None';
/** Which NoExecute taint for its readiness the node carries; both: one of them is wrong. */
export type ReadinessTaint = 'none' | 'not-ready' | 'unreachable' | 'both';

/** One look at a node, at a tick of the monitor. */
export interface NodeObservation {
  readonly ready: NodeReadiness;
  readonly taint: ReadinessTaint;
  /** Nothing was heard of it for longer than the grace period. */
  readonly isSilent: boolean;
  /** Until the first tick at which it would be silent, if nothing more is heard. */
  readonly expiresInMs: number;
}

export interface NodeLifecycleInput {
  readonly name: string;
  /** Until the next tick of the monitor; 0: there is one in this instant. */
  readonly tickInMs: number;
  /** `nodeMonitorPeriod`: between two ticks. */
  readonly periodMs: number;
}
export interface NodeLifecycleContext extends NodeLifecycleInput {
  readonly ready: NodeReadiness;
  readonly expiresInMs: number;
  /** Writes of the status that have failed in a row. */
  readonly failures: number;
}
export type NodeLifecycleEvent =
  | ({ readonly type: 'node.observed' } & NodeObservation)
  /** Something that the next tick must look at: readiness, zone. */
  | { readonly type: 'node.changed'; readonly tickInMs: number }
  /** The node is now Unknown in the API. */
  | ({ readonly type: 'status.written'; readonly wasReady: boolean } & NodeObservation)
  | { readonly type: 'status.failed' }
  | { readonly type: 'pods.marked' }
  | { readonly type: 'marking.failed' }
  /** A pod was bound to the node, or is seen for the first time. */
  | { readonly type: 'pod.bound'; readonly namespace: string; readonly pod: string }
  /** The zone gives the node its turn. */
  | { readonly type: 'node.taint' }
  /** Every zone is down: no node is tainted, none is evicted. */
  | { readonly type: 'evictions.stopped' }
  | { readonly type: 'taint.written'; readonly taint: ReadinessTaint }
  | { readonly type: 'taint.failed' }
  | { readonly type: 'node.removed'; readonly tickInMs: number };

/** Source: node_lifecycle_controller.go nodeHealthUpdateRetry, retrySleepTime. */
const STATUS_TRIES = 5;
const STATUS_RETRY_MS = 20;

const isLook = (event: NodeLifecycleEvent): event is Extract<NodeLifecycleEvent, NodeObservation> =>
  event.type === 'node.observed' || event.type === 'status.written';
const readinessIn = (event: NodeLifecycleEvent): NodeReadiness => (isLook(event) ? event.ready : 'None');
/** The NoExecute taint that a node of this readiness must have. */
const taintFor = (ready: NodeReadiness): ReadinessTaint =>
  ready === 'False' ? 'not-ready' : ready === 'Unknown' ? 'unreachable' : 'none';

export const nodeLifecycleSetup = setup({
  types: {} as { context: NodeLifecycleContext; input: NodeLifecycleInput; events: NodeLifecycleEvent },
  delays: {
    gracePeriodMs: ({ context }) => context.expiresInMs,
    untilTickMs: ({ context }) => context.tickInMs,
    monitorPeriodMs: ({ context }) => context.periodMs,
    statusRetryMs: ({ context }) => (context.failures < STATUS_TRIES ? STATUS_RETRY_MS : context.periodMs),
  },
  guards: {
    heartbeatExpired: ({ event }) => isLook(event) && event.isSilent && event.ready !== 'Unknown',
    isReady: ({ event }) => readinessIn(event) === 'True',
    isNotReady: ({ event }) => readinessIn(event) === 'False',
    isUnknown: ({ event }) => readinessIn(event) === 'Unknown',
    wasReady: ({ event }) => event.type === 'status.written' && event.wasReady,
    isKnownNotReady: ({ context }) => context.ready === 'False' || context.ready === 'Unknown',
    isReadyButTainted: ({ event }) => isLook(event) && event.ready === 'True' && event.taint !== 'none',
    isTaintedRightly: ({ event }) =>
      isLook(event) && event.taint !== 'none' && event.taint === taintFor(event.ready),
    hasOtherTaint: ({ event }) => isLook(event) && event.taint !== 'none' && taintFor(event.ready) !== 'none',
    mustBeTainted: ({ event }) => isLook(event) && taintFor(event.ready) !== 'none',
    isReadyByNow: ({ context }) => context.ready === 'True',
    taintIsGone: ({ event }) => event.type === 'taint.written' && event.taint === 'none',
  },
  actions: {
    recordLook: assign(({ event }) =>
      isLook(event) ? { ready: event.ready, expiresInMs: event.expiresInMs } : {},
    ),
    recordTick: assign(({ event }) => ('tickInMs' in event ? { tickInMs: event.tickInMs } : {})),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    forgetFailures: assign({ failures: 0 }),
    lookAtNode: () => {},
    reportToZones: () => {},
    reportRegistration: () => {},
    reportRemoval: () => {},
    reportNotReady: () => {},
    markUnknown: () => {},
    markPodsNotReady: () => {},
    markPodNotReady: () => {},
    joinQueue: () => {},
    leaveQueue: () => {},
    writeTaint: () => {},
    removeTaints: () => {},
  },
});
