import { Observable } from 'rxjs';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/index.js';
import {
  createInformer,
  type Api,
  type InformerEvent,
  type WatchEvent,
  type WatchOptions,
} from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import { createTestApi, namesOf, podManifest, value, type TestApi } from './cluster.js';

const test = suite('client: informer');

const createPod = ({ api }: TestApi, name: string, app = 'x') =>
  value(api.create('Pod', podManifest(name, {}, { labels: { app } })));
const bind = ({ api }: TestApi, name: string, node: string) =>
  value(api.bind({ namespace: 'default', name }, node));
const remove = ({ api }: TestApi, name: string) =>
  value(api.delete({ kind: 'Pod', namespace: 'default', name }));

const line = ({ type, object, old }: InformerEvent<Pod>) =>
  `${type} ${object.metadata.name}${old === undefined ? '' : ` from ${old.metadata.resourceVersion}`}`;

test('an informer holds what is there when it starts, and what comes later', () => {
  const cluster = createTestApi();
  createPod(cluster, 'a');
  const pods = createInformer(cluster.api, 'Pod');
  assert.not(pods.hasSynced);
  pods.start();
  pods.start();
  assert.ok(pods.hasSynced);
  const b = createPod(cluster, 'b');
  assert.equal(namesOf(pods.list()), ['a', 'b']);
  assert.is(pods.get('default', 'b'), b);
  remove(cluster, 'a');
  assert.equal(namesOf(pods.list()), ['b']);
  pods.stop();
  createPod(cluster, 'c');
  assert.equal(namesOf(pods.list()), ['b']);
});

test('an index finds objects by their keys and follows their changes', () => {
  const cluster = createTestApi();
  const pods = createInformer(cluster.api, 'Pod', {
    indexers: { node: (pod) => pod.spec.nodeName, labels: (pod) => Object.values(pod.metadata.labels ?? {}) },
  });
  pods.start();
  for (const name of ['c', 'a', 'b']) createPod(cluster, name);
  assert.equal(pods.byIndex('node', 'n1'), []);
  for (const name of ['c', 'a']) bind(cluster, name, 'n1');
  assert.equal(namesOf(pods.byIndex('node', 'n1')), ['c', 'a']);
  assert.equal(namesOf(pods.byIndex('labels', 'x')), ['c', 'a', 'b']);
  remove(cluster, 'b');
  assert.equal(namesOf(pods.byIndex('labels', 'x')), ['c', 'a']);
  const key = { kind: 'Pod', namespace: 'default', name: 'c' } as const;
  value(cluster.api.patch(key, { type: 'merge', body: { metadata: { labels: { app: 'y' } } } }));
  assert.equal(namesOf(pods.byIndex('labels', 'x')), ['a']);
  assert.equal(namesOf(pods.byIndex('labels', 'y')), ['c']);
  assert.throws(() => pods.byIndex('other', 'x'), /there is no index other/);
});

test('events come after the view has changed, with the state before', () => {
  const cluster = createTestApi();
  const pods = createInformer(cluster.api, 'Pod');
  pods.start();
  const lines: string[] = [];
  pods.events$.subscribe((event) => {
    lines.push(line(event));
    const seen = pods.get('default', event.object.metadata.name);
    assert.is(seen, event.type === 'deleted' ? undefined : event.object);
  });
  const { metadata } = createPod(cluster, 'a');
  bind(cluster, 'a', 'n1');
  value(cluster.api.delete({ kind: 'Pod', namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 }));
  assert.equal(lines.slice(0, 2), ['added a', `updated a from ${metadata.resourceVersion}`]);
  assert.is(lines.at(-1), 'deleted a');
});

test('a late subscriber is told the view first, and what it writes meanwhile afterwards', () => {
  const cluster = createTestApi();
  createPod(cluster, 'a');
  createPod(cluster, 'b');
  const pods = createInformer(cluster.api, 'Pod');
  pods.start();
  const lines: string[] = [];
  pods.events$.subscribe((event) => {
    lines.push(line(event));
    if (event.object.metadata.name === 'a') createPod(cluster, 'c');
  });
  assert.equal(lines, ['added a', 'added b', 'added c']);
});

test('a selection limits the view; what stops to match is deleted from it', () => {
  const cluster = createTestApi();
  const pods = createInformer(cluster.api, 'Pod', { labelSelector: 'app=x' });
  pods.start();
  const lines: string[] = [];
  pods.events$.subscribe((event) => lines.push(line(event)));
  createPod(cluster, 'a');
  createPod(cluster, 'b', 'y');
  const key = { kind: 'Pod', namespace: 'default', name: 'a' } as const;
  value(cluster.api.patch(key, { type: 'merge', body: { metadata: { labels: { app: 'y' } } } }));
  assert.equal(lines, ['added a', 'deleted a']);
  assert.equal(pods.list(), []);
});

test('after Expired 410 an informer lists again and tells the difference', () => {
  const cluster = createTestApi();
  createPod(cluster, 'a');
  createPod(cluster, 'b');
  // A watch that can be cut from outside, and then resumes from a version that is gone.
  let cut = (): void => assert.unreachable();
  let resume = (): void => assert.unreachable();
  const { api } = cluster;
  const flaky: Api = Object.assign(Object.create(api), {
    watch: (kind: 'Pod', options: WatchOptions) =>
      new Observable<WatchEvent<Pod>>((subscriber) => {
        const watching = api.watch(kind, options).subscribe((event) => subscriber.next(event));
        cut = () => watching.unsubscribe();
        resume = () =>
          void api
            .watch(kind, { resourceVersion: '1' })
            .subscribe({ error: (error) => subscriber.error(error) });
      }),
  });
  const pods = createInformer(flaky, 'Pod');
  pods.start();
  const lines: string[] = [];
  pods.events$.subscribe((event) => lines.push(line(event)));
  cut();
  remove(cluster, 'a');
  createPod(cluster, 'c');
  cluster.store.compact();
  resume();
  assert.equal(lines, ['added a', 'added b', 'deleted a', 'added c']);
  assert.equal(namesOf(pods.list()), ['b', 'c']);
  createPod(cluster, 'd');
  assert.is(lines.at(-1), 'added d');
});

test('a failure that is not Expired stops the informer and is reported', () => {
  const cluster = createTestApi();
  const errors: string[] = [];
  const pods = createInformer(cluster.api, 'Pod', {
    labelSelector: 'a in (',
    onError: (error) => errors.push((error as Error).message),
  });
  pods.start();
  assert.equal(errors.length, 1);
  assert.not(pods.hasSynced);
});

test.run();
