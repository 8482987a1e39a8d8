/**
 * What must be true of a cluster, as values: `always` at every moment, `eventually` once faults have stopped and time has
 * passed. They look only at API objects, so that they hold for any cluster, and remember no more than earlier looks.
 *
 * Models: spec of the controllers' safety and liveness (controllers.md §10)
 */
import {
  findUntoleratedTaint,
  matchesNodeAffinity,
  type DaemonSet,
  type Deployment,
  type KindName,
  type KindOf,
  type KubeObject,
  type Node,
  type Pod,
  type ReplicaSet,
} from '../api/index.js';

/** A look at a cluster: `cluster` itself will do. */
export interface ClusterView {
  list<K extends KindName>(kind: K): readonly KindOf<K>[];
}

export interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly when: 'always' | 'eventually';
  /** Begins to look at one cluster. Each call gives what is wrong now; empty when it holds. */
  readonly observe: () => (view: ClusterView) => readonly string[];
}

const always = (id: string, says: string, observe: Invariant['observe']): Invariant => ({
  id,
  says,
  when: 'always',
  observe,
});
const eventually = (
  id: string,
  says: string,
  violations: (view: ClusterView) => readonly string[],
): Invariant => ({ id, says, when: 'eventually', observe: () => violations });

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace}/${metadata.name}`;
const ownerUid = ({ metadata }: KubeObject): string =>
  metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '';
const isLeaving = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
const hasEnded = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';
const isActive = (pod: Pod): boolean => !isLeaving(pod) && !hasEnded(pod);

const byOwner = <T extends KubeObject>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const owned = new Map<string, T[]>();
  for (const object of objects) {
    const uid = ownerUid(object);
    const others = owned.get(uid);
    if (others) others.push(object);
    else owned.set(uid, [object]);
  }
  return owned;
};
const countBy = <T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
};

/** The largest value that was ever seen of an object, by UID: limits that users change bound what is under way. */
const largestSeen = (): ((uid: string, value: number) => number) => {
  const largest = new Map<string, number>();
  return (uid, value) => {
    const most = Math.max(largest.get(uid) ?? 0, value);
    largest.set(uid, most);
    return most;
  };
};

const percentOrNumber = (value: number | string | undefined, total: number): number =>
  typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * total) / 100) : (value ?? 0);

const WORKLOADS = ['Deployment', 'ReplicaSet', 'DaemonSet', 'Job'] as const;

const oneController = always(
  'PR-1',
  'an object has at most one controller',
  () => (view) =>
    view
      .list('Pod')
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).filter((one) => one.controller).length > 1)
      .map((pod) => `${nameOf(pod)} has several`),
);

const generations = always('PR-5', 'observedGeneration never falls, and is never ahead of generation', () => {
  const last = new Map<string, number>();
  return (view) => {
    const wrong: string[] = [];
    for (const kind of ['Deployment', 'ReplicaSet', 'DaemonSet'] as const)
      for (const object of view.list(kind)) {
        const { uid, generation = 0 } = object.metadata;
        const { observedGeneration: observed = 0 } = object.status;
        if (observed > generation) wrong.push(`${nameOf(object)}: ${observed} of ${generation}`);
        if (observed < (last.get(uid) ?? 0))
          wrong.push(`${nameOf(object)}: ${last.get(uid)}, then ${observed}`);
        last.set(uid, observed);
      }
    return wrong;
  };
});

const replicaSetSize = always('PR-10', 'a ReplicaSet has no more active pods than were ever wanted', () => {
  const largest = largestSeen();
  return (view) => {
    const pods = byOwner(view.list('Pod'));
    return view.list('ReplicaSet').flatMap((replicaSet) => {
      const most = largest(replicaSet.metadata.uid, replicaSet.spec.replicas ?? 1);
      const active = (pods.get(replicaSet.metadata.uid) ?? []).filter(isActive).length;
      return active > most ? [`${nameOf(replicaSet)}: ${active} of ${most}`] : [];
    });
  };
});

const replicaCounts = always(
  'PR-14',
  'available ≤ ready ≤ replicas in the status of a ReplicaSet',
  () => (view) =>
    view
      .list('ReplicaSet')
      .filter(
        ({ status: { replicas, readyReplicas = 0, availableReplicas = 0 } }) =>
          availableReplicas > readyReplicas || readyReplicas > replicas,
      )
      .map((replicaSet) => `${nameOf(replicaSet)}: ${JSON.stringify(replicaSet.status)}`),
);

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

const deploymentSize = always('PR-20', 'ReplicaSets together want no more than replicas + maxSurge', () => {
  const largest = largestSeen();
  const isCounted = rolloutsFromRest();
  return (view) => {
    const sets = byOwner(view.list('ReplicaSet'));
    return view.list('Deployment').flatMap((deployment) => {
      const { uid } = deployment.metadata;
      const most = largest(uid, deployment.spec.replicas + surgeOf(deployment));
      const wanted = (sets.get(uid) ?? []).reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0);
      return isCounted(deployment, wanted) && wanted > most
        ? [`${nameOf(deployment)}: ${wanted} of ${most}`]
        : [];
    });
  };
});

const templateOf = ({ spec }: ReplicaSet): string => JSON.stringify(spec.template?.spec);
const oneSetPerTemplate = always('PR-24', 'a Deployment makes one ReplicaSet per template', () => (view) => {
  const sets = byOwner(view.list('ReplicaSet'));
  return view
    .list('Deployment')
    .flatMap((deployment) =>
      [...countBy(sets.get(deployment.metadata.uid) ?? [], templateOf)]
        .filter(([, count]) => count > 1)
        .map(([template, count]) => `${nameOf(deployment)}: ${count} of ${template}`),
    );
});

/** Taints that stand for the condition of a node; what they keep off comes and goes with it. */
const isConditionTaint = ({ key }: { readonly key: string }): boolean =>
  key.startsWith('node.kubernetes.io/');

const shouldRun = ({ spec: { template } }: DaemonSet, node: Node): boolean =>
  matchesNodeAffinity(template.spec, node) &&
  findUntoleratedTaint(
    node.spec.taints?.filter((taint) => !isConditionTaint(taint)),
    template.spec.tolerations,
  ) === undefined;
/** The node that a pod is on or meant for. */
const nodeOf = ({ spec }: Pod): string =>
  spec.nodeName ??
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
    ?.matchFields?.[0]?.values?.[0] ??
  '';
const hasSurge = ({ spec }: DaemonSet): boolean =>
  percentOrNumber(spec.updateStrategy.rollingUpdate?.maxSurge, 100) > 0;

const onePerNode = always('PR-31', 'a node has at most one daemon pod, two while one surges', () => {
  const surges = largestSeen();
  return (view) => {
    const pods = byOwner(view.list('Pod'));
    return view.list('DaemonSet').flatMap((daemonSet) => {
      const most = 1 + surges(daemonSet.metadata.uid, hasSurge(daemonSet) ? 1 : 0);
      // With a surge those that leave do not count (PR-32); without it they keep their place.
      const counted = (pods.get(daemonSet.metadata.uid) ?? []).filter((pod) =>
        most > 1 ? !isLeaving(pod) : !(isLeaving(pod) && hasEnded(pod)),
      );
      return [...countBy(counted, nodeOf)]
        .filter(([, count]) => count > most)
        .map(([node, count]) => `${nameOf(daemonSet)}: ${count} on ${node}`);
    });
  };
});

const daemonCounts = always(
  'PR-35',
  'available ≤ ready ≤ current ≤ desired in the status of a DaemonSet',
  () => (view) =>
    view
      .list('DaemonSet')
      .filter(({ status }) => {
        const {
          currentNumberScheduled: current,
          desiredNumberScheduled: desired,
          numberReady: ready,
        } = status;
        const { numberAvailable: available = 0, numberUnavailable: unavailable = 0 } = status;
        return (
          available > ready || ready > current || current > desired || unavailable !== desired - available
        );
      })
      .map((daemonSet) => `${nameOf(daemonSet)}: ${JSON.stringify(daemonSet.status)}`),
);

const jobParallelism = always('PR-50', 'a Job never runs more pods than its parallelism', () => {
  const largest = largestSeen();
  return (view) => {
    const pods = byOwner(view.list('Pod'));
    return view.list('Job').flatMap((job) => {
      const most = largest(job.metadata.uid, job.spec.parallelism ?? 1);
      const active = (pods.get(job.metadata.uid) ?? []).filter(isActive).length;
      return active > most ? [`${nameOf(job)}: ${active} of ${most}`] : [];
    });
  };
});

const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
const onePerIndex = always('PR-51', 'an index of a Job has at most one active pod', () => (view) => {
  const pods = byOwner(view.list('Pod'));
  return view
    .list('Job')
    .filter(({ spec }) => spec.completionMode === 'Indexed')
    .flatMap((job) =>
      [
        ...countBy(
          (pods.get(job.metadata.uid) ?? []).filter(isActive),
          ({ metadata }) => metadata.annotations?.[COMPLETION_INDEX] ?? '',
        ),
      ]
        .filter(([, count]) => count > 1)
        .map(([index, count]) => `${nameOf(job)}: ${count} with index ${index}`),
    );
});

const oneSuccessPerIndex = always('PR-51', 'an index that has succeeded is not run again', () => (view) => {
  const pods = byOwner(view.list('Pod'));
  return view
    .list('Job')
    .filter(({ spec }) => spec.completionMode === 'Indexed')
    .flatMap((job) =>
      [
        ...countBy(
          (pods.get(job.metadata.uid) ?? []).filter(({ status }) => status.phase === 'Succeeded'),
          ({ metadata }) => metadata.annotations?.[COMPLETION_INDEX] ?? '',
        ),
      ]
        .filter(([, count]) => count > 1)
        .map(([index, count]) => `${nameOf(job)}: ${count} succeeded with index ${index}`),
    );
});

const concurrency = always(
  'PR-61',
  'a CronJob that forbids it never has two Jobs under way',
  () => (view) => {
    const jobs = byOwner(view.list('Job'));
    return view
      .list('CronJob')
      .filter(({ spec }) => spec.concurrencyPolicy === 'Forbid')
      .flatMap((cronJob) => {
        const running = (jobs.get(cronJob.metadata.uid) ?? []).filter(
          (job) => !isLeaving(job) && !isFinished(job.status.conditions),
        );
        return running.length > 1 ? [`${nameOf(cronJob)}: ${running.length}`] : [];
      });
  },
);

type Conditions = readonly { readonly type: string; readonly status: string }[] | undefined;
const isFinished = (conditions: Conditions): boolean =>
  conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ??
  false;

const jobsConverge = eventually('PR-58', 'a Job finishes, and says so with all pods counted', (view) =>
  view
    .list('Job')
    .filter(
      ({ spec, status }) =>
        spec.suspend !== true &&
        (!isFinished(status.conditions) ||
          (status.active ?? 0) > 0 ||
          hasUncounted(status.uncountedTerminatedPods)),
    )
    .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`),
);
const hasUncounted = (
  uncounted:
    | { readonly succeeded?: readonly string[] | undefined; readonly failed?: readonly string[] | undefined }
    | undefined,
): boolean => (uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0;

const replicaSetsConverge = eventually(
  'PR-13',
  'a ReplicaSet has as many active pods as wanted, and says so',
  (view) => {
    const pods = byOwner(view.list('Pod'));
    return view.list('ReplicaSet').flatMap((replicaSet) => {
      const { replicas = 1 } = replicaSet.spec;
      const active = (pods.get(replicaSet.metadata.uid) ?? []).filter(isActive).length;
      const isRight = active === replicas && replicaSet.status.replicas === replicas;
      return isRight
        ? []
        : [`${nameOf(replicaSet)}: ${active} of ${replicas}, ${JSON.stringify(replicaSet.status)}`];
    });
  },
);

const deploymentsConverge = eventually('PR-27', 'a rollout ends with all pods new and available', (view) =>
  view
    .list('Deployment')
    .filter(({ spec, status, metadata }) => {
      const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, observedGeneration } = status;
      if (spec.paused) return observedGeneration !== metadata.generation;
      const isThere = [replicas, updatedReplicas, availableReplicas].every(
        (count) => count === spec.replicas,
      );
      return !isThere || observedGeneration !== metadata.generation;
    })
    .map((deployment) => `${nameOf(deployment)}: ${JSON.stringify(deployment.status)}`),
);

