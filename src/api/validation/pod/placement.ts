/** Rules of tolerations, taints and affinity. Models: pkg/apis/core/validation/validation.go (v1.36) */
import { toleration as tolerationSchema, taint as taintSchema } from '../../schema/types/scheduling.js';
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Taint,
  Toleration,
} from '../../schema/types/scheduling.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkLabelValue, checkQualifiedName } from '../names.js';
import { validateSetOperator } from '../selector.js';
import { validatePodAffinity } from './podAffinity.js';

const OPERATORS: readonly string[] = tolerationSchema.fields.operator.options.values;
const EFFECTS: readonly string[] = taintSchema.fields.effect.options.values;

export const validateTolerations = (
  tolerations: readonly Toleration[],
  path: string,
  errors: FieldErrors,
): void =>
  tolerations.forEach((toleration, index) => validateToleration(toleration, `${path}[${index}]`, errors));

const validateToleration = (toleration: Toleration, path: string, errors: FieldErrors): void => {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  if (key !== '') errors.invalidAll(`${path}.key`, key, checkQualifiedName(key));
  if (key === '' && operator !== 'Exists')
    errors.invalid(
      `${path}.operator`,
      operator,
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    );
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
  if (operator === 'Exists') {
    if (value !== '')
      errors.invalid(
        `${path}.operator`,
        asInternal(toleration),
        "value must be empty when `operator` is 'Exists'",
      );
  } else if (operator === '' || operator === 'Equal') {
    const messages = checkLabelValue(value);
    if (messages.length > 0) errors.invalid(`${path}.operator`, value, messages.join(';'));
  } else errors.notSupported(`${path}.operator`, operator, OPERATORS);
  if (effect !== '' && !EFFECTS.includes(effect)) errors.notSupported(`${path}.effect`, effect, EFFECTS);
};

/** As upstream prints its internal type. */
const asInternal = ({
  key = '',
  operator = '',
  value = '',
  effect = '',
  tolerationSeconds = undefined,
}: Toleration) => ({
  Key: key,
  Operator: operator,
  Value: value,
  Effect: effect,
  TolerationSeconds: tolerationSeconds ?? null,
});

/** Models: validation.go#validateNodeTaints */
export const validateTaints = (taints: readonly Taint[], path: string, errors: FieldErrors): void => {
  const seen = new Set<string>();
  taints.forEach((taint, index) => {
    const at = `${path}[${index}]`;
    errors.invalidAll(`${at}.key`, taint.key, checkQualifiedName(taint.key));
    const messages = checkLabelValue(taint.value ?? '');
    if (messages.length > 0) errors.invalid(`${at}.value`, taint.value, messages.join(';'));
    if (taint.effect === '') errors.required(`${at}.effect`);
    else if (!EFFECTS.includes(taint.effect)) errors.notSupported(`${at}.effect`, taint.effect, EFFECTS);
    const identity = `${taint.key}:${taint.effect}`;
    if (seen.has(identity)) errors.duplicate(at, taint);
    seen.add(identity);
  });
};

export const validateAffinity = (
  { nodeAffinity, podAffinity, podAntiAffinity }: Affinity,
  path: string,
  errors: FieldErrors,
): void => {
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined) {
    const at = `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    if (required.nodeSelectorTerms.length === 0)
      errors.required(at, 'must have at least one node selector term');
    required.nodeSelectorTerms.forEach((term, index) => validateTerm(term, `${at}[${index}]`, errors));
  }
  nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, preference }, index) => {
    const at = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    if (weight <= 0 || weight > 100) errors.invalid(`${at}.weight`, weight, 'must be in the range 1-100');
    validateTerm(preference, `${at}.preference`, errors);
  });
  if (podAffinity !== undefined) validatePodAffinity(podAffinity, `${path}.podAffinity`, errors);
  if (podAntiAffinity !== undefined) validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`, errors);
};

const validateTerm = (
  { matchExpressions, matchFields }: NodeSelectorTerm,
  path: string,
  errors: FieldErrors,
): void => {
  matchExpressions?.forEach((requirement, index) =>
    validateRequirement(requirement, `${path}.matchExpressions[${index}]`, errors),
  );
  matchFields?.forEach(({ key, operator, values = [] }, index) => {
    const at = `${path}.matchFields[${index}]`;
    if (operator !== 'In' && operator !== 'NotIn')
      errors.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    else if (values.length !== 1)
      errors.required(
        `${at}.values`,
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      );
    if (key !== 'metadata.name') errors.invalid(`${at}.key`, key, 'not a valid field selector key');
  });
};

const validateRequirement = (
  requirement: NodeSelectorRequirement,
  path: string,
  errors: FieldErrors,
): void => {
  const { key, operator, values = [] } = requirement;
  if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1)
      errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
  } else if (!validateSetOperator(requirement, path, errors))
    errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  errors.invalidAll(`${path}.key`, key, checkQualifiedName(key));
};
