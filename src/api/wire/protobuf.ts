/**
 * Reads Kubernetes' protobuf bodies into the JSON that they stand for, driven by the schemas' field numbers. Zeros of
 * fields that are no pointers are still in it: decoding drops them. Nothing is ever written in protobuf.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf, .../generated.proto (v1.36); spec api.md 8.3
 */
import { resources } from '../kinds.js';
import type { ObjectSchema, ScalarType, Schema } from '../schema/dsl.js';
import { binding, eviction, scale } from '../schema/kinds/subresources.js';
import { deleteOptions } from '../schema/types/meta.js';
import { badRequest } from '../status.js';
import { createReader, WireError, type Reader, type WireField } from './protobufReader.js';

type Json = Record<string, unknown>;

export interface ProtobufBody {
  readonly apiVersion: string;
  readonly kind: string;
  /** As JSON would say it, without `apiVersion` and `kind`; undefined for a kind that statelet does not know. */
  readonly object: Readonly<Record<string, unknown>> | undefined;
}

/** Types of bodies that are no objects of their own. */
const OTHER_BODIES: Readonly<Record<string, ObjectSchema>> = {
  Binding: binding,
  DeleteOptions: deleteOptions,
  Eviction: eviction,
  Scale: scale,
};

/** What every body begins with: `k8s` and a zero. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];

/**
 * Reads a body of `application/vnd.kubernetes.protobuf`.
 * @throws {ApiError} BadRequest 400 when it is not one
 */
export const decodeProtobuf = (bytes: Uint8Array): ProtobufBody => {
  if (!MAGIC.every((byte, index) => bytes[index] === byte))
    throw badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  try {
    return readEnvelope(createReader(bytes.subarray(MAGIC.length)));
  } catch (error) {
    if (error instanceof WireError) throw badRequest(`proto: ${error.message}`);
    throw error;
  }
};

/** runtime.Unknown: 1 typeMeta (1 apiVersion, 2 kind), 2 raw. */
const readEnvelope = (reader: Reader): ProtobufBody => {
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array();
  for (const field of reader.fields()) {
    if (field.number === 2) raw = field.bytes();
    if (field.number !== 1) continue;
    for (const part of field.message().fields()) {
      if (part.number === 1) apiVersion = part.text();
      if (part.number === 2) kind = part.text();
    }
  }
  const schema = schemaOf(apiVersion, kind);
  return { apiVersion, kind, object: schema && readMessage(schema, createReader(raw)) };
};

const schemaOf = (apiVersion: string, kind: string): ObjectSchema | undefined =>
  resources.find((resource) => resource.apiVersion === apiVersion && resource.kind === kind)?.schema ??
  (Object.hasOwn(OTHER_BODIES, kind) ? OTHER_BODIES[kind] : undefined);

/** What a field number of a message stands for: a field, or a sub-message whose fields lie in this one. */
type Slot =
  | { readonly name: string; readonly schema: Schema }
  | { readonly inlined: ReadonlyMap<number, Slot> };

const slots = new WeakMap<ObjectSchema, ReadonlyMap<number, Slot>>();

const slotsOf = (schema: ObjectSchema): ReadonlyMap<number, Slot> => {
  const found = slots.get(schema);
  if (found !== undefined) return found;
  const numbered = new Map<number, Slot>();
  for (const [name, field] of Object.entries(schema.fields))
    if (field.options.proto !== undefined) numbered.set(field.options.proto, { name, schema: field.schema });
  for (const { proto, fields } of schema.inlined) {
    const inner = Object.entries(fields).flatMap(([name, number]) => {
      const field = schema.fields[name];
      return field === undefined ? [] : [[number, { name, schema: field.schema }] as const];
    });
    numbered.set(proto, { inlined: new Map(inner) });
  }
  slots.set(schema, numbered);
  return numbered;
};

const readMessage = (schema: ObjectSchema, reader: Reader): Json => {
  const message: Json = {};
  readInto(message, slotsOf(schema), reader);
  return message;
};

