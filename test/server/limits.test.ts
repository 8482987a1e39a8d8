/** What a server has to bear: large, broken, slow and half requests; clients that may not enter; a taken port. */
import { request as httpRequest } from 'node:http';
import { X509Certificate } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { readAll, startServer, type Fixture } from './support.js';

const test = suite('server: limits and access over TLS');
const N = '/api/v1/namespaces/default';

let fixture: Fixture;
const accessLog: string[] = [];
test.before(async () => {
  fixture = await startServer({
    limits: { headersTimeoutMs: 300, requestTimeoutMs: 300 },
    onRequest: ({ method, url, code }) => void accessLog.push(`${code} ${method} ${url}`),
  });
});
test.after(() => fixture.close());

/** The server still answers. */
const isWell = async (): Promise<void> => assert.is((await fixture.send('GET', '/healthz')).text, 'ok');
const head = (method: string, path: string, headers = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${fixture.server.port}\r\nAuthorization: Bearer ${fixture.server.token}\r\n${headers}\r\n`;

test('a body of 5 MB is 413, with its length announced and without, and nothing is stored', async () => {
  const body = JSON.stringify({ metadata: { name: 'big' }, data: { k: 'x'.repeat(5_000_000) } });
  const reply = await fixture.send('POST', `${N}/configmaps`, { body });
  assert.equal(
    [reply.code, reply.body.reason, reply.body.message, reply.body.details],
    [413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728', undefined],
  );
  const socket = await fixture.connect();
  const answer = readAll(socket);
  socket.write(
    head('POST', `${N}/configmaps`, 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n'),
  );
  const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
  for (let i = 0; i < 80; i++) socket.write(chunk);
  socket.write('0\r\n\r\n');
  assert.match(await answer, /^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*limit is 3145728/i);
  assert.is((await fixture.api.list('ConfigMap')).items.length, 0);
  await isWell();
});

test('a body of exactly the limit is read', async () => {
  const own = await startServer({ limits: { bodyBytes: 100 } });
  const body = `{"metadata":{"name":"a"}}`.padEnd(100);
  assert.is((await own.send('POST', `${N}/configmaps`, { body })).code, 201);
  assert.is((await own.send('POST', `${N}/configmaps`, { body: `${body} ` })).code, 413);
  await own.close();
});

test('garbage bytes end their connection with 400 and concern nobody else', async () => {
  const socket = await fixture.connect();
  const answer = readAll(socket);
  socket.write(Buffer.from([0x00, 0xff, 0x16, 0x03, 0x0a, 0x0a]));
  assert.match(await answer, /^HTTP\/1\.1 400 Bad Request/);
  await isWell();
});

test('half a request, and headers that never end, are given up after their time', async () => {
  const half = await fixture.connect();
  const halfAnswer = readAll(half);
  half.write(
    head('POST', `${N}/configmaps`, 'Content-Type: application/json\r\nContent-Length: 1000\r\n') + '{"me',
  );
  const slow = await fixture.connect();
  const slowAnswer = readAll(slow);
  slow.write('GET /api HTTP/1.1\r\nX-Slow: ');
  assert.match(await halfAnswer, /^HTTP\/1\.1 408 |^$/);
  assert.match(await slowAnswer, /^HTTP\/1\.1 408 /);
  await isWell();
});

test('a client that hangs up in the middle of its body leaves no trace', async () => {
  const socket = await fixture.connect();
  socket.write(
    head('POST', `${N}/configmaps`, 'Content-Type: application/json\r\nContent-Length: 1000\r\n') + '{"me',
  );
  socket.destroy();
  await isWell();
  assert.is((await fixture.api.list('ConfigMap')).items.length, 0);
});

test('a watch outlives the time that its request had', async () => {
  const stream = await fixture.stream(`${N}/configmaps?watch=true`);
  // Both timeouts of this server (300 ms) and a round of checks (1 s) pass.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await fixture.api.create('ConfigMap', { metadata: { name: 'late', namespace: 'default' } });
  assert.is((await stream.lines(1))[0].object.metadata.name, 'late');
  stream.abort();
});

test('plain HTTP is not spoken', async () => {
  const failed = await new Promise<boolean>((resolve) => {
    httpRequest({ host: '127.0.0.1', port: fixture.server.port, path: '/healthz' }, () => resolve(false))
      .once('error', () => resolve(true))
      .end();
  });
  assert.ok(failed);
  await isWell();
});

test('without the right token: 401 and nothing else', async () => {
  for (const token of ['', 'wrong']) {
    const reply = await fixture.send('GET', `${N}/pods`, { token });
    assert.equal(
      [reply.code, reply.body],
      [
        401,
        {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: 'Unauthorized',
          reason: 'Unauthorized',
          code: 401,
        },
      ],
    );
  }
  const created = await fixture.send('POST', `${N}/configmaps`, {
    token: 'wrong',
    body: { metadata: { name: 'x' } },
  });
  assert.is(created.code, 401);
  assert.is((await fixture.send('GET', '/version', { token: '' })).code, 200);
});

test('foreign pages and hosts are refused, and no answer invites them', async () => {
  const refused: Record<string, string>[] = [
    { host: 'rebound.example' },
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of refused) {
    const reply = await fixture.send('GET', `${N}/pods`, { headers });
    assert.equal([reply.code, reply.body.reason], [403, 'Forbidden'], JSON.stringify(headers));
  }
  const preflight = await fixture.send('OPTIONS', `${N}/pods`, {
    headers: { origin: 'https://evil.example' },
  });
  for (const name of Object.keys(preflight.headers)) assert.not.match(name, /^access-control/);
});

test('the certificate is for loopback only, signed by the CA that the kubeconfig carries', async () => {
  const socket = await fixture.connect();
  const certificate = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  const authority = new X509Certificate(fixture.server.caPem);
  assert.ok(authority.ca);
  assert.not(certificate.ca);
  assert.ok(certificate.verify(authority.publicKey));
  assert.match(
    certificate.subjectAltName ?? '',
    /^IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost$/,
  );
  assert.match(
    fixture.server.kubeconfig,
    new RegExp(Buffer.from(fixture.server.caPem).toString('base64').slice(0, 40)),
  );
});

test('closing does not wait for connections that say nothing, before or after their handshake', async () => {
  const own = await startServer();
  const silent = connectTcp({ host: '127.0.0.1', port: own.server.port });
  await new Promise((resolve) => silent.once('connect', resolve));
  const encrypted = await own.connect();
  const ended = Promise.all([readAll(encrypted), new Promise((resolve) => silent.once('close', resolve))]);
  silent.on('error', () => {});
  // The limit of the suite is the assertion: without the cut this takes 120 s.
  await Promise.all([own.close(), own.close()]);
  await ended;
});

test('a token of 256 bits is made where none is given', () => {
  assert.match(fixture.server.token, /^[\w-]{43}$/);
});

test('a taken port is an error that says so', async () => {
  try {
    await startServer({ port: fixture.server.port });
    assert.unreachable('it listened');
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'EADDRINUSE');
  }
});

test('a failure inside the server is a 500 for one client and a report for the operator', async () => {
  const reports: string[] = [];
  const own = await startServer({
    wrapApi: (api) =>
      new Proxy(api, {
        get: () => () => {
          throw new Error('out of order');
        },
      }),
    onInternalError: (error, request) => void reports.push(`${request}: ${(error as Error).message}`),
  });
  const reply = await own.send('GET', `${N}/pods`);
  assert.equal(
    [reply.code, reply.body.reason, reply.body.message],
    [500, 'InternalError', 'Internal error occurred: out of order'],
  );
  assert.equal(reports, [`GET ${N}/pods: out of order`]);
  await own.close();
});

test('every request is told to the access log when it has ended', async () => {
  accessLog.length = 0;
  await fixture.send('GET', '/version');
  await fixture.send('GET', '/nope');
  await isWell();
  assert.equal(accessLog.slice(0, 2), ['200 GET /version', '404 GET /nope']);
});

test.run();
