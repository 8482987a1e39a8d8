/**
 * A local view of the objects of one kind, kept current by list and watch, shared by whoever needs it.
 *
 * The view changes before its event is told; events come in the order of the API's changes. When the watch's version
 * has expired, the informer lists again and tells the difference as events. An event says that something changed;
 * what to do follows from the view.
 *
 * Models: staging/src/k8s.io/client-go/tools/cache (reflector, shared informer; v1.36)
 */
import { Observable, type Subscription } from 'rxjs';
import { ApiError, type KindName, type KindOf, type KubeObject } from '../api/index.js';
import { IndexedCache, type Indexers } from './indexedCache.js';
import type { Api, ListOptions } from './port.js';

export interface InformerEvent<T> {
  readonly type: 'added' | 'updated' | 'deleted';
  /** Of a deletion the last known state. */
  readonly object: T;
  /** The state before an update. */
  readonly old?: T | undefined;
}

export interface InformerOptions<T> extends Pick<
  ListOptions,
  'namespace' | 'labelSelector' | 'fieldSelector'
> {
  /** Under which keys an object is found by `byIndex`, per index. */
  readonly indexers?: Indexers<T> | undefined;
  /** A failure other than Expired stops the informer and ends up here. Default: it is thrown. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface Informer<T extends KubeObject> {
  /** Begins to list and watch. Starting twice changes nothing. */
  start(): void;
  /** Ends the watch; the view stays as it is. */
  stop(): void;
  /** Whether the first list has come. */
  readonly hasSynced: boolean;
  /** `namespace` is undefined or empty for cluster-scoped kinds. */
  get(namespace: string | undefined, name: string): T | undefined;
  /** In the order in which the objects appeared. */
  list(): T[];
  /** In the order in which the objects appeared under the key. Costs only its result. */
  byIndex(index: string, key: string): T[];
  /** Starts with one `added` per object in the view; hot from then on. */
  readonly events$: Observable<InformerEvent<T>>;
}

/**
 * @example
 * const pods = createInformer(api, 'Pod', { indexers: { node: (pod) => pod.spec.nodeName } });
 * pods.start();
 * pods.byIndex('node', 'node-1');
 */
export const createInformer = <K extends KindName>(
  api: Api,
  kind: K,
  options: InformerOptions<KindOf<K>> = {},
): Informer<KindOf<K>> => new ApiInformer<K>(api, kind, options);

class ApiInformer<K extends KindName> implements Informer<KindOf<K>> {
  hasSynced = false;
  readonly events$: Observable<InformerEvent<KindOf<K>>>;
  private readonly api: Api;
  private readonly kind: K;
  private readonly options: InformerOptions<KindOf<K>>;
  private readonly cache: IndexedCache<KindOf<K>>;
  private readonly listeners = new Set<Listener<KindOf<K>>>();
  private watching: Subscription | undefined;
  private running = false;

  constructor(api: Api, kind: K, options: InformerOptions<KindOf<K>>) {
    this.api = api;
    this.kind = kind;
    this.options = options;
    this.cache = new IndexedCache(options.indexers ?? {});
    this.events$ = new Observable((subscriber) => {
      const listener = createListener<KindOf<K>>((event) => subscriber.next(event));
      this.listeners.add(listener);
      subscriber.add(() => this.listeners.delete(listener));
      for (const object of this.cache.list()) subscriber.next({ type: 'added', object });
      listener.release();
    });
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.synchronize();
  }

  stop(): void {
    this.running = false;
    this.watching?.unsubscribe();
    this.watching = undefined;
  }

  get(namespace: string | undefined, name: string): KindOf<K> | undefined {
    return this.cache.get(namespace ?? '', name);
  }

  list(): KindOf<K>[] {
    return this.cache.list();
  }

  byIndex(index: string, key: string): KindOf<K>[] {
    return this.cache.byIndex(index, key);
  }

  private synchronize(): void {
    const { namespace, labelSelector, fieldSelector } = this.options;
    const selection = { namespace, labelSelector, fieldSelector };
    this.api.list(this.kind, selection).settled((outcome) => {
      if (!this.running) return;
      if (!outcome.ok) {
        this.fail(outcome.error);
        return;
      }
      const { items, metadata } = outcome.value;
      // Watch before telling anyone: what the listeners write must come back as a change.
      const held: (() => void)[] = [];
      let isTelling = true;
      this.watching = this.api
        .watch(this.kind, { ...selection, resourceVersion: metadata.resourceVersion })
        .subscribe({
          next: (event) => {
            if (event.type === 'BOOKMARK') return;
            const { type, object } = event;
            if (isTelling) held.push(() => this.apply(type, object));
            else this.apply(type, object);
          },
          error: (error: unknown) => this.lose(error),
        });
      this.replace(items);
      this.hasSynced = true;
      for (const apply of held) apply();
      isTelling = false;
    });
  }

  /** Takes over a list: whatever is not in it is gone. */
  private replace(items: readonly KindOf<K>[]): void {
    const present = new Set(items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
    for (const object of this.cache.list())
      if (!present.has(`${object.metadata.namespace ?? ''}/${object.metadata.name}`))
        this.apply('DELETED', object);
    for (const object of items) this.apply('ADDED', object);
  }

  private apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KindOf<K>): void {
    if (type === 'DELETED') {
      if (this.cache.remove(object)) this.tell({ type: 'deleted', object });
      return;
    }
    const old = this.cache.set(object);
    if (old === undefined) this.tell({ type: 'added', object });
    else if (old.metadata.resourceVersion !== object.metadata.resourceVersion)
      this.tell({ type: 'updated', object, old });
  }

  private tell(event: InformerEvent<KindOf<K>>): void {
    for (const listener of this.listeners) listener.next(event);
  }

  private lose(error: unknown): void {
    this.watching = undefined;
    if (!this.running) return;
    if (error instanceof ApiError && error.reason === 'Expired') this.synchronize();
    else this.fail(error);
  }

  private fail(error: unknown): void {
    this.running = false;
    if (this.options.onError === undefined) throw error;
    this.options.onError(error);
  }
}

interface Listener<T> {
  next(event: InformerEvent<T>): void;
  /** The view has been told; from here on events pass. */
  release(): void;
}

/** Events that arrive while a new listener is still being told the view wait until it has been. */
const createListener = <T>(deliver: (event: InformerEvent<T>) => void): Listener<T> => {
  let waiting: InformerEvent<T>[] | undefined = [];
  return {
    next: (event) => {
      if (waiting === undefined) deliver(event);
      else waiting.push(event);
    },
    release: () => {
      const early = waiting ?? [];
      // An event that comes meanwhile joins the end.
      for (const event of early) deliver(event);
      waiting = undefined;
    },
  };
};
