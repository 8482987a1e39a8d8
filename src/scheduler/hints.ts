/**
 * Whom a change of the cluster may help: the plugins whose refusal of a waiting pod it may undo. What cannot help is no
 * reason to try again, and to say again that there is no node. Pure.
 *
 * Models: the plugins' EventsToRegister and queueing hints, pkg/scheduler/framework/plugins (v1.36; SC-3)
 * Differs: whatever changes in a node may help any pod.
 */
import type { PodFacts } from './nodeInfo.js';
import type { NamespaceLabels } from './plugins/podTerms.js';

export type ClusterChange =
  | { readonly type: 'node' }
  | { readonly type: 'namespaceLabels' }
  /** A pod on a node: placed (no `before`), gone (no `after`), or with other labels, or being deleted. */
  | { readonly type: 'pod'; readonly before: PodFacts | undefined; readonly after: PodFacts | undefined };

const NONE: readonly string[] = [];
const ROOM: readonly string[] = ['NodeResourcesFit', 'NodePorts'];

/** Of what a waiting pod itself has been given. */
export const HELPED_BY_TOLERATIONS: readonly string[] = ['TaintToleration', 'NodeUnschedulable'];
export const HELPED_BY_LABELS: readonly string[] = ['PodTopologySpread', 'InterPodAffinity'];

/** Undefined: any. */
export const pluginsHelped = (
  change: ClusterChange,
  waiting: PodFacts,
  namespaceLabels: NamespaceLabels,
): readonly string[] | undefined => {
  if (change.type === 'node') return undefined;
  if (change.type === 'namespaceLabels') return waiting.terms ? ['InterPodAffinity'] : NONE;
  const { before, after } = change;
  const helped = after ? NONE : ROOM;
  const isSpread = spreadChanges(waiting, before, after);
  const isNear = affinityChanges(waiting, before, after, namespaceLabels);
  return isSpread || isNear
    ? [...helped, ...(isSpread ? ['PodTopologySpread'] : NONE), ...(isNear ? ['InterPodAffinity'] : NONE)]
    : helped;
};

type Other = PodFacts | undefined;

/** One more, or one less, of the pods to be spread. */
const spreadChanges = ({ spread }: PodFacts, before: Other, after: Other): boolean =>
  spread.some(
    ({ isHard, counts }) =>
      isHard && (before !== undefined && counts(before.pod)) !== (after !== undefined && counts(after.pod)),
  );

/** One that it wants near has come, or one that keeps it away has gone. */
const affinityChanges = (
  { pod, terms }: PodFacts,
  before: Other,
  after: Other,
  namespaceLabels: NamespaceLabels,
): boolean => {
  const isNear = (other: Other): boolean =>
    other !== undefined &&
    terms !== undefined &&
    terms.affinity.length > 0 &&
    terms.affinity.every((term) => term.matches(other.pod, namespaceLabels));
  const isFar = (other: Other): boolean =>
    other !== undefined &&
    ((terms?.antiAffinity.some((term) => term.matches(other.pod, namespaceLabels)) ?? false) ||
      (other.terms?.antiAffinity.some((term) => term.matches(pod, namespaceLabels)) ?? false));
  return (isNear(after) && !isNear(before)) || (isFar(before) && !isFar(after));
};
