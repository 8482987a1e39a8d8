/** The grammar and the arithmetic of schedules: CJ-41 to CJ-44, api.md §8.2. */
import * as fc from 'fast-check';
import { createTask } from 'node-cron';
import * as assert from 'uvu/assert';
import { CronError, loadTimeZone, parseSchedule } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: cron');

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;
/** The next `count` runs after an instant. */
const runs = (schedule: string, after: string, count = 1): readonly (string | undefined)[] => {
  const parsed = parseSchedule(schedule);
  const found: (string | undefined)[] = [];
  let at: number | undefined = Date.parse(after);
  for (let index = 0; index < count && at !== undefined; index += 1) {
    at = parsed.next(at);
    found.push(iso(at));
  }
  return found;
};

/** Schedule → error. The first seven are answers of a real API server. */
const REFUSED: Readonly<Record<string, string>> = {
  soon: 'expected exactly 5 fields, found 1: [soon]',
  '0 * * * * *': 'expected exactly 5 fields, found 6: [0 * * * * *]',
  '61 * * * *': 'end of range (61) above maximum (59): 61',
  'a * * * *': 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax',
  '*/0 * * * *': 'step of range should be a positive number: */0',
  '5-1 * * * *': 'beginning of range (5) beyond end of range (1): 5-1',
  '@foo': 'unrecognized descriptor: @foo',
  '* * * * 7': 'end of range (7) above maximum (6): 7',
  '* * 0 * *': 'beginning of range (0) below minimum (1): 0',
  '1-2-3 * * * *': 'too many hyphens: 1-2-3',
  '*/2/3 * * * *': 'too many slashes: */2/3',
  '-5 * * * *': 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax',
  '*/-5 * * * *': 'negative number (-5) not allowed: -5',
  '*/99999999999999999999 * * * *':
    'failed to parse int from 99999999999999999999: strconv.Atoi: parsing "99999999999999999999": value out of range',
  '@every 5': 'failed to parse duration @every 5: time: missing unit in duration "5"',
  '@every 5x': 'failed to parse duration @every 5x: time: unknown unit "x" in duration "5x"',
  '@every soon': 'failed to parse duration @every soon: time: invalid duration "soon"',
  'TZ=Mars/Olympus 0 0 * * *': 'provided bad location Mars/Olympus: unknown time zone Mars/Olympus',
  '   ': 'expected exactly 5 fields, found 0: []',
  '': 'empty spec string',
};

test('CJ-41: what cannot be read is refused with the text of the Go parser', () => {
  for (const [schedule, message] of Object.entries(REFUSED)) {
    let refused: unknown;
    try {
      parseSchedule(schedule);
    } catch (error) {
      refused = error;
    }
    assert.instance(refused, CronError, schedule);
    assert.is((refused as CronError).message, message, schedule);
  }
});

test('CJ-41: lists, ranges, steps, names and ? say when', () => {
  const after = '2026-01-01T00:00:00Z';
  assert.equal(runs('0,15,30,45 * * * *', after, 3), [
    '2026-01-01T00:15:00Z',
    '2026-01-01T00:30:00Z',
    '2026-01-01T00:45:00Z',
  ]);
  assert.equal(runs('5/25 0 * * *', after, 4), [
    '2026-01-01T00:05:00Z',
    '2026-01-01T00:30:00Z',
    '2026-01-01T00:55:00Z',
    '2026-01-02T00:05:00Z',
  ]);
  assert.equal(runs('30 6-16/4 * * MON-fri', after, 4), [
    '2026-01-01T06:30:00Z',
    '2026-01-01T10:30:00Z',
    '2026-01-01T14:30:00Z',
    '2026-01-02T06:30:00Z',
  ]);
  assert.equal(runs('0 0 ? Feb,MAR ?', after), ['2026-02-01T00:00:00Z']);
  assert.equal(runs(',5,, * * * *', after), ['2026-01-01T00:05:00Z'], 'empty parts of a list are nothing');
  assert.equal(runs(', * * * *', after), [undefined], 'a list of nothing is never due');
});

