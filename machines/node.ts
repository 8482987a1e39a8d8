/**
 * One node as its agent lives it: registers, renews its lease, reports its status, fails and recovers.
 *
 * Heartbeats are delayed transitions. What the control plane makes of missing ones is not here.
 *
 * Models: pkg/kubelet/kubelet_node_status.go, component-helpers lease controller (v1.36; spec node.md 6.1, 6.2).
 */
import { assign, setup } from 'xstate';

export interface NodeInput {
  readonly name: string;
}
export interface NodeContext extends NodeInput {
  readonly registrationAttempts: number;
  readonly message: string | undefined;
}
export type NodeEvent =
  | { readonly type: 'node.registered' }
  | { readonly type: 'node.registrationFailed'; readonly message: string }
  | { readonly type: 'runtime.ready' }
  | { readonly type: 'runtime.notReady'; readonly message: string }
  /** The machine dies: nothing is heard of it any more. */
  | { readonly type: 'node.fail' }
  /** It comes back, with nothing running. */
  | { readonly type: 'node.recover' }
  | { readonly type: 'node.shutdown' };

/** A quarter of the lease's 40 s. Source: component-helpers lease controller. */
const LEASE_INTERVAL_MS = 10_000;
/** Source: kubelet nodeStatusUpdateFrequency. */
const STATUS_INTERVAL_MS = 10_000;
/** Source: kubelet_node_status.go registerWithAPIServer: doubles from 100 ms up to 7 s. */
const REGISTRATION_RETRY_MS = 100;
const MAX_REGISTRATION_RETRY_MS = 7_000;

export const nodeMachine = setup({
  types: {} as { context: NodeContext; input: NodeInput; events: NodeEvent },
  delays: {
    leaseIntervalMs: LEASE_INTERVAL_MS,
    statusIntervalMs: STATUS_INTERVAL_MS,
    registrationRetryMs: ({ context }) =>
      Math.min(MAX_REGISTRATION_RETRY_MS, REGISTRATION_RETRY_MS * 2 ** (context.registrationAttempts - 1)),
  },
  actions: {
    /** Effect: create or adopt the Node object; answer node.registered or node.registrationFailed. */
    registerNode: () => {},
    renewLease: () => {},
    /** Effect: compute the status; write it when it changed, or when it was not written for five minutes. */
    reportStatus: () => {},
    reportReady: () => {},
    reportNotReady: () => {},
    /** Effect: take up the pods that are bound to the node. */
    startPods: () => {},
    /** Effect: everything that ran here is lost; nobody is told. */
    losePods: () => {},
    /** Effect: stop all pods and leave. */
    stopPods: () => {},
    countAttempt: assign(({ context }) => ({ registrationAttempts: context.registrationAttempts + 1 })),
    recordMessage: assign(({ event }) => ('message' in event ? { message: event.message } : {})),
    clearMessage: assign({ message: undefined }),
    resetAttempts: assign({ registrationAttempts: 0 }),
  },
}).createMachine({
  id: 'node',
  description: 'One node: registers, sends heartbeats, runs pods, fails and recovers.',
  context: ({ input }) => ({ ...input, registrationAttempts: 0, message: undefined }),
  initial: 'registering',
  on: {
    'node.fail': { target: '.failed', actions: 'losePods' },
    'node.shutdown': '.shutDown',
  },
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
              description: 'Ten seconds between two computations; written when something changed.',
              entry: 'reportStatus',
              after: { statusIntervalMs: { target: 'reporting', reenter: true } },
            },
          },
        },
        readiness: {
          description: 'Whether pods can run here.',
          initial: 'Ready',
          states: {
            Ready: {
              description: 'The container runtime works.',
              entry: 'reportReady',
              on: { 'runtime.notReady': { target: 'NotReady', actions: 'recordMessage' } },
            },
            NotReady: {
              description: 'The container runtime does not work.',
              entry: 'reportNotReady',
              on: { 'runtime.ready': { target: 'Ready', actions: 'clearMessage' } },
            },
          },
        },
      },
    },
    failed: {
      description: 'Dead or cut off: no heartbeat, no status, no pod.',
      on: { 'node.recover': 'registering' },
    },
    shutDown: { description: 'The agent has ended.', type: 'final', entry: 'stopPods' },
  },
});
