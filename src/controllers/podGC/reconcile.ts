/**
 * Which pods nobody else will remove. Pure.
 *
 * Models: pkg/controller/podgc/gc_controller.go (v1.36; NL-41 to NL-44)
 */
import type { Node, Pod } from '../../api/index.js';
import { timeMs } from '../pods.js';

/** Source: k8s.io/api/core/v1/well_known_taints.go#TaintNodeOutOfService. */
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export interface Collectable {
  readonly surplus: readonly Pod[];
  readonly outOfService: readonly Pod[];
  /** Pods bound to nodes that are not there, by the name of the node. */
  readonly orphaned: ReadonlyMap<string, readonly Pod[]>;
  readonly unscheduled: readonly Pod[];
}

/** @param threshold ended pods that are kept; 0 or less: all. */
export const collectable = (
  pods: readonly Pod[],
  nodeNamed: (name: string) => Node | undefined,
  threshold: number,
): Collectable => {
  const ended: Pod[] = [];
  const outOfService: Pod[] = [];
  const orphaned = new Map<string, Pod[]>();
  const unscheduled: Pod[] = [];
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    const isTerminating = pod.metadata.deletionTimestamp !== undefined;
    if (isTerminated(pod)) ended.push(pod);
    if (!nodeName) {
      if (isTerminating) unscheduled.push(pod);
      continue;
    }
    const node = nodeNamed(nodeName);
    if (node) {
      if (isTerminating && isOutOfService(node)) outOfService.push(pod);
    } else {
      const onNode = orphaned.get(nodeName);
      if (onNode) onNode.push(pod);
      else orphaned.set(nodeName, [pod]);
    }
  }
  return {
    surplus: surplusOf(ended, threshold),
    outOfService: outOfService.sort(byEvictionAndAge),
    orphaned,
    unscheduled: unscheduled.sort(byEvictionAndAge),
  };
};

const isTerminated = ({ status: { phase } }: Pod): boolean =>
  phase !== undefined && phase !== 'Pending' && phase !== 'Running' && phase !== 'Unknown';

const isOutOfService = (node: Node): boolean =>
  (node.spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE) &&
  !(node.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

/** The ended pods beyond the threshold: those that the node evicted first, then the oldest. */
const surplusOf = (ended: readonly Pod[], threshold: number): readonly Pod[] => {
  if (threshold <= 0 || ended.length <= threshold) return [];
  return [...ended].sort(byEvictionAndAge).slice(0, ended.length - threshold);
};

const isEvicted = ({ status }: Pod): boolean => status.phase === 'Failed' && status.reason === 'Evicted';

const byEvictionAndAge = (a: Pod, b: Pod): number => {
  if (isEvicted(a) !== isEvicted(b)) return isEvicted(a) ? -1 : 1;
  const [aMs = 0, bMs = 0] = [timeMs(a.metadata.creationTimestamp), timeMs(b.metadata.creationTimestamp)];
  if (aMs !== bMs) return aMs - bMs;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};
