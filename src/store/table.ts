/** The current objects of one resource, by namespace and name, with their key order kept lazily. */
import type { KubeObject } from '../api/index.js';

interface Bucket {
  readonly objects: Map<string, KubeObject>;
  /** Names in order; absent after a name came or went. */
  order: readonly string[] | undefined;
}

export class Table {
  private readonly buckets = new Map<string, Bucket>();
  private namespaces: readonly string[] | undefined;

  get(namespace: string, name: string): KubeObject | undefined {
    return this.buckets.get(namespace)?.objects.get(name);
  }

  set(object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    let bucket = this.buckets.get(namespace);
    if (bucket === undefined) {
      bucket = { objects: new Map(), order: undefined };
      this.buckets.set(namespace, bucket);
      this.namespaces = undefined;
    }
    const { size } = bucket.objects;
    bucket.objects.set(name, object);
    if (bucket.objects.size !== size) bucket.order = undefined;
  }

  remove(object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    const bucket = this.buckets.get(namespace);
    if (bucket === undefined) return;
    bucket.objects.delete(name);
    bucket.order = undefined;
    if (bucket.objects.size > 0) return;
    this.buckets.delete(namespace);
    this.namespaces = undefined;
  }

  /** In key order. */
  list(namespace?: string): KubeObject[] {
    const result: KubeObject[] = [];
    if (namespace !== undefined) this.collect(namespace, result);
    else for (const each of this.namespacesInOrder()) this.collect(each, result);
    return result;
  }

  private collect(namespace: string, into: KubeObject[]): void {
    const bucket = this.buckets.get(namespace);
    if (bucket === undefined) return;
    bucket.order ??= [...bucket.objects.keys()].sort(bytewise);
    for (const name of bucket.order) {
      const object = bucket.objects.get(name);
      if (object !== undefined) into.push(object);
    }
  }

  /** By `namespace/`: the separator sorts after `-` and `.`, so that `a-b` comes before `a`. */
  private namespacesInOrder(): readonly string[] {
    this.namespaces ??= [...this.buckets.keys()].sort((a, b) => bytewise(`${a}/`, `${b}/`));
    return this.namespaces;
  }
}

/** Names are ASCII, for which code units are bytes. */
export const bytewise = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
