import * as assert from 'uvu/assert';
import type { DeploymentCondition, DeploymentStatus } from '../../../src/api/index.js';
import {
  baseStatus,
  conditionOf,
  hasProgressed,
  hasTimedOut,
  isComplete,
  pauseCondition,
  requeueAfterMs,
  rolloutStatus,
  withCondition,
} from '../../../src/controllers/deployment/status.js';
import { suite } from '../../support/suite.js';
import { ago, deployment, NOW_MS, replicaSet } from '../objects.js';

const test = suite('deployment: status and conditions (controllers.md §2.10)');
const moment = { nowMs: NOW_MS, now: ago(0) };
const progressing = (reason: string, seconds: number, status = 'True'): DeploymentCondition => ({
  type: 'Progressing',
  status,
  reason,
  lastUpdateTime: ago(seconds),
  lastTransitionTime: ago(seconds),
});
const counts = (
  replicas: number,
  updatedReplicas: number,
  readyReplicas: number,
  availableReplicas: number,
) => ({
  replicas,
  updatedReplicas,
  readyReplicas,
  availableReplicas,
});
const countsOf = ([replicas, updated, ready, available]: readonly [number, number, number, number]) =>
  counts(replicas, updated, ready, available);

test('row 74: timed out only after the deadline, and never once the new ReplicaSet was available', () => {
  const after = (seconds: number, deadline: number | undefined, reason = 'ReplicaSetUpdated') => {
    const status = { conditions: [progressing(reason, seconds)] };
    return hasTimedOut(deployment(1, { spec: { progressDeadlineSeconds: deadline } }), status, NOW_MS);
  };
  assert.equal(
    [
      after(99, undefined),
      after(99, 2 ** 31 - 1),
      after(11, 10),
      after(10, 10),
      after(9, 10),
      after(99, 10, 'NewReplicaSetAvailable'),
    ],
    [false, false, true, false, false, false],
  );
});
for (const [before, after, expected] of [
  [[10, 4, 4, 4], [10, 6, 4, 4], true],
  [[10, 4, 4, 4], [10, 4, 4, 4], false],
  [[10, 4, 6, 6], [8, 4, 6, 6], true],
  [[10, 7, 3, 3], [10, 6, 3, 3], false],
  [[10, 4, 7, 7], [8, 8, 5, 5], true],
  [[10, 10, 9, 8], [10, 10, 10, 8], true],
  [[10, 10, 9, 8], [10, 10, 9, 9], true],
] as const)
  test(`row 75: ${before.join(',')} to ${after.join(',')} is ${expected ? '' : 'no '}progress`, () => {
    assert.is(hasProgressed(deployment(10, { status: countsOf(before) }), countsOf(after)), expected);
  });
test('row 76: when the deadline must be looked at again', () => {
  const after = (seconds: number, options: { reason?: string; status?: object; deadline?: number } = {}) =>
    requeueAfterMs(
      deployment(3, { spec: { progressDeadlineSeconds: options.deadline ?? 60 } }),
      {
        ...counts(3, 1, 1, 1),
        conditions: [progressing(options.reason ?? 'ReplicaSetUpdated', seconds)],
        ...options.status,
      },
      NOW_MS,
    );
  assert.is(after(30), 31_000);
  assert.is(after(59), 2_000);
  assert.is(after(60), 0);
  assert.is(after(99), 0);
  assert.is(after(30, { reason: 'ProgressDeadlineExceeded' }), undefined);
  assert.is(after(30, { deadline: 2 ** 31 - 1 }), undefined);
  assert.is(after(30, { status: { conditions: [] } }), undefined);
  assert.is(after(30, { status: { ...counts(3, 3, 3, 3), observedGeneration: 1 } }), undefined);
});
test('DP-98: complete when all are updated, available, and the generation was seen', () => {
  const status = { ...counts(3, 3, 3, 3), observedGeneration: 1 };
  assert.ok(isComplete(deployment(3), status));
  for (const change of [
    { updatedReplicas: 2 },
    { replicas: 4 },
    { availableReplicas: 2 },
    { observedGeneration: 0 },
  ])
    assert.not.ok(isComplete(deployment(3), { ...status, ...change }));
});
test('DP-90 to DP-94: counts; unavailable from sizes, available against minAvailable', () => {
  const old = replicaSet('old', { replicas: 2, available: 2 });
  const newest = replicaSet('new', { replicas: 3, available: 0, statusReplicas: 1 });
  const status = baseStatus(deployment(4, { unavailable: 1 }), [old, newest], newest, moment);
  assert.equal(
    [
      status.replicas,
      status.updatedReplicas,
      status.availableReplicas,
      status.unavailableReplicas,
      status.observedGeneration,
    ],
    [3, 1, 2, 3, 1],
  );
  assert.is(conditionOf(status.conditions, 'Available')?.reason, 'MinimumReplicasUnavailable');
  const enough = baseStatus(deployment(3, { unavailable: 1 }), [old, newest], newest, moment);
  assert.is(conditionOf(enough.conditions, 'Available')?.message, 'Deployment has minimum availability.');
  // Of a Recreate no pod may be missing.
  const recreate = baseStatus(deployment(3, { isRecreate: true }), [old, newest], newest, moment);
  assert.is(conditionOf(recreate.conditions, 'Available')?.status, 'False');
});
test('DP-92: terminating pods are summed, unknown when a synced ReplicaSet does not say', () => {
  const says = (value: number | undefined, observedGeneration: number) => {
    const rs = replicaSet('rs', { observedGeneration });
    return { ...rs, status: { ...rs.status, terminatingReplicas: value } } as typeof rs;
  };
  const sum = (...sets: ReturnType<typeof says>[]) =>
    baseStatus(deployment(1), sets, undefined, moment).terminatingReplicas;
  assert.equal(
    [sum(says(1, 1), says(2, 1)), sum(says(1, 1), says(undefined, 0)), sum(says(1, 1), says(undefined, 1))],
    [3, 1, undefined],
  );
});
test('DP-96: an equal status and reason leaves the condition alone; an equal status keeps its transition', () => {
  const first = progressing('A', 100);
  assert.equal(withCondition([first], { ...progressing('A', 0), message: 'new' }), [first]);
  const other: DeploymentCondition = { type: 'Available', status: 'True' };
  const [kept, moved] = withCondition([first, other], progressing('B', 0));
  assert.is(kept, other);
  assert.equal([moved?.reason, moved?.lastTransitionTime, moved?.lastUpdateTime], ['B', ago(100), ago(0)]);
  assert.is(withCondition([first], progressing('C', 0, 'False'))[0]?.lastTransitionTime, ago(0));
});

