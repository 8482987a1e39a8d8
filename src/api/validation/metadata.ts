/**
 * Rules of metadata, the same for every kind.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go (v1.36)
 */
import type { ObjectMeta, OwnerReference } from '../schema/types/meta.js';
import type { FieldErrors } from './fieldErrors.js';
import { checkLabelName, checkLabelValue, checkQualifiedName, checkSubdomain } from './names.js';

export type NameRule = 'subdomain' | 'label';

/** Models: objectmeta.go#TotalAnnotationSizeLimitB */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** Finalizers without a domain that upstream itself uses. Models: pkg/apis/core/helper/helpers.go#IsStandardFinalizerName */
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

const checkName = (name: string, rule: NameRule): readonly string[] =>
  rule === 'label' ? checkLabelName(name) : checkSubdomain(name);

/** Path segments that no name may be or hold. Models: pkg/api/validation/path/name.go */
const checkPathSegment = (name: string): readonly string[] => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
};

export const validateMetadata = (
  metadata: ObjectMeta,
  { namespaced, nameRule }: { readonly namespaced: boolean; readonly nameRule: NameRule },
  errors: FieldErrors,
): void => {
  const { name, generateName, namespace } = metadata;
  if (generateName)
    // The server completes it: a hyphen at the end is as good as a letter.
    errors.invalidAll(
      'metadata.generateName',
      generateName,
      checkName(generateName.replace(/-$/, 'a'), nameRule),
    );
  if (!name) errors.required('metadata.name', 'name or generateName is required');
  else {
    const messages = checkName(name, nameRule);
    errors.invalidAll('metadata.name', name, messages);
    if (messages.length > 0) errors.invalidAll('metadata.name', name, checkPathSegment(name));
  }
  if (namespaced && namespace) errors.invalidAll('metadata.namespace', namespace, checkLabelName(namespace));
  errors.nonNegative('metadata.generation', metadata.generation);
  if (metadata.labels !== undefined) validateLabels(metadata.labels, 'metadata.labels', errors);
  if (metadata.annotations !== undefined)
    validateAnnotations(metadata.annotations, 'metadata.annotations', errors);
  if (metadata.ownerReferences !== undefined) validateOwners(metadata.ownerReferences, errors);
  if (metadata.finalizers !== undefined) validateFinalizers(metadata.finalizers, errors);
};

export const validateLabels = (
  labels: Readonly<Record<string, string>>,
  path: string,
  errors: FieldErrors,
): void => {
  for (const key of Object.keys(labels)) {
    const value = labels[key] as string;
    errors.invalidAll(path, key, checkQualifiedName(key));
    errors.invalidAll(path, value, checkLabelValue(value));
  }
};

export const validateAnnotations = (
  annotations: Readonly<Record<string, string>>,
  path: string,
  errors: FieldErrors,
): void => {
  let sizeBytes = 0;
  for (const key of Object.keys(annotations)) {
    errors.invalidAll(path, key, checkQualifiedName(key.toLowerCase()));
    sizeBytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] as string);
  }
  if (sizeBytes > MAX_ANNOTATIONS_BYTES) errors.tooLong(path, MAX_ANNOTATIONS_BYTES);
};

const validateOwners = (owners: readonly OwnerReference[], errors: FieldErrors): void => {
  const path = 'metadata.ownerReferences';
  let controller: OwnerReference | undefined;
  for (const owner of owners) {
    if (owner.apiVersion === '') errors.invalid(`${path}.apiVersion`, '', 'version must not be empty');
    if (owner.kind === '') errors.invalid(`${path}.kind`, '', 'kind must not be empty');
    if (owner.name === '') errors.invalid(`${path}.name`, '', 'name must not be empty');
    if (owner.uid === '') errors.invalid(`${path}.uid`, '', 'uid must not be empty');
    if (owner.kind === 'Event' && owner.apiVersion === 'v1')
      errors.invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner');
    if (owner.controller !== true) continue;
    if (controller !== undefined)
      errors.invalid(
        path,
        owners,
        'Only one reference can have Controller set to true. Found "true" in references for ' +
          `${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`,
      );
    controller = owner;
  }
};

const validateFinalizers = (finalizers: readonly string[], errors: FieldErrors): void => {
  finalizers.forEach((finalizer, index) => {
    const path = `metadata.finalizers[${index}]`;
    errors.invalidAll('metadata.finalizers', finalizer, checkQualifiedName(finalizer));
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer))
      errors.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  });
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.invalid(
      'metadata.finalizers',
      finalizers,
      'finalizer orphan and foregroundDeletion cannot be both set',
    );
};

/** Fields that never change once they are there. */
const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

export const validateMetadataUpdate = (metadata: ObjectMeta, old: ObjectMeta, errors: FieldErrors): void => {
  if (old.deletionTimestamp !== undefined) validateNoNewFinalizers(metadata, old, errors);
  for (const field of IMMUTABLE)
    if (metadata[field] !== old[field])
      errors.invalid(`metadata.${field}`, metadata[field], 'field is immutable');
  if ((metadata.generation ?? 0) < (old.generation ?? 0))
    errors.invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented');
};

const validateNoNewFinalizers = (metadata: ObjectMeta, old: ObjectMeta, errors: FieldErrors): void => {
  const added = (metadata.finalizers ?? []).filter(
    (finalizer) => old.finalizers?.includes(finalizer) !== true,
  );
  if (added.length === 0) return;
  errors.forbidden(
    'metadata.finalizers',
    'no new finalizers can be added if the object is being deleted, found new finalizers ' +
      `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`,
  );
};
