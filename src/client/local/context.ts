/** What every request of the local API works with. */
import type { Clock, Random } from '../../clock/index.js';
import type { Resource } from '../../api/index.js';
import type { Store } from '../../store/index.js';
import type { WriteOptions } from '../port.js';

export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** The present, as the API writes it. */
  readonly timestamp: () => string;
  /** Objects come from this process, complete and of the right types: they are not decoded again. */
  readonly trusted: boolean;
  /** New nodes start with the taint that a node lifecycle controller takes off. */
  readonly taintsNewNodes: boolean;
  /** Containers are local processes: whoever sets limits is told that nothing holds them to these. */
  readonly runsProcesses: boolean;
}

const storeNames = new WeakMap<Resource, string>();

/** Under which name the store keeps a resource: its plural with its group. Kept: a text put together anew has no hash yet. */
export const storeName = (resource: Resource): string => {
  let name = storeNames.get(resource);
  if (name === undefined) {
    name = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
    storeNames.set(resource, name);
  }
  return name;
};

/** The namespace part of an object's key: empty for cluster-scoped kinds, `default` when none is named. */
export const namespaceFor = (resource: Resource, namespace: string | undefined): string =>
  resource.namespaced ? (namespace ?? 'default') : '';

export const warn = (options: WriteOptions, messages: readonly string[]): void => {
  if (options.onWarning !== undefined) for (const message of messages) options.onWarning(message);
};
