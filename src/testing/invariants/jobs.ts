/** Jobs: what runs at a time, what is counted, and how they end. */
import type { Job, JobStatus, Pod } from '../../api/index.js';
import {
  always,
  byOwner,
  countBy,
  eventually,
  isActive,
  isFinished,
  isLeaving,
  isTrue,
  largestSeen,
  nameOf,
  previous,
  type ClusterView,
  type Invariant,
} from './invariant.js';

const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
const TRACKED = 'batch.kubernetes.io/job-tracking';
const ENDS = ['SuccessCriteriaMet', 'FailureTarget', 'Complete', 'Failed'];

const podsOf = (view: ClusterView, { metadata }: Job): readonly Pod[] =>
  byOwner(view.list('Pod')).get(metadata.uid) ?? [];
const indexed = (view: ClusterView): readonly Job[] =>
  view.list('Job').filter(({ spec }) => spec.completionMode === 'Indexed');
const uncounted = ({ uncountedTerminatedPods: pods }: JobStatus): number =>
  (pods?.succeeded?.length ?? 0) + (pods?.failed?.length ?? 0);
const indexOf = ({ metadata }: Pod): string => metadata.annotations?.[COMPLETION_INDEX] ?? '';
/** `0,2-4` as numbers. */
const indexesIn = (text = ''): readonly number[] =>
  text
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
    });

const parallelism = always('PR-50', 'a Job never runs more pods than its parallelism', () => {
  const largest = largestSeen();
  return (view) =>
    view.list('Job').flatMap((job) => {
      const most = largest(job.metadata.uid, job.spec.parallelism ?? 1);
      const active = podsOf(view, job).filter(isActive).length;
      return active > most ? [`${nameOf(job)}: ${active} of ${most}`] : [];
    });
});

const onePerIndex = always(
  'PR-51',
  'an index of a Job has at most one active pod',
  () => (view) =>
    indexed(view).flatMap((job) =>
      [...countBy(podsOf(view, job).filter(isActive), indexOf)]
        .filter(([, count]) => count > 1)
        .map(([index, count]) => `${nameOf(job)}: ${count} with index ${index}`),
    ),
);

const oneSuccessPerIndex = always(
  'PR-51',
  'an index that has succeeded is not run again',
  () => (view) =>
    indexed(view).flatMap((job) =>
      [
        ...countBy(
          podsOf(view, job).filter(({ status }) => status.phase === 'Succeeded'),
          indexOf,
        ),
      ]
        .filter(([, count]) => count > 1)
        .map(([index, count]) => `${nameOf(job)}: ${count} succeeded with index ${index}`),
    ),
);

/** By the UID of a Job: its pods that were seen to have succeeded while it still had to count them. */
const successes = (): ((view: ClusterView, job: Job) => number) => {
  const seen = new Map<string, Set<string>>();
  return (view, job) => {
    const uids = seen.get(job.metadata.uid) ?? new Set<string>();
    seen.set(job.metadata.uid, uids);
    for (const { metadata, status } of podsOf(view, job))
      if (status.phase === 'Succeeded' && metadata.finalizers?.includes(TRACKED)) uids.add(metadata.uid);
    return uids.size;
  };
};

/** UIDs of Jobs that were suspended or shrunk: pods that are removed then do not count, even if they have just succeeded. */
const shrunken = (): ((job: Job) => boolean) => {
  const before = previous<number>();
  const uids = new Set<string>();
  return ({ metadata: { uid }, spec: { parallelism = 1, suspend } }) => {
    if (before(uid, parallelism) > parallelism || suspend) uids.add(uid);
    return uids.has(uid);
  };
};

const countedOnce = always('PR-52', 'a pod that has succeeded is counted once', () => {
  const successesOf = successes();
  const hasShrunk = shrunken();
  return (view) =>
    view.list('Job').flatMap((job) => {
      const most = successesOf(view, job);
      const mayMiss = hasShrunk(job);
      if (job.spec.completionMode === 'Indexed') return [];
      const { succeeded = 0 } = job.status;
      const counted = succeeded + (job.status.uncountedTerminatedPods?.succeeded?.length ?? 0);
      const isShort = !mayMiss && isTrue(job.status.conditions, 'Complete') && succeeded < most;
      return counted > most || isShort ? [`${nameOf(job)}: ${counted} of ${most}`] : [];
    });
});

