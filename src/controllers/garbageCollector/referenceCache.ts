/**
 * Owners that were looked up and did not exist: the dependents of one absent owner cost one request. An owner goes by all
 * that a reference says and by the namespace it was looked for in: a reference that gets one of them wrong says nothing
 * about the others that name the same UID.
 *
 * Models: pkg/controller/garbagecollector/uid_cache.go (v1.36)
 */
import type { OwnerReference } from '../../api/index.js';

export interface ReferenceCache {
  has(reference: OwnerReference, namespace: string | undefined): boolean;
  add(reference: OwnerReference, namespace: string | undefined): void;
}

const keyOf = ({ apiVersion, kind, name, uid }: OwnerReference, namespace = ''): string =>
  [uid, apiVersion, kind, namespace, name].join(' ');

/** Holds `size` owners; the one that was least recently added or asked for is forgotten first. */
export const createReferenceCache = (size: number): ReferenceCache => {
  const keys = new Set<string>();
  const touch = (key: string): void => {
    keys.delete(key);
    keys.add(key);
  };
  return {
    has: (reference, namespace) => {
      const key = keyOf(reference, namespace);
      const isKnown = keys.has(key);
      if (isKnown) touch(key);
      return isKnown;
    },
    add: (reference, namespace) => {
      touch(keyOf(reference, namespace));
      if (keys.size <= size) return;
      for (const oldest of keys) {
        keys.delete(oldest);
        return;
      }
    },
  };
};
