import { garbageCollectorMachine, type GarbageFacts } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const facts = (changed: Partial<GarbageFacts> = {}) => ({
  type: 'object.observed' as const,
  isBeingDeleted: false,
  awaitsDependents: false,
  orphansDependents: false,
  blockingDependents: 0,
  ...changed,
});
const verdict = { solid: 0, waiting: 0, dangling: 1, hasDependents: false, ownPolicy: 'Background' as const };
const foreground = { isBeingDeleted: true, awaitsDependents: true };
const waitsForAnswer = ['examining', 'detaching', 'deleting', 'orphaning', 'releasing', 'releasingOrphans'];
const dangling = {
  holds: {
    'nobody owns it': ({ context }: { context: { verdict: { solid: number } } }) =>
      context.verdict.solid === 0,
  },
};

export const paths = planFor(garbageCollectorMachine)({
  inputs: { object: undefined },
  events: ({ is }) => [
    facts(),
    facts({ isBeingDeleted: true }),
    facts(foreground),
    facts({ ...foreground, blockingDependents: 2 }),
    facts({ isBeingDeleted: true, orphansDependents: true }),
    ...[
      verdict,
      { ...verdict, dangling: 0 },
      { ...verdict, solid: 1 },
      { ...verdict, solid: 1, dangling: 0 },
      { ...verdict, waiting: 1, hasDependents: true },
      { ...verdict, waiting: 1 },
      { ...verdict, ownPolicy: 'Orphan' as const },
      { ...verdict, ownPolicy: 'Foreground' as const },
    ].map((judged) => ({ type: 'owners.examined' as const, verdict: judged })),
    { type: 'object.gone' },
    { type: 'references.removed' },
    { type: 'dependents.orphaned' },
    { type: 'finalizer.removed' },
    { type: 'object.deleted' },
    // Only a request can fail.
    ...(waitsForAnswer.some(is) ? [{ type: 'write.failed' as const, error: 'conflict' }] : []),
  ],
  abstraction: ({ context: { failures, verdict: judged, ...known } }) => [
    known,
    judged,
    Math.min(failures, 2),
  ],
  states: {
    suspected: { pending: [], asked: { deleteObject: 0, examineOwners: 0 } },
    examining: { pending: [] },
    detaching: { pending: [], holds: { 'somebody owns it': ({ context }) => context.verdict.solid > 0 } },
    deleting: { pending: [] },
    'deleting.background': dangling,
    'deleting.foreground': dangling,
    'deleting.orphaning': dangling,
    waitingForDependents: { pending: [] },
    'waitingForDependents.blocked': {
      holds: { 'some dependent blocks it': ({ context }) => context.blockingDependents > 0 },
    },
    orphaning: { pending: [] },
    releasing: { pending: [] },
    releasingOrphans: { pending: [] },
    backingOff: {
      pending: ['backOffMs'],
      holds: { 'the failure is counted': ({ context }) => context.failures > 0 },
    },
    done: { pending: [] },
  },
});
