/** Plain JSON values: what they are, when two are equal, how to build one without touching another. */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets an own property, whatever its name: `__proto__` of a parsed document is data, not a prototype. */
export const setOwn = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
};

export const getOwn = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Deep equality of JSON values. Absent and undefined are the same; order of keys does not matter. */
export const jsonEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEqual(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  // What is inherited is never identical to a JSON value: only what differs is looked at twice.
  let fields = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined) continue;
    fields += 1;
    if (value !== b[key] && !jsonEqual(value, getOwn(b, key))) return false;
  }
  for (const key in b) if (b[key] !== undefined) fields -= 1;
  return fields === 0;
};

/** The JSON type of a value in the words of Go's decoder. */
export const jsonType = (value: unknown): string =>
  Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;

/**
 * A value as Go prints one of its own: `map[image:q name:c]`, `[1 2]`, `<nil>`. Keys sorted.
 * Models: Go's fmt package, verb %v
 */
export const formatGoValue = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${formatGoValue(item)}`).join(' ')}]`;
};
