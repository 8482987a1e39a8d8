/** API types, as published by Kubernetes v1.36. */
import { int32, int64, list, map, object, ref, string, time, type Infer } from '../../dsl.js';
import { podTemplateSpec } from '../pod.js';
import { objectMeta } from '../../types/meta.js';

export const replicationControllerSpec = object('io.k8s.api.core.v1.ReplicationControllerSpec', {
  replicas: int32({ proto: 1, pointer: true, default: 1 }),
  minReadySeconds: int32({ proto: 4 }),
  selector: map(string(), { proto: 2, mapType: 'atomic' }),
  template: ref(podTemplateSpec, { proto: 3 }),
});
export interface ReplicationControllerSpec extends Infer<typeof replicationControllerSpec> {}

export const replicationControllerCondition = object('io.k8s.api.core.v1.ReplicationControllerCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  lastTransitionTime: time({ proto: 3 }),
  reason: string({ proto: 4 }),
  message: string({ proto: 5 }),
});
export interface ReplicationControllerCondition extends Infer<typeof replicationControllerCondition> {}

export const replicationControllerStatus = object('io.k8s.api.core.v1.ReplicationControllerStatus', {
  replicas: int32({ proto: 1, required: true }),
  fullyLabeledReplicas: int32({ proto: 2 }),
  readyReplicas: int32({ proto: 4 }),
  availableReplicas: int32({ proto: 5 }),
  observedGeneration: int64({ proto: 3 }),
  conditions: list(replicationControllerCondition, {
    proto: 6,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
});
export interface ReplicationControllerStatus extends Infer<typeof replicationControllerStatus> {}

export const replicationController = object('io.k8s.api.core.v1.ReplicationController', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(replicationControllerSpec, { proto: 2, struct: true }),
  status: ref(replicationControllerStatus, { proto: 3, struct: true }),
});
export interface ReplicationController extends Infer<typeof replicationController> {}
