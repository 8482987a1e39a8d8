/**
 * One requirement of a label selector: what it may hold, when a set of labels meets it, how it reads as text.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/labels/selector.go#Requirement (v1.36)
 */
import { checkLabelValue, checkQualifiedName } from '../validation/names.js';

export type Labels = Readonly<Record<string, string>>;
export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted, without repetition. Empty for `exists` and `!`. */
  readonly values: readonly string[];
}

/** A selector that cannot be understood; the server answers 400 with this text. */
export class SelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorError';
  }
}

const INTEGER = /^[+-]?\d+$/;

/**
 * Checks and normalises a requirement.
 * @throws {SelectorError} when key, number of values or a value is not allowed
 */
export const createRequirement = (
  key: string,
  operator: LabelOperator,
  values: Iterable<string>,
): LabelRequirement => {
  const keyErrors = checkQualifiedName(key);
  if (keyErrors.length > 0) throw new SelectorError(invalid('<nil>', key, keyErrors));
  const sorted = [...new Set(values)].sort(byCodeUnit);
  const problems = [...arityProblems(operator, sorted)];
  for (const [index, value] of sorted.entries()) {
    const errors = checkLabelValue(value);
    if (errors.length > 0) problems.push(invalid(`values[${index}][${key}]`, value, errors));
  }
  if (problems.length === 1) throw new SelectorError(problems[0] ?? '');
  if (problems.length > 1) throw new SelectorError(`[${problems.join(', ')}]`);
  return { key, operator, values: sorted };
};

const arityProblems = function* (operator: LabelOperator, values: readonly string[]): Generator<string> {
  if (operator === 'in' || operator === 'notin') {
    if (values.length === 0) {
      yield "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty";
    }
  } else if (operator === 'gt' || operator === 'lt') {
    for (const [index, value] of values.entries()) {
      if (!INTEGER.test(value)) {
        yield `values[${index}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`;
      }
    }
  }
};

const invalid = (path: string, value: string, errors: readonly string[]): string =>
  `${path}: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`;

/** Order of Go's string comparison for the characters that labels may hold. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether labels meet a requirement. `!=` and `notin` are met by labels without the key. */
export const meetsRequirement = (labels: Labels | undefined, requirement: LabelRequirement): boolean => {
  const { key, operator, values } = requirement;
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt':
      return value !== undefined && comparesAs(operator, value, values[0] ?? '');
  }
};

/** Compares two integers given as text; false when either is not one. */
export const comparesAs = (operator: 'gt' | 'lt', left: string, right: string): boolean => {
  if (!INTEGER.test(left) || !INTEGER.test(right)) return false;
  const a = BigInt(left.replace(/^\+/, ''));
  const b = BigInt(right.replace(/^\+/, ''));
  return operator === 'gt' ? a > b : a < b;
};

/** The requirement in the grammar of `labelSelector=`. */
export const formatRequirement = ({ key, operator, values }: LabelRequirement): string => {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
};
