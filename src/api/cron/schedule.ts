/**
 * The schedule of a CronJob: five fields, or a descriptor such as `@hourly` or `@every 90s`, optionally behind `TZ=ZONE`.
 *
 * Models: github.com/robfig/cron/v3/parser.go, constantdelay.go (ParseStandard; spec controllers.md CJ-41 to CJ-44)
 * Differs: without a zone it is UTC, where upstream takes the zone of the controller manager's machine.
 */
import { CronError } from './cronError.js';
import { FIELDS, parseField, type CronFields } from './field.js';
import { parseGoDuration } from './goDuration.js';
import { nextMatch } from './next.js';
import { loadTimeZone, UTC, type TimeZone } from './timeZone.js';

export interface CronSchedule {
  /** The first instant after `afterMs` at which it is due, to the second; undefined: none within five years. */
  next(afterMs: number): number | undefined;
  /** Undefined for `@every`. */
  readonly fields: CronFields | undefined;
  readonly zone: TimeZone;
}

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const EVERY = '@every ';
const SECOND_MS = 1000;

/** @throws {CronError} with upstream's text */
export const parseSchedule = (text: string): CronSchedule => {
  if (text === '') throw new CronError('empty spec string');
  const { zone, rest } = splitZone(text);
  if (rest.startsWith('@')) return parseDescriptor(rest, zone);
  return inZone(parseFields(rest), zone);
};

const splitZone = (text: string): { readonly zone: TimeZone; readonly rest: string } => {
  if (!/^(?:CRON_)?TZ=/.test(text)) return { zone: UTC, rest: text };
  const blank = text.indexOf(' ');
  const name = text.slice(text.indexOf('=') + 1, blank < 0 ? undefined : blank);
  const zone = loadTimeZone(name);
  if (!zone) throw new CronError(`provided bad location ${name}: unknown time zone ${name}`);
  return { zone, rest: blank < 0 ? '' : text.slice(blank).trim() };
};

const inZone = (fields: CronFields, zone: TimeZone): CronSchedule => ({
  next: zone === UTC ? remembering(fields) : (afterMs) => nextMatch(fields, zone, afterMs),
  fields,
  zone,
});

/**
 * From one match to the next the answer is the same, and it is asked for again and again. Only where clocks never
 * change: elsewhere upstream's search may come to another answer from another beginning.
 */
const remembering = (fields: CronFields): CronSchedule['next'] => {
  let fromMs = Infinity;
  let match: number | undefined;
  return (afterMs) => {
    if (match !== undefined && afterMs >= fromMs && afterMs < match) return match;
    match = nextMatch(fields, UTC, afterMs);
    fromMs = afterMs;
    return match;
  };
};

const parseDescriptor = (text: string, zone: TimeZone): CronSchedule => {
  const known = DESCRIPTORS[text];
  if (known !== undefined) return inZone(parseFields(known), zone);
  if (!text.startsWith(EVERY)) throw new CronError(`unrecognized descriptor: ${text}`);
  const duration = parseGoDuration(text.slice(EVERY.length));
  if (typeof duration === 'string') throw new CronError(`failed to parse duration ${text}: ${duration}`);
  const periodMs = Math.max(SECOND_MS, Math.floor(duration / SECOND_MS) * SECOND_MS);
  return {
    next: (afterMs) => Math.floor(afterMs / SECOND_MS) * SECOND_MS + periodMs,
    fields: undefined,
    zone,
  };
};

const parseFields = (text: string): CronFields => {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts;
  if (
    minute === undefined ||
    hour === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined ||
    parts.length > 5
  )
    throw new CronError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  return {
    minute: parseField(minute, FIELDS.minute),
    hour: parseField(hour, FIELDS.hour),
    dayOfMonth: parseField(dayOfMonth, FIELDS.dayOfMonth),
    month: parseField(month, FIELDS.month),
    dayOfWeek: parseField(dayOfWeek, FIELDS.dayOfWeek),
  };
};
