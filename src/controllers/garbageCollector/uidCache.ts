/**
 * The UIDs of owners that were looked up and did not exist: the dependents of one absent owner cost one request.
 *
 * Models: pkg/controller/garbagecollector/uid_cache.go (v1.36)
 */
export interface UidCache {
  has(uid: string): boolean;
  add(uid: string): void;
}

/** Holds `size` UIDs; the one that was least recently added or asked for is forgotten first. */
export const createUidCache = (size: number): UidCache => {
  const uids = new Set<string>();
  const touch = (uid: string): void => {
    uids.delete(uid);
    uids.add(uid);
  };
  return {
    has: (uid) => {
      const isKnown = uids.has(uid);
      if (isKnown) touch(uid);
      return isKnown;
    },
    add: (uid) => {
      touch(uid);
      if (uids.size <= size) return;
      for (const oldest of uids) {
        uids.delete(oldest);
        return;
      }
    },
  };
};
