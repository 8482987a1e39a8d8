/**
 * Who claims what: the decision whether a controller keeps, adopts, releases or ignores an object, and the patches that
 * carry it out. Pure; the wiring sends the patches.
 *
 * Models: pkg/controller/controller_ref_manager.go (v1.36)
 */
import type { KubeObject, ObjectMeta, OwnerReference } from '../api/index.js';
import { controllerOf } from './pods.js';

export type Claim = 'keep' | 'adopt' | 'release' | 'ignore';

/** The decision table of OW-2 for one object; `isMatch` says whether the owner's selector matches its labels. */
export const claimOf = (
  metadata: ObjectMeta,
  owner: ObjectMeta,
  isMatch: (labels: Readonly<Record<string, string>>) => boolean,
): Claim => {
  const reference = controllerOf(metadata);
  const matches = isMatch(metadata.labels ?? NO_LABELS);
  if (reference) {
    if (reference.uid !== owner.uid) return 'ignore';
    if (matches) return 'keep';
    return owner.deletionTimestamp === undefined ? 'release' : 'ignore';
  }
  if (owner.deletionTimestamp !== undefined || !matches) return 'ignore';
  if (metadata.deletionTimestamp !== undefined) return 'ignore';
  return owner.namespace === undefined || owner.namespace === metadata.namespace ? 'adopt' : 'ignore';
};
const NO_LABELS: Readonly<Record<string, string>> = {};

export interface Claims<T> {
  readonly kept: readonly T[];
  readonly toAdopt: readonly T[];
  readonly toRelease: readonly T[];
}
export const NO_CLAIMS: Claims<never> = { kept: [], toAdopt: [], toRelease: [] };

/** The decision for each of many objects, in their order. */
export const claimsOn = <T extends Pick<KubeObject, 'metadata'>>(
  objects: Iterable<T>,
  owner: ObjectMeta,
  isMatch: (labels: Readonly<Record<string, string>>) => boolean,
): Claims<T> => {
  const kept: T[] = [];
  const toAdopt: T[] = [];
  const toRelease: T[] = [];
  for (const object of objects) {
    const claim = claimOf(object.metadata, owner, isMatch);
    if (claim === 'keep') kept.push(object);
    else if (claim === 'adopt') toAdopt.push(object);
    else if (claim === 'release') toRelease.push(object);
  }
  return { kept, toAdopt, toRelease };
};

/** The controller reference that an owner puts on what it creates or adopts (OW-1). */
export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Strategic merge patch that adopts an object; its uid guards against an object made anew (OW-5). */
export const adoptPatch = (owner: KubeObject, adopted: ObjectMeta): unknown => ({
  metadata: { ownerReferences: [controllerReference(owner)], uid: adopted.uid },
});

/** Strategic merge patch that takes the owner's reference off an object (OW-5). */
export const releasePatch = (ownerUid: string, released: ObjectMeta): unknown => ({
  metadata: { ownerReferences: [{ $patch: 'delete', uid: ownerUid }], uid: released.uid },
});
