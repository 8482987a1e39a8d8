/** What a CronJob finds due, and what it makes of its Jobs: rows of controllers.md §11.5. Hourly; created at 09:01. */
import * as assert from 'uvu/assert';
import { formatTime, type CronJob, type Job } from '../../../src/api/index.js';
import {
  byStartTime,
  jobFor,
  jobName,
  surplusJobs,
  withSuccess,
} from '../../../src/controllers/cronJob/jobs.js';
import { readSchedule, reconcile } from '../../../src/controllers/cronJob/reconcile.js';
import { suite } from '../../support/suite.js';
import { cronJob, HOUR_MS, job, MINUTE_MS } from './support.js';

const test = suite('controllers: cronJob: reconcile');

const T1 = Date.parse('2016-05-19T10:00:00Z');
const look = (of: CronJob, nowMs: number, jobs: readonly Job[] = []) => {
  const { seen, faultText } = reconcile({ cronJob: of, reading: readSchedule(of.spec), jobs, nowMs });
  return { ...seen, faultText };
};
const WEEK_MS = 7 * 24 * HOUR_MS;

test('rows 188, 189: a schedule or a time zone that is none says why', () => {
  const garbage = look(cronJob({ schedule: 'this is not a schedule' }), T1);
  assert.is(garbage.fault, 'UnparseableSchedule');
  assert.is(
    garbage.faultText,
    'unparseable schedule: "this is not a schedule" : failed to parse int from this: strconv.Atoi: parsing "this": invalid syntax',
  );
  const zone = look(cronJob({ timeZone: 'bad timezone' }), T1);
  assert.is(zone.fault, 'UnknownTimeZone');
  assert.is(zone.faultText, 'invalid timeZone: "bad timezone": unknown time zone bad timezone');
  const never = look(cronJob({ schedule: '59 23 31 2 *' }), T1);
  assert.is(never.fault, 'InvalidSchedule');
  assert.is(
    never.faultText,
    'invalid schedule: 59 23 31 2 * : time difference between two schedules is less than 1 second',
  );
  for (const { untilNextMs } of [garbage, zone, never]) assert.is(untilNextMs, undefined);
});

test('row 190: not time yet: again in 1 minute and 100 ms', () => {
  const { scheduledAtMs, untilNextMs } = look(cronJob(), T1 - MINUTE_MS);
  assert.is(scheduledAtMs, undefined);
  assert.is(untilNextMs, MINUTE_MS + 100);
});

test('row 191: time: the run of 10:00, and again in 59 minutes and 100 ms', () => {
  const { scheduledAtMs, isStarted, untilNextMs, missedRuns } = look(cronJob(), T1 + MINUTE_MS);
  assert.equal(
    { scheduledAtMs, isStarted, untilNextMs, missedRuns },
    {
      scheduledAtMs: T1,
      isStarted: false,
      untilNextMs: 59 * MINUTE_MS + 100,
      missedRuns: 0,
    },
  );
});

test('row 192: the hours are those of the time zone, or of the TZ in the schedule', () => {
  const newYork = look(cronJob({ schedule: '0 6 * * *', timeZone: 'America/New_York' }), T1 + MINUTE_MS);
  assert.is(newYork.scheduledAtMs, T1);
  assert.is(newYork.hasTimeZoneInSchedule, false);
  const inSchedule = look(
    cronJob({ schedule: 'TZ=UTC 0 10 * * *', timeZone: 'America/New_York' }),
    T1 + MINUTE_MS,
  );
  assert.is(inSchedule.scheduledAtMs, T1);
  assert.is(inSchedule.hasTimeZoneInSchedule, true);
});

test('row 194: past the deadline of 10 s nothing is due; again at 11:00 and 100 ms', () => {
  const { scheduledAtMs, untilNextMs } = look(cronJob({ startingDeadlineSeconds: 10 }), T1 + 12 * MINUTE_MS);
  assert.is(scheduledAtMs, undefined);
  assert.is(untilNextMs, 48 * MINUTE_MS + 100);
});

test('CJ-15: the run is known by its Job on the list, or by the last schedule time', () => {
  const active = [{ name: jobName(cronJob(), T1), uid: 'a' }];
  assert.is(look(cronJob({}, { active }), T1 + MINUTE_MS).isStarted, true);
  assert.is(look(cronJob({}, { lastScheduleTime: formatTime(T1) }), T1 + MINUTE_MS).scheduledAtMs, undefined);
});

