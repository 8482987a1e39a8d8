/**
 * UPDATE and PATCH, of an object or of one of its written subresources: what the request may not touch keeps its
 * value, what changes nothing is not written.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go#Update,
 * .../endpoints/handlers/{update,patch}.go (v1.36)
 */
import {
  ApiError,
  badRequest,
  jsonEqual,
  notFound,
  objectModified,
  plain500,
  uidChanged,
  withoutStack,
  type KubeObject,
  type ObjectMeta,
  type Resource,
} from '../../api/index.js';
import type { Subresource, WriteOptions } from '../port.js';
import { namespaceFor, storeName, type Context } from './context.js';
import { createObject, namespaceLabels, uniqueOwners } from './create.js';
import { equalSemantically } from './equal.js';
import { entriesAfter } from './managedFields/managers.js';
import { admitChange, checkChange, read, warnAbout } from './manifest.js';
import { mergeMetadata, orderMetadata, type MetadataDraft } from './metadata.js';
import { checkWriteOptions } from './options.js';
import { assemble, completedBy, strategyFor, type WritableObject } from './strategy.js';

export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}
export type UpdateOptions = WriteOptions & { readonly subresource?: Subresource | undefined };

export const updateObject = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  manifest: unknown,
  options: UpdateOptions = {},
): KubeObject => {
  checkWriteOptions('UpdateOptions', options);
  const current = find(context, resource, key);
  const next = read(context, resource, manifest, { ...options, base: current });
  const draft: MetadataDraft = next.metadata ?? {};
  checkTarget(resource, key, draft);
  const strategy = strategyFor(resource.kind);
  if (current === undefined) {
    if (strategy.mayCreateOnUpdate !== true || options.subresource !== undefined)
      throw notFound(resource, key.name);
    if (draft.uid) {
      const absent = { name: key.name, namespace: namespaceFor(resource, key.namespace) };
      throw uidChanged(resource, absent, { expected: draft.uid, actual: '' });
    }
    const fresh = { ...next, metadata: { ...draft, resourceVersion: undefined } };
    const created = createObject(context, resource, fresh, { ...options, namespace: key.namespace });
    options.onCreated?.();
    return created;
  }
  if (draft.uid && draft.uid !== current.metadata.uid)
    throw uidChanged(resource, current.metadata, { expected: draft.uid, actual: current.metadata.uid });
  if (!draft.resourceVersion && strategy.requiresVersion === true) throw versionRequired(resource, key.name);
  return writeChange(context, resource, { current, next }, options);
};

export interface Change {
  readonly current: KubeObject;
  /** What the client wants: an object of the same kind, decoded. */
  readonly next: WritableObject;
}

/** The part of an update that patches share: everything after the new object is known. */
export const writeChange = (
  context: Context,
  resource: Resource,
  { current, next }: Change,
  options: UpdateOptions,
): KubeObject => {
  const draft: MetadataDraft = next.metadata ?? {};
  checkVersion(resource, current.metadata, draft.resourceVersion);
  const wanted = merge(context, resource, { current, next }, options);
  const tracked = withEntries(wanted, entriesAfter(context, resource, { current, next: wanted }, options));
  const merged = completedBy(resource, tracked, current);
  checkChange(context, resource, { current, next: merged, subresource: options.subresource });
  if (options.subresource === undefined)
    warnAbout(context, resource, { object: merged, old: current }, options);
  const name = storeName(resource);
  if (isReleased(current, merged)) {
    // The answer keeps the version that the object had.
    if (options.dryRun !== true)
      context.store.delete(name, current, { ...merged, metadata: { ...merged.metadata } });
    return merged;
  }
  if (jsonEqual(current, merged)) return current;
  return options.dryRun === true ? merged : context.store.update(name, current, merged);
};

/** The object with its managers; `undefined` leaves them as they are. */
const withEntries = (
  object: WritableObject,
  managedFields: ObjectMeta['managedFields'] | undefined,
): WritableObject =>
  managedFields === undefined
    ? object
    : { ...object, metadata: orderMetadata({ ...object.metadata, managedFields }) };

export const find = ({ store }: Context, resource: Resource, key: ObjectName): KubeObject | undefined =>
  store.get(storeName(resource), namespaceFor(resource, key.namespace), key.name);

/** @throws {ApiError} NotFound */
export const requireObject = (context: Context, resource: Resource, key: ObjectName): KubeObject => {
  const object = find(context, resource, key);
  if (object === undefined) throw absent(context, resource, key.name);
  return object;
};

/** Controllers ask for what may be gone, and are never shown where they asked. */
const absent = ({ trusted }: Context, resource: Resource, name: string): ApiError =>
  trusted ? withoutStack(() => notFound(resource, name)) : notFound(resource, name);

