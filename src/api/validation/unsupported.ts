/**
 * Fields that are set and stored, but that statelet does not act on: none of them is ignored in silence. Which these are
 * says the schema (`supported: false`).
 */
import type { Schema } from '../schema/dsl.js';
import { jsonEqual } from '../patch/index.js';

type Finder = (value: unknown, path: string, found: string[]) => void;

const compiled = new WeakMap<Schema, Finder | null>();

/** What finds unsupported fields below a schema; undefined when there are none. */
const finderOf = (schema: Schema): Finder | undefined => {
  const known = compiled.get(schema);
  if (known !== undefined) return known ?? undefined;
  compiled.set(schema, null);
  const finder = compile(schema);
  compiled.set(schema, finder ?? null);
  return finder;
};

const compile = (schema: Schema): Finder | undefined => {
  if (schema.type === 'list') {
    const item = finderOf(schema.item);
    return (
      item &&
      ((value, path, found) => {
        (value as readonly unknown[]).forEach((entry, index) => item(entry, `${path}[${index}]`, found));
      })
    );
  }
  if (schema.type !== 'object') return undefined;
  const fields = Object.entries(schema.fields).flatMap(([name, { schema: type, options }]) => {
    const isUnsupported = options.supported === false;
    const find = isUnsupported ? undefined : finderOf(type);
    return isUnsupported || find !== undefined
      ? [{ name, isUnsupported, find, absent: options.default }]
      : [];
  });
  if (fields.length === 0) return undefined;
  return (value, path, found) => {
    for (const { name, isUnsupported, find, absent } of fields) {
      const field = (value as Readonly<Record<string, unknown>>)[name];
      if (field === undefined) continue;
      const at = path === '' ? name : `${path}.${name}`;
      if (isUnsupported && !isHarmless(field, absent)) found.push(at);
      find?.(field, at, found);
    }
  };
};

/** The default, and what says «no» or «nothing», ask for nothing that is missing. */
const isHarmless = (value: unknown, absent: unknown): boolean =>
  value === false || value === '' || (absent !== undefined && jsonEqual(value, absent));

/** Paths of the set fields that statelet does not act on, in declared order. */
export const unsupportedFields = (schema: Schema, value: unknown): readonly string[] => {
  const found: string[] = [];
  finderOf(schema)?.(value, '', found);
  return found;
};
