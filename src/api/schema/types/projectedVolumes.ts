/** Volumes whose files come from API objects. As published by Kubernetes v1.36. */
import { boolean, int32, int64, list, map, object, ref, string, type Infer } from '../dsl.js';
import { labelSelector } from './meta.js';
import { objectFieldSelector, resourceFieldSelector } from './references.js';

export const keyToPath = object('io.k8s.api.core.v1.KeyToPath', {
  key: string({ proto: 1, required: true }),
  path: string({ proto: 2, required: true }),
  mode: int32({ proto: 3, pointer: true }),
});
export interface KeyToPath extends Infer<typeof keyToPath> {}

export const configMapVolumeSource = object(
  'io.k8s.api.core.v1.ConfigMapVolumeSource',
  {
    name: string(),
    items: list(keyToPath, { proto: 2, listType: 'atomic' }),
    defaultMode: int32({ proto: 3, pointer: true, default: 0o644 }),
    optional: boolean({ proto: 4, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface ConfigMapVolumeSource extends Infer<typeof configMapVolumeSource> {}

export const downwardAPIVolumeFile = object('io.k8s.api.core.v1.DownwardAPIVolumeFile', {
  path: string({ proto: 1, required: true }),
  fieldRef: ref(objectFieldSelector, { proto: 2 }),
  resourceFieldRef: ref(resourceFieldSelector, { proto: 3 }),
  mode: int32({ proto: 4, pointer: true }),
});
export interface DownwardAPIVolumeFile extends Infer<typeof downwardAPIVolumeFile> {}

export const downwardAPIVolumeSource = object('io.k8s.api.core.v1.DownwardAPIVolumeSource', {
  items: list(downwardAPIVolumeFile, { proto: 1, listType: 'atomic' }),
  defaultMode: int32({ proto: 2, pointer: true, default: 0o644 }),
});
export interface DownwardAPIVolumeSource extends Infer<typeof downwardAPIVolumeSource> {}

export const clusterTrustBundleProjection = object('io.k8s.api.core.v1.ClusterTrustBundleProjection', {
  name: string({ proto: 1, pointer: true }),
  signerName: string({ proto: 2, pointer: true }),
  labelSelector: ref(labelSelector, { proto: 3 }),
  path: string({ proto: 4, required: true }),
  optional: boolean({ proto: 5, pointer: true }),
});
export interface ClusterTrustBundleProjection extends Infer<typeof clusterTrustBundleProjection> {}

export const configMapProjection = object(
  'io.k8s.api.core.v1.ConfigMapProjection',
  {
    name: string(),
    items: list(keyToPath, { proto: 2, listType: 'atomic' }),
    optional: boolean({ proto: 4, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface ConfigMapProjection extends Infer<typeof configMapProjection> {}

export const downwardAPIProjection = object('io.k8s.api.core.v1.DownwardAPIProjection', {
  items: list(downwardAPIVolumeFile, { proto: 1, listType: 'atomic' }),
});
export interface DownwardAPIProjection extends Infer<typeof downwardAPIProjection> {}

export const podCertificateProjection = object('io.k8s.api.core.v1.PodCertificateProjection', {
  signerName: string({ proto: 1, required: true }),
  keyType: string({ proto: 2, required: true }),
  maxExpirationSeconds: int32({ proto: 3, pointer: true }),
  credentialBundlePath: string({ proto: 4 }),
  keyPath: string({ proto: 5 }),
  certificateChainPath: string({ proto: 6 }),
  userAnnotations: map(string(), { proto: 7 }),
});
export interface PodCertificateProjection extends Infer<typeof podCertificateProjection> {}

export const secretProjection = object(
  'io.k8s.api.core.v1.SecretProjection',
  {
    name: string(),
    items: list(keyToPath, { proto: 2, listType: 'atomic' }),
    optional: boolean({ proto: 4, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface SecretProjection extends Infer<typeof secretProjection> {}

export const serviceAccountTokenProjection = object('io.k8s.api.core.v1.ServiceAccountTokenProjection', {
  audience: string({ proto: 1 }),
  expirationSeconds: int64({ proto: 2, pointer: true, default: 3600 }),
  path: string({ proto: 3, required: true }),
});
export interface ServiceAccountTokenProjection extends Infer<typeof serviceAccountTokenProjection> {}

export const volumeProjection = object('io.k8s.api.core.v1.VolumeProjection', {
  secret: ref(secretProjection, { proto: 1 }),
  downwardAPI: ref(downwardAPIProjection, { proto: 2 }),
  configMap: ref(configMapProjection, { proto: 3 }),
  serviceAccountToken: ref(serviceAccountTokenProjection, { proto: 4, supported: false }),
  clusterTrustBundle: ref(clusterTrustBundleProjection, { proto: 5, supported: false }),
  podCertificate: ref(podCertificateProjection, { proto: 6, supported: false }),
});
export interface VolumeProjection extends Infer<typeof volumeProjection> {}

export const projectedVolumeSource = object('io.k8s.api.core.v1.ProjectedVolumeSource', {
  sources: list(volumeProjection, { proto: 1, listType: 'atomic' }),
  defaultMode: int32({ proto: 2, pointer: true, default: 0o644 }),
});
export interface ProjectedVolumeSource extends Infer<typeof projectedVolumeSource> {}

export const secretVolumeSource = object('io.k8s.api.core.v1.SecretVolumeSource', {
  secretName: string({ proto: 1 }),
  items: list(keyToPath, { proto: 2, listType: 'atomic' }),
  defaultMode: int32({ proto: 3, pointer: true, default: 0o644 }),
  optional: boolean({ proto: 4, pointer: true }),
});
export interface SecretVolumeSource extends Infer<typeof secretVolumeSource> {}
