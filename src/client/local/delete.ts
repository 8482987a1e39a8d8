/**
 * DELETE: at once, gracefully (pods), or after its finalizers. A deletion that cannot happen at once marks the object
 * with `deletionTimestamp`; whoever clears the last obstacle removes it.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go#BeforeDelete,
 * .../registry/generic/registry/store.go#Delete, pkg/registry/core/pod/strategy.go#CheckGracefulDelete (v1.36)
 */
import {
  conflict,
  deletedStatus,
  forbidden,
  formatTime,
  parseTime,
  uidMismatch,
  uidPreconditionFailed,
  versionPreconditionFailed,
  type KubeObject,
  type ObjectMeta,
  type Pod,
  type Resource,
  type Status,
} from '../../api/index.js';
import type { DeleteOptions } from '../port.js';
import { storeName, warn, type Context } from './context.js';
import { checkDeleteOptions } from './options.js';
import { deleteNamespace } from './namespaces.js';
import { orderMetadata } from './metadata.js';
import { strategyFor } from './strategy.js';
import { requireObject } from './update.js';

/** Namespaces that admission protects. Models: plugin/pkg/admission/namespace/lifecycle */
const IMMORTAL_NAMESPACES = new Set(['default', 'kube-system', 'kube-public']);

export const ORPHAN_FINALIZER = 'orphan';
export const FOREGROUND_FINALIZER = 'foregroundDeletion';

export const deleteObject = (
  context: Context,
  resource: Resource,
  key: { readonly namespace?: string | undefined; readonly name: string },
  options: DeleteOptions = {},
): KubeObject | Status => {
  checkDeleteOptions(options);
  if (resource.kind === 'Namespace' && IMMORTAL_NAMESPACES.has(key.name))
    throw forbidden(resource, key.name, 'this namespace may not be deleted');
  const current = requireObject(context, resource, key);
  checkPreconditions(resource, current, options);
  warnOfDependents(resource, options);
  const { object, gone } =
    resource.kind === 'Namespace'
      ? deleteNamespace(context, resource, current, options)
      : deleteExisting(context, resource, current, options);
  if (!gone || strategyFor(resource.kind).answersDeletedObject === true) return object;
  return deletedStatus(resource, object.metadata.name, object.metadata.uid);
};

const warnOfDependents = (resource: Resource, options: DeleteOptions): void => {
  const { deletionWarning } = strategyFor(resource.kind);
  const isSaid = options.propagationPolicy !== undefined || options.orphanDependents !== undefined;
  if (deletionWarning !== undefined && !isSaid) warn(options, [deletionWarning]);
};

export interface Deletion {
  readonly object: KubeObject;
  readonly gone: boolean;
}

const deleteExisting = (
  context: Context,
  resource: Resource,
  current: KubeObject,
  options: DeleteOptions,
): Deletion => {
  const grace = resource.kind === 'Pod' ? podGrace(context, current as Pod, options) : ungraceful;
  if (grace.pending) return { object: current, gone: false };
  const finalizers = finalizersFor(resource, current, options);
  const isGraceful = grace.metadata !== undefined;
  const metadata = isGraceful
    ? { ...current.metadata, ...grace.metadata, finalizers }
    : finalizers.length > 0
      ? { ...current.metadata, ...marked(context, current.metadata), finalizers }
      : current.metadata;
  const marking = { ...current, metadata: orderMetadata(metadata) };
  const stays = finalizers.length > 0 || (isGraceful && metadata.deletionGracePeriodSeconds !== 0);
  if (options.dryRun === true) return { object: marking, gone: !stays };
  const name = storeName(resource);
  const isChanged =
    isGraceful ||
    current.metadata.deletionTimestamp !== metadata.deletionTimestamp ||
    finalizers.length !== (current.metadata.finalizers?.length ?? 0) ||
    finalizers.some((finalizer) => current.metadata.finalizers?.includes(finalizer) !== true);
  if (stays && !isChanged) return { object: current, gone: false };
  const object = isChanged ? context.store.update(name, current, marking) : current;
  if (stays) return { object, gone: false };
  return { object: remove(context, name, object), gone: true };
};

/** Watchers hear of the mark first, and one of them may have removed the object already. */
const remove = (context: Context, name: string, object: KubeObject): KubeObject => {
  const { namespace = '', name: objectName, uid } = object.metadata;
  const current = context.store.get(name, namespace, objectName);
  if (current === undefined || current.metadata.uid !== uid) return object;
  return context.store.delete(name, current);
};

