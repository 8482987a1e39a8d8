/**
 * The condition of a PodDisruptionBudget: it follows its count of disruptions, or says why there is none. Pure.
 *
 * Models: k8s.io/component-helpers/apps/poddisruptionbudget#UpdateDisruptionAllowedCondition,
 * k8s.io/apimachinery/pkg/api/meta/conditions.go#SetStatusCondition (v1.36)
 */
import type { PodDisruptionBudgetStatus } from './schema/kinds/workload/podDisruptionBudget.js';

/**
 * The status with its condition DisruptionAllowed brought up to date.
 * @param timestamp RFC 3339: the time of the transition, if there is one
 * @param failure why the pods could not be counted; absent: they were
 */
export const withDisruptionAllowed = (
  status: PodDisruptionBudgetStatus,
  timestamp: string,
  failure?: string,
): PodDisruptionBudgetStatus => {
  const type = 'DisruptionAllowed';
  const { conditions = [], observedGeneration, disruptionsAllowed } = status;
  const isAllowed = failure === undefined && disruptionsAllowed > 0;
  const value = isAllowed ? 'True' : 'False';
  const at = conditions.findIndex((condition) => condition.type === type);
  const before = conditions[at];
  const condition = {
    type,
    status: value,
    ...(observedGeneration !== undefined && { observedGeneration }),
    lastTransitionTime: before?.status === value ? before.lastTransitionTime : timestamp,
    reason: failure !== undefined ? 'SyncFailed' : isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: failure ?? '',
  };
  return {
    ...status,
    conditions: before === undefined ? [...conditions, condition] : conditions.with(at, condition),
  };
};
