/**
 * What a write does to the managers of an object. An update owns what it changed. An apply owns exactly what it says:
 * it is refused where it would change what others own, and what it said before and says no more is removed, unless
 * somebody else owns it.
 *
 * Models: sigs.k8s.io/structured-merge-diff/merge/update.go,
 * staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal (v1.36); api.md §6.2
 */
import type { Field } from '../schema/dsl.js';
import {
  difference,
  EMPTY_SET,
  intersection,
  isEmptySet,
  union,
  withoutMembers,
  withoutPaths,
  type FieldSet,
  type Path,
} from './fieldSet.js';
import {
  capUpdaters,
  managerKey,
  mapManaged,
  withManager,
  type Managed,
  type ManagedSet,
  type Manager,
} from './managers.js';
import { compareTyped, fieldsOf, mergeTyped, removeFields, withStructs, type Comparison } from './typed.js';

/** What of an object no manager owns: it is the server's, or names the object. */
const SERVER_FIELDS: readonly Path[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', `f:${name}`]),
];

export interface TrackedWrite {
  /** The kind. */
  readonly field: Field;
  readonly manager: Manager;
  /** The present, as the API writes it. */
  readonly time: string;
  /** What this request cannot write, and so does not own: the status of an object, the spec of a status. */
  readonly ignored: readonly Path[];
}

/** The managers after an update from `before` to `after`. */
export const trackUpdate = (
  write: TrackedWrite,
  managed: Managed,
  { before, after }: { readonly before: unknown; readonly after: unknown },
): Managed => {
  const changes = changesOf(write, before, after);
  const changed = union(changes.added, changes.modified);
  const key = managerKey(write.manager);
  const left = mapManaged(managed, ({ fields }, other) => {
    const kept = difference(fields, changes.removed);
    return other === key ? kept : difference(kept, changed);
  });
  const own = withoutMembers(changed, SERVER_FIELDS);
  if (isEmptySet(own)) return left;
  const fields = union(own, left.get(key)?.fields ?? EMPTY_SET);
  return capUpdaters(withManager(left, { manager: write.manager, fields, time: write.time }));
};

const changesOf = ({ field, ignored }: TrackedWrite, before: unknown, after: unknown): Comparison => {
  const { added, modified, removed } = compareTyped(field, before, after);
  return {
    added: withoutPaths(added, ignored),
    modified: withoutPaths(modified, ignored),
    removed: withoutPaths(removed, ignored),
  };
};

/** Fields that an apply would change although others own them. */
export interface ApplyConflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}
export type Applied =
  | { readonly ok: true; readonly object: unknown; readonly managed: Managed }
  | { readonly ok: false; readonly conflicts: readonly ApplyConflict[] };

export interface ApplyRequest {
  readonly live: unknown;
  /** What the manager wants, whole. */
  readonly config: unknown;
  /** Conflicts are won: the others lose their fields. */
  readonly force: boolean;
}

/** The object after an apply, and its managers; or who is in its way. */
export const applyTyped = (write: TrackedWrite, managed: Managed, request: ApplyRequest): Applied => {
  const { field, manager, ignored } = write;
  const key = managerKey(manager);
  const before = managed.get(key);
  const fields = withoutPaths(fieldsOf(field, request.config), ignored);
  const claimed = new Map(managed).set(key, { manager, fields, time: write.time });
  const merged = mergeTyped(field, request.live, request.config);
  const object = prune(field, merged, { last: before?.fields ?? EMPTY_SET, managed: claimed });
  const changes = changesOf(write, request.live, object);
  const changed = union(changes.added, changes.modified);
  const conflicts = [...claimed].flatMap(([other, set]): ApplyConflict[] => {
    const taken = other === key ? EMPTY_SET : intersection(set.fields, changed);
    return isEmptySet(taken) ? [] : [{ manager: set.manager, fields: taken }];
  });
  if (conflicts.length > 0 && !request.force) return { ok: false, conflicts };
  const left = mapManaged(claimed, (set, other) =>
    other === key ? set.fields : difference(difference(set.fields, changed), changes.removed),
  );
  return { ok: true, object, managed: ownedBy(left, { manager, fields, time: write.time }) };
};

const ownedBy = (managed: Managed, set: ManagedSet): Managed =>
  withManager(managed, { ...set, fields: withoutMembers(set.fields, SERVER_FIELDS) });

/**
 * `merged` without what its manager applied the `last` time and does not own any more, unless somebody else does. With a
 * field all of its parts go: parts that others own are put back, and so are those that were never this manager's.
 */
const prune = (
  field: Field,
  merged: unknown,
  { last, managed }: { readonly last: FieldSet; readonly managed: Managed },
): unknown => {
  if (isEmptySet(last)) return merged;
  const whole = (set: FieldSet): FieldSet => withStructs(field, set);
  const all = whole(fieldsOf(field, merged));
  const lastWhole = whole(last);
  const owned = [...managed.values()].reduce((set, { fields }) => union(set, fields), EMPTY_SET);
  const without = (gone: FieldSet): unknown => removeFields(field, merged, gone);
  const kept = (value: unknown): FieldSet => whole(fieldsOf(field, value));
  const bare = without(lastWhole);
  const ownedBack = without(difference(all, union(kept(bare), whole(owned))));
  return without(intersection(difference(all, kept(ownedBack)), lastWhole));
};

/**
 * What an apply by kubectl may take from others: the fields that kubectl itself has applied in the old way, as it said
 * in an annotation, and that are still as it said.
 */
export const unchangedSince = (field: Field, lastApplied: unknown, live: unknown): FieldSet => {
  const { added, modified, removed } = compareTyped(field, lastApplied, live);
  return [added, modified, removed].reduce(difference, fieldsOf(field, lastApplied));
};
