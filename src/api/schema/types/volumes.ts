/** Volumes of a pod. As published by Kubernetes v1.36. */
import { boolean, map, object, quantity, ref, string, type Infer } from '../dsl.js';
import { persistentVolumeClaimTemplate } from './claims.js';
import {
  awsElasticBlockStoreVolumeSource,
  azureDiskVolumeSource,
  azureFileVolumeSource,
  cephFSVolumeSource,
  cinderVolumeSource,
  fcVolumeSource,
  flexVolumeSource,
  flockerVolumeSource,
  gcePersistentDiskVolumeSource,
  gitRepoVolumeSource,
  glusterfsVolumeSource,
  iscsiVolumeSource,
  nfsVolumeSource,
  photonPersistentDiskVolumeSource,
  portworxVolumeSource,
  quobyteVolumeSource,
  rbdVolumeSource,
  scaleIOVolumeSource,
  storageOSVolumeSource,
  vsphereVirtualDiskVolumeSource,
} from './networkVolumes.js';
import {
  configMapVolumeSource,
  downwardAPIVolumeSource,
  projectedVolumeSource,
  secretVolumeSource,
} from './projectedVolumes.js';
import { localObjectReference } from './references.js';

export const csiVolumeSource = object('io.k8s.api.core.v1.CSIVolumeSource', {
  driver: string({ proto: 1, required: true }),
  readOnly: boolean({ proto: 2, pointer: true }),
  fsType: string({ proto: 3, pointer: true }),
  volumeAttributes: map(string(), { proto: 4 }),
  nodePublishSecretRef: ref(localObjectReference, { proto: 5 }),
});
export interface CSIVolumeSource extends Infer<typeof csiVolumeSource> {}

export const emptyDirVolumeSource = object('io.k8s.api.core.v1.EmptyDirVolumeSource', {
  medium: string({ proto: 1, supported: false }),
  sizeLimit: quantity({ proto: 2, pointer: true, supported: false }),
});
export interface EmptyDirVolumeSource extends Infer<typeof emptyDirVolumeSource> {}

export const ephemeralVolumeSource = object('io.k8s.api.core.v1.EphemeralVolumeSource', {
  volumeClaimTemplate: ref(persistentVolumeClaimTemplate, { proto: 1 }),
});
export interface EphemeralVolumeSource extends Infer<typeof ephemeralVolumeSource> {}

export const hostPathVolumeSource = object('io.k8s.api.core.v1.HostPathVolumeSource', {
  path: string({ proto: 1, required: true }),
  type: string({ proto: 2, pointer: true, default: '' }),
});
export interface HostPathVolumeSource extends Infer<typeof hostPathVolumeSource> {}

export const imageVolumeSource = object('io.k8s.api.core.v1.ImageVolumeSource', {
  reference: string({ proto: 1 }),
  pullPolicy: string({ proto: 2 }),
});
export interface ImageVolumeSource extends Infer<typeof imageVolumeSource> {}

export const persistentVolumeClaimVolumeSource = object(
  'io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource',
  {
    claimName: string({ proto: 1, required: true }),
    readOnly: boolean({ proto: 2 }),
  },
);
export interface PersistentVolumeClaimVolumeSource extends Infer<typeof persistentVolumeClaimVolumeSource> {}

/** A volume without a source is an empty directory. Models: pkg/apis/core/v1/defaults.go#SetDefaults_Volume */
const emptyDirUnlessSource = (volume: Readonly<Record<string, unknown>>) =>
  Object.keys(volume).length > 1 ? volume : { ...volume, emptyDir: {} };

export const volume = object(
  'io.k8s.api.core.v1.Volume',
  {
    name: string({ proto: 1, required: true }),
    hostPath: ref(hostPathVolumeSource, { supported: false }),
    emptyDir: ref(emptyDirVolumeSource),
    gcePersistentDisk: ref(gcePersistentDiskVolumeSource, { supported: false }),
    awsElasticBlockStore: ref(awsElasticBlockStoreVolumeSource, { supported: false }),
    gitRepo: ref(gitRepoVolumeSource, { supported: false }),
    secret: ref(secretVolumeSource),
    nfs: ref(nfsVolumeSource, { supported: false }),
    iscsi: ref(iscsiVolumeSource, { supported: false }),
    glusterfs: ref(glusterfsVolumeSource, { supported: false }),
    persistentVolumeClaim: ref(persistentVolumeClaimVolumeSource, { supported: false }),
    rbd: ref(rbdVolumeSource, { supported: false }),
    flexVolume: ref(flexVolumeSource, { supported: false }),
    cinder: ref(cinderVolumeSource, { supported: false }),
    cephfs: ref(cephFSVolumeSource, { supported: false }),
    flocker: ref(flockerVolumeSource, { supported: false }),
    downwardAPI: ref(downwardAPIVolumeSource),
    fc: ref(fcVolumeSource, { supported: false }),
    azureFile: ref(azureFileVolumeSource, { supported: false }),
    configMap: ref(configMapVolumeSource),
    vsphereVolume: ref(vsphereVirtualDiskVolumeSource, { supported: false }),
    quobyte: ref(quobyteVolumeSource, { supported: false }),
    azureDisk: ref(azureDiskVolumeSource, { supported: false }),
    photonPersistentDisk: ref(photonPersistentDiskVolumeSource, { supported: false }),
    portworxVolume: ref(portworxVolumeSource, { supported: false }),
    scaleIO: ref(scaleIOVolumeSource, { supported: false }),
    projected: ref(projectedVolumeSource),
    storageos: ref(storageOSVolumeSource, { supported: false }),
    csi: ref(csiVolumeSource, { supported: false }),
    ephemeral: ref(ephemeralVolumeSource, { supported: false }),
    image: ref(imageVolumeSource, { supported: false }),
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
    finish: emptyDirUnlessSource,
  },
);
export interface Volume extends Infer<typeof volume> {}
