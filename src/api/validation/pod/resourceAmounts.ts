/** Rules of resource requests and limits. Models: pkg/apis/core/validation/validation.go#ValidateContainerResourceRequirements (v1.36) */
import type { ResourceRequirements } from '../../schema/types/container.js';
import { parseQuantity } from '../../wire/quantity.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkQualifiedName } from '../names.js';

/** Resources of containers that have no domain in their name. */
const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Names that mean something elsewhere in the API, but not for a container. */
const STANDARD_ELSEWHERE = new Set([
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
/** Extended resources and huge pages are never given beyond what there is. */
const isOvercommittable = (name: string): boolean => STANDARD.has(name);

export const validateResources = (
  { limits = {}, requests = {} }: ResourceRequirements,
  path: string,
  errors: FieldErrors,
): void => {
  for (const name of Object.keys(limits))
    validateAmount(name, limits[name] as string, `${path}.limits`, errors);
  for (const name of Object.keys(requests)) {
    const requested = requests[name] as string;
    validateAmount(name, requested, `${path}.requests`, errors);
    const limit = limits[name];
    if (limit !== undefined) validateAgainstLimit(name, { requested, limit }, `${path}.requests`, errors);
    else if (!isOvercommittable(name))
      errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
  }
};

const validateAmount = (name: string, amount: string, path: string, errors: FieldErrors): void => {
  validateResourceName(name, path, errors);
  const value = parseQuantity(amount);
  if (value < 0) errors.invalid(`${path}[${name}]`, amount, 'must be greater than or equal to 0');
  else if (!isOvercommittable(name) && !Number.isInteger(value))
    errors.invalid(`${path}[${name}]`, amount, 'must be an integer');
};

const validateResourceName = (name: string, path: string, errors: FieldErrors): void => {
  if (STANDARD.has(name) || isHugePages(name)) return;
  errors.invalidAll(path, name, checkQualifiedName(name));
  if (name.includes('/')) return;
  if (!STANDARD_ELSEWHERE.has(name))
    errors.invalid(`${path}[${name}]`, name, 'must be a standard resource type or fully qualified');
  errors.invalid(`${path}[${name}]`, name, 'must be a standard resource for containers');
};

const validateAgainstLimit = (
  name: string,
  { requested, limit }: { readonly requested: string; readonly limit: string },
  path: string,
  errors: FieldErrors,
): void => {
  const difference = parseQuantity(requested) - parseQuantity(limit);
  if (difference > 0 && isOvercommittable(name))
    errors.invalid(path, requested, `must be less than or equal to ${name} limit of ${limit}`);
  else if (difference !== 0 && !isOvercommittable(name))
    errors.invalid(path, requested, `must be equal to ${name} limit of ${limit}`);
};
