import * as assert from 'uvu/assert';
import type { ContainerState } from '../../../src/api/index.js';
import { podStatus, type ObservedPod } from '../../../src/node/pod/status.js';
import { suite } from '../../support/suite.js';
import { pod, status } from '../support.js';

const test = suite('node: status of a pod');

const running: ContainerState = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode, reason: 'x' } });
const observed = (state: ContainerState, more: Partial<ObservedPod> = {}): ObservedPod => ({
  pod: pod(),
  containerStatuses: [status({ state, lastState: {}, ready: state === running })],
  isTerminal: false,
  hasInitialized: true,
  ip: '10.0.0.1',
  hostIp: '10.200.0.1',
  hasSandbox: true,
  startTimeMs: 0,
  nowMs: 1_000,
  ...more,
});
const never = { spec: { restartPolicy: 'Never' } };

test('a pod that is over is Failed, unless all of its containers succeeded (row 96)', () => {
  for (const state of [waiting, running, ended(1)])
    assert.is(podStatus(observed(state, { isTerminal: true })).phase, 'Failed');
  assert.is(podStatus(observed(ended(0), { isTerminal: true })).phase, 'Succeeded');
  const stored = pod({ ...never, status: { phase: 'Succeeded' } });
  assert.is(podStatus(observed(ended(1), { pod: stored, isTerminal: true })).phase, 'Succeeded');
});

test('a terminal phase waits until nothing runs; then Ready is False with PodFailed (row 97)', () => {
  const early = podStatus(observed(ended(1), { pod: pod(never), writtenPhase: 'Running' }));
  assert.is(early.phase, 'Running');
  const late = podStatus(observed(ended(1), { pod: pod(never), isTerminal: true, writtenPhase: 'Running' }));
  assert.is(late.phase, 'Failed');
  for (const type of ['Ready', 'ContainersReady'])
    assert.is(late.conditions?.find((condition) => condition.type === type)?.reason, 'PodFailed');
});

test('conditions of others stay, in front (row 97)', () => {
  const foreign = [
    { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' },
    { type: 'example.com/gate', status: 'False' },
  ];
  const { conditions } = podStatus(observed(running, { pod: pod({ status: { conditions: foreign } }) }));
  assert.equal(conditions?.slice(0, 2), foreign);
});

test('the reason of an eviction shows only when the phase does (5.6)', () => {
  const eviction = { reason: 'DeadlineExceeded', message: 'too long' };
  const early = podStatus(observed(running, { eviction, writtenPhase: 'Running' }));
  assert.equal([early.phase, early.reason], ['Running', undefined]);
  const late = podStatus(observed(ended(0), { eviction, isTerminal: true }));
  assert.equal([late.phase, late.reason, late.message], ['Failed', 'DeadlineExceeded', 'too long']);
});

test.run();
