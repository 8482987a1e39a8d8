/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, intOrString, list, object, ref, string, time, type Infer } from '../dsl.js';
import { podTemplateSpec } from './pod.js';
import { labelSelector, objectMeta } from '../types/meta.js';

export const rollingUpdateDeployment = object('io.k8s.api.apps.v1.RollingUpdateDeployment', {
  maxUnavailable: intOrString({ proto: 1, pointer: true, default: '25%' }),
  maxSurge: intOrString({ proto: 2, pointer: true, default: '25%' }),
});
export interface RollingUpdateDeployment extends Infer<typeof rollingUpdateDeployment> {}

export const deploymentStrategy = object('io.k8s.api.apps.v1.DeploymentStrategy', {
  type: string({
    proto: 1,
    default: 'RollingUpdate',
    values: ['Recreate', 'RollingUpdate'],
    goType: 'v1.DeploymentStrategyType',
  }),
  rollingUpdate: ref(rollingUpdateDeployment, {
    proto: 2,
    computed: (read) => (read('type') === 'RollingUpdate' ? {} : undefined),
  }),
});
export interface DeploymentStrategy extends Infer<typeof deploymentStrategy> {}

export const deploymentSpec = object('io.k8s.api.apps.v1.DeploymentSpec', {
  replicas: int32({ proto: 1, pointer: true, default: 1 }),
  selector: ref(labelSelector, { proto: 2, required: true }),
  template: ref(podTemplateSpec, { proto: 3, required: true, struct: true }),
  strategy: ref(deploymentStrategy, { proto: 4, patchStrategy: 'retainKeys', struct: true }),
  minReadySeconds: int32({ proto: 5 }),
  revisionHistoryLimit: int32({ proto: 6, pointer: true, default: 10 }),
  paused: boolean({ proto: 7 }),
  progressDeadlineSeconds: int32({ proto: 9, pointer: true, default: 600 }),
});
export interface DeploymentSpec extends Infer<typeof deploymentSpec> {}

export const deploymentCondition = object('io.k8s.api.apps.v1.DeploymentCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  lastUpdateTime: time({ proto: 6 }),
  lastTransitionTime: time({ proto: 7 }),
  reason: string({ proto: 4 }),
  message: string({ proto: 5 }),
});
export interface DeploymentCondition extends Infer<typeof deploymentCondition> {}

export const deploymentStatus = object('io.k8s.api.apps.v1.DeploymentStatus', {
  observedGeneration: int64({ proto: 1 }),
  replicas: int32({ proto: 2 }),
  updatedReplicas: int32({ proto: 3 }),
  readyReplicas: int32({ proto: 7 }),
  availableReplicas: int32({ proto: 4 }),
  unavailableReplicas: int32({ proto: 5 }),
  terminatingReplicas: int32({ proto: 9, pointer: true }),
  conditions: list(deploymentCondition, {
    proto: 6,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
  collisionCount: int32({ proto: 8, pointer: true }),
});
export interface DeploymentStatus extends Infer<typeof deploymentStatus> {}

export const deployment = object('io.k8s.api.apps.v1.Deployment', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(deploymentSpec, { proto: 2, struct: true }),
  status: ref(deploymentStatus, { proto: 3, struct: true }),
});
export interface Deployment extends Infer<typeof deployment> {}
