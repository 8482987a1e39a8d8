/** Deployments: sizes during a rollout, one ReplicaSet per template, and the end of a rollout. */
import type { Deployment, Pod, ReplicaSet } from '../../api/index.js';
import {
  adoptions,
  always,
  byOwner,
  countBy,
  eventually,
  hasEnded,
  isLeaving,
  largestSeen,
  nameOf,
  percentOrNumber,
  type ClusterView,
  type Invariant,
} from './invariant.js';

const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

/** The template of a ReplicaSet without the label that its Deployment has put on it. */
const templateOf = ({ spec: { template } }: ReplicaSet): string => {
  const { [HASH]: _, ...labels } = template?.metadata.labels ?? {};
  const annotations = Object.entries(template?.metadata.annotations ?? {}).sort();
  return JSON.stringify([Object.entries(labels).sort(), annotations, template?.spec]);
};
const setsOf = (view: ClusterView, { metadata }: Deployment): readonly ReplicaSet[] =>
  byOwner(view.list('ReplicaSet')).get(metadata.uid) ?? [];

const surgeOf = ({ spec }: Deployment): number =>
  spec.strategy.type === 'Recreate'
    ? 0
    : percentOrNumber(spec.strategy.rollingUpdate?.maxSurge, spec.replicas);

const isAtRest = ({ metadata, spec, status }: Deployment): boolean =>
  status.observedGeneration === metadata.generation &&
  [status.replicas, status.updatedReplicas, status.availableReplicas].every(
    (count) => (count ?? 0) === spec.replicas,
  );

/**
 * Of a template that is changed while the rollout before it still runs nothing is promised until it rests again: what the
 * controller has just made it may not see yet, and it expects nothing (CS-3).
 */
const rolloutsFromRest = (): ((deployment: Deployment, wanted: number) => boolean) => {
  const last = new Map<string, { template: string; wasAtRest: boolean; counts: boolean }>();
  return (deployment, wanted) => {
    const template = JSON.stringify(deployment.spec.template);
    const before = last.get(deployment.metadata.uid);
    const wasAtRest = isAtRest(deployment) && wanted === deployment.spec.replicas;
    const begins = before !== undefined && before.template !== template;
    const counts = wasAtRest || (begins ? before.wasAtRest && before.counts : (before?.counts ?? true));
    last.set(deployment.metadata.uid, { template, wasAtRest, counts });
    return counts;
  };
};
const wantedBy = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0);

const size = always('PR-20', 'ReplicaSets together want no more than replicas + maxSurge', () => {
  const largest = largestSeen();
  const isCounted = rolloutsFromRest();
  const adoptedOf = adoptions('ReplicaSet');
  return (view) => {
    const adopted = adoptedOf(view);
    return view.list('Deployment').flatMap((deployment) => {
      const most = largest(deployment.metadata.uid, deployment.spec.replicas + surgeOf(deployment));
      const sets = setsOf(view, deployment);
      const created = wantedBy(sets.filter(({ metadata }) => !adopted.has(metadata.uid)));
      return isCounted(deployment, wantedBy(sets)) && created > most
        ? [`${nameOf(deployment)}: ${created} of ${most}`]
        : [];
    });
  };
});

const hashOf = ({ metadata }: Pod): string => metadata.labels?.[HASH] ?? '';

const recreation = always('PR-23', 'a Deployment that recreates never runs old and new pods together', () => {
  const excused = new Set<string>();
  const isCounted = rolloutsFromRest();
  const adoptedOf = adoptions('ReplicaSet');
  return (view) => {
    const adopted = adoptedOf(view);
    return view
      .list('Deployment')
      .filter(({ spec }) => spec.strategy.type === 'Recreate')
      .flatMap((deployment) => {
        const sets = setsOf(view, deployment);
        const created = sets.filter(({ metadata }) => !adopted.has(metadata.uid));
        const pods = created.flatMap(({ metadata }) => byOwner(view.list('Pod')).get(metadata.uid) ?? []);
        const { uid } = deployment.metadata;
        const hashes = new Set(pods.filter((pod) => !hasEnded(pod)).map(hashOf));
        const counts = isCounted(deployment, wantedBy(sets));
        // Pods that came together when nothing was promised leave at their own pace.
        if (hashes.size < 2) excused.delete(uid);
        else if (!counts) excused.add(uid);
        return hashes.size > 1 && !excused.has(uid)
          ? [`${nameOf(deployment)}: ${[...hashes].join(' and ')}`]
          : [];
      });
  };
});

