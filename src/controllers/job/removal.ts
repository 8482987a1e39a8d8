/**
 * Which active pods of a Job go when there are too many of them, or when an index has more than one. Pure.
 *
 * Models: pkg/controller/job/job_controller.go#activePodsForRemoval, indexed_job_utils.go
 * #appendDuplicatedIndexPodsForRemoval, pkg/controller/controller_utils.go#ActivePods (v1.36; JB-32)
 */
import type { ContainerStatus, Job, Pod } from '../../api/index.js';
import { isPodReady, readySinceMs, timeMs } from '../pods.js';
import { validIndexOf } from './indexes.js';

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** At least `count` pods: first those that no index needs, then the least valuable ones. */
export const podsToRemove = ({ spec }: Job, active: readonly Pod[], count: number): readonly Pod[] => {
  if (spec.completionMode !== 'Indexed') return count <= 0 ? [] : ranked(active).slice(0, count);
  const { removed, left } = withoutDuplicates(active, spec.completions ?? 0);
  const more = count - removed.length;
  return more > 0 ? [...removed, ...ranked(left).slice(0, more)] : removed;
};

/** Keeps the best pod of each index; pods without a valid index go. */
export const withoutDuplicates = (
  pods: readonly Pod[],
  completions: number,
): { readonly removed: readonly Pod[]; readonly left: readonly Pod[] } => {
  const byIndex = new Map<number, Pod[]>();
  const removed: Pod[] = [];
  for (const pod of pods) {
    const index = validIndexOf(pod, completions);
    const same = index === undefined ? removed : byIndex.get(index);
    if (same) same.push(pod);
    else byIndex.set(index as number, [pod]);
  }
  const left: Pod[] = [];
  for (const [, same] of [...byIndex].sort(([a], [b]) => a - b)) {
    const order = same.length === 1 ? same : ranked(same);
    removed.push(...order.slice(0, -1));
    left.push(...order.slice(-1));
  }
  return { removed, left };
};

/** All pods, those to be deleted first at the front. */
const ranked = (pods: readonly Pod[]): Pod[] => [...pods].sort(compare);

const compare = (a: Pod, b: Pod): number => {
  const isAssigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
  if (isAssigned !== 0) return isAssigned;
  const phase = (PHASE_ORDER[a.status.phase ?? ''] ?? 0) - (PHASE_ORDER[b.status.phase ?? ''] ?? 0);
  if (phase !== 0) return phase;
  const isReady = Number(isPodReady(a)) - Number(isPodReady(b));
  if (isReady !== 0) return isReady;
  const age = youngerFirst(readySinceMs(a), readySinceMs(b));
  if (age !== 0) return age;
  const restarts = maxRestarts(b.status.containerStatuses) - maxRestarts(a.status.containerStatuses);
  if (restarts !== 0) return restarts;
  return youngerFirst(timeMs(a.metadata.creationTimestamp), timeMs(b.metadata.creationTimestamp));
};

/** Without a time: youngest of all. */
const youngerFirst = (aMs: number | undefined, bMs: number | undefined): number => {
  if (aMs === bMs) return 0;
  if (aMs === undefined || Number.isNaN(aMs)) return -1;
  if (bMs === undefined || Number.isNaN(bMs)) return 1;
  return bMs - aMs;
};

const maxRestarts = (statuses: readonly ContainerStatus[] | undefined): number => {
  let most = 0;
  for (const { restartCount } of statuses ?? []) most = Math.max(most, restartCount);
  return most;
};
