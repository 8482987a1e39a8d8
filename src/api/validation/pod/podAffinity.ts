/** Rules of affinity between pods. Models: pkg/apis/core/validation/validation.go#validatePodAffinityTerm (v1.36) */
import type { LabelSelector } from '../../schema/types/meta.js';
import type { PodAffinity, PodAffinityTerm, PodAntiAffinity } from '../../schema/types/scheduling.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkLabelName, checkQualifiedName } from '../names.js';
import { validateLabelSelector } from '../selector.js';

export const validatePodAffinity = (
  affinity: PodAffinity | PodAntiAffinity,
  path: string,
  errors: FieldErrors,
): void => {
  affinity.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) =>
    validateTerm(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, errors),
  );
  affinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, index) => {
    const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    if (weight <= 0 || weight > 100) errors.invalid(`${at}.weight`, weight, 'must be in the range 1-100');
    validateTerm(podAffinityTerm, `${at}.podAffinityTerm`, errors);
  });
};

const validateTerm = (term: PodAffinityTerm, path: string, errors: FieldErrors): void => {
  const { labelSelector, namespaceSelector, topologyKey } = term;
  if (labelSelector !== undefined) validateLabelSelector(labelSelector, `${path}.labelSelector`, errors);
  if (namespaceSelector !== undefined)
    validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`, errors);
  for (const name of term.namespaces ?? [])
    errors.invalidAll(`${path}.namespace`, name, checkLabelName(name));
  validateTermKeys(term, path, errors);
  if (topologyKey === '') errors.required(`${path}.topologyKey`, 'can not be empty');
  errors.invalidAll(`${path}.topologyKey`, topologyKey, checkQualifiedName(topologyKey));
};

const validateTermKeys = (term: PodAffinityTerm, path: string, errors: FieldErrors): void => {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  validateLabelKeys(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`, errors);
  validateLabelKeys(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`, errors);
  matchLabelKeys.forEach((key, index) => {
    if (mismatchLabelKeys.includes(key))
      errors.invalid(
        `${path}.matchLabelKeys[${index}]`,
        key,
        'exists in both matchLabelKeys and mismatchLabelKeys',
      );
  });
};

/** Keys of labels whose values the scheduler takes from the pod itself. */
export const validateLabelKeys = (
  keys: readonly string[],
  selector: LabelSelector | undefined,
  path: string,
  errors: FieldErrors,
): void => {
  if (keys.length === 0) return;
  if (selector === undefined)
    return errors.forbidden(path, 'must not be specified when labelSelector is not set');
  keys.forEach((key, index) => errors.invalidAll(`${path}[${index}]`, key, checkQualifiedName(key)));
};
