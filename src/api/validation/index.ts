/** Validation of objects: new ones and changed ones, with upstream's fields and texts. */
import type { ApiError } from '../errors.js';
import { resourceFor, type KindName, type Resource } from '../kinds.js';
import type { ObjectMeta } from '../schema/types/meta.js';
import { FieldErrors, invalidStatus, type FieldError } from './fieldErrors.js';
import { validateMetadata, validateMetadataUpdate } from './metadata.js';

export { fieldErrorBody, type FieldError, type FieldErrorType } from './fieldErrors.js';

/** The parts of an object that rules compare. */
interface Validated {
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What is wrong with a new object: decoded, defaulted, its name generated. In upstream's order; empty when valid. */
export const validateCreate = (kind: KindName, object: object): readonly FieldError[] => {
  const resource = resourceFor(kind);
  const errors = new FieldErrors();
  validateMetadataOf(resource, object as Validated, errors);
  resource.rules.validateCreate?.(object as never, errors);
  return errors.found;
};

/**
 * What is wrong with a change of an object, of its desired state and of its status; parts that are the very same value
 * are not looked at. In upstream's order; empty when the change is allowed.
 */
export const validateUpdate = (
  kind: KindName,
  object: object,
  old: object,
  subresource?: string,
): readonly FieldError[] => {
  const resource = resourceFor(kind);
  const { rules } = resource;
  const errors = new FieldErrors();
  const [next, before] = [object as Validated, old as Validated];
  if (next.metadata !== before.metadata) {
    validateMetadataUpdate(next.metadata, before.metadata, errors);
    validateMetadataOf(resource, next, errors);
  }
  if (resource.hasStatus && next.status !== before.status)
    rules.validateStatus?.(next as never, before as never, errors);
  const validate = rules.validateSubresource?.[subresource ?? ''] ?? rules.validateUpdate;
  if (!resource.hasStatus || next.spec !== before.spec) validate?.(next as never, before as never, errors);
  return errors.found;
};

const validateMetadataOf = (
  { namespaced, rules }: Resource,
  { metadata }: Validated,
  errors: FieldErrors,
): void => validateMetadata(metadata, { namespaced, nameRule: rules.nameRule ?? 'subdomain' }, errors);

/**
 * The 422 that answers an object with these errors.
 * @param kind a served kind, or kind and group of a subresource's body such as Scale
 */
export const invalidError = (
  kind: KindName | { readonly group: string; readonly kind: string },
  name: string | undefined,
  errors: readonly FieldError[],
): ApiError => invalidStatus(typeof kind === 'string' ? resourceFor(kind) : kind, name ?? '', errors);
