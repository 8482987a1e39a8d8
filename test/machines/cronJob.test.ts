/** The chart of a CronJob on a virtual clock: what it asks for in which case, and when it looks again. controllers.md §6. */
import * as assert from 'uvu/assert';
import {
  cronJobEffects,
  cronJobMachine,
  type CronJobMachineEvent,
  type CronJobObservation,
} from '../../machines/cronJob.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: cronJob');

const HOUR_MS = 3_600_000;
const calm: CronJobObservation = {
  atMs: 0,
  isBeingDeleted: false,
  isSuspended: false,
  concurrencyPolicy: 'Allow',
  startingDeadlineMs: undefined,
  fault: undefined,
  hasTimeZoneInSchedule: false,
  surplusJobs: 0,
  changedJobs: 0,
  activeJobs: 0,
  scheduledAtMs: undefined,
  isStarted: false,
  missedRuns: 0,
  untilNextMs: HOUR_MS + 100,
};
const due = { scheduledAtMs: 0 };

type Answers = Readonly<Record<string, CronJobMachineEvent>>;
const WELL: Answers = {
  trimHistory: { type: 'history.trimmed', activeJobs: 0 },
  reviewJobs: { type: 'jobs.reviewed', activeJobs: 0, isStarted: false },
  deleteActiveJobs: { type: 'activeJobs.deleted' },
  createJob: { type: 'job.created' },
  publishStatus: { type: 'status.published' },
};

/** Every look finds the same, unless `looks` says otherwise, one after the other. */
const rigFor = (look: Partial<CronJobObservation>, answers: Answers = WELL): Rig<typeof cronJobMachine> => {
  const rig = createRig(cronJobMachine, cronJobEffects, undefined, ({ effect, at }, { send }) => {
    const answer =
      effect === 'requestSync'
        ? ({ type: 'cronJob.observed', seen: { ...calm, ...look, atMs: at } } as const)
        : answers[effect];
    if (answer) send(answer);
  });
  rig.send({ type: 'sync.request' });
  return rig;
};
const stateOf = (rig: Rig<typeof cronJobMachine>): string => {
  const path: string[] = [];
  let value: unknown = rig.snapshot.value;
  while (typeof value === 'object' && value !== null) {
    const [key, inner]: [string, unknown] = Object.entries(value)[0] ?? ['', ''];
    path.push(key);
    value = inner;
  }
  return [...path, value].join('.');
};
const asked = ({ calls }: Rig<typeof cronJobMachine>): readonly string[] =>
  calls
    .filter(({ effect }) => effect !== 'requestSync')
    .map(({ effect, params }) =>
      effect === 'report' ? `report ${(params as { reason: string }).reason}` : effect,
    );

test('nothing is due: it waits until 100 ms after the next time of the schedule', () => {
  const rig = rigFor({});
  assert.is(stateOf(rig), 'resting.awaitingNext.waiting');
  assert.equal(asked(rig), ['publishStatus']);
  rig.advance(HOUR_MS + 99);
  assert.equal(rig.timesOf('requestSync'), [0]);
  rig.advance(1);
  assert.equal(rig.timesOf('requestSync'), [0, HOUR_MS + 100]);
});

test('CJ-18, CJ-19: a run that is due starts, and the status is written after it', () => {
  const rig = rigFor(due);
  assert.equal(asked(rig), ['createJob', 'publishStatus']);
  assert.is(stateOf(rig), 'resting.awaitingNext.waiting');
  assert.is(rig.snapshot.context.seen.isStarted, true);
});

test('CJ-15: a run that has been started starts no second time', () => {
  assert.equal(asked(rigFor({ ...due, isStarted: true })), ['publishStatus']);
});

test('CJ-16: Forbid blocks while a Job is active, and only then', () => {
  const rig = rigFor({ ...due, concurrencyPolicy: 'Forbid', activeJobs: 1 });
  assert.equal(asked(rig), ['report JobAlreadyActive', 'publishStatus']);
  assert.is(stateOf(rig), 'resting.awaitingNext.blockedByForbid');
  assert.is(rig.pendingTimers, 1);
  assert.equal(asked(rigFor({ ...due, concurrencyPolicy: 'Forbid' })), ['createJob', 'publishStatus']);
});

