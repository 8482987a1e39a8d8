/**
 * What controllers ask of a pod: is it active, ready, available; who owns it. Pure.
 *
 * Models: pkg/controller/controller_utils.go, pkg/api/v1/pod/util.go (v1.36)
 */
import type { ObjectMeta, OwnerReference, Pod } from '../api/index.js';

/** Milliseconds since the epoch of an API time; undefined when it is absent. */
export const timeMs = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);

/** `namespace/name`: the key of a namespaced object in a work queue. */
export const objectKey = (metadata: ObjectMeta): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** The owner reference with `controller: true`, of which an object has at most one (OW-1). */
export const controllerOf = (metadata: ObjectMeta): OwnerReference | undefined => {
  for (const reference of metadata.ownerReferences ?? []) if (reference.controller) return reference;
  return undefined;
};

const hasEnded = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** Neither ended nor being deleted (PH-1). */
export const isPodActive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && !hasEnded(pod);

/** Being deleted, and not ended yet (PH-1). */
export const isPodTerminating = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined && !hasEnded(pod);

/** When the pod's Ready condition became True, in ms; NaN when it carries no time; undefined when it is not ready. */
export const readySinceMs = (pod: Pod): number | undefined => {
  for (const condition of pod.status.conditions ?? [])
    if (condition.type === 'Ready')
      return condition.status === 'True' ? (timeMs(condition.lastTransitionTime) ?? Number.NaN) : undefined;
  return undefined;
};

export const isPodReady = (pod: Pod): boolean => {
  for (const condition of pod.status.conditions ?? [])
    if (condition.type === 'Ready') return condition.status === 'True';
  return false;
};

/** Ready for at least `minReadySeconds` (PH-2). */
export const isPodAvailable = (pod: Pod, minReadySeconds: number, nowMs: number): boolean => {
  if (!isPodReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const sinceMs = readySinceMs(pod);
  return sinceMs !== undefined && sinceMs + minReadySeconds * 1000 <= nowMs;
};

/**
 * Milliseconds until the next ready pod becomes available (PH-3): 0 when it is due since the status was computed at
 * `statusAtMs`, undefined when no pod is waiting.
 */
export const nextAvailabilityMs = (
  pods: readonly Pod[],
  minReadySeconds: number,
  statusAtMs: number,
  nowMs: number,
): number | undefined => {
  let earliestMs: number | undefined;
  for (const pod of pods) {
    const sinceMs = readySinceMs(pod);
    if (sinceMs === undefined || Number.isNaN(sinceMs)) continue;
    const dueMs = sinceMs + minReadySeconds * 1000;
    if (dueMs > statusAtMs && (earliestMs === undefined || dueMs < earliestMs)) earliestMs = dueMs;
  }
  return earliestMs === undefined ? undefined : Math.max(0, earliestMs - nowMs);
};
