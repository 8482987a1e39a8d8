/** CronJobs on a control plane: the test plays the Job controller. Rows of controllers.md §6 and §11.5. */
import * as assert from 'uvu/assert';
import { conflict, forbidden } from '../../../src/api/index.js';
import { answer } from '../../../src/client/index.js';
import { suite } from '../../support/suite.js';
import { overriding, type Plane } from '../plane.js';
import {
  activeNames,
  createCronPlane,
  cronJobManifest,
  finish,
  HOUR_MS,
  jobNames,
  MINUTE_MS,
} from './support.js';

const test = suite('controllers: cronJob');

const START = '2026-01-01T09:01:00Z';
const TEN = 'tick-29454360';
const ELEVEN = 'tick-29454420';
const HOURLY = '0 * * * *';
const status = (plane: Plane) => plane.get('CronJob', 'tick').status;

/** An hourly CronJob, created at 09:01. */
const planeWith = (spec: object = {}, options: Parameters<typeof createCronPlane>[1] = {}): Plane => {
  const plane = createCronPlane(START, options);
  plane.create('CronJob', cronJobManifest(HOURLY, spec));
  return plane;
};

test('row 191: the run of 10:00 starts at 10:00:00.100, and is on the list', () => {
  const plane = planeWith();
  plane.advance(59 * MINUTE_MS + 99);
  assert.equal(jobNames(plane), []);
  plane.advance(1);
  assert.equal(jobNames(plane), [TEN]);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), [TEN]);
  assert.is(status(plane).lastScheduleTime, '2026-01-01T10:00:00Z');
  assert.equal(plane.events(), [`SuccessfulCreate Created job ${TEN}`]);
  plane.stop();
});

test('row 193, PR-63: suspended, it starts nothing', () => {
  const plane = planeWith({ suspend: true });
  plane.advance(5 * HOUR_MS);
  assert.equal(jobNames(plane), []);
  assert.equal(plane.events(), []);
  plane.stop();
});

test('CJ-47: when the suspension ends, the most recent missed run starts at once', () => {
  const plane = planeWith({ suspend: true });
  plane.advance(4 * HOUR_MS + 29 * MINUTE_MS);
  plane.patch('CronJob', 'tick', { spec: { suspend: false } });
  assert.equal(jobNames(plane), ['tick-29454540'], 'of 13:00, at 13:30');
  assert.is(status(plane).lastScheduleTime, '2026-01-01T13:00:00Z');
  plane.stop();
});

test('CJ-47, PR-66: unless it is later than startingDeadlineSeconds', () => {
  const plane = planeWith({ suspend: true, startingDeadlineSeconds: 600 });
  plane.advance(4 * HOUR_MS + 29 * MINUTE_MS);
  plane.patch('CronJob', 'tick', { spec: { suspend: false } });
  assert.equal(jobNames(plane), []);
  plane.advance(30 * MINUTE_MS + 100);
  assert.equal(jobNames(plane), ['tick-29454600'], 'of 14:00');
  plane.stop();
});

test('row 197: still active, is time: Allow starts a second', () => {
  const plane = planeWith();
  plane.advance(2 * HOUR_MS);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), [TEN, ELEVEN]);
  plane.stop();
});

test('row 197, PR-61: Forbid starts none while one runs, and the missed run when it ends', () => {
  const plane = planeWith({ concurrencyPolicy: 'Forbid' });
  plane.advance(2 * HOUR_MS);
  assert.equal(jobNames(plane), [TEN]);
  assert.equal(plane.events('JobAlreadyActive'), [
    'JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid',
  ]);
  finish(plane, TEN);
  plane.settle();
  assert.equal(activeNames(plane.get('CronJob', 'tick')), [ELEVEN], 'of 11:00, at 11:01');
  assert.is(status(plane).lastSuccessfulTime, '2026-01-01T11:01:00Z');
  assert.equal(plane.events('SawCompletedJob'), [
    `SawCompletedJob Saw completed job: ${TEN}, condition: Complete`,
  ]);
  plane.stop();
});

