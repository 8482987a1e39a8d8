/**
 * One look at a Deployment and its ReplicaSets: everything that the chart (machines/deployment.ts) chooses by. Pure.
 *
 * Models: pkg/controller/deployment/deployment_controller.go#syncDeployment (v1.36)
 */
import type { Deployment, ReplicaSet } from '../../api/index.js';
import type { RolloutObservation } from '../../../machines/deploymentSetup.js';
import { rollbackRevision, surplusHistory } from './history.js';
import {
  findNew,
  maxRevision,
  newAnnotations,
  REVISION,
  sizeOf,
  totalSize,
  type Revision,
} from './replicaSets.js';
import { newSizeAllowed, newSizeNext, oldSizesNext } from './rolling.js';
import { isScalingEvent, scaledSizes } from './scaling.js';
import { conditionOf, hasDeadline, isComplete, pauseCondition } from './status.js';

/** A Deployment with the ReplicaSets that it owns. */
export interface ObservedDeployment {
  readonly deployment: Deployment;
  readonly newReplicaSet: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
  /** The revision that the new ReplicaSet has, or gets. */
  readonly revision: Revision;
}

export const observeReplicaSets = (
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ObservedDeployment => {
  const newReplicaSet = findNew(deployment, replicaSets);
  const old = replicaSets.filter((replicaSet) => replicaSet !== newReplicaSet);
  return {
    deployment,
    newReplicaSet,
    old,
    all: newReplicaSet ? [...old, newReplicaSet] : old,
    revision: maxRevision(old) + 1n,
  };
};

/** @param podsRun whether pods of the old ReplicaSets are still there; asked only of a Recreate. */
export const reconcile = (
  observed: ObservedDeployment,
  toClaim: number,
  podsRun: () => boolean,
  now: string,
): RolloutObservation => {
  const { deployment, newReplicaSet, old, all } = observed;
  const { spec, metadata } = deployment;
  const isPaused = spec.paused ?? false;
  const isScaled = isScalingEvent(deployment, all);
  const scaling = isPaused || isScaled;
  const isRecreate = spec.strategy?.type === 'Recreate';
  const oldSize = totalSize(old);
  const complete = isComplete(deployment, deployment.status);
  const wantsRollback = rollbackRevision(deployment) !== undefined;
  return {
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    selectsEverything: isEmptySelector(deployment),
    toClaim,
    isPaused,
    pauseIsUnrecorded: pauseCondition(deployment, now) !== undefined,
    wantsRollback,
    isScalingEvent: isScaled,
    isRecreate,
    hasNewReplicaSet: newReplicaSet !== undefined,
    newIsOutdated: newReplicaSet !== undefined && isOutdated(observed, newReplicaSet),
    revisionIsUnrecorded: newReplicaSet !== undefined && isUnrecorded(deployment, newReplicaSet),
    newSize: newReplicaSet ? sizeOf(newReplicaSet) : 0,
    newSizeNext: nextNewSize(observed, isRecreate),
    oldSize,
    oldSizesNext:
      newReplicaSet && !isRecreate && !scaling ? oldSizesNext(deployment, old, newReplicaSet) : [],
    scaledSizes: scaling ? scaledSizes(deployment, newReplicaSet, old) : [],
    oldPodsRunning: isRecreate && oldSize === 0 && podsRun(),
    isComplete: complete,
    surplusHistory: (isPaused ? !wantsRollback : complete && !isScaled)
      ? surplusHistory(deployment, old).map((replicaSet) => replicaSet.metadata.name)
      : [],
  };
};

const nextNewSize = ({ deployment, newReplicaSet, all }: ObservedDeployment, isRecreate: boolean): number => {
  if (isRecreate) return deployment.spec.replicas ?? 1;
  return newReplicaSet ? newSizeNext(deployment, all, newReplicaSet) : newSizeAllowed(deployment, all, 0);
};

const isEmptySelector = ({ spec }: Deployment): boolean =>
  Object.keys(spec.selector.matchLabels ?? {}).length === 0 &&
  (spec.selector.matchExpressions ?? []).length === 0;

const isOutdated = ({ deployment, revision }: ObservedDeployment, { metadata, spec }: ReplicaSet): boolean =>
  newAnnotations(deployment, metadata.annotations ?? {}, revision, true) !== undefined ||
  (spec.minReadySeconds ?? 0) !== (deployment.spec.minReadySeconds ?? 0);

/** The Deployment lacks the revision of its new ReplicaSet, or the condition that it was found (DP-22). */
const isUnrecorded = (deployment: Deployment, newReplicaSet: ReplicaSet): boolean =>
  deployment.metadata.annotations?.[REVISION] !== newReplicaSet.metadata.annotations?.[REVISION] ||
  (hasDeadline(deployment) && conditionOf(deployment.status.conditions, 'Progressing') === undefined);
