/**
 * Values read by their schema, for server-side apply: which fields a value has, what differs between two, the merge of
 * two, and a value without some of its fields. Lists with keys and sets are looked into, item by item; atomic lists and
 * maps, and lists of which nothing is said, are one field.
 *
 * Models: sigs.k8s.io/structured-merge-diff/typed; api.md §6.2
 */
import { getOwn, jsonEqual, setOwn } from '../patch/json.js';
import type { Field, Schema } from '../schema/dsl.js';
import {
  createFieldSetBuilder,
  EMPTY_SET,
  type Element,
  type FieldSet,
  type FieldSetBuilder,
  type Path,
} from './fieldSet.js';

type Json = Readonly<Record<string, unknown>>;

export const rootField = (schema: Schema): Field => ({ schema, options: {} });

/** Whether a value is one field, whatever is in it. */
export const isLeaf = ({ schema, options }: Field): boolean => {
  switch (schema.type) {
    case 'list':
      return options.listType !== 'map' && options.listType !== 'set';
    case 'map':
      return options.mapType === 'atomic';
    case 'object':
      return (options.mapType ?? schema.mapType) === 'atomic';
    default:
      return true;
  }
};

/** The field of an object or map; undefined for what the schema does not know. */
export const fieldNamed = ({ schema }: Field, name: string): Field | undefined => {
  if (schema.type === 'map') return rootField(schema.value);
  return schema.type === 'object' && Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
};

export const itemField = ({ schema }: Field): Field =>
  schema.type === 'list' ? rootField(schema.item) : { schema, options: {} };

/** What tells an item of a set or of a list with keys from the others. */
export const elementOf = (list: Field, item: unknown): Element => {
  if (list.options.listType === 'set') return `v:${JSON.stringify(item)}`;
  const keys: Record<string, unknown> = {};
  for (const name of [...(list.options.mapKeys ?? [])].sort()) {
    const value = (item as Json | null)?.[name] ?? fieldNamed(itemField(list), name)?.options.default;
    if (value !== undefined) keys[name] = value;
  }
  return `k:${JSON.stringify(keys)}`;
};

const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  isMap(value) ? Object.entries(value).filter(([, inner]) => inner !== undefined) : [];
const isVoid = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'object' && itemsOf(value).length === 0 && entriesOf(value).length === 0);

/** The fields that a value has: its leaves, and the items of its lists. */
export const fieldsOf = (field: Field, value: unknown): FieldSet => {
  const builder = createFieldSetBuilder();
  collect(field, value, [], builder);
  return builder.build();
};

const collect = (field: Field, value: unknown, path: Path, builder: FieldSetBuilder): void => {
  if (isLeaf(field)) {
    builder.add(path);
    return;
  }
  for (const item of itemsOf(value)) {
    const inner = [...path, elementOf(field, item)];
    builder.add(inner);
    collect(itemField(field), item, inner, builder);
  }
  for (const [name, inner] of entriesOf(value)) {
    const known = fieldNamed(field, name);
    if (known === undefined) continue;
    const innerPath = [...path, `f:${name}`];
    collect(known, inner, innerPath, builder);
    const isNothing = inner === null || (isMap(inner) && isVoid(inner));
    if (isNothing || field.schema.type === 'map') builder.add(innerPath);
  }
};

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** The fields in which `after` differs from `before`; what is new or gone as a whole counts with all its parts. */
export const compareTyped = (field: Field, before: unknown, after: unknown): Comparison => {
  const builders = {
    added: createFieldSetBuilder(),
    modified: createFieldSetBuilder(),
    removed: createFieldSetBuilder(),
  };
  compare(field, { before, after, path: [] }, builders);
  return {
    added: builders.added.build(),
    modified: builders.modified.build(),
    removed: builders.removed.build(),
  };
};

interface Pair {
  readonly before: unknown;
  readonly after: unknown;
  readonly path: Path;
}

