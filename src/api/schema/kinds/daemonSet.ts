/** API types, as published by Kubernetes v1.36. */
import { int32, int64, intOrString, list, object, ref, string, time, type Infer } from '../dsl.js';
import { podTemplateSpec } from './pod.js';
import { labelSelector, objectMeta } from '../types/meta.js';

export const rollingUpdateDaemonSet = object('io.k8s.api.apps.v1.RollingUpdateDaemonSet', {
  maxUnavailable: intOrString({ proto: 1, pointer: true, default: 1 }),
  maxSurge: intOrString({ proto: 2, pointer: true, default: 0 }),
});
export interface RollingUpdateDaemonSet extends Infer<typeof rollingUpdateDaemonSet> {}

export const daemonSetUpdateStrategy = object('io.k8s.api.apps.v1.DaemonSetUpdateStrategy', {
  type: string({
    proto: 1,
    default: 'RollingUpdate',
    values: ['RollingUpdate', 'OnDelete'],
    goType: 'v1.DaemonSetUpdateStrategyType',
  }),
  rollingUpdate: ref(rollingUpdateDaemonSet, {
    proto: 2,
    computed: (read) => (read('type') === 'RollingUpdate' ? {} : undefined),
  }),
});
export interface DaemonSetUpdateStrategy extends Infer<typeof daemonSetUpdateStrategy> {}

export const daemonSetSpec = object('io.k8s.api.apps.v1.DaemonSetSpec', {
  selector: ref(labelSelector, { proto: 1, required: true }),
  template: ref(podTemplateSpec, { proto: 2, required: true, struct: true }),
  updateStrategy: ref(daemonSetUpdateStrategy, { proto: 3, struct: true }),
  minReadySeconds: int32({ proto: 4 }),
  revisionHistoryLimit: int32({ proto: 6, pointer: true, default: 10 }),
});
export interface DaemonSetSpec extends Infer<typeof daemonSetSpec> {}

export const daemonSetCondition = object('io.k8s.api.apps.v1.DaemonSetCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  lastTransitionTime: time({ proto: 3 }),
  reason: string({ proto: 4 }),
  message: string({ proto: 5 }),
});
export interface DaemonSetCondition extends Infer<typeof daemonSetCondition> {}

export const daemonSetStatus = object('io.k8s.api.apps.v1.DaemonSetStatus', {
  currentNumberScheduled: int32({ proto: 1, required: true }),
  numberMisscheduled: int32({ proto: 2, required: true }),
  desiredNumberScheduled: int32({ proto: 3, required: true }),
  numberReady: int32({ proto: 4, required: true }),
  observedGeneration: int64({ proto: 5 }),
  updatedNumberScheduled: int32({ proto: 6 }),
  numberAvailable: int32({ proto: 7 }),
  numberUnavailable: int32({ proto: 8 }),
  collisionCount: int32({ proto: 9, pointer: true }),
  conditions: list(daemonSetCondition, {
    proto: 10,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
});
export interface DaemonSetStatus extends Infer<typeof daemonSetStatus> {}

export const daemonSet = object('io.k8s.api.apps.v1.DaemonSet', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(daemonSetSpec, { proto: 2, struct: true }),
  status: ref(daemonSetStatus, { proto: 3, struct: true }),
});
export interface DaemonSet extends Infer<typeof daemonSet> {}