const rollout = (
  before: DeploymentStatus,
  available: number,
  options: { deadline?: number | undefined } = {},
) => {
  const newest = replicaSet('new', { replicas: 2, available });
  const dep = deployment(2, {
    unavailable: 1,
    status: before,
    spec: { progressDeadlineSeconds: 'deadline' in options ? options.deadline : 10 },
  });
  return conditionOf(rolloutStatus(dep, [newest], newest, moment).conditions, 'Progressing');
};
test('row 77: without a deadline there is no Progressing condition', () => {
  assert.is(rollout({ conditions: [progressing('A', 5)] }, 0, { deadline: undefined }), undefined);
});
test('row 77: complete keeps the transition when it was True', () => {
  const condition = rollout({ ...counts(2, 2, 1, 1), conditions: [progressing('ReplicaSetUpdated', 5)] }, 2);
  assert.equal(
    [condition?.reason, condition?.lastTransitionTime, condition?.lastUpdateTime],
    ['NewReplicaSetAvailable', ago(5), ago(0)],
  );
  assert.is(condition?.message, 'ReplicaSet "new" has successfully progressed.');
});
test('row 77: progress after a timeout is True again, with a new transition', () => {
  const before = {
    ...counts(2, 2, 0, 0),
    conditions: [progressing('ProgressDeadlineExceeded', 50, 'False')],
  };
  const condition = rollout(before, 1);
  assert.equal(
    [condition?.status, condition?.reason, condition?.lastTransitionTime],
    ['True', 'ReplicaSetUpdated', ago(0)],
  );
});
test('row 77: a timeout that is already noted stays as it is', () => {
  const noted = progressing('ProgressDeadlineExceeded', 50, 'False');
  assert.equal(rollout({ ...counts(2, 2, 1, 1), conditions: [noted] }, 1), noted);
});
test('DP-97: every step of progress stamps the condition anew', () => {
  const before = { ...counts(2, 2, 0, 0), conditions: [progressing('ReplicaSetUpdated', 5)] };
  const condition = rollout(before, 1);
  assert.equal([condition?.lastUpdateTime, condition?.lastTransitionTime], [ago(0), ago(5)]);
});
test('DP-97: no progress past the deadline', () => {
  const before = { ...counts(2, 2, 1, 1), conditions: [progressing('ReplicaSetUpdated', 11)] };
  const condition = rollout(before, 1);
  assert.equal(
    [condition?.status, condition?.message],
    ['False', 'ReplicaSet "new" has timed out progressing.'],
  );
});
test('row 77: without a new ReplicaSet the message names the Deployment', () => {
  const dep = deployment(1, {
    spec: { progressDeadlineSeconds: 10 },
    status: { conditions: [progressing('A', 60)] },
  });
  const condition = conditionOf(rolloutStatus(dep, [], undefined, moment).conditions, 'Progressing');
  assert.is(condition?.message, 'Deployment "web" has timed out progressing.');
});
test('DP-95: ReplicaFailure is taken from the new ReplicaSet first, and goes with it', () => {
  const failing = (name: string) => {
    const rs = replicaSet(name);
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: name,
      lastTransitionTime: ago(9),
    };
    return { ...rs, status: { ...rs.status, conditions: [condition] } };
  };
  const [old, newest] = [failing('old'), failing('new')];
  const failure = conditionOf(
    rolloutStatus(deployment(1), [old, newest], newest, moment).conditions,
    'ReplicaFailure',
  );
  assert.equal(
    [failure?.message, failure?.lastUpdateTime, failure?.lastTransitionTime],
    ['new', ago(9), ago(9)],
  );
  const healed = deployment(1, { status: { conditions: [{ type: 'ReplicaFailure', status: 'True' }] } });
  assert.is(
    conditionOf(rolloutStatus(healed, [], undefined, moment).conditions, 'ReplicaFailure'),
    undefined,
  );
});
test('DP-12: a pause and its end are noted, with a deadline, unless the rollout has timed out', () => {
  const note = (paused: boolean, reason?: string, deadline: number | undefined = 10) =>
    pauseCondition(
      deployment(1, {
        spec: { paused, progressDeadlineSeconds: deadline },
        status: reason === undefined ? {} : { conditions: [progressing(reason, 5)] },
      }),
      ago(0),
    )?.reason;
  assert.equal(
    [
      note(true),
      note(true, 'DeploymentPaused'),
      note(false, 'DeploymentPaused'),
      note(false),
      note(true, 'ProgressDeadlineExceeded'),
      note(true, undefined, 2 ** 31 - 1),
    ],
    ['DeploymentPaused', undefined, 'DeploymentResumed', undefined, undefined, undefined],
  );
});
test.run();
