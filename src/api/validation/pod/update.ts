/**
 * What may change in a pod: images, a shorter deadline, more tolerations, and fewer scheduling gates.
 *
 * Models: pkg/apis/core/validation/validation.go#ValidatePodUpdate (v1.36)
 * Differs: the text after the list of fields is a short diff of our own, not that of go-cmp.
 */
import { jsonEqual } from '../../patch/index.js';
import type { Pod, PodSpec } from '../../schema/kinds/pod.js';
import type { Container } from '../../schema/types/container.js';
import type { FieldErrors } from '../fieldErrors.js';
import { validatePodSpec } from './spec.js';

const MUTABLE_FIELDS =
  'pod updates may not change fields other than ' +
  [
    '`spec.containers[*].image`',
    '`spec.initContainers[*].image`',
    '`spec.activeDeadlineSeconds`',
    '`spec.tolerations` (only additions to existing tolerations)',
    '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
  ].join(',');

export const validatePodUpdate = (pod: Pod, old: Pod, errors: FieldErrors): void => {
  if (pod.spec === old.spec || jsonEqual(pod.spec, old.spec)) return;
  validatePodSpec(pod.spec, 'spec', errors);
  for (const field of ['containers', 'initContainers'] as const)
    if ((pod.spec[field]?.length ?? 0) !== (old.spec[field]?.length ?? 0)) {
      errors.forbidden(`spec.${field}`, 'pod updates may not add or remove containers');
      return;
    }
  validateDeadline(pod.spec, old.spec, errors);
  validateAddedTolerations(pod.spec, old.spec, errors);
  validateRemovedGates(pod.spec, old.spec, errors);
  const allowed = withMutableFieldsOf(old.spec, pod.spec);
  if (!jsonEqual(allowed, old.spec))
    errors.forbidden('spec', `${MUTABLE_FIELDS}\n${differences(old.spec, allowed, 'spec').join('\n')}`);
};

const validateDeadline = (spec: PodSpec, old: PodSpec, errors: FieldErrors): void => {
  const [next, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (before === undefined) return;
  const field = 'spec.activeDeadlineSeconds';
  if (next === undefined) errors.invalid(field, null, 'must not update from a positive integer to nil value');
  else if (next > before) errors.invalid(field, next, 'must be less than or equal to previous value');
};

const validateAddedTolerations = (spec: PodSpec, old: PodSpec, errors: FieldErrors): void => {
  const keepsAll = (old.tolerations ?? []).every((before) =>
    spec.tolerations?.some((toleration) =>
      jsonEqual({ ...toleration, tolerationSeconds: undefined }, { ...before, tolerationSeconds: undefined }),
    ),
  );
  if (!keepsAll)
    errors.forbidden(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    );
};

const validateRemovedGates = (spec: PodSpec, old: PodSpec, errors: FieldErrors): void => {
  const added = (spec.schedulingGates ?? []).filter(
    ({ name }) => old.schedulingGates?.some((gate) => gate.name === name) !== true,
  );
  if (added.length > 0)
    errors.forbidden(
      'spec.schedulingGates',
      `only deletion is allowed, but found new scheduling gate '${added[0]?.name}'`,
    );
};

/** The new spec with everything that may change put back to what it was. */
const withMutableFieldsOf = (old: PodSpec, spec: PodSpec): PodSpec => {
  const grace = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const isGated = (old.schedulingGates ?? []).length > 0;
  return {
    ...spec,
    containers: withImagesOf(old.containers, spec.containers),
    ...(spec.initContainers !== undefined && {
      initContainers: withImagesOf(old.initContainers ?? [], spec.initContainers),
    }),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...(grace && { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds }),
    // A gated pod can still be pointed elsewhere; it is not scheduled yet.
    ...(isGated && { nodeSelector: old.nodeSelector, affinity: old.affinity }),
  };
};

const withImagesOf = (old: readonly Container[], containers: readonly Container[]): readonly Container[] =>
  containers.map((container, index) => {
    const image = old[index]?.image;
    return image === container.image ? container : { ...container, image };
  });

const MAX_DIFFERENCES = 10;

/** Lines of what changed: `- spec.containers[0].command: null`, `+ spec.containers[0].command: ["x"]`. */
const differences = (before: unknown, after: unknown, path: string): string[] => {
  if (jsonEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const isList = Array.isArray(before) && Array.isArray(after);
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys
      .flatMap((key) => differences(before[key], after[key], isList ? `${path}[${key}]` : `${path}.${key}`))
      .slice(0, MAX_DIFFERENCES * 2);
  }
  return [`- ${path}: ${JSON.stringify(before ?? null)}`, `+ ${path}: ${JSON.stringify(after ?? null)}`];
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
