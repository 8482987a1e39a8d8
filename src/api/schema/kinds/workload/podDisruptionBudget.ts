/** API types, as published by Kubernetes v1.36. */
import { int32, int64, intOrString, list, map, object, ref, string, time, type Infer } from '../../dsl.js';
import { labelSelector, objectMeta } from '../../types/meta.js';

export const podDisruptionBudgetSpec = object('io.k8s.api.policy.v1.PodDisruptionBudgetSpec', {
  minAvailable: intOrString({ proto: 1, pointer: true }),
  selector: ref(labelSelector, { proto: 2, patchStrategy: 'replace' }),
  maxUnavailable: intOrString({ proto: 3, pointer: true }),
  /** `IfHealthyBudget` (as when absent) or `AlwaysAllow`. */
  unhealthyPodEvictionPolicy: string({ proto: 4, pointer: true }),
});
export interface PodDisruptionBudgetSpec extends Infer<typeof podDisruptionBudgetSpec> {}

export const podDisruptionBudgetCondition = object('io.k8s.apimachinery.pkg.apis.meta.v1.Condition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  observedGeneration: int64({ proto: 3 }),
  lastTransitionTime: time({ proto: 4, required: true }),
  reason: string({ proto: 5, required: true }),
  message: string({ proto: 6, required: true }),
});
export interface PodDisruptionBudgetCondition extends Infer<typeof podDisruptionBudgetCondition> {}

export const podDisruptionBudgetStatus = object('io.k8s.api.policy.v1.PodDisruptionBudgetStatus', {
  observedGeneration: int64({ proto: 1 }),
  disruptedPods: map(time(), { proto: 2 }),
  disruptionsAllowed: int32({ proto: 3, required: true }),
  currentHealthy: int32({ proto: 4, required: true }),
  desiredHealthy: int32({ proto: 5, required: true }),
  expectedPods: int32({ proto: 6, required: true }),
  conditions: list(podDisruptionBudgetCondition, {
    proto: 7,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
});
export interface PodDisruptionBudgetStatus extends Infer<typeof podDisruptionBudgetStatus> {}

export const podDisruptionBudget = object('io.k8s.api.policy.v1.PodDisruptionBudget', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(podDisruptionBudgetSpec, { proto: 2, struct: true }),
  status: ref(podDisruptionBudgetStatus, { proto: 3, struct: true }),
});
export interface PodDisruptionBudget extends Infer<typeof podDisruptionBudget> {}
