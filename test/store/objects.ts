/** Small objects for tests of the store. */
import type { KubeObject } from '../../src/api/index.js';
import type { Change, Store, StoreWatchOptions, Synced } from '../../src/store/index.js';

export const object = (
  name: string,
  fields: object = {},
  namespace: string | undefined = 'default',
): KubeObject => ({
  kind: 'Thing',
  apiVersion: 'v1',
  metadata: {
    name,
    ...(namespace !== '' && { namespace }),
    uid: `uid-${name}`,
    resourceVersion: '',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  ...fields,
});

/** One line per notice: `added a@1`. */
export const line = (notice: Change | Synced): string =>
  notice.type === 'synced'
    ? `synced@${notice.revision}`
    : `${notice.type} ${notice.object.metadata.name}@${notice.revision}`;

/** Subscribes and collects lines. */
export const collect = (store: Store, resource: string, options: StoreWatchOptions = {}): string[] => {
  const lines: string[] = [];
  store.watch(resource, options).subscribe({
    next: (notice) => lines.push(line(notice)),
    error: (error: Error) => lines.push(`error ${error.message}`),
  });
  return lines;
};
