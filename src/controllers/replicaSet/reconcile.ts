/**
 * What a ReplicaSet should do about the pods that are there: claims, counts, victims, status. Pure; the chart
 * (machines/replicaSet.ts) chooses by the answer, the wiring carries it out.
 *
 * Models: pkg/controller/replicaset/replica_set.go, replica_set_utils.go (v1.36)
 */
import type {
  ObjectMeta,
  Pod,
  PodTemplateSpec,
  ReplicaSetCondition,
  ReplicaSetStatus,
} from '../../api/index.js';
import type { ReplicasObservation } from '../../../machines/replicaSet.js';
import { claimOf, claimsOn, type Claims } from '../ownership.js';
import {
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminating,
  nextAvailabilityMs,
  objectKey,
} from '../pods.js';
import { podsToDelete } from './ranking.js';

/** A ReplicaSet, or what else keeps a number of equal pods (a ReplicationController: RS-32). */
export interface ReplicaOwner {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas?: number | undefined;
    readonly minReadySeconds?: number | undefined;
    readonly template?: PodTemplateSpec | undefined;
  };
}

/** The active pods of a namespace that concern an owner, sorted by what it does with them (OW-2, OW-6). */
export interface ClaimedPods extends Claims<Pod> {
  /** Owned and matching pods that are being deleted; undefined: the status does not count them. */
  readonly terminating: number | undefined;
}

export const claimPods = (
  owner: ObjectMeta,
  candidates: Iterable<Pod>,
  isMatch: (labels: Readonly<Record<string, string>>) => boolean,
): ClaimedPods => {
  const active: Pod[] = [];
  let terminating = 0;
  for (const pod of candidates) {
    if (isPodActive(pod)) active.push(pod);
    else if (isPodTerminating(pod) && claimOf(pod.metadata, owner, isMatch) === 'keep') terminating += 1;
  }
  return { ...claimsOn(active, owner, isMatch), terminating };
};

export interface ObservedReplicas {
  readonly owner: ReplicaOwner;
  readonly claims: ClaimedPods;
  /** Active pods of all ReplicaSets with the same controller; asked for only when victims must be ranked. */
  readonly related: () => readonly Pod[];
  readonly nowMs: number;
  /** At most so many victims. */
  readonly burst: number;
}

/** One look at the pods, as the chart wants it. */
export const reconcile = (observed: ObservedReplicas): ReplicasObservation => {
  const { owner, claims, nowMs } = observed;
  const desired = owner.spec.replicas ?? 1;
  const active = claims.kept.length;
  const surplus = Math.min(active - desired, observed.burst);
  const victims =
    surplus <= 0
      ? NO_PODS
      : podsToDelete(claims.kept, surplus, surplus < active ? observed.related() : NO_PODS, nowMs);
  return {
    desired,
    active,
    toClaim: claims.toAdopt.length + claims.toRelease.length,
    victims: surplus <= 0 ? [] : victims.slice(0, surplus).map((pod) => objectKey(pod.metadata)),
    isBeingDeleted: owner.metadata.deletionTimestamp !== undefined,
    availableInMs: availableInMs(owner, claims.kept, nowMs),
  };
};
const NO_PODS: readonly Pod[] = [];

/** RS-13: when to look again because a ready pod becomes available; undefined when none is waiting. */
const availableInMs = (owner: ReplicaOwner, pods: readonly Pod[], nowMs: number): number | undefined => {
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  if (minReadySeconds === 0) return undefined;
  if (!pods.some((pod) => isPodReady(pod) && !isPodAvailable(pod, minReadySeconds, nowMs))) return undefined;
  return nextAvailabilityMs(pods, minReadySeconds, nowMs, nowMs) ?? minReadySeconds * 1000;
};

export interface StatusInput {
  readonly owner: ReplicaOwner;
  readonly current: ReplicaSetStatus;
  readonly claims: ClaimedPods;
  /** Why pods could not be created or deleted in this sync. */
  readonly manageError: string | undefined;
  readonly nowMs: number;
  /** RFC 3339 of `nowMs`. */
  readonly now: string;
}

/** The status after a sync (RS-20 to RS-25), or undefined when there is nothing to write (RS-26). */
export const statusAfter = (input: StatusInput): ReplicaSetStatus | undefined => {
  const { owner, current, claims } = input;
  const { kept } = claims;
  const templateLabels = Object.entries(owner.spec.template?.metadata?.labels ?? {});
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of kept) {
    const labels = pod.metadata.labels;
    if (templateLabels.every(([key, value]) => labels?.[key] === value)) fullyLabeled += 1;
    if (!isPodReady(pod)) continue;
    ready += 1;
    if (isPodAvailable(pod, minReadySeconds, input.nowMs)) available += 1;
  }
  const conditions = conditionsAfter(input);
  const generation = owner.metadata.generation ?? 0;
  const isSame =
    current.replicas === kept.length &&
    (current.fullyLabeledReplicas ?? 0) === fullyLabeled &&
    (current.readyReplicas ?? 0) === ready &&
    (current.availableReplicas ?? 0) === available &&
    current.terminatingReplicas === claims.terminating &&
    (current.observedGeneration ?? 0) === generation &&
    conditions === (current.conditions ?? NO_CONDITIONS);
  if (isSame) return undefined;
  return {
    replicas: kept.length,
    ...(fullyLabeled > 0 && { fullyLabeledReplicas: fullyLabeled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    ...(claims.terminating !== undefined && { terminatingReplicas: claims.terminating }),
    observedGeneration: generation,
    ...(conditions.length > 0 && { conditions }),
  };
};
const NO_CONDITIONS: readonly ReplicaSetCondition[] = [];

/** RS-25: ReplicaFailure appears with the first failed sync, keeps its first message, and goes with the error. */
const conditionsAfter = (input: StatusInput): readonly ReplicaSetCondition[] => {
  const conditions = input.current.conditions ?? NO_CONDITIONS;
  const hasFailure = conditions.some(({ type }) => type === 'ReplicaFailure');
  if (input.manageError === undefined)
    return hasFailure ? conditions.filter(({ type }) => type !== 'ReplicaFailure') : conditions;
  if (hasFailure) return conditions;
  const isShort = input.claims.kept.length < (input.owner.spec.replicas ?? 1);
  return [
    ...conditions,
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: input.now,
      reason: isShort ? 'FailedCreate' : 'FailedDelete',
      message: input.manageError,
    },
  ];
};
