/**
 * The status of a Deployment, its conditions, and its progress deadline. Pure.
 *
 * Models: pkg/controller/deployment/progress.go, sync.go#calculateStatus, util/deployment_util.go (v1.36)
 */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/index.js';
import { isSemanticallyEqual } from '../podTemplate.js';
import { timeMs } from '../pods.js';
import { fencepostsOf } from './fenceposts.js';
import { totalAvailable, totalSize } from './replicaSets.js';

const INT32_MAX = 2 ** 31 - 1;
const NO_CONDITIONS: readonly DeploymentCondition[] = [];

/** A moment, as a number and as the API writes it. */
export interface Moment {
  readonly nowMs: number;
  readonly now: string;
}

/** True when the rollout has a deadline: absent and MaxInt32 mean none. */
export const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== INT32_MAX;

export const conditionOf = (
  conditions: readonly DeploymentCondition[] | undefined,
  type: string,
): DeploymentCondition | undefined => conditions?.find((condition) => condition.type === type);

export const newCondition = (
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: string,
): DeploymentCondition => ({ type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message });

/** Sets a condition (DP-96): an equal status and reason change nothing; an equal status keeps its transition time. */
export const withCondition = (
  conditions: readonly DeploymentCondition[],
  condition: DeploymentCondition,
): readonly DeploymentCondition[] => {
  const current = conditionOf(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions;
  const kept =
    current?.status === condition.status
      ? { ...condition, lastTransitionTime: current.lastTransitionTime }
      : condition;
  return [...withoutCondition(conditions, condition.type), kept];
};
export const withoutCondition = (
  conditions: readonly DeploymentCondition[],
  type: string,
): readonly DeploymentCondition[] =>
  conditionOf(conditions, type) ? conditions.filter((condition) => condition.type !== type) : conditions;

/** Counts and the Available condition (DP-90 to DP-94); what every kind of sync publishes. */
export const baseStatus = (
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
  { now }: Moment,
): DeploymentStatus => {
  const { status } = deployment;
  const available = totalAvailable(all);
  const terminating = terminatingReplicas(all);
  const minAvailable = (deployment.spec.replicas ?? 1) - fencepostsOf(deployment).maxUnavailable;
  const conditions = withCondition(
    status.conditions ?? NO_CONDITIONS,
    available >= minAvailable
      ? newCondition(
          'Available',
          'True',
          'MinimumReplicasAvailable',
          'Deployment has minimum availability.',
          now,
        )
      : newCondition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
          now,
        ),
  );
  return compact({
    observedGeneration: deployment.metadata.generation,
    replicas: all.reduce((total, replicaSet) => total + replicaSet.status.replicas, 0),
    updatedReplicas: newReplicaSet?.status.replicas ?? 0,
    readyReplicas: all.reduce((total, replicaSet) => total + (replicaSet.status.readyReplicas ?? 0), 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(all) - available),
    terminatingReplicas: terminating,
    conditions,
    collisionCount: status.collisionCount,
  });
};

/** Leaves out counts of zero, as the API does; terminatingReplicas and collisionCount are pointers and stay. */
const compact = (status: DeploymentStatus): DeploymentStatus =>
  Object.fromEntries(
    Object.entries(status).filter(
      ([key, value]) =>
        value !== undefined && (value !== 0 || key === 'terminatingReplicas' || key === 'collisionCount'),
    ),
  ) as DeploymentStatus;

/** DP-92: ReplicaSets never synced do not count; one that does not say makes the sum unknown. */
const terminatingReplicas = (all: readonly ReplicaSet[]): number | undefined => {
  let total = 0;
  for (const { status } of all) {
    if (status.terminatingReplicas === undefined) {
      if ((status.observedGeneration ?? 0) === 0) continue;
      return undefined;
    }
    total += status.terminatingReplicas;
  }
  return total;
};

/** DP-98. `status` may be newer than the Deployment's own. */
export const isComplete = ({ spec, metadata }: Deployment, status: DeploymentStatus): boolean => {
  const desired = spec.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
};

