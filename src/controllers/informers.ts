/**
 * The informers that controllers and scheduler share: one per kind, made when first asked for.
 *
 * Pods and ReplicaSets are indexed by their controller, so that finding what belongs to an owner costs only its result.
 */
import type { KindName, KindOf, KubeObject, Pod } from '../api/index.js';
import { createInformer, type Api, type Informer } from '../client/index.js';
import { controllerOf } from './pods.js';

export interface Informers {
  of<K extends KindName>(kind: K): Informer<KindOf<K>>;
  /** Starts those that were asked for, pods last, and each later one at once. */
  start(): void;
  stop(): void;
}

/** Index: the UID of the controlling owner, or {@link orphansOf} the namespace. */
export const BY_CONTROLLER = 'controller';
/** Index of Jobs: namespace and name of the controlling owner, whatever its UID. */
export const BY_CONTROLLER_NAME = 'controllerName';
/** Index: the namespace. */
export const BY_NAMESPACE = 'namespace';
/** Index of pods: the node that they are bound to. */
export const BY_NODE = 'node';

/** Key, in {@link BY_CONTROLLER}, of the objects of a namespace that nobody controls. */
export const orphansOf = (namespace: string | undefined): string => `orphans/${namespace ?? ''}`;

const indexers = {
  [BY_CONTROLLER]: ({ metadata }: KubeObject): string =>
    controllerOf(metadata)?.uid ?? orphansOf(metadata.namespace),
  [BY_NAMESPACE]: ({ metadata }: KubeObject): string => metadata.namespace ?? '',
};
const jobIndexers = {
  ...indexers,
  [BY_CONTROLLER_NAME]: ({ metadata }: KubeObject): string | undefined => {
    const controller = controllerOf(metadata);
    return controller && `${metadata.namespace ?? ''}/${controller.name}`;
  },
};
const podIndexers = {
  ...indexers,
  [BY_NODE]: (object: KubeObject): string | undefined => (object as Pod).spec.nodeName,
};

/** @param onError receives what ends an informer, other than an expired watch, which it survives. */
export const createInformers = (api: Api, onError?: (error: unknown) => void): Informers => {
  const byKind = new Map<KindName, Informer<KubeObject>>();
  let isRunning = false;
  return {
    of: <K extends KindName>(kind: K) => {
      let informer = byKind.get(kind);
      if (!informer) {
        informer = createInformer(api, kind, {
          indexers: kind === 'Pod' ? podIndexers : kind === 'Job' ? jobIndexers : indexers,
          onError,
        }) as unknown as Informer<KubeObject>;
        byKind.set(kind, informer);
        if (isRunning) informer.start();
      }
      return informer as unknown as Informer<KindOf<K>>;
    },
    start: () => {
      isRunning = true;
      // Owners first: a pod whose owner is not known yet would be taken for an orphan.
      for (const [kind, informer] of byKind) if (kind !== 'Pod') informer.start();
      byKind.get('Pod')?.start();
    },
    stop: () => {
      isRunning = false;
      for (const informer of byKind.values()) informer.stop();
    },
  };
};
