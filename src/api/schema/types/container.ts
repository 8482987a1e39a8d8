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

export const envVarSource = object('io.k8s.api.core.v1.EnvVarSource', {
  fieldRef: ref(objectFieldSelector, { proto: 1 }),
  resourceFieldRef: ref(resourceFieldSelector, { proto: 2 }),
  configMapKeyRef: ref(configMapKeySelector, { proto: 3 }),
  secretKeyRef: ref(secretKeySelector, { proto: 4 }),
  fileKeyRef: ref(fileKeySelector, { proto: 5 }),
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
    optional: boolean({ proto: 2 }),
    name: string(),
  },
  { inlined: [{ proto: 1, fields: { name: 1 } }] },
);
export interface ConfigMapEnvSource extends Infer<typeof configMapEnvSource> {}

export const secretEnvSource = object(
  'io.k8s.api.core.v1.SecretEnvSource',
  {
    optional: boolean({ proto: 2 }),
    name: string(),
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
  hostPort: int32({ proto: 2 }),
  containerPort: int32({ proto: 3, required: true }),
  protocol: string({ proto: 4 }),
  hostIP: string({ proto: 5 }),
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
  limits: map(quantity(), { proto: 1 }),
  requests: map(quantity(), { proto: 2 }),
  claims: list(resourceClaim, { proto: 3, listType: 'map', mapKeys: ['name'] }),
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
  readOnly: boolean({ proto: 2 }),
  mountPath: string({ proto: 3, required: true }),
  subPath: string({ proto: 4 }),
  mountPropagation: string({ proto: 5 }),
  subPathExpr: string({ proto: 6 }),
  recursiveReadOnly: string({ proto: 7 }),
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
  env: list(envVar, {
    proto: 7,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }),
  resources: ref(resourceRequirements, { proto: 8 }),
  volumeMounts: list(volumeMount, {
    proto: 9,
    patchStrategy: 'merge',
    mergeKey: 'mountPath',
    listType: 'map',
    mapKeys: ['mountPath'],
  }),
  livenessProbe: ref(probe, { proto: 10 }),
  readinessProbe: ref(probe, { proto: 11 }),
  lifecycle: ref(lifecycle, { proto: 12 }),
  terminationMessagePath: string({ proto: 13 }),
  imagePullPolicy: string({ proto: 14 }),
  securityContext: ref(securityContext, { proto: 15 }),
  stdin: boolean({ proto: 16 }),
  stdinOnce: boolean({ proto: 17 }),
  tty: boolean({ proto: 18 }),
  envFrom: list(envFromSource, { proto: 19, listType: 'atomic' }),
  terminationMessagePolicy: string({ proto: 20 }),
  volumeDevices: list(volumeDevice, {
    proto: 21,
    patchStrategy: 'merge',
    mergeKey: 'devicePath',
    listType: 'map',
    mapKeys: ['devicePath'],
  }),
  startupProbe: ref(probe, { proto: 22 }),
  resizePolicy: list(containerResizePolicy, { proto: 23, listType: 'atomic' }),
  restartPolicy: string({ proto: 24 }),
  restartPolicyRules: list(containerRestartRule, { proto: 25, listType: 'atomic' }),
});
export interface Container extends Infer<typeof container> {}

export const ephemeralContainer = object(
  'io.k8s.api.core.v1.EphemeralContainer',
  {
    targetContainerName: string({ proto: 2 }),
    args: list(string(), { listType: 'atomic' }),
    command: list(string(), { listType: 'atomic' }),
    env: list(envVar, { patchStrategy: 'merge', mergeKey: 'name', listType: 'map', mapKeys: ['name'] }),
    envFrom: list(envFromSource, { listType: 'atomic' }),
    image: string(),
    imagePullPolicy: string(),
    lifecycle: ref(lifecycle),
    livenessProbe: ref(probe),
    name: string({ required: true }),
    ports: list(containerPort, {
      patchStrategy: 'merge',
      mergeKey: 'containerPort',
      listType: 'map',
      mapKeys: ['containerPort', 'protocol'],
    }),
    readinessProbe: ref(probe),
    resizePolicy: list(containerResizePolicy, { listType: 'atomic' }),
    resources: ref(resourceRequirements),
    restartPolicy: string(),
    restartPolicyRules: list(containerRestartRule, { listType: 'atomic' }),
    securityContext: ref(securityContext),
    startupProbe: ref(probe),
    stdin: boolean(),
    stdinOnce: boolean(),
    terminationMessagePath: string(),
    terminationMessagePolicy: string(),
    tty: boolean(),
    volumeDevices: list(volumeDevice, {
      patchStrategy: 'merge',
      mergeKey: 'devicePath',
      listType: 'map',
      mapKeys: ['devicePath'],
    }),
    volumeMounts: list(volumeMount, {
      patchStrategy: 'merge',
      mergeKey: 'mountPath',
      listType: 'map',
      mapKeys: ['mountPath'],
    }),
    workingDir: string(),
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
