/**
 * Which nodes a pod is pinned to by name, before any node is looked at: the pods of a DaemonSet are. Pure.
 *
 * Models: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go#PreFilter,
 * pkg/scheduler/schedule_one.go#findNodesThatFitPod (v1.36)
 */
import type { NodeSelectorTerm, PodSpec } from '../../api/index.js';
import { rejection } from './rejection.js';

/** What every node that a pod is not pinned to is told. */
export const NOT_PINNED = rejection('NodeAffinity', "node(s) didn't satisfy plugin(s) [NodeAffinity]", true);
/** Takes the place of the reasons when no node can meet all the terms. */
export const CONFLICTING_TERMS = 'pod affinity terms conflict';

/**
 * The names of the nodes that the required affinity leaves; undefined when some term goes without names. Empty: within each
 * term the names contradict each other.
 */
export const pinnedNodes = ({ affinity }: PodSpec): ReadonlySet<string> | undefined => {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required || required.nodeSelectorTerms.length === 0) return undefined;
  const pinned = new Set<string>();
  for (const term of required.nodeSelectorTerms) {
    const names = namesIn(term);
    if (names === undefined) return undefined;
    for (const name of names) pinned.add(name);
  }
  return pinned;
};

/** Requirements of one term hold together: the names that all of them list. */
const namesIn = ({ matchFields = [] }: NodeSelectorTerm): readonly string[] | undefined => {
  let names: readonly string[] | undefined;
  for (const { key, operator, values = [] } of matchFields)
    if (key === 'metadata.name' && operator === 'In')
      names = names === undefined ? values : names.filter((name) => values.includes(name));
  return names;
};
