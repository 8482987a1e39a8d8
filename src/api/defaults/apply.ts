/**
 * Fills in the defaults that the schema declares, and the structs that are always there: compiled per schema, top down, copying only what changes (what is
 * complete comes back as it is). Fields keep their declared order.
 *
 * Models: pkg/apis/{core,apps}/v1/defaults.go (v1.36)
 */
import type { Field, ObjectSchema, Schema } from '../schema/dsl.js';

type Json = Readonly<Record<string, unknown>>;
/** Gives its argument back when nothing is missing. */
type Filler = (value: unknown) => unknown;

const compiled = new WeakMap<Schema, Filler | null>();

/** What fills in defaults below a schema; undefined when there are none. */
export const fillerOf = (schema: Schema): Filler | undefined => {
  const found = compiled.get(schema);
  if (found !== undefined) return found ?? undefined;
  compiled.set(schema, null);
  const filler = compile(schema);
  compiled.set(schema, filler ?? null);
  return filler;
};

const compile = (schema: Schema): Filler | undefined => {
  switch (schema.type) {
    case 'object':
      return compileObject(schema);
    case 'list': {
      const item = fillerOf(schema.item);
      return item && ((value) => fillList(value as readonly unknown[], item));
    }
    case 'map': {
      const item = fillerOf(schema.value);
      return (
        item &&
        ((value) => Object.fromEntries(Object.entries(value as Json).map(([key, of]) => [key, item(of)])))
      );
    }
    default:
      return undefined;
  }
};

const fillList = (list: readonly unknown[], item: Filler): readonly unknown[] => {
  let filled: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const next = item(list[index]);
    if (next === list[index]) continue;
    filled ??= [...list];
    filled[index] = next;
  }
  return filled ?? list;
};

interface FieldFiller {
  readonly name: string;
  readonly absent: unknown;
  readonly computed: Field['options']['computed'];
  readonly fill: Filler | undefined;
}

const compileObject = (schema: ObjectSchema): Filler | undefined => {
  const fields: FieldFiller[] = [];
  for (const [name, field] of Object.entries(schema.fields)) {
    const { computed, struct } = field.options;
    const absent = field.options.default ?? (struct === true ? {} : undefined);
    const fill = fillerOf(field.schema);
    if (absent !== undefined || computed !== undefined || fill !== undefined)
      fields.push({ name, absent: freezeDeep(absent), computed, fill });
  }
  const { finish } = schema;
  if (fields.length === 0 && finish === undefined) return undefined;
  const order = Object.keys(schema.fields);
  return (value) => {
    const filled = fillObject(value as Json, fields, order);
    return finish === undefined ? filled : finish(filled);
  };
};

const fillObject = (value: Json, fields: readonly FieldFiller[], order: readonly string[]): Json => {
  let changes: Record<string, unknown> | undefined;
  let isInserted = false;
  for (let index = 0; index < fields.length; index += 1) {
    const { name, absent, computed, fill } = fields[index] as FieldFiller;
    const current = value[name];
    let next = current;
    if (next === undefined) {
      next = absent;
      if (computed !== undefined) {
        const known = changes;
        next = computed((field) => known?.[field] ?? value[field]);
      }
    }
    if (next !== undefined && fill !== undefined) next = fill(next);
    if (next === current) continue;
    changes ??= {};
    changes[name] = next;
    if (current === undefined) isInserted = true;
  }
  if (changes === undefined) return value;
  return isInserted ? inOrder(value, changes, order) : { ...value, ...changes };
};

const inOrder = (value: Json, changes: Json, order: readonly string[]): Json => {
  const filled: Record<string, unknown> = {};
  for (let index = 0; index < order.length; index += 1) {
    const name = order[index] as string;
    const field = changes[name] ?? value[name];
    if (field !== undefined) filled[name] = field;
  }
  return filled;
};

/** The same value with some fields set, all in declared order. */
export const withFields = <T extends object>(schema: ObjectSchema, value: T, fields: Json): T =>
  inOrder(value as Json, fields, Object.keys(schema.fields)) as T;

const freezeDeep = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) freezeDeep(item);
  return Object.freeze(value);
};
