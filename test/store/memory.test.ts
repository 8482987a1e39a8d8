import * as assert from 'uvu/assert';
import { createMemoryStore, StoreError } from '../../src/store/index.js';
import { suite } from '../support/suite.js';
import { object } from './objects.js';

const test = suite('store: objects');

const names = (
  objects: readonly {
    readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
  }[],
) => objects.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);

const reasonOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof StoreError) return error.reason;
    throw error;
  }
  return 'no error';
};

test('every write of every resource raises one counter and stamps the object', () => {
  const store = createMemoryStore();
  assert.is(store.revision, 0);
  assert.is(store.create('a', object('x')).metadata.resourceVersion, '1');
  const second = store.create('b', object('x'));
  assert.is(second.metadata.resourceVersion, '2');
  assert.is(store.update('b', second, second).metadata.resourceVersion, '3');
  assert.is(store.revision, 3);
});

test('objects are frozen and shared: reading twice gives the same object, writing shares what did not change', () => {
  const store = createMemoryStore();
  const spec = { replicas: 1 };
  const stored = store.create('a', object('x', { spec }));
  assert.is(store.get('a', 'default', 'x'), stored);
  assert.ok(Object.isFrozen(stored) && Object.isFrozen(stored.metadata));
  assert.is((stored as unknown as { spec: object }).spec, spec);
});

test('a write takes over a fresh object in place, and copies one that is shared already', () => {
  const store = createMemoryStore();
  const fresh = object('x');
  const first = store.create('a', fresh);
  assert.is(first, fresh);
  const second = store.update('a', first, first);
  assert.is(first.metadata.resourceVersion, '1');
  assert.is(second.metadata.resourceVersion, '2');
});

test('a taken name, a stale object and an absent one are refused', () => {
  const store = createMemoryStore();
  const first = store.create('a', object('x'));
  assert.is(
    reasonOf(() => store.create('a', object('x'))),
    'exists',
  );
  store.update('a', first, first);
  assert.is(
    reasonOf(() => store.update('a', first, first)),
    'conflict',
  );
  assert.is(
    reasonOf(() => store.delete('a', first)),
    'conflict',
  );
  assert.is(
    reasonOf(() => store.update('a', object('y'), object('y'))),
    'conflict',
  );
  assert.is(store.revision, 2);
});

test('a list is in key order, namespace/name bytewise, as etcd keeps it', () => {
  const store = createMemoryStore();
  for (const [namespace, name] of [
    ['b', 'a'],
    ['a', 'b'],
    ['a', 'B'],
    ['a', 'a-1'],
    ['a-b', 'z'],
    ['a', 'a'],
  ] as const)
    store.create('r', object(name, {}, namespace));
  assert.equal(names(store.list('r')), ['a-b/z', 'a/B', 'a/a', 'a/a-1', 'a/b', 'b/a']);
  assert.equal(names(store.list('r', 'a')), ['a/B', 'a/a', 'a/a-1', 'a/b']);
  assert.equal(store.list('r', 'none'), []);
  assert.equal(store.list('unknown'), []);
});

test('a list of one namespace follows creations and deletions', () => {
  const store = createMemoryStore();
  const b = store.create('r', object('b'));
  store.create('r', object('c'));
  assert.equal(names(store.list('r', 'default')), ['default/b', 'default/c']);
  store.create('r', object('a'));
  store.delete('r', b);
  assert.equal(names(store.list('r', 'default')), ['default/a', 'default/c']);
});

test('an earlier state is rebuilt from the history until that is compacted', () => {
  const store = createMemoryStore();
  const a = store.create('r', object('a', { spec: 1 }));
  store.create('r', object('b'));
  const changed = store.update('r', a, { ...a, spec: 2 } as typeof a);
  store.delete('r', changed);
  store.create('r', object('c', {}, 'other'));
  assert.equal(names(store.list('r')), ['default/b', 'other/c']);
  assert.equal(store.listAt('r', 1), [a]);
  assert.equal(names(store.listAt('r', 2)), ['default/a', 'default/b']);
  assert.equal(store.listAt('r', 3)[0], changed);
  assert.equal(names(store.listAt('r', 4)), ['default/b']);
  assert.equal(names(store.listAt('r', 4, 'other')), []);
  store.compact(2);
  assert.is(
    reasonOf(() => store.listAt('r', 1)),
    'compacted',
  );
  assert.equal(names(store.listAt('r', 2)), ['default/a', 'default/b']);
});

test.run();
