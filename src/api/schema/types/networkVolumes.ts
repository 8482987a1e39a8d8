/** Volumes of networks and clouds; most are deprecated upstream. As published by Kubernetes v1.36. */
import { boolean, int32, list, map, object, ref, string, type Infer } from '../dsl.js';
import { localObjectReference } from './references.js';

export const awsElasticBlockStoreVolumeSource = object(
  'io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource',
  {
    volumeID: string({ proto: 1, required: true }),
    fsType: string({ proto: 2 }),
    partition: int32({ proto: 3 }),
    readOnly: boolean({ proto: 4 }),
  },
);
export interface AWSElasticBlockStoreVolumeSource extends Infer<typeof awsElasticBlockStoreVolumeSource> {}

export const azureDiskVolumeSource = object('io.k8s.api.core.v1.AzureDiskVolumeSource', {
  diskName: string({ proto: 1, required: true }),
  diskURI: string({ proto: 2, required: true }),
  cachingMode: string({ proto: 3, pointer: true }),
  fsType: string({ proto: 4, pointer: true }),
  readOnly: boolean({ proto: 5, pointer: true }),
  kind: string({ proto: 6, pointer: true }),
});
export interface AzureDiskVolumeSource extends Infer<typeof azureDiskVolumeSource> {}

export const azureFileVolumeSource = object('io.k8s.api.core.v1.AzureFileVolumeSource', {
  secretName: string({ proto: 1, required: true }),
  shareName: string({ proto: 2, required: true }),
  readOnly: boolean({ proto: 3 }),
});
export interface AzureFileVolumeSource extends Infer<typeof azureFileVolumeSource> {}

export const cephFSVolumeSource = object('io.k8s.api.core.v1.CephFSVolumeSource', {
  monitors: list(string(), { proto: 1, required: true, listType: 'atomic' }),
  path: string({ proto: 2 }),
  user: string({ proto: 3 }),
  secretFile: string({ proto: 4 }),
  secretRef: ref(localObjectReference, { proto: 5 }),
  readOnly: boolean({ proto: 6 }),
});
export interface CephFSVolumeSource extends Infer<typeof cephFSVolumeSource> {}

export const cinderVolumeSource = object('io.k8s.api.core.v1.CinderVolumeSource', {
  volumeID: string({ proto: 1, required: true }),
  fsType: string({ proto: 2 }),
  readOnly: boolean({ proto: 3 }),
  secretRef: ref(localObjectReference, { proto: 4 }),
});
export interface CinderVolumeSource extends Infer<typeof cinderVolumeSource> {}

export const fcVolumeSource = object('io.k8s.api.core.v1.FCVolumeSource', {
  targetWWNs: list(string(), { proto: 1, listType: 'atomic' }),
  lun: int32({ proto: 2, pointer: true }),
  fsType: string({ proto: 3 }),
  readOnly: boolean({ proto: 4 }),
  wwids: list(string(), { proto: 5, listType: 'atomic' }),
});
export interface FCVolumeSource extends Infer<typeof fcVolumeSource> {}

export const flexVolumeSource = object('io.k8s.api.core.v1.FlexVolumeSource', {
  driver: string({ proto: 1, required: true }),
  fsType: string({ proto: 2 }),
  secretRef: ref(localObjectReference, { proto: 3 }),
  readOnly: boolean({ proto: 4 }),
  options: map(string(), { proto: 5 }),
});
export interface FlexVolumeSource extends Infer<typeof flexVolumeSource> {}

export const flockerVolumeSource = object('io.k8s.api.core.v1.FlockerVolumeSource', {
  datasetName: string({ proto: 1 }),
  datasetUUID: string({ proto: 2 }),
});
export interface FlockerVolumeSource extends Infer<typeof flockerVolumeSource> {}

export const gcePersistentDiskVolumeSource = object('io.k8s.api.core.v1.GCEPersistentDiskVolumeSource', {
  pdName: string({ proto: 1, required: true }),
  fsType: string({ proto: 2 }),
  partition: int32({ proto: 3 }),
  readOnly: boolean({ proto: 4 }),
});
export interface GCEPersistentDiskVolumeSource extends Infer<typeof gcePersistentDiskVolumeSource> {}

export const gitRepoVolumeSource = object('io.k8s.api.core.v1.GitRepoVolumeSource', {
  repository: string({ proto: 1, required: true }),
  revision: string({ proto: 2 }),
  directory: string({ proto: 3 }),
});
export interface GitRepoVolumeSource extends Infer<typeof gitRepoVolumeSource> {}

