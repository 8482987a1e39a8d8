/** ReplicaSets and ReplicationControllers: as many pods as wanted, and counts that agree. */
import type { ReplicaSet, ReplicationController } from '../../api/index.js';
import {
  always,
  byOwner,
  adoptions,
  eventually,
  isActive,
  isLeaving,
  isTrue,
  largestSeen,
  nameOf,
  type ClusterView,
  type Invariant,
} from './invariant.js';

const sets = (view: ClusterView): readonly (ReplicaSet | ReplicationController)[] => [
  ...view.list('ReplicaSet'),
  ...view.list('ReplicationController'),
];

const size = always('PR-10', 'a ReplicaSet has created no more active pods than were ever wanted', () => {
  const largest = largestSeen();
  const adoptedOf = adoptions('Pod');
  return (view) => {
    const adopted = adoptedOf(view);
    const pods = byOwner(view.list('Pod'));
    return sets(view).flatMap((set) => {
      const most = largest(set.metadata.uid, set.spec.replicas ?? 1);
      const created = (pods.get(set.metadata.uid) ?? []).filter(
        (pod) => isActive(pod) && !adopted.has(pod.metadata.uid),
      ).length;
      return created > most ? [`${nameOf(set)}: ${created} of ${most}`] : [];
    });
  };
});

const counts = always(
  'PR-14',
  'available ≤ ready ≤ replicas and fullyLabeled ≤ replicas in the status of a ReplicaSet',
  () => (view) =>
    sets(view)
      .filter(
        ({ status: { replicas, readyReplicas = 0, availableReplicas = 0, fullyLabeledReplicas = 0 } }) =>
          availableReplicas > readyReplicas || readyReplicas > replicas || fullyLabeledReplicas > replicas,
      )
      .map((set) => `${nameOf(set)}: ${JSON.stringify(set.status)}`),
);

const converge = eventually(
  'PR-13',
  'a ReplicaSet has as many active pods as wanted, and says so',
  (view) => {
    const pods = byOwner(view.list('Pod'));
    return sets(view).flatMap((set) => {
      const { replicas = 1 } = set.spec;
      const active = (pods.get(set.metadata.uid) ?? []).filter(isActive).length;
      const isRight = active === replicas && set.status.replicas === replicas;
      return isRight ? [] : [`${nameOf(set)}: ${active} of ${replicas}, ${JSON.stringify(set.status)}`];
    });
  },
);

const failuresPass = eventually(
  'PR-15',
  'no ReplicaSet says ReplicaFailure when its writes succeed',
  (view) =>
    sets(view)
      .filter((set) => !isLeaving(set) && isTrue(set.status.conditions, 'ReplicaFailure'))
      .map((set) => `${nameOf(set)}: ${JSON.stringify(set.status.conditions)}`),
);

export const replicaSets: readonly Invariant[] = [size, counts, converge, failuresPass];
