/**
 * The Api port: the only door through which controllers, scheduler, node agents, server and users reach the objects of
 * a cluster. Two implementations are foreseen: `local/` on the store of this process, and HTTP to any API server.
 *
 * A request is a `Call`: it is on its way as soon as it is made. Actors read it with `settled` (at once when the answer
 * is there, so that virtual time needs no microtasks); people await it.
 */
import type { Observable } from 'rxjs';
import type { ApiError, KindName, KindOf, KubeObject, Status } from '../api/index.js';

export type Settled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ApiError };

/** An API request under way. Awaiting it gives the value or throws its {@link ApiError}. */
export interface Call<T> extends PromiseLike<T> {
  /** Calls back exactly once; immediately if the answer has come. Never throws the request's error. */
  settled(callback: (outcome: Settled<T>) => void): void;
}

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
}
export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string | undefined;
    readonly remainingItemCount?: number | undefined;
  };
}

export interface WatchOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Absent or `0`: the current objects first, as ADDED. Otherwise only what happened after that version. */
  readonly resourceVersion?: string | undefined;
  /** With the initial objects, end them by a BOOKMARK annotated `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean | undefined;
}
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean };

export interface WriteOptions {
  /** Who writes: kept with the fields that change, in `metadata.managedFields`. Absent: nothing is kept. */
  readonly fieldManager?: string | undefined;
  /** Of an apply: take the fields that other managers own. */
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Default `Warn`. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  /** Receives warnings (unknown fields, fields that statelet does not act on, deprecations). */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Called when an update or an apply created the object, before the answer. */
  readonly onCreated?: (() => void) | undefined;
}
export interface DeleteOptions extends WriteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: string | undefined;
  readonly orphanDependents?: boolean | undefined;
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined;
}
/** `apply` is server-side apply: the body is all that `fieldManager` wants of the object, which may not exist yet. */
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
/** A subresource that is written like an object. */
export type Subresource = 'status' | 'scale' | 'ephemeralcontainers' | 'finalize';

/** What names an object: kind, namespace (absent for cluster-scoped kinds), name. */
export interface ObjectKey<K extends KindName = KindName> {
  readonly kind: K;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface Scale {
  readonly apiVersion: 'autoscaling/v1';
  readonly kind: 'Scale';
  readonly metadata: KubeObject['metadata'];
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector?: string };
}

/** What of a container's log, and how. Times as node.md §6.8. */
export interface PodLogOptions {
  /** A container of the pod: named by the request, or the only one. */
  readonly container: string;
  readonly follow: boolean;
  /** The instance before the current one. */
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Seconds, at least 1; never together with `sinceTime`. */
  readonly sinceSeconds?: number | undefined;
  /** RFC 3339. */
  readonly sinceTime?: string | undefined;
  /** At least 0. */
  readonly tailLines?: number | undefined;
  /** At least 1; counts bytes of the output. */
  readonly limitBytes?: number | undefined;
}

/**
 * Requests fail with an {@link ApiError} that carries upstream's Status: NotFound 404, AlreadyExists 409, Conflict 409
 * (stale resourceVersion, failed precondition), Invalid 422, BadRequest 400, Forbidden 403, Expired 410.
 * Objects that come back are frozen and shared: never changed in place.
 */
export interface Api {
  get<K extends KindName>(key: ObjectKey<K>): Call<KindOf<K>>;
  list<K extends KindName>(kind: K, options?: ListOptions): Call<ObjectList<KindOf<K>>>;
  /** A cold stream. Errors with Expired when the version is compacted away. */
  watch<K extends KindName>(kind: K, options?: WatchOptions): Observable<WatchEvent<KindOf<K>>>;
  /** `object` is a manifest: decoded, defaulted and validated. `metadata.namespace` defaults to `default`. */
  create<K extends KindName>(
    kind: K,
    object: unknown,
    options?: WriteOptions & { readonly namespace?: string | undefined },
  ): Call<KindOf<K>>;
  /** Replaces the object (or the part that a subresource covers). With `metadata.resourceVersion`: only if unchanged. */
  update<K extends KindName>(
    key: ObjectKey<K>,
    object: unknown,
    options?: WriteOptions & { readonly subresource?: Subresource | undefined },
  ): Call<KindOf<K>>;
  patch<K extends KindName>(
    key: ObjectKey<K>,
    patch: { readonly type: PatchType; readonly body: unknown },
    options?: WriteOptions & { readonly subresource?: Subresource | undefined },
  ): Call<KindOf<K>>;
  /** Answers the object while it is being deleted gracefully, as upstream does; a Status when it is gone. */
  delete<K extends KindName>(key: ObjectKey<K>, options?: DeleteOptions): Call<KindOf<K> | Status>;
  deleteCollection<K extends KindName>(
    kind: K,
    selection: ListOptions,
    options?: DeleteOptions,
  ): Call<ObjectList<KindOf<K>>>;
  getScale(key: ObjectKey): Call<Scale>;
  /** Sets `spec.replicas` through the scale subresource. */
  scale(key: ObjectKey, replicas: number, options?: WriteOptions): Call<Scale>;
  /**
   * The log of one of the pod's containers, the first unless one is named: pieces of any size, lines with their newlines.
   * Errors with an {@link ApiError}. With `follow` it completes when the container ends. Unsubscribing stops the reading.
   */
  logs(
    pod: { readonly namespace?: string | undefined; readonly name: string },
    options?: Partial<PodLogOptions>,
  ): Observable<string | Uint8Array>;
  /** Binds a pod to a node. */
  bind(
    pod: { readonly namespace: string; readonly name: string; readonly uid?: string | undefined },
    nodeName: string,
  ): Call<Status>;
  /** Evicts a pod, if its disruption budgets allow. */
  evict(pod: { readonly namespace: string; readonly name: string }, options?: DeleteOptions): Call<Status>;
}