test('CJ-41: descriptors', () => {
  const after = '2026-01-01T00:00:00Z'; // a Thursday
  assert.equal(
    ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'].map(
      (schedule) => runs(schedule, after)[0],
    ),
    [
      '2027-01-01T00:00:00Z',
      '2027-01-01T00:00:00Z',
      '2026-02-01T00:00:00Z',
      '2026-01-04T00:00:00Z',
      '2026-01-02T00:00:00Z',
      '2026-01-02T00:00:00Z',
      '2026-01-01T01:00:00Z',
    ],
  );
});

test('CJ-41: @every counts from the instant before, in whole seconds, at least one', () => {
  assert.equal(runs('@every 1h30m', '2026-01-01T00:00:07.400Z', 2), [
    '2026-01-01T01:30:07Z',
    '2026-01-01T03:00:07Z',
  ]);
  assert.equal(runs('@every 2.9s', '2026-01-01T00:00:00Z'), ['2026-01-01T00:00:02Z']);
  assert.equal(runs('@every 10ms', '2026-01-01T00:00:00Z'), ['2026-01-01T00:00:01Z']);
});

test('CJ-42: both days are given: either will do; one is a star: the other decides', () => {
  const after = '2026-01-01T00:00:00Z';
  assert.equal(runs('0 0 13 * 5', after, 4), [
    '2026-01-02T00:00:00Z', // a Friday
    '2026-01-09T00:00:00Z',
    '2026-01-13T00:00:00Z', // the 13th
    '2026-01-16T00:00:00Z',
  ]);
  assert.equal(runs('0 0 13 * *', after), ['2026-01-13T00:00:00Z']);
  assert.equal(runs('0 0 * * 5', after), ['2026-01-02T00:00:00Z']);
  assert.equal(runs('0 0 */1 * 5', after), ['2026-01-02T00:00:00Z'], '*/1 is still a star');
  assert.equal(runs('0 0 */10 * 5', after, 3), [
    '2026-01-02T00:00:00Z',
    '2026-01-09T00:00:00Z',
    '2026-01-11T00:00:00Z', // */10 is no star any more
  ]);
});

test('CJ-42: strictly after the instant, to the second; five years at most', () => {
  assert.equal(runs('0 * * * *', '2026-01-01T01:00:00Z'), ['2026-01-01T02:00:00Z']);
  assert.equal(runs('0 * * * *', '2026-01-01T00:59:59.999Z'), ['2026-01-01T01:00:00Z']);
  assert.equal(runs('59 23 31 2 *', '2026-01-01T00:00:00Z'), [undefined]);
  assert.equal(runs('0 0 29 2 *', '2026-01-01T00:00:00Z', 2), [
    '2028-02-29T00:00:00Z',
    '2032-02-29T00:00:00Z',
  ]);
});

test('CJ-43: in spring a time that the clocks skip is not due that day', () => {
  // New York, 8 March 2026: after 01:59:59 comes 03:00:00.
  assert.equal(runs('TZ=America/New_York 30 2 * * *', '2026-03-07T00:00:00Z', 3), [
    '2026-03-07T07:30:00Z',
    '2026-03-09T06:30:00Z',
    '2026-03-10T06:30:00Z',
  ]);
  assert.equal(runs('TZ=America/New_York 0 * * * *', '2026-03-08T05:30:00Z', 3), [
    '2026-03-08T06:00:00Z', // 01:00
    '2026-03-08T07:00:00Z', // 03:00
    '2026-03-08T08:00:00Z',
  ]);
});

test('CJ-43: in autumn a time that the clocks repeat is due twice', () => {
  // New York, 1 November 2026: after 01:59:59 comes 01:00:00.
  assert.equal(runs('TZ=America/New_York 30 1 * * *', '2026-11-01T00:00:00Z', 3), [
    '2026-11-01T05:30:00Z',
    '2026-11-01T06:30:00Z',
    '2026-11-02T06:30:00Z',
  ]);
  // Rome, 25 October 2026: 03:00 comes once, an hour later than on the day before.
  assert.equal(runs('TZ=Europe/Rome 0 3 * * *', '2026-10-24T00:00:00Z', 3), [
    '2026-10-24T01:00:00Z',
    '2026-10-25T02:00:00Z',
    '2026-10-26T02:00:00Z',
  ]);
});