const countersGrow = always('PR-52', 'the counters of a Job never fall', () => {
  const [succeeded, failed] = [previous<number>(), previous<number>()];
  return (view) =>
    view
      .list('Job')
      .filter(({ metadata: { uid }, status }) =>
        [
          succeeded(uid, status.succeeded ?? 0) > (status.succeeded ?? 0),
          failed(uid, status.failed ?? 0) > (status.failed ?? 0),
        ].some(Boolean),
      )
      .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`);
});

const indexesGrow = always(
  'PR-53',
  'completed indexes stay so, are not failed, and are what is counted',
  () => {
    const before = previous<readonly number[]>();
    return (view) =>
      indexed(view)
        .filter(({ metadata, status }) => {
          const completed = indexesIn(status.completedIndexes);
          const last = before(metadata.uid, completed);
          const failed = indexesIn(status.failedIndexes);
          return (
            last.some((index) => !completed.includes(index)) ||
            failed.some((index) => completed.includes(index)) ||
            (status.succeeded ?? 0) !== completed.length
          );
        })
        .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`);
  },
);

const endsOnce = always(
  'PR-54',
  'a Job ends once, for the reason that it has said before, when no pod is left to wait for',
  () => {
    const before = previous<readonly string[]>();
    return (view) =>
      view
        .list('Job')
        .filter(({ metadata, status }) => {
          const ends = ENDS.filter((type) => isTrue(status.conditions, type));
          const last = before(metadata.uid, ends);
          const isRight =
            ends.includes('Complete') === ends.includes('Failed')
              ? ends.length < 2
              : ends.join() === 'SuccessCriteriaMet,Complete' || ends.join() === 'FailureTarget,Failed';
          const isQuiet = (status.active ?? 0) + (status.terminating ?? 0) + uncounted(status) === 0;
          return (
            last.some((type) => !ends.includes(type)) ||
            !isRight ||
            (isFinished(status.conditions) && !isQuiet)
          );
        })
        .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`);
  },
);

const suspension = always(
  'PR-55',
  'a suspended Job has no startTime, so that no deadline runs',
  () => (view) =>
    view
      .list('Job')
      .filter(({ status }) => isTrue(status.conditions, 'Suspended') && status.startTime !== undefined)
      .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`),
);

const suspendedIsIdle = eventually('PR-55', 'a suspended Job has no active pod', (view) =>
  view
    .list('Job')
    .filter((job) => job.spec.suspend === true && !isFinished(job.status.conditions))
    .filter((job) => (job.status.active ?? 0) > 0 || podsOf(view, job).some(isActive))
    .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`),
);

const converge = eventually('PR-58', 'a Job finishes, with all pods counted', (view) =>
  view
    .list('Job')
    .filter(
      ({ spec, status }) =>
        spec.suspend !== true &&
        (!isFinished(status.conditions) || (status.active ?? 0) > 0 || uncounted(status) > 0),
    )
    .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`),
);

const released = eventually('PR-58', 'no pod of a finished Job keeps its finalizer', (view) =>
  view
    .list('Job')
    .filter(({ status }) => isFinished(status.conditions))
    .flatMap((job) =>
      podsOf(view, job)
        .filter(({ metadata }) => metadata.finalizers?.includes(TRACKED))
        .map((pod) => `${nameOf(pod)} of ${nameOf(job)}`),
    ),
);

const finishedMs = ({ status }: Job): number =>
  Date.parse(
    status.conditions?.find(({ type, status: value }) => ENDS.slice(2).includes(type) && value === 'True')
      ?.lastTransitionTime ?? '',
  );
const ttl = eventually('PR-59', 'a finished Job goes when its ttlSecondsAfterFinished are over', (view) =>
  view
    .list('Job')
    .filter((job) => !isLeaving(job) && job.spec.ttlSecondsAfterFinished !== undefined)
    .filter((job) => view.now() > finishedMs(job) + (job.spec.ttlSecondsAfterFinished ?? 0) * 1000)
    .map((job) => `${nameOf(job)}: ${JSON.stringify(job.status)}`),
);

export const jobs: readonly Invariant[] = [
  parallelism,
  onePerIndex,
  oneSuccessPerIndex,
  countedOnce,
  countersGrow,
  indexesGrow,
  endsOnce,
  suspension,
  suspendedIsIdle,
  converge,
  released,
  ttl,
];
