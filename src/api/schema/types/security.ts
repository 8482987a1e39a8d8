/** API types, as published by Kubernetes v1.36. */
import { boolean, int64, list, object, ref, string, type Infer } from '../dsl.js';

export const appArmorProfile = object('io.k8s.api.core.v1.AppArmorProfile', {
  type: string({ proto: 1, required: true }),
  localhostProfile: string({ proto: 2, pointer: true }),
});
export interface AppArmorProfile extends Infer<typeof appArmorProfile> {}

export const capabilities = object('io.k8s.api.core.v1.Capabilities', {
  add: list(string(), { proto: 1, listType: 'atomic' }),
  drop: list(string(), { proto: 2, listType: 'atomic' }),
});
export interface Capabilities extends Infer<typeof capabilities> {}

export const seLinuxOptions = object('io.k8s.api.core.v1.SELinuxOptions', {
  user: string({ proto: 1 }),
  role: string({ proto: 2 }),
  type: string({ proto: 3 }),
  level: string({ proto: 4 }),
});
export interface SELinuxOptions extends Infer<typeof seLinuxOptions> {}

export const seccompProfile = object('io.k8s.api.core.v1.SeccompProfile', {
  type: string({ proto: 1, required: true }),
  localhostProfile: string({ proto: 2, pointer: true }),
});
export interface SeccompProfile extends Infer<typeof seccompProfile> {}

export const windowsSecurityContextOptions = object('io.k8s.api.core.v1.WindowsSecurityContextOptions', {
  gmsaCredentialSpecName: string({ proto: 1, pointer: true }),
  gmsaCredentialSpec: string({ proto: 2, pointer: true }),
  runAsUserName: string({ proto: 3, pointer: true }),
  hostProcess: boolean({ proto: 4, pointer: true }),
});
export interface WindowsSecurityContextOptions extends Infer<typeof windowsSecurityContextOptions> {}

export const securityContext = object('io.k8s.api.core.v1.SecurityContext', {
  capabilities: ref(capabilities, { proto: 1 }),
  privileged: boolean({ proto: 2, pointer: true }),
  seLinuxOptions: ref(seLinuxOptions, { proto: 3 }),
  windowsOptions: ref(windowsSecurityContextOptions, { proto: 10 }),
  runAsUser: int64({ proto: 4, pointer: true }),
  runAsGroup: int64({ proto: 8, pointer: true }),
  runAsNonRoot: boolean({ proto: 5, pointer: true }),
  readOnlyRootFilesystem: boolean({ proto: 6, pointer: true }),
  allowPrivilegeEscalation: boolean({ proto: 7, pointer: true }),
  procMount: string({ proto: 9, pointer: true }),
  seccompProfile: ref(seccompProfile, { proto: 11 }),
  appArmorProfile: ref(appArmorProfile, { proto: 12 }),
});
export interface SecurityContext extends Infer<typeof securityContext> {}

export const sysctl = object('io.k8s.api.core.v1.Sysctl', {
  name: string({ proto: 1, required: true }),
  value: string({ proto: 2, required: true }),
});
export interface Sysctl extends Infer<typeof sysctl> {}

export const podSecurityContext = object('io.k8s.api.core.v1.PodSecurityContext', {
  seLinuxOptions: ref(seLinuxOptions, { proto: 1 }),
  windowsOptions: ref(windowsSecurityContextOptions, { proto: 8 }),
  runAsUser: int64({ proto: 2, pointer: true }),
  runAsGroup: int64({ proto: 6, pointer: true }),
  runAsNonRoot: boolean({ proto: 3, pointer: true }),
  supplementalGroups: list(int64(), { proto: 4, listType: 'atomic' }),
  supplementalGroupsPolicy: string({ proto: 12, pointer: true }),
  fsGroup: int64({ proto: 5, pointer: true }),
  sysctls: list(sysctl, { proto: 7, listType: 'atomic' }),
  fsGroupChangePolicy: string({ proto: 9, pointer: true }),
  seccompProfile: ref(seccompProfile, { proto: 10 }),
  appArmorProfile: ref(appArmorProfile, { proto: 11 }),
  seLinuxChangePolicy: string({ proto: 13, pointer: true }),
});
export interface PodSecurityContext extends Infer<typeof podSecurityContext> {}
