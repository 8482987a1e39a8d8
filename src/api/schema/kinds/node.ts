/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, list, map, object, quantity, ref, string, time, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';
import { taint } from '../types/scheduling.js';

export const configMapNodeConfigSource = object('io.k8s.api.core.v1.ConfigMapNodeConfigSource', {
  namespace: string({ proto: 1, required: true }),
  name: string({ proto: 2, required: true }),
  uid: string({ proto: 3 }),
  resourceVersion: string({ proto: 4 }),
  kubeletConfigKey: string({ proto: 5, required: true }),
});
export interface ConfigMapNodeConfigSource extends Infer<typeof configMapNodeConfigSource> {}

export const nodeConfigSource = object('io.k8s.api.core.v1.NodeConfigSource', {
  configMap: ref(configMapNodeConfigSource, { proto: 2 }),
});
export interface NodeConfigSource extends Infer<typeof nodeConfigSource> {}

export const nodeSpec = object('io.k8s.api.core.v1.NodeSpec', {
  podCIDR: string({ proto: 1, supported: false }),
  podCIDRs: list(string(), { proto: 7, patchStrategy: 'merge', listType: 'set', supported: false }),
  providerID: string({ proto: 3, supported: false }),
  unschedulable: boolean({ proto: 4 }),
  taints: list(taint, { proto: 5, listType: 'atomic' }),
  configSource: ref(nodeConfigSource, { proto: 6, supported: false }),
  externalID: string({ proto: 2, supported: false }),
});
export interface NodeSpec extends Infer<typeof nodeSpec> {}

export const nodeAddress = object('io.k8s.api.core.v1.NodeAddress', {
  type: string({ proto: 1, required: true }),
  address: string({ proto: 2, required: true }),
});
export interface NodeAddress extends Infer<typeof nodeAddress> {}

export const nodeCondition = object('io.k8s.api.core.v1.NodeCondition', {
  type: string({ proto: 1, required: true }),
  status: string({ proto: 2, required: true }),
  lastHeartbeatTime: time({ proto: 3 }),
  lastTransitionTime: time({ proto: 4 }),
  reason: string({ proto: 5 }),
  message: string({ proto: 6 }),
});
export interface NodeCondition extends Infer<typeof nodeCondition> {}

export const nodeConfigStatus = object('io.k8s.api.core.v1.NodeConfigStatus', {
  assigned: ref(nodeConfigSource, { proto: 1 }),
  active: ref(nodeConfigSource, { proto: 2 }),
  lastKnownGood: ref(nodeConfigSource, { proto: 3 }),
  error: string({ proto: 4 }),
});
export interface NodeConfigStatus extends Infer<typeof nodeConfigStatus> {}

export const daemonEndpoint = object('io.k8s.api.core.v1.DaemonEndpoint', {
  Port: int32({ proto: 1, required: true }),
});
export interface DaemonEndpoint extends Infer<typeof daemonEndpoint> {}

export const nodeDaemonEndpoints = object('io.k8s.api.core.v1.NodeDaemonEndpoints', {
  kubeletEndpoint: ref(daemonEndpoint, { proto: 1, struct: true }),
});
export interface NodeDaemonEndpoints extends Infer<typeof nodeDaemonEndpoints> {}

export const nodeFeatures = object('io.k8s.api.core.v1.NodeFeatures', {
  supplementalGroupsPolicy: boolean({ proto: 1, pointer: true }),
});
export interface NodeFeatures extends Infer<typeof nodeFeatures> {}

export const containerImage = object('io.k8s.api.core.v1.ContainerImage', {
  names: list(string(), { proto: 1, listType: 'atomic' }),
  sizeBytes: int64({ proto: 2 }),
});
export interface ContainerImage extends Infer<typeof containerImage> {}

export const nodeSwapStatus = object('io.k8s.api.core.v1.NodeSwapStatus', {
  capacity: int64({ proto: 1, pointer: true }),
});
export interface NodeSwapStatus extends Infer<typeof nodeSwapStatus> {}

export const nodeSystemInfo = object('io.k8s.api.core.v1.NodeSystemInfo', {
  machineID: string({ proto: 1, required: true }),
  systemUUID: string({ proto: 2, required: true }),
  bootID: string({ proto: 3, required: true }),
  kernelVersion: string({ proto: 4, required: true }),
  osImage: string({ proto: 5, required: true }),
  containerRuntimeVersion: string({ proto: 6, required: true }),
  kubeletVersion: string({ proto: 7, required: true }),
  kubeProxyVersion: string({ proto: 8, required: true }),
  operatingSystem: string({ proto: 9, required: true }),
  architecture: string({ proto: 10, required: true }),
  swap: ref(nodeSwapStatus, { proto: 11 }),
});
export interface NodeSystemInfo extends Infer<typeof nodeSystemInfo> {}

export const nodeRuntimeHandlerFeatures = object('io.k8s.api.core.v1.NodeRuntimeHandlerFeatures', {
  recursiveReadOnlyMounts: boolean({ proto: 1, pointer: true }),
  userNamespaces: boolean({ proto: 2, pointer: true }),
});
export interface NodeRuntimeHandlerFeatures extends Infer<typeof nodeRuntimeHandlerFeatures> {}

export const nodeRuntimeHandler = object('io.k8s.api.core.v1.NodeRuntimeHandler', {
  name: string({ proto: 1 }),
  features: ref(nodeRuntimeHandlerFeatures, { proto: 2 }),
});
export interface NodeRuntimeHandler extends Infer<typeof nodeRuntimeHandler> {}

export const attachedVolume = object('io.k8s.api.core.v1.AttachedVolume', {
  name: string({ proto: 1, required: true }),
  devicePath: string({ proto: 2, required: true }),
});
export interface AttachedVolume extends Infer<typeof attachedVolume> {}

export const nodeStatus = object('io.k8s.api.core.v1.NodeStatus', {
  capacity: map(quantity(), { proto: 1 }),
  allocatable: map(quantity(), { proto: 2, computed: (read) => read('capacity') }),
  phase: string({ proto: 3 }),
  conditions: list(nodeCondition, {
    proto: 4,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
  addresses: list(nodeAddress, {
    proto: 5,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }),
  daemonEndpoints: ref(nodeDaemonEndpoints, { proto: 6, struct: true }),
  nodeInfo: ref(nodeSystemInfo, { proto: 7, struct: true }),
  images: list(containerImage, { proto: 8, listType: 'atomic' }),
  volumesInUse: list(string(), { proto: 9, listType: 'atomic' }),
  volumesAttached: list(attachedVolume, { proto: 10, listType: 'atomic' }),
  config: ref(nodeConfigStatus, { proto: 11 }),
  runtimeHandlers: list(nodeRuntimeHandler, { proto: 12, listType: 'atomic' }),
  features: ref(nodeFeatures, { proto: 13 }),
  declaredFeatures: list(string(), { proto: 14, listType: 'atomic' }),
});
export interface NodeStatus extends Infer<typeof nodeStatus> {}

export const node = object('io.k8s.api.core.v1.Node', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(nodeSpec, { proto: 2, struct: true }),
  status: ref(nodeStatus, { proto: 3, struct: true }),
});
export interface Node extends Infer<typeof node> {}
