/** API types, as published by Kubernetes v1.36. */
import { boolean, bytes, map, object, ref, string, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';

export const secret = object('io.k8s.api.core.v1.Secret', {
  metadata: ref(objectMeta, { proto: 1, always: true }),
  data: map(bytes(), { proto: 2 }),
  type: string({ proto: 3 }),
  stringData: map(string(), { proto: 4 }),
  immutable: boolean({ proto: 5 }),
  apiVersion: string({ always: true }),
  kind: string({ always: true }),
});
export interface Secret extends Infer<typeof secret> {}
