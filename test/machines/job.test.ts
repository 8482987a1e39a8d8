import * as assert from 'uvu/assert';
import { jobEffects, jobMachine } from '../../machines/job.js';
import type { JobMachineEvent, JobObservation } from '../../machines/jobSetup.js';
import { initialJob } from '../../machines/jobSetup.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('job chart');

const seen = (more: Partial<JobObservation> = {}): JobMachineEvent => ({
  type: 'job.observed',
  seen: { ...initialJob.seen, completions: 5, backoffLimit: 6, active: 1, ...more },
});
const rig = () => createRig(jobMachine, jobEffects, undefined);
type R = ReturnType<typeof rig>;
const effects = (r: R): string[] => r.calls.map(({ effect }) => effect);
const life = (r: R): unknown => (r.snapshot.value as { life: unknown }).life;
const sync = (r: R): unknown => (r.snapshot.value as { sync: unknown }).sync;
/** The rest of a sync, with nothing to count. */
const settle = (r: R, uncounted = 0): void => {
  r.send({ type: 'counts.recorded', releasing: [], written: true });
  r.send({ type: 'finalizers.removed', failed: [], error: undefined, uncounted });
  r.send({ type: 'status.published' });
};
const removed = (deleted: number, failed = 0): JobMachineEvent => ({
  type: 'pods.removed',
  deleted,
  ready: 0,
  failed,
  error: failed > 0 ? 'no' : undefined,
});

test('starting, then working; a balanced Job only counts', () => {
  const r = rig();
  r.send(seen());
  assert.equal(life(r), { active: 'starting' });
  assert.equal(effects(r), ['recordCounts']);
  settle(r);
  r.send(seen({ ready: 1 }));
  assert.equal(life(r), { active: 'working' });
});

test('JB-4, row 183: changes of pods are looked at together, 1 s after the first', () => {
  const r = rig();
  r.send({ type: 'job.changed' });
  r.advance(600);
  r.send({ type: 'job.changed' });
  assert.equal(r.timesOf('requestSync'), []);
  r.advance(1_000);
  assert.equal(r.timesOf('requestSync'), [1_000]);
});

test('row 141: an end waits until every pod is known: with outstanding creations it is kept back', () => {
  const r = rig();
  r.send(seen({ active: 0, missing: 2 }));
  r.send({ type: 'pods.created', created: 2, missing: 0, error: undefined });
  settle(r);
  assert.equal(sync(r), { resting: 'awaitingObservation' });
  r.send(seen({ active: 0, failed: 7 }));
  assert.is(life(r), 'failureTarget');
  r.send({ type: 'pods.deleted', deleted: 0, ready: 0, failed: 0, error: undefined });
  assert.is(r.snapshot.context.mayEnd, false);
  settle(r);
  assert.is(life(r), 'failureTarget');
  r.send({ type: 'pods.observed', created: 2, deleted: 0, released: [] });
  r.send(seen({ active: 0, failed: 7 }));
  r.send({ type: 'pods.deleted', deleted: 0, ready: 0, failed: 0, error: undefined });
  settle(r);
  assert.is(life(r), 'Failed');
});

test('JB-53: Failed waits for terminating pods, and for uncounted ones', () => {
  const r = rig();
  r.send(seen({ deadlineInMs: 0 }));
  r.send({ type: 'pods.deleted', deleted: 1, ready: 0, failed: 0, error: undefined });
  settle(r);
  assert.is(life(r), 'failureTarget');
  const recorded = { type: 'FailureTarget', reason: 'DeadlineExceeded', message: 'm' } as const;
  const look = (terminating: number) =>
    seen({ active: 0, terminating, recorded: 'FailureTarget', recordedEnd: recorded });
  const nothing = { type: 'pods.deleted', deleted: 0, ready: 0, failed: 0, error: undefined } as const;
  r.send(look(1));
  r.send(nothing);
  settle(r);
  r.send(look(0));
  r.send(nothing);
  settle(r, 1);
  assert.is(life(r), 'failureTarget');
  r.send(look(0));
  r.send(nothing);
  settle(r);
  assert.is(life(r), 'Failed');
  assert.equal(r.snapshot.context.end, recorded);
});

test('row 153: a suspended Job whose creations are not seen yet is left as it is', () => {
  const r = rig();
  r.send(seen({ active: 0, missing: 1 }));
  r.send({ type: 'pods.created', created: 1, missing: 0, error: undefined });
  settle(r);
  r.send(seen({ isSuspended: true, surplus: 1 }));
  assert.is(effects(r).filter((effect) => effect === 'removePods').length, 0);
  assert.is(r.snapshot.context.wasManaged, false);
});

