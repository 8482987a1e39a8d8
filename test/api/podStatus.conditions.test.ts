import * as assert from 'uvu/assert';
import {
  containersReadyCondition,
  initializedCondition,
  podConditions,
  readyCondition,
  type ContainerStatus,
  type PodCondition,
  type PodConditionsInput,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: pod conditions');

type Spec = PodConditionsInput['pod']['spec'];
const spec = (fields: object): Spec => fields as Spec;
const named = (...names: readonly string[]) => names.map((name) => ({ name }));
const sidecar = (name: string) => ({ name, restartPolicy: 'Always' });

const status = (name: string, fields: Partial<ContainerStatus> = {}) =>
  ({
    name,
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
    lastState: {},
    ...fields,
  }) as ContainerStatus;
const ready = (name: string): ContainerStatus => status(name, { ready: true, started: true });
const running: Partial<ContainerStatus> = { state: { running: {} } };

const ofContainersReady = (pod: Spec, statuses: Partial<PodConditionsInput>, phase = 'Running'): string => {
  const { status, reason, message } = containersReadyCondition(pod, statuses, phase as 'Running');
  return [status, reason, message].filter(Boolean).join(' | ');
};

test('ContainersReady: unknown, unready and completed containers (node.md §9 row 87)', () => {
  const pod = spec({ containers: named('1234', '5678') });
  assert.is(ofContainersReady(pod, {}), 'False | UnknownContainerStatuses');
  assert.is(
    ofContainersReady(pod, { containerStatuses: [ready('1234')] }),
    'False | ContainersNotReady | containers with unknown status: [5678]',
  );
  assert.is(
    ofContainersReady(pod, { containerStatuses: [ready('1234'), status('5678')] }),
    'False | ContainersNotReady | containers with unready status: [5678]',
  );
  assert.is(ofContainersReady(pod, { containerStatuses: [ready('1234'), ready('5678')] }), 'True');
  assert.is(
    ofContainersReady(pod, { containerStatuses: [status('1234'), status('5678')] }, 'Succeeded'),
    'False | PodCompleted',
  );
  assert.is(ofContainersReady(pod, { containerStatuses: [] }, 'Failed'), 'False | PodFailed');
});

test('ContainersReady: sidecars count, and are listed before regular containers (node.md §1.5)', () => {
  const pod = spec({ initContainers: [sidecar('s'), { name: 'init' }], containers: named('a', 'b') });
  assert.is(
    ofContainersReady(pod, { initContainerStatuses: [status('s')], containerStatuses: [status('b')] }),
    'False | ContainersNotReady | containers with unknown status: [a], containers with unready status: [s b]',
  );
});

test('Ready: every readiness gate must be a condition with status True (node.md §9 row 88)', () => {
  const gates = spec({
    containers: [],
    readinessGates: [{ conditionType: 'gate1' }, { conditionType: 'gate2' }],
  });
  const allReady = { type: 'ContainersReady', status: 'True' } as const;
  assert.equal(readyCondition(gates, allReady, [{ type: 'gate1', status: 'False' }]), {
    type: 'Ready',
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message:
      'the status of pod readiness gate "gate1" is not "True", but False, ' +
      'corresponding condition of pod readiness gate "gate2" does not exist.',
  });
  const met = [
    { type: 'gate1', status: 'True' },
    { type: 'gate2', status: 'True' },
  ];
  assert.equal(readyCondition(gates, allReady, met), { type: 'Ready', status: 'True' });
  const unready = { type: 'ContainersReady', status: 'False', reason: 'R', message: 'M' } as const;
  assert.equal(readyCondition(gates, unready, met), { ...unready, type: 'Ready' });
});

const ofInitialized = (pod: Spec, statuses: Partial<PodConditionsInput>, phase = 'Pending'): string => {
  const { status, reason, message } = initializedCondition(pod, statuses, phase as 'Pending');
  return [status, reason, message].filter(Boolean).join(' | ');
};

test('Initialized: init containers done, sidecars started (node.md §9 row 89)', () => {
  const pod = spec({ initContainers: named('init'), containers: named('a') });
  const withSidecar = spec({ initContainers: [sidecar('s')], containers: named('a') });
  assert.is(ofInitialized(spec({ containers: named('a') }), {}), 'True');
  assert.is(ofInitialized(pod, {}), 'False | UnknownContainerStatuses');
  assert.is(
    ofInitialized(pod, { initContainerStatuses: [status('init')] }),
    'False | ContainersNotInitialized | containers with incomplete status: [init]',
  );
  assert.is(
    ofInitialized(pod, { initContainerStatuses: [] }),
    'False | ContainersNotInitialized | containers with unknown status: [init]',
  );
  assert.is(ofInitialized(pod, { initContainerStatuses: [ready('init')] }), 'True');
  assert.is(
    ofInitialized(pod, { initContainerStatuses: [status('init')] }, 'Succeeded'),
    'True | PodCompleted',
  );
  assert.is(
    ofInitialized(withSidecar, { initContainerStatuses: [status('s', { ready: true, started: false })] }),
    'False | ContainersNotInitialized | containers with incomplete status: [s]',
  );
  assert.is(ofInitialized(withSidecar, { initContainerStatuses: [status('s', { started: true })] }), 'True');
  // A regular container has started, so the pod was initialized, though a sidecar is not up.
  assert.is(
    ofInitialized(withSidecar, {
      initContainerStatuses: [status('s')],
      containerStatuses: [status('a', running)],
    }),
    'True',
  );
});

test('an init container that keeps failing leaves the pod uninitialized (node.md §9 row 90)', () => {
  const pod = spec({ initContainers: named('init1', 'init2'), containers: named('app') });
  const initializing = { state: { waiting: { reason: 'PodInitializing' } } };
  assert.is(
    ofInitialized(pod, {
      initContainerStatuses: [
        status('init1', { state: { waiting: { reason: 'CrashLoopBackOff' } } }),
        status('init2', initializing),
      ],
      containerStatuses: [status('app', initializing)],
    }),
    'False | ContainersNotInitialized | containers with incomplete status: [init1 init2]',
  );
});

test('an init container that failed for good is named (node.md §9 row 91)', () => {
  const pod = spec({ initContainers: named('init1', 'init2'), containers: named('app') });
  assert.is(
    ofInitialized(
      pod,
      {
        initContainerStatuses: [ready('init1'), status('init2', { state: { terminated: { exitCode: 1 } } })],
        containerStatuses: [status('app', { state: { waiting: { reason: 'PodInitializing' } } })],
      },
      'Failed',
    ),
    'False | ContainersNotInitialized | containers with incomplete status: [init2]',
  );
});

const T0 = Date.parse('2026-01-01T00:00:00Z');
const input = (
  fields: Partial<PodConditionsInput>,
  conditions?: readonly PodCondition[],
): PodConditionsInput => ({
  pod: { spec: spec({ containers: named('a') }), metadata: { generation: 3 }, status: { conditions } },
  phase: 'Pending',
  readyToStartContainers: false,
  containerStatuses: [status('a')],
  nowMs: T0,
  ...fields,
});
const brief = (conditions: readonly PodCondition[]): string =>
  conditions.map((condition) => `${condition.type} ${condition.status}`).join(', ');

test('conditions come in upstream’s order; those of others first (node.md §1.4, §1.5)', () => {
  const gate: PodCondition = { type: 'example.com/gate', status: 'True' };
  const conditions = podConditions(input({}, [gate]));
  assert.is(
    brief(conditions),
    'example.com/gate True, PodReadyToStartContainers False, Initialized True, Ready False, ContainersReady False, ' +
      'PodScheduled True',
  );
  assert.is(conditions[0], gate);
  for (const condition of conditions.slice(1)) assert.is(condition.observedGeneration, 3);
});

test('the transition time moves only with the status, not with reason or message (node.md §1.5, row 124)', () => {
  const first = podConditions(input({}));
  assert.ok(first.every(({ lastTransitionTime }) => lastTransitionTime === '2026-01-01T00:00:00Z'));

  const later = T0 + 5_000;
  const second = podConditions(input({ nowMs: later }, first));
  for (const [index, condition] of second.entries()) assert.is(condition, first[index]);

  const failed = podConditions(input({ nowMs: later, phase: 'Failed' }, first));
  const readyNow = failed.find(({ type }) => type === 'Ready');
  assert.is(readyNow?.reason, 'PodFailed');
  assert.is(readyNow?.lastTransitionTime, '2026-01-01T00:00:00Z');

  const up = podConditions(
    input(
      { nowMs: later, phase: 'Running', readyToStartContainers: true, containerStatuses: [ready('a')] },
      first,
    ),
  );
  const at = (type: string) => up.find((condition) => condition.type === type)?.lastTransitionTime;
  assert.is(at('Ready'), '2026-01-01T00:00:05Z');
  assert.is(at('ContainersReady'), '2026-01-01T00:00:05Z');
  assert.is(at('Initialized'), '2026-01-01T00:00:00Z');
});

test('a pod that was initialized stays so while its init containers run again (node.md §1.5, §3.3)', () => {
  const pod = {
    spec: spec({ initContainers: named('init'), containers: named('a') }),
    metadata: {},
    status: { conditions: [{ type: 'Initialized', status: 'True' }] },
  };
  const again = { containerStatuses: [status('a')], initContainerStatuses: [status('init', running)] };
  const initialized = (conditions: readonly PodCondition[]) =>
    podConditions(input({ ...again, pod: { ...pod, status: { conditions } } })).find(
      ({ type }) => type === 'Initialized',
    )?.status;
  assert.is(initialized(pod.status.conditions), 'True');
  assert.is(initialized([]), 'False');
});

test('a condition says which generation it was computed for, without a transition', () => {
  const first = podConditions(input({}));
  const pod = { ...input({}).pod, metadata: { generation: 4 }, status: { conditions: first } };
  const second = podConditions(input({ pod, nowMs: T0 + 9_000 }));
  for (const condition of second) {
    assert.is(condition.observedGeneration, 4);
    assert.is(condition.lastTransitionTime, '2026-01-01T00:00:00Z');
  }
});

test('AllContainersRestarting appears only with a rule for it, without a generation (node.md §1.5, §3.3)', () => {
  const rule = { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } };
  const pod = {
    spec: spec({ containers: [{ name: 'a', restartPolicy: 'Never', restartPolicyRules: [rule] }] }),
    metadata: { generation: 3 },
  };
  const last = (fields: Partial<PodConditionsInput>) => podConditions(input({ pod, ...fields })).at(-1);
  assert.equal(last({ restartingAllContainers: true }), {
    type: 'AllContainersRestarting',
    status: 'True',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    reason: 'RestartAllContainersStarted',
    message: 'container exited with restart policy rule',
  });
  assert.is(last({})?.status, 'False');
  assert.is(last({ phase: 'Failed' })?.reason, 'PodFailed');
  assert.is(podConditions(input({})).at(-1)?.type, 'PodScheduled');
});

test.run();
