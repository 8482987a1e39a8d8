/**
 * Sets of completion indexes as ordered intervals, and the texts that the API keeps them in: `0,2-4,6`. Pure.
 *
 * Models: pkg/controller/job/indexed_job_utils.go#orderedIntervals (v1.36; JB-51)
 */
import type { Pod } from '../../api/index.js';

/** Source: pkg/apis/batch/v1/types.go#JobCompletionIndexAnnotation. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** First and last index, both included. */
export type Interval = readonly [first: number, last: number];
/** Ascending, without gaps of size 0 between neighbours. */
export type Indexes = readonly Interval[];

export const NO_INDEXES: Indexes = [];

/** The completion index of a pod; undefined when it has none that can be read. */
export const completionIndexOf = (pod: Pod): number | undefined => {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};

/** Of an index that its Job has room for; undefined otherwise. */
export const validIndexOf = (pod: Pod, completions: number): number | undefined => {
  const index = completionIndexOf(pod);
  return index !== undefined && index < completions ? index : undefined;
};

/** What a status or a policy lists, below `completions`. What cannot be read is left out. */
export const parseIndexes = (text: string | undefined, completions: number): Indexes => {
  if (!text) return NO_INDEXES;
  const intervals: Interval[] = [];
  for (const fragment of text.split(',')) {
    const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(fragment) ?? [];
    if (from === '') continue;
    const [first, last] = [Number(from), Math.min(Number(to), completions - 1)];
    if (first < completions && first <= last) append(intervals, first, last);
  }
  return intervals;
};

/** Two neighbours are written one by one, three or more as a range. */
export const formatIndexes = (indexes: Indexes): string =>
  indexes
    .map(([first, last]) =>
      first === last ? String(first) : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',');

export const countIndexes = (indexes: Indexes): number => {
  let total = 0;
  for (const [first, last] of indexes) total += last - first + 1;
  return total;
};

export const hasIndex = (indexes: Indexes, index: number): boolean => {
  let [low, high] = [0, indexes.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = indexes[middle] as Interval;
    if (index < first) high = middle - 1;
    else if (index > last) low = middle + 1;
    else return true;
  }
  return false;
};

/** How many indexes are in both. */
export const countCommon = (a: Indexes, b: Indexes): number => {
  let total = 0;
  for (const [first, last] of a)
    for (const [from, to] of b) total += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
  return total;
};

export const union = (a: Indexes, b: Indexes): Indexes => {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const merged: Interval[] = [];
  for (const [first, last] of [...a, ...b].sort((one, other) => one[0] - other[0]))
    append(merged, first, last);
  return merged;
};

/** Indexes in any order, repeated or not. */
export const indexesOf = (numbers: Iterable<number>): Indexes => {
  const intervals: Interval[] = [];
  for (const index of [...new Set(numbers)].sort((a, b) => a - b)) append(intervals, index, index);
  return intervals;
};

/** The lowest indexes below `completions` that are not among `taken`, at most `count`. */
export const firstFree = (taken: Indexes, count: number, completions: number): readonly number[] => {
  const free: number[] = [];
  let candidate = 0;
  for (const [first, last] of [...taken, [completions, completions] as Interval]) {
    for (; candidate < Math.min(first, completions) && free.length < count; candidate += 1)
      free.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return free;
};

const append = (intervals: Interval[], first: number, last: number): void => {
  const previous = intervals.at(-1);
  if (previous === undefined || first > previous[1] + 1) intervals.push([first, last]);
  else if (last > previous[1]) intervals[intervals.length - 1] = [previous[0], last];
};
