/**
 * The next sizes of the ReplicaSets during a rollout. Pure.
 *
 * Models: pkg/controller/deployment/rolling.go, recreate.go, util/deployment_util.go#NewRSNewReplicas (v1.36)
 */
import type { Deployment, Pod, ReplicaSet } from '../../api/index.js';
import type { ReplicaSetSize } from '../../../machines/deploymentSetup.js';
import { fencepostsOf } from './fenceposts.js';
import { activeOf, byAge, sizeOf, totalAvailable, totalSize } from './replicaSets.js';

/**
 * The size that the new ReplicaSet may have now (DP-40). `all` are the ReplicaSets of the Deployment; `newSize` is the
 * new one's size, 0 when it is still to be made.
 */
export const newSizeAllowed = (
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newSize: number,
): number => {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type !== 'RollingUpdate') return desired;
  const max = desired + fencepostsOf(deployment).maxSurge;
  const current = totalSize(all);
  if (current >= max) return newSize;
  return newSize + Math.min(max - current, desired - newSize);
};

/** The size that a rolling update gives to the new ReplicaSet next (DP-41b). */
export const newSizeNext = (
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet,
): number => {
  const desired = deployment.spec.replicas ?? 1;
  const size = sizeOf(newReplicaSet);
  if (size >= desired) return desired;
  return newSizeAllowed(deployment, all, size);
};

/**
 * The old ReplicaSets that a rolling update makes smaller next (DP-42 to DP-44): first pods that are not available
 * anyway, then as many available ones as can be spared. Oldest first; only changes are listed.
 */
export const oldSizesNext = (
  deployment: Deployment,
  old: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet,
): readonly ReplicaSetSize[] => {
  const active = activeOf(old);
  if (active.length === 0) return [];
  const all = [...old, newReplicaSet];
  const minAvailable = (deployment.spec.replicas ?? 1) - fencepostsOf(deployment).maxUnavailable;
  const newUnavailable = sizeOf(newReplicaSet) - (newReplicaSet.status.availableReplicas ?? 0);
  const budget = totalSize(all) - minAvailable - newUnavailable;
  if (budget <= 0) return [];
  const sizes = new Map(active.map((replicaSet) => [replicaSet, sizeOf(replicaSet)]));
  const oldestFirst = [...active].sort(byAge);
  if (!removeUnhealthy(oldestFirst, budget, sizes)) return [];
  removeAvailable(oldestFirst, totalAvailable(all) - minAvailable, sizes);
  return oldestFirst
    .filter((replicaSet) => sizes.get(replicaSet) !== sizeOf(replicaSet))
    .map((replicaSet) => ({ name: replicaSet.metadata.name, replicas: sizes.get(replicaSet) ?? 0 }));
};

/** DP-43. False: a status claims more available pods than the size, which upstream reports as an error and gives up on. */
export const removeUnhealthy = (
  oldestFirst: readonly ReplicaSet[],
  budget: number,
  sizes: Map<ReplicaSet, number>,
): boolean => {
  let left = budget;
  for (const replicaSet of oldestFirst) {
    if (left <= 0) break;
    const size = sizes.get(replicaSet) ?? 0;
    const available = replicaSet.status.availableReplicas ?? 0;
    if (size === 0 || size === available) continue;
    if (available > size) return false;
    const removed = Math.min(left, size - available);
    sizes.set(replicaSet, size - removed);
    left -= removed;
  }
  return true;
};

/** DP-44. `spare` is how many more pods are available than must be. */
export const removeAvailable = (
  oldestFirst: readonly ReplicaSet[],
  spare: number,
  sizes: Map<ReplicaSet, number>,
): void => {
  let left = spare;
  for (const replicaSet of oldestFirst) {
    if (left <= 0) return;
    const size = sizes.get(replicaSet) ?? 0;
    const removed = Math.min(size, left);
    sizes.set(replicaSet, size - removed);
    left -= removed;
  }
};

/** Whether pods of the old ReplicaSets still exist and have not ended (DP-51): a Recreate waits for them. */
export const oldPodsRunning = (
  old: readonly ReplicaSet[],
  podsOf: (replicaSetUid: string) => Iterable<Pod>,
): boolean => {
  if (old.some(({ status }) => status.replicas > 0)) return true;
  for (const { metadata } of old)
    for (const { status } of podsOf(metadata.uid))
      if (status.phase !== 'Failed' && status.phase !== 'Succeeded') return true;
  return false;
};
