/**
 * The Api port on the store of this process: what an API server does with a request, short of HTTP.
 *
 * A request is answered before its method returns. Changes reach watchers before the write that caused them returns,
 * unless that write was made from within a watcher; see the store's port.
 *
 * Differs: managed fields are kept for requests that name a field manager only (decision 10).
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints, .../registry/generic/registry (v1.36)
 */
import {
  resourceFor,
  type ApiError,
  type KindName,
  type KubeObject,
  type Resource,
} from '../../api/index.js';
import type { Clock, Random } from '../../clock/index.js';
import type { Store } from '../../store/index.js';
import { answer } from '../call.js';
import type { Api, Call, ObjectKey, ObjectList, WriteOptions } from '../port.js';
import { createTimestamps } from '../timestamps.js';
import type { Context } from './context.js';
import { createObject } from './create.js';
import { deleteObject } from './delete.js';
import { deleteCollection } from './deleteCollection.js';
import { listObjects } from './read/list.js';
import { SYSTEM_NAMESPACES } from './namespaces.js';
import { patchObject } from './patch.js';
import { bindPod } from './subresources/binding.js';
import { podLog, type ReadLog } from './subresources/log.js';
import { evictPod } from './subresources/eviction.js';
import { getScale, patchScale, scaleTo, updateScale } from './subresources/scale.js';
import { requireObject, updateObject } from './update.js';
import { watchObjects } from './read/watch.js';

export interface LocalApiOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Names and uids come from here. */
  readonly random: Random;
  /**
   * For the components of this process, whose objects are complete and of the right types by construction: they are
   * not decoded again, and statuses and events not validated. Several Apis may share a store. Default false.
   */
  readonly trusted?: boolean | undefined;
  /**
   * New nodes start with the taint `node.kubernetes.io/not-ready:NoSchedule`, as upstream. Only with a node lifecycle
   * controller, which takes it off when the node is Ready: without one no pod would ever be scheduled. Default false.
   */
  readonly taintsNewNodes?: boolean | undefined;
  /** Containers are local processes: whoever sets limits is told that nothing holds them to these. Default false. */
  readonly runsProcesses?: boolean | undefined;
  /** Reads logs where they are. Without it the log of a pod is refused. */
  readonly readLog?: ReadLog | undefined;
  /** Receives what the requests of this Api are warned of, beside the `onWarning` of each; not of dry runs. */
  readonly onWarning?: ((message: string, about: Warned) => void) | undefined;
  /** Receives failures of requests that nobody reads. Default: throws them, which ends the process. */
  readonly onUnobservedError?: ((error: ApiError) => void) | undefined;
}

/** The object that a warning is about. */
export type Warned = Pick<ObjectKey, 'kind' | 'name' | 'namespace'>;

/**
 * Serves the Api port from a store, with the namespaces that every cluster has.
 *
 * @example
 * const api = createLocalApi({ store: createMemoryStore(), clock, random });
 * await api.create('ConfigMap', { metadata: { name: 'a' }, data: { k: 'v' } });
 */
export const createLocalApi = (options: LocalApiOptions): Api => {
  const { store, clock, random, trusted = false, taintsNewNodes = false, runsProcesses = false } = options;
  const format = createTimestamps();
  const timestamp = (): string => format(clock.now());
  const context: Context = { store, clock, random, timestamp, trusted, taintsNewNodes, runsProcesses };
  for (const name of SYSTEM_NAMESPACES)
    if (store.get('namespaces', '', name) === undefined)
      createObject({ ...context, trusted: false }, resourceFor('Namespace'), { metadata: { name } });
  return new LocalApi(context, options) as unknown as Api;
};

export type { ReadLog };

type Args<M extends keyof Api> = Parameters<Api[M]>;

type Outlets = Pick<LocalApiOptions, 'onUnobservedError' | 'onWarning' | 'readLog'>;

/** Untyped by kind: which kind an object is of is known to the caller, and holds by construction. */
class LocalApi {
  private readonly context: Context;
  private readonly options: Outlets;

  constructor(context: Context, options: Outlets) {
    this.context = context;
    this.options = options;
  }

  get(key: Args<'get'>[0]): Call<KubeObject> {
    return this.answer(key.kind, (resource) => requireObject(this.context, resource, key));
  }

  list(kind: KindName, options?: Args<'list'>[1]): Call<ObjectList<KubeObject>> {
    return this.answer(kind, (resource) => listObjects(this.context, resource, options));
  }

  watch(kind: KindName, options?: Args<'watch'>[1]) {
    return watchObjects(this.context, resourceFor(kind), options);
  }

  create(kind: KindName, object: unknown, options?: Args<'create'>[2]): Call<KubeObject> {
    const { name = '', namespace } = (object as Partial<KubeObject> | null)?.metadata ?? {};
    const heard = this.heard({ kind, name, namespace: options?.namespace ?? namespace }, options);
    return this.answer(kind, (resource) => createObject(this.context, resource, object, heard));
  }

  update(key: Args<'update'>[0], object: unknown, given: Args<'update'>[2] = {}) {
    const options = this.heard(key, given);
    return this.answer(key.kind, (resource) =>
      options.subresource === 'scale'
        ? updateScale(this.context, resource, key, object, options)
        : updateObject(this.context, resource, key, object, options),
    );
  }

  patch(key: Args<'patch'>[0], patch: Args<'patch'>[1], given: Args<'patch'>[2] = {}) {
    const options = this.heard(key, given);
    return this.answer(key.kind, (resource) =>
      options.subresource === 'scale'
        ? patchScale(this.context, resource, key, patch, options)
        : patchObject(this.context, resource, key, patch, options),
    );
  }

  delete(key: Args<'delete'>[0], options?: Args<'delete'>[1]) {
    return this.answer(key.kind, (resource) => deleteObject(this.context, resource, key, options));
  }

  deleteCollection(kind: KindName, selection: Args<'deleteCollection'>[1], options?: Args<'delete'>[1]) {
    return this.answer(kind, (resource) => deleteCollection(this.context, resource, selection, options));
  }

  getScale(key: Args<'getScale'>[0]) {
    return this.answer(key.kind, (resource) => getScale(this.context, resource, key));
  }

  scale(key: Args<'scale'>[0], replicas: number, options: Args<'scale'>[2] = {}) {
    return this.answer(key.kind, (resource) => scaleTo(this.context, resource, key, replicas, options));
  }

  logs(pod: Args<'logs'>[0], options: Args<'logs'>[1] = {}) {
    const { readLog } = this.options;
    return podLog(this.context, resourceFor('Pod'), { key: pod, options, readLog });
  }

  bind(pod: Args<'bind'>[0], nodeName: string) {
    return this.answer('Pod', (resource) => bindPod(this.context, resource, pod, nodeName));
  }

  evict(pod: Args<'evict'>[0], options?: Args<'evict'>[1]) {
    return this.answer('Pod', (resource) => evictPod(this.context, resource, pod, options));
  }

  /** The options, with the Api's own receiver of warnings. */
  private heard<Options extends WriteOptions | undefined>(about: Warned, options: Options): Options {
    const { onWarning } = this.options;
    if (onWarning === undefined || options?.dryRun === true) return options;
    return {
      ...options,
      onWarning: (message: string) => {
        onWarning(message, about);
        options?.onWarning?.(message);
      },
    };
  }

  private answer<T>(kind: KindName, respond: (resource: Resource) => T): Call<T> {
    return answer(() => respond(resourceFor(kind)), this.options);
  }
}
