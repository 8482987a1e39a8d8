/**
 * What the control plane makes of a node: readiness, the taints that follow from its conditions, the conditions of a
 * silent one, and how much of a zone is down. Pure.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36; spec controllers.md 7.2, 7.3)
 */
import type { Node, NodeCondition, Taint } from '../../api/index.js';
import type { NodeReadiness, ReadinessTaint } from '../../../machines/nodeLifecycle.js';
import type { ZoneDisruption } from '../../../machines/nodeZone.js';

/** Keys of taints that the control plane manages. Source: k8s.io/api/core/v1/well_known_taints.go. */
export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition, status → key of the NoSchedule taint that mirrors it (NL-20). */
const TAINT_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
};
const MANAGED: ReadonlySet<string> = new Set([
  UNSCHEDULABLE,
  ...Object.values(TAINT_OF).flatMap((byStatus) => Object.values(byStatus)),
]);

export const readyConditionOf = (node: Node): NodeCondition | undefined =>
  node.status.conditions?.find(({ type }) => type === 'Ready');

export const readinessOf = (node: Node): NodeReadiness => {
  const status = readyConditionOf(node)?.status;
  return status === undefined ? 'None' : status === 'True' || status === 'False' ? status : 'Unknown';
};

/** The NoExecute taints for readiness that the node carries. */
export const readinessTaintOf = (node: Node): ReadinessTaint => {
  let found: ReadinessTaint = 'none';
  for (const { key, effect } of node.spec.taints ?? []) {
    if (effect !== 'NoExecute' || (key !== NOT_READY && key !== UNREACHABLE)) continue;
    found = found === 'none' ? (key === NOT_READY ? 'not-ready' : 'unreachable') : 'both';
  }
  return found;
};

/** The taints with the readiness ones exchanged for `key` (absent: taken away). The same list when nothing changes. */
export const withReadinessTaint = (
  taints: readonly Taint[],
  key: string | undefined,
  now: string,
): readonly Taint[] => {
  const isReadiness = (taint: Taint): boolean =>
    taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE);
  const kept = taints.filter((taint) => !isReadiness(taint) || taint.key === key);
  if (key === undefined || kept.some((taint) => isReadiness(taint)))
    return kept.length === taints.length ? taints : kept;
  return [...kept, { key, effect: 'NoExecute', timeAdded: now }];
};

/** The taints with those that mirror conditions brought up to date (NL-20). The same list when nothing changes. */
export const withConditionTaints = (node: Node, now: string): readonly Taint[] => {
  const taints = node.spec.taints ?? NO_TAINTS;
  const wanted: string[] = [];
  for (const { type, status } of node.status.conditions ?? []) {
    const key = TAINT_OF[type]?.[status];
    if (key !== undefined) wanted.push(key);
  }
  if (node.spec.unschedulable) wanted.push(UNSCHEDULABLE);
  const isManaged = ({ key, effect }: Taint): boolean => effect === 'NoSchedule' && MANAGED.has(key);
  const kept = taints.filter((taint) => !isManaged(taint) || wanted.includes(taint.key));
  const missing = wanted.filter((key) => !kept.some((taint) => isManaged(taint) && taint.key === key));
  if (missing.length === 0 && kept.length === taints.length) return taints;
  return [...kept, ...missing.map((key) => ({ key, effect: 'NoSchedule', timeAdded: now }))];
};
const NO_TAINTS: readonly Taint[] = [];

export const hasConditionTaintDrift = (node: Node): boolean =>
  withConditionTaints(node, '') !== (node.spec.taints ?? NO_TAINTS);

/** Source: node_lifecycle_controller.go labelReconcileInfo. */
const LABEL_COPIES = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
] as const;

