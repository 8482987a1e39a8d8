/** What holds of every kind: owners, generations, adoption, and that nothing is left behind. */
import type { KindName, KubeObject } from '../../api/index.js';
import {
  always,
  byOwner,
  controllerOf,
  eventually,
  isActive,
  isFinished,
  isLeaving,
  nameOf,
  podOwners,
  previous,
  selects,
  SIGHT_MS,
  type ClusterView,
  type Invariant,
  type PodOwner,
} from './invariant.js';

const OWNED: readonly KindName[] = ['Pod', 'ReplicaSet', 'Job', 'ControllerRevision'];
const owned = (view: ClusterView): readonly KubeObject[] =>
  OWNED.flatMap((kind): readonly KubeObject[] => view.list(kind));

const oneController = always(
  'PR-1',
  'an object has at most one controller',
  () => (view) =>
    owned(view)
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).filter((one) => one.controller).length > 1)
      .map((object) => `${nameOf(object)} has several`),
);

const nothingForTheDeleted = always(
  'PR-4',
  'an owner that is being deleted creates no pods',
  () => (view) => {
    const pods = byOwner(view.list('Pod'));
    return podOwners(view)
      .filter(isLeaving)
      .flatMap((owner) => {
        const deletedMs = Date.parse(owner.metadata.deletionTimestamp ?? '');
        return (pods.get(owner.metadata.uid) ?? [])
          .filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') > deletedMs + SIGHT_MS)
          .map((pod) => `${nameOf(owner)} has made ${nameOf(pod)}`);
      });
  },
);

const generations = always('PR-5', 'observedGeneration never falls, and is never ahead of generation', () => {
  const before = previous<number>();
  return (view) =>
    (['Deployment', 'ReplicaSet', 'ReplicationController', 'DaemonSet'] as const).flatMap((kind) =>
      view.list(kind).flatMap((object) => {
        const { uid, generation = 0 } = object.metadata;
        const { observedGeneration: observed = 0 } = object.status;
        const last = before(uid, observed);
        if (observed > generation) return [`${nameOf(object)}: ${observed} of ${generation}`];
        return observed < last ? [`${nameOf(object)}: ${last}, then ${observed}`] : [];
      }),
    );
});

const isAtWork = (owner: PodOwner): boolean =>
  !isLeaving(owner) && !(owner.kind === 'Job' && isFinished(owner.status.conditions));

const orphansAreAdopted = eventually(
  'PR-6',
  'an active pod that a workload selects is not left without a controller',
  (view) => {
    const owners = podOwners(view).filter(isAtWork);
    return (byOwner(view.list('Pod')).get('') ?? [])
      .filter(isActive)
      .flatMap((pod) =>
        owners.filter((owner) => selects(owner, pod)).map((owner) => `${nameOf(pod)} for ${nameOf(owner)}`),
      );
  },
);

const strangersAreReleased = eventually(
  'PR-7',
  'a workload lets go of an active pod that it selects no longer',
  (view) => {
    const pods = byOwner(view.list('Pod'));
    return podOwners(view)
      .filter(isAtWork)
      .flatMap((owner) =>
        (pods.get(owner.metadata.uid) ?? [])
          .filter((pod) => isActive(pod) && !selects(owner, pod))
          .map((pod) => `${nameOf(owner)} has ${nameOf(pod)}`),
      );
  },
);

const collisions = always('PR-8', 'collisionCount never falls', () => {
  const before = previous<number>();
  return (view) =>
    (['Deployment', 'DaemonSet'] as const).flatMap((kind) =>
      view
        .list(kind)
        .filter(
          ({ metadata: { uid }, status: { collisionCount = 0 } }) =>
            before(uid, collisionCount) > collisionCount,
        )
        .map((object) => `${nameOf(object)}: ${object.status.collisionCount}`),
    );
});

const nothingIsLeft = eventually(
  'GC',
  'what is being deleted goes, and nothing outlives its owner',
  (view) => {
    const owners = new Set<string>();
    for (const { metadata } of podOwners(view)) owners.add(metadata.uid);
    for (const kind of ['Deployment', 'CronJob'] as const)
      for (const { metadata } of view.list(kind)) owners.add(metadata.uid);
    const objects: readonly KubeObject[] = [
      ...owned(view),
      ...(['Deployment', 'ReplicationController', 'DaemonSet', 'CronJob'] as const).flatMap(
        (kind): readonly KubeObject[] => view.list(kind),
      ),
    ];
    return objects.flatMap((object) => {
      if (isLeaving(object)) return [`${nameOf(object)} is still being deleted`];
      const owner = controllerOf(object)?.uid;
      return owner !== undefined && !owners.has(owner) ? [`${nameOf(object)} has outlived its owner`] : [];
    });
  },
);

export const generic: readonly Invariant[] = [
  oneController,
  nothingForTheDeleted,
  generations,
  orphansAreAdopted,
  strangersAreReleased,
  collisions,
  nothingIsLeft,
];
