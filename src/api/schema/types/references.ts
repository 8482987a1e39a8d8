/** API types, as published by Kubernetes v1.36. */
import { boolean, object, quantity, string, type Infer } from '../dsl.js';

export const configMapKeySelector = object(
  'io.k8s.api.core.v1.ConfigMapKeySelector',
  {
    name: string(),
    key: string({ proto: 2, required: true }),
    optional: boolean({ proto: 3, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }], mapType: 'atomic' },
);
export interface ConfigMapKeySelector extends Infer<typeof configMapKeySelector> {}

export const objectFieldSelector = object(
  'io.k8s.api.core.v1.ObjectFieldSelector',
  {
    apiVersion: string({ proto: 1, default: 'v1' }),
    fieldPath: string({ proto: 2, required: true }),
  },
  { mapType: 'atomic' },
);
export interface ObjectFieldSelector extends Infer<typeof objectFieldSelector> {}

export const fileKeySelector = object(
  'io.k8s.api.core.v1.FileKeySelector',
  {
    volumeName: string({ proto: 1, required: true }),
    path: string({ proto: 2, required: true }),
    key: string({ proto: 3, required: true }),
    optional: boolean({ proto: 4, pointer: true }),
  },
  { mapType: 'atomic' },
);
export interface FileKeySelector extends Infer<typeof fileKeySelector> {}

export const resourceFieldSelector = object(
  'io.k8s.api.core.v1.ResourceFieldSelector',
  {
    containerName: string({ proto: 1 }),
    resource: string({ proto: 2, required: true }),
    divisor: quantity({ proto: 3, default: '0' }),
  },
  { mapType: 'atomic' },
);
export interface ResourceFieldSelector extends Infer<typeof resourceFieldSelector> {}

export const secretKeySelector = object(
  'io.k8s.api.core.v1.SecretKeySelector',
  {
    name: string(),
    key: string({ proto: 2, required: true }),
    optional: boolean({ proto: 3, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }], mapType: 'atomic' },
);
export interface SecretKeySelector extends Infer<typeof secretKeySelector> {}

export const localObjectReference = object(
  'io.k8s.api.core.v1.LocalObjectReference',
  {
    name: string({ proto: 1 }),
  },
  { mapType: 'atomic' },
);
export interface LocalObjectReference extends Infer<typeof localObjectReference> {}

export const objectReference = object(
  'io.k8s.api.core.v1.ObjectReference',
  {
    kind: string({ proto: 1 }),
    namespace: string({ proto: 2 }),
    name: string({ proto: 3 }),
    uid: string({ proto: 4 }),
    apiVersion: string({ proto: 5 }),
    resourceVersion: string({ proto: 6 }),
    fieldPath: string({ proto: 7 }),
  },
  { mapType: 'atomic' },
);
export interface ObjectReference extends Infer<typeof objectReference> {}
