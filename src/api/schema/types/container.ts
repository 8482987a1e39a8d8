/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, list, map, object, quantity, ref, string, type Infer } from '../dsl.js';
import { lifecycle, probe } from './probe.js';
import {
  configMapKeySelector,
  fileKeySelector,
  objectFieldSelector,
  resourceFieldSelector,
  secretKeySelector,
} from './references.js';
import { securityContext } from './security.js';

/**
 * The pull policy of an image whose user chose none: `Always` for the tag `latest` and for no tag and no digest.
 * Models: pkg/apis/core/v1/defaults.go#SetDefaults_Container (v1.36).
 */
const pullPolicyOf = (read: (field: string) => unknown): string => {
  const image = String(read('image') ?? '');
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]*)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
};

export const envVarSource = object('io.k8s.api.core.v1.EnvVarSource', {
  fieldRef: ref(objectFieldSelector, { proto: 1 }),
  resourceFieldRef: ref(resourceFieldSelector, { proto: 2 }),
  configMapKeyRef: ref(configMapKeySelector, { proto: 3 }),
  secretKeyRef: ref(secretKeySelector, { proto: 4 }),
  fileKeyRef: ref(fileKeySelector, { proto: 5, supported: false }),
});
export interface EnvVarSource extends Infer<typeof envVarSource> {}

export const envVar = object('io.k8s.api.core.v1.EnvVar', {
  name: string({ proto: 1, required: true }),
  value: string({ proto: 2 }),
  valueFrom: ref(envVarSource, { proto: 3 }),
});
export interface EnvVar extends Infer<typeof envVar> {}

