/** API types, as published by Kubernetes v1.36. */
import { boolean, bytes, map, object, ref, string, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';

export const configMap = object('io.k8s.api.core.v1.ConfigMap', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  immutable: boolean({ proto: 4, pointer: true }),
  data: map(string(), { proto: 2 }),
  binaryData: map(bytes(), { proto: 3 }),
});
export interface ConfigMap extends Infer<typeof configMap> {}
