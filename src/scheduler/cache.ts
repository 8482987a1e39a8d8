/**
 * The nodes and the pods on them, as the scheduler counts them: what the watches show, plus the pods that it has just
 * assigned itself (assumed).
 *
 * Models: pkg/scheduler/backend/cache (v1.36)
 */
import type { Node, Pod } from '../api/index.js';
import type { ClusterChange } from './hints.js';
import { NodeInfo, type PodFacts } from './nodeInfo.js';

export class SchedulerCache {
  /** In the order in which the nodes appeared. */
  nodes: readonly NodeInfo[] = [];
  private readonly byName = new Map<string, NodeInfo>();
  /** Every pod with a node, also while the node itself is not known. */
  private readonly assigned = new Map<string, { readonly nodeName: string; readonly facts: PodFacts }>();

  /** True when pods that did not fit might now. */
  setNode(node: Node): boolean {
    const { name } = node.metadata;
    const info = this.byName.get(name);
    if (info) {
      if (!isRelevant(info.node, node)) return false;
      info.setNode(node);
      return true;
    }
    const added = new NodeInfo(node);
    for (const { nodeName, facts } of this.assigned.values()) if (nodeName === name) added.addPod(facts);
    this.byName.set(name, added);
    this.nodes = [...this.nodes, added];
    return true;
  }

  removeNode(name: string): void {
    this.byName.delete(name);
    this.nodes = this.nodes.filter((info) => info.name !== name);
  }

  isAssigned(uid: string): boolean {
    return this.assigned.has(uid);
  }

  addPod(nodeName: string, facts: PodFacts): void {
    const { uid } = facts.pod.metadata;
    if (this.assigned.has(uid)) return;
    this.assigned.set(uid, { nodeName, facts });
    this.byName.get(nodeName)?.addPod(facts);
  }

  /**
   * Takes note of a pod that is counted already. Answers what changed for those who look at other pods: it has other
   * labels, is being deleted, or was only assumed so far.
   */
  updatePod(pod: Pod): Extract<ClusterChange, { type: 'pod' }> | undefined {
    const { uid, labels, deletionTimestamp } = pod.metadata;
    const known = this.assigned.get(uid);
    if (!known) return undefined;
    const { metadata: before, spec } = known.facts.pod;
    const isKnown = spec.nodeName === pod.spec.nodeName;
    if (isKnown && before.labels === labels && before.deletionTimestamp === deletionTimestamp)
      return undefined;
    const facts = { ...known.facts, pod };
    this.assigned.set(uid, { ...known, facts });
    this.byName.get(known.nodeName)?.updatePod(facts);
    return { type: 'pod', before: isKnown ? known.facts : undefined, after: facts };
  }

  /** What was counted; undefined: nothing. */
  removePod(uid: string): PodFacts | undefined {
    const known = this.assigned.get(uid);
    if (!known) return undefined;
    this.assigned.delete(uid);
    this.byName.get(known.nodeName)?.removePod(uid);
    return known.facts;
  }
}

/** Heartbeats and conditions change nothing for the scheduler. */
const isRelevant = (before: Node, after: Node): boolean =>
  before.spec.unschedulable !== after.spec.unschedulable ||
  !isSame(before.spec.taints, after.spec.taints) ||
  !isSame(before.status.allocatable, after.status.allocatable) ||
  !isSame(before.status.capacity, after.status.capacity) ||
  !isSame(before.metadata.labels, after.metadata.labels);

/** Of flat maps and lists of them, as the API stores them: equal in order, too. */
const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
