/**
 * Reading data that a person wrote, field by field: every error names the field and says what was expected; keys that
 * nobody asked for are refused.
 */

import { parseBytes, parseDuration, QuantityError } from '../../api/index.js';

/** A preset that is wrong: `images["web:1"].http.port: must be an integer from 1 to 65535, is "http"`. */
export class PresetError extends Error {
  /** Field at fault, for example `images["web:1"].http.port`. */
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = 'PresetError';
    this.path = path;
  }
}

/** A value and where it stands. */
export interface FieldParser {
  isString(): boolean;
  string(): string;
  integer(min: number, max?: number): number;
  /** A quantity of bytes: `300Mi`. */
  bytes(): number;
  fields<T>(read: (fields: FieldsParser) => T): T;
}

/** The fields of an object; an absent one is `undefined`. Ranges include their ends. */
export interface FieldsParser {
  required(key: string): FieldParser;
  string(key: string): string | undefined;
  boolean(key: string): boolean | undefined;
  integer(key: string, min: number, max?: number): number | undefined;
  durationMs(key: string): number | undefined;
  oneOf<T extends string>(key: string, values: readonly T[]): T | undefined;
  /** `true` is `Infinity`, `false` and absence 0. */
  booleanOrCount(key: string): number;
  object<T>(key: string, read: (value: FieldParser) => T): T | undefined;
  list<T>(key: string, read: (item: FieldParser) => T): T[] | undefined;
  oneOrList<T>(key: string, read: (item: FieldParser) => T): T[] | undefined;
  map<T>(key: string, read: (value: FieldParser) => T): ReadonlyMap<string, T> | undefined;
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readDurationMs = (value: unknown, path: string): number => {
  const isNegative =
    typeof value === 'number' ? value < 0 : typeof value === 'string' && value.startsWith('-');
  if (isNegative) throw new PresetError(path, `must not be negative, is ${shown(value)}`);
  try {
    return parseDuration(value as string | number);
  } catch {
    // The text for a field says what it is, not only how it is written.
    const problem = `must be a duration such as "90s", "5m", "24h", or milliseconds, is ${shown(value)}`;
    throw new PresetError(path, problem);
  }
};

const readInteger = (value: unknown, path: string, min: number, max: number): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new PresetError(path, `must be an integer ${range}, is ${shown(value)}`);
};

const readBytes = (value: unknown, path: string): number => {
  try {
    const bytes = parseBytes(String(value));
    if (bytes >= 0) return bytes;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
  }
  throw new PresetError(path, `must be a quantity such as "300Mi" or "2Gi", is ${shown(value)}`);
};

/**
 * Reads an object through `read`, and refuses the keys that it did not ask for.
 *
 * @throws {PresetError} when the value is not an object, or a field is wrong.
 */
export const parseFields = <T>(value: unknown, path: string, read: (fields: FieldsParser) => T): T => {
  if (!isRecord(value)) throw new PresetError(path, `must be an object, is ${shown(value)}`);
  const known = new Set<string>();
  const result = read(fieldsOf(value, path, known));
  for (const key of Object.keys(value)) {
    if (!known.has(key)) {
      throw new PresetError(`${path}.${key}`, `unknown field; known are ${[...known].sort().join(', ')}`);
    }
  }
  return result;
};

const fieldOf = (value: unknown, path: string): FieldParser => ({
  isString: () => typeof value === 'string',
  string: () => {
    if (typeof value !== 'string') throw new PresetError(path, `must be a string, is ${shown(value)}`);
    return value;
  },
  integer: (min, max = Number.MAX_SAFE_INTEGER) => readInteger(value, path, min, max),
  bytes: () => readBytes(value, path),
  fields: (read) => parseFields(value, path, read),
});

const fieldsOf = (
  record: Readonly<Record<string, unknown>>,
  path: string,
  known: Set<string>,
): FieldsParser => {
  const optional = <T>(key: string, read: (value: unknown, path: string) => T): T | undefined => {
    known.add(key);
    // `null` is what YAML makes of a key without a value.
    const value = Object.hasOwn(record, key) ? record[key] : undefined;
    return value === undefined || value === null ? undefined : read(value, `${path}.${key}`);
  };
  const items = <T>(values: readonly unknown[], at: string, read: (item: FieldParser) => T): T[] =>
    values.map((item, index) => read(fieldOf(item, `${at}[${index}]`)));
  return {
    required: (key) => {
      const field = optional(key, fieldOf);
      if (field === undefined) throw new PresetError(`${path}.${key}`, 'is required');
      return field;
    },
    string: (key) => optional(key, (value, at) => fieldOf(value, at).string()),
    boolean: (key) =>
      optional(key, (value, at) => {
        if (typeof value !== 'boolean')
          throw new PresetError(at, `must be true or false, is ${shown(value)}`);
        return value;
      }),
    integer: (key, min, max = Number.MAX_SAFE_INTEGER) =>
      optional(key, (value, at) => readInteger(value, at, min, max)),
    durationMs: (key) => optional(key, readDurationMs),
    oneOf: (key, values) =>
      optional(key, (value, at) => {
        const found = values.find((candidate) => candidate === value);
        if (found === undefined) {
          throw new PresetError(at, `must be one of ${values.join(', ')}, is ${shown(value)}`);
        }
        return found;
      }),
    booleanOrCount: (key) =>
      optional(key, (value, at) => {
        if (typeof value === 'boolean') return value ? Infinity : 0;
        return readInteger(value, at, 0, Number.MAX_SAFE_INTEGER);
      }) ?? 0,
    object: (key, read) => optional(key, (value, at) => read(fieldOf(value, at))),
    list: (key, read) =>
      optional(key, (value, at) => {
        if (!Array.isArray(value)) throw new PresetError(at, `must be a list, is ${shown(value)}`);
        return items(value, at, read);
      }),
    oneOrList: (key, read) =>
      optional(key, (value, at) => {
        if (!Array.isArray(value)) return [read(fieldOf(value, at))];
        if (value.length === 0) throw new PresetError(at, 'must not be an empty list');
        return items(value, at, read);
      }),
    map: (key, read) =>
      optional(key, (value, at) => {
        if (!isRecord(value)) throw new PresetError(at, `must be an object, is ${shown(value)}`);
        return new Map(
          Object.entries(value).map(([name, item]) => [
            name,
            read(fieldOf(item, `${at}[${JSON.stringify(name)}]`)),
          ]),
        );
      }),
  };
};
