/**
 * The store in memory: one table, one history and one fan-out per resource. Everything is synchronous; nothing outlives
 * the process.
 *
 * A subscriber that throws out of its own `next` handler breaks neither the write nor the other subscribers: RxJS
 * reports the error by itself (`config.onUnhandledError`, else as an uncaught exception, outside this call).
 */
import { Observable, type Subscriber } from 'rxjs';
import type { KubeObject, Writable } from '../api/index.js';
import { Fanout, inScope, type Watcher } from './fanout.js';
import { History } from './history.js';
import {
  StoreError,
  type Change,
  type ChangeType,
  type Store,
  type StoreWatchOptions,
  type Synced,
} from './port.js';
import { bytewise, Table } from './table.js';

export interface MemoryStoreOptions {
  /**
   * How many changes of each resource are kept for watches that resume and for lists of an older state.
   * Default 4096: an informer that lists 10,000 objects in pages of 500 over HTTP stays well within it.
   */
  readonly historySize?: number | undefined;
}

interface Resource {
  readonly table: Table;
  readonly history: History;
  readonly fanout: Fanout;
}

export const createMemoryStore = (options: MemoryStoreOptions = {}): Store =>
  new MemoryStore(options.historySize ?? 4096);

class MemoryStore implements Store {
  revision = 0;
  private compacted = 0;
  private readonly historySize: number;
  private readonly resources = new Map<string, Resource>();
  /** Committed and not yet delivered, in commit order. */
  private readonly pending: { readonly fanout: Fanout; readonly change: Change }[] = [];
  private delivering = false;

