/**
 * Whether this node takes a pod that was bound to it: the checks of the kubelet, in its order and words; the first that
 * fails counts. Pure. A cordoned node takes what is bound to it.
 *
 * Models: pkg/kubelet/lifecycle/predicate.go (v1.36; spec node.md 5.8).
 * Differs: a critical pod does not push others off the node.
 */
import {
  findUntoleratedTaint,
  hostPortsOf,
  matchesNodeAffinity,
  podRequest,
  portsConflict,
  resourcesOf,
  type Node,
  type Pod,
  type Resources,
} from '../api/index.js';
import { isCritical } from './eviction.js';

/** The reason that the pod's status gets, and the kubelet's words. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

export interface AdmissionFacts {
  readonly node: Node;
  /** What the node can give to pods. */
  readonly allocatable: Readonly<Record<string, string>>;
  /** No more than so many other pods are on the node: where that settles it, nobody is looked at. */
  readonly podsAtMost: number;
  /** Pods that it has taken and that have not ended. */
  others(): readonly Pod[];
}

const MEMORY_PRESSURE_TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;

/** A node that is short of something takes only what is critical; of memory, also what has asked for some. */
export const refusedUnderPressure = (pod: Pod, pressures: ReadonlySet<string>): Refusal | undefined => {
  if (pressures.size === 0 || isCritical(pod)) return undefined;
  const isMemoryOnly = pressures.size === 1 && pressures.has('MemoryPressure');
  const { tolerations } = pod.spec;
  const isSpared =
    pod.status.qosClass !== 'BestEffort' ||
    findUntoleratedTaint([MEMORY_PRESSURE_TAINT], tolerations, ['NoSchedule']) === undefined;
  if (isMemoryOnly && isSpared) return undefined;
  return { reason: 'Evicted', message: `The node had condition: [${[...pressures].join(' ')}]. ` };
};

const OS_LABEL = 'kubernetes.io/os';

export const refusal = (pod: Pod, facts: AdmissionFacts): Refusal | undefined =>
  refusedSystem(pod, facts.node) ?? refusedResources(pod, facts) ?? refusedPlace(pod, facts);

const refusedSystem = ({ metadata, spec }: Pod, { metadata: node }: Node): Refusal | undefined => {
  const own = node.labels?.[OS_LABEL];
  const labelled = metadata.labels?.[OS_LABEL];
  if (labelled !== undefined && labelled !== own)
    return {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message: `Failed to admit pod as the \`${OS_LABEL}\` label doesn't match node label`,
    };
  if (spec.os !== undefined && spec.os.name !== own)
    return {
      reason: 'PodOSNotSupported',
      message: "Failed to admit pod as the OS field doesn't match node OS",
    };
  return undefined;
};

const lacking = (resource: string, requested: number, used: number, capacity: number): Refusal => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

/** What nodes do not know by themselves: `example.com/dongle`. */
const isExtended = (name: string): boolean => name.includes('/') && !/^([^/]*\.)?kubernetes\.io\//.test(name);

const refusedResources = (
  pod: Pod,
  { node, allocatable, podsAtMost, others }: AdmissionFacts,
): Refusal | undefined => {
  const allowedPods = Number(allocatable['pods'] ?? 0);
  if (podsAtMost + 1 > allowedPods) {
    const taken = others().length;
    if (taken + 1 > allowedPods) return lacking('pods', 1, taken, allowedPods);
  }
  const { requests, isEmpty } = podRequest(pod.spec);
  if (isEmpty) return undefined;
  const used = others().map((other) => podRequest(other.spec).requests);
  const offered = resourcesOf(
    requests.others ? { ...node.status?.allocatable, ...allocatable } : allocatable,
  );
  const sum = (of: (resources: Resources) => number): number =>
    used.reduce((total, resources) => total + of(resources), 0);
  const check = (name: string, of: (resources: Resources) => number): Refusal | undefined => {
    const wanted = of(requests);
    if (wanted === 0) return undefined;
    const taken = sum(of);
    return wanted > of(offered) - taken ? lacking(name, wanted, taken, of(offered)) : undefined;
  };
  const refused =
    check('cpu', ({ cpuMilli }) => cpuMilli) ??
    check('memory', ({ memoryBytes }) => memoryBytes) ??
    check('ephemeral-storage', ({ ephemeralBytes }) => ephemeralBytes);
  if (refused) return refused;
  for (const name of requests.others?.keys() ?? []) {
    // Nobody advertises it here: that is not this node's business.
    if (isExtended(name) && offered.others?.has(name) !== true) continue;
    const short = check(name, (resources) => resources.others?.get(name) ?? 0);
    if (short) return short;
  }
  return undefined;
};

const failedPredicate = (reason: string, why: string): Refusal => ({
  reason,
  message: `Predicate ${reason} failed: ${why}`,
});

const refusedPlace = (pod: Pod, { node, others }: AdmissionFacts): Refusal | undefined => {
  const { spec } = pod;
  if (!matchesNodeAffinity(spec, node))
    return failedPredicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (spec.nodeName && spec.nodeName !== node.metadata.name)
    return failedPredicate('NodeName', "node(s) didn't match the requested node name");
  const wanted = hostPortsOf(spec);
  const taken = wanted.length > 0 ? others().flatMap((other) => hostPortsOf(other.spec)) : [];
  if (wanted.some((port) => taken.some((used) => portsConflict(port, used))))
    return failedPredicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  if (findUntoleratedTaint(node.spec.taints, spec.tolerations, ['NoExecute']))
    return failedPredicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
};

/** Whether a decision needs the node as it is now, and not as it was when it last wrote its status. */
export const needsFreshNode = ({ spec }: Pod, node: Node): boolean =>
  spec.nodeSelector !== undefined ||
  spec.affinity?.nodeAffinity !== undefined ||
  (node.spec.taints?.length ?? 0) > 0;
