/** The registry of served kinds, and what every schema must keep. */
import * as assert from 'uvu/assert';
import {
  isServedKind,
  resourceAt,
  resourceFor,
  resources,
  type Field,
  type Schema,
} from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: registry');

test('kinds are found by name and by path', () => {
  assert.is(resourceFor('Deployment').apiVersion, 'apps/v1');
  assert.is(resourceAt('', 'v1', 'pods')?.kind, 'Pod');
  assert.is(resourceAt('apps', 'v1', 'pods'), undefined);
  assert.is(isServedKind('StatefulSet'), false);
  assert.throws(() => resourceFor('StatefulSet' as never), /statelet does not serve the kind "StatefulSet"/);
});

test('names, scopes and traits are those of Kubernetes', () => {
  const { namespaced, shortNames, categories, singular, subresources, verbs } = resourceFor('Pod');
  assert.equal([namespaced, shortNames, categories, singular], [true, ['po'], ['all'], 'pod']);
  assert.ok(
    subresources.includes('status') && subresources.includes('log') && subresources.includes('binding'),
  );
  assert.is(verbs.length, 8);
  assert.not.ok(resourceFor('Namespace').verbs.includes('deletecollection'));
  assert.equal(
    resources.filter(({ namespaced: isNamespaced }) => !isNamespaced).map(({ kind }) => kind),
    ['Namespace', 'Node'],
  );
  assert.equal(
    resources.filter(({ hasGeneration }) => hasGeneration).map(({ kind }) => kind),
    [
      'Pod',
      'ReplicationController',
      'DaemonSet',
      'Deployment',
      'ReplicaSet',
      'CronJob',
      'Job',
      'PodDisruptionBudget',
    ],
  );
  assert.equal(
    resources.filter(({ gracefulDeletion }) => gracefulDeletion).map(({ kind }) => kind),
    ['Pod'],
  );
});

const eachField = (
  schema: Schema,
  visit: (owner: string, name: string, field: Field) => void,
  seen = new Set<Schema>(),
): void => {
  if (seen.has(schema)) return;
  seen.add(schema);
  if (schema.type === 'list') eachField(schema.item, visit, seen);
  if (schema.type === 'map') eachField(schema.value, visit, seen);
  if (schema.type !== 'object') return;
  for (const [name, field] of Object.entries(schema.fields)) {
    visit(schema.name, name, field);
    eachField(field.schema, visit, seen);
  }
};

test('every field can be read from protobuf, and no two fields of a type share a number', () => {
  for (const { schema } of resources) {
    const numbers = new Map<string, Set<number>>();
    eachField(schema, (owner, name, { options }) => {
      if (name === 'kind' || name === 'apiVersion') return;
      const { proto } = options;
      if (proto === undefined) return;
      const taken = numbers.get(owner) ?? new Set();
      assert.not.ok(taken.has(proto), `${owner}.${name}`);
      numbers.set(owner, taken.add(proto));
    });
  }
});

test('fields without a number of their own lie in an inlined message', () => {
  for (const { schema } of resources) {
    const missing: string[] = [];
    const collect = (type: Schema, seen: Set<Schema>): void => {
      if (seen.has(type)) return;
      seen.add(type);
      if (type.type === 'list') collect(type.item, seen);
      if (type.type === 'map') collect(type.value, seen);
      if (type.type !== 'object') return;
      for (const [name, field] of Object.entries(type.fields)) {
        const isInlined = type.inlined.some(({ fields }) => fields[name] !== undefined);
        const isTypeMeta = type === schema && (name === 'kind' || name === 'apiVersion');
        if (field.options.proto === undefined && !isInlined && !isTypeMeta)
          missing.push(`${type.name}.${name}`);
        collect(field.schema, seen);
      }
    };
    collect(schema, new Set());
    assert.equal(missing, []);
  }
});

test('lists that merge by keys name fields of their items', () => {
  for (const { schema } of resources)
    eachField(schema, (owner, name, { schema: type, options }) => {
      const keys = [
        ...(options.mapKeys ?? []),
        ...(options.mergeKey === undefined ? [] : [options.mergeKey]),
      ];
      for (const key of keys) {
        assert.ok(type.type === 'list' && type.item.type === 'object', `${owner}.${name}`);
        if (type.type === 'list' && type.item.type === 'object')
          assert.ok(Object.hasOwn(type.item.fields, key), `${owner}.${name}: ${key}`);
      }
    });
});

test('objects are read with kind, apiVersion and metadata first', () => {
  for (const { schema } of resources)
    assert.equal(Object.keys(schema.fields).slice(0, 3), ['kind', 'apiVersion', 'metadata']);
});

test.run();
