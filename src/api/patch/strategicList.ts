/**
 * Merging lists for strategic merge patch: maps by their merge key, scalars as a set; and the order of the result.
 *
 * Items that the patch names come in the patch's order, the others keep theirs; where both orders allow it, an item of
 * the patch comes first.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go#mergeSlice, #normalizeElementOrder (v1.36)
 */
import { plain500, rejected } from '../status.js';
import { formatGoValue, getOwn, isObject, jsonEqual, type JsonObject } from './json.js';

export interface ItemMerge {
  merge(item: JsonObject, change: JsonObject): JsonObject;
  /** What is stored of an item that the list did not have. */
  added(item: unknown): unknown;
}

/** The list after a patch of strategy `merge`. Without a merge key: the union, in order of first appearance. */
export const mergeList = (
  original: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
  items: ItemMerge,
): unknown[] => {
  const all = [...original, ...patch];
  if (all.length === 0) return [];
  if (all.some(Array.isArray)) throw rejected();
  if (!all.every(isObject)) {
    if (all.some(isObject)) throw plain500('list element types are not identical');
    const union = [...new Set(all)];
    return orderedLike(union, [...new Set(patch)], original, '');
  }
  if (mergeKey === '') throw plain500('cannot merge lists without merge key');
  const { kept, changes, replaces } = applyItemDirectives(
    original as readonly JsonObject[],
    patch as readonly JsonObject[],
    mergeKey,
  );
  if (replaces) return changes.map((change) => items.added(change));
  const merged = mergeItems(kept, changes, mergeKey, items);
  return orderedLike(merged, changes, kept, mergeKey);
};

/** Carries out `$patch` of list items: `delete` takes an item out, `replace` makes the patch the whole list. */
const applyItemDirectives = (
  original: readonly JsonObject[],
  patch: readonly JsonObject[],
  mergeKey: string,
) => {
  let kept = original;
  let replaces = false;
  const changes: JsonObject[] = [];
  for (const item of patch) {
    const directive = getOwn(item, '$patch');
    if (directive === undefined) changes.push(item);
    else if (directive === 'replace') replaces = true;
    else if (directive === 'delete') {
      const key = keyOf(item, mergeKey);
      kept = kept.filter((candidate) => !jsonEqual(keyOf(candidate, mergeKey), key));
    } else if (directive === 'merge') {
      throw plain500('merging lists cannot yet be specified in the patch');
    } else {
      throw plain500(`unknown patch type: ${formatGoValue(directive)} in map: ${formatGoValue(item)}`);
    }
  }
  return { kept, changes, replaces };
};

const keyOf = (item: JsonObject, mergeKey: string): unknown => {
  const key = getOwn(item, mergeKey);
  if (key === undefined) {
    throw plain500(`map: ${formatGoValue(item)} does not contain declared merge key: ${mergeKey}`);
  }
  return key;
};

const mergeItems = (
  original: readonly JsonObject[],
  changes: readonly JsonObject[],
  mergeKey: string,
  items: ItemMerge,
): unknown[] => {
  const merged: unknown[] = [...original];
  for (const change of changes) {
    const key = keyOf(change, mergeKey);
    const at = merged.findIndex((item) => isObject(item) && jsonEqual(keyOf(item, mergeKey), key));
    const found = merged[at];
    if (isObject(found)) merged[at] = items.merge(found, change);
    else merged.push(items.added(change));
  }
  return merged;
};

/**
 * Items in the order of `order`; those that it does not name keep the relative order of `original` and stand before an
 * ordered item only if they stood before it in `original`.
 */
export const orderedLike = (
  list: readonly unknown[],
  order: readonly unknown[],
  original: readonly unknown[],
  mergeKey: string,
): unknown[] => {
  const identity = (item: unknown): unknown => (isObject(item) ? getOwn(item, mergeKey) : item);
  const position = (within: readonly unknown[], item: unknown): number => {
    const wanted = identity(item);
    return within.findIndex((candidate) => jsonEqual(identity(candidate), wanted));
  };
  const named = list
    .filter((item) => position(order, item) >= 0)
    .sort((a, b) => position(order, a) - position(order, b));
  const others = list.filter((item) => position(order, item) < 0);
  const result: unknown[] = [];
  for (const item of named) {
    const itemAt = position(original, item);
    const stopAt = others.findIndex((other) => {
      const otherAt = position(original, other);
      return otherAt < 0 || otherAt > itemAt;
    });
    result.push(...others.splice(0, stopAt < 0 ? others.length : stopAt), item);
  }
  return [...result, ...others];
};
