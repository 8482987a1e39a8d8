/** API types, as published by Kubernetes v1.36. */
import { boolean, int64, json, list, map, object, ref, string, time, type Infer } from '../dsl.js';

export const managedFieldsEntry = object('io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry', {
  manager: string({ proto: 1 }),
  operation: string({ proto: 2 }),
  apiVersion: string({ proto: 3 }),
  time: time({ proto: 4 }),
  fieldsType: string({ proto: 6 }),
  fieldsV1: json({ proto: 7 }),
  subresource: string({ proto: 8 }),
});
export interface ManagedFieldsEntry extends Infer<typeof managedFieldsEntry> {}

export const ownerReference = object(
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
  {
    apiVersion: string({ proto: 5, required: true }),
    kind: string({ proto: 1, required: true }),
    name: string({ proto: 3, required: true }),
    uid: string({ proto: 4, required: true }),
    controller: boolean({ proto: 6, pointer: true }),
    blockOwnerDeletion: boolean({ proto: 7, pointer: true }),
  },
  { mapType: 'atomic' },
);
export interface OwnerReference extends Infer<typeof ownerReference> {}

export const objectMeta = object('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', {
  name: string({ proto: 1, always: true }),
  generateName: string({ proto: 2 }),
  namespace: string({ proto: 3 }),
  selfLink: string({ proto: 4 }),
  uid: string({ proto: 5, always: true }),
  resourceVersion: string({ proto: 6, always: true }),
  generation: int64({ proto: 7 }),
  creationTimestamp: time({ proto: 8, always: true }),
  deletionTimestamp: time({ proto: 9 }),
  deletionGracePeriodSeconds: int64({ proto: 10, pointer: true }),
  labels: map(string(), { proto: 11 }),
  annotations: map(string(), { proto: 12 }),
  ownerReferences: list(ownerReference, {
    proto: 13,
    patchStrategy: 'merge',
    mergeKey: 'uid',
    listType: 'map',
    mapKeys: ['uid'],
  }),
  finalizers: list(string(), { proto: 14, patchStrategy: 'merge', listType: 'set' }),
  managedFields: list(managedFieldsEntry, { proto: 17, listType: 'atomic' }),
});
export interface ObjectMeta extends Infer<typeof objectMeta> {}

export const labelSelectorRequirement = object(
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement',
  {
    key: string({ proto: 1, required: true }),
    operator: string({ proto: 2, required: true }),
    values: list(string(), { proto: 3, listType: 'atomic' }),
  },
);
export interface LabelSelectorRequirement extends Infer<typeof labelSelectorRequirement> {}

export const labelSelector = object(
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
  {
    matchLabels: map(string(), { proto: 1 }),
    matchExpressions: list(labelSelectorRequirement, { proto: 2, listType: 'atomic' }),
  },
  { mapType: 'atomic' },
);
export interface LabelSelector extends Infer<typeof labelSelector> {}

export const preconditions = object('io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions', {
  uid: string({ proto: 1, pointer: true }),
  resourceVersion: string({ proto: 2, pointer: true }),
});
export interface Preconditions extends Infer<typeof preconditions> {}

export const deleteOptions = object('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', {
  kind: string(),
  apiVersion: string(),
  gracePeriodSeconds: int64({ proto: 1, pointer: true }),
  preconditions: ref(preconditions, { proto: 2 }),
  orphanDependents: boolean({ proto: 3, pointer: true }),
  propagationPolicy: string({ proto: 4, pointer: true }),
  dryRun: list(string(), { proto: 5, listType: 'atomic' }),
  ignoreStoreReadErrorWithClusterBreakingPotential: boolean({ proto: 6, pointer: true }),
});
export interface DeleteOptions extends Infer<typeof deleteOptions> {}

export const shardInfo = object('io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo', {
  selector: string({ proto: 1, required: true }),
});
export interface ShardInfo extends Infer<typeof shardInfo> {}

export const listMeta = object('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', {
  selfLink: string({ proto: 1 }),
  resourceVersion: string({ proto: 2 }),
  continue: string({ proto: 3 }),
  remainingItemCount: int64({ proto: 4, pointer: true }),
  shardInfo: ref(shardInfo, { proto: 5 }),
});
export interface ListMeta extends Infer<typeof listMeta> {}
