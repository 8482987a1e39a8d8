/**
 * Rules of topology spread constraints.
 * Models: pkg/apis/core/validation/validation.go#validateTopologySpreadConstraints (v1.36)
 */
import type { LabelSelector } from '../../schema/types/meta.js';
import type { TopologySpreadConstraint } from '../../schema/types/scheduling.js';
import type { FieldErrors } from '../fieldErrors.js';
import { validateLabelSelector } from '../selector.js';
import { validateLabelKeys } from './podAffinity.js';

const NOT_POSITIVE = 'must be greater than zero';
const ACTIONS: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES: readonly string[] = ['Honor', 'Ignore'];

export const validateTopologySpread = (
  constraints: readonly TopologySpreadConstraint[],
  path: string,
  errors: FieldErrors,
): void =>
  constraints.forEach((constraint, index) => {
    const at = `${path}[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
    if (maxSkew <= 0) errors.invalid(`${at}.maxSkew`, maxSkew, NOT_POSITIVE);
    if (topologyKey === '') errors.required(`${at}.topologyKey`, 'can not be empty');
    if (!ACTIONS.includes(whenUnsatisfiable))
      errors.notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ACTIONS);
    const isRepeated = constraints
      .slice(index + 1)
      .some((later) => later.topologyKey === topologyKey && later.whenUnsatisfiable === whenUnsatisfiable);
    if (isRepeated)
      errors.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`);
    validateDomains(constraint, at, errors);
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const value = constraint[policy];
      if (value !== undefined && !POLICIES.includes(value))
        errors.notSupported(`${at}.${policy}`, value, POLICIES);
    }
    validateKeys(constraint.matchLabelKeys ?? [], labelSelector, `${at}.matchLabelKeys`, errors);
    if (labelSelector !== undefined) validateLabelSelector(labelSelector, `${at}.labelSelector`, errors);
  });

const validateDomains = (
  { minDomains, whenUnsatisfiable }: TopologySpreadConstraint,
  path: string,
  errors: FieldErrors,
): void => {
  if (minDomains === undefined) return;
  if (minDomains <= 0) errors.invalid(`${path}.minDomains`, minDomains, NOT_POSITIVE);
  if (whenUnsatisfiable !== 'DoNotSchedule')
    errors.invalid(
      `${path}.minDomains`,
      minDomains,
      `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
    );
};

const validateKeys = (
  keys: readonly string[],
  selector: LabelSelector | undefined,
  path: string,
  errors: FieldErrors,
): void => {
  validateLabelKeys(keys, selector, path, errors);
  if (selector === undefined) return;
  const selected = new Set([
    ...Object.keys(selector.matchLabels ?? {}),
    ...(selector.matchExpressions ?? []).map(({ key }) => key),
  ]);
  keys.forEach((key, index) => {
    if (selected.has(key))
      errors.invalid(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector');
  });
};
