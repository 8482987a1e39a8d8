/** Warnings of a write: what statelet does not act on, and what upstream warns of. Costs nothing unless asked for. */
import { resourceFor, type KindName } from '../kinds.js';
import { jsonEqual } from '../patch/index.js';
import { unsupportedFields } from './unsupported.js';

const NOT_ACTED_ON = 'statelet stores this field but does not act on it';
const NOT_ENFORCED = 'statelet does not hold processes to it';

export interface WarningOptions {
  /** What the object was before: fields that it already had in the same value are not told again. */
  readonly old?: object | undefined;
  /** Containers are local processes, which nothing holds to limits. Default false. */
  readonly runsProcesses?: boolean | undefined;
}

/**
 * Warnings about an object, one text each, as the `Warning` header carries them.
 * @param object decoded; with or without defaults
 */
export const warningsFor = (
  kind: KindName,
  object: object,
  { old, runsProcesses = false }: WarningOptions = {},
): readonly string[] => {
  const { schema, rules } = resourceFor(kind);
  const before = old === undefined ? [] : unsupportedFields(schema, old);
  const known = new Map(before.map(({ path, value }) => [path, value]));
  const unsupported = unsupportedFields(schema, object)
    .filter(({ isSimulated }) => runsProcesses || !isSimulated)
    .filter(({ path, value }) => !known.has(path) || !jsonEqual(known.get(path), value))
    .map(({ path, isSimulated }) => `${path}: ${isSimulated ? NOT_ENFORCED : NOT_ACTED_ON}`);
  return [...unsupported, ...(rules.warnings?.(object as never, old as never) ?? [])];
};
