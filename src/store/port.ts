/**
 * The store port: versioned API objects and the stream of their changes. What a storage engine must give; it knows
 * nothing of kinds, validation or deletion rules (those are the API's, in `client/local`).
 *
 * Invariants every engine keeps:
 * - one counter for everything: each write raises the revision by one and stamps it on the object as
 *   `metadata.resourceVersion` (a decimal string);
 * - objects are values: shared by everyone, replaced and never changed. A write takes over the object that it is given:
 *   the object and its metadata are stamped and frozen in place, or copied first if they are frozen already;
 * - a watch gives a snapshot and then every later change, in commit order, without gap or repetition;
 * - changes are delivered before the write that caused them returns, unless that write was made while another change
 *   was being delivered: then after it, so that everybody sees one order.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/storage (v1.36).
 */
import type { Observable } from 'rxjs';
import type { KubeObject } from '../api/index.js';

export type ChangeType = 'added' | 'modified' | 'deleted';

/** One committed write. */
export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  /** The new state; of a deletion the last one, stamped with the deletion's revision. */
  readonly object: KubeObject;
  /** The state before; absent for a new object. */
  readonly previous: KubeObject | undefined;
}

/** Ends the initial objects of a watch: they are the state at `revision`. */
export interface Synced {
  readonly type: 'synced';
  readonly revision: number;
}

/** Which objects concern a watch. Both parts make delivery cheaper; absent means all. */
export interface Scope {
  readonly namespace?: string | undefined;
  /**
   * Only objects whose field (a path such as `spec.nodeName`; an absent field counts as the empty string) has, or had
   * before the change, this value. Changes are routed to such watches by value: their number costs nothing.
   */
  readonly field?: { readonly path: string; readonly value: string } | undefined;
}

export interface StoreWatchOptions extends Scope {
  /** Only changes after this revision. Absent: the current objects first, as `added`, then `synced`. */
  readonly after?: number | undefined;
}

export type StoreErrorReason =
  /** `create`: an object of that name exists. */
  | 'exists'
  /** `update`, `delete`: the object is no longer the one that the caller read. */
  | 'conflict'
  /** `watch`, `listAt`: the history up to that revision has been compacted away. */
  | 'compacted';

/** A request that the engine refused. For `compacted`, `oldestRevision` is the first one that can be asked for. */
export class StoreError extends Error {
  readonly reason: StoreErrorReason;
  readonly oldestRevision: number;
  constructor(reason: StoreErrorReason, message: string, oldestRevision = 0) {
    super(message);
    this.name = 'StoreError';
    this.reason = reason;
    this.oldestRevision = oldestRevision;
  }
}

/**
 * Objects lie under (resource, namespace, name); the namespace of cluster-scoped objects is the empty string, as is
 * the absent `metadata.namespace`. `resource` is the plural with its group, such as `deployments.apps`.
 */
export interface Store {
  /** The revision of the last write; 0 before the first. */
  readonly revision: number;
  get(resource: string, namespace: string, name: string): KubeObject | undefined;
  /** In key order (`namespace/name`, bytewise). Absent namespace: all. */
  list(resource: string, namespace?: string): readonly KubeObject[];
  /**
   * The state as it was at `revision`.
   * @throws {StoreError} compacted
   */
  listAt(resource: string, revision: number, namespace?: string): readonly KubeObject[];
  /** @throws {StoreError} exists */
  create(resource: string, object: KubeObject): KubeObject;
  /**
   * Compare and swap: `current` must be the stored object itself.
   * @throws {StoreError} conflict
   */
  update(resource: string, current: KubeObject, next: KubeObject): KubeObject;
  /**
   * Removes `current`; `last` is the state that watchers get (default: `current`).
   * @throws {StoreError} conflict
   */
  delete(resource: string, current: KubeObject, last?: KubeObject): KubeObject;
  /** A cold stream that never completes by itself. Errors with {@link StoreError} compacted. */
  watch(resource: string, options?: StoreWatchOptions): Observable<Change | Synced>;
  /** Forgets the history up to and including `revision` (default: all). Objects stay. */
  compact(revision?: number): void;
}
