/**
 * The watchers of one resource, arranged so that a change visits only those it may concern: watchers of one field value
 * (every node agent watches its own `spec.nodeName`) lie in a map by that value.
 */
import type { KubeObject } from '../api/index.js';
import type { Change, Scope } from './port.js';

export interface Watcher {
  readonly scope: Scope;
  /** Changes up to this revision are already known to the watcher. */
  readonly after: number;
  next(change: Change): void;
}

interface Route {
  readonly read: (object: KubeObject) => string;
  readonly byValue: Map<string, Set<Watcher>>;
}

export class Fanout {
  private readonly everyone = new Set<Watcher>();
  private readonly routes = new Map<string, Route>();

  add(watcher: Watcher): void {
    const { field } = watcher.scope;
    if (field === undefined) {
      this.everyone.add(watcher);
      return;
    }
    let route = this.routes.get(field.path);
    if (route === undefined) {
      route = { read: fieldReader(field.path), byValue: new Map() };
      this.routes.set(field.path, route);
    }
    const watchers = route.byValue.get(field.value);
    if (watchers === undefined) route.byValue.set(field.value, new Set([watcher]));
    else watchers.add(watcher);
  }

  remove(watcher: Watcher): void {
    this.everyone.delete(watcher);
    const { field } = watcher.scope;
    const route = field && this.routes.get(field.path);
    const watchers = field && route?.byValue.get(field.value);
    if (field === undefined || route === undefined || watchers === undefined) return;
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    route.byValue.delete(field.value);
    if (route.byValue.size === 0) this.routes.delete(field.path);
  }

  deliver(change: Change): void {
    for (const watcher of this.everyone) send(watcher, change);
    for (const route of this.routes.values()) {
      const value = route.read(change.object);
      const watchers = route.byValue.get(value);
      if (watchers !== undefined) for (const watcher of watchers) send(watcher, change);
      if (change.previous === undefined) continue;
      const before = route.read(change.previous);
      const former = before === value ? undefined : route.byValue.get(before);
      if (former !== undefined) for (const watcher of former) send(watcher, change);
    }
  }
}

/** Whether an object lies within a scope. */
export const inScope = (scope: Scope): ((object: KubeObject) => boolean) => {
  const { namespace, field } = scope;
  const read = field && fieldReader(field.path);
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (field === undefined || read === undefined || read(object) === field.value);
};

const send = (watcher: Watcher, change: Change): void => {
  if (change.revision <= watcher.after) return;
  const { namespace } = watcher.scope;
  if (namespace === undefined || change.object.metadata.namespace === namespace) watcher.next(change);
};

/** Reads a field by its path; whatever is not a string counts as empty. */
const fieldReader = (path: string): ((object: KubeObject) => string) => {
  const keys = path.split('.');
  return (object) => {
    let value: unknown = object;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return '';
      value = (value as Record<string, unknown>)[key];
    }
    return typeof value === 'string' ? value : '';
  };
};
