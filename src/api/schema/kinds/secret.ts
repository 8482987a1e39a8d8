/** API types, as published by Kubernetes v1.36. */
import { boolean, bytes, map, object, ref, string, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';

export const secret = object('io.k8s.api.core.v1.Secret', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  immutable: boolean({ proto: 5, pointer: true }),
  data: map(bytes(), { proto: 2 }),
  stringData: map(string(), { proto: 4 }),
  type: string({ proto: 3, default: 'Opaque', goType: 'v1.SecretType' }),
});
export interface Secret extends Infer<typeof secret> {}
