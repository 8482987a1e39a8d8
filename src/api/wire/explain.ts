/**
 * What is wrong with a document, and where: read once more, in document order, only when decoding found that
 * something is. Texts are those of Go's JSON decoder.
 */
import type { Field, ObjectSchema, ScalarType, Schema } from '../schema/dsl.js';
import { QUANTITY_FORMAT_ERROR } from './quantity.js';
import { readScalar } from './scalars.js';

type Json = Readonly<Record<string, unknown>>;

/** Paths of the fields that the schema does not know, in document order: `spec.containers[0].foo`. */
export const unknownFields = (schema: Schema, value: unknown): readonly string[] => {
  const found: string[] = [];
  collectUnknown(schema, value, '', found);
  return found;
};

const collectUnknown = (schema: Schema, value: unknown, path: string, found: string[]): void => {
  if (Array.isArray(value)) {
    if (schema.type === 'list')
      value.forEach((item, index) => collectUnknown(schema.item, item, `${path}[${index}]`, found));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const child = path === '' ? key : `${path}.${key}`;
    if (schema.type === 'map') collectUnknown(schema.value, item, child, found);
    if (schema.type !== 'object') continue;
    const field = fieldOf(schema, key);
    if (field === undefined) found.push(child);
    else collectUnknown(field.schema, item, child, found);
  }
};

const fieldOf = (schema: ObjectSchema, key: string): Field | undefined =>
  Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;

/** Where Go's decoder is: the innermost struct and the field path without indexes. */
interface Place {
  readonly struct: string;
  readonly path: string;
  /** Name of the Go type that the field asks for, when it is not the plain one. */
  readonly goType: string | undefined;
}

/** The first value of a wrong type, as the decoder's error text; undefined when all types are right. */
export const typeError = (schema: Schema, value: unknown): string | undefined =>
  firstError(schema, value, { struct: '', path: '', goType: undefined });

const firstError = (schema: Schema, value: unknown, place: Place): string | undefined => {
  if (value === undefined || value === null) return undefined;
  switch (schema.type) {
    case 'object':
      return isObject(value) ? errorInObject(schema, value, place) : mismatch(schema, value, place);
    case 'map':
      if (!isObject(value)) return mismatch(schema, value, place);
      return firstOf(Object.values(value), (item) =>
        firstError(schema.value, item, { ...place, goType: undefined }),
      );
    case 'list':
      if (!Array.isArray(value)) return mismatch(schema, value, place);
      return firstOf(value, (item) => firstError(schema.item, item, { ...place, goType: undefined }));
    default:
      return readScalar[schema.type](value) === undefined
        ? scalarError(schema.type, value, place)
        : undefined;
  }
};

const errorInObject = (schema: ObjectSchema, value: Json, place: Place): string | undefined =>
  firstOf(Object.entries(value), ([key, item]) => {
    const field = fieldOf(schema, key);
    if (field === undefined) return undefined;
    const path = place.path === '' ? key : `${place.path}.${key}`;
    return firstError(field.schema, item, { struct: shortName(schema), path, goType: field.options.goType });
  });

const firstOf = <T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined => {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shortName = ({ name }: ObjectSchema): string => name.slice(name.lastIndexOf('.') + 1);

const GO_SCALARS: Partial<Record<ScalarType, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
};

/** How Go names a type: `int32`, `v1.Container`, `[]v1.Container`, `map[string]string`. */
const goTypeOf = (schema: Schema): string => {
  switch (schema.type) {
    case 'object':
      return `v1.${shortName(schema)}`;
    case 'list':
      return `[]${goTypeOf(schema.item)}`;
    case 'map':
      return schema.value.type === 'quantity' ? 'v1.ResourceList' : `map[string]${goTypeOf(schema.value)}`;
    default:
      return GO_SCALARS[schema.type] ?? schema.type;
  }
};

/** How Go names a JSON value: `string`, `number 1.5`, `bool`, `array`, `object`. */
const jsonTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const mismatch = (schema: Schema, value: unknown, place: Place, what = jsonTypeOf(value)): string => {
  const type = place.goType ?? goTypeOf(schema);
  return place.path === ''
    ? `json: cannot unmarshal ${what} into Go value of type ${type}`
    : `json: cannot unmarshal ${what} into Go struct field ${place.struct}.${place.path} of type ${type}`;
};

const scalarError = (type: ScalarType, value: unknown, place: Place): string => {
  switch (type) {
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number'
        ? QUANTITY_FORMAT_ERROR
        : `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`;
    case 'intOrString':
      return `json: cannot unmarshal ${numberOrType(value)} into Go value of type int32`;
    case 'time':
    case 'microTime':
      return typeof value === 'string'
        ? timeError(value, type)
        : `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`;
    case 'bytes':
      return typeof value === 'string'
        ? `illegal base64 data at input byte ${firstIllegalByte(value)}`
        : mismatch({ type }, value, place);
    case 'int32':
    case 'int64':
      return mismatch({ type }, value, place, numberOrType(value));
    default:
      return mismatch({ type }, value, place);
  }
};

const numberOrType = (value: unknown): string =>
  typeof value === 'number' ? `number ${value}` : jsonTypeOf(value);

/** Models: Go's time.ParseError, for a text that does not even begin as a date. */
const timeError = (text: string, type: 'time' | 'microTime'): string => {
  const layout = type === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^[Tt]/, 'T'],
    [/^\d\d/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d(?:\.\d+)?/, '05'],
    [/^(?:[Zz]|[+-]\d\d:\d\d)$/, 'Z07:00'],
  ];
  let rest = text;
  for (const [pattern, wanted] of parts) {
    const match = pattern.exec(rest);
    if (match === null) return `parsing time "${text}" as "${layout}": cannot parse "${rest}" as "${wanted}"`;
    rest = rest.slice(match[0].length);
  }
  return `parsing time "${text}": day out of range`;
};

/** Models: Go's base64.CorruptInputError. */
const firstIllegalByte = (text: string): number => {
  const clean = text.replace(/[\r\n]/g, '');
  const at = clean.search(/[^A-Za-z0-9+/]/);
  if (at < 0) return clean.length - (clean.length % 4 === 0 ? 0 : clean.length % 4);
  return at;
};
