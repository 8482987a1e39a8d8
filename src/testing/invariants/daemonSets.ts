/** DaemonSets: one pod on each node that should have one. */
import {
  findUntoleratedTaint,
  matchesNodeAffinity,
  type DaemonSet,
  type Node,
  type Pod,
} from '../../api/index.js';
import {
  adoptions,
  always,
  byOwner,
  countBy,
  eventually,
  hasEnded,
  isActive,
  isLeaving,
  largestSeen,
  nameOf,
  percentOrNumber,
  type Invariant,
} from './invariant.js';

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

const onePerNode = always('PR-31', 'a node has at most one daemon pod, two while one surges (PR-32)', () => {
  const surges = largestSeen();
  const adoptedOf = adoptions('Pod');
  return (view) => {
    const adopted = adoptedOf(view);
    const pods = byOwner(view.list('Pod'));
    return view.list('DaemonSet').flatMap((daemonSet) => {
      const most = 1 + surges(daemonSet.metadata.uid, hasSurge(daemonSet) ? 1 : 0);
      // With a surge those that leave do not count (PR-32); without it they keep their place.
      const counted = (pods.get(daemonSet.metadata.uid) ?? [])
        .filter(({ metadata }) => !adopted.has(metadata.uid))
        .filter((pod) => (most > 1 ? !isLeaving(pod) : !(isLeaving(pod) && hasEnded(pod))));
      return [...countBy(counted, nodeOf)]
        .filter(([, count]) => count > most)
        .map(([node, count]) => `${nameOf(daemonSet)}: ${count} on ${node}`);
    });
  };
});

const counts = always(
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

const converge = eventually(
  'PR-30',
  'each node that should run a daemon pod has exactly one of the current template, others none',
  (view) => {
    const pods = byOwner(view.list('Pod'));
    return view.list('DaemonSet').flatMap((daemonSet) => {
      const active = countBy((pods.get(daemonSet.metadata.uid) ?? []).filter(isActive), nodeOf);
      const nodes = view.list('Node');
      const wrong = nodes
        .filter((node) => (active.get(node.metadata.name) ?? 0) !== (shouldRun(daemonSet, node) ? 1 : 0))
        .map(
          (node) => `${nameOf(daemonSet)}: ${active.get(node.metadata.name) ?? 0} on ${node.metadata.name}`,
        );
      const desired = nodes.filter((node) => shouldRun(daemonSet, node)).length;
      const { desiredNumberScheduled, numberReady, updatedNumberScheduled = 0 } = daemonSet.status;
      const isUpdated =
        daemonSet.spec.updateStrategy.type === 'OnDelete' || updatedNumberScheduled === desired;
      return desiredNumberScheduled === desired && numberReady === desired && isUpdated
        ? wrong
        : [...wrong, `${nameOf(daemonSet)}: ${JSON.stringify(daemonSet.status)} on ${desired} nodes`];
    });
  },
);

export const daemonSets: readonly Invariant[] = [onePerNode, counts, converge];
