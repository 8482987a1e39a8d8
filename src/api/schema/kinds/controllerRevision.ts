/** API types, as published by Kubernetes v1.36. */
import { int64, json, object, ref, string, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';

export const controllerRevision = object('io.k8s.api.apps.v1.ControllerRevision', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  data: json({ proto: 2 }),
  revision: int64({ proto: 3, required: true }),
});
export interface ControllerRevision extends Infer<typeof controllerRevision> {}
