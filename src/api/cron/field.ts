/**
 * One field of a schedule: a list of `*`, `?`, a value or a range, each with an optional step.
 *
 * Models: github.com/robfig/cron/v3/parser.go#getField,getRange (spec controllers.md CJ-41)
 */
import { CronError } from './cronError.js';

export interface Field {
  /** Indexed by value. */
  readonly allows: readonly boolean[];
  /** Written as `*` or `?`, so that it leaves the choice of the day to the other field. */
  readonly isStar: boolean;
}

/** The values that each field of a schedule allows. */
export interface CronFields {
  readonly minute: Field;
  readonly hour: Field;
  readonly dayOfMonth: Field;
  readonly month: Field;
  readonly dayOfWeek: Field;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Names count from the lower bound. */
export const FIELDS = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: MONTHS },
  dayOfWeek: { min: 0, max: 6, names: DAYS },
} as const satisfies Readonly<Record<string, Bounds>>;

/** @throws {CronError} */
export const parseField = (text: string, bounds: Bounds): Field => {
  const allows = Array.from({ length: bounds.max + 1 }, () => false);
  let isStar = false;
  for (const part of text.split(',')) {
    if (part === '') continue;
    const { start, end, step, star } = parseRange(part, bounds);
    for (let value = start; value <= end; value += step) allows[value] = true;
    isStar ||= star;
  }
  return { allows, isStar };
};

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly star: boolean;
}

const parseRange = (text: string, bounds: Bounds): Range => {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreEnds] = range.split('-');
  const isAny = low === '*' || low === '?';
  const start = isAny ? bounds.min : parseValue(low, bounds);
  if (!isAny && moreEnds.length > 0) throw new CronError(`too many hyphens: ${text}`);
  let end = isAny ? bounds.max : high === undefined ? start : parseValue(high, bounds);
  if (moreSteps.length > 0) throw new CronError(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  // A single value with a step reaches to the end: 5/15 is 5-59/15.
  if (stepText !== undefined && high === undefined) end = bounds.max;
  check({ start, end, step }, bounds, text);
  return { start, end, step, star: isAny && step === 1 };
};

const check = ({ start, end, step }: Omit<Range, 'star'>, { min, max }: Bounds, text: string): void => {
  if (start < min) throw new CronError(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) throw new CronError(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
};

const parseValue = (text: string, { min, names = [] }: Bounds): number => {
  const index = names.indexOf(text.toLowerCase());
  return index >= 0 ? min + index : parseNumber(text);
};

const MAX_INT64 = 2 ** 63;

const parseNumber = (text: string): number => {
  const failed = (why: string): CronError =>
    new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?[0-9]+$/.test(text)) throw failed('invalid syntax');
  const value = Number(text);
  if (Math.abs(value) >= MAX_INT64) throw failed('value out of range');
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
};
