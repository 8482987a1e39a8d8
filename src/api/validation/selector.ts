/** Rules of label selectors. Models: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation (v1.36) */
import type { LabelSelector, LabelSelectorRequirement } from '../schema/types/meta.js';
import { labelSelectorMatches, SelectorError } from '../selector/index.js';
import type { FieldErrors } from './fieldErrors.js';
import { checkQualifiedName, checkLabelValue } from './names.js';
import { validateLabels } from './metadata.js';

export const validateLabelSelector = (selector: LabelSelector, path: string, errors: FieldErrors): void => {
  if (selector.matchLabels !== undefined) validateLabels(selector.matchLabels, `${path}.matchLabels`, errors);
  selector.matchExpressions?.forEach((expression, index) =>
    validateExpression(expression, `${path}.matchExpressions[${index}]`, errors),
  );
};

/** @returns false: the operator is none of those that compare with a set of values. */
export const validateSetOperator = (
  { operator, values = [] }: { readonly operator: string; readonly values?: readonly string[] | undefined },
  path: string,
  errors: FieldErrors,
): boolean => {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
      return true;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.forbidden(
          `${path}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        );
      return true;
    default:
      return false;
  }
};

const validateExpression = (
  expression: LabelSelectorRequirement,
  path: string,
  errors: FieldErrors,
): void => {
  const { key, operator, values = [] } = expression;
  if (!validateSetOperator(expression, path, errors))
    errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  errors.invalidAll(`${path}.key`, key, checkQualifiedName(key));
  values.forEach((value, index) =>
    errors.invalidAll(`${path}.values[${index}]`, value, checkLabelValue(value)),
  );
};

/** Whether a selector can be evaluated and matches. */
export const selectorMatches = (
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined,
): 'matches' | 'differs' | 'unusable' => {
  try {
    return labelSelectorMatches(selector, labels) ? 'matches' : 'differs';
  } catch (error) {
    if (error instanceof SelectorError) return 'unusable';
    throw error;
  }
};

export const isEmptySelector = ({ matchLabels, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length === 0 && matchExpressions.length === 0;
