import * as assert from 'uvu/assert';
import { tableColumns, toTable, type TableOptions } from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: tables');

const T0 = Date.parse('2026-01-01T00:00:05Z');
/** Five seconds before the tables are made. */
const CREATED = '2026-01-01T00:00:00Z';
const metadata = (name: string, more: object = {}) => ({ name, creationTimestamp: CREATED, ...more });

const cells = (kind: string, object: object, now = T0): readonly unknown[] =>
  toTable(kind, object as Parameters<typeof toTable>[1], { now }).rows[0]?.cells ?? [];

const template = {
  metadata: { labels: { a: 'b' } },
  spec: {
    containers: [
      { name: 'side', image: 'busybox' },
      { name: 'c', image: 'nginx' },
    ],
  },
};

test('workloads have the cells that a real API server gives them (api.md §7)', () => {
  const rows: readonly (readonly [string, object, readonly unknown[]])[] = [
    [
      'Deployment',
      {
        metadata: metadata('d1'),
        spec: { replicas: 3, selector: { matchLabels: { a: 'b' } }, template },
        status: { replicas: 2, updatedReplicas: 2 },
      },
      ['d1', '0/3', 2, 0, '5s', 'side,c', 'busybox,nginx', 'a=b'],
    ],
    [
      'ReplicaSet',
      {
        metadata: metadata('d1-fd4b6ccd5'),
        spec: {
          replicas: 2,
          selector: { matchLabels: { 'pod-template-hash': 'fd4b6ccd5', a: 'b' } },
          template,
        },
        status: { replicas: 2 },
      },
      ['d1-fd4b6ccd5', 2, 2, 0, '5s', 'side,c', 'busybox,nginx', 'a=b,pod-template-hash=fd4b6ccd5'],
    ],
    [
      'ReplicationController',
      {
        metadata: metadata('rc1'),
        spec: { replicas: 1, selector: { rc: '1' }, template },
        status: { replicas: 1 },
      },
      ['rc1', 1, 1, 0, '5s', 'side,c', 'busybox,nginx', 'rc=1'],
    ],
    [
      'DaemonSet',
      {
        metadata: metadata('ds1'),
        spec: {
          selector: { matchLabels: { ds: '1' } },
          template: { spec: { ...template.spec, nodeSelector: { never: 'here' } } },
        },
        status: { desiredNumberScheduled: 4, currentNumberScheduled: 3, numberReady: 2 },
      },
      ['ds1', 4, 3, 2, 0, 0, 'never=here', '5s', 'side,c', 'busybox,nginx', 'ds=1'],
    ],
    [
      'CronJob',
      {
        metadata: metadata('c1'),
        spec: { schedule: '0 0 1 1 *', suspend: false, jobTemplate: { spec: { template } } },
        status: {},
      },
      ['c1', '0 0 1 1 *', '<none>', 'False', 0, '<none>', '5s', 'side,c', 'busybox,nginx', '<none>'],
    ],
    [
      'CronJob',
      {
        metadata: metadata('c2'),
        spec: {
          schedule: '* * * * *',
          timeZone: 'Etc/UTC',
          suspend: true,
          jobTemplate: { spec: { template } },
        },
        status: { active: [{}], lastScheduleTime: '2026-01-01T00:00:03Z' },
      },
      ['c2', '* * * * *', 'Etc/UTC', 'True', 1, '2s', '5s', 'side,c', 'busybox,nginx', '<none>'],
    ],
    [
      'PodDisruptionBudget',
      { metadata: metadata('b1'), spec: { minAvailable: 1 }, status: { disruptionsAllowed: 0 } },
      ['b1', '1', 'N/A', 0, '5s'],
    ],
    [
      'ControllerRevision',
      {
        metadata: metadata('w-1', {
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true },
          ],
        }),
        revision: 3,
      },
      ['w-1', 'statefulset.apps/web', 3, '5s'],
    ],
  ];
  for (const [kind, object, expected] of rows) {
    assert.equal(cells(kind, object), expected, kind);
    assert.is(tableColumns(kind).length, expected.length, `${kind}: columns`);
  }
});

test('a job’s STATUS, COMPLETIONS and DURATION (api.md §7 Job)', () => {
  const job = (spec: object, status: object, meta: object = {}) =>
    cells('Job', { metadata: metadata('j', meta), spec: { template, ...spec }, status }).slice(1, 4);
  const has = (type: string) => ({ conditions: [{ type, status: 'True' }] });
  const started = { startTime: '2026-01-01T00:00:01Z' };
  assert.equal(job({ completions: 1 }, started), ['Running', '0/1', '4s']);
  assert.equal(job({ completions: 3 }, { succeeded: 2 }), ['Running', '2/3', '']);
  assert.equal(job({ parallelism: 4 }, { succeeded: 2 }), ['Running', '2/1 of 4', '']);
  assert.equal(job({ parallelism: 1 }, {}), ['Running', '0/1', '']);
  assert.equal(
    job(
      { completions: 1 },
      { succeeded: 1, completionTime: '2026-01-01T00:00:03Z', ...started, ...has('Complete') },
    ),
    ['Complete', '1/1', '2s'],
  );
  const statuses = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];
  for (const type of statuses) assert.is(job({}, has(type))[0], type);
  const deleting = { deletionTimestamp: CREATED };
  assert.is(job({}, has('Suspended'), deleting)[0], 'Terminating');
  assert.is(job({}, has('Failed'), deleting)[0], 'Failed');
});

