/**
 * Which of the nodes that fit is best: least loaded, evenly loaded, preferred by affinity to nodes and pods, spread
 * over topologies, free of soft taints. Pure.
 *
 * Models: pkg/scheduler/framework/plugins/noderesources/{least_allocated,balanced_allocation}.go, nodeaffinity,
 * tainttoleration (v1.36). Differs: no ImageLocality score.
 */
import { matchesNodeSelectorTerm, toleratesTaintWithAny } from '../../api/index.js';
import { scoreAffinity } from './interPodAffinity.js';
import type { NodeInfo, PodFacts } from '../nodeInfo.js';
import type { NamespaceLabels } from './podTerms.js';
import { scoreSpread } from './topologySpread.js';

/** Weights of the default profile (SC-13). Source: apis/config/v1/default_plugins.go. */
const TAINT_WEIGHT = 3;
const AFFINITY_WEIGHT = 2;
const SPREAD_WEIGHT = 2;
const POD_AFFINITY_WEIGHT = 2;
const MAX_SCORE = 100;

/** The total of every node that fits, in the order of `nodes`; `all` has those that do not fit, too. */
export const scoreNodes = (
  facts: PodFacts,
  nodes: readonly NodeInfo[],
  all: readonly NodeInfo[],
  namespaceLabels: NamespaceLabels,
): number[] => {
  const totals = nodes.map((info) => leastAllocated(facts, info) + balancedAllocation(facts, info));
  const preferred = facts.pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  if (preferred?.length) {
    const weights = nodes.map(({ node }) =>
      preferred.reduce(
        (sum, { weight, preference }) => (matchesNodeSelectorTerm(preference, node) ? sum + weight : sum),
        0,
      ),
    );
    const most = Math.max(...weights);
    if (most > 0)
      weights.forEach((weight, index) => {
        totals[index] = (totals[index] ?? 0) + AFFINITY_WEIGHT * Math.trunc((weight * MAX_SCORE) / most);
      });
  }
  if (nodes.some(({ softTaints }) => softTaints.length > 0)) {
    const { tolerations } = facts.pod.spec;
    const counts = nodes.map(
      ({ softTaints }) => softTaints.filter((taint) => !toleratesTaintWithAny(tolerations, taint)).length,
    );
    const most = Math.max(...counts);
    counts.forEach((count, index) => {
      const score = most === 0 ? MAX_SCORE : MAX_SCORE - Math.trunc((count * MAX_SCORE) / most);
      totals[index] = (totals[index] ?? 0) + TAINT_WEIGHT * score;
    });
  }
  const add = (scores: readonly number[] | undefined, weight: number): void =>
    scores?.forEach((score, index) => {
      totals[index] = (totals[index] ?? 0) + weight * score;
    });
  add(scoreSpread(facts, nodes, all), SPREAD_WEIGHT);
  add(scoreAffinity(facts, nodes, all, namespaceLabels), POD_AFFINITY_WEIGHT);
  return totals;
};

const free = (all: number, used: number): number =>
  all === 0 || used > all ? 0 : Math.trunc(((all - used) * MAX_SCORE) / all);

/** The mean share of CPU and memory that stays free, 0 to 100 (SC-14). */
export const leastAllocated = ({ request }: PodFacts, info: NodeInfo): number => {
  const { allocatable } = info;
  let sum = 0;
  let resources = 0;
  if (allocatable.cpuMilli > 0) {
    sum += free(allocatable.cpuMilli, info.scoredCpuMilli + request.scoredCpuMilli);
    resources += 1;
  }
  if (allocatable.memoryBytes > 0) {
    sum += free(allocatable.memoryBytes, info.scoredMemoryBytes + request.scoredMemoryBytes);
    resources += 1;
  }
  return resources === 0 ? 0 : Math.trunc(sum / resources);
};

/** How evenly CPU and memory are used with the pod, compared to without: 75 when nothing changes (SC-14). */
export const balancedAllocation = ({ request }: PodFacts, info: NodeInfo): number => {
  const { cpuMilli, memoryBytes } = request.requests;
  if (cpuMilli === 0 && memoryBytes === 0) return 0;
  const { requested } = info;
  const before = evenness(info, requested.cpuMilli, requested.memoryBytes);
  const after = evenness(info, requested.cpuMilli + cpuMilli, requested.memoryBytes + memoryBytes);
  return 50 + Math.trunc((50 + after - before) / 2);
};
const evenness = ({ allocatable }: NodeInfo, cpuMilli: number, memoryBytes: number): number => {
  if (allocatable.cpuMilli === 0 || allocatable.memoryBytes === 0) return MAX_SCORE;
  const cpu = Math.min(1, cpuMilli / allocatable.cpuMilli);
  const memory = Math.min(1, memoryBytes / allocatable.memoryBytes);
  return Math.trunc((1 - Math.abs(cpu - memory) / 2) * MAX_SCORE);
};