test('row 197, PR-62: Replace deletes what runs and starts the next', () => {
  const plane = planeWith({ concurrencyPolicy: 'Replace' });
  plane.advance(2 * HOUR_MS);
  assert.equal(jobNames(plane), [ELEVEN]);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), [ELEVEN]);
  assert.equal(plane.events(), [
    `SuccessfulCreate Created job ${TEN}`,
    `SuccessfulDelete Deleted job ${TEN}`,
    `SuccessfulCreate Created job ${ELEVEN}`,
  ]);
  plane.stop();
});

test('row 198: Replace whose Job cannot be read is told, and tried again', () => {
  let isBroken = true;
  const plane = planeWith(
    { concurrencyPolicy: 'Replace' },
    {
      intercept: (api) =>
        overriding(api, {
          get: ((key: Parameters<typeof api.get>[0]) =>
            isBroken && key.kind === 'Job'
              ? answer(() => {
                  throw forbidden({ group: 'batch', plural: 'jobs' }, key.name, 'not today');
                })
              : api.get(key)) as typeof api.get,
        }),
    },
  );
  plane.advance(2 * HOUR_MS);
  assert.equal(jobNames(plane), [TEN]);
  assert.equal(plane.events('FailedGet'), [`FailedGet Get job: jobs.batch "${TEN}" is forbidden: not today`]);
  isBroken = false;
  plane.advance(20 * MINUTE_MS);
  assert.equal(jobNames(plane), [ELEVEN]);
  plane.stop();
});

test('rows 200, 211: a week of downtime: one Job for the latest run, and one warning', () => {
  const plane = createCronPlane(START);
  plane.create('CronJob', cronJobManifest(HOURLY, { suspend: true }));
  plane.advance(7 * 24 * HOUR_MS);
  plane.patch('CronJob', 'tick', { spec: { suspend: false } });
  assert.is(jobNames(plane).length, 1);
  assert.is(status(plane).lastScheduleTime, '2026-01-08T09:00:00Z');
  assert.equal(plane.events('TooManyMissedTimes'), [
    'TooManyMissedTimes too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
  ]);
  plane.stop();
});

test('row 205: the oldest finished Job goes even when no Job can be created', () => {
  let isFull = false;
  const plane = planeWith(
    { successfulJobsHistoryLimit: 1 },
    {
      intercept: (api) =>
        overriding(api, {
          create: ((kind, object, options) =>
            isFull && kind === 'Job'
              ? answer(() => {
                  throw forbidden({ group: 'batch', plural: 'jobs' }, ELEVEN, 'exceeded quota');
                })
              : api.create(kind, object, options)) as typeof api.create,
        }),
    },
  );
  plane.advance(2 * HOUR_MS);
  finish(plane, TEN);
  plane.settle();
  isFull = true;
  finish(plane, ELEVEN);
  plane.advance(HOUR_MS);
  assert.equal(jobNames(plane), [ELEVEN]);
  assert.equal(plane.events('SuccessfulDelete'), [`SuccessfulDelete Deleted job ${TEN}`]);
  assert.match(plane.events('FailedCreate')[0] ?? '', /^FailedCreate Error creating job: .*exceeded quota$/);
  plane.stop();
});

test('row 211, CJ-45, PR-65: the last three successes and the last failure are kept', () => {
  const plane = planeWith();
  for (let hour = 0; hour < 6; hour += 1) {
    plane.advance(HOUR_MS);
    const [active] = activeNames(plane.get('CronJob', 'tick'));
    finish(plane, active ?? '', hour === 1 || hour === 2 ? 'Failed' : 'Complete');
    plane.settle();
  }
  const minutes = jobNames(plane).map((name) => (Number(name.slice('tick-'.length)) - 29454360) / 60);
  assert.equal(minutes, [2, 3, 4, 5], 'the success of the first and the failure of the second hour are gone');
  plane.stop();
});

