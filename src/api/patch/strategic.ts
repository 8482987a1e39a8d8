/**
 * Strategic merge patch: a merge patch that knows from the schema which lists are merged, and by which key.
 *
 * Directives: `$patch: replace|delete` in maps and list items, `$retainKeys`, `$deleteFromPrimitiveList/<field>`,
 * `$setElementOrder/<field>`, null. Inputs are never changed; what a patch leaves alone is shared with the result.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (v1.36); messages are upstream's.
 */
import type { FieldOptions, Schema } from '../schema/dsl.js';
import { badRequest, plain500, rejected } from '../status.js';
import { formatGoValue, getOwn, isObject, jsonEqual, jsonType, setOwn, type JsonObject } from './json.js';
import { mergeList, orderedLike } from './strategicList.js';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/**
 * The object after a strategic merge patch.
 * @param schema of the object's kind
 * @throws {ApiError} BadRequest 400 (not an object; malformed `$retainKeys` or `$setElementOrder`), Invalid 422 (content
 * outside `$retainKeys`), or a bare 500 (list item without its merge key, unknown `$patch` value, order that does not
 * match)
 */
export const applyStrategicPatch = <T>(schema: Schema, current: T, patch: unknown): T => {
  if (patch === null || patch === undefined) return current;
  if (!isObject(patch)) {
    throw badRequest(
      `json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`,
    );
  }
  return mergeMap(isObject(current) ? current : {}, patch, schema) as T;
};

/** A field's schema and what the API says of it; unknown fields merge like any JSON. */
interface KnownField {
  readonly schema: Schema | undefined;
  readonly strategies: readonly string[];
  readonly mergeKey: string;
}

const fieldOf = (schema: Schema | undefined, key: string): KnownField => {
  if (schema?.type === 'object') {
    const field = Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;
    if (field !== undefined) {
      const { patchStrategy, mergeKey }: FieldOptions = field.options;
      return {
        schema: field.schema,
        strategies: patchStrategy?.split(',') ?? [],
        mergeKey: mergeKey ?? '',
      };
    }
  }
  return { schema: schema?.type === 'map' ? schema.value : undefined, strategies: [], mergeKey: '' };
};

const mergeMap = (original: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject => {
  const directive = getOwn(patch, DIRECTIVE);
  if (directive !== undefined) return applyMapDirective(directive, patch);

  const draft = new Draft(retainKeys(original, patch));
  const done = applyElementOrders(draft, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS || key.startsWith(SET_ORDER) || done.has(key)) continue;
    if (key.startsWith(DELETE_FROM)) deleteFromList(draft, key.slice(DELETE_FROM.length), value);
    else mergeField(draft, key, value, fieldOf(schema, key));
  }
  return draft.result();
};

