/**
 * JSON merge patch (RFC 7386): applying one, and making the one that leads from one object to another.
 *
 * Inputs are never changed; what a patch leaves alone is shared with the result, and a patch without effect gives back
 * the very same object.
 */
import { badRequest } from '../status.js';
import { getOwn, isObject, jsonEqual, jsonType, setOwn, type JsonObject } from './json.js';

/**
 * The object after a merge patch: a null removes a key, objects merge, everything else replaces.
 * @throws {ApiError} BadRequest 400 when the patch is not an object
 */
export const applyMergePatch = <T>(current: T, patch: unknown): T => {
  if (patch === null || patch === undefined) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`,
    );
  }
  return mergeObject(isObject(current) ? current : {}, patch) as T;
};

const mergeObject = (current: JsonObject, patch: JsonObject): JsonObject => {
  let result: Record<string, unknown> | undefined;
  for (const key in patch) {
    const value = patch[key];
    const before = getOwn(current, key);
    if (value === null) {
      if (before !== undefined) delete (result ??= { ...current })[key];
      continue;
    }
    if (isObject(value) && isObject(before)) {
      // What a patch leaves as it was comes back as the very same object.
      const after = mergeObject(before, value);
      if (after !== before) setOwn((result ??= { ...current }), key, after);
      continue;
    }
    const after = isObject(value) ? mergeObject({}, value) : value;
    if (before === undefined || !jsonEqual(after, before)) setOwn((result ??= { ...current }), key, after);
  }
  return result ?? current;
};

/**
 * The smallest merge patch that turns `from` into `to`; `{}` when they are equal. Nulls in `to` count as absent.
 * For writers that want to touch only what they changed.
 */
export const createMergePatch = (from: object, to: object): Record<string, unknown> => {
  const before = from as JsonObject;
  const after = to as JsonObject;
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(before)) {
    const isGone = (getOwn(after, key) ?? undefined) === undefined;
    if (isGone && (before[key] ?? undefined) !== undefined) setOwn(patch, key, null);
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined || value === null) continue;
    const previous = getOwn(before, key);
    if (previous === value || jsonEqual(previous, value)) continue;
    setOwn(patch, key, isObject(previous) && isObject(value) ? createMergePatch(previous, value) : value);
  }
  return patch;
};
