/**
 * One object whose owners have gone, or whose own deletion waits for its dependents.
 *
 * Models: pkg/controller/garbagecollector/garbagecollector.go (v1.36)
 */
import { assign, setup } from 'xstate';

/** How the owners of an object stand (GC-3). */
export interface OwnersVerdict {
  /** Owners that exist and are not waiting for this object. */
  readonly solid: number;
  /** Owners that are being deleted in the foreground. */
  readonly waiting: number;
  /** Owners that do not exist. */
  readonly dangling: number;
  readonly hasDependents: boolean;
  /** What the object's own finalizers ask for. */
  readonly ownPolicy: 'Orphan' | 'Foreground' | 'Background';
}

export interface GarbageContext {
  readonly isBeingDeleted: boolean;
  readonly awaitsDependents: boolean;
  readonly orphansDependents: boolean;
  readonly blockingDependents: number;
  readonly verdict: OwnersVerdict;
  readonly failures: number;
}

/** What the graph knows of the object. */
export interface GarbageFacts {
  readonly isBeingDeleted: boolean;
  /** Carries the finalizer `foregroundDeletion`. */
  readonly awaitsDependents: boolean;
  /** Carries the finalizer `orphan`. */
  readonly orphansDependents: boolean;
  /** Dependents whose reference says `blockOwnerDeletion`. */
  readonly blockingDependents: number;
}

export type GarbageEvent =
  | ({ readonly type: 'object.observed' } & GarbageFacts)
  | { readonly type: 'owners.examined'; readonly verdict: OwnersVerdict }
  | { readonly type: 'object.gone' }
  | { readonly type: 'references.removed' }
  | { readonly type: 'dependents.orphaned' }
  | { readonly type: 'finalizer.removed' }
  | { readonly type: 'object.deleted' }
  | { readonly type: 'write.failed'; readonly error: string };

/** Per-key exponential back-off of the work queue. Source: default_rate_limiters.go. */
const BACK_OFF_BASE_MS = 5;
const BACK_OFF_MAX_MS = 1_000_000;