  constructor(historySize: number) {
    this.historySize = historySize;
  }

  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return this.resources.get(resource)?.table.get(namespace, name);
  }

  list(resource: string, namespace?: string): readonly KubeObject[] {
    return this.resources.get(resource)?.table.list(namespace) ?? [];
  }

  listAt(resource: string, revision: number, namespace?: string): readonly KubeObject[] {
    const { history, table } = this.resource(resource);
    this.requireHistory(history, revision);
    const later = history.after(revision);
    if (later.length === 0) return table.list(namespace);
    return rewind(table.list(namespace), later, namespace);
  }

  create(resource: string, object: KubeObject): KubeObject {
    const entry = this.resource(resource);
    const { namespace = '', name } = object.metadata;
    if (entry.table.get(namespace, name) !== undefined)
      throw new StoreError('exists', `${resource} ${namespace}/${name} exists`);
    const stored = this.stamp(object);
    entry.table.set(stored);
    this.commit(entry, 'added', stored, undefined);
    return stored;
  }

  update(resource: string, current: KubeObject, next: KubeObject): KubeObject {
    const entry = this.resource(resource);
    requireCurrent(entry.table, resource, current);
    const stored = this.stamp(next);
    entry.table.set(stored);
    this.commit(entry, 'modified', stored, current);
    return stored;
  }

  delete(resource: string, current: KubeObject, last: KubeObject = current): KubeObject {
    const entry = this.resource(resource);
    requireCurrent(entry.table, resource, current);
    const stored = this.stamp(last);
    entry.table.remove(current);
    this.commit(entry, 'deleted', stored, current);
    return stored;
  }

  watch(resource: string, options: StoreWatchOptions = {}): Observable<Change | Synced> {
    return new Observable((subscriber) => {
      const entry = this.resource(resource);
      const { after } = options;
      try {
        if (after !== undefined) this.requireHistory(entry.history, after);
      } catch (error) {
        subscriber.error(error);
        return undefined;
      }
      const watcher: Watcher = {
        scope: options,
        after: Math.max(this.revision, after ?? 0),
        next: (change) => subscriber.next(change),
      };
      entry.fanout.add(watcher);
      subscriber.add(() => entry.fanout.remove(watcher));
      // What the subscriber writes meanwhile is delivered after this: initial state first, then changes.
      this.deliverAfter(() => {
        if (after === undefined) this.replayState(entry, options, subscriber);
        else replayChanges(entry, options, after, subscriber);
      });
      return undefined;
    });
  }

  compact(revision: number = this.revision): void {
    this.compacted = Math.max(this.compacted, revision);
    for (const { history } of this.resources.values()) history.compact(revision);
  }

  private replayState(
    entry: Resource,
    options: StoreWatchOptions,
    subscriber: Subscriber<Change | Synced>,
  ): void {
    const { revision } = this;
    const matches = inScope(options);
    for (const object of entry.table.list(options.namespace)) {
      if (subscriber.closed) return;
      if (matches(object))
        subscriber.next({
          type: 'added',
          revision: Number(object.metadata.resourceVersion),
          object,
          previous: undefined,
        });
    }
    subscriber.next({ type: 'synced', revision });
  }

  private resource(name: string): Resource {
    let entry = this.resources.get(name);
    if (entry === undefined) {
      entry = { table: new Table(), history: new History(this.historySize), fanout: new Fanout() };
      entry.history.compact(this.compacted);
      this.resources.set(name, entry);
    }
    return entry;
  }

  private requireHistory(history: History, revision: number): void {
    const { compactedRevision } = history;
    if (revision < compactedRevision)
      throw new StoreError('compacted', `revision ${revision} is compacted away`, compactedRevision);
  }

  /** Gives the object its version and freezes it: from here on it is shared. Copies only what is shared already. */
  private stamp(object: KubeObject): KubeObject {
    this.revision += 1;
    const resourceVersion = String(this.revision);
    const stored: Writable<KubeObject> = Object.isFrozen(object) ? { ...object } : object;
    if (Object.isFrozen(stored.metadata)) {
      // First spread, then set: both at once takes twice as long for metadata of many forms.
      const metadata: Writable<KubeObject['metadata']> = { ...stored.metadata };
      metadata.resourceVersion = resourceVersion;
      stored.metadata = Object.freeze(metadata);
    } else {
      (stored.metadata as Writable<KubeObject['metadata']>).resourceVersion = resourceVersion;
      Object.freeze(stored.metadata);
    }
    return Object.freeze(stored);
  }

  private commit(
    entry: Resource,
    type: ChangeType,
    object: KubeObject,
    previous: KubeObject | undefined,
  ): void {
    const change: Change = { type, revision: this.revision, object, previous };
    entry.history.push(change);
    if (this.delivering) this.pending.push({ fanout: entry.fanout, change });
    else this.deliverAfter(() => entry.fanout.deliver(change));
  }

  private deliverAfter(action: () => void): void {
    const outermost = !this.delivering;
    this.delivering = true;
    try {
      action();
    } finally {
      if (outermost) this.drain();
    }
  }

  /** Delivers in commit order. What subscribers write meanwhile joins the end of the queue. */
  private drain(): void {
    this.delivering = true;
    try {
      for (let index = 0; index < this.pending.length; index += 1) {
        const item = this.pending[index];
        if (item !== undefined) item.fanout.deliver(item.change);
      }
    } finally {
      if (this.pending.length > 0) this.pending.length = 0;
      this.delivering = false;
    }
  }
}

const requireCurrent = (table: Table, resource: string, current: KubeObject): void => {
  const { namespace = '', name } = current.metadata;
  if (table.get(namespace, name) !== current)
    throw new StoreError('conflict', `${resource} ${namespace}/${name} has changed`);
};

const replayChanges = (
  entry: Resource,
  options: StoreWatchOptions,
  after: number,
  subscriber: Subscriber<Change | Synced>,
): void => {
  const matches = inScope(options);
  for (const change of entry.history.after(after)) {
    if (subscriber.closed) return;
    const concerns = matches(change.object) || (change.previous !== undefined && matches(change.previous));
    if (concerns) subscriber.next(change);
  }
};

/** Undoes the later changes, newest first. */
const rewind = (
  objects: readonly KubeObject[],
  later: readonly Change[],
  namespace: string | undefined,
): KubeObject[] => {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  for (let index = later.length - 1; index >= 0; index -= 1) {
    const change = later[index];
    if (change === undefined || (namespace !== undefined && change.object.metadata.namespace !== namespace))
      continue;
    if (change.previous === undefined) byKey.delete(keyOf(change.object));
    else byKey.set(keyOf(change.object), change.previous);
  }
  return [...byKey].sort(([a], [b]) => bytewise(a, b)).map(([, object]) => object);
};

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
