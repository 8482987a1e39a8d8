/**
 * Exactly-once counting. A finished pod's UID goes into the status first, then its finalizer goes, then it moves into a
 * counter: whatever fails in between, the next sync can tell what has been counted. Pure.
 *
 * Models: pkg/controller/job/job_controller.go#trackJobStatusAndRemoveFinalizers, #enactJobFinished (v1.36; JB-50 to JB-55)
 */
import { formatTime, type JobCondition, type JobStatus, type Pod, type Writable } from '../../api/index.js';
import type { JobEnd } from '../../../machines/jobSetup.js';
import { countIndexes, formatIndexes, hasIndex, indexesOf, union, validIndexOf } from './indexes.js';
import { isIndexed, isPodFailed, isTracked, judge, type JobView } from './view.js';

/** Keeps the status small, and one Job from holding up the others. Source: job_controller.go#MaxUncountedPods. */
const MAX_UNCOUNTED_PODS = 500;

/** What the sync has done by now. */
export interface SyncOutcome {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  /** How the Job ends; undefined when it goes on, or cannot be ended in this sync. */
  readonly end: JobEnd | undefined;
  /** Pods were looked after: what the spec says of suspension is true by now. */
  readonly wasManaged: boolean;
}

export interface Tracking {
  readonly status: JobStatus;
  /** Pods whose finalizer has served its purpose once this status is written. */
  readonly toRelease: readonly Pod[];
  /** UIDs of the pods that carry it still. */
  readonly tracked: ReadonlySet<string>;
  /** There are more to count: the Job cannot end in this sync. */
  readonly isCapped: boolean;
  readonly suspension: 'Suspended' | 'Resumed' | undefined;
}

export const track = (view: JobView, outcome: SyncOutcome): Tracking => {
  const { job, pods, releasing, nowMs } = view;
  const now = formatTime(nowMs);
  const { status: old, spec } = job;
  const tracked = new Set<string>();
  for (const pod of pods)
    if (isTracked(pod) && !releasing.has(pod.metadata.uid)) tracked.add(pod.metadata.uid);
  const started = old.startTime === undefined && !spec.suspend ? { ...old, startTime: now } : old;
  const settled = moveCounted(started, tracked);
  const counted = countPods(view, settled, tracked, outcome);
  const suspension =
    outcome.wasManaged && outcome.end === undefined ? suspend(settled, spec.suspend, now) : undefined;
  const status: JobStatus = {
    ...settled,
    active: outcome.active,
    ready: outcome.ready,
    terminating: outcome.terminating,
    uncountedTerminatedPods: counted.uncounted,
  };
  if (suspension)
    Object.assign(status, { conditions: suspension.conditions, startTime: suspension.startTime });
  if (isIndexed(job)) Object.assign(status, indexedCounts(view, counted.newIndexes));
  return {
    status: tidy(outcome.end ? withCondition(status, conditionOf(outcome.end, now)) : status),
    toRelease: counted.toRelease,
    tracked,
    isCapped: counted.isCapped,
    suspension: suspension?.event,
  };
};

type Uncounted = NonNullable<JobStatus['uncountedTerminatedPods']>;

const countPods = (
  view: JobView,
  settled: JobStatus,
  tracked: ReadonlySet<string>,
  { end }: SyncOutcome,
): {
  readonly uncounted: Uncounted;
  readonly newIndexes: readonly number[];
  readonly toRelease: readonly Pod[];
  readonly isCapped: boolean;
} => {
  const { job } = view;
  const before = job.status.uncountedTerminatedPods ?? {};
  const [wasSucceeded, wasFailed] = [new Set(before.succeeded), new Set(before.failed)];
  const succeeded = [...(settled.uncountedTerminatedPods?.succeeded ?? [])];
  const failed = [...(settled.uncountedTerminatedPods?.failed ?? [])];
  const newIndexes: number[] = [];
  const toRelease: Pod[] = [];
  let isCapped = false;
  for (const pod of view.pods) {
    const { uid } = pod.metadata;
    if (!tracked.has(uid) || !mayRelease(view, pod, end)) continue;
    toRelease.push(pod);
    const index = isIndexed(job) ? validIndexOf(pod, job.spec.completions ?? 0) : 0;
    if (pod.status.phase === 'Succeeded' && !wasFailed.has(uid)) {
      if (!isIndexed(job)) {
        if (!wasSucceeded.has(uid)) succeeded.push(uid);
      } else if (index !== undefined && !hasIndex(view.countedIndexes, index)) newIndexes.push(index);
    } else if (isPodFailed(pod, job) || end?.type === 'FailureTarget') {
      if (index !== undefined && !wasFailed.has(uid) && judge(job, pod).isCounted) failed.push(uid);
    }
    isCapped = newIndexes.length + succeeded.length + failed.length >= MAX_UNCOUNTED_PODS;
    if (isCapped) break;
  }
  return { uncounted: uncountedOf(succeeded, failed), newIndexes, toRelease, isCapped };
};

