import * as assert from 'uvu/assert';
import { ApiError, type KindName } from '../../src/api/index.js';
import type { WatchOptions } from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import { configMapManifest, createTestApi, podManifest, told, value, type TestApi } from './cluster.js';

const test = suite('client/local: watch');

/** One line per event: `ADDED a@5`. */
const collect = ({ api }: TestApi, kind: KindName, options?: WatchOptions): string[] => {
  const lines: string[] = [];
  api.watch(kind, options).subscribe({
    next: (event) =>
      lines.push(
        event.type === 'BOOKMARK'
          ? `BOOKMARK ${event.initialEventsEnd}@${event.resourceVersion}`
          : `${event.type} ${event.object.metadata.name}@${event.object.metadata.resourceVersion}`,
      ),
    error: (error: unknown) =>
      lines.push(error instanceof ApiError ? `${error.code} ${error.message}` : String(error)),
  });
  return lines;
};
/** Without versions. */
const short = (lines: readonly string[]) => lines.map((line) => line.replace(/@\d+$/, ''));
const createConfigMap = ({ api }: TestApi, name: string, labels?: object) =>
  value(api.create('ConfigMap', configMapManifest(name, {}, labels && { labels })));
const label = ({ api }: TestApi, name: string, labels: object) =>
  value(
    api.patch(
      { kind: 'ConfigMap', namespace: 'default', name },
      { type: 'merge', body: { metadata: { labels } } },
    ),
  );

test('without a version, or with 0, a watch starts with the current objects', () => {
  const cluster = createTestApi();
  createConfigMap(cluster, 'b');
  createConfigMap(cluster, 'a');
  const unset = collect(cluster, 'ConfigMap');
  const zero = collect(cluster, 'ConfigMap', { resourceVersion: '0', namespace: 'default' });
  createConfigMap(cluster, 'c');
  assert.equal(short(unset), ['ADDED a', 'ADDED b', 'ADDED c']);
  assert.equal(zero, unset);
});

test('with a version a watch gives what came after it, and only of its namespace', () => {
  const cluster = createTestApi();
  const { metadata } = createConfigMap(cluster, 'a');
  createConfigMap(cluster, 'b');
  value(cluster.api.create('ConfigMap', configMapManifest('z'), { namespace: 'kube-system' }));
  value(cluster.api.delete({ kind: 'ConfigMap', namespace: 'default', name: 'a' }));
  const lines = collect(cluster, 'ConfigMap', {
    resourceVersion: metadata.resourceVersion,
    namespace: 'default',
  });
  assert.equal(short(lines), ['ADDED b', 'DELETED a']);
  assert.is(lines[1], `DELETED a@${cluster.store.revision}`);
});

test('a watch of a label selector sees objects come and go as they match', () => {
  const cluster = createTestApi();
  const lines = collect(cluster, 'ConfigMap', { labelSelector: 'app=x' });
  const objects: unknown[] = [];
  cluster.api.watch('ConfigMap', { labelSelector: 'app=x' }).subscribe((event) => {
    if (event.type !== 'BOOKMARK') objects.push(event.object.metadata.labels);
  });
  createConfigMap(cluster, 'a', { app: 'y' });
  label(cluster, 'a', { app: 'x' });
  label(cluster, 'a', { more: '1' });
  label(cluster, 'a', { app: 'z' });
  assert.is(lines.at(-1), `DELETED a@${cluster.store.revision}`);
  assert.equal(objects.at(-1), { app: 'x', more: '1' });
  createConfigMap(cluster, 'b', { app: 'x' });
  value(cluster.api.delete({ kind: 'ConfigMap', namespace: 'default', name: 'a' }));
  value(cluster.api.delete({ kind: 'ConfigMap', namespace: 'default', name: 'b' }));
  assert.equal(short(lines), ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b', 'DELETED b']);
});

test('a node’s watch gets its pods when they are bound, and no others', () => {
  const cluster = createTestApi();
  const node = collect(cluster, 'Pod', { fieldSelector: 'spec.nodeName=n1' });
  const unbound = collect(cluster, 'Pod', { fieldSelector: 'spec.nodeName=' });
  for (const [name, nodeName] of [
    ['p', 'n1'],
    ['q', 'n2'],
  ] as const) {
    value(cluster.api.create('Pod', podManifest(name)));
    value(cluster.api.bind({ namespace: 'default', name }, nodeName));
  }
  assert.equal(short(node), ['ADDED p']);
  assert.equal(short(unbound), ['ADDED p', 'DELETED p', 'ADDED q', 'DELETED q']);
});

test('row 65: a watch of one name starts with that object', () => {
  const cluster = createTestApi();
  createConfigMap(cluster, 'a');
  createConfigMap(cluster, 'b');
  const lines = collect(cluster, 'ConfigMap', { fieldSelector: 'metadata.name=a', resourceVersion: '0' });
  label(cluster, 'b', { x: '1' });
  label(cluster, 'a', { x: '1' });
  assert.equal(short(lines), ['ADDED a', 'MODIFIED a']);
});

test('api.md §5: sendInitialEvents ends the initial objects with a bookmark; false leaves them out', () => {
  const cluster = createTestApi();
  createConfigMap(cluster, 'a');
  const { revision } = cluster.store;
  const lines = collect(cluster, 'ConfigMap', { sendInitialEvents: true, resourceVersion: '1' });
  const none = collect(cluster, 'ConfigMap', { sendInitialEvents: false });
  assert.equal(lines, [`ADDED a@${revision}`, `BOOKMARK true@${revision}`]);
  createConfigMap(cluster, 'b');
  assert.equal(short(none), ['ADDED b']);
});

test('a version that is compacted away ends the watch as Expired 410', () => {
  const cluster = createTestApi();
  createConfigMap(cluster, 'a');
  createConfigMap(cluster, 'b');
  const { revision } = cluster.store;
  cluster.store.compact();
  assert.equal(collect(cluster, 'ConfigMap', { resourceVersion: '1' }), [
    `410 too old resource version: 1 (${revision})`,
  ]);
  assert.equal(collect(cluster, 'ConfigMap', { resourceVersion: String(revision) }), []);
});

test('a version or selector that cannot be understood ends the watch with its error', () => {
  const cluster = createTestApi();
  assert.equal(collect(cluster, 'ConfigMap', { resourceVersion: 'abc' }), [
    '500 resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  ]);
  assert.equal(collect(cluster, 'Pod', { fieldSelector: 'foo=bar' }), ['400 field label not supported: foo']);
});

test('changes arrive before the write that caused them returns', () => {
  const cluster = createTestApi();
  const lines = collect(cluster, 'ConfigMap');
  cluster.api.create('ConfigMap', configMapManifest('a')).settled(() => {
    assert.equal(short(lines), ['ADDED a']);
  });
  assert.is(told(cluster.api.create('ConfigMap', configMapManifest('a'))).text.slice(0, 3), '409');
  assert.is(lines.length, 1);
});

test.run();