/** A copy-on-write map: unchanged, its result is the object that it began with. */
class Draft {
  #value: JsonObject;
  #copy: Record<string, unknown> | undefined;
  constructor(original: JsonObject) {
    this.#value = original;
  }
  get(key: string): unknown {
    return getOwn(this.#value, key);
  }
  set(key: string, value: unknown): void {
    const before = this.get(key);
    if (before === value || (before !== undefined && jsonEqual(before, value))) return;
    setOwn(this.#own(), key, value);
  }
  delete(key: string): void {
    if (this.get(key) !== undefined) delete this.#own()[key];
  }
  result(): JsonObject {
    return this.#value;
  }
  #own(): Record<string, unknown> {
    if (this.#copy === undefined) {
      this.#copy = { ...this.#value };
      this.#value = this.#copy;
    }
    return this.#copy;
  }
}

const applyMapDirective = (directive: unknown, patch: JsonObject): JsonObject => {
  if (directive === 'delete') return {};
  if (directive !== 'replace') {
    throw plain500(`unknown patch type: ${formatGoValue(directive)} in map: ${formatGoValue(patch)}`);
  }
  const { [DIRECTIVE]: _, ...content } = patch;
  return content;
};

/** The original with only the keys that `$retainKeys` names. */
const retainKeys = (original: JsonObject, patch: JsonObject): JsonObject => {
  const retained = getOwn(patch, RETAIN_KEYS);
  if (retained === undefined) return original;
  if (!Array.isArray(retained)) throw badRequest('invalid patch format of retainKeys');
  const names = new Set<unknown>(retained);
  for (const [key, value] of Object.entries(patch)) {
    const isContent = value !== null && !key.startsWith('$');
    if (isContent && !names.has(key)) throw rejected();
  }
  const kept = Object.entries(original).filter(([key]) => names.has(key));
  return kept.length === Object.keys(original).length ? original : Object.fromEntries(kept);
};

const mergeField = (draft: Draft, key: string, value: unknown, field: KnownField): void => {
  const before = draft.get(key);
  if (value === null) draft.delete(key);
  else if (isObject(before) && isObject(value)) {
    const merged = field.strategies.includes('replace') ? value : mergeMap(before, value, field.schema);
    draft.set(key, merged);
  } else if (Array.isArray(before) && Array.isArray(value)) {
    draft.set(key, field.strategies.includes('merge') ? mergeListField(before, value, field) : value);
  } else {
    const added = withoutDirectives(value);
    if (added !== undefined) draft.set(key, added);
  }
};

const mergeListField = (
  before: readonly unknown[],
  patch: readonly unknown[],
  field: KnownField,
): unknown[] => {
  const itemSchema = field.schema?.type === 'list' ? field.schema.item : undefined;
  return mergeList(before, patch, field.mergeKey, {
    merge: (item, change) => mergeMap(item, change, itemSchema),
    added: withoutDirectives,
  });
};

const deleteFromList = (draft: Draft, key: string, removed: unknown): void => {
  const before = draft.get(key);
  if (!Array.isArray(removed)) throw badRequest('invalid patch format of primitive list');
  if (!Array.isArray(before)) return;
  draft.set(
    key,
    before.filter((item) => !removed.includes(item)),
  );
};

/** Merges and orders every list for which the patch gives an order; returns the fields that are dealt with. */
const applyElementOrders = (draft: Draft, patch: JsonObject, schema: Schema | undefined): Set<string> => {
  const done = new Set<string>();
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(SET_ORDER)) continue;
    const key = directive.slice(SET_ORDER.length);
    const before = draft.get(key);
    const change = getOwn(patch, key);
    if (change === null) continue;
    if (!Array.isArray(order) || (change !== undefined && !Array.isArray(change))) {
      throw badRequest('invalid patch format of setElementOrder list');
    }
    const original: readonly unknown[] | undefined = Array.isArray(before) ? before : undefined;
    const list: readonly unknown[] | undefined = Array.isArray(change) ? change : undefined;
    if (original === undefined && list === undefined) continue;
    const field = fieldOf(schema, key);
    if (list !== undefined) requireOrderCovers(list, order, field.mergeKey);
    draft.set(key, orderedLike(mergedFor(original, list, field), order, original ?? [], field.mergeKey));
    done.add(key);
  }
  return done;
};

const mergedFor = (
  original: readonly unknown[] | undefined,
  patch: readonly unknown[] | undefined,
  field: KnownField,
): readonly unknown[] => {
  if (original === undefined) return withoutDirectives(patch ?? []) as readonly unknown[];
  if (patch === undefined) return original;
  return field.strategies.includes('merge') ? mergeListField(original, patch, field) : patch;
};

/** The items of the patch must appear in the order list, in the same order. */
const requireOrderCovers = (patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void => {
  if (patch.length === 0 || order.length === 0) return;
  const present = patch.filter((item) => !(isObject(item) && getOwn(item, DIRECTIVE) === 'delete'));
  let matched = 0;
  for (const entry of order) {
    const item = present[matched];
    const isSame =
      isObject(item) && isObject(entry)
        ? jsonEqual(getOwn(item, mergeKey), getOwn(entry, mergeKey))
        : jsonEqual(item, entry);
    if (matched < present.length && isSame) matched++;
  }
  if (matched < present.length) {
    throw plain500(
      `The order in patch list:\n${formatGoValue(patch)}\n doesn't match $setElementOrder list:\n${formatGoValue(order)}\n`,
    );
  }
};

/**
 * A value that the original does not have, as it is stored: without directives and nulls. Undefined for a map that the
 * patch deletes.
 */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value
      .filter((item) => !(isObject(item) && getOwn(item, DIRECTIVE) === 'replace'))
      .map(withoutDirectives)
      .filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  if (getOwn(value, DIRECTIVE) === 'delete') return undefined;
  const content: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || key === DIRECTIVE || key === RETAIN_KEYS) continue;
    if (key.startsWith(DELETE_FROM) || key.startsWith(SET_ORDER)) continue;
    const kept = withoutDirectives(item);
    if (kept !== undefined) setOwn(content, key, kept);
  }
  return content;
};