test('rows 200, 201: long overdue: one run, and more than 100 missed only where the deadline reaches so far', () => {
  const overdue = { lastScheduleTime: formatTime(T1 - HOUR_MS) };
  const nowMs = T1 + WEEK_MS + MINUTE_MS;
  const missed = (startingDeadlineSeconds?: number): readonly unknown[] => {
    const seen = look(cronJob({ startingDeadlineSeconds }, overdue), nowMs);
    return [seen.scheduledAtMs, seen.missedRuns > 100, seen.untilNextMs];
  };
  const expected = (isMany: boolean) => [T1 + WEEK_MS, isMany, 59 * MINUTE_MS + 100];
  assert.equal(missed(), expected(true));
  assert.equal(missed(WEEK_MS / 1000 + 3600), expected(true));
  assert.equal(missed(10 * 3600), expected(false));
  assert.equal(missed(120), expected(false));
});

test('CJ-10, CJ-11: which Jobs the status has to learn of', () => {
  const done = { conditions: [{ type: 'Complete', status: 'True' }], completionTime: formatTime(T1) };
  const active = [{ name: 'a', uid: 'a' }];
  const changed = (status: object, jobs: readonly Job[]): number =>
    look(cronJob({}, status), T1, jobs).changedJobs;
  assert.is(changed({ active }, [job('a')]), 0);
  assert.is(changed({ active }, [job('a', done)]), 1, 'finished');
  assert.is(changed({}, [job('a')]), 1, 'unexpected');
  assert.is(changed({ active }, []), 1, 'missing');
  assert.is(changed({}, [job('a', done)]), 1, 'a success that is not told yet');
  assert.is(changed({ lastSuccessfulTime: formatTime(T1) }, [job('a', done)]), 0);
});

test('CJ-10: the last success is the latest end', () => {
  const ended = (at: number) =>
    job('a', { conditions: [{ type: 'Complete', status: 'True' }], completionTime: formatTime(at) });
  const first = withSuccess({}, ended(T1));
  assert.equal(first, { lastSuccessfulTime: '2016-05-19T10:00:00Z' });
  assert.is(withSuccess(first, ended(T1 - 1000)), first);
  assert.equal(withSuccess(first, ended(T1 + 1000)), { lastSuccessfulTime: '2016-05-19T10:00:01Z' });
});

test('row 208: the Job of a run', () => {
  const made = (timeZone?: string): Record<string, unknown> =>
    jobFor(cronJob(timeZone === undefined ? {} : { timeZone }), T1)['metadata'] as Record<string, unknown>;
  const stamp = (timeZone?: string): string =>
    (made(timeZone)['annotations'] as Record<string, string>)[
      'batch.kubernetes.io/cronjob-scheduled-timestamp'
    ] ?? '';
  assert.is(made()['name'], `mycronjob-${T1 / 1000 / 60}`);
  assert.equal(made()['labels'], { a: 'b' });
  assert.equal(Object.keys(made()['annotations'] as object), [
    'x',
    'batch.kubernetes.io/cronjob-scheduled-timestamp',
  ]);
  assert.is(stamp(), '2016-05-19T10:00:00Z');
  assert.is(stamp('UTC'), '2016-05-19T10:00:00Z');
  assert.is(stamp('Europe/Rome'), '2016-05-19T12:00:00+02:00');
  assert.is(stamp('America/St_Johns'), '2016-05-19T07:30:00-02:30');
  assert.equal(made()['ownerReferences'], [
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'mycronjob',
      uid: '1a2b3c',
      controller: true,
      blockOwnerDeletion: true,
    },
  ]);
});

const started = (name: string, at?: number): Job =>
  job(name, {
    ...(at !== undefined && { startTime: formatTime(at) }),
    conditions: [{ type: 'Complete', status: 'True' }],
  });
const names = (jobs: readonly Job[]): string => jobs.map(({ metadata }) => metadata.name).join();

test('row 209: Jobs are forgotten in the order of their start, then of their names; unstarted ones last', () => {
  const sorted = (...jobs: Job[]): string => names(jobs.sort(byStartTime));
  assert.is(sorted(started('b'), started('a')), 'a,b');
  assert.is(sorted(started('a'), started('b', T1)), 'b,a');
  assert.is(sorted(started('a', T1), started('b')), 'a,b');
  assert.is(sorted(started('b', T1), started('a', T1)), 'a,b');
  assert.is(sorted(started('a', T1 + 1000), started('b', T1)), 'b,a');
});

test('CJ-45: each kind of end has its own limit; 0 keeps none, no limit keeps all', () => {
  const failed = job('f', { conditions: [{ type: 'Failed', status: 'True' }] });
  const running = job('r');
  const jobs = [started('b', T1 + 1000), started('a', T1), failed, running];
  const surplus = (spec: object): string => names(surplusJobs(cronJob(spec), jobs));
  assert.is(surplus({}), '');
  assert.is(surplus({ successfulJobsHistoryLimit: 1 }), 'a');
  assert.is(surplus({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 }), 'a,b,f');
  assert.is(surplus({ successfulJobsHistoryLimit: undefined, failedJobsHistoryLimit: 0 }), 'f');
});

test.run();
