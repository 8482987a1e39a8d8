/** gRPC probes against real servers (node.md 4.7, row 72). */
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import type { ProbeOutcome } from '../../../src/runtime/port.js';
import { suite } from '../../support/suite.js';
import { openHarness, type Harness } from './support.js';

const test = suite('runtime/process: gRPC probe');

let harness: Harness;
const servers: { close(): unknown }[] = [];
test.before(async () => {
  harness = await openHarness();
});
test.after(async () => {
  for (const server of servers) server.close();
  await harness.close();
});

const listen = async (server: Http2Server | Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, harness.ip, resolve));
  return (server.address() as AddressInfo).port;
};
/** Answers each call with this message and status; notes what it was asked. */
const serve = (
  message: readonly number[] | undefined,
  status: string,
  asked: { headers?: Record<string, unknown>; body?: Buffer } = {},
  text = '',
): Promise<number> => {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    asked.headers = { ...headers };
    stream.on('data', (chunk: Buffer) => (asked.body = chunk));
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': text }));
      if (message) stream.write(Buffer.from([0, 0, 0, 0, message.length, ...message]));
      stream.end();
    });
  });
  return listen(server);
};
const check = (port: number, service = '', timeoutMs = 2_000): Promise<ProbeOutcome> =>
  harness.probe({ type: 'grpc', containerId: 'any', host: harness.ip, port, service, timeoutMs });
const SERVING = [0x08, 0x01];

test('a server that is SERVING: success; it is asked for the service by its name', async () => {
  const asked: { headers?: Record<string, unknown>; body?: Buffer } = {};
  const port = await serve(SERVING, '0', asked);
  assert.equal(await check(port, 'shop'), { result: 'success', output: 'service healthy' });
  assert.is(asked.headers?.[':path'], '/grpc.health.v1.Health/Check');
  assert.is(asked.headers?.['user-agent'], 'kube-probe/1.36');
  assert.equal([...(asked.body ?? [])], [0, 0, 0, 0, 6, 0x0a, 4, ...Buffer.from('shop')]);
  await check(port);
  assert.equal([...(asked.body ?? [])], [0, 0, 0, 0, 0]);
});

test('any other status is a failure that names it', async () => {
  for (const [message, name] of [
    [[0x08, 0x02], 'NOT_SERVING'],
    [[], 'UNKNOWN'],
    [[0x08, 0x03], 'SERVICE_UNKNOWN'],
  ] as const) {
    const outcome = await check(await serve(message, '0'));
    assert.equal(outcome, { result: 'failure', output: `service unhealthy (responded with "${name}")` });
  }
});

test('a server without the health protocol, and one that refuses', async () => {
  const unimplemented = await check(
    await serve(undefined, '12', {}, 'unknown service grpc.health.v1.Health'),
  );
  assert.equal(unimplemented, {
    result: 'failure',
    output:
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
  });
  const missing = await check(await serve(undefined, '5', {}, 'unknown service'));
  assert.is(
    missing.output,
    'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service',
  );
});

test('nobody there, somebody who never answers, a call that never ends: failures after the timeout', async () => {
  const port = await listen(createTcp());
  const closed = servers.pop();
  await new Promise((resolve) => (closed as Server).close(resolve));
  const addr = `${harness.ip}:${port}`;
  assert.equal(await check(port, '', 300), {
    result: 'failure',
    output: `timeout: failed to connect service "${addr}" within 300ms: context deadline exceeded`,
  });
  const silent = await listen(createTcp((socket: Socket) => socket.on('error', () => {})));
  assert.match((await check(silent, '', 300)).output, /^timeout: failed to connect service /);
  const endless = createServer();
  endless.on('stream', () => {});
  assert.equal(await check(await listen(endless), '', 300), {
    result: 'failure',
    output: 'timeout: health rpc did not complete within 300ms',
  });
});

test('a server that speaks HTTP/1.1 only is a failure, and nothing stays open', async () => {
  const plain = await listen(
    createTcp((socket: Socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }),
  );
  assert.is((await check(plain, '', 500)).result, 'failure');
});

test.run();
