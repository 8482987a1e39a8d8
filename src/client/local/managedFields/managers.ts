/**
 * Which manager writes which fields: kept for requests that name a field manager, which those of API clients do. Writers
 * of this process do not: their writes leave the managers alone, and cost nothing more (decision 10).
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/fieldmanager.go (v1.36)
 */
import {
  decode,
  decodeManaged,
  encodeManaged,
  isReset,
  rootField,
  trackUpdate,
  type KubeObject,
  type Managed,
  type Manager,
  type ManagedFieldsEntry,
  type Path,
  type Resource,
  type TrackedWrite,
} from '../../../api/index.js';
import type { Subresource, WriteOptions } from '../../port.js';
import type { Context } from '../context.js';
import { strategyFor, type WritableObject } from '../strategy.js';

/** What a client is called that does not say who it is. */
const UNKNOWN_MANAGER = 'unknown';

export type ManagerOptions = WriteOptions & { readonly subresource?: Subresource | undefined };

/** A write by the manager that a request names. */
export const writeBy = (
  context: Context,
  resource: Resource,
  operation: Manager['operation'],
  { fieldManager, subresource }: ManagerOptions,
): TrackedWrite => ({
  field: rootField(resource.schema),
  manager: { name: fieldManager || UNKNOWN_MANAGER, operation, apiVersion: resource.apiVersion, subresource },
  time: context.timestamp(),
  ignored: ignoredPaths(resource, subresource),
});

/** What a request cannot write. Models: strategy.go#GetResetFields */
const ignoredPaths = (resource: Resource, subresource: Subresource | undefined): readonly Path[] => {
  if (subresource === undefined) return resource.hasStatus ? [['f:status']] : [];
  if (subresource !== 'status') return [];
  const { statusKeeps } = strategyFor(resource.kind);
  return [['f:spec'], ...(statusKeeps === undefined ? [] : [['f:metadata', `f:${statusKeeps}`]])];
};

/** An object of the kind in which nothing was written: structs are there, and empty. */
export const emptyObject = ({ kind, apiVersion }: Resource): unknown =>
  decode(kind, { kind, apiVersion }).value;

/** The managers of a stored object; none where they cannot be read. */
export const managersOf = (object: KubeObject | undefined): Managed =>
  decodeManaged(object?.metadata.managedFields) ?? new Map();

/**
 * The entries of an object after it was created or updated; undefined where managers are not kept: the writer is one of
 * this process, or the object is of such a writer and has none yet.
 */
export const entriesAfter = (
  context: Context,
  resource: Resource,
  { current, next }: { readonly current: KubeObject | undefined; readonly next: WritableObject },
  options: ManagerOptions,
): readonly ManagedFieldsEntry[] | undefined => {
  if (context.trusted || options.fieldManager === undefined) return undefined;
  const managed = managersBefore(current, next, options);
  if (current !== undefined && managed.size === 0) return [];
  const write = writeBy(context, resource, 'Update', options);
  const before = current ?? emptyObject(resource);
  return encodeManaged(trackUpdate(write, managed, { before, after: next }));
};

/** A client may set the managers itself; what it sends through a subresource, or garbled, is not looked at. */
const managersBefore = (
  current: KubeObject | undefined,
  next: WritableObject,
  { subresource }: ManagerOptions,
): Managed => {
  const sent = next.metadata?.managedFields;
  if (subresource === undefined) {
    if (isReset(sent)) return new Map();
    const managed = decodeManaged(sent);
    if (managed !== undefined && managed.size > 0) return managed;
  }
  return managersOf(current);
};
