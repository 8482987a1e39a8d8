import * as assert from 'uvu/assert';
import { toTable, type Table } from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: pod rows');

const T0 = Date.parse('2026-01-01T01:00:00Z');
const NAMES = ['a', 'b', 'c'];

interface Fields {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

const tableOf = ({ metadata = {}, spec = {}, status = {} }: Fields): Table =>
  toTable(
    'Pod',
    {
      metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
      spec: { containers: NAMES.slice(0, 1).map((name) => ({ name })), ...spec },
      status: { phase: 'Running', ...status },
    } as Parameters<typeof toTable>[1],
    { now: T0 },
  );

/** READY, STATUS and RESTARTS of a pod. */
const shown = (fields: Fields): string => (tableOf(fields).rows[0]?.cells ?? []).slice(1, 4).join(' ');

const container = (name: string, state: object, more: object = {}) => ({
  name,
  state,
  ready: false,
  restartCount: 0,
  ...more,
});
const running = (name: string, more: object = {}) =>
  container(name, { running: {} }, { ready: true, ...more });
const waiting = (name: string, reason?: string, more: object = {}) =>
  container(name, { waiting: { reason } }, more);
const ended = (name: string, exitCode: number, more: object = {}) =>
  container(name, { terminated: { exitCode, ...more } });
const isReady = [{ type: 'Ready', status: 'True' }];

test('the word for a pod with regular containers (node.md §1.9 steps 1 and 3)', () => {
  const two = { containers: [{ name: 'a' }, { name: 'b' }] };
  const rows: readonly (readonly [string, Fields])[] = [
    ['0/1 Pending 0', { status: { phase: 'Pending' } }],
    ['0/1 Evicted 0', { status: { phase: 'Failed', reason: 'Evicted' } }],
    [
      '0/1 SchedulingGated 0',
      {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
    ],
    ['1/1 Running 0', { status: { containerStatuses: [running('a')] } }],
    ['0/1 Running 0', { status: { containerStatuses: [running('a', { ready: false })] } }],
    ['0/1 ContainerCreating 0', { status: { containerStatuses: [waiting('a', 'ContainerCreating')] } }],
    ['0/1 Running 0', { status: { containerStatuses: [waiting('a')] } }],
    [
      '0/1 Completed 0',
      { status: { phase: 'Succeeded', containerStatuses: [ended('a', 0, { reason: 'Completed' })] } },
    ],
    ['0/1 Error 0', { status: { phase: 'Failed', containerStatuses: [ended('a', 1, { reason: 'Error' })] } }],
    ['0/1 ExitCode:3 0', { status: { containerStatuses: [ended('a', 3)] } }],
    ['0/1 Signal:9 0', { status: { containerStatuses: [ended('a', 137, { signal: 9 })] } }],
    // The container of the lowest index has the last word.
    [
      '0/2 ImagePullBackOff 0',
      {
        spec: two,
        status: { containerStatuses: [waiting('a', 'ImagePullBackOff'), ended('b', 1, { reason: 'Error' })] },
      },
    ],
    [
      '1/2 Running 0',
      {
        spec: two,
        status: {
          conditions: isReady,
          containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')],
        },
      },
    ],
    [
      '1/2 NotReady 0',
      { spec: two, status: { containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')] } },
    ],
    [
      '0/2 Error 0',
      {
        spec: two,
        status: {
          phase: 'Failed',
          containerStatuses: [ended('a', 0, { reason: 'Completed' }), ended('b', 1, { reason: 'Error' })],
        },
      },
    ],
  ];
  for (const [expected, fields] of rows) assert.is(shown(fields), expected);
});

test('the word for a pod that initializes (node.md §1.9 step 2)', () => {
  const initContainers = [{ name: 'i' }, { name: 'j' }];
  const pod = (...initContainerStatuses: readonly object[]): string =>
    shown({
      spec: { initContainers },
      status: {
        phase: 'Pending',
        initContainerStatuses,
        containerStatuses: [waiting('a', 'PodInitializing', { restartCount: 9 })],
      },
    });
  assert.is(pod(running('i'), waiting('j', 'PodInitializing')), '0/1 Init:0/2 0');
  assert.is(pod(ended('i', 0), running('j')), '0/1 Init:1/2 0');
  assert.is(pod(waiting('i', 'CrashLoopBackOff', { restartCount: 2 })), '0/1 Init:CrashLoopBackOff 2');
  assert.is(pod(ended('i', 1, { reason: 'Error' })), '0/1 Init:Error 0');
  assert.is(pod(ended('i', 2)), '0/1 Init:ExitCode:2 0');
  assert.is(pod(ended('i', 137, { signal: 9 })), '0/1 Init:Signal:9 0');
  assert.is(pod(ended('i', 0), ended('j', 0)), '0/1 PodInitializing 9');
});

test('sidecars count as containers, once started (node.md §1.9)', () => {
  const spec = { initContainers: [{ name: 's', restartPolicy: 'Always' }, { name: 'i' }] };
  const started = running('s', { started: true, restartCount: 3 });
  assert.is(
    shown({ spec, status: { phase: 'Pending', initContainerStatuses: [running('s', { started: false })] } }),
    '0/2 Init:0/2 0',
  );
  assert.is(
    shown({ spec, status: { phase: 'Pending', initContainerStatuses: [started, running('i')] } }),
    '1/2 Init:1/2 3',
  );
  assert.is(
    shown({
      spec,
      status: {
        initContainerStatuses: [started, { ...ended('i', 0), restartCount: 5 }],
        containerStatuses: [running('a', { restartCount: 1 })],
      },
    }),
    '2/2 Running 4',
  );
});

test('a pod that is initialized shows its regular containers though an init container runs again', () => {
  const status = {
    conditions: [{ type: 'Initialized', status: 'True' }],
    initContainerStatuses: [running('i')],
    containerStatuses: [running('a')],
  };
  assert.is(shown({ spec: { initContainers: [{ name: 'i' }] }, status }), '1/1 Init:0/1 0');
  const waits = { ...status, containerStatuses: [waiting('a', 'PodInitializing')] };
  assert.is(shown({ spec: { initContainers: [{ name: 'i' }] }, status: waits }), '0/1 PodInitializing 0');
});

test('restarts say how long ago the last one was, if there was one (api.md §7.1)', () => {
  const lastState = { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } };
  const older = { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:10:00Z' } };
  const restarted = (restartCount: number) => ({
    spec: { containers: [{ name: 'a' }, { name: 'b' }] },
    status: {
      containerStatuses: [running('a', { restartCount, lastState }), running('b', { lastState: older })],
    },
  });
  assert.is(shown(restarted(3)), '2/2 Running 3 (5m ago)');
  assert.is(shown(restarted(0)), '2/2 Running 0');
});

test('a pod being deleted is Terminating, unless it has ended or its node is lost (node.md §1.9 step 4, row 49)', () => {
  const metadata = { deletionTimestamp: '2026-01-01T00:59:00Z' };
  assert.is(shown({ metadata, status: { containerStatuses: [running('a')] } }), '1/1 Terminating 0');
  assert.is(shown({ metadata, status: { phase: 'Succeeded' } }), '0/1 Succeeded 0');
  assert.is(shown({ metadata, status: { reason: 'NodeLost' } }), '0/1 Unknown 0');
});

test('wide cells are <none> when empty (api.md §11 row 49)', () => {
  assert.equal(tableOf({}).rows[0]?.cells.slice(4), ['60m', '<none>', '<none>', '<none>', '<none>']);
  const full = tableOf({
    spec: { nodeName: 'n1', readinessGates: [{ conditionType: 'Ready' }, { conditionType: 'x' }] },
    status: { podIPs: [{ ip: '127.0.1.2' }], nominatedNodeName: 'n2', conditions: isReady },
  });
  assert.equal(full.rows[0]?.cells.slice(5), ['127.0.1.2', 'n1', 'n2', '1/2']);
});

test('rows of pods that have ended carry a condition (api.md §7)', () => {
  const conditions = (phase: string) => tableOf({ status: { phase } }).rows[0]?.conditions;
  assert.equal(conditions('Succeeded'), [
    {
      type: 'Completed',
      status: 'True',
      reason: 'Succeeded',
      message: 'The pod has completed successfully.',
    },
  ]);
  assert.equal(conditions('Failed'), [
    { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
  ]);
  assert.is(conditions('Running'), undefined);
});

test.run();