export const garbageCollectorMachine = setup({
  types: {} as { context: GarbageContext; events: GarbageEvent },
  delays: {
    backOffMs: ({ context }) => Math.min(BACK_OFF_BASE_MS * 2 ** (context.failures - 1), BACK_OFF_MAX_MS),
  },
  guards: {
    awaitsDependents: ({ context }) => context.isBeingDeleted && context.awaitsDependents,
    orphansDependents: ({ context }) => context.isBeingDeleted && context.orphansDependents,
    isBeingDeleted: ({ context }) => context.isBeingDeleted,
    hasBlockingDependents: ({ context }) => context.blockingDependents > 0,
    isOwned: ({ context }) => context.verdict.solid > 0,
    hasStaleOwners: ({ context }) =>
      context.verdict.solid > 0 && context.verdict.dangling + context.verdict.waiting > 0,
    hasNoOwners: ({ context: { verdict } }) => verdict.solid + verdict.waiting + verdict.dangling === 0,
    holdsUpItsOwner: ({ context }) => context.verdict.waiting > 0 && context.verdict.hasDependents,
    mustOrphan: ({ context }) => context.verdict.ownPolicy === 'Orphan',
    mustDeleteForeground: ({ context }) => context.verdict.ownPolicy === 'Foreground',
  },
  actions: {
    recordFacts: assign(({ event }) =>
      event.type === 'object.observed'
        ? {
            isBeingDeleted: event.isBeingDeleted,
            awaitsDependents: event.awaitsDependents,
            orphansDependents: event.orphansDependents,
            blockingDependents: event.blockingDependents,
          }
        : {},
    ),
    recordVerdict: assign(({ event }) =>
      event.type === 'owners.examined' ? { verdict: event.verdict } : {},
    ),
    countFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    examineOwners: () => {},
    removeReferences: () => {},
    summonDependents: () => {},
    orphanDependents: () => {},
    removeFinalizer: (_args, _params: { readonly finalizer: 'foregroundDeletion' | 'orphan' }) => {},
    deleteObject: (_args, _params: { readonly policy: 'Orphan' | 'Foreground' | 'Background' }) => {},
  },
}).createMachine({
  id: 'garbageCollector',
  description: 'One object whose owners have gone, or whose own deletion waits for its dependents.',
  context: {
    isBeingDeleted: false,
    awaitsDependents: false,
    orphansDependents: false,
    blockingDependents: 0,
    verdict: { solid: 0, waiting: 0, dangling: 0, hasDependents: false, ownPolicy: 'Background' },
    failures: 0,
  },
  initial: 'suspected',
  on: {
    'object.gone': '.done',
    'object.observed': { actions: 'recordFacts' },
    'write.failed': '.backingOff',
  },
  states: {
    suspected: {
      description: 'The graph of owners gives a reason to look at it.',
      on: { 'object.observed': { target: 'choosing', actions: 'recordFacts' } },
    },
    choosing: {
      description: 'Is it to be collected, or does it wait for others?',
      always: [
        { guard: 'awaitsDependents', target: 'waitingForDependents' },
        { guard: 'orphansDependents', target: 'orphaning' },
        { guard: 'isBeingDeleted', target: 'done', description: 'Already on its way.' },
        { target: 'examining' },
      ],
    },
    examining: {
      description: 'Looks up each owner.',
      entry: 'examineOwners',
      on: { 'owners.examined': { target: 'judging', actions: 'recordVerdict' } },
    },
    judging: {
      description: 'Does anybody own it still?',
      always: [
        { guard: 'hasNoOwners', target: 'done' },
        { guard: 'hasStaleOwners', target: 'detaching' },
        { guard: 'isOwned', target: 'done' },
        {
          guard: 'holdsUpItsOwner',
          target: 'deleting.foreground',
          description: 'The owner waits for it, and it has dependents of its own: they go first.',
        },
        { guard: 'mustOrphan', target: 'deleting.orphaning' },
        { guard: 'mustDeleteForeground', target: 'deleting.foreground' },
        { target: 'deleting.background' },
      ],
    },
    detaching: {
      description: 'Still owned: forgets the owners that are gone or going.',
      entry: 'removeReferences',
      on: { 'references.removed': 'done' },
    },
    deleting: {
      description: 'Nobody owns it any more.',
      on: { 'object.deleted': 'done' },
      initial: 'background',
      states: {
        background: {
          description: 'Its dependents follow later.',
          entry: { type: 'deleteObject', params: { policy: 'Background' } },
        },
        foreground: {
          description: 'Its dependents go first.',
          entry: { type: 'deleteObject', params: { policy: 'Foreground' } },
        },
        orphaning: {
          description: 'Its dependents stay.',
          entry: { type: 'deleteObject', params: { policy: 'Orphan' } },
        },
      },
    },
    waitingForDependents: {
      description: 'Deleted in the foreground: stays until no dependent blocks it.',
      initial: 'counting',
      on: { 'object.observed': { target: '.counting', actions: 'recordFacts' } },
      states: {
        counting: {
          description: 'Does a dependent block it?',
          always: [
            { guard: 'hasBlockingDependents', target: 'blocked' },
            { target: '#garbageCollector.releasing' },
          ],
        },
        blocked: { description: 'Has its dependents collected.', entry: 'summonDependents' },
      },
    },
    orphaning: {
      description: 'Takes itself off its dependents.',
      entry: 'orphanDependents',
      on: { 'dependents.orphaned': 'releasingOrphans' },
    },
    releasing: {
      description: 'No dependent blocks it any more.',
      entry: { type: 'removeFinalizer', params: { finalizer: 'foregroundDeletion' } },
      on: { 'finalizer.removed': 'done' },
    },
    releasingOrphans: {
      description: 'No dependent refers to it any more.',
      entry: { type: 'removeFinalizer', params: { finalizer: 'orphan' } },
      on: { 'finalizer.removed': 'done' },
    },
    backingOff: {
      description: 'A request failed: 5 ms, 10 ms, 20 ms …',
      entry: 'countFailure',
      after: { backOffMs: 'choosing' },
    },
    done: { type: 'final', description: 'Nothing more to do.' },
  },
});

/** The actions that the host carries out; it answers with the event beside, or with `write.failed`. */
export const garbageCollectorEffects = [
  'examineOwners', // owners.examined or object.gone
  'removeReferences', // references.removed
  'summonDependents', // object.observed, when they change
  'orphanDependents', // dependents.orphaned
  'removeFinalizer', // finalizer.removed
  'deleteObject', // object.deleted
] as const;
