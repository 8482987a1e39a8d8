/** API types, as published by Kubernetes v1.36. */
import { boolean, list, object, ref, string, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';
import { localObjectReference, objectReference } from '../types/references.js';

export const serviceAccount = object('io.k8s.api.core.v1.ServiceAccount', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  secrets: list(objectReference, {
    proto: 2,
    patchStrategy: 'merge',
    mergeKey: 'name',
    listType: 'map',
    mapKeys: ['name'],
    supported: false,
  }),
  imagePullSecrets: list(localObjectReference, { proto: 3, listType: 'atomic', supported: false }),
  automountServiceAccountToken: boolean({ proto: 4, pointer: true, supported: false }),
});
export interface ServiceAccount extends Infer<typeof serviceAccount> {}
