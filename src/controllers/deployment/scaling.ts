/**
 * The sizes of the ReplicaSets when a Deployment is scaled in the midst of a rollout, or paused: each gets its share.
 * Pure.
 *
 * Models: pkg/controller/deployment/sync.go#scale, util/deployment_util.go#GetReplicaSetProportion (v1.36)
 */
import type { Deployment, ReplicaSet } from '../../api/index.js';
import { fencepostsOf } from './fenceposts.js';
import {
  activeOf,
  byAge,
  DESIRED_REPLICAS,
  hasSizeAnnotations,
  MAX_REPLICAS,
  sizeAnnotation,
  sizeOf,
  totalSize,
} from './replicaSets.js';
import type { ReplicaSetSize } from '../../../machines/deploymentSetup.js';

/** True when some ReplicaSet was last sized for another number of replicas (DP-11). */
export const isScalingEvent = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean =>
  activeOf(replicaSets).some((replicaSet) => {
    const desired = sizeAnnotation(replicaSet, DESIRED_REPLICAS);
    return desired !== undefined && desired !== (deployment.spec.replicas ?? 1);
  });

/** What a scaling event writes (DP-60 to DP-62): changed sizes, and unchanged ones whose annotations are stale. */
export const scaledSizes = (
  deployment: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly ReplicaSetSize[] => {
  const desired = deployment.spec.replicas ?? 1;
  const all = newReplicaSet ? [...old, newReplicaSet] : old;
  const active = activeOf(all);
  if (active.length <= 1) {
    const only = active[0] ?? newReplicaSet ?? [...old].sort(byAge).at(-1);
    return only && sizeOf(only) !== desired ? [{ name: only.metadata.name, replicas: desired }] : [];
  }
  if (newReplicaSet && isSaturated(deployment, newReplicaSet))
    return activeOf(old).map(({ metadata }) => ({ name: metadata.name, replicas: 0 }));
  if (deployment.spec.strategy?.type !== 'RollingUpdate') return [];
  return proportionalSizes(deployment, active);
};

/** The new ReplicaSet alone carries the Deployment (DP-61). */
const isSaturated = (deployment: Deployment, newReplicaSet: ReplicaSet): boolean => {
  const desired = deployment.spec.replicas ?? 1;
  return (
    sizeOf(newReplicaSet) === desired &&
    sizeAnnotation(newReplicaSet, DESIRED_REPLICAS) === desired &&
    (newReplicaSet.status.availableReplicas ?? 0) === desired
  );
};

const proportionalSizes = (
  deployment: Deployment,
  active: readonly ReplicaSet[],
): readonly ReplicaSetSize[] => {
  const desired = deployment.spec.replicas ?? 1;
  const allowed = desired > 0 ? desired + fencepostsOf(deployment).maxSurge : 0;
  const toAdd = allowed - totalSize(active);
  const ordered = toAdd === 0 ? active : [...active].sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  const sizes = new Map(ordered.map((replicaSet) => [replicaSet, sizeOf(replicaSet)]));
  let added = 0;
  for (const replicaSet of ordered) {
    const left = toAdd - added;
    // Nothing left: even one whose share would go the other way keeps its size.
    if (left === 0) break;
    const fraction = replicaSetFraction(deployment, replicaSet);
    const share = toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    sizes.set(replicaSet, sizeOf(replicaSet) + share);
    added += share;
  }
  const first = ordered[0];
  if (first && toAdd !== added) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  return ordered
    .filter(
      (replicaSet) =>
        sizes.get(replicaSet) !== sizeOf(replicaSet) || !hasSizeAnnotations(replicaSet, deployment),
    )
    .map((replicaSet) => ({ name: replicaSet.metadata.name, replicas: sizes.get(replicaSet) ?? 0 }));
};

const bySizeNewer = (a: ReplicaSet, b: ReplicaSet): number => sizeOf(b) - sizeOf(a) || byAge(b, a);
const bySizeOlder = (a: ReplicaSet, b: ReplicaSet): number => sizeOf(b) - sizeOf(a) || byAge(a, b);

/** How much a ReplicaSet would grow or shrink to keep its share (DP-62). */
export const replicaSetFraction = (deployment: Deployment, replicaSet: ReplicaSet): number => {
  const desired = deployment.spec.replicas ?? 1;
  const size = sizeOf(replicaSet);
  if (desired === 0) return -size;
  const before = sizeAnnotation(replicaSet, MAX_REPLICAS) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  const product = Math.imul(size, desired + fencepostsOf(deployment).maxSurge);
  return roundHalfAway(product / before) - size;
};

const roundHalfAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));