test('CJ-17: Replace deletes the active Jobs first', () => {
  const look = { ...due, concurrencyPolicy: 'Replace', activeJobs: 2 };
  const rig = rigFor(look);
  assert.equal(asked(rig), ['deleteActiveJobs', 'createJob', 'publishStatus']);
  assert.is(rig.snapshot.context.seen.activeJobs, 1);
  const failing = rigFor(look, { ...WELL, deleteActiveJobs: { type: 'deletion.failed', error: 'gone' } });
  assert.equal(asked(failing), ['deleteActiveJobs', 'publishStatus']);
  assert.is(stateOf(failing), 'resting.backingOff');
});

test('CJ-14: a run later than its deadline is told, and does not start', () => {
  const rig = rigFor({ ...due, scheduledAtMs: -10_001, startingDeadlineMs: 10_000 });
  assert.equal(asked(rig), ['report MissSchedule', 'publishStatus']);
  assert.is(stateOf(rig), 'resting.awaitingNext.missedDeadline');
  assert.equal(asked(rigFor({ ...due, scheduledAtMs: -10_000, startingDeadlineMs: 10_000 })), [
    'createJob',
    'publishStatus',
  ]);
});

test('CJ-31: more than 100 missed runs are told, and the latest starts all the same', () => {
  assert.equal(asked(rigFor({ ...due, missedRuns: 101 })), [
    'report TooManyMissedTimes',
    'createJob',
    'publishStatus',
  ]);
  assert.equal(asked(rigFor({ ...due, missedRuns: 100 })), ['createJob', 'publishStatus']);
});

test('CJ-12: in order, what ends a sync early: deletion, time zone, suspension, schedule', () => {
  const all = { ...due, isBeingDeleted: true, fault: 'UnknownTimeZone', isSuspended: true } as const;
  const cases: readonly [Partial<CronJobObservation>, string, readonly string[]][] = [
    [all, 'resting.deleting', []],
    [{ ...all, isBeingDeleted: false }, 'resting.unschedulable', ['report UnknownTimeZone']],
    [{ ...due, isSuspended: true, fault: 'UnparseableSchedule' }, 'resting.suspended', []],
    [{ ...due, fault: 'UnparseableSchedule' }, 'resting.unschedulable', ['report UnparseableSchedule']],
    [{ ...due, fault: 'InvalidSchedule' }, 'resting.unschedulable', ['report InvalidSchedule']],
  ];
  for (const [look, state, reports] of cases) {
    const rig = rigFor({ ...look, untilNextMs: undefined });
    assert.is(stateOf(rig), state);
    assert.equal(asked(rig), [...reports, 'publishStatus'], state);
    assert.is(rig.pendingTimers, 0, `${state}: sleeps until something changes`);
  }
});

test('CJ-44: a time zone within the schedule is told at every sync, unless suspended', () => {
  const look = { ...due, hasTimeZoneInSchedule: true };
  assert.equal(asked(rigFor(look)), ['report UnsupportedSchedule', 'createJob', 'publishStatus']);
  assert.equal(asked(rigFor({ ...look, isSuspended: true })), ['publishStatus']);
});

test('CJ-4, CJ-10: history first, then the list of active Jobs, then the schedule', () => {
  const look = { ...due, surplusJobs: 1, changedJobs: 1, concurrencyPolicy: 'Forbid', activeJobs: 2 };
  const rig = rigFor(look);
  assert.equal(asked(rig), ['trimHistory', 'reviewJobs', 'createJob', 'publishStatus']);
  const stillActive = { type: 'jobs.reviewed', activeJobs: 1, isStarted: false } as const;
  assert.equal(asked(rigFor(look, { ...WELL, reviewJobs: stillActive })), [
    'trimHistory',
    'reviewJobs',
    'report JobAlreadyActive',
    'publishStatus',
  ]);
});

