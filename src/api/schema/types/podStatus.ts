/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, list, map, object, quantity, ref, string, time, type Infer } from '../dsl.js';
import { resourceRequirements } from './container.js';

export const podCondition = object('io.k8s.api.core.v1.PodCondition', {
  type: string({ proto: 1, required: true }),
  observedGeneration: int64({ proto: 7 }),
  status: string({ proto: 2, required: true }),
  lastProbeTime: time({ proto: 3 }),
  lastTransitionTime: time({ proto: 4 }),
  reason: string({ proto: 5 }),
  message: string({ proto: 6 }),
});
export interface PodCondition extends Infer<typeof podCondition> {}

export const resourceHealth = object('io.k8s.api.core.v1.ResourceHealth', {
  resourceID: string({ proto: 1, required: true }),
  health: string({ proto: 2 }),
  message: string({ proto: 6 }),
});
export interface ResourceHealth extends Infer<typeof resourceHealth> {}

export const resourceStatus = object('io.k8s.api.core.v1.ResourceStatus', {
  name: string({ proto: 1, required: true }),
  resources: list(resourceHealth, { proto: 2, listType: 'map', mapKeys: ['resourceID'] }),
});
export interface ResourceStatus extends Infer<typeof resourceStatus> {}

export const containerStateRunning = object('io.k8s.api.core.v1.ContainerStateRunning', {
  startedAt: time({ proto: 1 }),
});
export interface ContainerStateRunning extends Infer<typeof containerStateRunning> {}

export const containerStateTerminated = object('io.k8s.api.core.v1.ContainerStateTerminated', {
  exitCode: int32({ proto: 1, required: true }),
  signal: int32({ proto: 2 }),
  reason: string({ proto: 3 }),
  message: string({ proto: 4 }),
  startedAt: time({ proto: 5 }),
  finishedAt: time({ proto: 6 }),
  containerID: string({ proto: 7 }),
});
export interface ContainerStateTerminated extends Infer<typeof containerStateTerminated> {}

export const containerStateWaiting = object('io.k8s.api.core.v1.ContainerStateWaiting', {
  reason: string({ proto: 1 }),
  message: string({ proto: 2 }),
});
export interface ContainerStateWaiting extends Infer<typeof containerStateWaiting> {}

export const containerState = object('io.k8s.api.core.v1.ContainerState', {
  waiting: ref(containerStateWaiting, { proto: 1 }),
  running: ref(containerStateRunning, { proto: 2 }),
  terminated: ref(containerStateTerminated, { proto: 3 }),
});
export interface ContainerState extends Infer<typeof containerState> {}

export const linuxContainerUser = object('io.k8s.api.core.v1.LinuxContainerUser', {
  uid: int64({ proto: 1, required: true }),
  gid: int64({ proto: 2, required: true }),
  supplementalGroups: list(int64(), { proto: 3, listType: 'atomic' }),
});
export interface LinuxContainerUser extends Infer<typeof linuxContainerUser> {}

export const containerUser = object('io.k8s.api.core.v1.ContainerUser', {
  linux: ref(linuxContainerUser, { proto: 1 }),
});
export interface ContainerUser extends Infer<typeof containerUser> {}

export const imageVolumeStatus = object('io.k8s.api.core.v1.ImageVolumeStatus', {
  imageRef: string({ proto: 1, required: true }),
});
export interface ImageVolumeStatus extends Infer<typeof imageVolumeStatus> {}

export const volumeStatus = object('io.k8s.api.core.v1.VolumeStatus', {
  image: ref(imageVolumeStatus, { proto: 1 }),
});
export interface VolumeStatus extends Infer<typeof volumeStatus> {}

export const volumeMountStatus = object('io.k8s.api.core.v1.VolumeMountStatus', {
  name: string({ proto: 1, required: true }),
  mountPath: string({ proto: 2, required: true }),
  readOnly: boolean({ proto: 3 }),
  recursiveReadOnly: string({ proto: 4, pointer: true }),
  volumeStatus: ref(volumeStatus, { proto: 5 }),
});
export interface VolumeMountStatus extends Infer<typeof volumeMountStatus> {}

