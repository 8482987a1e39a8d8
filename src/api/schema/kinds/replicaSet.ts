/** API types, as published by Kubernetes v1.36. */
import { int32, int64, list, object, ref, string, time, type Infer } from '../dsl.js';
import { podTemplateSpec } from './pod.js';
import { labelSelector, objectMeta } from '../types/meta.js';

export const replicaSetSpec = object('io.k8s.api.apps.v1.ReplicaSetSpec', {
  replicas: int32({ proto: 1, pointer: true, default: 1 }),
  minReadySeconds: int32({ proto: 4 }),
  selector: ref(labelSelector, { proto: 2, required: true }),
  template: ref(podTemplateSpec, { proto: 3, struct: true }),
});
export interface ReplicaSetSpec extends Infer<typeof replicaSetSpec> {}

export const replicaSetCondition = object('io.k8s.api.apps.v1.ReplicaSetCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  lastTransitionTime: time({ proto: 3 }),
  reason: string({ proto: 4 }),
  message: string({ proto: 5 }),
});
export interface ReplicaSetCondition extends Infer<typeof replicaSetCondition> {}

export const replicaSetStatus = object('io.k8s.api.apps.v1.ReplicaSetStatus', {
  replicas: int32({ proto: 1, required: true }),
  fullyLabeledReplicas: int32({ proto: 2 }),
  readyReplicas: int32({ proto: 4 }),
  availableReplicas: int32({ proto: 5 }),
  terminatingReplicas: int32({ proto: 7, pointer: true }),
  observedGeneration: int64({ proto: 3 }),
  conditions: list(replicaSetCondition, {
    proto: 6,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
});
export interface ReplicaSetStatus extends Infer<typeof replicaSetStatus> {}

export const replicaSet = object('io.k8s.api.apps.v1.ReplicaSet', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(replicaSetSpec, { proto: 2, struct: true }),
  status: ref(replicaSetStatus, { proto: 3, struct: true }),
});
export interface ReplicaSet extends Infer<typeof replicaSet> {}