const readInto = (message: Json, numbered: ReadonlyMap<number, Slot>, reader: Reader): void => {
  for (const field of reader.fields()) {
    const slot = numbered.get(field.number);
    // A field of a newer release; as for JSON from protobuf, nobody can name it.
    if (slot === undefined) continue;
    if ('inlined' in slot) readInto(message, slot.inlined, field.message());
    else readField(message, slot.name, slot.schema, field);
  }
};

const readField = (message: Json, name: string, schema: Schema, field: WireField): void => {
  if (schema.type === 'list') {
    const items = (message[name] ??= []) as unknown[];
    const isPacked = field.isBytes && isVarint(schema.item);
    if (isPacked) items.push(...field.packed().map((number) => asScalar(schema.item, number)));
    else items.push(readValue(schema.item, field));
    return;
  }
  if (schema.type === 'map') {
    const entries = (message[name] ??= {}) as Json;
    const [key, value] = readEntry(schema.value, field.message());
    Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const value = readValue(schema, field);
  if (value !== undefined) message[name] = value;
};

/** Entries of maps: 1 key, 2 value. */
const readEntry = (schema: Schema, reader: Reader): readonly [string, unknown] => {
  let key = '';
  let value: unknown;
  for (const field of reader.fields()) {
    if (field.number === 1) key = field.text();
    if (field.number === 2) value = readValue(schema, field);
  }
  return [key, value ?? (schema.type === 'object' ? {} : schema.type === 'quantity' ? '0' : '')];
};

const isVarint = (schema: Schema): boolean =>
  schema.type === 'int32' || schema.type === 'int64' || schema.type === 'boolean';

const asScalar = (schema: Schema, number: number): unknown =>
  schema.type === 'boolean' ? number !== 0 : number;

const readValue = (schema: Schema, field: WireField): unknown => {
  switch (schema.type) {
    case 'object':
      return readMessage(schema, field.message());
    case 'list':
    case 'map':
      throw new WireError(`unexpected nested ${schema.type}`);
    default:
      return readScalar(schema.type, field);
  }
};

const readScalar = (type: ScalarType, field: WireField): unknown => {
  switch (type) {
    case 'string':
      return field.text();
    case 'boolean':
      return field.integer() !== 0;
    case 'int32':
    case 'int64':
      return field.integer();
    case 'double':
      return field.double();
    case 'bytes':
      return Buffer.from(field.bytes()).toString('base64');
    case 'quantity':
      return numbered(field.message()).get(1)?.text() ?? '0';
    case 'intOrString':
      return intOrString(field.message());
    case 'time':
    case 'microTime':
      return instant(field.message(), type);
    case 'json':
      return embeddedJson(field.message());
    default:
      throw new WireError(`unknown type ${String(type satisfies never)}`);
  }
};

const numbered = (reader: Reader): ReadonlyMap<number, WireField> =>
  new Map([...reader.fields()].map((field) => [field.number, field]));

/** 1 type (0 integer, 1 string), 2 intVal, 3 strVal. */
const intOrString = (reader: Reader): number | string => {
  const fields = numbered(reader);
  return (fields.get(1)?.integer() ?? 0) === 1
    ? (fields.get(3)?.text() ?? '')
    : (fields.get(2)?.integer() ?? 0);
};

/** 1 seconds, 2 nanos. An empty message is no time. */
const instant = (reader: Reader, type: 'time' | 'microTime'): string | undefined => {
  const fields = numbered(reader);
  const seconds = fields.get(1)?.integer();
  if (seconds === undefined) return undefined;
  const whole = new Date(seconds * 1000);
  if (Number.isNaN(whole.getTime())) throw new WireError(`time out of range: ${seconds}`);
  const text = whole.toISOString().slice(0, 19);
  if (type === 'time') return `${text}Z`;
  const micros = Math.floor((fields.get(2)?.integer() ?? 0) / 1000);
  return `${text}.${String(micros).padStart(6, '0')}Z`;
};

/** 1 raw: JSON text. */
const embeddedJson = (reader: Reader): unknown => {
  const text = numbered(reader).get(1)?.text() ?? '';
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new WireError(`embedded JSON: ${(error as Error).message}`);
  }
};
