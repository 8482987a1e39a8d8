/** API types, as published by Kubernetes v1.36. */
import { list, object, string, type Infer } from '../dsl.js';

export const podDNSConfigOption = object('io.k8s.api.core.v1.PodDNSConfigOption', {
  name: string({ proto: 1 }),
  value: string({ proto: 2, pointer: true }),
});
export interface PodDNSConfigOption extends Infer<typeof podDNSConfigOption> {}

export const podDNSConfig = object('io.k8s.api.core.v1.PodDNSConfig', {
  nameservers: list(string(), { proto: 1, listType: 'atomic' }),
  searches: list(string(), { proto: 2, listType: 'atomic' }),
  options: list(podDNSConfigOption, { proto: 3, listType: 'atomic' }),
});
export interface PodDNSConfig extends Infer<typeof podDNSConfig> {}

export const hostAlias = object('io.k8s.api.core.v1.HostAlias', {
  ip: string({ proto: 1, required: true }),
  hostnames: list(string(), { proto: 2, listType: 'atomic' }),
});
export interface HostAlias extends Infer<typeof hostAlias> {}

export const podOS = object('io.k8s.api.core.v1.PodOS', {
  name: string({ proto: 1, required: true }),
});
export interface PodOS extends Infer<typeof podOS> {}

export const podReadinessGate = object('io.k8s.api.core.v1.PodReadinessGate', {
  conditionType: string({ proto: 1, required: true }),
});
export interface PodReadinessGate extends Infer<typeof podReadinessGate> {}

export const podResourceClaim = object('io.k8s.api.core.v1.PodResourceClaim', {
  name: string({ proto: 1, required: true }),
  resourceClaimName: string({ proto: 3, pointer: true }),
  resourceClaimTemplateName: string({ proto: 4, pointer: true }),
});
export interface PodResourceClaim extends Infer<typeof podResourceClaim> {}

export const podSchedulingGate = object('io.k8s.api.core.v1.PodSchedulingGate', {
  name: string({ proto: 1, required: true }),
});
export interface PodSchedulingGate extends Infer<typeof podSchedulingGate> {}

export const podSchedulingGroup = object('io.k8s.api.core.v1.PodSchedulingGroup', {
  podGroupName: string({ proto: 1, pointer: true }),
});
export interface PodSchedulingGroup extends Infer<typeof podSchedulingGroup> {}