/** Old names of labels, as far as they are missing or differ; undefined when none does. */
export const labelCopies = ({ metadata }: Node): Record<string, string> | undefined => {
  let copies: Record<string, string> | undefined;
  for (const [from, to] of LABEL_COPIES) {
    const value = metadata.labels?.[from];
    if (value !== undefined && metadata.labels?.[to] !== value) (copies ??= {})[to] = value;
  }
  return copies;
};

const NEVER_UPDATED = { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' };
const STOPPED = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
/** Conditions that only a node agent can know about. Source: tryUpdateNodeHealth. */
const REPORTED_TYPES = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The conditions of a node that is not heard from (NL-11). */
export const unknownConditions = (node: Node, now: string): readonly NodeCondition[] => {
  const conditions = (node.status.conditions ?? []).map((condition) =>
    condition.status === 'Unknown' || !REPORTED_TYPES.some((type) => type === condition.type)
      ? condition
      : { ...condition, status: 'Unknown', lastTransitionTime: now, ...STOPPED },
  );
  const missing = REPORTED_TYPES.filter((type) => !conditions.some((condition) => condition.type === type));
  const added = missing.map((type) => ({
    type,
    status: 'Unknown',
    lastHeartbeatTime: node.metadata.creationTimestamp ?? now,
    lastTransitionTime: now,
    ...NEVER_UPDATED,
  }));
  return [...conditions, ...added];
};

/** Whether the update of a node is a sign of life: its agent has posted the Ready condition (NL-10). */
export const isHeartbeat = (node: Node, old: Node): boolean => {
  if (node.status === old.status) return false;
  const [after, before] = [readyConditionOf(node), readyConditionOf(old)];
  if (after === undefined || before === undefined)
    return after !== before && after?.reason !== NEVER_UPDATED.reason;
  return after.lastHeartbeatTime !== before.lastHeartbeatTime;
};

/** Source: k8s.io/api/core/v1/well_known_labels.go. The old names still count. */
const REGION_LABELS = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const ZONE_LABELS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';

/** Region and zone, as `region:zone`; empty for a node that is in none (NL-23). */
export const zoneOf = ({ metadata }: Node): string => {
  const first = (names: readonly string[]): string => {
    for (const name of names) if (metadata.labels?.[name]) return metadata.labels[name];
    return '';
  };
  const [region, zone] = [first(REGION_LABELS), first(ZONE_LABELS)];
  return region === '' && zone === '' ? '' : `${region}:${zone}`;
};

/** Nodes that do not count when a zone's state is told. */
export const isExcludedFromDisruption = ({ metadata }: Node): boolean =>
  metadata.labels?.[EXCLUDED] !== undefined;

/** NL-23. Undefined when no node counts. `unhealthyThreshold`: the part of nodes from which on a zone is disrupted. */
export const disruptionOf = (
  readiness: readonly NodeReadiness[],
  unhealthyThreshold: number,
): ZoneDisruption | undefined => {
  const total = readiness.length;
  if (total === 0) return undefined;
  const notReady = readiness.filter((ready) => ready !== 'True').length;
  if (notReady === total) return 'FullDisruption';
  return notReady > 2 && notReady / total >= unhealthyThreshold ? 'PartialDisruption' : 'Normal';
};

/** Instants of the node monitor: at `startedAtMs` and every `periodMs` from there. */
export interface Ticks {
  readonly startedAtMs: number;
  readonly periodMs: number;
}

/** Until the next tick; 0 in the instant of one. */
export const untilTickMs = ({ startedAtMs, periodMs }: Ticks, nowMs: number): number =>
  (periodMs - ((nowMs - startedAtMs) % periodMs)) % periodMs;

/** Until the first tick after `instantMs` has passed. */
export const untilTickAfterMs = (ticks: Ticks, instantMs: number, nowMs: number): number => {
  const { startedAtMs, periodMs } = ticks;
  const passed = Math.floor((Math.max(instantMs, nowMs) - startedAtMs) / periodMs);
  return startedAtMs + (passed + 1) * periodMs - nowMs;
};
