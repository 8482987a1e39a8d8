/**
 * Values as plain data: what an observer may keep, compare and print. Objects of the API and other plain data are handed
 * through as they are; references to actors become `{ actor: id }`, functions and class instances their names.
 */

/** Deeper than this, nothing is looked at: an event or a parameter is small. */
const MAX_DEPTH = 6;

export function plain(value: unknown, depth = 0): unknown {
  if (typeof value === 'function') return { function: value.name };
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (depth === MAX_DEPTH) return '…';
  if (Array.isArray(value)) return mapped(value, depth);
  if (isActor(value)) return { actor: value.id === value.sessionId ? '' : value.id };
  if (value instanceof Error) return { error: String(value) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return { instance: (prototype as { constructor: { name: string } }).constructor.name };
  }
  return fields(value as Readonly<Record<string, unknown>>, depth);
}

/** The same array when nothing in it had to be replaced. */
function mapped(values: readonly unknown[], depth: number): readonly unknown[] {
  const result = values.map((item) => plain(item, depth + 1));
  return result.every((item, index) => Object.is(item, values[index])) ? values : result;
}

/** The same object when nothing in it had to be replaced. */
function fields(object: Readonly<Record<string, unknown>>, depth: number): Readonly<Record<string, unknown>> {
  let result: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(object)) {
    const inner = plain(value, depth + 1);
    if (!Object.is(inner, value)) (result ??= { ...object })[key] = inner;
  }
  return result ?? object;
}

function isActor(value: object): value is { readonly id: string; readonly sessionId: string } {
  return 'sessionId' in value && 'send' in value && 'id' in value;
}
