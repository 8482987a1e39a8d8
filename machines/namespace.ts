/**
 * One namespace that is being deleted: first its pods go, then everything else, then the namespace.
 *
 * Models: pkg/controller/namespace/deletion/namespaced_resources_deleter.go (v1.36)
 * Differs: content that goes wakes it; upstream waits out its estimate.
 */
import { assign, setup } from 'xstate';

export interface NamespaceContext {
  readonly remaining: number;
  /** How long the remaining pods may take, in seconds. */
  readonly estimateSeconds: number;
  readonly failures: number;
}

export type NamespaceEvent =
  | { readonly type: 'namespace.terminating' }
  /** Pods or other objects have gone. */
  | { readonly type: 'content.changed' }
  | { readonly type: 'pods.deleted'; readonly remaining: number; readonly estimateSeconds: number }
  | { readonly type: 'content.deleted'; readonly remaining: number }
  | { readonly type: 'namespace.finalized' }
  | { readonly type: 'write.failed'; readonly error: string };

/** Estimate for content with finalizers. Source: namespaced_resources_deleter.go#finalizerEstimateSeconds. */
const FINALIZER_ESTIMATE_SECONDS = 15;
/** Per-key exponential back-off of the work queue. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 60_000;

/** Half the estimate and a second more. Source: namespace_controller.go#worker. */
const retryMs = (estimateSeconds: number): number => (Math.trunc(estimateSeconds / 2) + 1) * 1000;

export const namespaceMachine = setup({
  types: {} as { context: NamespaceContext; events: NamespaceEvent },
  delays: {
    podsEstimateMs: ({ context }) => retryMs(context.estimateSeconds),
    finalizerEstimateMs: retryMs(FINALIZER_ESTIMATE_SECONDS),
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
  },
  guards: { contentRemains: ({ context }) => context.remaining > 0 },
  actions: {
    recordPods: assign(({ event }) =>
      event.type === 'pods.deleted'
        ? { remaining: event.remaining, estimateSeconds: event.estimateSeconds }
        : {},
    ),
    recordContent: assign(({ event }) =>
      event.type === 'content.deleted' ? { remaining: event.remaining } : {},
    ),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    deletePods: () => {},
    deleteContent: () => {},
    finalizeNamespace: () => {},
  },
}).createMachine({
  id: 'namespace',
  description: 'One namespace that is being deleted.',
  context: { remaining: 0, estimateSeconds: 0, failures: 0 },
  initial: 'active',
  on: { 'write.failed': '.backingOff' },
  states: {
    active: { description: 'Not under deletion.', on: { 'namespace.terminating': 'deletingPods' } },
    deletingPods: {
      description: 'Asks all pods to go.',
      entry: 'deletePods',
      on: { 'pods.deleted': { target: 'countingPods', actions: 'recordPods' } },
    },
    countingPods: {
      description: 'Are pods left?',
      always: [{ guard: 'contentRemains', target: 'awaitingPods' }, { target: 'deletingContent' }],
    },
    awaitingPods: {
      description: 'Pods terminate gracefully; nothing else is touched before they are gone.',
      on: { 'content.changed': 'deletingPods' },
      after: { podsEstimateMs: 'deletingPods' },
    },
    deletingContent: {
      description: 'Deletes everything else.',
      entry: 'deleteContent',
      on: { 'content.deleted': { target: 'countingContent', actions: 'recordContent' } },
    },
    countingContent: {
      description: 'Is anything left?',
      always: [{ guard: 'contentRemains', target: 'awaitingContent' }, { target: 'finalizing' }],
    },
    awaitingContent: {
      description: 'Objects with finalizers remain.',
      on: { 'content.changed': 'deletingContent' },
      after: { finalizerEstimateMs: 'deletingPods' },
    },
    finalizing: {
      description: 'Empty: gives the namespace up.',
      entry: 'finalizeNamespace',
      on: { 'namespace.finalized': 'gone' },
    },
    backingOff: {
      description: 'A request failed: 5 ms, 10 ms, 20 ms …',
      entry: 'countFailure',
      after: { backOffMs: 'deletingPods' },
    },
    gone: { type: 'final', description: 'Given up: the API removes it.' },
  },
});

/** The actions that the host carries out; it answers with the event beside, or with `write.failed`. */
export const namespaceEffects = [
  'deletePods', // pods.deleted
  'deleteContent', // content.deleted
  'finalizeNamespace', // namespace.finalized
] as const;