const oneSetPerTemplate = always('PR-24', 'a Deployment makes one ReplicaSet per template', () => {
  const adoptedOf = adoptions('ReplicaSet');
  return (view) => {
    const adopted = adoptedOf(view);
    return view.list('Deployment').flatMap((deployment) => {
      const created = setsOf(view, deployment).filter(({ metadata }) => !adopted.has(metadata.uid));
      return [...countBy(created, templateOf)]
        .filter(([, count]) => count > 1)
        .map(([template, count]) => `${nameOf(deployment)}: ${count} of ${template}`);
    });
  };
});

const templatesStay = always('PR-24', 'the template of a Deployment’s ReplicaSet never changes', () => {
  const first = new Map<string, string>();
  return (view) =>
    view.list('Deployment').flatMap((deployment) =>
      setsOf(view, deployment).flatMap((set) => {
        const template = JSON.stringify([set.spec.template, set.spec.selector]);
        const before = first.get(set.metadata.uid) ?? template;
        first.set(set.metadata.uid, before);
        return before === template ? [] : [`${nameOf(set)}: ${before}, then ${template}`];
      }),
    );
});

const newestRevision = eventually('PR-24', 'the current ReplicaSet has the highest revision', (view) =>
  view.list('Deployment').flatMap((deployment) => {
    const revision = Number(deployment.metadata.annotations?.[REVISION] ?? 0);
    const revisions = setsOf(view, deployment).map(({ metadata }) =>
      Number(metadata.annotations?.[REVISION] ?? 0),
    );
    return deployment.spec.paused || isLeaving(deployment) || Math.max(...revisions) === revision
      ? []
      : [`${nameOf(deployment)}: ${revision} of ${revisions.join(', ')}`];
  }),
);

const pauses = always('PR-25', 'a paused Deployment makes no ReplicaSet', () => {
  /** What it had when the controller had seen the pause, by UID. */
  const known = new Map<string, ReadonlySet<string>>();
  return (view) =>
    view.list('Deployment').flatMap((deployment) => {
      const { uid, generation } = deployment.metadata;
      const sets = setsOf(view, deployment);
      const before = known.get(uid);
      if (!deployment.spec.paused) known.delete(uid);
      else if (before === undefined && deployment.status.observedGeneration === generation)
        known.set(uid, new Set(sets.map(({ metadata }) => metadata.uid)));
      return deployment.spec.paused && before
        ? sets
            .filter(({ metadata }) => !before.has(metadata.uid))
            .map((set) => `${nameOf(deployment)} has made ${set.metadata.name}`)
        : [];
    });
});

const converge = eventually('PR-27', 'a rollout ends with all pods new and available, and says so', (view) =>
  view
    .list('Deployment')
    .filter(({ spec, status, metadata }) => {
      if (status.observedGeneration !== metadata.generation) return true;
      if (spec.paused) return false;
      const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
      const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
      return (
        [replicas, updatedReplicas, availableReplicas].some((count) => count !== spec.replicas) ||
        progressing?.reason !== 'NewReplicaSetAvailable'
      );
    })
    .map((deployment) => `${nameOf(deployment)}: ${JSON.stringify(deployment.status)}`),
);

export const deployments: readonly Invariant[] = [
  size,
  recreation,
  oneSetPerTemplate,
  templatesStay,
  newestRevision,
  pauses,
  converge,
];