export const glusterfsVolumeSource = object('io.k8s.api.core.v1.GlusterfsVolumeSource', {
  endpoints: string({ proto: 1, required: true }),
  path: string({ proto: 2, required: true }),
  readOnly: boolean({ proto: 3 }),
});
export interface GlusterfsVolumeSource extends Infer<typeof glusterfsVolumeSource> {}

export const iscsiVolumeSource = object('io.k8s.api.core.v1.ISCSIVolumeSource', {
  targetPortal: string({ proto: 1, required: true }),
  iqn: string({ proto: 2, required: true }),
  lun: int32({ proto: 3, required: true }),
  iscsiInterface: string({ proto: 4 }),
  fsType: string({ proto: 5 }),
  readOnly: boolean({ proto: 6 }),
  portals: list(string(), { proto: 7, listType: 'atomic' }),
  chapAuthDiscovery: boolean({ proto: 8 }),
  secretRef: ref(localObjectReference, { proto: 10 }),
  chapAuthSession: boolean({ proto: 11 }),
  initiatorName: string({ proto: 12, pointer: true }),
});
export interface ISCSIVolumeSource extends Infer<typeof iscsiVolumeSource> {}

export const nfsVolumeSource = object('io.k8s.api.core.v1.NFSVolumeSource', {
  server: string({ proto: 1, required: true }),
  path: string({ proto: 2, required: true }),
  readOnly: boolean({ proto: 3 }),
});
export interface NFSVolumeSource extends Infer<typeof nfsVolumeSource> {}

export const photonPersistentDiskVolumeSource = object(
  'io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource',
  {
    pdID: string({ proto: 1, required: true }),
    fsType: string({ proto: 2 }),
  },
);
export interface PhotonPersistentDiskVolumeSource extends Infer<typeof photonPersistentDiskVolumeSource> {}

export const portworxVolumeSource = object('io.k8s.api.core.v1.PortworxVolumeSource', {
  volumeID: string({ proto: 1, required: true }),
  fsType: string({ proto: 2 }),
  readOnly: boolean({ proto: 3 }),
});
export interface PortworxVolumeSource extends Infer<typeof portworxVolumeSource> {}

export const quobyteVolumeSource = object('io.k8s.api.core.v1.QuobyteVolumeSource', {
  registry: string({ proto: 1, required: true }),
  volume: string({ proto: 2, required: true }),
  readOnly: boolean({ proto: 3 }),
  user: string({ proto: 4 }),
  group: string({ proto: 5 }),
  tenant: string({ proto: 6 }),
});
export interface QuobyteVolumeSource extends Infer<typeof quobyteVolumeSource> {}

export const rbdVolumeSource = object('io.k8s.api.core.v1.RBDVolumeSource', {
  monitors: list(string(), { proto: 1, required: true, listType: 'atomic' }),
  image: string({ proto: 2, required: true }),
  fsType: string({ proto: 3 }),
  pool: string({ proto: 4 }),
  user: string({ proto: 5 }),
  keyring: string({ proto: 6 }),
  secretRef: ref(localObjectReference, { proto: 7 }),
  readOnly: boolean({ proto: 8 }),
});
export interface RBDVolumeSource extends Infer<typeof rbdVolumeSource> {}

export const scaleIOVolumeSource = object('io.k8s.api.core.v1.ScaleIOVolumeSource', {
  gateway: string({ proto: 1, required: true }),
  system: string({ proto: 2, required: true }),
  secretRef: ref(localObjectReference, { proto: 3, required: true }),
  sslEnabled: boolean({ proto: 4 }),
  protectionDomain: string({ proto: 5 }),
  storagePool: string({ proto: 6 }),
  storageMode: string({ proto: 7 }),
  volumeName: string({ proto: 8 }),
  fsType: string({ proto: 9 }),
  readOnly: boolean({ proto: 10 }),
});
export interface ScaleIOVolumeSource extends Infer<typeof scaleIOVolumeSource> {}

export const storageOSVolumeSource = object('io.k8s.api.core.v1.StorageOSVolumeSource', {
  volumeName: string({ proto: 1 }),
  volumeNamespace: string({ proto: 2 }),
  fsType: string({ proto: 3 }),
  readOnly: boolean({ proto: 4 }),
  secretRef: ref(localObjectReference, { proto: 5 }),
});
export interface StorageOSVolumeSource extends Infer<typeof storageOSVolumeSource> {}

export const vsphereVirtualDiskVolumeSource = object('io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource', {
  volumePath: string({ proto: 1, required: true }),
  fsType: string({ proto: 2 }),
  storagePolicyName: string({ proto: 3 }),
  storagePolicyID: string({ proto: 4 }),
});
export interface VsphereVirtualDiskVolumeSource extends Infer<typeof vsphereVirtualDiskVolumeSource> {}
