/**
 * Decoders compiled from schemas: from JSON to the typed value, in one pass, without keeping paths. A decoder only
 * says that something is wrong; what and where is found by `explain.ts`, which reads the document again.
 *
 * - Fields come out in declared order, null counts as absent, quantities are canonical.
 * - As Go's encoder does: empty lists, maps and zero scalars are dropped where the field is optional and no pointer;
 *   required scalars and structs are always there.
 * - With a `base` (the value stored so far) everything that did not change is taken from it, identity included.
 */
import type { Field, FieldOptions, ObjectSchema, Schema } from '../schema/dsl.js';
import { readScalar } from './scalars.js';

/** Thrown, once and without a stack, by decoders for a value of the wrong type. */
export const WRONG_TYPE = Symbol('wrong type');

export interface Reading {
  /** There were fields that the schema does not know. */
  hasUnknown: boolean;
}

/** Gives undefined for an absent value. */
type Decoder = (value: unknown, base: unknown, reading: Reading) => unknown;
type Json = Record<string, unknown>;

const compiled = new WeakMap<Schema, Decoder>();

/** The decoder of a schema; compiled on first use. */
export const decoderOf = (schema: Schema): Decoder => {
  const found = compiled.get(schema);
  if (found !== undefined) return found;
  const decoder = compile(schema);
  compiled.set(schema, decoder);
  return decoder;
};

const compile = (schema: Schema): Decoder => {
  switch (schema.type) {
    case 'object':
      return compileObject(schema);
    case 'list':
      return listDecoder(decoderOf(schema.item), zeroItem(schema.item));
    case 'map':
      return mapDecoder(decoderOf(schema.value), zeroItem(schema.value));
    default: {
      const read = readScalar[schema.type];
      return (value) => {
        if (value === undefined || value === null) return undefined;
        const scalar = read(value);
        if (scalar === undefined) throw WRONG_TYPE;
        return scalar;
      };
    }
  }
};

/** What null stands for inside a list or map: Go's zero value. */
const zeroItem = (schema: Schema): unknown =>
  schema.type === 'object' || schema.type === 'map' ? {} : schema.type === 'list' ? [] : zeroOf(schema.type);

const zeroOf = (type: string): unknown =>
  type === 'boolean'
    ? false
    : /^(?:int32|int64|double|intOrString)$/.test(type)
      ? 0
      : type === 'quantity'
        ? '0'
        : '';

const listDecoder =
  (item: Decoder, zero: unknown): Decoder =>
  (value, base, reading) => {
    if (value === undefined || value === null) return undefined;
    if (value === base) return base;
    if (!Array.isArray(value)) throw WRONG_TYPE;
    const before = Array.isArray(base) ? (base as readonly unknown[]) : undefined;
    let isSame = before !== undefined && before.length === value.length;
    const decoded: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const known = before?.[index];
      const next = item(value[index], known, reading) ?? zero;
      if (next !== known) isSame = false;
      decoded.push(next);
    }
    return isSame ? base : decoded;
  };

const isPlainObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapDecoder =
  (item: Decoder, zero: unknown): Decoder =>
  (value, base, reading) => {
    if (value === undefined || value === null) return undefined;
    if (value === base) return base;
    if (!isPlainObject(value)) throw WRONG_TYPE;
    const before = isPlainObject(base) ? base : undefined;
    let isSame = before !== undefined;
    let count = 0;
    const decoded: Json = {};
    for (const key of Object.keys(value)) {
      const known = before?.[key];
      const next = item(value[key], known, reading) ?? zero;
      if (next !== known) isSame = false;
      count += 1;
      setKey(decoded, key, next);
    }
    return isSame && count === Object.keys(before as Json).length ? base : decoded;
  };

/** `__proto__` is a key like any other. */
const setKey = (target: Json, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
};

interface FieldDecoder {
  readonly name: string;
  readonly decode: Decoder;
  /** Value of an absent field; undefined: the field stays away. */
  readonly absent: unknown;
  /** An absent field is decoded from an empty object. */
  readonly isStruct: boolean;
  /** The zero value counts as absent. */
  readonly dropsZero: boolean;
}

const compileObject = (schema: ObjectSchema): Decoder => {
  let fields: readonly FieldDecoder[] | undefined;
  // Lazily, so that schemas may refer to each other.
  return (value, base, reading) => {
    if (value === undefined || value === null) return undefined;
    if (value === base) return base;
    if (!isPlainObject(value)) throw WRONG_TYPE;
    fields ??= Object.entries(schema.fields).map(([name, field]) => fieldDecoder(name, field));
    return decodeObject(fields, value, isPlainObject(base) ? base : undefined, reading);
  };
};

const decodeObject = (
  fields: readonly FieldDecoder[],
  value: Json,
  base: Json | undefined,
  reading: Reading,
): Json => {
  const decoded: Json = {};
  let isSame = base !== undefined;
  let seen = 0;
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] as FieldDecoder;
    const { name } = field;
    const raw = value[name];
    const known = base === undefined ? undefined : base[name];
    let next: unknown;
    if (raw !== undefined) {
      seen += 1;
      next = field.decode(raw, known, reading);
      if (field.dropsZero && isZero(next)) next = undefined;
    }
    if (next === undefined) next = field.isStruct ? field.decode({}, known, reading) : field.absent;
    if (next !== known) isSame = false;
    if (next !== undefined) decoded[name] = next;
  }
  if (!reading.hasUnknown && seen !== countKeys(value)) reading.hasUnknown = true;
  return isSame ? (base as Json) : decoded;
};

const countKeys = (value: Json): number => {
  let count = 0;
  for (const key in value) if (value[key] !== undefined) count += 1;
  return count;
};

const isZero = (value: unknown): boolean => {
  if (typeof value !== 'object') return value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _key in value as Json) return false;
  return true;
};

const isScalar = (schema: Schema): boolean =>
  schema.type !== 'object' && schema.type !== 'list' && schema.type !== 'map';

const fieldDecoder = (name: string, { schema, options }: Field): FieldDecoder => ({
  name,
  decode: decoderOf(schema),
  absent: absentValue(schema, options),
  isStruct: schema.type === 'object' && options.struct === true,
  dropsZero: schema.type !== 'object' && options.required !== true && options.pointer !== true,
});

/** A required field is written even when it is empty. Shared and frozen: nobody may fill it. */
const absentValue = (schema: Schema, { required }: FieldOptions): unknown => {
  if (required !== true || schema.type === 'object') return undefined;
  if (schema.type === 'list') return EMPTY_LIST;
  if (schema.type === 'map') return EMPTY_MAP;
  return isScalar(schema) ? zeroOf(schema.type) : undefined;
};
const EMPTY_LIST: readonly unknown[] = Object.freeze([]);
const EMPTY_MAP = Object.freeze({});