test('CJ-10: a list that cannot be reviewed fails the sync, which is tried again', () => {
  const failed = { type: 'review.failed', error: 'no answer' } as const;
  const rig = rigFor({ ...due, changedJobs: 1 }, { ...WELL, reviewJobs: failed });
  assert.equal(asked(rig), ['reviewJobs', 'publishStatus']);
  assert.is(stateOf(rig), 'resting.backingOff');
});

test('CJ-18: a name that is taken is no error, and nothing wakes it before a change', () => {
  const rig = rigFor(due, { ...WELL, createJob: { type: 'job.nameTaken' } });
  assert.is(stateOf(rig), 'resting.nameTaken');
  assert.is(rig.pendingTimers, 0);
});

test('Q-4: failed syncs wait 5 ms, 10 ms, 20 ms …', () => {
  const rig = rigFor(due, { ...WELL, createJob: { type: 'creation.failed', error: 'quota' } });
  rig.advance(100);
  assert.equal(rig.timesOf('requestSync'), [0, 5, 15, 35, 75]);
  assert.is(rig.snapshot.context.error, 'quota');
});

test('CJ-4: a conflict on the status fails the sync though the Job was started', () => {
  const rig = rigFor(due, { ...WELL, publishStatus: { type: 'status.failed', error: 'conflict' } });
  assert.is(stateOf(rig), 'resting.backingOff');
});

test('CJ-1: another schedule counts from its next time, and never later than what was waited for', () => {
  const sooner = rigFor({});
  sooner.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: 60_100, isSuspended: false }));
  sooner.advance(60_100);
  assert.equal(sooner.timesOf('requestSync'), [0, 60_100]);
  const later = rigFor({});
  later.advance(1000);
  later.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: 5 * HOUR_MS, isSuspended: false }));
  later.advance(HOUR_MS);
  assert.equal(later.timesOf('requestSync'), [0, HOUR_MS + 100]);
});

test('CJ-1: a schedule that becomes unreadable is told at once, and read at the next wake', () => {
  const rig = rigFor({});
  rig.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: undefined, isSuspended: false }));
  assert.equal(asked(rig), ['publishStatus', 'report UnParseableCronJobSchedule']);
  assert.is(rig.pendingTimers, 1);
});

test('CJ-1: a schedule that becomes readable is waited for; a suspension stays', () => {
  const mended = rigFor({ fault: 'UnknownTimeZone', untilNextMs: undefined });
  mended.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: 60_100, isSuspended: false }));
  assert.is(stateOf(mended), 'resting.awaitingNext.waiting');
  mended.advance(60_100);
  assert.equal(mended.timesOf('requestSync'), [0, 60_100]);
  const suspended = rigFor({ isSuspended: true });
  suspended.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: 60_100, isSuspended: true }));
  assert.is(stateOf(suspended), 'resting.suspended');
});

test('CJ-1: a suspension that ends together with another schedule waits for its next time', () => {
  const rig = rigFor({ isSuspended: true });
  rig.advance(2 * HOUR_MS);
  rig.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: 60_100, isSuspended: false }));
  assert.is(stateOf(rig), 'resting.awaitingNext.waiting');
  rig.advance(60_100);
  assert.equal(rig.timesOf('requestSync'), [0, 2 * HOUR_MS + 60_100]);
});

test('CJ-18: after a name that was taken, another schedule counts from its next time', () => {
  const rig = rigFor(due, { ...WELL, createJob: { type: 'job.nameTaken' } });
  assert.is(stateOf(rig), 'resting.nameTaken');
  rig.advance(2 * HOUR_MS);
  rig.send((atMs) => ({ type: 'schedule.changed', atMs, untilNextMs: 60_100, isSuspended: false }));
  rig.advance(60_099);
  assert.equal(rig.timesOf('requestSync'), [0]);
  rig.advance(1);
  assert.equal(rig.timesOf('requestSync'), [0, 2 * HOUR_MS + 60_100]);
});

test('what changes during a sync is seen by the next', () => {
  const rig = rigFor(due, { ...WELL, createJob: { type: 'sync.request' } });
  assert.is(stateOf(rig), 'syncing.starting');
  rig.send({ type: 'job.created' });
  assert.is(rig.timesOf('requestSync').length, 2);
});

test.run();