interface Grace {
  /** The deletion is under way already, and this request changes nothing about it. */
  readonly pending: boolean;
  /** Marks of a graceful deletion; absent: not graceful (any more). */
  readonly metadata?: Pick<ObjectMeta, 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'generation'>;
}
const ungraceful: Grace = { pending: false };

const podGrace = ({ clock }: Context, pod: Pod, options: DeleteOptions): Grace => {
  const { metadata } = pod;
  const seconds = podGraceSeconds(pod, options);
  if (metadata.deletionTimestamp === undefined)
    return {
      pending: false,
      metadata: {
        deletionTimestamp: formatTime(clock.now() + seconds * 1000),
        deletionGracePeriodSeconds: seconds,
        generation: raised(metadata.generation),
      },
    };
  const before = metadata.deletionGracePeriodSeconds;
  if (before === undefined || before === 0) return ungraceful;
  if (options.gracePeriodSeconds === undefined || seconds >= before) return { pending: true };
  return { pending: false, metadata: { ...metadata, ...shortened(clock.now(), metadata, before, seconds) } };
};

/** A second deletion may only shorten the first: counted from when that was asked for, but never into the past. */
const shortened = (nowMs: number, metadata: ObjectMeta, beforeSeconds: number, seconds: number) => {
  const endMs = (parseTime(metadata.deletionTimestamp) ?? nowMs) + (seconds - beforeSeconds) * 1000;
  if (endMs >= Math.floor(nowMs / 1000) * 1000)
    return { deletionTimestamp: formatTime(endMs), deletionGracePeriodSeconds: seconds };
  return { deletionTimestamp: formatTime(nowMs), deletionGracePeriodSeconds: Math.min(seconds, 1) };
};

const podGraceSeconds = (pod: Pod, options: DeleteOptions): number => {
  if (pod.metadata.deletionTimestamp === undefined) {
    if (!pod.spec.nodeName) return 0;
    if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') return 0;
  }
  const seconds = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
};

/** An object that only waits for its finalizers is deleted as of now. */
const marked = ({ timestamp }: Context, metadata: ObjectMeta) =>
  metadata.deletionTimestamp === undefined
    ? {
        deletionTimestamp: timestamp(),
        deletionGracePeriodSeconds: 0,
        generation: raised(metadata.generation),
      }
    : { deletionGracePeriodSeconds: 0 };

const raised = (generation: number | undefined): number | undefined =>
  generation === undefined || generation === 0 ? generation : generation + 1;

/** The object's finalizers with those that stand for the chosen fate of its dependents. */
export const finalizersFor = (
  resource: Resource,
  current: KubeObject,
  options: DeleteOptions,
): readonly string[] => {
  const before = current.metadata.finalizers ?? [];
  const fate = fateOfDependents(resource, before, options);
  const finalizer =
    fate === 'orphan' ? ORPHAN_FINALIZER : fate === 'foreground' ? FOREGROUND_FINALIZER : undefined;
  const others = before.filter((each) => each !== ORPHAN_FINALIZER && each !== FOREGROUND_FINALIZER);
  if (finalizer !== undefined) return before.includes(finalizer) ? before : [...others, finalizer];
  return others.length === before.length ? before : others;
};

const fateOfDependents = (
  resource: Resource,
  finalizers: readonly string[],
  options: DeleteOptions,
): 'orphan' | 'foreground' | 'background' => {
  const { dependents } = strategyFor(resource.kind);
  if (dependents === 'ignore') return 'background';
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'orphan' : 'background';
  if (options.propagationPolicy === 'Orphan') return 'orphan';
  if (options.propagationPolicy === 'Foreground') return 'foreground';
  if (options.propagationPolicy === 'Background') return 'background';
  for (const finalizer of finalizers) {
    if (finalizer === ORPHAN_FINALIZER) return 'orphan';
    if (finalizer === FOREGROUND_FINALIZER) return 'foreground';
  }
  return dependents ?? 'background';
};

const checkPreconditions = (resource: Resource, { metadata }: KubeObject, options: DeleteOptions): void => {
  const { uid, resourceVersion } = options.preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid) {
    const uids = { expected: uid, actual: metadata.uid };
    throw resource.kind === 'Namespace'
      ? conflict(resource, metadata.name, uidMismatch(uids))
      : uidPreconditionFailed(resource, metadata.name, uids);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw versionPreconditionFailed(resource, metadata.name, {
      expected: resourceVersion,
      actual: metadata.resourceVersion,
    });
};
