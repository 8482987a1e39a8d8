/** controllers.md DS-27, DS-60, DS-61 and api.md §8: defaults, rules and what the server keeps. Answers of a real API server. */
import * as assert from 'uvu/assert';
import {
  applyDefaults,
  decode,
  fieldErrorBody,
  validateCreate,
  validateUpdate,
  type KindName,
} from '../../../src/api/index.js';
import { createPlane } from '../../controllers/plane.js';
import { suite } from '../../support/suite.js';

const test = suite('api: DaemonSet');

const spec = (more: object = {}, podSpec: object = {}) => ({
  selector: { matchLabels: { a: 'b' } },
  template: {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...podSpec },
  },
  ...more,
});
const manifest = (more?: object, podSpec?: object) => ({
  metadata: { name: 'x' },
  spec: spec(more, podSpec),
});
const read = (kind: KindName, object: object): object => applyDefaults(kind, decode(kind, object).value);
const errors = (found: ReturnType<typeof validateCreate>): string[] =>
  found.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
const rolling = (rollingUpdate: object) =>
  manifest({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

test('DS-60: defaults and the empty status of a new DaemonSet', () => {
  const plane = createPlane({ controllers: [] });
  const created = plane.create('DaemonSet', manifest());
  assert.equal(created.spec.updateStrategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
  });
  assert.is(created.spec.revisionHistoryLimit, 10);
  assert.equal(created.status, {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  });
  plane.stop();
});

test('DS-27: the server counts templates in an annotation, whatever clients write there', () => {
  const plane = createPlane({ controllers: [] });
  const key = 'deprecated.daemonset.template.generation';
  assert.equal(plane.create('DaemonSet', manifest()).metadata.annotations, { [key]: '1' });
  const count = (body: object): unknown => plane.patch('DaemonSet', 'x', body).metadata.annotations?.[key];
  assert.is(count({ metadata: { annotations: { [key]: '9' } } }), '1');
  assert.is(count({ metadata: { annotations: null } }), '1');
  assert.is(count({ spec: { minReadySeconds: 5 } }), '1');
  assert.is(count({ spec: { template: { spec: { hostPID: true } } } }), '2');
  assert.is(plane.get('DaemonSet', 'x').metadata.generation, 3);
  plane.stop();
});

test('DS-61, invalid-ds-deadline: what a DaemonSet may not be', () => {
  const cases: Readonly<Record<string, readonly [object, ...string[]]>> = {
    valid: [manifest()],
    'a deadline, another restart policy and an unknown strategy': [
      manifest({ updateStrategy: { type: 'Soon' } }, { restartPolicy: 'Never', activeDeadlineSeconds: 5 }),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
      'spec.updateStrategy: Unsupported value: {"Type":"Soon","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ],
    'no selector': [
      { metadata: { name: 'x' }, spec: { template: spec().template } },
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
    ],
    'an empty selector': [
      manifest({ selector: {} }),
      'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
    ],
    'both limits': [
      rolling({ maxUnavailable: 1, maxSurge: 1 }),
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
    'neither limit': [
      rolling({ maxUnavailable: 0 }),
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
    'more than all': [
      rolling({ maxUnavailable: '101%' }),
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
    negative: [
      manifest({ minReadySeconds: -1, revisionHistoryLimit: -1 }),
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
    'maxSurge alone': [rolling({ maxUnavailable: 0, maxSurge: '30%' })],
    OnDelete: [manifest({ updateStrategy: { type: 'OnDelete' } })],
  };
  for (const [name, [object, ...expected]] of Object.entries(cases)) {
    const created = read('DaemonSet', { ...object, metadata: { name: 'x', namespace: 'default' } });
    assert.equal(errors(validateCreate('DaemonSet', created)), expected, name);
  }
});

test('the selector is immutable; collisionCount never falls', () => {
  const old = { ...read('DaemonSet', manifest()), status: { collisionCount: 2 } };
  const labels = { a: 'b', c: 'd' };
  const other = {
    ...read('DaemonSet', {
      ...manifest(),
      spec: {
        ...spec(),
        selector: { matchLabels: labels },
        template: { ...spec().template, metadata: { labels } },
      },
    }),
    status: old.status,
  };
  assert.equal(errors(validateUpdate('DaemonSet', other, old)), [
    'spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable',
  ]);
  const lower = { ...old, status: { collisionCount: 1, numberReady: -1 } };
  assert.equal(errors(validateUpdate('DaemonSet', lower, old)), [
    'status.numberReady: Invalid value: -1: must be greater than or equal to 0',
    'status.collisionCount: Invalid value: 1: cannot be decremented',
  ]);
});

test('a ControllerRevision has data, which is immutable, and a revision that is not negative', () => {
  const revision = (more: object): object =>
    read('ControllerRevision', { metadata: { name: 'x', namespace: 'default' }, revision: 1, ...more });
  assert.equal(errors(validateCreate('ControllerRevision', revision({}))), [
    'data: Required value: data is mandatory',
  ]);
  assert.equal(errors(validateCreate('ControllerRevision', revision({ data: { a: 1 }, revision: -1 }))), [
    'revision: Invalid value: -1: must be greater than or equal to 0',
  ]);
  assert.equal(
    errors(validateUpdate('ControllerRevision', revision({ data: { a: 2 } }), revision({ data: { a: 1 } }))),
    ['data: Invalid value: {"a":2}: field is immutable'],
  );
});

test.run();
