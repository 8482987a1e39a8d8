/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, intOrString, list, object, ref, string, time, type Infer } from '../dsl.js';
import { podTemplateSpec } from './pod.js';
import { labelSelector, objectMeta } from '../types/meta.js';

export const rollingUpdateDeployment = object('io.k8s.api.apps.v1.RollingUpdateDeployment', {
  maxUnavailable: intOrString({ proto: 1 }),
  maxSurge: intOrString({ proto: 2 }),
});
export interface RollingUpdateDeployment extends Infer<typeof rollingUpdateDeployment> {}

export const deploymentStrategy = object('io.k8s.api.apps.v1.DeploymentStrategy', {
  type: string({ proto: 1 }),
  rollingUpdate: ref(rollingUpdateDeployment, { proto: 2 }),
});
export interface DeploymentStrategy extends Infer<typeof deploymentStrategy> {}

export const deploymentSpec = object('io.k8s.api.apps.v1.DeploymentSpec', {
  replicas: int32({ proto: 1 }),
  selector: ref(labelSelector, { proto: 2, required: true }),
  template: ref(podTemplateSpec, { proto: 3, required: true }),
  strategy: ref(deploymentStrategy, { proto: 4, patchStrategy: 'retainKeys' }),
  minReadySeconds: int32({ proto: 5 }),
  revisionHistoryLimit: int32({ proto: 6 }),
  paused: boolean({ proto: 7 }),
  progressDeadlineSeconds: int32({ proto: 9 }),
});
export interface DeploymentSpec extends Infer<typeof deploymentSpec> {}

export const deploymentCondition = object('io.k8s.api.apps.v1.DeploymentCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  reason: string({ proto: 4 }),
  message: string({ proto: 5 }),
  lastUpdateTime: time({ proto: 6 }),
  lastTransitionTime: time({ proto: 7 }),
});
export interface DeploymentCondition extends Infer<typeof deploymentCondition> {}

export const deploymentStatus = object('io.k8s.api.apps.v1.DeploymentStatus', {
  observedGeneration: int64({ proto: 1 }),
  replicas: int32({ proto: 2 }),
  updatedReplicas: int32({ proto: 3 }),
  availableReplicas: int32({ proto: 4 }),
  unavailableReplicas: int32({ proto: 5 }),
  conditions: list(deploymentCondition, {
    proto: 6,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
  readyReplicas: int32({ proto: 7 }),
  collisionCount: int32({ proto: 8 }),
  terminatingReplicas: int32({ proto: 9 }),
});
export interface DeploymentStatus extends Infer<typeof deploymentStatus> {}

export const deployment = object('io.k8s.api.apps.v1.Deployment', {
  metadata: ref(objectMeta, { proto: 1, always: true }),
  spec: ref(deploymentSpec, { proto: 2, always: true }),
  status: ref(deploymentStatus, { proto: 3, always: true }),
  apiVersion: string({ always: true }),
  kind: string({ always: true }),
});
export interface Deployment extends Infer<typeof deployment> {}
