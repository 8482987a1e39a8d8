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
  medium: string({ proto: 1 }),
  sizeLimit: quantity({ proto: 2, pointer: true }),
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
    hostPath: ref(hostPathVolumeSource),
    emptyDir: ref(emptyDirVolumeSource),
    gcePersistentDisk: ref(gcePersistentDiskVolumeSource),
    awsElasticBlockStore: ref(awsElasticBlockStoreVolumeSource),
    gitRepo: ref(gitRepoVolumeSource),
    secret: ref(secretVolumeSource),
    nfs: ref(nfsVolumeSource),
    iscsi: ref(iscsiVolumeSource),
    glusterfs: ref(glusterfsVolumeSource),
    persistentVolumeClaim: ref(persistentVolumeClaimVolumeSource),
    rbd: ref(rbdVolumeSource),
    flexVolume: ref(flexVolumeSource),
    cinder: ref(cinderVolumeSource),
    cephfs: ref(cephFSVolumeSource),
    flocker: ref(flockerVolumeSource),
    downwardAPI: ref(downwardAPIVolumeSource),
    fc: ref(fcVolumeSource),
    azureFile: ref(azureFileVolumeSource),
    configMap: ref(configMapVolumeSource),
    vsphereVolume: ref(vsphereVirtualDiskVolumeSource),
    quobyte: ref(quobyteVolumeSource),
    azureDisk: ref(azureDiskVolumeSource),
    photonPersistentDisk: ref(photonPersistentDiskVolumeSource),
    portworxVolume: ref(portworxVolumeSource),
    scaleIO: ref(scaleIOVolumeSource),
    projected: ref(projectedVolumeSource),
    storageos: ref(storageOSVolumeSource),
    csi: ref(csiVolumeSource),
    ephemeral: ref(ephemeralVolumeSource),
    image: ref(imageVolumeSource),
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