test('row 206: a Job of its own that the list has lost is taken up, without an event', () => {
  let isBroken = true;
  const plane = planeWith(
    {},
    {
      intercept: (api) =>
        overriding(api, {
          update: ((key, object, options) =>
            isBroken && key.kind === 'CronJob'
              ? answer(() => {
                  throw conflict({ group: 'batch', plural: 'cronjobs' }, key.name, 'try again');
                })
              : api.update(key, object, options)) as typeof api.update,
        }),
    },
  );
  plane.advance(HOUR_MS);
  assert.equal(jobNames(plane), [TEN]);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), []);
  isBroken = false;
  plane.advance(HOUR_MS / 2);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), [TEN]);
  assert.is(status(plane).lastScheduleTime, '2026-01-01T10:00:00Z');
  assert.equal(plane.events('SuccessfulCreate'), [`SuccessfulCreate Created job ${TEN}`]);
  plane.stop();
});

test('rows 196, 207: a Job of another under the name stays another’s, and no error', () => {
  const plane = planeWith();
  const foreign = cronJobManifest(HOURLY) as { spec: { jobTemplate: { spec: object } } };
  plane.create('Job', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: TEN },
    spec: foreign.spec.jobTemplate.spec,
  });
  plane.advance(HOUR_MS);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), []);
  assert.is(status(plane).lastScheduleTime, undefined);
  assert.equal(plane.events(), []);
  plane.stop();
});

test('row 211, CJ-11: an active Job that was deleted goes off the list', () => {
  const plane = planeWith();
  plane.advance(HOUR_MS);
  plane.remove('Job', TEN, { propagationPolicy: 'Background' });
  assert.equal(activeNames(plane.get('CronJob', 'tick')), []);
  assert.equal(plane.events('MissingJob'), [`MissingJob Active job went missing: ${TEN}`]);
  plane.stop();
});

test('CJ-10: a Job that somebody else started in its name is told, and not counted as active', () => {
  const plane = planeWith({ concurrencyPolicy: 'Forbid' });
  const { metadata, spec } = plane.get('CronJob', 'tick');
  plane.create('Job', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'by-hand',
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid: metadata.uid, controller: true },
      ],
    },
    spec: spec.jobTemplate.spec,
  });
  assert.equal(plane.events(), [
    'UnexpectedJob Saw a job that the controller did not create or forgot: by-hand',
  ]);
  plane.advance(HOUR_MS);
  assert.equal(activeNames(plane.get('CronJob', 'tick')), [TEN]);
  plane.stop();
});

test('row 204: a changed template acts at the next run, a changed schedule at its next time', () => {
  const plane = planeWith();
  plane.patch('CronJob', 'tick', { spec: { jobTemplate: { metadata: { labels: { a: 'c' } } } } });
  plane.patch('CronJob', 'tick', { spec: { schedule: '*/10 * * * *' } });
  plane.advance(9 * MINUTE_MS + 99);
  assert.equal(jobNames(plane), []);
  plane.advance(1);
  assert.equal(jobNames(plane), ['tick-29454310'], 'of 09:10');
  assert.is(plane.get('Job', 'tick-29454310').metadata.labels?.['a'], 'c');
  plane.patch('CronJob', 'tick', { spec: { schedule: '@every 7m' } });
  plane.advance(7 * MINUTE_MS);
  assert.equal(jobNames(plane), ['tick-29454310', 'tick-29454317']);
  plane.stop();
});

test('CJ-1: one change that ends the suspension and sets another schedule starts its next run, none that it has missed', () => {
  const plane = planeWith({ suspend: true });
  plane.advance(15 * MINUTE_MS);
  plane.patch('CronJob', 'tick', { spec: { suspend: false, schedule: '*/10 * * * *' } });
  plane.advance(4 * MINUTE_MS);
  assert.equal(jobNames(plane), [], 'not that of 09:10');
  plane.advance(MINUTE_MS);
  assert.equal(jobNames(plane), ['tick-29454320'], 'of 09:20');
  plane.stop();
});

test('CJ-1, CJ-12: a schedule that is changed to one that is never due can be read, and is told at once', () => {
  const plane = planeWith();
  plane.patch('CronJob', 'tick', { spec: { schedule: '59 23 31 2 *' } });
  plane.advance(0);
  assert.equal(plane.events(), [
    'InvalidSchedule invalid schedule: 59 23 31 2 * : time difference between two schedules is less than 1 second',
  ]);
  plane.advance(2 * HOUR_MS);
  assert.is(plane.events().length, 1);
  plane.stop();
});

