/**
 * How long a Job waits before it replaces a failed pod: 10 s, doubled by every failure since the last success, at most
 * 10 minutes. Pure.
 *
 * Models: pkg/controller/job/backoff_utils.go (v1.36; JB-40, JB-42)
 */
import type { ContainerStatus, Pod } from '../../api/index.js';
import type { PodBackOff } from '../../../machines/jobSetup.js';
import { timeMs } from '../pods.js';

/** Source: job_controller.go#DefaultJobPodFailureBackOff, #MaxJobPodFailureBackOff. */
export const BACK_OFF_BASE_MS = 10_000;
export const BACK_OFF_MAX_MS = 600_000;
const DEFAULT_GRACE_SECONDS = 30;

/** When a pod ended, in ms: as its containers say, else its Ready condition, else its deletion, else its creation. */
export const finishedAtMs = (pod: Pod): number =>
  lastExitMs(pod) ?? notReadySinceMs(pod) ?? deletionMs(pod) ?? timeMs(pod.metadata.creationTimestamp) ?? 0;

const lastExitMs = (pod: Pod): number | undefined => {
  const sidecars = new Set(
    pod.spec.initContainers
      ?.filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const statuses: ContainerStatus[] = [
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  let latestMs: number | undefined;
  for (const { state } of statuses) {
    const exitMs = timeMs(state?.terminated?.finishedAt);
    if (exitMs === undefined) return undefined;
    latestMs = Math.max(latestMs ?? 0, exitMs);
  }
  return latestMs;
};

const notReadySinceMs = ({ status }: Pod): number | undefined => {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'False' ? timeMs(ready.lastTransitionTime) : undefined;
};

const deletionMs = ({ metadata, spec }: Pod): number | undefined => {
  const endMs = timeMs(metadata.deletionTimestamp);
  if (endMs === undefined) return undefined;
  const graceSeconds =
    metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return endMs - graceSeconds * 1000;
};

/** The record after pods have ended: a success forgets the failures that did not come after it. */
export const backOffAfter = (
  record: PodBackOff,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): PodBackOff => {
  if (succeeded.length === 0 && failed.length === 0) return record;
  const failedMs = failed.map(finishedAtMs);
  if (succeeded.length === 0)
    return { failures: record.failures + failed.length, lastFailureMs: Math.max(...failedMs) };
  const lastSuccessMs = Math.max(...succeeded.map(finishedAtMs));
  const later = failedMs.filter((atMs) => atMs > lastSuccessMs);
  return { failures: later.length, lastFailureMs: later.length === 0 ? 0 : Math.max(...later) };
};

/** What is left of the delay after so many failures; 0 when it is over. */
export const remainingBackOffMs = (
  { failures, lastFailureMs }: PodBackOff,
  nowMs: number,
  baseMs = BACK_OFF_BASE_MS,
  maxMs = BACK_OFF_MAX_MS,
): number => {
  if (failures === 0) return 0;
  const delayMs = Math.min(baseMs * 2 ** (failures - 1), maxMs);
  return Math.max(0, lastFailureMs + delayMs - nowMs);
};
