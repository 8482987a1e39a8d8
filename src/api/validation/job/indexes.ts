/**
 * Texts that list completion indexes: `0,2-4,6`. Strict, for what users write and statuses say; the controller reads
 * more leniently.
 *
 * Models: pkg/apis/batch/validation/validation.go#validateIndexesFormat (v1.36)
 */

/** Either how many indexes are listed, or what is wrong. */
export type IndexesCheck = { readonly total: number } | { readonly problem: string };

interface Interval {
  readonly first: number;
  readonly last: number;
}

export const checkIndexes = (text: string, completions: number): IndexesCheck => {
  if (text === '') return { total: 0 };
  let total = 0;
  let previous: number | undefined;
  for (const fragment of text.split(',')) {
    const interval = readInterval(fragment, completions);
    if ('problem' in interval) return interval;
    if (previous !== undefined && previous >= interval.first)
      return { problem: `non-increasing order, previous: ${previous}, current: ${interval.first}` };
    total += interval.last - interval.first + 1;
    previous = interval.last;
  }
  return { total };
};

/** The first index that both texts list; intervals that cannot be read are left out. */
export const firstCommonIndex = (one: string, other: string, completions: number): number | undefined => {
  const intervals = readableIntervals(other, completions);
  for (const { first, last } of readableIntervals(one, completions))
    for (const { first: from, last: to } of intervals)
      if (first <= to && from <= last) return Math.max(first, from);
  return undefined;
};

const readableIntervals = (text: string, completions: number): readonly Interval[] =>
  text
    .split(',')
    .map((fragment) => readInterval(fragment, completions))
    .filter((interval): interval is Interval => !('problem' in interval));

const readInterval = (fragment: string, completions: number): Interval | { readonly problem: string } => {
  const parts = fragment.split('-');
  if (parts.length > 2)
    return {
      problem: `the fragment ${JSON.stringify(fragment)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    };
  const numbers: number[] = [];
  for (const part of parts) {
    if (!/^[+-]?\d+$/.test(part))
      return { problem: `cannot convert string to integer for index: ${JSON.stringify(part)}` };
    if (Number(part) >= completions) return { problem: `too large index: ${JSON.stringify(part)}` };
    numbers.push(Number(part));
  }
  const [first = 0, last = first] = numbers;
  if (numbers.length === 2 && first >= last)
    return { problem: `non-increasing order, previous: ${first}, current: ${last}` };
  return { first, last };
};
