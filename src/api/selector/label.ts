/**
 * Label selectors: the text form of requests and the LabelSelector objects of workloads, both compiled to a matcher.
 *
 * A matcher is immutable; that of a LabelSelector object is kept with the (frozen, shared) object, so that asking for
 * it again costs one look-up. An absent LabelSelector matches nothing, an empty one everything.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/labels, pkg/apis/meta/v1/helpers.go#LabelSelectorAsSelector (v1.36)
 */
import type { LabelSelector } from '../schema/types/meta.js';
import { badRequest } from '../status.js';
import { parseRequirements } from './labelGrammar.js';
import {
  byCodeUnit,
  createRequirement,
  formatRequirement,
  meetsRequirement,
  SelectorError,
  type LabelOperator,
  type LabelRequirement,
  type Labels,
} from './requirement.js';

/** Whatever has labels: every API object, and a pod template. */
export interface Labelled {
  readonly metadata?: { readonly labels?: Labels | undefined } | undefined;
}

export interface LabelMatcher {
  /** All must be met. Sorted by key. */
  readonly requirements: readonly LabelRequirement[];
  /** Matches every object. */
  readonly isEverything: boolean;
  matchesLabels(labels: Labels | undefined): boolean;
  matches(object: Labelled): boolean;
  /** The selector as text, such as `a=b,c in (d,e)`; `''` when it matches everything. */
  toString(): string;
}

const compile = (unsorted: readonly LabelRequirement[]): LabelMatcher => {
  const requirements = [...unsorted].sort((a, b) => byCodeUnit(a.key, b.key));
  const only = requirements.length === 1 ? requirements[0] : undefined;
  const matchesLabels =
    only === undefined
      ? (labels: Labels | undefined) =>
          requirements.every((requirement) => meetsRequirement(labels, requirement))
      : (labels: Labels | undefined) => meetsRequirement(labels, only);
  return {
    requirements,
    isEverything: requirements.length === 0,
    matchesLabels,
    matches: (object) => matchesLabels(object.metadata?.labels),
    toString: () => requirements.map(formatRequirement).join(','),
  };
};

const EVERYTHING = compile([]);
const NOTHING: LabelMatcher = {
  requirements: [],
  isEverything: false,
  matchesLabels: () => false,
  matches: () => false,
  toString: () => '',
};

/**
 * The matcher of a `labelSelector=` parameter. Absent or empty text matches everything.
 * @throws {ApiError} BadRequest 400 with upstream's text
 */
export const parseLabelSelector = (text: string | undefined): LabelMatcher => {
  if (text === undefined || text === '') return EVERYTHING;
  try {
    return compile(parseRequirements(text));
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
};

const EXPRESSION_OPERATORS: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

const compiled = new WeakMap<LabelSelector, LabelMatcher>();

/**
 * The matcher of a LabelSelector object, as of a ReplicaSet or Deployment.
 * @throws {SelectorError} for an unknown operator or an invalid key or value (stored selectors are validated: no throw)
 */
export const labelSelectorMatcher = (selector: LabelSelector | undefined): LabelMatcher => {
  if (selector === undefined) return NOTHING;
  const known = compiled.get(selector);
  if (known !== undefined) return known;
  const matcher = compile([
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => createRequirement(key, '=', [value])),
    ...(selector.matchExpressions ?? []).map((expression) => {
      const operator = EXPRESSION_OPERATORS[expression.operator];
      if (operator === undefined) {
        throw new SelectorError(`"${expression.operator}" is not a valid label selector operator`);
      }
      return createRequirement(expression.key, operator, expression.values ?? []);
    }),
  ]);
  compiled.set(selector, matcher);
  return matcher;
};

/** Whether a LabelSelector object matches a set of labels. */
export const labelSelectorMatches = (
  selector: LabelSelector | undefined,
  labels: Labels | undefined,
): boolean => labelSelectorMatcher(selector).matchesLabels(labels);

/** A LabelSelector as tables and the scale subresource print it: `a=b,c in (d)`; `<none>` when there is nothing. */
export const formatLabelSelector = (selector: LabelSelector | undefined): string => {
  try {
    return labelSelectorMatcher(selector).toString() || '<none>';
  } catch (error) {
    if (error instanceof SelectorError) return '<error>';
    throw error;
  }
};

/** A set of labels as tables print it: sorted `a=b,c=d`; `<none>` when empty. */
export const formatLabels = (labels: Labels | undefined): string =>
  Object.entries(labels ?? {})
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>';