test('row 195: the run before has ended, and it is not time: off the list, and told', () => {
  const plane = planeWith();
  plane.advance(HOUR_MS);
  finish(plane, TEN, 'Failed');
  plane.settle();
  assert.equal(status(plane), { lastScheduleTime: '2026-01-01T10:00:00Z' }, 'a failure is no success');
  assert.equal(plane.events('SawCompletedJob'), [
    `SawCompletedJob Saw completed job: ${TEN}, condition: Failed`,
  ]);
  assert.equal(jobNames(plane), [TEN]);
  plane.stop();
});

test('row 199: still active when the deadline of the next run has passed: nothing but a wake', () => {
  const plane = planeWith({ concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 300 });
  plane.advance(2 * HOUR_MS + 5 * MINUTE_MS);
  finish(plane, TEN);
  plane.settle();
  assert.equal(jobNames(plane), [TEN], 'of 11:00, at 11:06: 60 s too late');
  assert.equal(plane.events('MissSchedule'), []);
  plane.advance(54 * MINUTE_MS + 100);
  assert.equal(jobNames(plane), [TEN, 'tick-29454480'], 'of 12:00');
  plane.stop();
});

test('row 202: the time has drifted back: the Job of the run is there, and none is started twice', () => {
  const plane = planeWith();
  plane.advance(HOUR_MS);
  finish(plane, TEN);
  plane.settle();
  plane.patch('CronJob', 'tick', { status: { lastScheduleTime: '2026-01-01T09:00:00Z' } }, 'status');
  assert.equal(jobNames(plane), [TEN]);
  assert.equal(plane.events('FailedCreate'), []);
  plane.advance(HOUR_MS);
  assert.equal(jobNames(plane), [TEN, ELEVEN]);
  plane.stop();
});

test('CJ-47: a deleted CronJob takes its Jobs with it, and starts no more', () => {
  const plane = planeWith();
  plane.advance(HOUR_MS);
  plane.remove('CronJob', 'tick');
  plane.advance(3 * HOUR_MS);
  assert.equal(jobNames(plane), []);
  plane.stop();
});

test('row 211, CJ-44: the hours are those of spec.timeZone; without one those of UTC', () => {
  const plane = createCronPlane('2026-01-01T16:30:00Z');
  const zones = { rome: 'Europe/Rome', tokyo: 'Asia/Tokyo', none: undefined };
  for (const [name, timeZone] of Object.entries(zones))
    plane.create('CronJob', cronJobManifest('0 18 * * *', { ...(timeZone && { timeZone }) }, name));
  const last = () =>
    Object.fromEntries(
      Object.keys(zones).map((name) => [name, plane.get('CronJob', name).status.lastScheduleTime]),
    );
  plane.advance(24 * HOUR_MS);
  assert.equal(last(), {
    rome: '2026-01-01T17:00:00Z',
    tokyo: '2026-01-02T09:00:00Z',
    none: '2026-01-01T18:00:00Z',
  });
  const stamp = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
  assert.equal(
    plane
      .list('Job')
      .map(({ metadata }) => metadata.annotations?.[stamp])
      .sort(),
    ['2026-01-01T18:00:00+01:00', '2026-01-01T18:00:00Z', '2026-01-02T18:00:00+09:00'],
  );
  plane.stop();
});

test('CJ-43: New York, spring: the run of 02:30 is left out on the day without it', () => {
  const plane = createCronPlane('2026-03-07T00:00:00Z');
  plane.create('CronJob', cronJobManifest('30 2 * * *', { timeZone: 'America/New_York' }));
  plane.advance(4 * 24 * HOUR_MS);
  assert.equal(
    plane
      .list('Job')
      .map((job) => job.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']),
    ['2026-03-07T02:30:00-05:00', '2026-03-09T02:30:00-04:00', '2026-03-10T02:30:00-04:00'],
  );
  plane.stop();
});

test.run();
