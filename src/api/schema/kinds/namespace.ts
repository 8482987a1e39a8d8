/** API types, as published by Kubernetes v1.36. */
import { list, object, ref, string, time, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';

export const namespaceSpec = object('io.k8s.api.core.v1.NamespaceSpec', {
  finalizers: list(string(), { proto: 1, listType: 'atomic' }),
});
export interface NamespaceSpec extends Infer<typeof namespaceSpec> {}

export const namespaceCondition = object('io.k8s.api.core.v1.NamespaceCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  lastTransitionTime: time({ proto: 4 }),
  reason: string({ proto: 5 }),
  message: string({ proto: 6 }),
});
export interface NamespaceCondition extends Infer<typeof namespaceCondition> {}

export const namespaceStatus = object('io.k8s.api.core.v1.NamespaceStatus', {
  phase: string({ proto: 1 }),
  conditions: list(namespaceCondition, {
    proto: 2,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
});
export interface NamespaceStatus extends Infer<typeof namespaceStatus> {}

export const namespace = object('io.k8s.api.core.v1.Namespace', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(namespaceSpec, { proto: 2, struct: true }),
  status: ref(namespaceStatus, { proto: 3, struct: true }),
});
export interface Namespace extends Infer<typeof namespace> {}
