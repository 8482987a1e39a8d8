/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, list, map, object, quantity, ref, string, type Infer } from '../dsl.js';
import { labelSelector, objectMeta } from './meta.js';
import { localObjectReference, objectFieldSelector, resourceFieldSelector } from './references.js';

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
  cachingMode: string({ proto: 3 }),
  fsType: string({ proto: 4 }),
  readOnly: boolean({ proto: 5 }),
  kind: string({ proto: 6 }),
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

export const keyToPath = object('io.k8s.api.core.v1.KeyToPath', {
  key: string({ proto: 1, required: true }),
  path: string({ proto: 2, required: true }),
  mode: int32({ proto: 3 }),
});
export interface KeyToPath extends Infer<typeof keyToPath> {}

export const configMapVolumeSource = object(
  'io.k8s.api.core.v1.ConfigMapVolumeSource',
  {
    items: list(keyToPath, { proto: 2, listType: 'atomic' }),
    defaultMode: int32({ proto: 3 }),
    optional: boolean({ proto: 4 }),
    name: string(),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface ConfigMapVolumeSource extends Infer<typeof configMapVolumeSource> {}

export const csiVolumeSource = object('io.k8s.api.core.v1.CSIVolumeSource', {
  driver: string({ proto: 1, required: true }),
  readOnly: boolean({ proto: 2 }),
  fsType: string({ proto: 3 }),
  volumeAttributes: map(string(), { proto: 4 }),
  nodePublishSecretRef: ref(localObjectReference, { proto: 5 }),
});
export interface CSIVolumeSource extends Infer<typeof csiVolumeSource> {}

export const downwardAPIVolumeFile = object('io.k8s.api.core.v1.DownwardAPIVolumeFile', {
  path: string({ proto: 1, required: true }),
  fieldRef: ref(objectFieldSelector, { proto: 2 }),
  resourceFieldRef: ref(resourceFieldSelector, { proto: 3 }),
  mode: int32({ proto: 4 }),
});
export interface DownwardAPIVolumeFile extends Infer<typeof downwardAPIVolumeFile> {}

export const downwardAPIVolumeSource = object('io.k8s.api.core.v1.DownwardAPIVolumeSource', {
  items: list(downwardAPIVolumeFile, { proto: 1, listType: 'atomic' }),
  defaultMode: int32({ proto: 2 }),
});
export interface DownwardAPIVolumeSource extends Infer<typeof downwardAPIVolumeSource> {}

export const emptyDirVolumeSource = object('io.k8s.api.core.v1.EmptyDirVolumeSource', {
  medium: string({ proto: 1 }),
  sizeLimit: quantity({ proto: 2 }),
});
export interface EmptyDirVolumeSource extends Infer<typeof emptyDirVolumeSource> {}

export const typedLocalObjectReference = object(
  'io.k8s.api.core.v1.TypedLocalObjectReference',
  {
    apiGroup: string({ proto: 1 }),
    kind: string({ proto: 2, required: true }),
    name: string({ proto: 3, required: true }),
  },
  { mapType: 'atomic' },
);
export interface TypedLocalObjectReference extends Infer<typeof typedLocalObjectReference> {}

export const typedObjectReference = object('io.k8s.api.core.v1.TypedObjectReference', {
  apiGroup: string({ proto: 1 }),
  kind: string({ proto: 2, required: true }),
  name: string({ proto: 3, required: true }),
  namespace: string({ proto: 4 }),
});
export interface TypedObjectReference extends Infer<typeof typedObjectReference> {}

export const volumeResourceRequirements = object('io.k8s.api.core.v1.VolumeResourceRequirements', {
  limits: map(quantity(), { proto: 1 }),
  requests: map(quantity(), { proto: 2 }),
});
export interface VolumeResourceRequirements extends Infer<typeof volumeResourceRequirements> {}

export const persistentVolumeClaimSpec = object('io.k8s.api.core.v1.PersistentVolumeClaimSpec', {
  accessModes: list(string(), { proto: 1, listType: 'atomic' }),
  resources: ref(volumeResourceRequirements, { proto: 2 }),
  volumeName: string({ proto: 3 }),
  selector: ref(labelSelector, { proto: 4 }),
  storageClassName: string({ proto: 5 }),
  volumeMode: string({ proto: 6 }),
  dataSource: ref(typedLocalObjectReference, { proto: 7 }),
  dataSourceRef: ref(typedObjectReference, { proto: 8 }),
  volumeAttributesClassName: string({ proto: 9 }),
});
export interface PersistentVolumeClaimSpec extends Infer<typeof persistentVolumeClaimSpec> {}

export const persistentVolumeClaimTemplate = object('io.k8s.api.core.v1.PersistentVolumeClaimTemplate', {
  metadata: ref(objectMeta, { proto: 1 }),
  spec: ref(persistentVolumeClaimSpec, { proto: 2, required: true }),
});
export interface PersistentVolumeClaimTemplate extends Infer<typeof persistentVolumeClaimTemplate> {}

export const ephemeralVolumeSource = object('io.k8s.api.core.v1.EphemeralVolumeSource', {
  volumeClaimTemplate: ref(persistentVolumeClaimTemplate, { proto: 1 }),
});
export interface EphemeralVolumeSource extends Infer<typeof ephemeralVolumeSource> {}

export const fcVolumeSource = object('io.k8s.api.core.v1.FCVolumeSource', {
  targetWWNs: list(string(), { proto: 1, listType: 'atomic' }),
  lun: int32({ proto: 2 }),
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

export const hostPathVolumeSource = object('io.k8s.api.core.v1.HostPathVolumeSource', {
  path: string({ proto: 1, required: true }),
  type: string({ proto: 2 }),
});
export interface HostPathVolumeSource extends Infer<typeof hostPathVolumeSource> {}

export const imageVolumeSource = object('io.k8s.api.core.v1.ImageVolumeSource', {
  reference: string({ proto: 1 }),
  pullPolicy: string({ proto: 2 }),
});
export interface ImageVolumeSource extends Infer<typeof imageVolumeSource> {}

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
  initiatorName: string({ proto: 12 }),
});
export interface ISCSIVolumeSource extends Infer<typeof iscsiVolumeSource> {}

export const nfsVolumeSource = object('io.k8s.api.core.v1.NFSVolumeSource', {
  server: string({ proto: 1, required: true }),
  path: string({ proto: 2, required: true }),
  readOnly: boolean({ proto: 3 }),
});
export interface NFSVolumeSource extends Infer<typeof nfsVolumeSource> {}

export const persistentVolumeClaimVolumeSource = object(
  'io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource',
  {
    claimName: string({ proto: 1, required: true }),
    readOnly: boolean({ proto: 2 }),
  },
);
export interface PersistentVolumeClaimVolumeSource extends Infer<typeof persistentVolumeClaimVolumeSource> {}

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

export const clusterTrustBundleProjection = object('io.k8s.api.core.v1.ClusterTrustBundleProjection', {
  name: string({ proto: 1 }),
  signerName: string({ proto: 2 }),
  labelSelector: ref(labelSelector, { proto: 3 }),
  path: string({ proto: 4, required: true }),
  optional: boolean({ proto: 5 }),
});
export interface ClusterTrustBundleProjection extends Infer<typeof clusterTrustBundleProjection> {}

export const configMapProjection = object(
  'io.k8s.api.core.v1.ConfigMapProjection',
  {
    items: list(keyToPath, { proto: 2, listType: 'atomic' }),
    optional: boolean({ proto: 4 }),
    name: string(),
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
  maxExpirationSeconds: int32({ proto: 3 }),
  credentialBundlePath: string({ proto: 4 }),
  keyPath: string({ proto: 5 }),
  certificateChainPath: string({ proto: 6 }),
  userAnnotations: map(string(), { proto: 7 }),
});
export interface PodCertificateProjection extends Infer<typeof podCertificateProjection> {}

export const secretProjection = object(
  'io.k8s.api.core.v1.SecretProjection',
  {
    items: list(keyToPath, { proto: 2, listType: 'atomic' }),
    optional: boolean({ proto: 4 }),
    name: string(),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface SecretProjection extends Infer<typeof secretProjection> {}

export const serviceAccountTokenProjection = object('io.k8s.api.core.v1.ServiceAccountTokenProjection', {
  audience: string({ proto: 1 }),
  expirationSeconds: int64({ proto: 2 }),
  path: string({ proto: 3, required: true }),
});
export interface ServiceAccountTokenProjection extends Infer<typeof serviceAccountTokenProjection> {}

export const volumeProjection = object('io.k8s.api.core.v1.VolumeProjection', {
  secret: ref(secretProjection, { proto: 1 }),
  downwardAPI: ref(downwardAPIProjection, { proto: 2 }),
  configMap: ref(configMapProjection, { proto: 3 }),
  serviceAccountToken: ref(serviceAccountTokenProjection, { proto: 4 }),
  clusterTrustBundle: ref(clusterTrustBundleProjection, { proto: 5 }),
  podCertificate: ref(podCertificateProjection, { proto: 6 }),
});
export interface VolumeProjection extends Infer<typeof volumeProjection> {}

export const projectedVolumeSource = object('io.k8s.api.core.v1.ProjectedVolumeSource', {
  sources: list(volumeProjection, { proto: 1, listType: 'atomic' }),
  defaultMode: int32({ proto: 2 }),
});
export interface ProjectedVolumeSource extends Infer<typeof projectedVolumeSource> {}

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

export const secretVolumeSource = object('io.k8s.api.core.v1.SecretVolumeSource', {
  secretName: string({ proto: 1 }),
  items: list(keyToPath, { proto: 2, listType: 'atomic' }),
  defaultMode: int32({ proto: 3 }),
  optional: boolean({ proto: 4 }),
});
export interface SecretVolumeSource extends Infer<typeof secretVolumeSource> {}

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

export const volume = object(
  'io.k8s.api.core.v1.Volume',
  {
    name: string({ proto: 1, required: true }),
    awsElasticBlockStore: ref(awsElasticBlockStoreVolumeSource),
    azureDisk: ref(azureDiskVolumeSource),
    azureFile: ref(azureFileVolumeSource),
    cephfs: ref(cephFSVolumeSource),
    cinder: ref(cinderVolumeSource),
    configMap: ref(configMapVolumeSource),
    csi: ref(csiVolumeSource),
    downwardAPI: ref(downwardAPIVolumeSource),
    emptyDir: ref(emptyDirVolumeSource),
    ephemeral: ref(ephemeralVolumeSource),
    fc: ref(fcVolumeSource),
    flexVolume: ref(flexVolumeSource),
    flocker: ref(flockerVolumeSource),
    gcePersistentDisk: ref(gcePersistentDiskVolumeSource),
    gitRepo: ref(gitRepoVolumeSource),
    glusterfs: ref(glusterfsVolumeSource),
    hostPath: ref(hostPathVolumeSource),
    image: ref(imageVolumeSource),
    iscsi: ref(iscsiVolumeSource),
    nfs: ref(nfsVolumeSource),
    persistentVolumeClaim: ref(persistentVolumeClaimVolumeSource),
    photonPersistentDisk: ref(photonPersistentDiskVolumeSource),
    portworxVolume: ref(portworxVolumeSource),
    projected: ref(projectedVolumeSource),
    quobyte: ref(quobyteVolumeSource),
    rbd: ref(rbdVolumeSource),
    scaleIO: ref(scaleIOVolumeSource),
    secret: ref(secretVolumeSource),
    storageos: ref(storageOSVolumeSource),
    vsphereVolume: ref(vsphereVirtualDiskVolumeSource),
  },
  {
    inlined: [
      {
        proto: 2,
        fields: {
          hostPath: 1,
          emptyDir: 2,
          gcePersistentDisk: 3,
          awsElasticBlockStore: 4,
          gitRepo: 5,
          secret: 6,
          nfs: 7,
          iscsi: 8,
          glusterfs: 9,
          persistentVolumeClaim: 10,
          rbd: 11,
          flexVolume: 12,
          cinder: 13,
          cephfs: 14,
          flocker: 15,
          downwardAPI: 16,
          fc: 17,
          azureFile: 18,
          configMap: 19,
          vsphereVolume: 20,
          quobyte: 21,
          azureDisk: 22,
          photonPersistentDisk: 23,
          portworxVolume: 24,
          scaleIO: 25,
          projected: 26,
          storageos: 27,
          csi: 28,
          ephemeral: 29,
          image: 30,
        },
      },
    ],
  },
);
export interface Volume extends Infer<typeof volume> {}