test('CJ-43: where the clocks skip midnight, as the Go library has it', () => {
  // Beirut, 29 March 2026: after 23:59:59 comes 01:00:00. A search from day to day misses the day.
  assert.equal(runs('TZ=Asia/Beirut 0 0 * * *', '2026-03-27T12:00:00Z', 3), [
    '2026-03-27T22:00:00Z',
    '2026-03-29T21:00:00Z',
    '2026-03-30T21:00:00Z',
  ]);
  assert.equal(runs('TZ=Asia/Beirut 0 12 29 3 *', '2026-03-01T00:00:00Z'), ['2027-03-29T09:00:00Z']);
  // Havana, 8 March 2026, likewise; west of Greenwich the day is found.
  assert.equal(runs('TZ=America/Havana 0 0,12 8 3 *', '2026-03-01T00:00:00Z', 2), [
    '2026-03-08T16:00:00Z',
    '2027-03-08T05:00:00Z',
  ]);
  // The hours pass into the next day unnoticed, and are due on it.
  assert.equal(runs('TZ=America/Havana 0 1 7 3 *', '2026-03-07T12:00:00Z'), ['2026-03-08T05:00:00Z']);
});

test('CJ-43: half hours and zones south of the equator', () => {
  assert.equal(runs('TZ=Asia/Kolkata 0 9 * * *', '2026-01-01T00:00:00Z'), ['2026-01-01T03:30:00Z']);
  // Lord Howe, 5 April 2026: the clocks go back by half an hour at 02:00.
  assert.equal(runs('CRON_TZ=Australia/Lord_Howe 45 1 * * *', '2026-04-04T00:00:00Z', 3), [
    '2026-04-04T14:45:00Z',
    '2026-04-04T15:15:00Z',
    '2026-04-05T15:15:00Z',
  ]);
});

test('CJ-46: zones are known by the names of the IANA, spelled so', () => {
  for (const name of ['UTC', 'Europe/Rome', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Eastern'])
    assert.ok(loadTimeZone(name), name);
  for (const name of ['Mars/Olympus', 'europe/rome', '+01:00', 'Local', 'utc', '../UTC'])
    assert.is(loadTimeZone(name), undefined, name);
});

const value = (min: number, max: number) => fc.integer({ min, max }).map(String);
const field = (min: number, max: number) => {
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 2, max: max - min }))
    .map(([of, step]) => `${of}/${step}`);
  const part = fc.oneof(value(min, max), range, stepped);
  return fc.oneof(
    fc.constant('*'),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
  );
};
/** The grammar that both share: one of the days is a star, since node-cron wants both days to match. */
const shared = fc
  .tuple(
    field(0, 59),
    field(0, 23),
    fc.oneof(
      field(1, 28).map((day) => [day, '*']),
      field(0, 6).map((day) => ['*', day]),
    ),
    field(1, 12),
  )
  .map(([minute, hour, [dayOfMonth, dayOfWeek], month]) =>
    [minute, hour, dayOfMonth, month, dayOfWeek].join(' '),
  );

const MINUTE_MS = 60_000;

test('node-cron agrees on the grammar that both share', () => {
  const start = fc.integer({ min: 0, max: 5 * 365 * 24 * 60 });
  fc.assert(
    fc.property(shared, start, fc.integer({ min: 0, max: 1_000_000 }), (expression, minutes, lot) => {
      const after = Date.UTC(2024, 0, 1) + minutes * MINUTE_MS;
      const oracle = createTask(expression, () => {}, { timezone: 'UTC' });
      const next = parseSchedule(expression).next(after);
      assert.ok(next !== undefined && next > after, `${expression} is due some day`);
      assert.ok(oracle.match(new Date(next)), `${expression}: not due at ${iso(next)}`);
      // Nothing was left out: the minutes just before, just after the start, and some between.
      const between = (next - after) / MINUTE_MS;
      for (let index = 1; index <= 20; index += 1)
        for (const minute of [index, between - index, 1 + ((lot * index) % between)]) {
          const at = after + minute * MINUTE_MS;
          if (at > after && at < next && Number.isInteger(minute))
            assert.not(oracle.match(new Date(at)), `${expression}: left out ${iso(at)}`);
        }
    }),
    { seed: 20260101, numRuns: 300 },
  );
});

test.run();
