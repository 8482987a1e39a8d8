/** Which runs are due, and when to look again: rows 203 and 210 of controllers.md §11.5. */
import * as assert from 'uvu/assert';
import { parseSchedule } from '../../../src/api/index.js';
import { missedRuns, untilNextMs } from '../../../src/controllers/cronJob/missedRuns.js';
import { suite } from '../../support/suite.js';
import { HOUR_MS, MINUTE_MS } from './support.js';

const test = suite('controllers: cronJob: missed runs');

const T1 = Date.parse('2016-05-19T10:00:00Z'); // a Thursday
const T2 = T1 + HOUR_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
const NEVER = 'time difference between two schedules is less than 1 second';

/** Relative to the creation: when it is now, when the latest run was due, and how many were missed. */
interface Row {
  readonly schedule?: string;
  readonly createdMs: number;
  readonly nowMs: number;
  readonly deadlineMs?: number;
  readonly latestMs: number | undefined;
  readonly missed: 'none' | 'few' | 'many';
}

const ROWS: readonly Row[] = [
  { createdMs: T1, nowMs: T1 + 30_000, latestMs: undefined, missed: 'none' },
  { createdMs: T1 - 10_000, nowMs: T1 + 61 * MINUTE_MS, latestMs: T1 + 60 * MINUTE_MS, missed: 'few' },
  { createdMs: T1, nowMs: T1 + 61 * MINUTE_MS, latestMs: T1 + 60 * MINUTE_MS, missed: 'none' },
  { createdMs: T1, nowMs: T1 + 301 * MINUTE_MS, latestMs: T1 + 300 * MINUTE_MS, missed: 'few' },
  {
    schedule: '30 6-16/4 * * 1-5',
    createdMs: T1,
    nowMs: T1 + 30 * MINUTE_MS + 24 * HOUR_MS + MINUTE_MS,
    latestMs: T1 + 30 * MINUTE_MS + 24 * HOUR_MS,
    missed: 'few',
  },
  {
    schedule: '@every 1h',
    createdMs: T1 + MINUTE_MS,
    nowMs: T1 + WEEK_MS,
    latestMs: T1 + WEEK_MS - 59 * MINUTE_MS,
    missed: 'many',
  },
];

test('row 203: the most recent run, and how many were missed', () => {
  for (const { schedule = '0 * * * *', createdMs, nowMs, deadlineMs, latestMs, missed } of ROWS) {
    const found = missedRuns(parseSchedule(schedule), { earliestMs: createdMs, nowMs, deadlineMs });
    if (typeof found === 'string') throw new Error(found);
    const told = found.count > 100 ? 'many' : found.count > 0 ? 'few' : 'none';
    assert.equal({ latestMs: found.latestMs, told }, { latestMs, told: missed }, `${schedule} ${nowMs - T1}`);
  }
});

test('row 203: a schedule that is never due says so', () => {
  assert.is(
    missedRuns(parseSchedule('59 23 31 2 *'), { earliestMs: T1, nowMs: T2, deadlineMs: undefined }),
    NEVER,
  );
});

test('row 203: with a deadline of 60 s the search begins 60 s ago, unless the last run was later', () => {
  const hourly = parseSchedule('0 * * * *');
  const far = missedRuns(hourly, { earliestMs: T1, nowMs: T1 + 5 * MINUTE_MS, deadlineMs: 60_000 });
  assert.equal(far, { earliestMs: T1 + 4 * MINUTE_MS, latestMs: undefined, count: 0 });
  const near = missedRuns(hourly, { earliestMs: T1, nowMs: T1 + 30_000, deadlineMs: 60_000 });
  assert.equal(near, { earliestMs: T1, latestMs: undefined, count: 0 });
});

test('row 210: the run that is due', () => {
  const hourly = parseSchedule('0 * * * ?');
  const created = T1 - 10 * MINUTE_MS;
  const latest = (earliestMs: number, nowMs: number, deadlineMs?: number): number | undefined | string => {
    const found = missedRuns(hourly, { earliestMs, nowMs, deadlineMs });
    return typeof found === 'string' ? found : found.latestMs;
  };
  assert.is(latest(created, T1 - 7 * MINUTE_MS), undefined);
  assert.is(latest(created, T1 + 2000), T1);
  assert.is(latest(T1, T1 + 2 * MINUTE_MS), undefined);
  assert.is(latest(T1, T2 + 5 * MINUTE_MS), T2);
  assert.is(latest(T1 - HOUR_MS, T2 + 5 * MINUTE_MS), T2);
  assert.is(latest(T1 - HOUR_MS, T2 + 10 * 24 * HOUR_MS), T2 + 10 * 24 * HOUR_MS);
  assert.is(latest(T1 - HOUR_MS, T2 + 10 * 24 * HOUR_MS, 2 * HOUR_MS), T2 + 10 * 24 * HOUR_MS);
  const never = missedRuns(parseSchedule('59 23 31 2 *'), {
    earliestMs: T1 + 10_000,
    nowMs: T2,
    deadlineMs: undefined,
  });
  assert.is(never, NEVER);
});

test('CJ-20, row 210: it looks again 100 ms after the time that follows the latest run', () => {
  const rows: readonly [schedule: string, earliestMs: number, nowMs: number, hours: number][] = [
    ['30 6-16/4 * * 1-5', T1 + 30 * MINUTE_MS, T1 + 24.5 * HOUR_MS + MINUTE_MS, 3 + 59 / 60],
    ['30 10,11,12 * * 1-5', T1 + 30 * MINUTE_MS, T1 + 30.5 * HOUR_MS, 66],
    ['0 12 * * 4', T1 + 2 * HOUR_MS, T1 + (19 * 24 + 1.5) * HOUR_MS, 48.5],
    ['0 12 * * 5', T1, T1 + 6 * HOUR_MS, 20],
  ];
  for (const [schedule, earliestMs, nowMs, hours] of rows)
    assert.is(untilNextMs(parseSchedule(schedule), { earliestMs, nowMs }), hours * HOUR_MS + 100, schedule);
});

test('CJ-32: an irregular schedule whose estimate overshoots is looked for from now on', () => {
  // Two runs a minute apart once a day: after 23 h the estimate lies far beyond the last.
  const schedule = parseSchedule('0,1 0 * * *');
  const earliestMs = Date.parse('2026-01-01T00:00:00Z') - MINUTE_MS;
  const nowMs = earliestMs + 23 * HOUR_MS;
  const found = missedRuns(schedule, { earliestMs, nowMs, deadlineMs: undefined });
  if (typeof found === 'string') throw new Error(found);
  assert.is(found.latestMs, undefined);
  assert.is(found.count > 100, true);
  assert.is(untilNextMs(schedule, { earliestMs, nowMs }), Date.parse('2026-01-02T00:00:00Z') + 100 - nowMs);
});

test.run();
