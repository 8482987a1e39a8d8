/**
 * One node as its agent lives it: registers, renews its lease, reports its status, is cordoned, shut down, cut off from
 * the API; fails and recovers.
 *
 * Heartbeats are delayed transitions. What the control plane makes of missing ones is not here; nor is what happens
 * when memory or disk runs out (machines/nodePressure.ts).
 *
 * Models: pkg/kubelet/kubelet_node_status.go, nodeshutdown/nodeshutdown_manager.go, component-helpers lease controller
 * (v1.36; spec node.md 5.9, 6.1, 6.2, 6.3).
 */
import { assign, setup } from 'xstate';

export interface NodeInput {
  readonly name: string;
  /** How long a shutdown waits for pods in all, and the part of it that critical pods have to themselves. Default 0. */
  readonly shutdownGraceMs?: number | undefined;
  readonly shutdownGraceCriticalMs?: number | undefined;
}
export interface NodeContext extends NodeInput {
  readonly registrationAttempts: number;
  readonly message: string | undefined;
  /** From the last report: until the next, if nothing changes before. */
  readonly nextReportInMs: number;
  /** From a change: until the next tick of the ten seconds in which the status is computed. */
  readonly tickInMs: number;
}
export type NodeEvent =
  | { readonly type: 'node.registered' }
  | { readonly type: 'node.registrationFailed'; readonly message: string }
  | { readonly type: 'status.reported'; readonly nextInMs: number }
  /** A condition is another now: it is reported at once. */
  | { readonly type: 'status.changed' }
  /** Somebody has changed the Node object. */
  | { readonly type: 'object.changed'; readonly tickInMs: number }
  | { readonly type: 'runtime.ready' }
  | { readonly type: 'runtime.notReady'; readonly message: string }
  /** The machine dies: nothing is heard of it any more. */
  | { readonly type: 'node.fail' }
  /** It comes back, with nothing running. */
  | { readonly type: 'node.recover' }
  /** Somebody switches the machine off. */
  | { readonly type: 'node.shutdown' }
  /** No pod of the group that is being shut down is left. */
  | { readonly type: 'pods.ended' }
  | { readonly type: 'node.cordoned' }
  | { readonly type: 'node.uncordoned' }
  /** The API cannot be reached; what runs goes on. */
  | { readonly type: 'node.disconnect' }
  | { readonly type: 'node.connect' }
  /** The agent ends, and what runs goes on without it. */
  | { readonly type: 'agent.stop' }
  | { readonly type: 'agent.start' };

const regularShutdownMs = ({ shutdownGraceMs = 0, shutdownGraceCriticalMs = 0 }: NodeInput): number =>
  Math.max(0, shutdownGraceMs - shutdownGraceCriticalMs);

/** A quarter of the lease's 40 s. Source: component-helpers lease controller. */
const LEASE_INTERVAL_MS = 10_000;
/** Source: kubelet_node_status.go registerWithAPIServer: doubles from 100 ms up to 7 s. */
const REGISTRATION_RETRY_MS = 100;
const MAX_REGISTRATION_RETRY_MS = 7_000;

