/** Who may open a stream, and what is refused before the connection changes hands (node.md §6.9, api.md row 44). */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import {
  createPods,
  podPath,
  Refused,
  startStreamServer,
  type ClientOptions,
  type StreamFixture,
} from './support.js';

const test = suite('server: opening streams');
const V5 = 'v5.channel.k8s.io';

let fixture: StreamFixture;
test.before(async () => {
  fixture = await startStreamServer();
  await createPods(fixture);
});
test.after(() => fixture.close());
test.after.each(() => {
  fixture.refusal = undefined;
});

/** Code and body of a refused handshake. */
const refusal = async (
  path: string,
  options: ClientOptions & { readonly protocol?: string } = {},
): Promise<[number, string]> => {
  try {
    const { socket } = await fixture.client(podPath(path), options.protocol ?? V5, options);
    socket.terminate();
    return [101, ''];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const message = error.body.startsWith('{')
      ? (JSON.parse(error.body) as { message: string }).message
      : error.body;
    return [error.code, message];
  }
};
const EXEC = 'one/exec?command=ls&stdout=true';

test('without the token, or with another, a WebSocket is 401 and nothing is opened', async () => {
  assert.equal(await refusal(EXEC, { token: '' }), [401, 'Unauthorized']);
  assert.equal(await refusal(EXEC, { token: 'wrong' }), [401, 'Unauthorized']);
  assert.is(fixture.opened.length, 0);
});

test('a WebSocket of a web page is 403 even with the token, by its Origin, its site, or a foreign Host', async () => {
  assert.equal(await refusal(EXEC, { headers: { origin: 'https://evil.example' } }), [
    403,
    'requests of the origin "https://evil.example" are not allowed',
  ]);
  assert.is((await refusal(EXEC, { headers: { 'sec-fetch-site': 'cross-site' } }))[0], 403);
  assert.is((await refusal(EXEC, { headers: { host: 'evil.example' } }))[0], 403);
  assert.is((await refusal('one/portforward', { protocol: 'v4.channel.k8s.io', token: '' }))[0], 401);
  assert.is(fixture.opened.length, 0);
});

test('what the API refuses is a Status: no pod, no node, no such container', async () => {
  assert.equal(await refusal('nope/exec?command=ls&stdout=1'), [404, 'pods "nope" not found']);
  assert.equal(await refusal('pending/exec?command=ls&stdout=1'), [
    400,
    'pod pending does not have a host assigned',
  ]);
  assert.equal(await refusal('one/attach?container=zz&stdout=1'), [
    400,
    'container zz is not valid for pod one',
  ]);
  assert.equal(await refusal('two/exec?command=ls&stdout=1'), [
    400,
    'a container name must be specified for pod two, choose one of: [a b]',
  ]);
});

test('what the node refuses is its text with its code', async () => {
  assert.equal(await refusal('one/exec?command=ls'), [
    400,
    'you must specify at least 1 of stdin, stdout, stderr\n',
  ]);
  fixture.refusal = { code: 500, message: 'container not found ("c")' };
  assert.equal(await refusal(EXEC), [500, 'container not found ("c")\n']);
});

test('an unknown protocol is 403 and names what there is', async () => {
  const [code, message] = await refusal(EXEC, { protocol: 'v9.channel.k8s.io' });
  assert.is(code, 403);
  assert.match(
    message,
    /client supports \[v9\.channel\.k8s\.io\], server accepts \[.*v5\.channel\.k8s\.io\]/,
  );
  assert.equal(await refusal('one/portforward', { protocol: 'v4.channel.k8s.io' }), [
    400,
    'query parameter "port" is required\n',
  ]);
});

test('a request for a stream that asks for no upgrade is 400', async () => {
  for (const method of ['GET', 'POST']) {
    const { code, body } = await fixture.send(method, podPath(EXEC));
    assert.equal([code, body.reason, body.message], [400, 'BadRequest', 'Upgrade request required']);
  }
  assert.is((await fixture.send('PUT', podPath(EXEC), { body: {} })).code, 405);
});

test('an upgrade elsewhere is passed over: the request is answered as usual, unless it has a body', async () => {
  const headers = { connection: 'Upgrade', upgrade: 'h2c' };
  const pods = await fixture.send('GET', '/api/v1/namespaces/default/pods', { headers });
  assert.equal([pods.code, pods.body.kind], [200, 'PodList']);
  const posted = await fixture.send('POST', '/api/v1/namespaces', { headers, body: {} });
  assert.equal([posted.code, posted.body.message], [400, 'a request with a body cannot ask for an upgrade']);
  assert.is((await fixture.send('GET', '/api', { headers, token: '' })).code, 401);
});

test('discovery names exec, attach and portforward with create and get (api.md §1)', async () => {
  const { body } = await fixture.send('GET', '/api/v1');
  for (const [name, kind] of [
    ['pods/attach', 'PodAttachOptions'],
    ['pods/exec', 'PodExecOptions'],
    ['pods/portforward', 'PodPortForwardOptions'],
  ]) {
    const found = body.resources.find((resource: { name: string }) => resource.name === name);
    assert.equal([found?.kind, found?.verbs], [kind, ['create', 'get']]);
  }
});

test.run();