const uncountedOf = (succeeded: readonly string[], failed: readonly string[]): Uncounted =>
  failed.length === 0
    ? succeeded.length === 0
      ? {}
      : { succeeded }
    : succeeded.length === 0
      ? { failed }
      : { succeeded, failed };

const mayRelease = (view: JobView, pod: Pod, end: JobEnd | undefined): boolean => {
  const { job } = view;
  if (job.metadata.deletionTimestamp !== undefined || end || pod.status.phase === 'Succeeded') return true;
  if (!isPodFailed(pod, job)) return false;
  const index = validIndexOf(pod, job.spec.completions ?? 0);
  return index === undefined || view.delayed.get(index)?.metadata.uid !== pod.metadata.uid;
};

const indexedCounts = (
  { succeededIndexes, countedIndexes, failedIndexes }: JobView,
  added: readonly number[],
) => {
  // Pods beyond the cap are counted later, though they have succeeded.
  const completed =
    added.length < MAX_UNCOUNTED_PODS ? succeededIndexes : union(countedIndexes, indexesOf(added));
  return {
    succeeded: countIndexes(completed),
    completedIndexes: formatIndexes(completed),
    ...(failedIndexes && { failedIndexes: formatIndexes(failedIndexes) }),
  };
};

/** Pods in the lists whose finalizer is gone move into the counters. */
const moveCounted = (status: JobStatus, tracked: ReadonlySet<string>): JobStatus => {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const succeededLeft = succeeded.filter((uid) => tracked.has(uid));
  const failedLeft = failed.filter((uid) => tracked.has(uid));
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length - succeededLeft.length,
    failed: (status.failed ?? 0) + failed.length - failedLeft.length,
    uncountedTerminatedPods: uncountedOf(succeededLeft, failedLeft),
  };
};

/** JB-26: the Suspended condition is there from the first suspension on. */
const suspend = (status: JobStatus, isSuspended: boolean, now: string) => {
  const { conditions = [] } = status;
  const current = conditions.find(({ type }) => type === 'Suspended');
  const [value, reason, message] = isSuspended
    ? (['True', 'JobSuspended', 'Job suspended'] as const)
    : (['False', 'JobResumed', 'Job resumed'] as const);
  if (current === undefined && !isSuspended) return undefined;
  if (current?.status === value && current.reason === reason && current.message === message) return undefined;
  const next = {
    type: 'Suspended',
    status: value,
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  };
  return {
    conditions: current ? conditions.map((each) => (each === current ? next : each)) : [...conditions, next],
    startTime: isSuspended ? undefined : now,
    event: isSuspended ? ('Suspended' as const) : ('Resumed' as const),
  };
};

const conditionOf = ({ type, reason, message }: JobEnd, now: string): JobCondition => ({
  type,
  status: 'True',
  lastProbeTime: now,
  lastTransitionTime: now,
  reason,
  message,
});

/** With a condition in the place of the one of its type. One that is recorded with the same status stays as it is. */
const withCondition = (status: JobStatus, condition: JobCondition): JobStatus => {
  const conditions = status.conditions ?? [];
  const at = conditions.findIndex(({ type }) => type === condition.type);
  if (at < 0) return { ...status, conditions: [...conditions, condition] };
  if (conditions[at]?.status === condition.status) return status;
  return { ...status, conditions: conditions.map((each, index) => (index === at ? condition : each)) };
};

/** After finalizers have gone. `tracked` are the UIDs of the pods that kept theirs. */
export const statusAfterRelease = (status: JobStatus, tracked: ReadonlySet<string>): JobStatus =>
  tidy(moveCounted(status, tracked));

export const uncountedPods = ({ uncountedTerminatedPods: uncounted }: JobStatus): number =>
  (uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0);

/** The last status of a Job: Complete or Failed, for the reason that was recorded before. */
export const finalStatus = (status: JobStatus, end: JobEnd, nowMs: number): JobStatus => {
  const now = formatTime(nowMs);
  const isComplete = end.type === 'SuccessCriteriaMet';
  const terminal = { ...conditionOf(end, now), type: isComplete ? 'Complete' : 'Failed' };
  return tidy({ ...withCondition(status, terminal), ...(isComplete && { completionTime: now }) });
};

/** In the order of the API's fields; zeros that are no pointers are left out. */
const tidy = (status: JobStatus): JobStatus => {
  const tidied: Writable<JobStatus> = {};
  if (status.conditions) tidied.conditions = status.conditions;
  if (status.startTime !== undefined) tidied.startTime = status.startTime;
  if (status.completionTime !== undefined) tidied.completionTime = status.completionTime;
  if (status.active) tidied.active = status.active;
  if (status.succeeded) tidied.succeeded = status.succeeded;
  if (status.failed) tidied.failed = status.failed;
  if (status.terminating !== undefined) tidied.terminating = status.terminating;
  if (status.completedIndexes) tidied.completedIndexes = status.completedIndexes;
  if (status.failedIndexes !== undefined) tidied.failedIndexes = status.failedIndexes;
  if (status.uncountedTerminatedPods) tidied.uncountedTerminatedPods = status.uncountedTerminatedPods;
  if (status.ready !== undefined) tidied.ready = status.ready;
  return tidied;
};
