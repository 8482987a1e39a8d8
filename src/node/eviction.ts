/**
 * Which pod a node ends first when it runs short of something, and what it says of it. Pure.
 *
 * Models: pkg/kubelet/eviction/helpers.go (rankMemoryPressure, rankDiskPressureFunc, rankPIDPressure, evictionMessage),
 * eviction_manager.go localStorageEviction (v1.36; spec node.md 5.7).
 */
import { formatQuantity, parseBytes, podRequest, type Container, type Pod } from '../api/index.js';
import type { ContainerUsage, NodeUsage, PressureKind } from '../runtime/index.js';

/** Source: pkg/kubelet/apis/config/v1beta1/defaults_linux.go evictionHard. */
const MEMORY_THRESHOLD_BYTES = 100 * 1024 * 1024;
const DISK_THRESHOLD_FRACTION = 0.1;
/** Source: pkg/apis/scheduling/types.go SystemCriticalPriority. */
const CRITICAL_PRIORITY = 2_000_000_000;

export const isCritical = ({ spec }: Pod): boolean => (spec.priority ?? 0) >= CRITICAL_PRIORITY;

export interface Signal {
  readonly kind: PressureKind;
  readonly available: number;
  /** Below it the resource is short; undefined: it has none, and is short because a fault says so. */
  readonly threshold: number | undefined;
}

/** What is left of each resource, and what should be. */
export const signalsOf = (
  { containers, available }: NodeUsage,
  capacity: Readonly<Record<string, string>>,
): readonly Signal[] => {
  const left = (kind: PressureKind, resource: string, used: (usage: ContainerUsage) => number): number =>
    available.get(kind) ??
    Math.max(
      0,
      parseBytes(capacity[resource] ?? '0') - containers.reduce((sum, usage) => sum + used(usage), 0),
    );
  const disk = parseBytes(capacity['ephemeral-storage'] ?? '0');
  const signals: Signal[] = [
    {
      kind: 'memory',
      available: left('memory', 'memory', ({ memoryBytes }) => memoryBytes),
      threshold: MEMORY_THRESHOLD_BYTES,
    },
    {
      kind: 'disk',
      available: left('disk', 'ephemeral-storage', ({ diskBytes }) => diskBytes),
      threshold: Math.floor(disk * DISK_THRESHOLD_FRACTION),
    },
  ];
  const pids = available.get('pid');
  if (pids !== undefined) signals.push({ kind: 'pid', available: pids, threshold: undefined });
  return signals;
};

export const isShort = ({ available, threshold }: Signal): boolean =>
  threshold === undefined || available < threshold;

const RESOURCE: Record<PressureKind, string> = {
  memory: 'memory',
  disk: 'ephemeral-storage',
  pid: 'pids',
};

const usedBy = (pod: Pod, { containers }: NodeUsage, kind: PressureKind): number =>
  containers
    .filter(({ podUid }) => podUid === pod.metadata.uid)
    .reduce((sum, { memoryBytes, diskBytes }) => sum + (kind === 'memory' ? memoryBytes : diskBytes), 0);

const requestedBy = ({ spec }: Pod, kind: PressureKind): number => {
  const { memoryBytes, ephemeralBytes } = podRequest(spec).requests;
  return kind === 'memory' ? memoryBytes : ephemeralBytes;
};

/** The first goes first: over its request, then of lower priority, then further over its request. Critical pods stay. */
export const rankForEviction = (kind: PressureKind, pods: readonly Pod[], usage: NodeUsage): readonly Pod[] =>
  pods
    .filter((pod) => !isCritical(pod))
    .map((pod) => ({
      pod,
      overBytes: kind === 'pid' ? 0 : usedBy(pod, usage, kind) - requestedBy(pod, kind),
      priority: pod.spec.priority ?? 0,
    }))
    .sort(
      (a, b) =>
        Number(b.overBytes > 0) - Number(a.overBytes > 0) ||
        a.priority - b.priority ||
        b.overBytes - a.overBytes,
    )
    .map(({ pod }) => pod);

const bytes = (value: number): string => formatQuantity(value, 'binary');

const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []),
];

/** Resource lists call the resource of disk `ephemeral-storage`. */
export const evictionMessage = (
  pod: Pod,
  { kind, available, threshold }: Signal,
  usage: NodeUsage,
): string => {
  const resource = RESOURCE[kind];
  let message = `The node was low on resource: ${resource}. `;
  if (threshold !== undefined)
    message += `Threshold quantity: ${bytes(threshold)}, available: ${bytes(available)}. `;
  if (kind === 'pid') return message;
  for (const { name, resources } of containersOf(pod)) {
    const own = usage.containers.find((each) => each.podUid === pod.metadata.uid && each.name === name);
    const used = own?.[kind === 'memory' ? 'memoryBytes' : 'diskBytes'] ?? 0;
    const request = parseBytes(resources?.requests?.[resource] ?? '0');
    if (used > request)
      message += `Container ${name} was using ${bytes(used)}, request is ${bytes(request)}, has larger consumption of ${resource}. `;
  }
  return message;
};

/** Why a pod that uses more disk than it may must go; undefined: it does not. */
export const overLimitMessage = (pod: Pod, usage: NodeUsage): string | undefined => {
  const own = usage.containers.filter(({ podUid }) => podUid === pod.metadata.uid);
  const used = own.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
  const limits = pod.spec.containers.map(({ resources }) => resources?.limits?.['ephemeral-storage']);
  const total = limits.reduce((sum, limit) => sum + parseBytes(limit ?? '0'), 0);
  if (total > 0 && limits.every((limit) => limit !== undefined) && used > total)
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${bytes(total)}. `;
  for (const [index, { name }] of pod.spec.containers.entries()) {
    const limit = limits[index];
    const found = own.find((each) => each.name === name);
    if (limit !== undefined && found && found.diskBytes > parseBytes(limit))
      return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
  }
  return undefined;
};
