/**
 * Fields that are set and stored, but that statelet does not act on: none of them is ignored in silence. Which these are
 * says the schema (`supported`).
 */
import type { Schema } from '../schema/dsl.js';
import { jsonEqual } from '../patch/index.js';

export interface UnsupportedField {
  readonly path: string;
  readonly value: unknown;
  /** Simulated containers are held to it, processes are not. */
  readonly isSimulated: boolean;
}
type Finder = (value: unknown, path: string, found: UnsupportedField[]) => void;

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
    const isSimulated = options.supported === 'simulated';
    const isUnsupported = options.supported === false || isSimulated;
    const find = isUnsupported ? undefined : finderOf(type);
    return isUnsupported || find !== undefined
      ? [{ name, isUnsupported, isSimulated, find, harmless: options.default ?? options.harmless }]
      : [];
  });
  if (fields.length === 0) return undefined;
  return (value, path, found) => {
    for (const { name, isUnsupported, isSimulated, find, harmless } of fields) {
      const field = (value as Readonly<Record<string, unknown>>)[name];
      if (field === undefined) continue;
      const at = path === '' ? name : `${path}.${name}`;
      if (isUnsupported && !isHarmless(field, harmless)) found.push({ path: at, value: field, isSimulated });
      find?.(field, at, found);
    }
  };
};

/** The default, and what says «no» or «nothing», ask for nothing that is missing. */
const isHarmless = (value: unknown, harmless: unknown): boolean =>
  value === false || value === '' || (harmless !== undefined && jsonEqual(value, harmless));

/** The set fields that statelet does not act on, in declared order. */
export const unsupportedFields = (schema: Schema, value: unknown): readonly UnsupportedField[] => {
  const found: UnsupportedField[] = [];
  finderOf(schema)?.(value, '', found);
  return found;
};
