/** `pods/NAME/log` over HTTP: what the server settles before the node is asked (node.md §6.8). */
import { Observable, Subject } from 'rxjs';
import * as assert from 'uvu/assert';
import { badRequest } from '../../src/api/index.js';
import type { PodLogAnswer, PodLogOptions, PodLogs } from '../../src/server/index.js';
import { suite } from '../support/suite.js';
import { startServer, type Fixture } from './support.js';

const test = suite('server: pod logs');
const LOG = (pod: string, query = ''): string => `/api/v1/namespaces/default/pods/${pod}/log?${query}`;

let answer: PodLogAnswer;
let asked: PodLogOptions | undefined;
const logs: PodLogs = {
  logs: (_pod, options) => {
    asked = options;
    return answer;
  },
};
let fixture: Fixture;
test.before(async () => {
  fixture = await startServer({ logs });
  for (const [name, ...containers] of [
    ['one', 'c'],
    ['two', 'a', 'b'],
    ['pending', 'c'],
  ]) {
    await fixture.api.create('Pod', {
      metadata: { name, namespace: 'default' },
      spec: { containers: containers.map((container) => ({ name: container, image: 'i' })) },
    });
  }
  for (const name of ['one', 'two']) await fixture.api.bind({ namespace: 'default', name }, 'n1');
});
test.after(() => fixture.close());

const refusal = async (path: string): Promise<unknown[]> => {
  const { code, body } = await fixture.send('GET', path);
  return [code, body.reason, body.message];
};

test('a pod without a node has no log yet: 204 and nothing (row 42)', async () => {
  const reply = await fixture.send('GET', LOG('pending'));
  assert.equal([reply.code, reply.text], [204, '']);
});

test('the container must be one of the pod; of several, one must be named (row 43)', async () => {
  assert.equal(await refusal(LOG('pending', 'container=zz')), [
    400,
    'BadRequest',
    'container zz is not valid for pod pending',
  ]);
  assert.equal(await refusal(LOG('two')), [
    400,
    'BadRequest',
    'a container name must be specified for pod two, choose one of: [a b]',
  ]);
  assert.equal(await refusal(LOG('nope')), [404, 'NotFound', 'pods "nope" not found']);
});

test('parameters out of range are 422 before the pod is looked up, words for numbers 400', async () => {
  const invalid = (text: string): unknown[] => [422, 'Invalid', `PodLogOptions "nope" is invalid: ${text}`];
  assert.equal(
    await refusal(LOG('nope', 'tailLines=-1')),
    invalid('tailLines: Invalid value: -1: must be greater than or equal to 0'),
  );
  assert.equal(
    await refusal(LOG('nope', 'limitBytes=0')),
    invalid('limitBytes: Invalid value: 0: must be greater than 0'),
  );
  assert.equal(
    await refusal(LOG('nope', 'sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z')),
    invalid('[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'),
  );
  assert.equal(await refusal(LOG('nope', 'tailLines=x')), [
    400,
    'BadRequest',
    'strconv.ParseInt: parsing "x": invalid syntax',
  ]);
});

test('what is asked for reaches the node', async () => {
  answer = { kind: 'stream', lines$: new Observable((subscriber) => subscriber.complete()) };
  const query = 'follow=true&previous=true&timestamps=true&tailLines=0&limitBytes=9&sinceSeconds=3';
  const reply = await fixture.send('GET', LOG('one', query));
  assert.equal([reply.code, reply.text, reply.headers['content-type']], [200, '', 'text/plain']);
  assert.equal(asked, {
    container: 'c',
    follow: true,
    previous: true,
    timestamps: true,
    tailLines: 0,
    limitBytes: 9,
    sinceSeconds: 3,
    sinceTime: undefined,
  });
});

test('lines arrive while the container still writes, and the answer ends when the log does', async () => {
  const lines$ = new Subject<string | Uint8Array>();
  answer = { kind: 'stream', lines$ };
  const stream = await fixture.stream(LOG('one', 'follow=true'));
  assert.is(stream.code, 200);
  lines$.next('"one"\n');
  assert.equal(await stream.lines(1), ['one']);
  lines$.next(Buffer.from('"two"\n'));
  lines$.complete();
  assert.is(await stream.ended, '"one"\n"two"\n');
});

test('a reader that goes away stops the reading', async () => {
  let stopped: () => void = () => {};
  const gone = new Promise<void>((resolve) => (stopped = resolve));
  answer = { kind: 'stream', lines$: new Observable(() => () => stopped()) };
  const stream = await fixture.stream(LOG('one', 'follow=true'));
  stream.abort();
  await gone;
});

test("the node's refusal is the answer, at once or on reading", async () => {
  const error = badRequest('container "c" in pod "one" is waiting to start: ContainerCreating');
  answer = { kind: 'error', error };
  assert.equal(await refusal(LOG('one')), [400, 'BadRequest', error.message]);
  answer = { kind: 'stream', lines$: new Observable((subscriber) => subscriber.error(error)) };
  assert.equal(await refusal(LOG('one')), [400, 'BadRequest', error.message]);
});

test('exec into a pod without a node, and on a server without nodes (row 44)', async () => {
  const path = (pod: string) => `/api/v1/namespaces/default/pods/${pod}/exec?command=ls`;
  assert.is(
    (await fixture.send('POST', path('pending'))).body.message,
    'pod pending does not have a host assigned',
  );
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const reply = await fixture.send('GET', path('one'), { headers: upgrade });
  assert.equal([reply.code, reply.body.message], [400, 'this server has no way to exec on its nodes']);
});

test.run();