export const nodeMachine = setup({
  types: {} as {
    context: NodeContext;
    input: NodeInput;
    events: NodeEvent;
    tags: 'cordoned' | 'notReady' | 'shuttingDown';
  },
  delays: {
    leaseIntervalMs: LEASE_INTERVAL_MS,
    nextReportMs: ({ context }) => context.nextReportInMs,
    untilTickMs: ({ context }) => context.tickInMs,
    registrationRetryMs: ({ context }) =>
      Math.min(MAX_REGISTRATION_RETRY_MS, REGISTRATION_RETRY_MS * 2 ** (context.registrationAttempts - 1)),
    regularPodsMs: ({ context }) => regularShutdownMs(context),
    criticalPodsMs: ({ context }) => context.shutdownGraceCriticalMs ?? 0,
  },
  guards: { shutsDownGracefully: ({ context }) => (context.shutdownGraceMs ?? 0) > 0 },
  actions: {
    /** Effect: create or adopt the Node object; answer node.registered or node.registrationFailed. */
    registerNode: () => {},
    renewLease: () => {},
    /** Effect: compute the status; write it when it changed, or is five minutes old; answer status.reported. */
    reportStatus: () => {},
    reportReady: () => {},
    reportNotReady: () => {},
    /** Effect: take up the pods that are bound to the node. */
    startPods: () => {},
    /** Effect: everything that ran here is lost; nobody is told. */
    losePods: () => {},
    /** Effect: the status says that the node goes; pods that come are refused. */
    reportShutdown: () => {},
    /** Effect: end the pods of a group, each within its own grace period; answer pods.ended when none is left. */
    endPods: (_args, _params: { group: 'regular' | 'critical' }) => {},
    reportSchedulable: () => {},
    reportNotSchedulable: () => {},
    /** Effect: nothing is heard or said any more. */
    loseConnection: () => {},
    /** Effect: say what has not been said, and do what was asked for meanwhile. */
    regainConnection: () => {},
    /** Effect: forget the pods, which run on. */
    leavePods: () => {},
    countAttempt: assign(({ context }) => ({ registrationAttempts: context.registrationAttempts + 1 })),
    recordMessage: assign(({ event }) => ('message' in event ? { message: event.message } : {})),
    clearMessage: assign({ message: undefined }),
    resetAttempts: assign({ registrationAttempts: 0 }),
    recordReport: assign(({ event }) => ('nextInMs' in event ? { nextReportInMs: event.nextInMs } : {})),
    recordTick: assign(({ event }) => ('tickInMs' in event ? { tickInMs: event.tickInMs } : {})),
  },
}).createMachine({
  id: 'node',
  description:
    'One node: registers, sends heartbeats, runs pods, is shut down or cut off, fails and recovers.',
  context: ({ input }) => ({
    ...input,
    registrationAttempts: 0,
    message: undefined,
    nextReportInMs: 0,
    tickInMs: 0,
  }),
  initial: 'registering',
  on: { 'node.fail': { target: '.failed', actions: 'losePods' } },
  states: {
    registering: {
      description: 'Creates its Node object, or takes the one that is there.',
      entry: ['countAttempt', 'registerNode'],
      on: {
        'node.registered': { target: 'registered', actions: ['resetAttempts', 'startPods'] },
        'node.registrationFailed': { target: 'awaitingRetry', actions: 'recordMessage' },
      },
    },
    awaitingRetry: {
      description: 'The API did not answer; the next try comes a little later each time.',
      after: { registrationRetryMs: 'registering' },
    },
    registered: {
      description: 'The node lives: heartbeats and pods.',
      type: 'parallel',
      on: {
        'node.disconnect': { target: 'cutOff', actions: 'loseConnection' },
        'agent.stop': { target: 'agentStopped', actions: 'leavePods' },
      },
      states: {
        lease: {
          description: 'The cheap heartbeat: a Lease object renewed every ten seconds.',
          initial: 'renewing',
          states: {
            renewing: {
              description: 'Ten seconds between two renewals.',
              entry: 'renewLease',
              after: { leaseIntervalMs: { target: 'renewing', reenter: true } },
            },
          },
        },
        status: {
          description: 'The full heartbeat: conditions, capacity and addresses.',
          initial: 'reporting',
          states: {
            reporting: {
              description: 'The status is computed, and written when it says something new or is old.',
              entry: 'reportStatus',
              on: {
                'status.reported': { target: 'reported', actions: 'recordReport' },
                'status.changed': { target: 'reporting', reenter: true },
              },
            },
            reported: {
              description: 'Nothing new to say: the same is said again five minutes after the last time.',
              after: { nextReportMs: 'reporting' },
              on: {
                'status.changed': 'reporting',
                'object.changed': { target: 'noticing', actions: 'recordTick' },
              },
            },
            noticing: {
              description: 'The Node object has changed: looked at by the next tick of ten seconds.',
              after: { untilTickMs: 'reporting' },
              on: { 'status.changed': 'reporting' },
            },
          },
        },
        readiness: {
          description: 'Whether pods can run here.',
          initial: 'Ready',
          on: {
            'node.shutdown': [
              { guard: 'shutsDownGracefully', target: '.shuttingDown' },
              { target: '#node.failed', actions: 'losePods', description: 'Nobody waits for the pods.' },
            ],
          },
          states: {
            Ready: {
              description: 'The container runtime works.',
              entry: 'reportReady',
              on: { 'runtime.notReady': { target: 'NotReady', actions: 'recordMessage' } },
            },
            NotReady: {
              description: 'The container runtime does not work.',
              tags: 'notReady',
              entry: 'reportNotReady',
              on: { 'runtime.ready': { target: 'Ready', actions: 'clearMessage' } },
            },
            shuttingDown: {
              description: 'The machine is about to go: no new pods, and those that run end.',
              tags: 'shuttingDown',
              entry: 'reportShutdown',
              initial: 'regularPods',
              on: { 'node.shutdown': { description: 'Told twice, it does not go sooner.' } },
              states: {
                regularPods: {
                  description: 'First the others.',
                  entry: { type: 'endPods', params: { group: 'regular' } },
                  after: { regularPodsMs: 'criticalPods' },
                  on: { 'pods.ended': 'criticalPods' },
                },
                criticalPods: {
                  description: 'Then those that the node itself needs.',
                  entry: { type: 'endPods', params: { group: 'critical' } },
                  after: { criticalPodsMs: { target: '#node.failed', actions: 'losePods' } },
                  on: { 'pods.ended': { target: '#node.failed', actions: 'losePods' } },
                },
              },
            },
          },
        },
        scheduling: {
          description: 'Whether new pods may be placed here, as the Node object says.',
          initial: 'schedulable',
          states: {
            schedulable: {
              description: 'Open to new pods.',
              on: { 'node.cordoned': { target: 'cordoned', actions: 'reportNotSchedulable' } },
            },
            cordoned: {
              description: 'Closed to new pods; those that are here stay.',
              tags: 'cordoned',
              on: { 'node.uncordoned': { target: 'schedulable', actions: 'reportSchedulable' } },
            },
          },
        },
      },
    },
    cutOff: {
      description: 'No heartbeat and no status, but the pods run on.',
      on: { 'node.connect': { target: 'registered', actions: 'regainConnection' } },
    },
    agentStopped: {
      description: 'No heartbeat and no status; nobody probes or restarts what runs.',
      on: { 'agent.start': 'registering' },
    },
    failed: {
      description: 'Dead or switched off: no heartbeat, no status, no pod.',
      on: { 'node.recover': 'registering' },
    },
  },
});
