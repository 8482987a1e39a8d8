/**
 * What a Job should do about its pods: what the chart decides by, which pods are too many, which are missing. Pure; the
 * chart (machines/job.ts) chooses, the wiring carries it out.
 *
 * Models: pkg/controller/job/job_controller.go#syncJob, #manageJob (v1.36; JB-23, JB-31 to JB-34, JB-41)
 */
import type { Job, JobCondition, Pod } from '../../api/index.js';
import type { JobObservation } from '../../../machines/jobSetup.js';
import { isPodReady, isPodTerminating, timeMs } from '../pods.js';
import { backOffAfter, finishedAtMs, remainingBackOffMs } from './backOff.js';
import { completionIndexOf, countIndexes, firstFree, indexesOf, NO_INDEXES, union } from './indexes.js';
import { metSuccessRule } from './policies.js';
import { podsToRemove } from './removal.js';
import { allFailuresOf, isIndexed, isPodFailed, judge, replacesOnlyFailed, type JobView } from './view.js';

/** At most so many pods are created or deleted by one sync. Source: job_controller.go#MaxPodCreateDeletePerSync. */
const BURST_PODS = 500;

export interface JobPlan {
  readonly seen: JobObservation;
  readonly victims: readonly Pod[];
  /** Indexes to create pods for; undefined when pods have none. */
  readonly indexes: readonly number[] | undefined;
}

/** @param cacheLags the view is older than the Job's own last write. */
export const reconcile = (view: JobView, cacheLags: boolean): JobPlan => {
  const { job, active, pods, nowMs } = view;
  const { spec, status } = job;
  const uncounted = status.uncountedTerminatedPods;
  const ignored = view.newFailed.filter((pod) => !judge(job, pod).isCounted).length;
  const failed = (status.failed ?? 0) + view.newFailed.length - ignored + (uncounted?.failed?.length ?? 0);
  const succeeded = isIndexed(job)
    ? countIndexes(view.succeededIndexes)
    : (status.succeeded ?? 0) + view.newSucceeded.length + (uncounted?.succeeded?.length ?? 0);
  const backOff = backOffAfter(view.backOff, view.newSucceeded, view.newFailed);
  const { victims, indexes, missing, podBackOffMs } = balance({ ...view, backOff }, succeeded);
  const end = recordedEnd(status.conditions ?? NO_CONDITIONS);
  return {
    victims,
    indexes,
    seen: {
      cacheLags,
      toClaim: view.toAdopt.length + view.toRelease.length,
      recorded: end.recorded,
      recordedEnd: end.recordedEnd,
      isSuspended: spec.suspend,
      isBeingDeleted: job.metadata.deletionTimestamp !== undefined,
      completions: spec.completions,
      active: active.length,
      ready: active.filter(isPodReady).length,
      terminating: view.terminating,
      succeeded,
      failed,
      backoffLimit: spec.backoffLimit,
      restarts: spec.template.spec.restartPolicy === 'OnFailure' ? restartsOf(pods) : undefined,
      failJobMessage: failJobMessage(job, pods),
      deadlineInMs: deadlineInMs(job, nowMs),
      succeededIndexes: countIndexes(view.succeededIndexes),
      failedIndexes: countIndexes(view.failedIndexes ?? NO_INDEXES),
      maxFailedIndexes: spec.maxFailedIndexes,
      metSuccessRule: isIndexed(job)
        ? metSuccessRule(spec.successPolicy, spec.completions ?? 0, view.succeededIndexes)
        : undefined,
      surplus: victims.length,
      missing,
      podBackOffMs,
      backOff,
    },
  };
};

const NO_CONDITIONS: readonly JobCondition[] = [];

