/** Warnings of a write: what statelet does not act on, and what upstream warns of. Costs nothing unless asked for. */
import { resourceFor, type KindName } from '../kinds.js';
import { jsonEqual } from '../patch/index.js';
import { unsupportedFields } from './unsupported.js';

/**
 * Warnings about an object, one text each, as the `Warning` header carries them.
 * @param object decoded; with or without defaults
 * @param old what was stored: fields that it already had in the same value are not told again
 */
export const warningsFor = (kind: KindName, object: object, old?: object): readonly string[] => {
  const { schema, rules } = resourceFor(kind);
  const before = old === undefined ? [] : unsupportedFields(schema, old);
  const known = new Map(before.map(({ path, value }) => [path, value]));
  const unsupported = unsupportedFields(schema, object)
    .filter(({ path, value }) => !known.has(path) || !jsonEqual(known.get(path), value))
    .map(({ path }) => `${path}: statelet stores this field but does not act on it`);
  return [...unsupported, ...(rules.warnings?.(object as never, old as never) ?? [])];
};
