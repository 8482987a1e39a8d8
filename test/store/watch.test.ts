import { config, take } from 'rxjs';
import * as assert from 'uvu/assert';
import { createMemoryStore } from '../../src/store/index.js';
import { suite } from '../support/suite.js';
import { collect, line, object } from './objects.js';

const test = suite('store: watch');

test('a watch gives the current state in key order, then every change, without gap', () => {
  const store = createMemoryStore();
  store.create('r', object('b'));
  const a = store.create('r', object('a'));
  const lines = collect(store, 'r');
  assert.equal(lines, ['added a@2', 'added b@1', 'synced@2']);
  store.create('other', object('x'));
  const changed = store.update('r', a, a);
  store.delete('r', changed);
  assert.equal(lines.slice(3), ['modified a@4', 'deleted a@5']);
});

test('a change carries the state before; a deletion the last state at the deletion’s version', () => {
  const store = createMemoryStore();
  const first = store.create('r', object('a', { spec: 1 }));
  const changes: unknown[] = [];
  store.watch('r', { after: store.revision }).subscribe((change) => changes.push(change));
  const second = store.update('r', first, { ...first, spec: 2 } as typeof first);
  const last = store.delete('r', second);
  assert.equal(changes, [
    { type: 'modified', revision: 2, object: second, previous: first },
    { type: 'deleted', revision: 3, object: last, previous: second },
  ]);
  assert.is(last.metadata.resourceVersion, '3');
});

test('a watch resumes after a version with exactly what came later, then goes on', () => {
  const store = createMemoryStore();
  const a = store.create('r', object('a'));
  store.create('r', object('b'));
  store.delete('r', a);
  const lines = collect(store, 'r', { after: 1 });
  assert.equal(lines, ['added b@2', 'deleted a@3']);
  store.create('r', object('c'));
  assert.is(lines.at(-1), 'added c@4');
});

test('a watch from the future is silent until changes exceed its version', () => {
  const store = createMemoryStore();
  const lines = collect(store, 'r', { after: 2 });
  store.create('r', object('a'));
  store.create('r', object('b'));
  store.create('r', object('c'));
  assert.equal(lines, ['added c@3']);
});

test('a history of 3 changes answers the last 3 and refuses older versions as compacted', () => {
  const store = createMemoryStore({ historySize: 3 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) store.create('r', object(name));
  assert.equal(collect(store, 'r', { after: 1 }), ['error revision 1 is compacted away']);
  assert.equal(collect(store, 'r', { after: 2 }), ['added c@3', 'added d@4', 'added e@5']);
  store.compact(4);
  assert.equal(collect(store, 'r', { after: 3 }), ['error revision 3 is compacted away']);
  assert.equal(collect(store, 'r', { after: 4 }), ['added e@5']);
  store.compact();
  assert.equal(collect(store, 'r', { after: 4 }), ['error revision 4 is compacted away']);
  assert.equal(collect(store, 'untouched', { after: 4 }), ['error revision 4 is compacted away']);
  assert.equal(collect(store, 'r', { after: 5 }), []);
});

test('a subscriber that writes does not reorder the changes of the others', () => {
  const store = createMemoryStore();
  const before = collect(store, 'r');
  store.watch('r').subscribe((notice) => {
    if (notice.type === 'added' && notice.object.metadata.name === 'a') {
      store.update('r', notice.object, notice.object);
      assert.is(store.revision, 2);
    }
  });
  const after = collect(store, 'r');
  store.create('r', object('a'));
  assert.equal(before, ['synced@0', 'added a@1', 'modified a@2']);
  assert.equal(after, before);
});

test('what a subscriber writes while it is told the initial state comes after that state, once', () => {
  const store = createMemoryStore();
  store.create('r', object('a'));
  store.create('r', object('b'));
  const lines: string[] = [];
  store.watch('r').subscribe((notice) => {
    lines.push(line(notice));
    if (line(notice) === 'added a@1') store.create('r', object('c'));
  });
  assert.equal(lines, ['added a@1', 'added b@2', 'synced@2', 'added c@3']);
});

test('a watch begun while a change is being delivered sees it in its initial state only', () => {
  const store = createMemoryStore();
  let late: string[] = [];
  const unsubscribe = store.watch('r').subscribe((notice) => {
    if (notice.type !== 'added') return;
    unsubscribe.unsubscribe();
    store.create('r', object('b'));
    late = collect(store, 'r');
  });
  store.create('r', object('a'));
  assert.equal(late, ['added a@1', 'added b@2', 'synced@2']);
});

test('a subscriber that throws breaks neither the write nor the others', async () => {
  const store = createMemoryStore();
  const errors: unknown[] = [];
  const { onUnhandledError } = config;
  config.onUnhandledError = (error) => errors.push(error);
  try {
    store.watch('r').subscribe(() => {
      throw new Error('mine');
    });
    const lines = collect(store, 'r');
    store.create('r', object('a'));
    store.create('r', object('b'));
    assert.equal(lines, ['synced@0', 'added a@1', 'added b@2']);
    await new Promise((resolve) => setImmediate(() => setTimeout(resolve, 0)));
    assert.equal(errors.map(String), ['Error: mine', 'Error: mine', 'Error: mine']);
  } finally {
    config.onUnhandledError = onUnhandledError;
  }
});

test('a subscriber that has enough, in the initial state or later, hears nothing more', () => {
  const store = createMemoryStore();
  store.create('r', object('a'));
  store.create('r', object('b'));
  const lines: string[] = [];
  store
    .watch('r')
    .pipe(take(1))
    .subscribe((notice) => lines.push(line(notice)));
  store
    .watch('r', { after: 2 })
    .pipe(take(1))
    .subscribe((notice) => lines.push(line(notice)));
  store.create('r', object('c'));
  store.create('r', object('d'));
  assert.equal(lines, ['added a@1', 'added c@3']);
});

test('a scope of a namespace and a field hears of objects that enter and leave it', () => {
  const store = createMemoryStore();
  const field = { path: 'spec.nodeName', value: 'n1' };
  const here = collect(store, 'r', { namespace: 'default', field });
  const unset = collect(store, 'r', { field: { path: 'spec.nodeName', value: '' } });
  store.create('r', object('x', { spec: { nodeName: 'n1' } }, 'other'));
  const a = store.create('r', object('a', { spec: {} }));
  const bound = store.update('r', a, { ...a, spec: { nodeName: 'n1' } } as typeof a);
  const moved = store.update('r', bound, { ...bound, spec: { nodeName: 'n2' } } as typeof a);
  store.delete('r', moved);
  assert.equal(here, ['synced@0', 'modified a@3', 'modified a@4']);
  assert.equal(unset, ['synced@0', 'added a@2', 'modified a@3']);
  assert.equal(collect(store, 'r', { after: 0, namespace: 'default', field }), [
    'modified a@3',
    'modified a@4',
  ]);
});

test('a change visits the watchers of its own field value only, however many there are', () => {
  const store = createMemoryStore();
  let reads = 0;
  for (let node = 0; node < 1000; node += 1)
    store
      .watch('r', { field: { path: 'spec.nodeName', value: `n${node}` } })
      .subscribe((notice) => (reads += notice.type === 'synced' ? 0 : 1));
  let lookups = 0;
  const spec = {
    get nodeName(): string {
      lookups += 1;
      return 'n7';
    },
  };
  store.create('r', object('a', { spec }));
  assert.is(reads, 1);
  assert.is(lookups, 1);
});

test.run();
