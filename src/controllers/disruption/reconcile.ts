/**
 * What a PodDisruptionBudget has to say about the pods that it selects. Pure.
 *
 * Models: pkg/controller/disruption/disruption.go#getExpectedPodCount, #buildDisruptedPodMap, #countHealthyPods,
 * #updatePdbStatus (v1.36; PD-1 to PD-3)
 * Differs: an evicted pod counts again after two minutes to the millisecond, not a moment later.
 */
import {
  formatTime,
  jsonEqual,
  withDisruptionAllowed,
  type OwnerReference,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '../../api/index.js';
import { controllerOf, isPodReady, timeMs } from '../pods.js';

/** How long an evicted pod may take to begin its end. Source: disruption.go#DeletionTimeout. */
export const DELETION_TIMEOUT_MS = 2 * 60_000;

/** What somebody keeps a number of pods for; its uid tells it from others. */
export interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

export interface Observed {
  readonly budget: PodDisruptionBudget;
  /** The pods that it selects. */
  readonly pods: readonly Pod[];
  /** The scale of a pod's controller; undefined when that is not there. Throws {@link CountError}. */
  readonly scaleOf: (controller: OwnerReference) => Scale | undefined;
  readonly nowMs: number;
}

export interface Count {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  readonly currentHealthy: number;
  readonly disruptionsAllowed: number;
  readonly disruptedPods: Readonly<Record<string, string>>;
  /** Pods that nobody controls, where that matters. */
  readonly unmanaged: readonly Pod[];
  /** Pods whose eviction was allowed more than two minutes ago. */
  readonly notDeleted: readonly Pod[];
  readonly recheckInMs: number | undefined;
}

/** The pods cannot be counted. The message is upstream's. */
export class CountError extends Error {}

/** @throws {CountError} when some pod has a controller without a scale. */
export const countPods = (observed: Observed): Count => {
  const { expectedPods, desiredHealthy, unmanaged } = expectation(observed);
  const { disruptedPods, notDeleted, recheckInMs } = disruptions(observed);
  const currentHealthy = observed.pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      disruptedPods[pod.metadata.name] === undefined &&
      isPodReady(pod),
  ).length;
  // Nothing is allowed before the first pod is known: the status may be older than the pod.
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  return {
    expectedPods,
    desiredHealthy,
    currentHealthy,
    disruptionsAllowed,
    disruptedPods,
    unmanaged,
    notDeleted,
    recheckInMs,
  };
};

/** How many pods there should be, and how many of them healthy. */
const expectation = (observed: Observed): Pick<Count, 'expectedPods' | 'desiredHealthy' | 'unmanaged'> => {
  const { minAvailable, maxUnavailable } = observed.budget.spec;
  if (maxUnavailable !== undefined) {
    const { expectedPods, unmanaged } = expectedScale(observed);
    const desiredHealthy = Math.max(0, expectedPods - amountOf(maxUnavailable, expectedPods));
    return { expectedPods, desiredHealthy, unmanaged };
  }
  if (typeof minAvailable === 'number')
    return { expectedPods: observed.pods.length, desiredHealthy: minAvailable, unmanaged: [] };
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] };
  const { expectedPods, unmanaged } = expectedScale(observed);
  return { expectedPods, desiredHealthy: amountOf(minAvailable, expectedPods), unmanaged };
};

/** The sum of the scales of all controllers that have a pod here. */
const expectedScale = ({ pods, scaleOf }: Observed): Pick<Count, 'expectedPods' | 'unmanaged'> => {
  const unmanaged: Pod[] = [];
  const seen = new Set<string>();
  const replicasByUid = new Map<string, number>();
  for (const pod of pods) {
    const controller = controllerOf(pod.metadata);
    if (controller === undefined) {
      unmanaged.push(pod);
      continue;
    }
    if (seen.has(controller.uid)) continue;
    seen.add(controller.uid);
    const scale = scaleOf(controller);
    if (scale === undefined) throw new CountError(`found no controllers for pod "${pod.metadata.name}"`);
    replicasByUid.set(scale.uid, scale.replicas);
  }
  let expectedPods = 0;
  for (const replicas of replicasByUid.values()) expectedPods += replicas;
  return { expectedPods, unmanaged };
};

/** A number of pods, or a percentage of all, rounded up. Validation has seen to its form. */
const amountOf = (value: number | string, total: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * total) / 100);

/** Of the pods whose eviction was allowed: those that are still awaited, and those that should be gone. */
const disruptions = ({
  budget,
  pods,
  nowMs,
}: Observed): Pick<Count, 'disruptedPods' | 'notDeleted' | 'recheckInMs'> => {
  const before = budget.status.disruptedPods;
  const disruptedPods: Record<string, string> = {};
  const notDeleted: Pod[] = [];
  let recheckInMs: number | undefined;
  if (before === undefined) return { disruptedPods, notDeleted, recheckInMs };
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const at = before[name];
    if (at === undefined || deletionTimestamp !== undefined) continue;
    const leftMs = (timeMs(at) ?? 0) + DELETION_TIMEOUT_MS - nowMs;
    if (leftMs <= 0) {
      notDeleted.push(pod);
      continue;
    }
    disruptedPods[name] = at;
    recheckInMs = Math.min(leftMs, recheckInMs ?? leftMs);
  }
  return { disruptedPods, notDeleted, recheckInMs };
};

/** The status after a count; undefined when it says so already. */
export const statusAfter = (
  { metadata, status }: PodDisruptionBudget,
  count: Count,
  nowMs: number,
): PodDisruptionBudgetStatus | undefined => {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, disruptedPods } = count;
  const next = withDisruptionAllowed(
    {
      observedGeneration: metadata.generation ?? 0,
      ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
      disruptionsAllowed,
      currentHealthy,
      desiredHealthy,
      expectedPods,
      ...(status.conditions && { conditions: status.conditions }),
    },
    formatTime(nowMs),
  );
  return jsonEqual(next, status) ? undefined : next;
};

/** The status when the pods could not be counted: all as it was, and nothing allowed. */
export const failedStatus = (
  { status }: PodDisruptionBudget,
  message: string,
  nowMs: number,
): PodDisruptionBudgetStatus =>
  withDisruptionAllowed({ ...status, disruptionsAllowed: 0 }, formatTime(nowMs), message);
