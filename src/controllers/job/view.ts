/**
 * One look at a Job and its pods: who is claimed, active, newly finished, and what their ends mean. Pure; everything
 * that a sync decides and counts is derived from it.
 *
 * Models: pkg/controller/job/job_controller.go#syncJob, #getNewFinishedPods, indexed_job_utils.go (v1.36; JB-21, JB-43)
 */
import type { Job, Pod } from '../../api/index.js';
import type { PodBackOff } from '../../../machines/jobSetup.js';
import { claimsOn, type Claims } from '../ownership.js';
import { isPodActive, isPodTerminating } from '../pods.js';
import { finishedAtMs } from './backOff.js';
import {
  completionIndexOf,
  hasIndex,
  indexesOf,
  NO_INDEXES,
  parseIndexes,
  union,
  validIndexOf,
  type Indexes,
} from './indexes.js';
import { judgeFailure, type FailureVerdict } from './policies.js';

/** Source: pkg/apis/batch/v1/types.go#JobTrackingFinalizer, and pkg/controller/job. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
export const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

export interface ObservedJob {
  readonly job: Job;
  /** Pods that the Job controls and orphans of its namespace. */
  readonly candidates: readonly Pod[];
  readonly isMatch: (labels: Readonly<Record<string, string>>) => boolean;
  /** UIDs of pods whose finalizer is as good as gone (EX-7). */
  readonly releasing: ReadonlySet<string>;
  readonly backOff: PodBackOff;
  readonly nowMs: number;
}

export interface JobView extends ObservedJob {
  readonly pods: readonly Pod[];
  readonly toAdopt: readonly Pod[];
  readonly toRelease: readonly Pod[];
  readonly active: readonly Pod[];
  readonly terminating: number;
  /** Ended, and in no counter yet. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  readonly succeededIndexes: Indexes;
  readonly countedIndexes: Indexes;
  /** Undefined without a limit per index. */
  readonly failedIndexes: Indexes | undefined;
  /** JB-44: failed pods that stay until their replacement has taken over their counters, by index. */
  readonly delayed: ReadonlyMap<number, Pod>;
}

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';

/** A terminating pod is replaced only when it has really ended (JB-22, JB-33). */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podFailurePolicy !== undefined || spec.podReplacementPolicy === 'Failed';