const daemonSetsConverge = eventually(
  'PR-30',
  'each node that should run a daemon pod has exactly one, others none',
  (view) => {
    const pods = byOwner(view.list('Pod'));
    return view.list('DaemonSet').flatMap((daemonSet) => {
      const counts = countBy((pods.get(daemonSet.metadata.uid) ?? []).filter(isActive), nodeOf);
      const nodes = view.list('Node');
      const wrong = nodes
        .filter((node) => (counts.get(node.metadata.name) ?? 0) !== (shouldRun(daemonSet, node) ? 1 : 0))
        .map(
          (node) => `${nameOf(daemonSet)}: ${counts.get(node.metadata.name) ?? 0} on ${node.metadata.name}`,
        );
      const desired = nodes.filter((node) => shouldRun(daemonSet, node)).length;
      const { desiredNumberScheduled, numberReady } = daemonSet.status;
      return desiredNumberScheduled === desired && numberReady === desired
        ? wrong
        : [...wrong, `${nameOf(daemonSet)}: ${JSON.stringify(daemonSet.status)} on ${desired} nodes`];
    });
  },
);

const nothingIsLeft = eventually(
  'GC',
  'what is being deleted goes, and nothing outlives its owner',
  (view) => {
    const owners = new Set(WORKLOADS.flatMap((kind) => view.list(kind).map(({ metadata }) => metadata.uid)));
    for (const { metadata } of view.list('CronJob')) owners.add(metadata.uid);
    return [...view.list('Pod'), ...view.list('ReplicaSet')].flatMap((object) => {
      if (isLeaving(object)) return [`${nameOf(object)} is still being deleted`];
      const owner = ownerUid(object);
      return owner !== '' && !owners.has(owner) ? [`${nameOf(object)} has outlived its owner`] : [];
    });
  },
);

