/**
 * Objects by namespace and name, and by the keys that index functions give them.
 *
 * Models: staging/src/k8s.io/client-go/tools/cache/thread_safe_store.go (v1.36)
 */
import type { KubeObject } from '../api/index.js';

/** The keys of an object in an index; undefined: none. */
export type Indexer<T> = (object: T) => string | readonly string[] | undefined;
export type Indexers<T> = Readonly<Record<string, Indexer<T>>>;

interface Index<T> {
  readonly keysOf: Indexer<T>;
  readonly byKey: Map<string, Map<string, T>>;
}

export class IndexedCache<T extends KubeObject> {
  private readonly objects = new Map<string, T>();
  private readonly indexes: ReadonlyMap<string, Index<T>>;

  constructor(indexers: Indexers<T>) {
    this.indexes = new Map(
      Object.entries(indexers).map(([name, keysOf]) => [name, { keysOf, byKey: new Map() }]),
    );
  }

  get(namespace: string, name: string): T | undefined {
    return this.objects.get(`${namespace}/${name}`);
  }

  list(): T[] {
    return [...this.objects.values()];
  }

  byIndex(name: string, key: string): T[] {
    const index = this.indexes.get(name);
    if (index === undefined) throw new Error(`there is no index ${name}`);
    const found = index.byKey.get(key);
    return found === undefined ? [] : [...found.values()];
  }

  /** Answers what was there before. */
  set(object: T): T | undefined {
    const key = keyOf(object);
    const old = this.objects.get(key);
    this.objects.set(key, object);
    for (const index of this.indexes.values()) {
      const keys = listed(index.keysOf(object));
      if (old !== undefined)
        for (const each of listed(index.keysOf(old))) if (!keys.includes(each)) drop(index, each, key);
      for (const each of keys) {
        const found = index.byKey.get(each);
        if (found === undefined) index.byKey.set(each, new Map([[key, object]]));
        else found.set(key, object);
      }
    }
    return old;
  }

  remove(object: T): boolean {
    const key = keyOf(object);
    const old = this.objects.get(key);
    if (old === undefined) return false;
    this.objects.delete(key);
    for (const index of this.indexes.values())
      for (const each of listed(index.keysOf(old))) drop(index, each, key);
    return true;
  }
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const NONE: readonly string[] = [];
const listed = (keys: string | readonly string[] | undefined): readonly string[] =>
  keys === undefined ? NONE : typeof keys === 'string' ? [keys] : keys;

const drop = <T>({ byKey }: Index<T>, key: string, object: string): void => {
  const found = byKey.get(key);
  if (found === undefined) return;
  found.delete(object);
  if (found.size === 0) byKey.delete(key);
};
