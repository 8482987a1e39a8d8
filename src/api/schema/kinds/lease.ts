/** API types, as published by Kubernetes v1.36. */
import { int32, microTime, object, ref, string, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';

export const leaseSpec = object('io.k8s.api.coordination.v1.LeaseSpec', {
  holderIdentity: string({ proto: 1, pointer: true }),
  leaseDurationSeconds: int32({ proto: 2, pointer: true }),
  acquireTime: microTime({ proto: 3 }),
  renewTime: microTime({ proto: 4 }),
  leaseTransitions: int32({ proto: 5, pointer: true }),
  strategy: string({ proto: 6, pointer: true, supported: false }),
  preferredHolder: string({ proto: 7, pointer: true, supported: false }),
});
export interface LeaseSpec extends Infer<typeof leaseSpec> {}

export const lease = object('io.k8s.api.coordination.v1.Lease', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(leaseSpec, { proto: 2, struct: true }),
});
export interface Lease extends Infer<typeof lease> {}
