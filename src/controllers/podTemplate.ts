/**
 * A pod manifest from a controller's pod template. Pure.
 *
 * Models: pkg/controller/controller_utils.go#GetPodFromTemplate, pkg/util/hash (v1.36)
 */
import type { KubeObject, PodTemplateSpec } from '../api/index.js';
import { controllerReference } from './ownership.js';

/** The manifest of a new pod of `owner` (PH-4). The API server completes the name. Spec and maps are shared, not copied. */
export const podFromTemplate = (
  template: Partial<PodTemplateSpec>,
  owner: KubeObject,
): Record<string, unknown> => {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const metadata: Record<string, unknown> = {
    generateName: `${owner.metadata.name}-`,
    namespace: owner.metadata.namespace,
  };
  if (labels) metadata['labels'] = labels;
  if (annotations) metadata['annotations'] = annotations;
  metadata['ownerReferences'] = [controllerReference(owner)];
  if (finalizers) metadata['finalizers'] = finalizers;
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec };
};

/** FNV-1a, 32 bits. */
const fnv1a = (text: string, seed = 0x811c9dc5): number => {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >> 8), 0x01000193);
  }
  return hash >>> 0;
};

/** Any JSON value as text that does not depend on the order of keys. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
};

/** Digits as letters that spell no word (PH-6: byte modulo 27 of the safe alphabet). */
const SAFE_DIGITS = '456789bcdf';

/**
 * The `pod-template-hash` of a template: stable, different for different templates, and for different collision counts.
 * Differs: upstream hashes a dump of Go structures, whose value cannot be had elsewhere (PH-6).
 */
export const templateHash = (template: PodTemplateSpec, collisionCount: number | undefined): string => {
  let hash = fnv1a(canonical(template));
  if (collisionCount !== undefined)
    hash = fnv1a(String.fromCharCode(collisionCount & 0xff, collisionCount >> 8, 0, 0, 0, 0, 0, 0), hash);
  return [...String(hash)].map((digit) => SAFE_DIGITS[Number(digit)]).join('');
};

/** Deep equality of JSON values; an absent field equals an undefined one, an empty list or map equals none. */
export const isSemanticallyEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSemanticallyEqual(item, b[index]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!isSemanticallyEqual(left[key], right[key])) return false;
  for (const key in right) if (!(key in left) && !isEmpty(right[key])) return false;
  return true;
};
const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return false;
};
