/** Watches over HTTP (api.md §5). */
import { Observable } from 'rxjs';
import * as assert from 'uvu/assert';
import { expired } from '../../src/api/index.js';
import type { Api, WatchEvent } from '../../src/client/index.js';
import { createVirtualClock } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';
import { startServer, type Fixture, type Json } from './support.js';

const test = suite('server: watches');
const N = '/api/v1/namespaces/default';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Time of connections; it moves only when a test moves it. */
const io = createVirtualClock();
const advance = (durationMs: number): void => {
  const untilMs = io.now() + durationMs;
  while ((io.nextDeadlineMs() ?? Number.POSITIVE_INFINITY) <= untilMs) io.step();
  io.moveTo(untilMs);
};
let fixture: Fixture;
test.before(async () => {
  fixture = await startServer({ ioClock: io });
  await fixture.api.create('Secret', { metadata: { name: 's0', namespace: 'default' } });
  await fixture.api.create('Secret', { metadata: { name: 's1', namespace: 'default' } });
});
test.after(() => fixture.close());

const summary = ({ type, object }: Json): string =>
  `${type} ${object.kind} ${object.metadata.name ?? ''}`.trim();
const label = (name: string, labels: Record<string, string | null>) =>
  fixture.api.patch(
    { kind: 'Secret', namespace: 'default', name },
    { type: 'merge', body: { metadata: { labels } } },
  );

test('the current objects come first, then each change; it closes after timeoutSeconds (row 65)', async () => {
  const stream = await fixture.stream(
    `${N}/secrets?watch=true&timeoutSeconds=5&fieldSelector=metadata.name%3Ds0`,
  );
  assert.is(stream.code, 200);
  assert.equal((await stream.lines(1)).map(summary), ['ADDED Secret s0']);
  await label('s1', { a: '1' });
  await label('s0', { a: '1' });
  const lines = await stream.lines(2);
  assert.equal(lines.map(summary), ['ADDED Secret s0', 'MODIFIED Secret s0']);
  assert.is(lines[1].object.apiVersion, 'v1');
  advance(5_000);
  assert.is((await stream.ended).split('\n').length, 3);
});

test('resourceVersion=N sends only what came after; an object that stops matching is DELETED', async () => {
  const { metadata } = await fixture.api.list('Secret');
  const stream = await fixture.stream(
    `${N}/secrets?watch=1&labelSelector=team%3Dred&resourceVersion=${metadata.resourceVersion}`,
  );
  await label('s1', { team: 'red' });
  await label('s1', { team: null });
  assert.equal((await stream.lines(2)).map(summary), ['ADDED Secret s1', 'DELETED Secret s1']);
  stream.abort();
});

test('headers are there before anything has happened, also on the deprecated watch path', async () => {
  const { metadata } = await fixture.api.list('Pod');
  for (const path of [
    `${N}/pods?watch=true&resourceVersion=${metadata.resourceVersion}`,
    `/api/v1/watch/namespaces/default/pods`,
    `/api/v1/watch/pods`,
  ]) {
    const stream = await fixture.stream(path);
    assert.is(stream.code, 200, path);
    stream.abort();
  }
});

test('watch=false and watch=0 are lists, any other value watches', async () => {
  for (const value of ['false', '0', 'False']) {
    assert.is((await fixture.send('GET', `${N}/secrets?watch=${value}`)).body.kind, 'SecretList', value);
  }
  const stream = await fixture.stream(`${N}/secrets?watch=`);
  assert.is((await stream.lines(1))[0].type, 'ADDED');
  stream.abort();
});

test('a bookmark comes every 60 s to those who allow it, and before the time is up', async () => {
  const { metadata } = await fixture.api.list('Secret');
  const query = `watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=100`;
  const [allowed, silent] = await Promise.all([
    fixture.stream(`${N}/secrets?${query}&allowWatchBookmarks=true`),
    fixture.stream(`${N}/secrets?${query}`),
  ]);
  advance(59_999);
  await label('s0', { b: '1' });
  const [change] = await allowed.lines(1);
  advance(1);
  const [, bookmark] = await allowed.lines(2);
  assert.equal(bookmark, {
    type: 'BOOKMARK',
    object: {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { resourceVersion: change.object.metadata.resourceVersion },
    },
  });
  advance(40_000);
  assert.is((await allowed.ended).match(/BOOKMARK/g)?.length, 2);
  assert.not.match(await silent.ended, /BOOKMARK/);
});

