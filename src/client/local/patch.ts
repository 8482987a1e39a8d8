/**
 * PATCH: the patch is applied to the current object, and the result is an update.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go (v1.36)
 */
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicPatch,
  badRequest,
  type KubeObject,
  type Resource,
} from '../../api/index.js';
import type { PatchType } from '../port.js';
import { applyObject } from './managedFields/apply.js';
import type { Context } from './context.js';
import { readPatched } from './manifest.js';
import { checkWriteOptions } from './options.js';
import { checkTarget, requireObject, writeChange, type ObjectName, type UpdateOptions } from './update.js';

export interface Patch {
  readonly type: PatchType;
  readonly body: unknown;
}

export const patchObject = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  patch: Patch,
  options: UpdateOptions = {},
): KubeObject => {
  if (patch.type === 'apply') return applyObject(context, resource, key, patch.body, options);
  checkWriteOptions('PatchOptions', options);
  const current = requireObject(context, resource, key);
  const patched = apply(resource, current, patch);
  if (patched === current) return current;
  const next = readPatched(context, resource, patched, patch, { ...options, base: current });
  checkTarget(resource, key, next.metadata);
  return writeChange(context, resource, { current, next }, options);
};

const apply = (resource: Resource, current: KubeObject, { type, body }: Patch): KubeObject => {
  switch (type) {
    case 'json':
      return applyJsonPatch(current, body);
    case 'merge':
      return applyMergePatch(current, body);
    case 'strategic':
      return applyStrategicPatch(resource.schema, current, body);
    case 'apply':
      throw badRequest('an apply is no change of the object as it is');
    default:
      throw badRequest(`unknown patch type ${String(type satisfies never)}`);
  }
};
