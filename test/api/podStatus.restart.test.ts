import * as assert from 'uvu/assert';
import {
  containerShouldRestart,
  initialContainerStatus,
  isContainerReady,
  isContainerStarted,
  isInitContainerReady,
  matchingRestartRule,
  restartsAfterProbeKill,
  shouldContainerBeRestarted,
  sortedByName,
  type ContainerState,
  type InstanceState,
  type ProbeFindings,
  type RestartFields,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: container restarts');

const POLICIES = ['Never', 'OnFailure', 'Always'] as const;

test('what is started again under Never, OnFailure and Always (node.md §9 row 73)', () => {
  const rows: readonly (readonly [string, InstanceState | undefined, readonly boolean[]])[] = [
    ['none', undefined, [true, true, true]],
    ['running', { state: 'running' }, [false, false, false]],
    ['exit 0', { state: 'exited', exitCode: 0 }, [false, false, true]],
    ['exit 1', { state: 'exited', exitCode: 1 }, [false, true, true]],
    ['unknown', { state: 'unknown' }, [true, true, true]],
    ['created', { state: 'created' }, [true, true, true]],
  ];
  for (const [title, instance, expected] of rows) {
    const decide = (metadata: { deletionTimestamp?: string }): boolean[] =>
      POLICIES.map((restartPolicy) =>
        shouldContainerBeRestarted({}, { metadata, spec: { restartPolicy } }, instance),
      );
    assert.equal(decide({}), expected, title);
    const deleted = decide({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    assert.equal(deleted, [false, false, false], `${title}, being deleted`);
  }
});

const rule = (action: string, operator: string, ...values: number[]) => ({
  action,
  exitCodes: { operator, values },
});

test('rules come before the container’s policy, and that before the pod’s (node.md §9 row 74)', () => {
  const rows: readonly (readonly [string, RestartFields, string, number, boolean])[] = [
    ['container policy over pod policy', { restartPolicy: 'Never' }, 'Always', 1, false],
    ['container policy over pod policy', { restartPolicy: 'OnFailure' }, 'Never', 1, true],
    ['container policy over pod policy', { restartPolicy: 'OnFailure' }, 'Always', 0, false],
    [
      'In matches',
      { restartPolicy: 'Never', restartPolicyRules: [rule('Restart', 'In', 1, 42)] },
      'Never',
      42,
      true,
    ],
    [
      'In does not match',
      { restartPolicy: 'Never', restartPolicyRules: [rule('Restart', 'In', 42)] },
      'Always',
      1,
      false,
    ],
    [
      'NotIn matches',
      { restartPolicy: 'Never', restartPolicyRules: [rule('Restart', 'NotIn', 42)] },
      'Never',
      1,
      true,
    ],
    [
      'NotIn does not match',
      { restartPolicy: 'Never', restartPolicyRules: [rule('Restart', 'NotIn', 42)] },
      'Never',
      42,
      false,
    ],
    [
      'RestartAllContainers',
      { restartPolicy: 'Never', restartPolicyRules: [rule('RestartAllContainers', 'In', 42)] },
      'Never',
      42,
      true,
    ],
    [
      'a rule without exit codes never matches',
      { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] },
      'Never',
      1,
      false,
    ],
    [
      'rules need a container policy',
      { restartPolicyRules: [rule('Restart', 'In', 42)] },
      'Never',
      42,
      false,
    ],
    ['no policy at all is Always', {}, undefined as unknown as string, 0, true],
  ];
  for (const [title, container, restartPolicy, exitCode, expected] of rows) {
    assert.is(containerShouldRestart(container, { restartPolicy }, exitCode), expected, title);
  }
});

test('the first rule that matches wins (node.md §9 row 74)', () => {
  const first = rule('RestartAllContainers', 'In', 42);
  const second = rule('Restart', 'NotIn', 0);
  const container = { restartPolicy: 'Never', restartPolicyRules: [first, second] };
  assert.is(matchingRestartRule(container, 42), first);
  assert.is(matchingRestartRule(container, 7), second);
  assert.is(matchingRestartRule(container, 0), undefined);
});

test('a probe’s kill restarts unless the policy is Never; rules do not count (node.md §1.6)', () => {
  const rules = { restartPolicyRules: [rule('Restart', 'In', 137)] };
  assert.ok(restartsAfterProbeKill({}, { restartPolicy: 'OnFailure' }));
  assert.not.ok(restartsAfterProbeKill({}, { restartPolicy: 'Never' }));
  assert.not.ok(restartsAfterProbeKill({ restartPolicy: 'Never', ...rules }, { restartPolicy: 'Always' }));
  assert.ok(restartsAfterProbeKill({ restartPolicy: 'Always' }, { restartPolicy: 'Never' }));
});

test('started and ready follow the probes (node.md §4.8, §9 row 63)', () => {
  const running: ContainerState = { running: {} };
  const ended: ContainerState = { terminated: { exitCode: 0 } };
  const probe = {} as never;
  const both = { startupProbe: probe, readinessProbe: probe };
  const rows: readonly (readonly [string, object, ContainerState, ProbeFindings, boolean, boolean])[] = [
    ['unprobed', {}, running, {}, true, true],
    ['readiness pending', { readinessProbe: probe }, running, {}, true, false],
    ['readiness failed', { readinessProbe: probe }, running, { readiness: 'Failure' }, true, false],
    ['readiness succeeded', { readinessProbe: probe }, running, { readiness: 'Success' }, true, true],
    ['startup pending', { startupProbe: probe }, running, {}, false, false],
    ['startup unknown', both, running, { startup: 'Unknown', readiness: 'Success' }, false, false],
    ['startup succeeded', both, running, { startup: 'Success', readiness: 'Success' }, true, true],
    ['terminated', { readinessProbe: probe }, ended, { readiness: 'Success' }, false, false],
    ['waiting', {}, { waiting: {} }, {}, false, false],
  ];
  for (const [title, container, state, findings, started, ready] of rows) {
    assert.is(isContainerStarted(container, state, findings), started, `${title}: started`);
    assert.is(isContainerReady(container, state, findings), ready, `${title}: ready`);
  }
  assert.ok(isInitContainerReady(ended));
  assert.not.ok(isInitContainerReady({ terminated: { exitCode: 1 } }));
  assert.not.ok(isInitContainerReady(running));
});

test('before anything happened a container waits (node.md §2.2 step 1)', () => {
  const container = { name: 'c', image: 'x:1' };
  assert.equal(initialContainerStatus(container, {}).state, { waiting: { reason: 'ContainerCreating' } });
  assert.equal(initialContainerStatus(container, { initContainers: [{ name: 'i' } as never] }).state, {
    waiting: { reason: 'PodInitializing' },
  });
});

test('container statuses are sorted by name (node.md §2.1)', () => {
  const statuses = ['b', 'a', 'B'].map((name) => initialContainerStatus({ name, image: '' }, {}));
  assert.equal(
    sortedByName(statuses).map(({ name }) => name),
    ['B', 'a', 'b'],
  );
});

test.run();
