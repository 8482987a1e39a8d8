/** Rows 165 to 175 of controllers.md §11.4: limits per index, policies, and what ends a Job first. */
import * as assert from 'uvu/assert';
import { indexed, look, type Given, type GivenPod } from './support.js';
import { suite } from '../../support/suite.js';

const test = suite('job: policies in one sync');

const codes = (action: string, values: readonly number[], operator = 'In') => ({
  action,
  onExitCodes: { operator, values },
});
const POLICY = { podFailurePolicy: { rules: [codes('Ignore', [1, 2, 3]), codes('FailJob', [5, 6, 7])] } };
const exit = (exitCode: number, more: object = {}): GivenPod => ({ is: 'F', exitCode, ...more });

const summary = (given: Given) => {
  const { job, conditions, created } = look(given);
  const { active = 0, failed = 0, succeeded = 0, failedIndexes, terminating = 0 } = job.status;
  return { active, failed, succeeded, terminating, failedIndexes, conditions, created: created.length };
};

test('row 165: FailJob ends the Job in the same sync, with the container and its code in the message', () => {
  const outcome = look({ spec: POLICY, pods: [exit(5)] });
  assert.equal(outcome.conditions, ['FailureTarget:PodFailurePolicy', 'Failed:PodFailurePolicy']);
  assert.is(
    outcome.job.status.conditions?.[1]?.message,
    'Container main for pod default/pod-0 failed with exit code 5 matching FailJob rule at index 1',
  );
  const both = summary({ spec: { ...POLICY, parallelism: 2, completions: 2 }, pods: [exit(5), { is: 'R' }] });
  assert.equal([both.active, both.failed, both.conditions], [0, 2, ['FailureTarget:PodFailurePolicy']]);
  assert.equal(summary({ spec: POLICY, pods: [{ is: 'R', exitCode: 5 }] }).conditions, []);
  const notIn = { podFailurePolicy: { rules: [codes('FailJob', [5, 6, 7], 'NotIn')] } };
  assert.is(summary({ spec: notIn, pods: [exit(42)] }).conditions.length, 2);
  assert.equal(
    [summary({ spec: notIn, pods: [exit(5)] })].map(({ active, failed }) => [active, failed])[0],
    [1, 1],
  );
});

test('row 166: Ignore counts no failure, but delays the next pod (JB-46)', () => {
  const spec = { ...POLICY, backoffLimit: 0 };
  const long = summary({ spec, pods: [exit(1)] });
  assert.equal([long.active, long.failed, long.conditions], [1, 0, []]);
  const just = summary({ spec, pods: [exit(1, { endedAgoSeconds: 0 })] });
  assert.equal([just.active, just.failed, just.created], [0, 0, 0]);
});

test('row 167: a recorded FailureTarget keeps its message, though another pod would match', () => {
  const message =
    'Container main for pod default/already-deleted-pod failed with exit code 5 matching FailJob rule at index 1';
  const condition = { type: 'FailureTarget', status: 'True', reason: 'PodFailurePolicy', message };
  const { job, conditions } = look({
    spec: POLICY,
    status: { startTime: '2026-01-01T00:00:00Z', conditions: [condition] },
    pods: [exit(5)],
  });
  assert.equal(conditions, ['FailureTarget:PodFailurePolicy', 'Failed:PodFailurePolicy']);
  assert.equal([job.status.conditions?.[1]?.message, job.status.failed], [message, 1]);
});

test('row 168: with a policy a terminating pod is neither counted nor replaced yet', () => {
  const counted = { podFailurePolicy: { rules: [codes('Count', [1])] }, parallelism: 1, backoffLimit: 0 };
  const { active, failed, conditions, created } = summary({ spec: counted, pods: [{ is: 'T' }] });
  assert.equal([active, failed, conditions, created], [0, 0, [], 0]);
});

const perIndex = (more: object = {}): object => ({
  completionMode: 'Indexed',
  parallelism: 2,
  completions: 2,
  backoffLimitPerIndex: 1,
  ...more,
});

