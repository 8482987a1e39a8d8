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
  readonly name: string;
  readonly keysOf: Indexer<T>;
  readonly byKey: Map<string, Map<string, T>>;
}

/** Objects in the order in which they appeared, each under the uid that it had then. */
export class IndexedCache<T extends KubeObject> {
  private readonly objects = new Map<string, T>();
  /** Uids by namespace and name: joined names would have to be put together and hashed at every look. */
  private readonly names = new Map<string, Map<string, string>>();
  private readonly indexes: readonly Index<T>[];

  constructor(indexers: Indexers<T>) {
    this.indexes = Object.entries(indexers).map(([name, keysOf]) => ({ name, keysOf, byKey: new Map() }));
  }

  get(namespace: string, name: string): T | undefined {
    const key = this.names.get(namespace)?.get(name);
    return key === undefined ? undefined : this.objects.get(key);
  }

  list(): T[] {
    return [...this.objects.values()];
  }

  byIndex(name: string, key: string): T[] {
    const index = this.indexes.find((each) => each.name === name);
    if (index === undefined) throw new Error(`there is no index ${name}`);
    const found = index.byKey.get(key);
    return found === undefined ? [] : [...found.values()];
  }

  /** Answers what was there before. */
  set(object: T): T | undefined {
    const key = this.keyFor(object);
    const old = this.objects.get(key);
    this.objects.set(key, object);
    for (const index of this.indexes) {
      const keys = index.keysOf(object);
      if (old !== undefined) {
        const before = index.keysOf(old);
        if (before !== keys)
          for (const each of listed(before)) if (!listed(keys).includes(each)) drop(index, each, key);
      }
      if (typeof keys === 'string') put(index, keys, key, object);
      else if (keys !== undefined) for (const each of keys) put(index, each, key, object);
    }
    return old;
  }

  remove({ metadata }: T): boolean {
    const { namespace = '', name } = metadata;
    const named = this.names.get(namespace);
    const key = named?.get(name);
    const old = key === undefined ? undefined : this.objects.get(key);
    if (named === undefined || key === undefined || old === undefined) return false;
    named.delete(name);
    if (named.size === 0) this.names.delete(namespace);
    this.objects.delete(key);
    for (const index of this.indexes) for (const each of listed(index.keysOf(old))) drop(index, each, key);
    return true;
  }

  /** Its uid, or that of the object whose place under the name it takes. */
  private keyFor({ metadata }: T): string {
    const { namespace = '', name, uid } = metadata;
    let named = this.names.get(namespace);
    if (named === undefined) this.names.set(namespace, (named = new Map()));
    const known = named.get(name);
    if (known !== undefined) return known;
    named.set(name, uid);
    return uid;
  }
}

const NONE: readonly string[] = [];
const listed = (keys: string | readonly string[] | undefined): readonly string[] =>
  keys === undefined ? NONE : typeof keys === 'string' ? [keys] : keys;

const put = <T>({ byKey }: Index<T>, key: string, uid: string, object: T): void => {
  const found = byKey.get(key);
  if (found === undefined) byKey.set(key, new Map([[uid, object]]));
  else found.set(uid, object);
};

const drop = <T>({ byKey }: Index<T>, key: string, object: string): void => {
  const found = byKey.get(key);
  if (found === undefined) return;
  found.delete(object);
  if (found.size === 0) byKey.delete(key);
};
