import * as assert from 'uvu/assert';
import { deploymentEffects, deploymentMachine, type RolloutObservation } from '../../machines/deployment.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('deployment chart');
const nothing: RolloutObservation = {
  isBeingDeleted: false,
  selectsEverything: false,
  toClaim: 0,
  isPaused: false,
  pauseIsUnrecorded: false,
  wantsRollback: false,
  isScalingEvent: false,
  isRecreate: false,
  hasNewReplicaSet: true,
  newIsOutdated: false,
  revisionIsUnrecorded: false,
  newSize: 3,
  newSizeNext: 3,
  oldSize: 0,
  oldSizesNext: [],
  scaledSizes: [],
  oldPodsRunning: false,
  isComplete: false,
  surplusHistory: [],
};
const rig = () => createRig(deploymentMachine, deploymentEffects, undefined);
type R = ReturnType<typeof rig>;
const see = (r: R, seen: Partial<RolloutObservation>) =>
  r.send({ type: 'rollout.observed', seen: { ...nothing, ...seen } });
const publish = (r: R, more: { isComplete?: boolean; hasTimedOut?: boolean; deadlineInMs?: number } = {}) =>
  r.send({
    type: 'status.published',
    isComplete: false,
    hasTimedOut: false,
    deadlineInMs: undefined,
    ...more,
  });

for (const [title, seen, effect] of [
  ['claims come first', { toClaim: 1 }, 'claimReplicaSets'],
  ['DP-10: an empty selector is refused', { selectsEverything: true }, 'refuseSelector'],
  [
    'DP-10: a deleted Deployment only keeps its status',
    { isBeingDeleted: true, hasNewReplicaSet: false },
    'publishStatus',
  ],
  ['DP-12: a pause is noted', { isPaused: true, pauseIsUnrecorded: true }, 'recordPause'],
  [
    'DP-22: the new ReplicaSet is brought up to date',
    { newIsOutdated: true, newSizeNext: 5 },
    'updateNewReplicaSet',
  ],
  ['DP-22: the revision is noted', { revisionIsUnrecorded: true, newSizeNext: 5 }, 'recordRevision'],
  ['PR-25: paused, no ReplicaSet is created', { isPaused: true, hasNewReplicaSet: false }, 'publishStatus'],
  [
    'DP-63: paused, it still scales',
    { isPaused: true, scaledSizes: [{ name: 'a', replicas: 1 }] },
    'scaleShares',
  ],
  [
    'DP-80: a rollback needs the revision of the current template',
    { wantsRollback: true, hasNewReplicaSet: false },
    'createReplicaSet',
  ],
  ['DP-80: rolls back', { wantsRollback: true }, 'rollBack'],
  [
    'DP-60: a scaling event creates no ReplicaSet',
    { isScalingEvent: true, hasNewReplicaSet: false },
    'publishStatus',
  ],
  ['DP-41: the new ReplicaSet is created', { hasNewReplicaSet: false }, 'createReplicaSet'],
  [
    'DP-41: the new grows before the old shrinks',
    { newSizeNext: 5, oldSizesNext: [{ name: 'a', replicas: 1 }] },
    'scaleNew',
  ],
  ['DP-41: a new that is too large shrinks', { newSizeNext: 1 }, 'scaleNew'],
  ['DP-42: the old shrinks', { oldSizesNext: [{ name: 'a', replicas: 1 }] }, 'scaleOldBy'],
  ['DP-70: old revisions are forgotten', { surplusHistory: ['a'] }, 'cleanHistory'],
  [
    'DP-50: a Recreate first lets the old go',
    { isRecreate: true, oldSize: 2, hasNewReplicaSet: false },
    'scaleOldToZero',
  ],
  [
    'DP-51: and waits for their pods',
    { isRecreate: true, oldPodsRunning: true, hasNewReplicaSet: false },
    'publishStatus',
  ],
  ['DP-52: then creates the new', { isRecreate: true, hasNewReplicaSet: false }, 'createReplicaSet'],
  ['DP-52: and scales it', { isRecreate: true, newSizeNext: 5 }, 'scaleNew'],
] as const)
  test(title, () => {
    const r = rig();
    see(r, seen);
    assert.equal(
      r.calls.map((call) => call.effect),
      [effect],
    );
  });
test('DP-102: progress is judged in a rollout, not in a scaling event', () => {
  for (const isScalingEvent of [true, false]) {
    const r = rig();
    see(r, { isScalingEvent });
    assert.equal(r.calls[0]?.params, { judgesProgress: !isScalingEvent });
  }
});
test('a rollout rests in progressing, complete, stalled or paused', () => {
  const rest = (outcome: Parameters<typeof publish>[1], seen: Partial<RolloutObservation> = {}) => {
    const r = rig();
    see(r, seen);
    publish(r, outcome);
    return r.snapshot.value;
  };
  assert.equal(rest({}), { resting: { progressing: 'untimed' } });
  assert.equal(rest({ deadlineInMs: 5000 }), { resting: { progressing: 'timed' } });
  assert.equal(rest({ isComplete: true }), { resting: 'complete' });
  assert.equal(rest({ hasTimedOut: true }), { resting: 'stalled' });
  assert.equal(rest({}, { isPaused: true }), { resting: 'paused' });
  assert.equal(rest({}, { isBeingDeleted: true }), { resting: 'deleting' });
});
test('DP-101: looks again when the progress deadline is due; a sync before starts it anew', () => {
  const r = rig();
  see(r, {});
  publish(r, { deadlineInMs: 31_000 });
  r.advance(20_000);
  see(r, {});
  publish(r, { deadlineInMs: 31_000 });
  r.advance(30_999);
  assert.equal(r.timesOf('requestSync'), []);
  r.advance(1);
  assert.equal(r.timesOf('requestSync'), [51_000]);
});
test('DP-4: 15 retries with growing back-off, then it is left alone until it changes', () => {
  const r = rig();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 15; attempt += 1) {
    see(r, { hasNewReplicaSet: false });
    r.send({ type: 'write.failed', error: 'no', isTerminal: false });
    assert.equal(r.snapshot.value, { resting: 'backingOff' });
    const from = r.now;
    r.advance(5 * 2 ** (attempt - 1));
    waits.push((r.timesOf('requestSync').at(-1) ?? 0) - from);
  }
  assert.equal(
    waits,
    Array.from({ length: 15 }, (_, index) => 5 * 2 ** index),
  );
  see(r, { hasNewReplicaSet: false });
  r.send({ type: 'write.failed', error: 'no', isTerminal: false });
  assert.equal(r.snapshot.value, { resting: 'gaveUp' });
  assert.is(r.pendingTimers, 0);
});
test('DP-4: an error because the namespace goes is not retried', () => {
  const r = rig();
  see(r, { hasNewReplicaSet: false });
  r.send({ type: 'write.failed', error: 'no', isTerminal: true });
  assert.equal(r.snapshot.value, { resting: 'gaveUp' });
});
test('DP-45: a failed scale-down of the old is not retried, the status is published', () => {
  const r = rig();
  see(r, { oldSizesNext: [{ name: 'a', replicas: 1 }] });
  r.send({ type: 'write.failed', error: 'no', isTerminal: false });
  assert.is(r.calls.at(-1)?.effect, 'publishStatus');
  publish(r);
  assert.equal(r.snapshot.value, { resting: { progressing: 'untimed' } });
});
test('DP-23: a hash collision is tried again', () => {
  const r = rig();
  see(r, { hasNewReplicaSet: false });
  r.send({ type: 'replicaSet.collided', error: 'exists' });
  assert.equal(r.snapshot.value, { resting: 'backingOff' });
});
test.run();
