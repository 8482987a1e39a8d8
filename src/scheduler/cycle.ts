/**
 * One scheduling cycle: the nodes that fit, the best of them, or why there is none. Pure but for the tie-break.
 *
 * Models: pkg/scheduler/schedule_one.go#schedulePod, framework/types.go#FitError (v1.36)
 */
import type { Random } from '../clock/index.js';
import { filterNode } from './plugins/filters.js';
import { countAffinities, filterByAffinity } from './plugins/interPodAffinity.js';
import type { NodeInfo, PodFacts } from './nodeInfo.js';
import type { NamespaceLabels } from './plugins/podTerms.js';
import { CONFLICTING_TERMS, NOT_PINNED } from './plugins/preFilter.js';
import type { Rejection } from './plugins/rejection.js';
import { scoreNodes } from './plugins/scores.js';
import { countDomains, filterBySpread } from './plugins/topologySpread.js';

export type CycleResult =
  | { readonly node: NodeInfo }
  | { readonly node: undefined; readonly message: string; readonly rejectedBy: readonly string[] };

/** Below this many nodes all are tried. Source: schedule_one.go#minFeasibleNodesToFind. */
const MIN_FEASIBLE = 100;
const MIN_PERCENTAGE = 5;

/** How many feasible nodes are enough (SC-11). */
export const feasibleNodesToFind = (nodes: number): number => {
  if (nodes < MIN_FEASIBLE) return nodes;
  const percentage = Math.max(MIN_PERCENTAGE, 50 - Math.trunc(nodes / 125));
  return Math.max(MIN_FEASIBLE, Math.trunc((nodes * percentage) / 100));
};

export interface Cycle {
  /** Ties between equal scores are broken by `random`, as upstream does; with a seed the choice is reproducible. */
  run(facts: PodFacts, nodes: readonly NodeInfo[], namespaceLabels?: NamespaceLabels): CycleResult;
}

export const createCycle = (random: Random): Cycle => {
  /** Where the next search begins, so that a large cluster is not always searched from the front (SC-11). */
  let start = 0;
  return {
    run: (facts, nodes, namespaceLabels = NO_LABELS) => {
      if (nodes.length === 0)
        return { node: undefined, message: 'no nodes available to schedule pods', rejectedBy: [] };
      const { pinnedTo } = facts;
      const eligible = pinnedTo ? nodes.filter(({ name }) => pinnedTo.has(name)) : nodes;
      const enough = feasibleNodesToFind(eligible.length);
      const feasible: NodeInfo[] = [];
      let rejections: Rejection[] | undefined;
      let tried = 0;
      const affinities = countAffinities(facts, nodes, namespaceLabels);
      const domains = countDomains(facts, nodes);
      const filter = (info: NodeInfo): Rejection | undefined =>
        filterNode(facts, info) ??
        (domains && filterBySpread(domains, info)) ??
        (affinities && filterByAffinity(affinities, facts, info.node, namespaceLabels));
      for (; tried < eligible.length && feasible.length < enough; tried += 1) {
        const info = eligible[(start + tried) % eligible.length] as NodeInfo;
        const refusal = filter(info);
        if (refusal) (rejections ??= []).push(refusal);
        else feasible.push(info);
      }
      start = (start + tried) % nodes.length;
      const first = feasible[0];
      if (!first) return noFit(facts, rejections ?? [], nodes.length);
      if (feasible.length === 1) return { node: first };
      return { node: best(scoreNodes(facts, feasible, nodes, namespaceLabels), feasible, random) };
    },
  };
};

const NO_LABELS: NamespaceLabels = () => ({});

const best = (scores: readonly number[], feasible: readonly NodeInfo[], random: Random): NodeInfo => {
  let most = -1;
  let tied: number[] = [];
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] as number;
    if (score > most) {
      most = score;
      tied = [index];
    } else if (score === most) tied.push(index);
  }
  const chosen = tied.length === 1 ? tied[0] : tied[random.integer(tied.length)];
  return feasible[chosen as number] as NodeInfo;
};

/** @param tried what the nodes said that were looked at; the pod is pinned to others than the rest. */
const noFit = (facts: PodFacts, tried: readonly Rejection[], nodes: number): CycleResult => {
  const rejections = [...tried, ...Array<Rejection>(nodes - tried.length).fill(NOT_PINNED)];
  const counts = new Map<string, number>();
  const plugins = new Set<string>();
  for (const { plugin, reasons } of rejections) {
    plugins.add(plugin);
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const why =
    facts.pinnedTo?.size === 0
      ? `0/${nodes} nodes are available: ${CONFLICTING_TERMS}.`
      : fitError(nodes, counts);
  return {
    node: undefined,
    message: `${why} ${NO_CLAIMS}, ${preemptionText(facts, rejections, nodes)}`,
    rejectedBy: [...plugins],
  };
};

/** `0/3 nodes are available: 1 …, 2 ….` with the items in lexical order (SC-30, row 245). */
export const fitError = (nodes: number, reasons: ReadonlyMap<string, number>): string => {
  const items = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available:${items.length > 0 ? ` ${items.join(', ')}.` : ''}`;
};

/**
 * What the plugin of resource claims says of every pod that has none: it is asked before preemption is.
 * Source: plugins/dynamicresources/dynamicresources.go#PostFilter
 */
const NO_CLAIMS = 'no new claims to deallocate';

/** What upstream's preemption says when it cannot help. No pod is preempted yet. */
const preemptionText = ({ pod }: PodFacts, rejections: readonly Rejection[], nodes: number): string => {
  if (pod.spec.preemptionPolicy === 'Never') return 'preemption: not eligible due to preemptionPolicy=Never.';
  const unhelpful = rejections.filter(({ isUnresolvable }) => isUnresolvable).length;
  const reasons = new Map<string, number>();
  if (unhelpful > 0) reasons.set('Preemption is not helpful for scheduling', unhelpful);
  if (unhelpful < rejections.length)
    reasons.set('No preemption victims found for incoming pod', rejections.length - unhelpful);
  return `preemption: ${fitError(nodes, reasons)}`;
};
