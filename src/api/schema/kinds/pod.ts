/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, list, map, object, quantity, ref, string, type Infer } from '../dsl.js';
import { container, ephemeralContainer, resourceRequirements } from '../types/container.js';
import { objectMeta } from '../types/meta.js';
import {
  hostAlias,
  podDNSConfig,
  podOS,
  podReadinessGate,
  podResourceClaim,
  podSchedulingGate,
  podSchedulingGroup,
} from '../types/podParts.js';
import { podStatus } from '../types/podStatus.js';
import { localObjectReference } from '../types/references.js';
import { affinity, toleration, topologySpreadConstraint } from '../types/scheduling.js';
import { podSecurityContext } from '../types/security.js';
import { volume } from '../types/volumes.js';

export const podSpec = object('io.k8s.api.core.v1.PodSpec', {
  volumes: list(volume, {
    proto: 1,
    patchStrategy: 'merge,retainKeys',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  containers: list(container, {
    proto: 2,
    required: true,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  restartPolicy: string({ proto: 3 }),
  terminationGracePeriodSeconds: int64({ proto: 4 }),
  activeDeadlineSeconds: int64({ proto: 5 }),
  dnsPolicy: string({ proto: 6 }),
  nodeSelector: map(string(), { proto: 7, mapType: 'atomic' }),
  serviceAccountName: string({ proto: 8 }),
  serviceAccount: string({ proto: 9 }),
  nodeName: string({ proto: 10 }),
  hostNetwork: boolean({ proto: 11 }),
  hostPID: boolean({ proto: 12 }),
  hostIPC: boolean({ proto: 13 }),
  securityContext: ref(podSecurityContext, { proto: 14 }),
  imagePullSecrets: list(localObjectReference, {
    proto: 15,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  hostname: string({ proto: 16 }),
  subdomain: string({ proto: 17 }),
  affinity: ref(affinity, { proto: 18 }),
  schedulerName: string({ proto: 19 }),
  initContainers: list(container, {
    proto: 20,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  automountServiceAccountToken: boolean({ proto: 21 }),
  tolerations: list(toleration, { proto: 22, listType: 'atomic' }),
  hostAliases: list(hostAlias, {
    proto: 23,
    patchStrategy: 'merge',
    mergeKey: 'ip',
    listType: 'map',
    mapKeys: ['ip'],
  }),
  priorityClassName: string({ proto: 24 }),
  priority: int32({ proto: 25 }),
  dnsConfig: ref(podDNSConfig, { proto: 26 }),
  shareProcessNamespace: boolean({ proto: 27 }),
  readinessGates: list(podReadinessGate, { proto: 28, listType: 'atomic' }),
  runtimeClassName: string({ proto: 29 }),
  enableServiceLinks: boolean({ proto: 30 }),
  preemptionPolicy: string({ proto: 31 }),
  overhead: map(quantity(), { proto: 32 }),
  topologySpreadConstraints: list(topologySpreadConstraint, {
    proto: 33,
    patchStrategy: 'merge',
    mergeKey: 'topologyKey',
    listType: 'map',
    mapKeys: ['topologyKey', 'whenUnsatisfiable'],
  }),
  ephemeralContainers: list(ephemeralContainer, {
    proto: 34,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  setHostnameAsFQDN: boolean({ proto: 35 }),
  os: ref(podOS, { proto: 36 }),
  hostUsers: boolean({ proto: 37 }),
  schedulingGates: list(podSchedulingGate, {
    proto: 38,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  resourceClaims: list(podResourceClaim, {
    proto: 39,
    patchStrategy: 'merge,retainKeys',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  resources: ref(resourceRequirements, { proto: 40 }),
  hostnameOverride: string({ proto: 41 }),
  schedulingGroup: ref(podSchedulingGroup, { proto: 43 }),
});
export interface PodSpec extends Infer<typeof podSpec> {}

export const pod = object('io.k8s.api.core.v1.Pod', {
  metadata: ref(objectMeta, { proto: 1, always: true }),
  spec: ref(podSpec, { proto: 2, always: true }),
  status: ref(podStatus, { proto: 3, always: true }),
  apiVersion: string({ always: true }),
  kind: string({ always: true }),
});
export interface Pod extends Infer<typeof pod> {}

export const podTemplateSpec = object('io.k8s.api.core.v1.PodTemplateSpec', {
  metadata: ref(objectMeta, { proto: 1 }),
  spec: ref(podSpec, { proto: 2 }),
});
export interface PodTemplateSpec extends Infer<typeof podTemplateSpec> {}
