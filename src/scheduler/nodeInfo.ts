/**
 * What the scheduler knows of each node, kept up to date pod by pod, so that a cycle reads numbers only. Pods count
 * from the moment they are assumed.
 *
 * Models: pkg/scheduler/framework/types.go#NodeInfo, backend/cache (v1.36)
 */
import type { Node, Pod, Taint } from '../api/index.js';
import { podTerms, spreadConstraints, type PodTerms, type SpreadConstraint } from './plugins/podTerms.js';
import { pinnedNodes } from './plugins/preFilter.js';
import {
  hostPortsOf,
  noResources,
  podRequest,
  resourcesOf,
  type HostPort,
  type PodRequest,
  type Resources,
} from './resources.js';

export { portsConflict, type HostPort } from './resources.js';

/** A pod as the scheduler weighs it: everything that a cycle reads, computed once. */
export interface PodFacts {
  readonly pod: Pod;
  readonly request: PodRequest;
  readonly hostPorts: readonly HostPort[];
  readonly selectsNodes: boolean;
  /** What it says about the pods around it. */
  readonly terms: PodTerms | undefined;
  readonly spread: readonly SpreadConstraint[];
  /** The only nodes that it may run on, by name; undefined: any. */
  readonly pinnedTo: ReadonlySet<string> | undefined;
}
export const podFacts = (pod: Pod): PodFacts => {
  const { spec } = pod;
  return {
    pod,
    request: podRequest(spec),
    hostPorts: hostPortsOf(spec),
    selectsNodes: spec.nodeSelector !== undefined || spec.affinity?.nodeAffinity !== undefined,
    terms: podTerms(pod),
    spread: spreadConstraints(pod),
    pinnedTo: pinnedNodes(spec),
  };
};

export class NodeInfo {
  readonly name: string;
  node!: Node;
  allocatable!: Resources;
  allowedPods!: number;
  /** Taints that keep pods off; empty for most nodes. */
  hardTaints!: readonly Taint[];
  softTaints!: readonly Taint[];
  readonly requested: Resources = noResources();
  scoredCpuMilli = 0;
  scoredMemoryBytes = 0;
  /** Pods that say where others should be, or that must not have some near. */
  affinePods = 0;
  antiAffinePods = 0;
  readonly pods = new Map<string, PodFacts>();
  readonly hostPorts: HostPort[] = [];

  constructor(node: Node) {
    this.name = node.metadata.name;
    this.setNode(node);
  }

  setNode(node: Node): void {
    this.node = node;
    const allocatable = node.status.allocatable ?? node.status.capacity;
    this.allocatable = resourcesOf(allocatable);
    this.allowedPods = Number(allocatable?.['pods'] ?? 0);
    const taints = node.spec.taints ?? [];
    this.hardTaints = taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
    this.softTaints = taints.filter(({ effect }) => effect === 'PreferNoSchedule');
  }

  addPod(facts: PodFacts): void {
    this.pods.set(facts.pod.metadata.uid, facts);
    this.count(facts, 1);
    this.hostPorts.push(...facts.hostPorts);
  }

  removePod(uid: string): boolean {
    const facts = this.pods.get(uid);
    if (!facts) return false;
    this.pods.delete(uid);
    this.count(facts, -1);
    for (const port of facts.hostPorts) this.hostPorts.splice(this.hostPorts.indexOf(port), 1);
    return true;
  }

  /** A pod with other labels, or one that is being deleted by now. */
  updatePod(facts: PodFacts): void {
    const { uid } = facts.pod.metadata;
    if (this.pods.has(uid)) this.pods.set(uid, facts);
  }

  private count({ request, terms }: PodFacts, sign: 1 | -1): void {
    if (terms) {
      this.affinePods += sign;
      if (terms.antiAffinity.length > 0) this.antiAffinePods += sign;
    }
    this.scoredCpuMilli += sign * request.scoredCpuMilli;
    this.scoredMemoryBytes += sign * request.scoredMemoryBytes;
    if (request.isEmpty) return;
    const { requests } = request;
    this.requested.cpuMilli += sign * requests.cpuMilli;
    this.requested.memoryBytes += sign * requests.memoryBytes;
    this.requested.ephemeralBytes += sign * requests.ephemeralBytes;
    for (const [name, value] of requests.others ?? [])
      (this.requested.others ??= new Map()).set(name, (this.requested.others.get(name) ?? 0) + sign * value);
  }
}