export const containerStatus = object('io.k8s.api.core.v1.ContainerStatus', {
  name: string({ proto: 1, required: true }),
  state: ref(containerState, { proto: 2, struct: true }),
  lastState: ref(containerState, { proto: 3, struct: true }),
  ready: boolean({ proto: 4, required: true }),
  restartCount: int32({ proto: 5, required: true }),
  image: string({ proto: 6, required: true }),
  imageID: string({ proto: 7, required: true }),
  containerID: string({ proto: 8 }),
  started: boolean({ proto: 9, pointer: true }),
  allocatedResources: map(quantity(), { proto: 10 }),
  resources: ref(resourceRequirements, { proto: 11 }),
  volumeMounts: list(volumeMountStatus, {
    proto: 12,
    patchStrategy: 'merge',
    mergeKey: 'mountPath',
    listType: 'map',
    mapKeys: ['mountPath'],
  }),
  user: ref(containerUser, { proto: 13 }),
  allocatedResourcesStatus: list(resourceStatus, {
    proto: 14,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  stopSignal: string({ proto: 15, pointer: true }),
});
export interface ContainerStatus extends Infer<typeof containerStatus> {}

export const containerExtendedResourceRequest = object(
  'io.k8s.api.core.v1.ContainerExtendedResourceRequest',
  {
    containerName: string({ proto: 1, required: true }),
    resourceName: string({ proto: 2, required: true }),
    requestName: string({ proto: 3, required: true }),
  },
);
export interface ContainerExtendedResourceRequest extends Infer<typeof containerExtendedResourceRequest> {}

export const podExtendedResourceClaimStatus = object('io.k8s.api.core.v1.PodExtendedResourceClaimStatus', {
  requestMappings: list(containerExtendedResourceRequest, { proto: 1, required: true, listType: 'atomic' }),
  resourceClaimName: string({ proto: 2, required: true }),
});
export interface PodExtendedResourceClaimStatus extends Infer<typeof podExtendedResourceClaimStatus> {}

export const hostIP = object('io.k8s.api.core.v1.HostIP', {
  ip: string({ proto: 1, required: true }),
});
export interface HostIP extends Infer<typeof hostIP> {}

export const podIP = object('io.k8s.api.core.v1.PodIP', {
  ip: string({ proto: 1, required: true }),
});
export interface PodIP extends Infer<typeof podIP> {}

export const podResourceClaimStatus = object('io.k8s.api.core.v1.PodResourceClaimStatus', {
  name: string({ proto: 1, required: true }),
  resourceClaimName: string({ proto: 2, pointer: true }),
});
export interface PodResourceClaimStatus extends Infer<typeof podResourceClaimStatus> {}

export const nodeAllocatableResourceClaimStatus = object(
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus',
  {
    resourceClaimName: string({ proto: 1, required: true }),
    containers: list(string(), { proto: 2, listType: 'set' }),
    resources: map(quantity(), { proto: 3, required: true }),
  },
);
export interface NodeAllocatableResourceClaimStatus extends Infer<
  typeof nodeAllocatableResourceClaimStatus
> {}

export const podStatus = object('io.k8s.api.core.v1.PodStatus', {
  observedGeneration: int64({ proto: 17 }),
  phase: string({
    proto: 1,
    always: true,
    values: ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'],
    goType: 'v1.PodPhase',
  }),
  conditions: list(podCondition, {
    proto: 2,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
  message: string({ proto: 3 }),
  reason: string({ proto: 4 }),
  nominatedNodeName: string({ proto: 11 }),
  hostIP: string({ proto: 5 }),
  hostIPs: list(hostIP, { proto: 16, patchStrategy: 'merge', mergeKey: 'ip', listType: 'atomic' }),
  podIP: string({ proto: 6 }),
  podIPs: list(podIP, {
    proto: 12,
    patchStrategy: 'merge',
    mergeKey: 'ip',
    listType: 'map',
    mapKeys: ['ip'],
  }),
  startTime: time({ proto: 7 }),
  initContainerStatuses: list(containerStatus, { proto: 10, listType: 'atomic' }),
  containerStatuses: list(containerStatus, { proto: 8, listType: 'atomic' }),
  qosClass: string({ proto: 9, goType: 'v1.PodQOSClass' }),
  ephemeralContainerStatuses: list(containerStatus, { proto: 13, listType: 'atomic' }),
  resize: string({ proto: 14 }),
  resourceClaimStatuses: list(podResourceClaimStatus, {
    proto: 15,
    patchStrategy: 'merge,retainKeys',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  extendedResourceClaimStatus: ref(podExtendedResourceClaimStatus, { proto: 18 }),
  allocatedResources: map(quantity(), { proto: 19 }),
  resources: ref(resourceRequirements, { proto: 20 }),
  nodeAllocatableResourceClaimStatuses: list(nodeAllocatableResourceClaimStatus, {
    proto: 21,
    listType: 'atomic',
  }),
});
export interface PodStatus extends Infer<typeof podStatus> {}
