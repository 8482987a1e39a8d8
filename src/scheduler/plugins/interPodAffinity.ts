/**
 * Affinity and anti-affinity between pods: what is counted before the nodes are looked at, the filter, and the score.
 * Pure.
 *
 * Models: pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring}.go (v1.36; SC-18)
 */
import type { Node } from '../../api/index.js';
import type { NodeInfo, PodFacts } from '../nodeInfo.js';
import type { NamespaceLabels, PodTerm } from './podTerms.js';
import { rejection, type Rejection } from './rejection.js';
import { TopologyCounts } from './topologies.js';

const PLUGIN = 'InterPodAffinity';
const NO_AFFINITY = rejection(PLUGIN, "node(s) didn't match pod affinity rules", true);
const ANTI_AFFINITY = rejection(PLUGIN, "node(s) didn't match pod anti-affinity rules", false);
const ANTI_AFFINITY_OF_OTHERS = rejection(
  PLUGIN,
  "node(s) didn't satisfy existing pods anti-affinity rules",
  false,
);

/** What a required term of a pod that is there counts towards the score. Source: HardPodAffinityWeight. */
const REQUIRED_WEIGHT = 1;
const MAX_SCORE = 100;

export interface AffinityCounts {
  /** Pods that all affinity terms are about. */
  readonly near: TopologyCounts;
  /** Pods that one of the anti-affinity terms is about. */
  readonly far: TopologyCounts;
  /** Pods that do not want this one near. */
  readonly unwelcoming: TopologyCounts;
}

/** Undefined where no pod has anything to say. */
export const countAffinities = (
  facts: PodFacts,
  nodes: readonly NodeInfo[],
  namespaceLabels: NamespaceLabels,
): AffinityCounts | undefined => {
  const { pod, terms } = facts;
  const { affinity = NONE, antiAffinity = NONE } = terms ?? {};
  const isSelective = affinity.length > 0 || antiAffinity.length > 0;
  if (!isSelective && !nodes.some(({ antiAffinePods }) => antiAffinePods > 0)) return undefined;
  const counts = {
    near: new TopologyCounts(),
    far: new TopologyCounts(),
    unwelcoming: new TopologyCounts(),
  };
  for (const { node, pods, antiAffinePods } of nodes) {
    if (!isSelective && antiAffinePods === 0) continue;
    for (const other of pods.values()) {
      for (const term of other.terms?.antiAffinity ?? NONE)
        if (term.matches(pod, namespaceLabels)) counts.unwelcoming.add(node, term.topologyKey, 1);
      if (affinity.length > 0 && affinity.every((term) => term.matches(other.pod, namespaceLabels)))
        for (const { topologyKey } of affinity) counts.near.add(node, topologyKey, 1);
      for (const term of antiAffinity)
        if (term.matches(other.pod, namespaceLabels)) counts.far.add(node, term.topologyKey, 1);
    }
  }
  return counts;
};
const NONE: readonly PodTerm[] = [];

export const filterByAffinity = (
  { near, far, unwelcoming }: AffinityCounts,
  { pod, terms }: PodFacts,
  node: Node,
  namespaceLabels: NamespaceLabels,
): Rejection | undefined => {
  const { affinity = NONE, antiAffinity = NONE } = terms ?? {};
  if (affinity.some(({ topologyKey }) => node.metadata.labels?.[topologyKey] === undefined))
    return NO_AFFINITY;
  const isNear = affinity.every(({ topologyKey }) => near.at(node, topologyKey) > 0);
  // The first of pods that want to be near each other may go anywhere.
  if (!isNear && !(near.isEmpty && affinity.every((term) => term.matches(pod, namespaceLabels))))
    return NO_AFFINITY;
  if (antiAffinity.some(({ topologyKey }) => far.at(node, topologyKey) > 0)) return ANTI_AFFINITY;
  for (const key of unwelcoming.keys()) if (unwelcoming.at(node, key) > 0) return ANTI_AFFINITY_OF_OTHERS;
  return undefined;
};

/** 0 to 100 for each of the feasible nodes; undefined where no pod prefers anything. */
export const scoreAffinity = (
  facts: PodFacts,
  feasible: readonly NodeInfo[],
  nodes: readonly NodeInfo[],
  namespaceLabels: NamespaceLabels,
): readonly number[] | undefined => {
  const { pod, terms } = facts;
  const preferred = terms?.preferred ?? [];
  if (preferred.length === 0 && !nodes.some(({ affinePods }) => affinePods > 0)) return undefined;
  const sums = new TopologyCounts();
  for (const { node, pods, affinePods } of nodes) {
    if (preferred.length === 0 && affinePods === 0) continue;
    for (const other of pods.values()) {
      for (const { term, weight } of preferred)
        if (term.matches(other.pod, namespaceLabels)) sums.add(node, term.topologyKey, weight);
      for (const term of other.terms?.affinity ?? NONE)
        if (term.matches(pod, namespaceLabels)) sums.add(node, term.topologyKey, REQUIRED_WEIGHT);
      for (const { term, weight } of other.terms?.preferred ?? [])
        if (term.matches(pod, namespaceLabels)) sums.add(node, term.topologyKey, weight);
    }
  }
  if (sums.isEmpty) return undefined;
  const keys = [...sums.keys()];
  const scores = feasible.map(({ node }) => keys.reduce((sum, key) => sum + sums.at(node, key), 0));
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  return scores.map((score) => (range === 0 ? 0 : Math.trunc((MAX_SCORE * (score - least)) / range)));
};