test('row 169: a failed index is counted once its replacement, which inherits the count, is there', () => {
  const first = look({ spec: perIndex(), pods: indexed('0F/0 1R/0') });
  assert.equal(
    [first.job.status.active, first.job.status.failed, first.job.status.failedIndexes],
    [2, undefined, ''],
  );
  const [replacement] = first.created;
  assert.is(replacement?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'], '1');
  assert.is(summary({ spec: perIndex(), pods: indexed('0F/0 0P/1 1R/0') }).failed, 1);
  const done = summary({ spec: perIndex(), pods: indexed('0F/0 0S/1 1S/0') });
  assert.equal([done.failed, done.succeeded, done.conditions.length], [1, 2, 2]);
});

test('row 170: beyond the limit the index has failed, and the Job goes on', () => {
  const { active, failed, failedIndexes, conditions } = summary({
    spec: perIndex(),
    pods: indexed('0F/1 1R/0'),
  });
  assert.equal([active, failed, failedIndexes, conditions], [1, 1, '0', []]);
});

test('row 171: FailIndex, Ignore and FailJob', () => {
  const by = (action: string) => {
    const spec = perIndex({ podFailurePolicy: { rules: [codes(action, [3])] } });
    const { active, failed, failedIndexes, conditions } = summary({
      spec,
      pods: [exit(3, { index: 0, failures: 0 }), { is: 'R', index: 1, failures: 0 }],
    });
    return [active, failed, failedIndexes, conditions[0]];
  };
  assert.equal(by('FailIndex'), [1, 1, '0', undefined]);
  assert.equal(by('Ignore'), [2, 0, '', undefined]);
  assert.equal(by('FailJob'), [0, 2, '', 'FailureTarget:PodFailurePolicy']);
});

test('row 172: every index has ended, and one has failed', () => {
  const { failed, succeeded, failedIndexes, conditions } = summary({
    spec: perIndex(),
    pods: indexed('0F/1 1S/0'),
  });
  assert.equal([failed, succeeded, failedIndexes], [1, 1, '0']);
  assert.equal(conditions, ['FailureTarget:FailedIndexes', 'Failed:FailedIndexes']);
  const limited = summary({ spec: perIndex({ backoffLimit: 1 }), pods: indexed('0F/0 1F/0') });
  assert.equal([limited.failed, limited.failedIndexes], [2, '']);
  assert.is(limited.conditions[0], 'FailureTarget:BackoffLimitExceeded');
});

test('row 173: more failed indexes than maxFailedIndexes', () => {
  const spec = perIndex({ parallelism: 4, completions: 4, maxFailedIndexes: 1 });
  const outcome = summary({ spec, pods: indexed('0F/1 1S/0 2F/1 3R/0') });
  assert.equal(outcome.conditions, ['FailureTarget:MaxFailedIndexesExceeded']);
  const { failed, succeeded, terminating, failedIndexes } = outcome;
  assert.equal([failed, succeeded, terminating, failedIndexes], [3, 1, 1, '0,2']);
});

const successOf = (more: object = {}): object => ({
  completionMode: 'Indexed',
  parallelism: 3,
  completions: 3,
  successPolicy: { rules: [{ succeededIndexes: '0,1', succeededCount: 1 }] },
  ...more,
});

test('row 175: the success policy deletes the other pods, uncounted, and Complete waits for them', () => {
  const outcome = look({ spec: successOf(), pods: indexed('0F 0R 1S 2R') });
  assert.equal(outcome.conditions, ['SuccessCriteriaMet:SuccessPolicy']);
  const { failed, succeeded, terminating, conditions } = outcome.job.status;
  assert.equal(
    [failed, succeeded, terminating, conditions?.[0]?.message],
    [1, 1, 2, 'Matched rules at index 0'],
  );
});

test('row 175, JB-61: failure comes before success in one sync, but never after it', () => {
  const failing = successOf({ podFailurePolicy: { rules: [codes('FailJob', [5])] } });
  const given = [exit(5, { index: 0 }), { is: 'S', index: 1 }, { is: 'R', index: 2 }] as const;
  const outcome = summary({ spec: failing, pods: given });
  assert.equal([outcome.conditions, outcome.failed], [['FailureTarget:PodFailurePolicy'], 2]);
  const condition = { type: 'SuccessCriteriaMet', status: 'True', reason: 'SuccessPolicy', message: 'm' };
  const recorded = summary({
    spec: failing,
    status: { startTime: '2026-01-01T00:00:00Z', conditions: [condition] },
    pods: [exit(5, { index: 0 }), { is: 'S', index: 1 }],
  });
  assert.equal(recorded.conditions, ['SuccessCriteriaMet:SuccessPolicy', 'Complete:SuccessPolicy']);
});

test.run();
