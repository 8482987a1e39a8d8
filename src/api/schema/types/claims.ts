/** Claims for storage, as templates in pods use them. As published by Kubernetes v1.36. */
import { list, map, object, quantity, ref, string, type Infer } from '../dsl.js';
import { labelSelector, objectMeta } from './meta.js';

export const typedLocalObjectReference = object(
  'io.k8s.api.core.v1.TypedLocalObjectReference',
  {
    apiGroup: string({ proto: 1, pointer: true }),
    kind: string({ proto: 2, required: true }),
    name: string({ proto: 3, required: true }),
  },
  { mapType: 'atomic' },
);
export interface TypedLocalObjectReference extends Infer<typeof typedLocalObjectReference> {}

export const typedObjectReference = object('io.k8s.api.core.v1.TypedObjectReference', {
  apiGroup: string({ proto: 1, pointer: true }),
  kind: string({ proto: 2, required: true }),
  name: string({ proto: 3, required: true }),
  namespace: string({ proto: 4, pointer: true }),
});
export interface TypedObjectReference extends Infer<typeof typedObjectReference> {}

export const volumeResourceRequirements = object('io.k8s.api.core.v1.VolumeResourceRequirements', {
  limits: map(quantity(), { proto: 1 }),
  requests: map(quantity(), { proto: 2 }),
});
export interface VolumeResourceRequirements extends Infer<typeof volumeResourceRequirements> {}

export const persistentVolumeClaimSpec = object('io.k8s.api.core.v1.PersistentVolumeClaimSpec', {
  accessModes: list(string(), { proto: 1, listType: 'atomic' }),
  selector: ref(labelSelector, { proto: 4 }),
  resources: ref(volumeResourceRequirements, { proto: 2, struct: true }),
  volumeName: string({ proto: 3 }),
  storageClassName: string({ proto: 5, pointer: true }),
  volumeMode: string({ proto: 6, pointer: true, default: 'Filesystem' }),
  dataSource: ref(typedLocalObjectReference, { proto: 7 }),
  dataSourceRef: ref(typedObjectReference, { proto: 8 }),
  volumeAttributesClassName: string({ proto: 9, pointer: true }),
});
export interface PersistentVolumeClaimSpec extends Infer<typeof persistentVolumeClaimSpec> {}

export const persistentVolumeClaimTemplate = object('io.k8s.api.core.v1.PersistentVolumeClaimTemplate', {
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(persistentVolumeClaimSpec, { proto: 2, required: true, struct: true }),
});
export interface PersistentVolumeClaimTemplate extends Infer<typeof persistentVolumeClaimTemplate> {}