test('JB-33: backing off: 10 s pass before the next look, and the status counts no active pod', () => {
  const r = rig();
  r.send(seen({ active: 1, failed: 1, podBackOffMs: 10_000 }));
  assert.equal(life(r), { active: 'backingOff' });
  assert.is(r.snapshot.context.active, 0);
  settle(r);
  r.advance(9_999);
  assert.equal(r.timesOf('requestSync'), []);
  r.advance(1);
  assert.equal(r.timesOf('requestSync'), [10_000]);
});

test('JB-33: a back-off that is nearly over still waits for 1 s', () => {
  const r = rig();
  r.send(seen({ podBackOffMs: 5 }));
  settle(r);
  r.advance(1_000);
  assert.equal(r.timesOf('requestSync'), [1_000]);
});

test('the deadline wakes the controller; a suspended Job has none', () => {
  const r = rig();
  r.send(seen({ deadlineInMs: 30_000 }));
  settle(r);
  r.advance(30_000);
  assert.equal(r.timesOf('requestSync'), [30_000]);
  r.send(seen({ active: 0, isSuspended: true }));
  settle(r);
  r.advance(3_600_000);
  assert.equal(r.timesOf('requestSync'), [30_000]);
});

test('JB-61: what is recorded decides before anything else', () => {
  const end = { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: 'm' } as const;
  const r = rig();
  r.send(seen({ recorded: 'SuccessCriteriaMet', recordedEnd: end, failed: 99, failJobMessage: 'why' }));
  assert.is(life(r), 'successCriteriaMet');
  const other = rig();
  const failure = { type: 'FailureTarget', reason: 'DeadlineExceeded', message: 'm' } as const;
  other.send(
    seen({ recorded: 'FailureTarget', recordedEnd: failure, active: 0, succeeded: 5, metSuccessRule: 'x' }),
  );
  assert.is(life(other), 'failureTarget');
});

test('JB-25: the last surplus pod that is removed completes the Job in the same sync', () => {
  const r = rig();
  r.send(seen({ succeeded: 5, surplus: 1 }));
  assert.equal(life(r), { active: 'working' });
  r.send(removed(1));
  assert.is(life(r), 'successCriteriaMet');
  assert.is(r.snapshot.context.end?.reason, 'CompletionsReached');
});

test('JB-1: a sync that fails is tried again after 1 s, 2 s, 4 s', () => {
  const r = rig();
  for (const backOffMs of [1_000, 2_000, 4_000]) {
    r.send(seen({ surplus: 1 }));
    r.send(removed(0, 1));
    settle(r);
    assert.equal(sync(r), { resting: 'backingOff' });
    const before = r.timesOf('requestSync').length;
    r.advance(backOffMs - 1);
    assert.is(r.timesOf('requestSync').length, before);
    r.advance(1);
    assert.is(r.timesOf('requestSync').length, before + 1);
  }
  r.send(seen());
  settle(r);
  assert.is(r.snapshot.context.failures, 0);
});

test('CS-2: a view that is older than the last write is not acted upon', () => {
  const r = rig();
  r.send(seen({ cacheLags: true, missing: 1 }));
  assert.equal([effects(r), life(r), sync(r)], [[], 'unobserved', { resting: 'backingOff' }]);
});

test('row 181: UIDs of released pods stay expected until the watch has shown them; failures do not', () => {
  const r = rig();
  r.send(seen());
  r.send({ type: 'counts.recorded', releasing: ['a', 'b', 'c'], written: true });
  assert.equal(r.snapshot.context.releasesExpected, ['a', 'b', 'c']);
  r.send({ type: 'finalizers.removed', failed: ['b'], error: 'no', uncounted: 1 });
  assert.equal(r.snapshot.context.releasesExpected, ['a', 'c']);
  r.send({ type: 'status.published' });
  assert.equal(sync(r), { resting: 'backingOff' });
  r.send({ type: 'pods.observed', created: 0, deleted: 0, released: ['a'] });
  assert.equal(r.snapshot.context.releasesExpected, ['c']);
});

test('JB-40: the back-off is kept only once the status is written', () => {
  const backOff = { failures: 1, lastFailureMs: 5 };
  const r = rig();
  r.send(seen({ backOff }));
  r.send({ type: 'status.failed', error: 'conflict' });
  assert.is(r.snapshot.context.backOff.failures, 0);
  r.send(seen({ backOff }));
  r.send({ type: 'counts.recorded', releasing: [], written: true });
  assert.equal(r.snapshot.context.backOff, backOff);
});

test('a Job that is being deleted creates and removes nothing, and counts', () => {
  const r = rig();
  r.send(seen({ isBeingDeleted: true, missing: 1, surplus: 1 }));
  assert.is(life(r), 'deleting');
  assert.equal(effects(r), ['recordCounts']);
});

test.run();