const endsOnce = always(
  'PR-54',
  'a Job is never both Complete and Failed, and has no active pod when it is either',
  () => (view) =>
    view
      .list('Job')
      .filter(({ status }) => {
        const ends = (status.conditions ?? []).filter((one) => isFinished([one]));
        return ends.length > 1 || (ends.length > 0 && (status.active ?? 0) > 0);
      })
      .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`),
);

/** All that statelet promises of the kinds that it serves. */
export const invariants: readonly Invariant[] = [
  oneController,
  generations,
  replicaSetSize,
  replicaCounts,
  deploymentSize,
  oneSetPerTemplate,
  onePerNode,
  daemonCounts,
  jobParallelism,
  onePerIndex,
  oneSuccessPerIndex,
  concurrency,
  endsOnce,
  replicaSetsConverge,
  deploymentsConverge,
  daemonSetsConverge,
  jobsConverge,
  nothingIsLeft,
];

/**
 * Watches over one cluster. `check` tells what is wrong now, of one kind of invariant, as `id: what (says)`.
 *
 * @example
 * const { check } = observeInvariants(cluster);
 * cluster.watch('Pod').subscribe(() => assert.equal(check('always'), []));
 */
export const observeInvariants = (
  view: ClusterView,
  chosen: readonly Invariant[] = invariants,
): { check(when: Invariant['when']): readonly string[] } => {
  const observed = chosen.map((invariant) => ({ ...invariant, violations: invariant.observe() }));
  return {
    check: (when) =>
      observed
        .filter((invariant) => invariant.when === when)
        .flatMap(({ id, says, violations }) => violations(view).map((wrong) => `${id}: ${wrong} (${says})`)),
  };
};