/** @throws {ApiError} BadRequest when the body is about another object than the request. */
export const checkTarget = (resource: Resource, key: ObjectName, draft: MetadataDraft): void => {
  if (!draft.name)
    throw badRequest(
      `the name of the object (${key.name} based on URL) was undeterminable: name must be provided`,
    );
  if (draft.name !== key.name)
    throw badRequest(
      `the name of the object (${draft.name}) does not match the name on the URL (${key.name})`,
    );
  if (resource.namespaced && draft.namespace && draft.namespace !== namespaceFor(resource, key.namespace))
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
};

/** @throws {ApiError} Conflict for a version that is not the current one. */
export const checkVersion = (resource: Resource, current: ObjectMeta, version: string | undefined): void => {
  if (!version || version === current.resourceVersion) return;
  if (!/^\d+$/.test(version))
    throw plain500(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  if (version !== '0') throw objectModified(resource, current.name);
};

/** The new state: from `next` what this request covers, from `current` the rest. */
const merge = (
  { trusted }: Context,
  resource: Resource,
  { current, next }: Change,
  options: UpdateOptions,
): WritableObject => {
  const strategy = strategyFor(resource.kind);
  const before: WritableObject = current;
  const draft: MetadataDraft = next.metadata ?? {};
  // A patch that is not about the metadata gives it back as it was.
  const isKept = next.metadata === current.metadata;
  switch (options.subresource) {
    case 'status': {
      const { statusKeeps } = strategy;
      const kept = statusKeeps && { ...draft, [statusKeeps]: current.metadata[statusKeeps] };
      const metadata = isKept ? current.metadata : mergeMetadata(current.metadata, kept ?? draft, trusted);
      return { ...before, metadata, status: next.status };
    }
    case 'finalize': {
      const spec = { ...before.spec, finalizers: next.spec?.['finalizers'] };
      return { ...before, metadata: mergeMetadata(current.metadata, draft, trusted), spec };
    }
    case 'ephemeralcontainers': {
      const spec = { ...before.spec, ephemeralContainers: next.spec?.['ephemeralContainers'] };
      return withGeneration(resource, before, { ...before, spec });
    }
    default: {
      const metadata = isKept
        ? current.metadata
        : changedMetadata(resource, { current, draft }, options, trusted);
      const admitted = admitChange(resource, next, current);
      const merged = isKept ? admitted : assemble(resource, metadata, admitted);
      const kept = resource.hasStatus ? { ...merged, status: before.status } : merged;
      return withGeneration(resource, before, kept);
    }
  }
};

const changedMetadata = (
  { kind }: Resource,
  { current, draft }: { readonly current: KubeObject; readonly draft: MetadataDraft },
  options: UpdateOptions,
  isTrusted: boolean,
): ObjectMeta => {
  const labels = kind === 'Namespace' ? namespaceLabels(draft, current.metadata.name) : draft.labels;
  const owned = { ...draft, labels, ownerReferences: uniqueOwners(draft, options) };
  return mergeMetadata(current.metadata, owned, isTrusted);
};

/** Desired state that changed gets a new generation. */
const withGeneration = (
  resource: Resource,
  before: WritableObject,
  after: WritableObject,
): WritableObject => {
  if (!resource.hasGeneration) return after;
  const isChanged =
    !equalSemantically(before.spec, after.spec) ||
    (strategyFor(resource.kind).annotationsRaiseGeneration === true &&
      !equalSemantically(before.metadata.annotations, after.metadata.annotations));
  if (!isChanged) return after;
  const generation = (before.metadata.generation ?? 0) + 1;
  return { ...after, metadata: orderMetadata({ ...after.metadata, generation }) };
};

/** Whether the last thing that kept a deleted object is gone. */
const isReleased = ({ metadata }: KubeObject, next: WritableObject): boolean => {
  if (metadata.deletionTimestamp === undefined || (metadata.deletionGracePeriodSeconds ?? 0) !== 0)
    return false;
  if (next.metadata.finalizers !== undefined && next.metadata.finalizers.length > 0) return false;
  if (next.kind !== 'Namespace') return true;
  const finalizers = next.spec?.['finalizers'];
  return !Array.isArray(finalizers) || finalizers.length === 0;
};

const versionRequired = (resource: Resource, name: string): ApiError => {
  const qualified = storeName(resource);
  const message = 'Invalid value: 0: must be specified for an update';
  const field = 'metadata.resourceVersion';
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${qualified} "${name}" is invalid: ${field}: ${message}`,
    reason: 'Invalid',
    details: {
      name,
      ...(resource.group !== '' && { group: resource.group }),
      kind: resource.plural,
      causes: [{ reason: 'FieldValueInvalid', message, field }],
    },
    code: 422,
  });
};