test('sendInitialEvents ends the current objects by an annotated bookmark (pitfall 6)', async () => {
  const query =
    'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const stream = await fixture.stream(`${N}/secrets?${query}`);
  const lines = await stream.lines(3);
  assert.equal(lines.map(summary), ['ADDED Secret s0', 'ADDED Secret s1', 'BOOKMARK Secret']);
  assert.equal(lines[2].object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
  assert.match(lines[2].object.metadata.resourceVersion, /^\d+$/);
  stream.abort();

  const message = async (wrong: string) => (await fixture.send('GET', `${N}/secrets?${wrong}`)).body.message;
  assert.match(
    await message('watch=true&sendInitialEvents=true'),
    /resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan$/,
  );
  assert.match(
    await message('watch=true&resourceVersionMatch=NotOlderThan'),
    /resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided$/,
  );
  assert.match(await message('sendInitialEvents=true'), /sendInitialEvents is forbidden for list$/);
});

test('kubectl get -w gets rows: the columns once, metadata in each row', async () => {
  const stream = await fixture.stream(`${N}/secrets?watch=true`, { accept: TABLE });
  const [first, second] = await stream.lines(2);
  assert.equal([first.object.kind, first.object.rows.length], ['Table', 1]);
  assert.is(first.object.columnDefinitions[0].name, 'Name');
  assert.is(second.object.columnDefinitions, null);
  assert.equal(second.object.rows[0].cells.slice(0, 2), ['s1', 'Opaque']);
  assert.is(second.object.rows[0].object.metadata.name, 's1');
  stream.abort();
});

test('a version that cannot be read is refused before the stream begins', async () => {
  const reply = await fixture.send('GET', `${N}/pods?watch=true&resourceVersion=abc`);
  assert.equal(
    [reply.code, reply.body.message],
    [500, 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'],
  );
});

test('a client that goes away is unsubscribed', async () => {
  let subscribers = 0;
  let left: () => void = () => {};
  const gone = new Promise<void>((resolve) => (left = resolve));
  const counting = (api: Api): Api =>
    replacingWatch(api, () => new Observable(() => ((subscribers += 1), () => ((subscribers -= 1), left()))));
  const own = await startServer({ wrapApi: counting });
  const stream = await own.stream(`${N}/pods?watch=true`);
  assert.is(subscribers, 1);
  stream.abort();
  await gone;
  assert.is(subscribers, 0);
  await own.close();
});

test('410 is an ERROR event inside a 200, at once or later (api.md §4)', async () => {
  let subscriptions = 0;
  const failing = (api: Api): Api =>
    replacingWatch(
      api,
      () =>
        new Observable((subscriber) => {
          subscriptions += 1;
          if (subscriptions > 1) {
            subscriber.next({
              type: 'DELETED',
              object: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' } },
            } as never);
          }
          subscriber.error(expired('too old resource version: 1 (474)'));
        }),
    );
  const own = await startServer({ wrapApi: failing });
  for (const count of [1, 2]) {
    const stream = await own.stream(`${N}/pods?watch=true&resourceVersion=1`);
    assert.is(stream.code, 200);
    const last = (await stream.ended).split('\n').at(-2) ?? '';
    const event = JSON.parse(last) as Json;
    assert.equal(
      [event.type, event.object.code, event.object.reason],
      ['ERROR', 410, 'Expired'],
      String(count),
    );
    assert.is(event.object.message, 'too old resource version: 1 (474)');
  }
  await own.close();
});

test('a client that does not read is cut off when 64 KiB wait for it, beyond the initial objects', async () => {
  let emit: (event: WatchEvent<never>) => void = () => {};
  let unsubscribed: () => void = () => {};
  const cut = new Promise<void>((resolve) => (unsubscribed = resolve));
  const pushing = (api: Api): Api =>
    replacingWatch(
      api,
      () =>
        new Observable((subscriber) => {
          emit = (event) => subscriber.next(event);
          return () => unsubscribed();
        }),
    );
  const own = await startServer({ wrapApi: pushing, limits: { backlogBytes: 64 * 1024 } });
  const socket = await own.connect();
  socket.pause();
  socket.on('error', () => {});
  socket.write(
    `GET ${N}/configmaps?watch=true HTTP/1.1\r\nHost: 127.0.0.1:${own.server.port}\r\nAuthorization: Bearer ${own.server.token}\r\n\r\n`,
  );
  await new Promise<void>((resolve) => {
    const wait = setInterval(() => {
      emit({ type: 'ADDED', object: { metadata: { name: 'x'.repeat(10_000) } } as never });
    }, 0);
    void cut.then(() => (clearInterval(wait), resolve()));
  });
  socket.destroy();
  await own.close();
});

test('closing the server ends its watches and frees its port within a second', async () => {
  const own = await startServer();
  const stream = await own.stream(`${N}/pods?watch=true`);
  const { port } = own.server;
  await own.close();
  assert.is(await stream.ended, '');
  const next = await startServer({ port });
  assert.is(next.server.port, port);
  await next.close();
});

/** An Api whose watches are something else. */
function replacingWatch(api: Api, watch: () => Observable<WatchEvent<never>>): Api {
  return new Proxy(api, {
    get: (target, name) =>
      name === 'watch' ? watch : (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target),
  });
}

test.run();
