/**
 * WATCH: the changes of the selected objects. An object that starts to match is ADDED and one that stops to match is
 * DELETED, whatever happened to it in the store.
 *
 * Differs: there are no periodic bookmarks; the only one ends the initial objects of `sendInitialEvents`.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/storage/cacher (v1.36)
 */
import { Observable } from 'rxjs';
import {
  ApiError,
  tooLargeResourceVersion,
  tooOldResourceVersion,
  type KubeObject,
  type Resource,
} from '../../../api/index.js';
import { StoreError, type Change, type Scope } from '../../../store/index.js';
import type { WatchEvent, WatchOptions } from '../../port.js';
import { storeName, type Context } from '../context.js';
import { isSelected, parseResourceVersion, parseSelection, type Selection } from './list.js';

type Event = WatchEvent<KubeObject>;

export const watchObjects = (
  { store }: Context,
  resource: Resource,
  options: WatchOptions = {},
): Observable<Event> =>
  new Observable<Event>((subscriber) => {
    try {
      const selection = parseSelection(resource, options);
      const version = parseResourceVersion(options.resourceVersion);
      // What is asked for is the state at a version or later: there is none yet.
      if (options.sendInitialEvents === true && version !== undefined && version > store.revision)
        throw tooLargeResourceVersion(version, store.revision);
      const translate = translator(selection);
      const changes = store.watch(storeName(resource), {
        ...scopeOf(resource, selection, options),
        after: startOf(version, options.sendInitialEvents, store.revision),
      });
      return changes.subscribe({
        next: (change) => {
          if (change.type !== 'synced') {
            const event = translate(change);
            if (event !== undefined) subscriber.next(event);
          } else if (options.sendInitialEvents === true) {
            subscriber.next({
              type: 'BOOKMARK',
              resourceVersion: String(change.revision),
              initialEventsEnd: true,
            });
          }
        },
        error: (error: unknown) => subscriber.error(toApiError(error, version)),
        complete: () => subscriber.complete(),
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      subscriber.error(error);
      return undefined;
    }
  });

/** After which revision to start; undefined: with the current objects. */
const startOf = (
  version: number | undefined,
  sendInitialEvents: boolean | undefined,
  revision: number,
): number | undefined => {
  if (sendInitialEvents === true) return undefined;
  if (version !== undefined && version !== 0) return version;
  return sendInitialEvents === false ? revision : undefined;
};

/** Fields by which the store routes changes: those that clients select by, and that have one value per object. */
const ROUTED_FIELDS = ['metadata.name', 'spec.nodeName', 'involvedObject.uid', 'involvedObject.name'];

const scopeOf = (resource: Resource, { fields }: Selection, options: WatchOptions): Scope => {
  const path = ROUTED_FIELDS.find((each) => fields.equalities.has(each));
  return {
    namespace: resource.namespaced ? options.namespace : undefined,
    field: path === undefined ? undefined : { path, value: fields.equalities.get(path) ?? '' },
  };
};

const translator = (selection: Selection): ((change: Change) => Event | undefined) => {
  if (selection.labels.isEverything && selection.fields.isEverything)
    return ({ type, object }) => ({ type: NAMES[type], object });
  return ({ type, object, previous }) => {
    const before = previous !== undefined && isSelected(selection, previous);
    const after = type !== 'deleted' && isSelected(selection, object);
    if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
    if (!before) return undefined;
    return { type: 'DELETED', object: type === 'deleted' ? object : atVersion(previous, object) };
  };
};

const NAMES = { added: 'ADDED', modified: 'MODIFIED', deleted: 'DELETED' } as const;

/** An object that stops to match is shown as it last did, at the version at which it stopped. */
const atVersion = (previous: KubeObject, { metadata }: KubeObject): KubeObject => ({
  ...previous,
  metadata: { ...previous.metadata, resourceVersion: metadata.resourceVersion },
});

const toApiError = (error: unknown, version: number | undefined): unknown =>
  error instanceof StoreError && error.reason === 'compacted'
    ? tooOldResourceVersion(version ?? 0, error.oldestRevision)
    : error;
