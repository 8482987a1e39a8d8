/**
 * The informers that controllers and scheduler share: one per kind, made when first asked for.
 *
 * Pods and ReplicaSets are indexed by their controller, so that finding what belongs to an owner costs only its result;
 * kinds that nobody looks for but by name are not indexed: every node's lease is written every ten seconds.
 */
import type { KindName, KindOf, KubeObject, ObjectMeta, Pod } from '../api/index.js';
import { createInformer, type Api, type Indexers, type Informer } from '../client/index.js';
import { controllerOf } from './pods.js';

export interface Informers {
  of<K extends KindName>(kind: K): Informer<KindOf<K>>;
  /** Starts those that were asked for, pods last, and each later one at once. */
  start(): void;
  stop(): void;
}

/** Index: the UID of the controlling owner. */
export const BY_CONTROLLER = 'controller';
/** Index of objects that nobody controls: the namespace. */
const ORPHANS = 'orphans';
/** Index of Jobs: namespace and name of the controlling owner, whatever its UID. */
export const BY_CONTROLLER_NAME = 'controllerName';
/** Index: the namespace. */
export const BY_NAMESPACE = 'namespace';
/** Index of pods: the node that they are bound to. */
export const BY_NODE = 'node';

/** What an owner may claim: the objects that it controls, then those of its namespace that nobody does. */
export const claimable = <T extends KubeObject>(
  informer: Informer<T>,
  { uid, namespace = '' }: Pick<ObjectMeta, 'uid' | 'namespace'>,
): readonly T[] => {
  const owned = informer.byIndex(BY_CONTROLLER, uid);
  const orphans = informer.byIndex(ORPHANS, namespace);
  return orphans.length > 0 ? [...owned, ...orphans] : owned;
};

const owned = {
  [BY_CONTROLLER]: ({ metadata }: KubeObject): string | undefined => controllerOf(metadata)?.uid,
  [ORPHANS]: ({ metadata }: KubeObject): string | undefined =>
    controllerOf(metadata) ? undefined : (metadata.namespace ?? ''),
};
const byNamespace = {
  [BY_NAMESPACE]: ({ metadata }: KubeObject): string => metadata.namespace ?? '',
};
/** What is looked for by more than its name. */
const INDEXERS: Partial<Record<KindName, Indexers<KubeObject>>> = {
  Pod: {
    ...owned,
    ...byNamespace,
    [BY_NODE]: (object) => (object as Pod).spec.nodeName,
  },
  Job: {
    ...byNamespace,
    [BY_CONTROLLER_NAME]: ({ metadata }) => {
      const controller = controllerOf(metadata);
      return controller && `${metadata.namespace ?? ''}/${controller.name}`;
    },
  },
  ReplicaSet: { ...owned, ...byNamespace },
  ReplicationController: { ...owned, ...byNamespace },
  ControllerRevision: owned,
  DaemonSet: byNamespace,
  Deployment: byNamespace,
  PodDisruptionBudget: byNamespace,
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
          indexers: INDEXERS[kind],
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
