/**
 * What an applied object must be: made of fields that the schema knows, of the right types, without two items of one
 * key.
 *
 * Models: sigs.k8s.io/structured-merge-diff/typed/validate.go; api.md §3.6
 */
import { formatGoValue } from '../patch/json.js';
import type { Field, ScalarType } from '../schema/dsl.js';
import { formatPath, type Path } from './fieldSet.js';
import { elementOf, fieldNamed, isLeaf, itemField } from './typed.js';

/** What is wrong, each with its path, in the order of the document. */
export const typedErrors = (field: Field, value: unknown): readonly string[] => {
  const errors: string[] = [];
  check(field, value, [], errors);
  return errors;
};

const check = (field: Field, value: unknown, path: Path, errors: string[]): void => {
  const { schema } = field;
  if (value === undefined || value === null || schema.type === 'json') return;
  const report = (text: string, at: Path = path): void => void errors.push(`${formatPath(at)}: ${text}`);
  switch (schema.type) {
    case 'list': {
      if (!Array.isArray(value)) return report(`expected list, got &{${formatGoValue(value)}}`);
      const seen = new Set<string>();
      value.forEach((item: unknown, index) => {
        const element = isLeaf(field) ? `i:${index}` : elementOf(field, item);
        if (seen.has(element)) report(`duplicate entries for key ${formatPath([element])}`);
        seen.add(element);
        check(itemField(field), item, [...path, element], errors);
      });
      return;
    }
    case 'map':
    case 'object': {
      if (typeof value !== 'object' || Array.isArray(value))
        return report(`expected map, got &{${formatGoValue(value)}}`);
      for (const [name, inner] of Object.entries(value)) {
        const at = [...path, `f:${name}`];
        const known = fieldNamed(field, name);
        if (known === undefined) report('field not declared in schema', at);
        else check(known, inner, at, errors);
      }
      return;
    }
    default: {
      const text = scalarError(schema.type, value);
      if (text !== undefined) report(text);
    }
  }
};

const scalarError = (type: ScalarType, value: unknown): string | undefined => {
  const actual = typeof value;
  switch (type) {
    case 'int32':
    case 'int64':
    case 'double':
      return actual === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return actual === 'boolean' ? undefined : `expected boolean, got &{${formatGoValue(value)}}`;
    case 'quantity':
    case 'intOrString':
      return actual === 'object' ? `expected any scalar, got &{${formatGoValue(value)}}` : undefined;
    default:
      return actual === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${formatGoValue(value)}}`;
  }
};

const goType = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'object'
      ? 'map[string]interface {}'
      : 'string';
};