const recordedEnd = (
  conditions: readonly JobCondition[],
): Pick<JobObservation, 'recorded' | 'recordedEnd'> => {
  const find = (wanted: string) =>
    conditions.find(({ type, status }) => type === wanted && status === 'True');
  if (find('Complete')) return { recorded: 'Complete', recordedEnd: undefined };
  if (find('Failed')) return { recorded: 'Failed', recordedEnd: undefined };
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const { reason = '', message = '' } = find(type) ?? {};
    if (find(type)) return { recorded: type, recordedEnd: { type, reason, message } };
  }
  return { recorded: undefined, recordedEnd: undefined };
};

const restartsOf = (pods: readonly Pod[]): number => {
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue;
    for (const { restartCount } of status.initContainerStatuses ?? []) restarts += restartCount;
    for (const { restartCount } of status.containerStatuses ?? []) restarts += restartCount;
  }
  return restarts;
};

const failJobMessage = (job: Job, pods: readonly Pod[]): string | undefined => {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    const message = isPodFailed(pod, job) ? judge(job, pod).message : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
};

/** Not above 0 when the deadline has passed; undefined when none is running. */
const deadlineInMs = ({ spec, status }: Job, nowMs: number): number | undefined => {
  if (spec.activeDeadlineSeconds === undefined || spec.suspend) return undefined;
  return (timeMs(status.startTime) ?? nowMs) + spec.activeDeadlineSeconds * 1000 - nowMs;
};

interface Balance {
  readonly victims: readonly Pod[];
  readonly missing: number;
  readonly indexes: readonly number[] | undefined;
  readonly podBackOffMs: number;
}
const BALANCED: Balance = { victims: [], missing: 0, indexes: undefined, podBackOffMs: 0 };

/** Too many pods, too few, or as many as wanted; removing comes before creating (JB-32). */
const balance = (view: JobView, succeeded: number): Balance => {
  const { job, active } = view;
  if (job.spec.suspend) return { ...BALANCED, victims: podsToRemove(job, active, active.length) };
  const wanted = wantedPods(job, active.length, succeeded);
  const victims = podsToRemove(job, active, Math.max(0, active.length - wanted)).slice(0, BURST_PODS);
  if (victims.length > 0) return { ...BALANCED, victims };
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? view.terminating : 0);
  if (missing <= 0) return BALANCED;
  return shortageOf(view, Math.min(missing, BURST_PODS));
};

const wantedPods = ({ spec }: Job, active: number, succeeded: number): number => {
  const { completions, parallelism } = spec;
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
};

/** Which pods may be created now, or how long the failures before still hold them up. */
const shortageOf = (view: JobView, missing: number): Balance => {
  const { job, nowMs, backOff } = view;
  const podBackOffMs = view.failedIndexes === undefined ? remainingBackOffMs(backOff, nowMs) : 0;
  if (podBackOffMs > 0) return { ...BALANCED, podBackOffMs };
  if (!isIndexed(job)) return { ...BALANCED, missing };
  const pending = pendingIndexes(view, missing);
  const waits = pending.map((index) => indexBackOffMs(view.delayed.get(index), nowMs));
  const indexes = pending.filter((_, position) => waits[position] === 0);
  if (indexes.length === 0 && pending.length > 0) return { ...BALANCED, podBackOffMs: Math.min(...waits) };
  return { ...BALANCED, missing: indexes.length, indexes };
};

/** The lowest indexes that have no pod and have not ended (JB-34). */
export const pendingIndexes = (view: JobView, count: number): readonly number[] => {
  const { job, pods, active } = view;
  const busy = replacesOnlyFailed(job) ? [...active, ...pods.filter(isPodTerminating)] : active;
  const taken = indexesOf(busy.map(completionIndexOf).filter((index) => index !== undefined));
  const ended = union(view.succeededIndexes, view.failedIndexes ?? NO_INDEXES);
  return firstFree(union(ended, taken), count, job.spec.completions ?? 0);
};

/** JB-43: an index waits by its own failures. */
const indexBackOffMs = (failed: Pod | undefined, nowMs: number): number =>
  failed === undefined
    ? 0
    : remainingBackOffMs({ failures: allFailuresOf(failed) + 1, lastFailureMs: finishedAtMs(failed) }, nowMs);
