/** API types, as published by Kubernetes v1.36. */
import { int32, int64, list, object, ref, string, time, type Infer } from '../dsl.js';
import { labelSelector } from './meta.js';

export const nodeSelectorRequirement = object('io.k8s.api.core.v1.NodeSelectorRequirement', {
  key: string({ proto: 1, required: true }),
  operator: string({ proto: 2, required: true }),
  values: list(string(), { proto: 3, listType: 'atomic' }),
});
export interface NodeSelectorRequirement extends Infer<typeof nodeSelectorRequirement> {}

export const nodeSelectorTerm = object(
  'io.k8s.api.core.v1.NodeSelectorTerm',
  {
    matchExpressions: list(nodeSelectorRequirement, { proto: 1, listType: 'atomic' }),
    matchFields: list(nodeSelectorRequirement, { proto: 2, listType: 'atomic' }),
  },
  { mapType: 'atomic' },
);
export interface NodeSelectorTerm extends Infer<typeof nodeSelectorTerm> {}

export const preferredSchedulingTerm = object('io.k8s.api.core.v1.PreferredSchedulingTerm', {
  weight: int32({ proto: 1, required: true }),
  preference: ref(nodeSelectorTerm, { proto: 2, required: true, struct: true }),
});
export interface PreferredSchedulingTerm extends Infer<typeof preferredSchedulingTerm> {}

export const nodeSelector = object(
  'io.k8s.api.core.v1.NodeSelector',
  {
    nodeSelectorTerms: list(nodeSelectorTerm, { proto: 1, required: true, listType: 'atomic' }),
  },
  { mapType: 'atomic' },
);
export interface NodeSelector extends Infer<typeof nodeSelector> {}

export const nodeAffinity = object('io.k8s.api.core.v1.NodeAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: ref(nodeSelector, { proto: 1 }),
  preferredDuringSchedulingIgnoredDuringExecution: list(preferredSchedulingTerm, {
    proto: 2,
    listType: 'atomic',
  }),
});
export interface NodeAffinity extends Infer<typeof nodeAffinity> {}

export const podAffinityTerm = object('io.k8s.api.core.v1.PodAffinityTerm', {
  labelSelector: ref(labelSelector, { proto: 1 }),
  namespaces: list(string(), { proto: 2, listType: 'atomic' }),
  topologyKey: string({ proto: 3, required: true }),
  namespaceSelector: ref(labelSelector, { proto: 4 }),
  matchLabelKeys: list(string(), { proto: 5, listType: 'atomic' }),
  mismatchLabelKeys: list(string(), { proto: 6, listType: 'atomic' }),
});
export interface PodAffinityTerm extends Infer<typeof podAffinityTerm> {}

export const weightedPodAffinityTerm = object('io.k8s.api.core.v1.WeightedPodAffinityTerm', {
  weight: int32({ proto: 1, required: true }),
  podAffinityTerm: ref(podAffinityTerm, { proto: 2, required: true, struct: true }),
});
export interface WeightedPodAffinityTerm extends Infer<typeof weightedPodAffinityTerm> {}

export const podAffinity = object('io.k8s.api.core.v1.PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm, { proto: 1, listType: 'atomic' }),
  preferredDuringSchedulingIgnoredDuringExecution: list(weightedPodAffinityTerm, {
    proto: 2,
    listType: 'atomic',
  }),
});
export interface PodAffinity extends Infer<typeof podAffinity> {}

export const podAntiAffinity = object('io.k8s.api.core.v1.PodAntiAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm, { proto: 1, listType: 'atomic' }),
  preferredDuringSchedulingIgnoredDuringExecution: list(weightedPodAffinityTerm, {
    proto: 2,
    listType: 'atomic',
  }),
});
export interface PodAntiAffinity extends Infer<typeof podAntiAffinity> {}

export const affinity = object('io.k8s.api.core.v1.Affinity', {
  nodeAffinity: ref(nodeAffinity, { proto: 1 }),
  podAffinity: ref(podAffinity, { proto: 2 }),
  podAntiAffinity: ref(podAntiAffinity, { proto: 3 }),
});
export interface Affinity extends Infer<typeof affinity> {}

export const toleration = object('io.k8s.api.core.v1.Toleration', {
  key: string({ proto: 1 }),
  operator: string({ proto: 2, values: ['Equal', 'Exists'], goType: 'v1.TolerationOperator' }),
  value: string({ proto: 3 }),
  effect: string({
    proto: 4,
    values: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
    goType: 'v1.TaintEffect',
  }),
  tolerationSeconds: int64({ proto: 5, pointer: true }),
});
export interface Toleration extends Infer<typeof toleration> {}

export const topologySpreadConstraint = object('io.k8s.api.core.v1.TopologySpreadConstraint', {
  maxSkew: int32({ proto: 1, required: true }),
  topologyKey: string({ proto: 2, required: true }),
  whenUnsatisfiable: string({ proto: 3, required: true }),
  labelSelector: ref(labelSelector, { proto: 4 }),
  minDomains: int32({ proto: 5, pointer: true }),
  nodeAffinityPolicy: string({ proto: 6, pointer: true }),
  nodeTaintsPolicy: string({ proto: 7, pointer: true }),
  matchLabelKeys: list(string(), { proto: 8, listType: 'atomic' }),
});
export interface TopologySpreadConstraint extends Infer<typeof topologySpreadConstraint> {}

export const taint = object('io.k8s.api.core.v1.Taint', {
  key: string({ proto: 1, required: true }),
  value: string({ proto: 2 }),
  effect: string({
    proto: 3,
    required: true,
    values: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
    goType: 'v1.TaintEffect',
  }),
  timeAdded: time({ proto: 4 }),
});
export interface Taint extends Infer<typeof taint> {}