const compare = (
  field: Field,
  { before, after, path }: Pair,
  builders: { readonly [K in keyof Comparison]: FieldSetBuilder },
): void => {
  if (before === after) return;
  const isWhole = isLeaf(field) || (isVoid(before) && isVoid(after));
  if (before === undefined) builders.added.add(path);
  else if (after === undefined) builders.removed.add(path);
  else if (isWhole && !jsonEqual(before, after)) builders.modified.add(path);
  if (isWhole) return;
  const item = itemField(field);
  const [itemsBefore, itemsAfter] = [itemsByElement(field, before), itemsByElement(field, after)];
  for (const element of new Set([...itemsBefore.keys(), ...itemsAfter.keys()])) {
    const pair = {
      before: itemsBefore.get(element),
      after: itemsAfter.get(element),
      path: [...path, element],
    };
    compare(item, pair, builders);
  }
  const [mapBefore, mapAfter] = [new Map(entriesOf(before)), new Map(entriesOf(after))];
  for (const name of new Set([...mapBefore.keys(), ...mapAfter.keys()])) {
    const known = fieldNamed(field, name);
    if (known === undefined) continue;
    const pair = { before: mapBefore.get(name), after: mapAfter.get(name), path: [...path, `f:${name}`] };
    compare(known, pair, builders);
  }
};

/** Of items that cannot be told apart the first counts. */
const itemsByElement = (list: Field, value: unknown): ReadonlyMap<Element, unknown> => {
  const items = new Map<Element, unknown>();
  for (const item of itemsOf(value)) {
    const element = elementOf(list, item);
    if (!items.has(element)) items.set(element, item);
  }
  return items;
};

/** `live` with what `applied` says laid over it. */
export const mergeTyped = (field: Field, live: unknown, applied: unknown): unknown => {
  if (applied === undefined) return live;
  if (live === undefined || isLeaf(field)) return applied;
  if (Array.isArray(live)) return mergeLists(field, live, itemsOf(applied));
  if (!isMap(live)) return applied;
  const merged: Record<string, unknown> = { ...live };
  for (const [name, inner] of entriesOf(applied)) {
    const known = fieldNamed(field, name);
    setOwn(merged, name, known === undefined ? inner : mergeTyped(known, getOwn(live, name), inner));
  }
  return merged;
};

/**
 * The order is that of the applied items; items that only the live list has keep their place among the live ones. The
 * live list is walked, and each time the next of the common items comes, all applied items up to it are placed.
 */
const mergeLists = (
  field: Field,
  live: readonly unknown[],
  applied: readonly unknown[],
): readonly unknown[] => {
  const item = itemField(field);
  const liveItems = itemsByElement(field, live);
  const appliedItems = itemsByElement(field, applied);
  const appliedOrder = [...appliedItems.keys()];
  const common = appliedOrder.filter((element) => liveItems.has(element));
  const merged: unknown[] = [];
  let placed = 0;
  const placeUntil = (end: number): void => {
    for (; placed < end; placed += 1) {
      const element = appliedOrder[placed] ?? '';
      merged.push(mergeTyped(item, liveItems.get(element), appliedItems.get(element)));
    }
  };
  for (const liveItem of live) {
    const element = elementOf(field, liveItem);
    if (!appliedItems.has(element)) merged.push(liveItem);
    else if (element === common[0]) {
      common.shift();
      placeUntil(appliedOrder.indexOf(element) + 1);
    }
  }
  placeUntil(appliedOrder.length);
  return merged;
};

/** The value without the fields in `gone`; undefined when nothing is left of it. */
export const removeFields = (field: Field, value: unknown, gone: FieldSet): unknown => {
  if (isLeaf(field) || isVoid(value)) return value;
  if (Array.isArray(value)) {
    const kept = value.flatMap((item) => {
      const element = elementOf(field, item);
      if (gone.members.has(element)) return [];
      return [removeInner(itemField(field), item, gone.children.get(element))];
    });
    return kept.length === 0 ? undefined : kept;
  }
  const kept = entriesOf(value).flatMap(([name, inner]): (readonly [string, unknown])[] => {
    const element = `f:${name}`;
    if (gone.members.has(element)) return [];
    const known = fieldNamed(field, name);
    return [[name, known === undefined ? inner : removeInner(known, inner, gone.children.get(element))]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const removeInner = (field: Field, value: unknown, gone: FieldSet | undefined): unknown =>
  gone === undefined ? value : removeFields(field, value, gone);

/** The set with all fields of structs of which it has parts: sets name these only where they were written as such. */
export const withStructs = (field: Field, set: FieldSet): FieldSet => {
  const members = new Set(set.members);
  const children = new Map<Element, FieldSet>();
  for (const [element, child] of set.children) {
    const isField = element.startsWith('f:');
    const inner = isField ? fieldNamed(field, element.slice(2)) : itemField(field);
    if (isField && inner !== undefined && field.schema.type === 'object') members.add(element);
    children.set(element, inner === undefined ? child : withStructs(inner, child));
  }
  return children.size === 0 && members.size === 0 ? EMPTY_SET : { members, children };
};
