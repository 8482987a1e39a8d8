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

type Json = Readonly<Record<string, unknown>>;

/** Source: pkg/apis/core/v1/conversion.go#Convert_v1_PodSpec_To_core_PodSpec. */
const MIN_GRACE_SECONDS = 1;

/**
 * The deprecated `serviceAccount` mirrors `serviceAccountName`, whichever is given; on the host's network a
 * container's ports are the host's; a negative grace period is the shortest.
 * Models: pkg/apis/core/v1/conversion.go, pkg/apis/core/v1/defaults.go#SetDefaults_PodSpec (v1.36)
 */
const finishPodSpec = (spec: Json): Json => {
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  let finished = spec;
  if (((spec['terminationGracePeriodSeconds'] as number | undefined) ?? 0) < 0)
    finished = { ...finished, terminationGracePeriodSeconds: MIN_GRACE_SECONDS };
  if (account !== undefined && (spec['serviceAccount'] !== account || spec['serviceAccountName'] !== account))
    finished = inOrder({ ...finished, serviceAccountName: account, serviceAccount: account });
  if (spec['hostNetwork'] !== true) return finished;
  return {
    ...finished,
    ...(spec['initContainers'] !== undefined && {
      initContainers: onHostPorts(spec['initContainers'] as Json[]),
    }),
    containers: onHostPorts(spec['containers'] as Json[]),
  };
};

const onHostPorts = (containers: readonly Json[]): readonly Json[] =>
  containers.map((declared) => {
    const ports = declared['ports'] as readonly Json[] | undefined;
    if (ports === undefined || ports.every((port) => port['hostPort'] !== undefined)) return declared;
    const onHost = ports.map(({ name, hostPort, ...rest }) => ({
      ...(name !== undefined && { name }),
      hostPort: hostPort ?? rest['containerPort'],
      ...rest,
    }));
    return { ...declared, ports: onHost };
  });

const inOrder = (spec: Json): Json => {
  const ordered: Record<string, unknown> = {};
  for (const field in podSpec.fields) if (spec[field] !== undefined) ordered[field] = spec[field];
  return ordered;
};

export const podSpec = object(
  'io.k8s.api.core.v1.PodSpec',
  {
    volumes: list(volume, {
      proto: 1,
      patchStrategy: 'merge,retainKeys',
      mergeKey: 'name',
      listType: 'map',
      mapKeys: ['name'],
    }),
    initContainers: list(container, {
      proto: 20,
      patchStrategy: 'merge',
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
    ephemeralContainers: list(ephemeralContainer, {
      proto: 34,
      patchStrategy: 'merge',
      mergeKey: 'name',
      listType: 'map',
      mapKeys: ['name'],
    }),
    restartPolicy: string({
      proto: 3,
      default: 'Always',
      values: ['Always', 'OnFailure', 'Never'],
      goType: 'v1.RestartPolicy',
    }),
    terminationGracePeriodSeconds: int64({ proto: 4, pointer: true, default: 30 }),
    activeDeadlineSeconds: int64({ proto: 5, pointer: true }),
    dnsPolicy: string({
      proto: 6,
      default: 'ClusterFirst',
      values: ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'],
      supported: false,
      goType: 'v1.DNSPolicy',
    }),
    nodeSelector: map(string(), { proto: 7, mapType: 'atomic' }),
    serviceAccountName: string({ proto: 8, supported: false, harmless: 'default' }),
    serviceAccount: string({ proto: 9 }),
    automountServiceAccountToken: boolean({ proto: 21, supported: false, pointer: true }),
    nodeName: string({ proto: 10 }),
    hostNetwork: boolean({ proto: 11 }),
    hostPID: boolean({ proto: 12, supported: false }),
    hostIPC: boolean({ proto: 13, supported: false }),
    shareProcessNamespace: boolean({ proto: 27, supported: false, pointer: true }),
    securityContext: ref(podSecurityContext, { proto: 14, default: {}, supported: false }),
    imagePullSecrets: list(localObjectReference, {
      proto: 15,
      patchStrategy: 'merge',
      mergeKey: 'name',
      listType: 'map',
      mapKeys: ['name'],
      supported: false,
    }),
    hostname: string({ proto: 16, supported: false }),
    subdomain: string({ proto: 17, supported: false }),
    affinity: ref(affinity, { proto: 18 }),
    schedulerName: string({ proto: 19, default: 'default-scheduler' }),
    tolerations: list(toleration, { proto: 22, listType: 'atomic' }),
    hostAliases: list(hostAlias, {
      proto: 23,
      patchStrategy: 'merge',
      mergeKey: 'ip',
      listType: 'map',
      mapKeys: ['ip'],
      supported: false,
    }),
    priorityClassName: string({ proto: 24, supported: false }),
    priority: int32({ proto: 25, pointer: true }),
    dnsConfig: ref(podDNSConfig, { proto: 26, supported: false }),
    readinessGates: list(podReadinessGate, { proto: 28, listType: 'atomic' }),
    runtimeClassName: string({ proto: 29, supported: false, pointer: true }),
    enableServiceLinks: boolean({ proto: 30, pointer: true, supported: false, harmless: true }),
    preemptionPolicy: string({
      proto: 31,
      pointer: true,
      values: ['PreemptLowerPriority', 'Never'],
      supported: false,
      harmless: 'PreemptLowerPriority',
      goType: 'v1.PreemptionPolicy',
    }),
    overhead: map(quantity(), { proto: 32 }),
    topologySpreadConstraints: list(topologySpreadConstraint, {
      proto: 33,
      patchStrategy: 'merge',
      mergeKey: 'topologyKey',
      listType: 'map',
      mapKeys: ['topologyKey', 'whenUnsatisfiable'],
    }),
    setHostnameAsFQDN: boolean({ proto: 35, supported: false, pointer: true }),
    os: ref(podOS, { proto: 36 }),
    hostUsers: boolean({ proto: 37, supported: false, pointer: true }),
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
      supported: false,
    }),
    resources: ref(resourceRequirements, { proto: 40, supported: false }),
    hostnameOverride: string({ proto: 41, supported: false, pointer: true }),
    schedulingGroup: ref(podSchedulingGroup, { proto: 43, supported: false }),
  },
  { finish: finishPodSpec },
);
export interface PodSpec extends Infer<typeof podSpec> {}

export const pod = object('io.k8s.api.core.v1.Pod', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(podSpec, { proto: 2, struct: true }),
  status: ref(podStatus, { proto: 3, struct: true }),
});
export interface Pod extends Infer<typeof pod> {}

export const podTemplateSpec = object('io.k8s.api.core.v1.PodTemplateSpec', {
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(podSpec, { proto: 2, struct: true }),
});
export interface PodTemplateSpec extends Infer<typeof podTemplateSpec> {}
