/**
 * Which pods go first when there are too many. Pure.
 *
 * Models: pkg/controller/controller_utils.go#ActivePodsWithRanks.Less (v1.36); rules 1–8 of controllers.md §1.3.
 */
import type { ContainerStatus, Pod } from '../../api/index.js';
import { readySinceMs, timeMs } from '../pods.js';

/** Lower costs are deleted first. Source: pkg/apis/core/annotation_key_constants.go#PodDeletionCost. */
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);
const NS_PER_MS = 1_000_000;

/** A pod with all that decides its place, computed once. */
interface Ranked {
  readonly pod: Pod;
  readonly isAssigned: boolean;
  readonly phase: number;
  readonly isReady: boolean;
  readonly cost: number;
  readonly rank: number;
  readonly readySinceMs: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly createdMs: number | undefined;
}

/**
 * The first `count` pods to delete, in order. When all are to go their order stays as it is.
 * `related` are the active pods of all ReplicaSets of the same owner: pods on crowded nodes go first.
 */
export const podsToDelete = (
  pods: readonly Pod[],
  count: number,
  related: readonly Pod[],
  nowMs: number,
): readonly Pod[] => {
  if (count >= pods.length) return pods;
  return rankPods(pods, related, nowMs).slice(0, count);
};

/** All pods, those to be deleted first at the front. */
export const rankPods = (pods: readonly Pod[], related: readonly Pod[], nowMs: number): readonly Pod[] => {
  const crowd = new Map<string, number>();
  for (const { spec } of related)
    if (spec.nodeName) crowd.set(spec.nodeName, (crowd.get(spec.nodeName) ?? 0) + 1);
  return pods
    .map((pod) => describe(pod, crowd.get(pod.spec.nodeName ?? '') ?? 0))
    .sort((a, b) => compare(a, b, nowMs))
    .map(({ pod }) => pod);
};

const describe = (pod: Pod, rank: number): Ranked => {
  const sinceMs = readySinceMs(pod);
  return {
    pod,
    isAssigned: Boolean(pod.spec.nodeName),
    phase: PHASE_ORDER[pod.status.phase ?? ''] ?? 0,
    isReady: sinceMs !== undefined,
    cost: deletionCost(pod),
    rank,
    readySinceMs: sinceMs === undefined || Number.isNaN(sinceMs) ? undefined : sinceMs,
    restarts: maxRestarts(pod.status.containerStatuses),
    sidecarRestarts: maxRestarts(
      pod.status.initContainerStatuses?.filter((status) => isSidecar(pod, status.name)),
    ),
    createdMs: timeMs(pod.metadata.creationTimestamp),
  };
};

const compare = (a: Ranked, b: Ranked, nowMs: number): number => {
  if (a.isAssigned !== b.isAssigned) return a.isAssigned ? 1 : -1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.isReady !== b.isReady) return a.isReady ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.rank !== b.rank) return b.rank - a.rank;
  if (a.isReady && a.readySinceMs !== b.readySinceMs)
    return compareAges(a.readySinceMs, b.readySinceMs, a.pod, b.pod, nowMs);
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.createdMs !== b.createdMs) return compareAges(a.createdMs, b.createdMs, a.pod, b.pod, nowMs);
  return 0;
};

/** Younger first, on a logarithmic scale, so that victims of about one age are chosen as if at random: by their UID. */
const compareAges = (
  a: number | undefined,
  b: number | undefined,
  podA: Pod,
  podB: Pod,
  nowMs: number,
): number => {
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const difference = ageBucket(nowMs - a) - ageBucket(nowMs - b);
  if (difference !== 0) return difference;
  return podA.metadata.uid < podB.metadata.uid ? -1 : 1;
};
const ageBucket = (ageMs: number): number => (ageMs > 0 ? Math.floor(Math.log2(ageMs * NS_PER_MS)) : -1);

/** The pod-deletion-cost annotation; 0 when it is missing or no plain int32 (rule 4). */
export const deletionCost = (pod: Pod): number => {
  const text = pod.metadata.annotations?.[DELETION_COST];
  if (text === undefined || !/^(0|-?[1-9][0-9]*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost > INT32_MAX || cost < INT32_MIN ? 0 : cost;
};

const maxRestarts = (statuses: readonly ContainerStatus[] | undefined): number => {
  let most = 0;
  for (const status of statuses ?? []) most = Math.max(most, status.restartCount);
  return most;
};
const isSidecar = (pod: Pod, name: string): boolean =>
  pod.spec.initContainers?.some(
    (container) => container.name === name && container.restartPolicy === 'Always',
  ) ?? false;
