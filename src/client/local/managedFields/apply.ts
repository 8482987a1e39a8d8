/**
 * APPLY: server-side apply. The request says all that its manager wants of an object; the object is created, or gets
 * what the manager says and loses what it says no more.
 *
 * Differs: not through the scale subresource. An entry that is new has the time of its request even when the object
 * stays the same.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go#applyPatcher,
 * .../apimachinery/pkg/util/managedfields/internal (v1.36); api.md §6.2
 */
import {
  applyConflict,
  applyTyped,
  badRequest,
  conflict,
  difference,
  encodeManaged,
  equalManaged,
  isEmptySet,
  notFound,
  plain500,
  trackUpdate,
  typedErrors,
  unchangedSince,
  type Applied,
  type KubeObject,
  type Managed,
  type Resource,
  type TrackedWrite,
} from '../../../api/index.js';
import { createObject } from '../create.js';
import type { Context } from '../context.js';
import { emptyObject, managersOf, writeBy } from './managers.js';
import { read } from '../manifest.js';
import type { MetadataDraft } from '../metadata.js';
import { checkWriteOptions, requireManager } from '../options.js';
import { checkTarget, find, writeChange, type ObjectName, type UpdateOptions } from '../update.js';

type Config = Readonly<Record<string, unknown>> & { readonly metadata?: MetadataDraft | undefined };

export const applyObject = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  body: unknown,
  options: UpdateOptions = {},
): KubeObject => {
  checkWriteOptions('PatchOptions', options);
  requireManager(options);
  const config = checkConfig(resource, body);
  const current = find(context, resource, key);
  if (current === undefined && options.subresource !== undefined) throw notFound(resource, key.name);
  const write = writeBy(context, resource, 'Apply', options);
  const live = current === undefined ? undefined : withoutManagers(current);
  const before = managersBefore(write, { current, live, empty: emptyObject(resource) });
  const applied = applyOver(write, before, {
    live: live ?? emptyObject(resource),
    config,
    force: options.force === true,
  });
  if (!applied.ok) throw applyConflict(applied.conflicts);
  checkTarget(resource, key, config.metadata ?? {});
  const object = annotated(applied.object as KubeObject, { config, options });
  const managed = equalManaged(applied.managed, before) ? before : applied.managed;
  // The managers are known: what follows must not count the write as an update.
  const untracked = { ...options, fieldManager: undefined };
  const managedFields = encodeManaged(managed);
  if (current === undefined) {
    const { uid } = config.metadata ?? {};
    if (uid) throw uidOfNone(resource, key.name, uid);
    const fresh = { ...object, metadata: { ...object.metadata, managedFields } };
    const created = createObject(context, resource, fresh, { ...untracked, namespace: key.namespace });
    options.onCreated?.();
    return created;
  }
  const next = read(context, resource, object, { ...untracked, base: current });
  const metadata = { ...next.metadata, managedFields };
  return writeChange(context, resource, { current, next: { ...next, metadata } }, untracked);
};

/** @throws {ApiError} 400, or a bare 500, for what is no object of this kind. */
const checkConfig = (resource: Resource, body: unknown): Config => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('error decoding YAML: error unmarshaling JSON: the patch is not an object');
  const config = body as Config;
  const { apiVersion = '', kind = '', metadata } = config;
  if (metadata?.managedFields?.length) throw badRequest('metadata.managedFields must be nil');
  if (apiVersion !== resource.apiVersion)
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(apiVersion)}, expected: ${resource.apiVersion}`,
    );
  const refuse = (why: string): Error =>
    plain500(
      `failed to create typed patch object (${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ` +
        `${String(apiVersion)}, Kind=${String(kind)}): ${why}`,
    );
  if (kind !== resource.kind)
    throw refuse(`no corresponding type for ${String(apiVersion)}, Kind=${String(kind)}`);
  const errors = typedErrors({ schema: resource.schema, options: {} }, config);
  if (errors.length > 0)
    throw refuse(errors.length === 1 ? (errors[0] ?? '') : ['errors:', ...errors].join('\n  '));
  return config;
};

const withoutManagers = (object: KubeObject): KubeObject => {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
};

/** Who wrote an object before the first apply to it, when nobody kept count. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

const managersBefore = (
  write: TrackedWrite,
  {
    current,
    live,
    empty,
  }: { readonly current: KubeObject | undefined; readonly live: unknown; readonly empty: unknown },
): Managed => {
  const managed = managersOf(current);
  if (current === undefined || managed.size > 0) return managed;
  const manager = { ...write.manager, name: BEFORE_FIRST_APPLY, operation: 'Update' as const };
  return trackUpdate({ ...write, manager }, managed, { before: empty, after: live });
};

/** The manager that `kubectl apply --server-side` is, and where `kubectl apply` has kept what it applied. */
const KUBECTL = 'kubectl';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An apply. What kubectl has applied in the old way, and nobody changed since, is kubectl's without a conflict. */
const applyOver = (
  write: TrackedWrite,
  managed: Managed,
  request: Parameters<typeof applyTyped>[2],
): Applied => {
  const applied = applyTyped(write, managed, request);
  if (applied.ok || write.manager.name !== KUBECTL) return applied;
  const lastApplied = lastAppliedOf(request.live as KubeObject);
  if (lastApplied === undefined) return applied;
  const allowed = unchangedSince(write.field, lastApplied, request.live);
  const conflicts = applied.conflicts
    .map(({ manager, fields }) => ({ manager, fields: difference(fields, allowed) }))
    .filter(({ fields }) => !isEmptySet(fields));
  return conflicts.length > 0
    ? { ok: false, conflicts }
    : applyTyped(write, managed, { ...request, force: true });
};

/** What the annotation says; undefined without it, and when it is no JSON. */
const lastAppliedOf = ({ metadata }: KubeObject): unknown => {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Anybody can write an annotation: one that is no JSON allows nothing.
    return undefined;
  }
};

/** The annotation, where kubectl has left one, is kept up to date by its new way of applying. */
const annotated = (
  object: KubeObject,
  { config, options }: { readonly config: Config; readonly options: UpdateOptions },
): KubeObject => {
  const annotations = object.metadata.annotations;
  if (options.fieldManager !== KUBECTL || annotations?.[LAST_APPLIED] === undefined) return object;
  const text = `${JSON.stringify(config)}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } },
  };
};

const uidOfNone = (resource: Resource, name: string, uid: string): Error =>
  conflict(
    resource,
    name,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
