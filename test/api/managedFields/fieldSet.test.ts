/** Sets of fields and their written form. api.md §6.2 */
import * as assert from 'uvu/assert';
import {
  createFieldSetBuilder,
  decodeFieldSet,
  difference,
  encodeFieldSet,
  EMPTY_SET,
  formatPath,
  intersection,
  pathsIn,
  union,
  withoutMembers,
  withoutPaths,
  type FieldSet,
  type Path,
} from '../../../src/api/managedFields/fieldSet.js';
import { suite } from '../../support/suite.js';

const test = suite('api: managed fields, sets');

const setOf = (...paths: readonly Path[]): FieldSet => {
  const builder = createFieldSetBuilder();
  for (const path of paths) builder.add(path);
  return builder.build();
};
const labels = ['f:metadata', 'f:labels'];
const container = ['f:spec', 'f:containers', 'k:{"name":"c"}'];

test('§6.2: FieldsV1 writes a part that is in the set beside its parts as a dot', () => {
  const set = setOf(labels, [...labels, 'f:app'], [...container, 'f:image'], container);
  const fields = {
    'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
    'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {} } } },
  };
  assert.is(JSON.stringify(encodeFieldSet(set)), JSON.stringify(fields));
  assert.equal(pathsIn(decodeFieldSet(fields) as FieldSet), pathsIn(set));
});

test('elements stand in order: fields, keys, values, indexes', () => {
  const set = setOf(['i:0'], ['v:"a"'], ['k:{"a":1}'], ['f:b'], ['f:a']);
  assert.equal(Object.keys(encodeFieldSet(set)), ['f:a', 'f:b', 'k:{"a":1}', 'v:"a"', 'i:0']);
});

test('what is no FieldsV1 is no set', () => {
  for (const fields of [
    null,
    [],
    'x',
    { a: {} },
    { 'f:': {} },
    { 'f:a': null },
    { 'i:x': {} },
    { 'k:{a}': {} },
    { 'v:a': {} },
  ])
    assert.is(decodeFieldSet(fields), undefined, JSON.stringify(fields));
  assert.equal(decodeFieldSet({}), EMPTY_SET);
});

test('union, intersection and difference go mark by mark', () => {
  const whole = setOf(labels, [...labels, 'f:a'], [...labels, 'f:b']);
  const one = setOf(labels, [...labels, 'f:a']);
  assert.equal(pathsIn(union(one, setOf([...labels, 'f:b']))), pathsIn(whole));
  assert.equal(pathsIn(intersection(whole, one)), pathsIn(one));
  assert.equal(pathsIn(difference(whole, one)), [[...labels, 'f:b']]);
  assert.equal(pathsIn(difference(whole, setOf(labels))), [
    [...labels, 'f:a'],
    [...labels, 'f:b'],
  ]);
  assert.equal(difference(one, one), EMPTY_SET);
});

test('paths are taken out with what lies in them, members alone', () => {
  const set = setOf(['f:status'], ['f:status', 'f:replicas'], ['f:spec', 'f:replicas']);
  assert.equal(pathsIn(withoutPaths(set, [['f:status']])), [['f:spec', 'f:replicas']]);
  assert.equal(pathsIn(withoutMembers(set, [['f:status']])), [
    ['f:spec', 'f:replicas'],
    ['f:status', 'f:replicas'],
  ]);
});

test('§6.2: paths read as messages show them', () => {
  assert.is(formatPath([...container, 'f:image']), '.spec.containers[name="c"].image');
  assert.is(
    formatPath(['f:ports', 'k:{"containerPort":80,"protocol":"TCP"}']),
    '.ports[containerPort=80,protocol="TCP"]',
  );
  assert.is(formatPath(['f:finalizers', 'v:"a/b"']), '.finalizers[="a/b"]');
  assert.is(formatPath(['f:args', 'i:2']), '.args[2]');
});

test.run();
