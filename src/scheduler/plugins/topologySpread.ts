/**
 * Spreading pods over topologies: what is counted before the nodes are looked at, the filter, and the score. Pure.
 *
 * Differs: no cluster-wide default constraints (hosts with skew 3, zones with skew 5), which only score.
 *
 * Models: pkg/scheduler/framework/plugins/podtopologyspread/{common,filtering,scoring}.go (v1.36; SC-19)
 */
import { matchesNodeAffinity, toleratesTaintWithAny, type Pod } from '../../api/index.js';
import type { NodeInfo, PodFacts } from '../nodeInfo.js';
import type { SpreadConstraint } from './podTerms.js';
import { rejection, type Rejection } from './rejection.js';
import { TopologyCounts } from './topologies.js';

const PLUGIN = 'PodTopologySpread';
const UNEVEN = "node(s) didn't match pod topology spread constraints";
const SKEWED = rejection(PLUGIN, UNEVEN, false);
const UNLABELLED = rejection(PLUGIN, `${UNEVEN} (missing required label)`, true);

const HOST_KEY = 'kubernetes.io/hostname';
const MAX_SCORE = 100;

/** Matching pods of each domain, for one constraint. */
interface Domains {
  readonly constraint: SpreadConstraint;
  readonly pods: ReadonlyMap<string, number>;
  /** In the domain that has fewest. */
  readonly fewest: number;
}
export type SpreadDomains = readonly Domains[];

const valueAt = ({ node }: NodeInfo, { topologyKey }: SpreadConstraint): string | undefined =>
  node.metadata.labels?.[topologyKey];

const matchingPods = ({ pods }: NodeInfo, { counts }: SpreadConstraint): number => {
  let matching = 0;
  for (const { pod } of pods.values()) if (counts(pod)) matching += 1;
  return matching;
};

/** Whether the constraint takes account of a node. */
const includes = (
  { honorsAffinity, honorsTaints }: SpreadConstraint,
  { spec }: Pod,
  { node, hardTaints }: NodeInfo,
): boolean =>
  (!honorsAffinity || matchesNodeAffinity(spec, node)) &&
  (!honorsTaints || hardTaints.every((taint) => toleratesTaintWithAny(spec.tolerations, taint)));

/** Undefined for a pod that must not be spread. */
export const countDomains = (facts: PodFacts, nodes: readonly NodeInfo[]): SpreadDomains | undefined => {
  if (!facts.spread.some(({ isHard }) => isHard)) return undefined;
  const constraints = facts.spread.filter(({ isHard }) => isHard);
  // A node outside of one topology counts in none.
  const labelled = nodes.filter((info) => constraints.every((each) => valueAt(info, each) !== undefined));
  return constraints.map((constraint) => {
    const pods = new Map<string, number>();
    for (const info of labelled) {
      if (!includes(constraint, facts.pod, info)) continue;
      const value = valueAt(info, constraint) ?? '';
      pods.set(value, (pods.get(value) ?? 0) + matchingPods(info, constraint));
    }
    const isShort = pods.size < constraint.minDomains;
    return { constraint, pods, fewest: isShort ? 0 : Math.min(...pods.values()) };
  });
};

export const filterBySpread = (domains: SpreadDomains, info: NodeInfo): Rejection | undefined => {
  for (const { constraint, pods, fewest } of domains) {
    const value = valueAt(info, constraint);
    if (value === undefined) return UNLABELLED;
    const skew = (pods.get(value) ?? 0) + Number(constraint.countsItself) - fewest;
    if (skew > constraint.maxSkew) return SKEWED;
  }
  return undefined;
};

/** 0 to 100 for each of the feasible nodes; undefined for a pod that does not care. */
export const scoreSpread = (
  facts: PodFacts,
  feasible: readonly NodeInfo[],
  nodes: readonly NodeInfo[],
): readonly number[] | undefined => {
  if (facts.spread.every(({ isHard }) => isHard)) return undefined;
  const constraints = facts.spread.filter(({ isHard }) => !isHard);
  const isLabelled = (info: NodeInfo): boolean =>
    constraints.every((each) => valueAt(info, each) !== undefined);
  const labelled = feasible.filter(isLabelled);
  const sums = new Map<NodeInfo, number>(labelled.map((info) => [info, 0]));
  for (const constraint of constraints) {
    const { topologyKey, maxSkew } = constraint;
    const isByHost = topologyKey === HOST_KEY;
    const values = new Set(labelled.map((info) => valueAt(info, constraint)));
    const counts = new TopologyCounts();
    if (!isByHost)
      for (const info of nodes)
        if (isLabelled(info) && includes(constraint, facts.pod, info))
          counts.add(info.node, topologyKey, matchingPods(info, constraint));
    // Many domains differ less in their shares: each counts for more.
    const weight = Math.log((isByHost ? labelled.length : values.size) + 2);
    for (const info of labelled) {
      const pods = isByHost ? matchingPods(info, constraint) : counts.at(info.node, topologyKey);
      sums.set(info, (sums.get(info) ?? 0) + pods * weight + (maxSkew - 1));
    }
  }
  const rounded = new Map([...sums].map(([info, sum]) => [info, Math.round(sum)]));
  const most = Math.max(0, ...rounded.values());
  const least = Math.min(...rounded.values());
  return feasible.map((info) => {
    const sum = rounded.get(info);
    if (sum === undefined) return 0;
    return most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - sum)) / most);
  });
};
