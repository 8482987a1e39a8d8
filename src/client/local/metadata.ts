/** The part of `metadata` that belongs to the server, and the order of its fields. */
import type { ObjectMeta } from '../../api/index.js';

/** Metadata as a client may send it. */
export type MetadataDraft = { -readonly [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined };

/** The same metadata with its fields in the order of the published type; what is undefined is left out. */
export const orderMetadata = (draft: MetadataDraft): ObjectMeta => {
  const ordered: MetadataDraft = { name: draft.name ?? '' };
  if (draft.generateName !== undefined) ordered.generateName = draft.generateName;
  if (draft.namespace !== undefined) ordered.namespace = draft.namespace;
  ordered.uid = draft.uid ?? '';
  ordered.resourceVersion = draft.resourceVersion ?? '';
  if (draft.generation !== undefined) ordered.generation = draft.generation;
  ordered.creationTimestamp = draft.creationTimestamp ?? '';
  if (draft.deletionTimestamp !== undefined) ordered.deletionTimestamp = draft.deletionTimestamp;
  if (draft.deletionGracePeriodSeconds !== undefined)
    ordered.deletionGracePeriodSeconds = draft.deletionGracePeriodSeconds;
  if (hasEntries(draft.labels)) ordered.labels = draft.labels;
  if (hasEntries(draft.annotations)) ordered.annotations = draft.annotations;
  if (draft.ownerReferences?.length) ordered.ownerReferences = draft.ownerReferences;
  if (draft.finalizers?.length) ordered.finalizers = draft.finalizers;
  if (draft.managedFields?.length) ordered.managedFields = draft.managedFields;
  return ordered as ObjectMeta;
};

/**
 * Metadata of an update: what the client may change is taken from `next`, the rest from `current`. Of the fields that
 * never change an absent one keeps its value, and a changed one is left for validation to refuse, unless `isTrusted`.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/registry/rest/update.go#BeforeUpdate
 */
export const mergeMetadata = (current: ObjectMeta, next: MetadataDraft, isTrusted: boolean): ObjectMeta => {
  const fixed = isTrusted ? current : next;
  return orderMetadata({
    name: current.name,
    generateName: next.generateName,
    namespace: current.namespace,
    uid: fixed.uid || current.uid,
    resourceVersion: current.resourceVersion,
    generation: current.generation,
    creationTimestamp: current.creationTimestamp,
    deletionTimestamp: fixed.deletionTimestamp ?? current.deletionTimestamp,
    deletionGracePeriodSeconds: fixed.deletionGracePeriodSeconds ?? current.deletionGracePeriodSeconds,
    labels: next.labels,
    annotations: next.annotations,
    ownerReferences: next.ownerReferences,
    finalizers: next.finalizers,
    managedFields: next.managedFields ?? current.managedFields,
  });
};

/** Length to which the base of a generated name is cut, so that a suffix of 5 still fits a DNS label. */
const GENERATED_BASE_LENGTH = 58;
const GENERATED_SUFFIX_LENGTH = 5;

/** Models: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go */
export const generateName = (base: string, suffix: (length: number) => string): string =>
  base.slice(0, GENERATED_BASE_LENGTH) + suffix(GENERATED_SUFFIX_LENGTH);

const hasEntries = (record: Readonly<Record<string, string>> | undefined): boolean => {
  if (record === undefined || record === null) return false;
  for (const _key in record) return true;
  return false;
};
