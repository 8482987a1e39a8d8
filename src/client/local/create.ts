/**
 * CREATE: decode, default, admit, complete, validate, store.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go,
 * .../registry/rest/create.go#BeforeCreate (v1.36)
 */
import {
  alreadyExists,
  badRequest,
  generatedNameTaken,
  plain500,
  type KubeObject,
  type Resource,
} from '../../api/index.js';
import type { WriteOptions } from '../port.js';
import { storeName, warn, type Context } from './context.js';
import { entriesAfter } from './managedFields/managers.js';
import { admit, checkNew, read, warnAbout } from './manifest.js';
import { generateName, orderMetadata, type MetadataDraft } from './metadata.js';
import { requireNamespace } from './namespaces.js';
import { checkWriteOptions } from './options.js';
import { assemble, completedBy, strategyFor, type WritableObject } from './strategy.js';

/** Models: staging/src/k8s.io/apiserver/pkg/registry/rest/create.go#maxNameGenerationCreateAttempts */
const GENERATED_NAME_ATTEMPTS = 8;

export type CreateOptions = WriteOptions & { readonly namespace?: string | undefined };

export const createObject = (
  context: Context,
  resource: Resource,
  manifest: unknown,
  options: CreateOptions = {},
): KubeObject => {
  checkWriteOptions('CreateOptions', options);
  if (context.trusted && resource.kind === 'Event')
    return createOwnEvent(context, resource, manifest as WritableObject);
  const object = read(context, resource, manifest, options);
  const draft: MetadataDraft = object.metadata ?? {};
  const namespace = targetNamespace(resource, draft, options);
  if (draft.resourceVersion !== undefined && /^[1-9]\d*$/.test(draft.resourceVersion))
    throw plain500('resourceVersion should not be set on objects to be created');
  if (namespace !== undefined) requireNamespace(context, resource, namespace, draft.name ?? '');
  const ownerReferences = uniqueOwners(draft, options);
  const managedFields = entriesAfter(
    context,
    resource,
    { current: undefined, next: labelled(resource, object) },
    options,
  );
  const owned = managedFields === undefined ? draft : { ...draft, managedFields };
  return attempt(context, resource, { object, draft: owned, namespace, ownerReferences }, options);
};

/**
 * An Event of this process, the most frequent object of all: it comes from one place, complete and with a name, so that
 * nothing is to be defaulted, admitted or validated.
 */
const createOwnEvent = (context: Context, resource: Resource, event: WritableObject): KubeObject => {
  const { name, namespace } = event.metadata;
  const { store, random, timestamp } = context;
  if (namespace !== undefined) requireNamespace(context, resource, namespace, name);
  if (store.get(storeName(resource), namespace ?? '', name) !== undefined)
    throw alreadyExists(resource, name);
  const uid = random.uuid();
  const metadata = orderMetadata({ name, namespace, uid, creationTimestamp: timestamp() });
  return store.create(storeName(resource), assemble(resource, metadata, event));
};

/** A namespace's label is written with it. */
const labelled = (resource: Resource, object: WritableObject): WritableObject => {
  if (resource.kind !== 'Namespace') return object;
  const labels = namespaceLabels(object.metadata, object.metadata.name);
  return { ...object, metadata: { ...object.metadata, labels } };
};

interface Prepared {
  readonly object: WritableObject;
  readonly draft: MetadataDraft;
  readonly namespace: string | undefined;
  readonly ownerReferences: MetadataDraft['ownerReferences'];
}

/** A generated name that is taken is drawn again, a few times. */
const attempt = (
  context: Context,
  resource: Resource,
  prepared: Prepared,
  options: WriteOptions,
): KubeObject => {
  const { store } = context;
  const name = storeName(resource);
  const isGenerated = !prepared.draft.name && Boolean(prepared.draft.generateName);
  const admitted = admit(context, resource, initialStatus(resource, prepared.object));
  for (let tries = 1; ; tries += 1) {
    const completed = complete(context, resource, admitted, prepared);
    const { namespace = '', name: objectName } = completed.metadata;
    if (tries === 1) {
      checkNew(context, resource, completed);
      warnAbout(context, resource, { object: completed, old: undefined }, options);
    }
    if (store.get(name, namespace, objectName) === undefined)
      return options.dryRun === true ? withoutVersion(completed) : store.create(name, completed);
    if (!isGenerated) throw alreadyExists(resource, objectName);
    if (tries >= GENERATED_NAME_ATTEMPTS) throw generatedNameTaken(resource, objectName);
  }
};

/** Fills in what only the server knows. */
const complete = (
  { timestamp, random }: Context,
  resource: Resource,
  object: WritableObject,
  { draft, namespace, ownerReferences }: Prepared,
): KubeObject => {
  const name =
    !draft.name && draft.generateName
      ? generateName(draft.generateName, (length) => random.suffix(length))
      : draft.name;
  const metadata = orderMetadata({
    name,
    generateName: draft.generateName,
    namespace,
    uid: random.uuid(),
    resourceVersion: '',
    generation: resource.hasGeneration ? 1 : draft.generation,
    creationTimestamp: timestamp(),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    labels: resource.kind === 'Namespace' ? namespaceLabels(draft, name) : draft.labels,
    annotations: draft.annotations,
    ownerReferences,
    finalizers: draft.finalizers,
    managedFields: draft.managedFields,
  });
  return completedBy(resource, assemble(resource, metadata, object), undefined);
};

/** The label by which selectors reach a namespace by its name; forced. */
export const namespaceLabels = (draft: MetadataDraft, name: string | undefined) => ({
  ...draft.labels,
  'kubernetes.io/metadata.name': name ?? '',
});

const initialStatus = (resource: Resource, object: WritableObject): WritableObject => {
  const { initialStatus: status } = strategyFor(resource.kind);
  return status === undefined ? object : { ...object, status: status as WritableObject['status'] };
};

/** @throws {ApiError} BadRequest when body and request name different namespaces. */
const targetNamespace = (
  resource: Resource,
  { namespace }: MetadataDraft,
  options: CreateOptions,
): string | undefined => {
  if (!resource.namespaced) return undefined;
  if (namespace && options.namespace !== undefined && namespace !== options.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return namespace || options.namespace || 'default';
};

/** Owners named twice are dropped, with upstream's warning. */
export const uniqueOwners = (
  { ownerReferences }: MetadataDraft,
  options: WriteOptions,
): MetadataDraft['ownerReferences'] => {
  if (ownerReferences === undefined || ownerReferences.length < 2) return ownerReferences;
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  const kept = ownerReferences.filter((owner) => {
    const key = JSON.stringify([owner.uid, owner.apiVersion, owner.kind, owner.name, owner.controller]);
    if (seen.has(key)) duplicates.add(owner.uid);
    return !seen.has(key) && seen.add(key);
  });
  if (duplicates.size === 0) return ownerReferences;
  warn(options, [
    '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, ' +
      `and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...duplicates].join(', ')}`,
  ]);
  return kept;
};

const withoutVersion = (object: KubeObject): KubeObject => {
  const { resourceVersion: _version, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
};