export const isPodFailed = (pod: Pod, job: Job): boolean => {
  if (pod.status.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded';
};

export const isTracked = ({ metadata }: Pod): boolean =>
  metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;

export const judge = (job: Job, pod: Pod): FailureVerdict => judgeFailure(job.spec.podFailurePolicy, pod);

/** How often an index has failed before this pod; ignored failures apart. */
export const failureCountOf = (pod: Pod, annotation = FAILURE_COUNT): number => {
  const text = pod.metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
};
export const allFailuresOf = (pod: Pod): number =>
  failureCountOf(pod) + failureCountOf(pod, IGNORED_FAILURE_COUNT);

export const viewOf = (observed: ObservedJob): JobView => {
  const { job } = observed;
  const claims = claimedPods(observed);
  const counted = newlyFinished(observed, claims.kept);
  const indexed = isIndexed(job) ? indexesAfter(job, claims.kept) : NOT_INDEXED;
  const active = claims.kept.filter(isPodActive);
  let terminating = 0;
  for (const pod of claims.kept) if (isPodTerminating(pod)) terminating += 1;
  // One literal, written out: this is made at every look.
  const view = {
    job,
    candidates: observed.candidates,
    isMatch: observed.isMatch,
    releasing: observed.releasing,
    backOff: observed.backOff,
    nowMs: observed.nowMs,
    pods: claims.kept,
    toAdopt: claims.toAdopt,
    toRelease: claims.toRelease,
    active,
    terminating,
    newSucceeded: counted.newSucceeded,
    newFailed: counted.newFailed,
    succeededIndexes: indexed.succeededIndexes,
    countedIndexes: indexed.countedIndexes,
    failedIndexes: indexed.failedIndexes,
    delayed: NONE_DELAYED,
  };
  if (view.failedIndexes !== undefined) view.delayed = delayedPods(view);
  return view;
};
const NOT_INDEXED = { succeededIndexes: NO_INDEXES, countedIndexes: NO_INDEXES, failedIndexes: undefined };
const NONE_DELAYED: ReadonlyMap<number, Pod> = new Map();

const claimedPods = ({ job, candidates, isMatch }: ObservedJob): Claims<Pod> => {
  const claims = claimsOn(candidates, job.metadata, isMatch);
  if (!isIndexed(job)) return claims;
  const position = (pod: Pod): number => completionIndexOf(pod) ?? -1;
  return { ...claims, kept: claims.kept.toSorted((a, b) => position(a) - position(b)) };
};

const newlyFinished = ({ job, releasing }: ObservedJob, pods: readonly Pod[]) => {
  const { succeeded = [], failed = [] } = job.status.uncountedTerminatedPods ?? {};
  const [countedSuccesses, countedFailures] = [new Set(succeeded), new Set(failed)];
  const newSucceeded: Pod[] = [];
  const newFailed: Pod[] = [];
  for (const pod of pods) {
    const { uid } = pod.metadata;
    if (!isTracked(pod) || releasing.has(uid)) continue;
    if (isIndexed(job) && validIndexOf(pod, job.spec.completions ?? 0) === undefined) continue;
    if (pod.status.phase === 'Succeeded' && !countedSuccesses.has(uid)) newSucceeded.push(pod);
    if (isPodFailed(pod, job) && !countedFailures.has(uid)) newFailed.push(pod);
  }
  return { newSucceeded, newFailed };
};

/** Which indexes have succeeded and failed: what the status says, and what its pods say that are not counted yet. */
const indexesAfter = (job: Job, pods: readonly Pod[]) => {
  const completions = job.spec.completions ?? 0;
  const limit = job.spec.backoffLimitPerIndex;
  const succeeded: number[] = [];
  const failed: number[] = [];
  for (const pod of pods) {
    const index = validIndexOf(pod, completions);
    if (index === undefined || !isTracked(pod)) continue;
    if (pod.status.phase === 'Succeeded') succeeded.push(index);
    else if (limit !== undefined && isIndexFailed(job, pod, limit)) failed.push(index);
  }
  const countedIndexes = parseIndexes(job.status.completedIndexes, completions);
  return {
    countedIndexes,
    succeededIndexes: union(countedIndexes, indexesOf(succeeded)),
    failedIndexes:
      limit === undefined
        ? undefined
        : union(parseIndexes(job.status.failedIndexes, completions), indexesOf(failed)),
  };
};

const isIndexFailed = (job: Job, pod: Pod, limit: number): boolean => {
  if (!isPodFailed(pod, job)) return false;
  const { action, isCounted } = judge(job, pod);
  return action === 'FailIndex' || (isCounted && failureCountOf(pod) >= limit);
};

const delayedPods = (view: Omit<JobView, 'delayed'>): ReadonlyMap<number, Pod> => {
  const { job, pods, releasing, succeededIndexes, failedIndexes = NO_INDEXES } = view;
  const completions = job.spec.completions ?? 0;
  const running = new Set(view.active.map(completionIndexOf));
  const delayed = new Map<number, Pod>();
  for (const pod of pods) {
    if (!isTracked(pod) || releasing.has(pod.metadata.uid) || !isPodFailed(pod, job)) continue;
    const index = validIndexOf(pod, completions);
    if (index === undefined || running.has(index)) continue;
    if (hasIndex(succeededIndexes, index) || hasIndex(failedIndexes, index)) continue;
    const other = delayed.get(index);
    if (other === undefined || isLater(pod, other)) delayed.set(index, pod);
  }
  return delayed;
};

const isLater = (pod: Pod, other: Pod): boolean =>
  allFailuresOf(other) <= allFailuresOf(pod) && finishedAtMs(pod) >= finishedAtMs(other);
