/** Objects read by their schema for server-side apply. api.md §6.1 (list types), §6.2 */
import * as assert from 'uvu/assert';
import { resourceFor, typedErrors, type Field } from '../../../src/api/index.js';
import { EMPTY_SET, encodeFieldSet, type FieldSet } from '../../../src/api/managedFields/fieldSet.js';
import {
  compareTyped,
  fieldsOf,
  mergeTyped,
  removeFields,
  rootField,
} from '../../../src/api/managedFields/typed.js';
import { suite } from '../../support/suite.js';

const test = suite('api: managed fields, typed values');

const pod = rootField(resourceFor('Pod').schema);
const deployment = rootField(resourceFor('Deployment').schema);
const containers = (...items: readonly object[]) => ({ spec: { containers: items } });
const shown = (set: FieldSet): object => encodeFieldSet(set);

test('§6.2: leaves are fields; list items are themselves and their parts; atomic lists and maps are one', () => {
  const value = {
    metadata: { labels: { a: 'b' }, finalizers: ['x/y'] },
    spec: {
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'k' }],
      containers: [{ name: 'c', command: ['a', 'b'], ports: [{ containerPort: 80 }], resources: {} }],
    },
  };
  assert.equal(shown(fieldsOf(pod, value)), {
    'f:metadata': { 'f:finalizers': { 'v:"x/y"': {} }, 'f:labels': { 'f:a': {} } },
    'f:spec': {
      'f:containers': {
        'k:{"name":"c"}': {
          '.': {},
          'f:command': {},
          'f:name': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          'f:resources': {},
        },
      },
      'f:nodeSelector': {},
      'f:tolerations': {},
    },
  });
});

test('§6.2: what is new counts as a whole with its parts, what is gone as well', () => {
  const before = { spec: { replicas: 1, strategy: {} } };
  const after = {
    spec: { strategy: { rollingUpdate: { maxSurge: 1 } }, selector: { matchLabels: { a: 'b' } } },
  };
  const { added, modified, removed } = compareTyped(deployment, before, after);
  assert.equal(shown(added), {
    'f:spec': { 'f:selector': {}, 'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} } } },
  });
  assert.equal(modified, EMPTY_SET);
  assert.equal(shown(removed), { 'f:spec': { 'f:replicas': {} } });
});

test('an atomic list that differs is one modified field', () => {
  const { added, modified, removed } = compareTyped(
    pod,
    containers({ name: 'c', args: ['a'] }),
    containers({ name: 'c', args: ['a', 'b'] }),
  );
  assert.equal([added, removed], [EMPTY_SET, EMPTY_SET]);
  assert.equal(shown(modified), { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:args': {} } } } });
});

test('a merge keeps what only the live object has, by key', () => {
  const live = containers({ name: 'a', image: '1', tty: true }, { name: 'side', image: 's' });
  assert.equal(
    mergeTyped(pod, live, containers({ name: 'a', image: '2' })),
    containers({ name: 'a', image: '2', tty: true }, { name: 'side', image: 's' }),
  );
});

test('items are merged in the order of the applied list; live ones keep their place', () => {
  const names = (...list: readonly string[]) => containers(...list.map((name) => ({ name })));
  const merged = (live: readonly string[], applied: readonly string[]): readonly string[] =>
    (mergeTyped(pod, names(...live), names(...applied)) as ReturnType<typeof names>).spec.containers.map(
      (item) => (item as { name: string }).name,
    );
  assert.equal(merged(['a', 'b', 'c'], ['c', 'a']), ['b', 'c', 'a']);
  assert.equal(merged(['x', 'a'], ['new', 'a']), ['x', 'new', 'a']);
  assert.equal(merged(['a', 'x'], ['a', 'new']), ['a', 'x', 'new']);
  assert.equal(merged([], ['b', 'a']), ['b', 'a']);
});

test('removing a field takes its parts; a value of which nothing is left is gone', () => {
  const value = { spec: { replicas: 1 }, metadata: { labels: { a: 'b', __proto__x: 'c' } } };
  const gone = fieldsOf(deployment, { metadata: { labels: { a: '' } }, spec: { replicas: 0 } });
  assert.equal(removeFields(deployment, value, gone), {
    spec: undefined,
    metadata: { labels: { __proto__x: 'c' } },
  });
});

test('a label called __proto__ is a label', () => {
  const labels = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
  const merged = mergeTyped(pod, { metadata: { labels: { a: 'b' } } }, { metadata: { labels } });
  assert.is(JSON.stringify(merged), '{"metadata":{"labels":{"a":"b","__proto__":"x"}}}');
});

test('§3.6: what cannot be applied is told with its path', () => {
  const errors = (field: Field, value: unknown): readonly string[] => typedErrors(field, value);
  assert.equal(errors(deployment, { spec: { foo: 1, replicas: 'x', paused: 'no' } }), [
    '.spec.foo: field not declared in schema',
    '.spec.replicas: expected numeric (int or float), got string',
    '.spec.paused: expected boolean, got &{no}',
  ]);
  assert.equal(errors(pod, containers({ name: 'c' }, { name: 'c' })), [
    '.spec.containers: duplicate entries for key [name="c"]',
  ]);
  assert.equal(errors(pod, { metadata: { labels: { a: 1 } }, spec: { containers: {} } }), [
    '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:1}',
    '.spec.containers: expected list, got &{map[]}',
  ]);
  const amounts = { name: 'c', resources: { limits: { cpu: 1, memory: '1Gi' } } };
  assert.equal(errors(pod, containers(amounts)), []);
});

test.run();
