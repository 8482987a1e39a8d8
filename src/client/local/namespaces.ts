/**
 * What is special about namespaces: they exist before anything else, objects need a living one, and their deletion
 * waits in phase Terminating until the namespace controller has emptied and finalized them.
 *
 * Models: plugin/pkg/admission/namespace/lifecycle, pkg/registry/core/namespace/storage/storage.go (v1.36)
 */
import {
  namespaceTerminating,
  notFound,
  resourceFor,
  type KubeObject,
  type Namespace,
  type Resource,
} from '../../api/index.js';
import type { DeleteOptions } from '../port.js';
import { storeName, type Context } from './context.js';
import type { Deletion } from './delete.js';
import { orderMetadata } from './metadata.js';

/** Namespaces that every cluster has. */
export const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** @throws {ApiError} NotFound when the namespace does not exist, Forbidden when it is being deleted. */
export const requireNamespace = (
  { store }: Context,
  resource: Resource,
  namespace: string,
  name: string,
): void => {
  const found = store.get('namespaces', '', namespace) as Namespace | undefined;
  if (found === undefined) throw notFound(resourceFor('Namespace'), namespace);
  if (found.metadata.deletionTimestamp !== undefined) throw namespaceTerminating(resource, name, namespace);
};

/** The first DELETE starts the termination; a later one finds it under way. */
export const deleteNamespace = (
  { store, timestamp }: Context,
  resource: Resource,
  current: KubeObject,
  options: DeleteOptions,
): Deletion => {
  if (current.metadata.deletionTimestamp !== undefined) return { object: current, gone: false };
  const namespace = current as Namespace;
  const terminating: Namespace = {
    ...namespace,
    metadata: orderMetadata({ ...namespace.metadata, deletionTimestamp: timestamp() }),
    status: { ...namespace.status, phase: 'Terminating' },
  };
  if (options.dryRun === true) return { object: terminating, gone: false };
  return { object: store.update(storeName(resource), current, terminating), gone: false };
};
