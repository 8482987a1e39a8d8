/** API types, as published by Kubernetes v1.36. */
import { int32, object, ref, string, type Infer } from '../dsl.js';
import { deleteOptions, objectMeta } from '../types/meta.js';
import { objectReference } from '../types/references.js';

export const binding = object('io.k8s.api.core.v1.Binding', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  target: ref(objectReference, { proto: 2, required: true, struct: true }),
});
export interface Binding extends Infer<typeof binding> {}

export const scaleSpec = object('io.k8s.api.autoscaling.v1.ScaleSpec', {
  replicas: int32({ proto: 1 }),
});
export interface ScaleSpec extends Infer<typeof scaleSpec> {}

export const scaleStatus = object('io.k8s.api.autoscaling.v1.ScaleStatus', {
  replicas: int32({ proto: 1, required: true }),
  selector: string({ proto: 2 }),
});
export interface ScaleStatus extends Infer<typeof scaleStatus> {}

export const scale = object('io.k8s.api.autoscaling.v1.Scale', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(scaleSpec, { proto: 2, struct: true }),
  status: ref(scaleStatus, { proto: 3, struct: true }),
});
export interface Scale extends Infer<typeof scale> {}

export const eviction = object('io.k8s.api.policy.v1.Eviction', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  deleteOptions: ref(deleteOptions, { proto: 2 }),
});
export interface Eviction extends Infer<typeof eviction> {}
