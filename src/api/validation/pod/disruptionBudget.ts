/**
 * Rules of PodDisruptionBudgets.
 *
 * Models: pkg/apis/policy/validation/validation.go (v1.36)
 */
import type { PodDisruptionBudget } from '../../schema/kinds/workload/podDisruptionBudget.js';
import type { FieldErrors } from '../fieldErrors.js';
import { validateLabelSelector } from '../selector.js';
import { amountOf, checkCounts, validateIntOrPercent } from '../workload.js';

/** Source: pkg/apis/policy/validation/validation.go#supportedUnhealthyPodEvictionPolicies. */
const UNHEALTHY_POD_EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export const validatePodDisruptionBudget = ({ spec }: PodDisruptionBudget, errors: FieldErrors): void => {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.invalid('spec', internal(spec), 'minAvailable and maxUnavailable cannot be both set');
  validateAmount(minAvailable, 'spec.minAvailable', errors);
  validateAmount(maxUnavailable, 'spec.maxUnavailable', errors);
  if (selector !== undefined) validateLabelSelector(selector, 'spec.selector', errors);
  if (policy !== undefined && !UNHEALTHY_POD_EVICTION_POLICIES.includes(policy))
    errors.notSupported('spec.unhealthyPodEvictionPolicy', policy, UNHEALTHY_POD_EVICTION_POLICIES);
};

export const validatePodDisruptionBudgetUpdate = (
  object: PodDisruptionBudget,
  old: PodDisruptionBudget,
  errors: FieldErrors,
): void => {
  if (object.spec !== old.spec) validatePodDisruptionBudget(object, errors);
};

export const validatePodDisruptionBudgetStatus = (
  { status }: PodDisruptionBudget,
  _old: PodDisruptionBudget,
  errors: FieldErrors,
): void =>
  checkCounts(status, ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'], errors);

const validateAmount = (value: number | string | undefined, path: string, errors: FieldErrors): void => {
  if (value === undefined) return;
  validateIntOrPercent(value, path, errors);
  if (typeof value === 'string' && amountOf(value) > 100)
    errors.invalid(path, value, 'must not be greater than 100%');
};

/** The spec as upstream prints it: its internal type has no JSON names. */
const internal = (spec: PodDisruptionBudget['spec']): object => ({
  MinAvailable: spec.minAvailable ?? null,
  Selector: spec.selector ?? null,
  MaxUnavailable: spec.maxUnavailable ?? null,
  UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
});
