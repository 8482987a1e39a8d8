/**
 * Ephemeral containers: they are added to a pod that exists, and stay as they are.
 *
 * Models: pkg/apis/core/validation/validation.go#ValidatePodEphemeralContainersUpdate, #validateEphemeralContainers
 * (v1.36); spec node.md 1.8
 */
import { jsonEqual } from '../../patch/index.js';
import type { Pod } from '../../schema/kinds/pod.js';
import type { EphemeralContainer } from '../../schema/types/container.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkLabelName } from '../names.js';

const PATH = 'spec.ephemeralContainers';

/** Fields of containers that make no sense for one that is started once. Source: validation.go#allowedEphemeralContainerFields. */
const FORBIDDEN = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const satisfies readonly (keyof EphemeralContainer)[];

export const validateEphemeralUpdate = (pod: Pod, old: Pod, errors: FieldErrors): void => {
  const next = pod.spec.ephemeralContainers ?? [];
  const before = old.spec.ephemeralContainers ?? [];
  const names = new Set([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => name));
  const targets = new Set(names);
  next.forEach((container, index) => {
    validateContainer(container, `${PATH}[${index}]`, { names, targets }, errors);
    names.add(container.name);
  });
  for (const container of before) {
    const kept = next.find(({ name }) => name === container.name);
    const problem = kept === undefined ? 'removed' : jsonEqual(kept, container) ? undefined : 'changed';
    if (problem !== undefined)
      errors.forbidden(PATH, `existing ephemeral containers "${container.name}" may not be ${problem}\n`);
  }
};

const validateContainer = (
  container: EphemeralContainer,
  at: string,
  { names, targets }: { readonly names: ReadonlySet<string>; readonly targets: ReadonlySet<string> },
  errors: FieldErrors,
): void => {
  const { name, image, targetContainerName, volumeMounts } = container;
  if (!name) errors.required(`${at}.name`);
  else errors.invalidAll(`${at}.name`, name, checkLabelName(name));
  if (names.has(name)) errors.duplicate(`${at}.name`, name);
  if (!image) errors.required(`${at}.image`);
  if (targetContainerName && !targets.has(targetContainerName))
    errors.notFound(`${at}.targetContainerName`, targetContainerName);
  for (const field of FORBIDDEN)
    if (isSet(container[field]))
      errors.forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container');
  if (isSet(container.resources?.limits) || isSet(container.resources?.requests))
    errors.forbidden(`${at}.resources`, 'cannot be set for an Ephemeral Container');
  volumeMounts?.forEach(({ subPath, subPathExpr }, index) => {
    const mount = `${at}.volumeMounts[${index}]`;
    if (subPath) errors.forbidden(`${mount}.subPath`, 'cannot be set for an Ephemeral Container');
    if (subPathExpr) errors.forbidden(`${mount}.subPathExpr`, 'cannot be set for an Ephemeral Container');
  });
};

const isSet = (value: unknown): boolean =>
  value !== undefined && !(Array.isArray(value) && value.length === 0);
