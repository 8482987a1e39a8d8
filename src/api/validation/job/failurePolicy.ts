/**
 * Rules of a Job's podFailurePolicy and successPolicy.
 *
 * Models: pkg/apis/batch/validation/validation.go#validatePodFailurePolicy, #validateSuccessPolicy (v1.36; JB-72)
 */
import {
  podFailurePolicyOnExitCodesRequirement,
  podFailurePolicyRule,
  type JobSpec,
  type PodFailurePolicyOnExitCodesRequirement,
  type PodFailurePolicyOnPodConditionsPattern,
  type PodFailurePolicyRule,
  type SuccessPolicyRule,
} from '../../schema/kinds/job.js';
import { OMITTED, type FieldErrors } from '../fieldErrors.js';
import { checkQualifiedName } from '../names.js';
import { checkIndexes } from './indexes.js';

const MAX_RULES = 20;
const MAX_PATTERNS = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEXES_BYTES = 64 * 1024;
const ACTIONS = podFailurePolicyRule.fields.action.options.values;
const OPERATORS = podFailurePolicyOnExitCodesRequirement.fields.operator.options.values;
const CONDITION_STATUSES = ['False', 'True', 'Unknown'];

/** As Go prints a list of strings. */
const listed = (values: readonly string[]): string =>
  `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;

const checkChoice = (
  value: string | undefined,
  path: string,
  choices: readonly string[],
  errors: FieldErrors,
): void => {
  if (!value) errors.required(path, listed(choices));
  else if (!choices.includes(value)) errors.notSupported(path, value, choices);
};

export const validatePodFailurePolicy = (spec: JobSpec, path: string, errors: FieldErrors): void => {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > MAX_RULES) errors.tooMany(`${path}.rules`, rules.length, MAX_RULES);
  const { containers, initContainers = [] } = spec.template.spec;
  const names = new Set([...initContainers, ...containers].map(({ name }) => name));
  rules.forEach((rule, index) => validateRule(spec, rule, names, `${path}.rules[${index}]`, errors));
};

const validateRule = (
  spec: JobSpec,
  rule: PodFailurePolicyRule,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldErrors,
): void => {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  checkChoice(action, `${path}.action`, ACTIONS, errors);
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set');
  if (onExitCodes !== undefined) validateExitCodes(onExitCodes, names, `${path}.onExitCodes`, errors);
  if (onPodConditions.length > 0) validatePatterns(onPodConditions, `${path}.onPodConditions`, errors);
  if (onExitCodes !== undefined && onPodConditions.length > 0)
    errors.invalid(path, OMITTED, 'specifying both OnExitCodes and OnPodConditions is not supported');
  if (onExitCodes === undefined && onPodConditions.length === 0)
    errors.invalid(path, OMITTED, 'specifying one of OnExitCodes and OnPodConditions is required');
};

const validatePatterns = (
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
  path: string,
  errors: FieldErrors,
): void => {
  if (patterns.length > MAX_PATTERNS) errors.tooMany(path, patterns.length, MAX_PATTERNS);
  patterns.forEach(({ type, status }, index) => {
    errors.invalidAll(`${path}[${index}].type`, type, checkQualifiedName(type));
    checkChoice(status, `${path}[${index}].status`, CONDITION_STATUSES, errors);
  });
};

const validateExitCodes = (
  { operator, containerName, values = [] }: PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldErrors,
): void => {
  checkChoice(operator, `${path}.operator`, OPERATORS, errors);
  if (containerName !== undefined && !names.has(containerName))
    errors.invalid(
      `${path}.containerName`,
      containerName,
      'must be one of the container or initContainer names in the pod template',
    );
  if (values.length === 0) errors.invalid(`${path}.values`, values, 'at least one value is required');
  else if (values.length > MAX_EXIT_CODES) errors.tooMany(`${path}.values`, values.length, MAX_EXIT_CODES);
  const seen = new Set<number>();
  values.forEach((value, index) => {
    if (operator === 'In' && value === 0)
      errors.invalid(`${path}.values[${index}]`, value, 'must not be 0 for the In operator');
    if (seen.has(value)) errors.duplicate(`${path}.values[${index}]`, value);
    seen.add(value);
  });
  if (values.some((value, index) => index > 0 && (values[index - 1] ?? 0) > value))
    errors.invalid(`${path}.values`, values, 'must be ordered');
};

export const validateSuccessPolicy = (spec: JobSpec, path: string, errors: FieldErrors): void => {
  const rules = spec.successPolicy?.rules ?? [];
  if (rules.length === 0)
    errors.required(
      `${path}.rules`,
      'at least one rules must be specified when the successPolicy is specified',
    );
  if (rules.length > MAX_RULES) errors.tooMany(`${path}.rules`, rules.length, MAX_RULES);
  rules.forEach((rule, index) =>
    validateSuccessRule(rule, spec.completions ?? 0, `${path}.rules[${index}]`, errors),
  );
};

const validateSuccessRule = (
  { succeededIndexes, succeededCount }: SuccessPolicyRule,
  completions: number,
  path: string,
  errors: FieldErrors,
): void => {
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified');
  let listedIndexes = 0;
  if (succeededIndexes !== undefined) {
    const field = `${path}.succeededIndexes`;
    if (succeededIndexes.length > MAX_INDEXES_BYTES) errors.tooLong(field, MAX_INDEXES_BYTES);
    const check = checkIndexes(succeededIndexes, completions);
    if ('problem' in check)
      errors.invalid(field, succeededIndexes, `error parsing succeededIndexes: ${check.problem}`);
    else listedIndexes = check.total;
  }
  if (succeededCount === undefined) return;
  const field = `${path}.succeededCount`;
  errors.nonNegative(field, succeededCount);
  const limit = (count: number, of: string): string => `must be less than or equal to ${count} (${of})`;
  if (succeededCount > completions)
    errors.invalid(field, succeededCount, limit(completions, 'the number of specified completions'));
  if (succeededIndexes !== undefined && succeededCount > listedIndexes)
    errors.invalid(
      field,
      succeededCount,
      limit(listedIndexes, 'the number of indexes in the specified succeededIndexes field'),
    );
};