test('nodes show readiness, cordoning, roles and addresses (api.md §7 Node)', () => {
  const node = (status: object, spec: object = {}, labels: object = {}) =>
    cells('Node', { metadata: metadata('n', { labels }), spec, status });
  const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] });
  const nodeInfo = {
    kubeletVersion: 'v1.36.2',
    osImage: 'Linux',
    kernelVersion: '6.1',
    architecture: 'amd64',
    containerRuntimeVersion: 'statelet://1',
  };
  assert.equal(
    node({ ...ready('True'), nodeInfo, addresses: [{ type: 'InternalIP', address: '172.16.0.1' }] }),
    ['n', 'Ready', '<none>', '5s', 'v1.36.2', '172.16.0.1', '<none>', 'Linux', '6.1 (amd64)', 'statelet://1'],
  );
  assert.is(node(ready('Unknown'))[1], 'NotReady');
  assert.is(node({})[1], 'Unknown');
  assert.is(node(ready('True'), { unschedulable: true })[1], 'Ready,SchedulingDisabled');
  const roles = {
    'node-role.kubernetes.io/worker': '',
    'node-role.kubernetes.io/control-plane': '',
    'kubernetes.io/role': 'edge',
  };
  assert.is(node({}, {}, roles)[2], 'control-plane,edge,worker');
  assert.equal(node({}).slice(5), ['<none>', '<none>', '<unknown>', '<unknown>', '<unknown>']);
});

test('events show who saw what, when and how often (api.md §7 Event)', () => {
  const event = {
    metadata: metadata('p.1'),
    type: 'Warning',
    reason: 'BackOff',
    message: ' Back-off restarting \n',
    involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{c}' },
    source: { component: 'kubelet', host: 'n1' },
    firstTimestamp: CREATED,
    lastTimestamp: '2026-01-01T00:00:03Z',
    count: 4,
  };
  assert.equal(cells('Event', event), [
    '2s',
    'Warning',
    'BackOff',
    'pod/p',
    'spec.containers{c}',
    'kubelet, n1',
    'Back-off restarting',
    '5s',
    4,
    'p.1',
  ]);
  const newer = {
    ...event,
    source: {},
    reportingComponent: 'scheduler',
    reportingInstance: 'scheduler-0',
    firstTimestamp: undefined,
    lastTimestamp: undefined,
    eventTime: '2026-01-01T00:00:01.000000Z',
    count: undefined,
  };
  const [last, , , , , source, , first, count] = cells('Event', newer);
  assert.equal([last, source, first, count], ['4s', 'scheduler, scheduler-0', '4s', 1]);
  const series = { ...newer, series: { count: 7, lastObservedTime: '2026-01-01T00:00:04.000000Z' } };
  assert.is(cells('Event', series)[0], '1s');
  assert.is(cells('Event', series)[8], 7);
});

test('small kinds (api.md §7)', () => {
  assert.equal(cells('Namespace', { metadata: metadata('g'), status: { phase: 'Active' } }), [
    'g',
    'Active',
    '5s',
  ]);
  assert.equal(cells('Lease', { metadata: metadata('n'), spec: { holderIdentity: 'n' } }), ['n', 'n', '5s']);
  assert.equal(cells('ConfigMap', { metadata: metadata('c'), data: { a: '' }, binaryData: { b: '' } }), [
    'c',
    2,
    '5s',
  ]);
  assert.equal(cells('Secret', { metadata: metadata('s'), type: 'Opaque', data: {} }), [
    's',
    'Opaque',
    0,
    '5s',
  ]);
  assert.equal(cells('ServiceAccount', { metadata: metadata('default') }), ['default', '5s']);
  assert.equal(cells('Role', { metadata: metadata('r') }), ['r', CREATED]);
});

test('an age that cannot be told is <unknown>', () => {
  assert.equal(cells('ServiceAccount', { metadata: { name: 'x' } }), ['x', '<unknown>']);
});

test('columns carry type, format and priority; the first names the object (api.md §7)', () => {
  const shown = tableColumns('Pod').map(({ name, type, priority }) => `${name} ${type} ${priority}`);
  assert.equal(shown, [
    'Name string 0',
    'Ready string 0',
    'Status string 0',
    'Restarts string 0',
    'Age string 0',
    'IP string 1',
    'Node string 1',
    'Nominated Node string 1',
    'Readiness Gates string 1',
  ]);
  assert.is(tableColumns('Pod')[0]?.format, 'name');
  assert.is(tableColumns('ReplicaSet')[1]?.type, 'integer');
  assert.is(tableColumns('CronJob')[3]?.type, 'boolean');
  assert.is(tableColumns('Role')[1]?.type, 'date');
  for (const kind of ['Pod', 'Node', 'Event', 'Job', 'DaemonSet', 'Lease', 'Role']) {
    for (const { description } of tableColumns(kind)) assert.ok(description.length > 10);
  }
});

test('a list’s table carries version and continuation; rows what includeObject asks for (api.md §5, §7)', () => {
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: metadata('c'), data: { a: 'b' } };
  const list = {
    metadata: { resourceVersion: '7', continue: 'tok', remainingItemCount: 1 },
    items: [object],
  };
  const table = (includeObject?: TableOptions['includeObject']) =>
    toTable('ConfigMap', list, { now: T0, includeObject });
  assert.equal(table().metadata, { resourceVersion: '7', continue: 'tok', remainingItemCount: 1 });
  assert.equal(table().rows[0]?.object, {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
  });
  assert.is(table('Object').rows[0]?.object, object);
  assert.is(table('None').rows[0]?.object, null);
  const single = toTable('ConfigMap', { metadata: metadata('c', { resourceVersion: '6' }) }, { now: T0 });
  assert.equal(single.metadata, { resourceVersion: '6' });
  assert.equal(toTable('ConfigMap', { ...list, items: [] }, { now: T0 }).rows, []);
});

test.run();
