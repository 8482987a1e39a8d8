/**
 * What a pod gets beyond its template: defaults of pods only, what admission adds, its quality of service and its first
 * status.
 *
 * Models: pkg/apis/core/v1/defaults.go#SetDefaults_Pod, plugin/pkg/admission/{defaulttolerationseconds,priority,
 * serviceaccount}, pkg/registry/core/pod/strategy.go#PrepareForCreate, pkg/apis/core/v1/helper/qos (v1.36)
 */
import { formatTime } from '../time.js';
import { pod as podSchema, podSpec, type Pod, type PodSpec } from '../schema/kinds/pod.js';
import {
  resourceRequirements,
  type Container,
  type ResourceRequirements,
} from '../schema/types/container.js';
import { podStatus, type PodStatus } from '../schema/types/podStatus.js';
import type { Toleration } from '../schema/types/scheduling.js';
import { canonicalQuantity, formatQuantity, parseQuantity } from '../wire/quantity.js';
import { withFields } from './apply.js';

/** Requests that are not given are those of the limits; services are announced in the environment. */
export const defaultPod = (pod: Pod): Pod => {
  const { spec } = pod;
  if (spec === undefined) return pod;
  const containers = withRequests(spec.containers);
  const initContainers = spec.initContainers && withRequests(spec.initContainers);
  const enableServiceLinks = spec.enableServiceLinks ?? true;
  const isComplete =
    containers === spec.containers &&
    initContainers === spec.initContainers &&
    enableServiceLinks === spec.enableServiceLinks;
  if (isComplete) return pod;
  return { ...pod, spec: withFields(podSpec, spec, { containers, initContainers, enableServiceLinks }) };
};

const withRequests = (containers: readonly Container[]): readonly Container[] => {
  let changed: Container[] | undefined;
  containers.forEach((container, index) => {
    const resources = requestsFromLimits(container.resources);
    if (resources === container.resources) return;
    changed ??= [...containers];
    changed[index] = { ...container, resources };
  });
  return changed ?? containers;
};

const requestsFromLimits = (resources: ResourceRequirements): ResourceRequirements => {
  const { limits, requests = {} } = resources ?? {};
  if (limits === undefined || Object.keys(limits).every((name) => requests[name] !== undefined))
    return resources;
  return withFields(resourceRequirements, resources, { requests: { ...limits, ...requests } });
};

/** How long a pod stays on a node that is gone, unless it says otherwise. */
const NODE_LOSS_TOLERATION_SECONDS = 300;
const tolerationOf = (key: string): Toleration =>
  Object.freeze({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: NODE_LOSS_TOLERATION_SECONDS,
  });
const NODE_LOSS_TOLERATIONS = [
  tolerationOf('node.kubernetes.io/not-ready'),
  tolerationOf('node.kubernetes.io/unreachable'),
];
const BOTH_TOLERATIONS: readonly Toleration[] = Object.freeze([...NODE_LOSS_TOLERATIONS]);

const isTolerated = (tolerations: readonly Toleration[], key: string): boolean =>
  tolerations.some(
    (toleration) =>
      (toleration.key === key || toleration.key === undefined) &&
      (toleration.effect === 'NoExecute' || toleration.effect === undefined),
  );

const withNodeLoss = (tolerations: readonly Toleration[] | undefined): readonly Toleration[] => {
  if (tolerations === undefined) return BOTH_TOLERATIONS;
  const added = NODE_LOSS_TOLERATIONS.filter(({ key }) => !isTolerated(tolerations, key as string));
  return added.length === 0 ? tolerations : [...tolerations, ...added];
};

/** The two classes that every cluster has. Source: pkg/apis/scheduling/types.go. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/**
 * What admission adds to a new pod (service account, priority, tolerations of lost nodes) and the status that it
 * starts with.
 * @param nowMs stamps the condition of a pod that is held by scheduling gates
 */
export const admitPod = (pod: Pod, nowMs?: number): Pod => {
  const { spec } = pod;
  const account = spec.serviceAccountName ?? 'default';
  const admitted = withFields(podSpec, spec, {
    serviceAccountName: account,
    serviceAccount: account,
    tolerations: withNodeLoss(spec.tolerations),
    priority: SYSTEM_PRIORITIES[spec.priorityClassName ?? ''] ?? spec.priority ?? 0,
    preemptionPolicy: spec.preemptionPolicy ?? 'PreemptLowerPriority',
  });
  return withFields(podSchema, pod, { spec: admitted, status: firstStatus(admitted, nowMs) });
};

/**
 * What admission adds to a pod that is changed: tolerations of lost nodes as to a new one, and the priority that it has.
 * Models: plugin/pkg/admission/{defaulttolerationseconds,priority}
 */
export const admitPodChange = (pod: Pod, old: Pod): Pod => {
  const { spec } = pod;
  if (spec === old.spec) return pod;
  const tolerations = withNodeLoss(spec.tolerations);
  const priority = spec.priority ?? old.spec.priority;
  const preemptionPolicy = spec.preemptionPolicy ?? old.spec.preemptionPolicy;
  const isComplete =
    tolerations === spec.tolerations &&
    priority === spec.priority &&
    preemptionPolicy === spec.preemptionPolicy;
  if (isComplete) return pod;
  return { ...pod, spec: withFields(podSpec, spec, { tolerations, priority, preemptionPolicy }) };
};

const firstStatus = (spec: PodSpec, nowMs: number | undefined): PodStatus => {
  const status = { phase: 'Pending', qosClass: qosClass(spec) };
  if ((spec.schedulingGates ?? []).length === 0) return status;
  // Models: pkg/registry/core/pod/strategy.go#applySchedulingGatedCondition
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    ...(nowMs !== undefined && { lastTransitionTime: formatTime(nowMs) }),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return withFields(podStatus, status, { conditions: [condition] });
};

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

/** Resources that decide about the quality of service. */
const QOS_RESOURCES = ['cpu', 'memory'] as const;

/** The quality of service of a pod, from the requests and limits of its containers. Spec node.md 8.2. */
export const qosClass = (spec: PodSpec): QosClass => {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const demands =
    spec.resources === undefined ? containers.map((container) => container.resources) : [spec.resources];
  if (demands.every(asksForNothing)) return 'BestEffort';
  const requests = sumOf(demands, 'requests');
  const limits = sumOf(demands, 'limits');
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const isLimited = demands.every((demand) =>
    QOS_RESOURCES.every((name) => amountOf(demand, 'limits', name) > 0),
  );
  const isEqual = QOS_RESOURCES.every((name) => requests.get(name) === limits.get(name));
  return isLimited && isEqual ? 'Guaranteed' : 'Burstable';
};

const asksForNothing = (demand: ResourceRequirements | undefined): boolean => {
  for (const _name in demand?.requests) return false;
  for (const _name in demand?.limits) return false;
  return true;
};

const amountOf = (
  demand: ResourceRequirements | undefined,
  kind: 'requests' | 'limits',
  name: string,
): number => {
  const amount = demand?.[kind]?.[name];
  return amount === undefined ? 0 : parseQuantity(amount);
};

/** Totals as canonical quantities, so that sums of fractions compare exactly; zero amounts are left out. */
const sumOf = (
  demands: readonly ResourceRequirements[],
  kind: 'requests' | 'limits',
): ReadonlyMap<string, string> => {
  const totals = new Map<string, string>();
  for (const name of QOS_RESOURCES) {
    let total = 0;
    for (const demand of demands) total += amountOf(demand, kind, name);
    if (total > 0) totals.set(name, canonicalQuantity(formatQuantity(total)) ?? '');
  }
  return totals;
};