export const configMapEnvSource = object(
  'io.k8s.api.core.v1.ConfigMapEnvSource',
  {
    name: string(),
    optional: boolean({ proto: 2, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface ConfigMapEnvSource extends Infer<typeof configMapEnvSource> {}

export const secretEnvSource = object(
  'io.k8s.api.core.v1.SecretEnvSource',
  {
    name: string(),
    optional: boolean({ proto: 2, pointer: true }),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface SecretEnvSource extends Infer<typeof secretEnvSource> {}

export const envFromSource = object('io.k8s.api.core.v1.EnvFromSource', {
  prefix: string({ proto: 1 }),
  configMapRef: ref(configMapEnvSource, { proto: 2 }),
  secretRef: ref(secretEnvSource, { proto: 3 }),
});
export interface EnvFromSource extends Infer<typeof envFromSource> {}

export const containerPort = object('io.k8s.api.core.v1.ContainerPort', {
  name: string({ proto: 1 }),
  hostPort: int32({ proto: 2, supported: false }),
  containerPort: int32({ proto: 3, required: true }),
  protocol: string({ proto: 4, default: 'TCP', values: ['SCTP', 'TCP', 'UDP'] }),
  hostIP: string({ proto: 5, supported: false }),
});
export interface ContainerPort extends Infer<typeof containerPort> {}

export const containerResizePolicy = object('io.k8s.api.core.v1.ContainerResizePolicy', {
  resourceName: string({ proto: 1, required: true }),
  restartPolicy: string({ proto: 2, required: true }),
});
export interface ContainerResizePolicy extends Infer<typeof containerResizePolicy> {}

export const resourceClaim = object('io.k8s.api.core.v1.ResourceClaim', {
  name: string({ proto: 1, required: true }),
  request: string({ proto: 2 }),
});
export interface ResourceClaim extends Infer<typeof resourceClaim> {}

export const resourceRequirements = object('io.k8s.api.core.v1.ResourceRequirements', {
  limits: map(quantity(), { proto: 1, supported: 'simulated' }),
  requests: map(quantity(), { proto: 2 }),
  claims: list(resourceClaim, { proto: 3, listType: 'map', mapKeys: ['name'], supported: false }),
});
export interface ResourceRequirements extends Infer<typeof resourceRequirements> {}

export const containerRestartRuleOnExitCodes = object('io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes', {
  operator: string({ proto: 1, required: true }),
  values: list(int32(), { proto: 2, listType: 'set' }),
});
export interface ContainerRestartRuleOnExitCodes extends Infer<typeof containerRestartRuleOnExitCodes> {}

export const containerRestartRule = object('io.k8s.api.core.v1.ContainerRestartRule', {
  action: string({ proto: 1, required: true }),
  exitCodes: ref(containerRestartRuleOnExitCodes, { proto: 2 }),
});
export interface ContainerRestartRule extends Infer<typeof containerRestartRule> {}

export const volumeDevice = object('io.k8s.api.core.v1.VolumeDevice', {
  name: string({ proto: 1, required: true }),
  devicePath: string({ proto: 2, required: true }),
});
export interface VolumeDevice extends Infer<typeof volumeDevice> {}

export const volumeMount = object('io.k8s.api.core.v1.VolumeMount', {
  name: string({ proto: 1, required: true }),
  readOnly: boolean({ proto: 2, supported: false }),
  recursiveReadOnly: string({ proto: 7, pointer: true, supported: false }),
  mountPath: string({ proto: 3, required: true }),
  subPath: string({ proto: 4 }),
  mountPropagation: string({ proto: 5, pointer: true, supported: false }),
  subPathExpr: string({ proto: 6 }),
});
export interface VolumeMount extends Infer<typeof volumeMount> {}

export const container = object('io.k8s.api.core.v1.Container', {
  name: string({ proto: 1, required: true }),
  image: string({ proto: 2 }),
  command: list(string(), { proto: 3, listType: 'atomic' }),
  args: list(string(), { proto: 4, listType: 'atomic' }),
  workingDir: string({ proto: 5 }),
  ports: list(containerPort, {
    proto: 6,
    patchStrategy: 'merge',
    mergeKey: 'containerPort',
    listType: 'map',
    mapKeys: ['containerPort', 'protocol'],
  }),
  envFrom: list(envFromSource, { proto: 19, listType: 'atomic' }),
  env: list(envVar, {
    proto: 7,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  resources: ref(resourceRequirements, { proto: 8, struct: true }),
  resizePolicy: list(containerResizePolicy, { proto: 23, listType: 'atomic', supported: false }),
  restartPolicy: string({
    proto: 24,
    pointer: true,
    values: ['Always', 'OnFailure', 'Never'],
    goType: 'v1.ContainerRestartPolicy',
  }),
  restartPolicyRules: list(containerRestartRule, { proto: 25, listType: 'atomic' }),
  volumeMounts: list(volumeMount, {
    proto: 9,
    patchStrategy: 'merge',
    mergeKey: 'mountPath',
    listType: 'map',
    mapKeys: ['mountPath'],
  }),
  volumeDevices: list(volumeDevice, {
    proto: 21,
    patchStrategy: 'merge',
    mergeKey: 'devicePath',
    listType: 'map',
    mapKeys: ['devicePath'],
    supported: false,
  }),
  livenessProbe: ref(probe, { proto: 10 }),
  readinessProbe: ref(probe, { proto: 11 }),
  startupProbe: ref(probe, { proto: 22 }),
  lifecycle: ref(lifecycle, { proto: 12 }),
  terminationMessagePath: string({ proto: 13, default: '/dev/termination-log' }),
  terminationMessagePolicy: string({
    proto: 20,
    default: 'File',
    values: ['File', 'FallbackToLogsOnError'],
    goType: 'v1.TerminationMessagePolicy',
  }),
  imagePullPolicy: string({
    proto: 14,
    always: true,
    computed: pullPolicyOf,
    values: ['Always', 'IfNotPresent', 'Never'],
    goType: 'v1.PullPolicy',
  }),
  securityContext: ref(securityContext, { proto: 15, supported: false }),
  stdin: boolean({ proto: 16 }),
  stdinOnce: boolean({ proto: 17 }),
  tty: boolean({ proto: 18 }),
});
export interface Container extends Infer<typeof container> {}

export const ephemeralContainer = object(
  'io.k8s.api.core.v1.EphemeralContainer',
  {
    name: string({ required: true }),
    image: string(),
    command: list(string(), { listType: 'atomic' }),
    args: list(string(), { listType: 'atomic' }),
    workingDir: string(),
    ports: list(containerPort, {
      patchStrategy: 'merge',
      mergeKey: 'containerPort',
      listType: 'map',
      mapKeys: ['containerPort', 'protocol'],
    }),
    envFrom: list(envFromSource, { listType: 'atomic' }),
    env: list(envVar, { patchStrategy: 'merge', mergeKey: 'name', listType: 'map', mapKeys: ['name'] }),
    resources: ref(resourceRequirements, { struct: true }),
    resizePolicy: list(containerResizePolicy, { listType: 'atomic', supported: false }),
    restartPolicy: string({
      pointer: true,
      supported: false,
      values: ['Always', 'OnFailure', 'Never'],
      goType: 'v1.ContainerRestartPolicy',
    }),
    restartPolicyRules: list(containerRestartRule, { listType: 'atomic', supported: false }),
    volumeMounts: list(volumeMount, {
      patchStrategy: 'merge',
      mergeKey: 'mountPath',
      listType: 'map',
      mapKeys: ['mountPath'],
    }),
    volumeDevices: list(volumeDevice, {
      patchStrategy: 'merge',
      mergeKey: 'devicePath',
      listType: 'map',
      mapKeys: ['devicePath'],
      supported: false,
    }),
    livenessProbe: ref(probe),
    readinessProbe: ref(probe),
    startupProbe: ref(probe),
    lifecycle: ref(lifecycle, { supported: false }),
    terminationMessagePath: string({ default: '/dev/termination-log' }),
    terminationMessagePolicy: string({
      default: 'File',
      values: ['File', 'FallbackToLogsOnError'],
      goType: 'v1.TerminationMessagePolicy',
    }),
    imagePullPolicy: string({
      always: true,
      computed: pullPolicyOf,
      values: ['Always', 'IfNotPresent', 'Never'],
      goType: 'v1.PullPolicy',
    }),
    securityContext: ref(securityContext, { supported: false }),
    stdin: boolean(),
    stdinOnce: boolean(),
    tty: boolean(),
    targetContainerName: string({ proto: 2 }),
  },
  {
    inlined: [
      {
        proto: 1,
        fields: {
          args: 4,
          command: 3,
          env: 7,
          envFrom: 19,
          image: 2,
          imagePullPolicy: 14,
          lifecycle: 12,
          livenessProbe: 10,
          name: 1,
          ports: 6,
          readinessProbe: 11,
          resizePolicy: 23,
          resources: 8,
          restartPolicy: 24,
          restartPolicyRules: 25,
          securityContext: 15,
          startupProbe: 22,
          stdin: 16,
          stdinOnce: 17,
          terminationMessagePath: 13,
          terminationMessagePolicy: 20,
          tty: 18,
          volumeDevices: 21,
          volumeMounts: 9,
          workingDir: 5,
        },
      },
    ],
  },
);
export interface EphemeralContainer extends Infer<typeof ephemeralContainer> {}