/** DP-99: more updated, fewer old, more ready or more available pods than the last status tells. */
export const hasProgressed = ({ status: before }: Deployment, after: DeploymentStatus): boolean => {
  const updated = (status: DeploymentStatus): number => status.updatedReplicas ?? 0;
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - updated(status);
  return (
    updated(after) > updated(before) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
};

/** DP-100: the last progress is longer ago than the deadline allows. */
export const hasTimedOut = (deployment: Deployment, status: DeploymentStatus, nowMs: number): boolean => {
  if (!hasDeadline(deployment)) return false;
  const condition = conditionOf(status.conditions, 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  return deadlineMs(deployment, condition) < nowMs;
};
const deadlineMs = ({ spec }: Deployment, condition: DeploymentCondition): number =>
  (timeMs(condition.lastUpdateTime) ?? 0) + (spec.progressDeadlineSeconds ?? 0) * 1000;

/** The status after a rollout step: with Progressing and ReplicaFailure (DP-95, DP-97). */
export const rolloutStatus = (
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
  moment: Moment,
): DeploymentStatus => {
  const status = baseStatus(deployment, all, newReplicaSet, moment);
  let conditions = status.conditions ?? NO_CONDITIONS;
  const current = conditionOf(deployment.status.conditions, 'Progressing');
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (!hasDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  else if (!wasComplete) conditions = progressConditions(deployment, status, newReplicaSet, moment);
  const failure = replicaFailure(all, newReplicaSet);
  conditions = failure ? withCondition(conditions, failure) : withoutCondition(conditions, 'ReplicaFailure');
  return { ...status, conditions };
};

const progressConditions = (
  deployment: Deployment,
  status: DeploymentStatus,
  newReplicaSet: ReplicaSet | undefined,
  { nowMs, now }: Moment,
): readonly DeploymentCondition[] => {
  const conditions = status.conditions ?? NO_CONDITIONS;
  const subject = newReplicaSet
    ? `ReplicaSet "${newReplicaSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status))
    return withCondition(
      conditions,
      newCondition(
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        `${subject} has successfully progressed.`,
        now,
      ),
    );
  if (hasProgressed(deployment, status)) {
    const current = conditionOf(deployment.status.conditions, 'Progressing');
    const condition = newCondition(
      'Progressing',
      'True',
      'ReplicaSetUpdated',
      `${subject} is progressing.`,
      now,
    );
    // Stamped anew at every step of progress: the deadline counts from here.
    return [
      ...withoutCondition(conditions, 'Progressing'),
      current?.status === 'True'
        ? { ...condition, lastTransitionTime: current.lastTransitionTime }
        : condition,
    ];
  }
  if (hasTimedOut(deployment, status, nowMs))
    return withCondition(
      conditions,
      newCondition(
        'Progressing',
        'False',
        'ProgressDeadlineExceeded',
        `${subject} has timed out progressing.`,
        now,
      ),
    );
  return conditions;
};

/** The ReplicaFailure of the new ReplicaSet, or else of the first that has one, as a Deployment condition. */
const replicaFailure = (
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
): DeploymentCondition | undefined => {
  for (const { status } of newReplicaSet ? [newReplicaSet, ...all] : all)
    for (const { type, status: value, reason, message, lastTransitionTime } of status.conditions ?? [])
      if (type === 'ReplicaFailure')
        return {
          type,
          status: value,
          lastUpdateTime: lastTransitionTime,
          lastTransitionTime,
          ...(reason !== undefined && { reason }),
          ...(message !== undefined && { message }),
        };
  return undefined;
};

/** DP-101: ms until the deadline must be looked at again: 0 at once, undefined never. */
export const requeueAfterMs = (
  deployment: Deployment,
  status: DeploymentStatus,
  nowMs: number,
): number | undefined => {
  const condition = conditionOf(status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !condition) return undefined;
  if (isComplete(deployment, status) || condition.reason === 'ProgressDeadlineExceeded') return undefined;
  const leftMs = deadlineMs(deployment, condition) - nowMs;
  return leftMs < 1000 ? 0 : leftMs + 1000;
};

/** DP-12: the Progressing condition that notes a pause or its end; undefined when there is nothing to note. */
export const pauseCondition = (deployment: Deployment, now: string): DeploymentCondition | undefined => {
  if (!hasDeadline(deployment)) return undefined;
  const current = conditionOf(deployment.status.conditions, 'Progressing');
  if (current?.reason === 'ProgressDeadlineExceeded') return undefined;
  const isNoted = current?.reason === 'DeploymentPaused';
  if (deployment.spec.paused && !isNoted)
    return newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', now);
  if (!deployment.spec.paused && isNoted)
    return newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now);
  return undefined;
};

export const isSameStatus = (a: DeploymentStatus, b: DeploymentStatus): boolean => isSemanticallyEqual(a, b);
