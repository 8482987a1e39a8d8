/** port-forward in channels (v4.channel.k8s.io) and through the SPDY tunnel (api.md §5, pitfall 7; node.md §6.9). */
import { createDeflate, constants } from 'node:zlib';
import { PassThrough, Writable } from 'node:stream';
import { KubeConfig, PortForward } from '@kubernetes/client-node';
import * as assert from 'uvu/assert';
import { DICTIONARY } from '../../../src/server/stream/spdy/headers.js';
import { suite } from '../../support/suite.js';
import { createPods, podPath, startStreamServer, type NodeEnd, type StreamFixture } from './support.js';

const test = suite('server: port-forward');

let fixture: StreamFixture;
test.before(async () => {
  fixture = await startStreamServer();
  await createPods(fixture);
});
test.after(() => fixture.close());

const end = (node: NodeEnd, outcome: object): void => node.end(outcome as never);

test('v4: each port has a channel for data and one for errors, which begin with the port, little endian', async () => {
  const opening = [fixture.next(), fixture.next()];
  const client = await fixture.client(podPath('one/portforward?ports=80&ports=8080'), 'v4.channel.k8s.io');
  const [http, other] = (await Promise.all(opening)) as [NodeEnd, NodeEnd];
  assert.equal([http.asked, other.asked], [{ port: 80 }, { port: 8080 }]);
  assert.equal(await client.until(4), ['\0\x50\0', '\x01\x50\0', '\x02\x90\x1f', '\x03\x90\x1f']);
  client.socket.send(Buffer.from('\x02GET'));
  other.output.stdout.write(Buffer.from('200'), () => {});
  assert.is((await client.until(5))[4], '\x02200');
  end(http, { ok: false, message: 'dial tcp 127.1.0.1:80: connect: connection refused' });
  assert.is(
    (await client.until(6))[5],
    '\x01error forwarding port 80 to pod sandbox, uid : dial tcp 127.1.0.1:80: connect: connection refused',
  );
  while (other.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal([http.received, other.received], [[], ['GET']]);
  end(other, { ok: true });
  assert.is(await client.closed, 1000);
});

test('@kubernetes/client-node forwards a connection both ways', async () => {
  const config = new KubeConfig();
  config.loadFromString(fixture.server.kubeconfig);
  const opening = fixture.next();
  const input = new PassThrough();
  const received: string[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      received.push(chunk.toString());
      done();
    },
  });
  const socket = await new PortForward(config).portForward('default', 'one', [80], output, null, input);
  const node = await opening;
  node.hold = undefined;
  input.write('ping');
  while (node.received.join('') !== 'ping') await new Promise((resolve) => setTimeout(resolve, 1));
  node.output.stdout.write(Buffer.from('pong'), () => {});
  while (received.join('') !== 'pong') await new Promise((resolve) => setTimeout(resolve, 1));
  (socket as { close(): void }).close();
  while (!node.isClosed) await new Promise((resolve) => setTimeout(resolve, 1));
});

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const dataFrame = (id: number, body: string, flags = 0): Buffer =>
  Buffer.concat([word(id), word(flags * 2 ** 24 + body.length), Buffer.from(body)]);

// By hand: ws, as a client too, refuses the name of the protocol.
test('the tunnel: a pair of streams per connection; half-close passes, errors stand on the error stream', async () => {
  const opening = fixture.next();
  const path = podPath('one/portforward');
  const socket = await fixture.connect();
  let bytes = Buffer.alloc(0);
  const waiting = new Set<() => void>();
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (const check of waiting) check();
  });
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${fixture.server.port}`,
      `Authorization: Bearer ${fixture.server.token}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io',
      '\r\n',
    ].join('\r\n'),
  );
  await until(() => bytes.includes('\r\n\r\n'));
  assert.match(
    bytes.toString(),
    /^HTTP\/1\.1 101 [^]*Sec-WebSocket-Protocol: SPDY\/3\.1\+portforward\.k8s\.io\r\n/,
  );

  const deflate = createDeflate({ dictionary: DICTIONARY });
  const synStream = (id: number, headers: Record<string, string>): Promise<Buffer> =>
    new Promise((resolve) => {
      const pairs = Object.entries(headers)
        .flat()
        .flatMap((part) => [word(part.length), Buffer.from(part)]);
      deflate.write(Buffer.concat([word(pairs.length / 4), ...pairs]));
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        const block = deflate.read() as Buffer;
        const body = Buffer.concat([word(id), word(0), Buffer.alloc(2), block]);
        resolve(Buffer.concat([Buffer.from([0x80, 3, 0, 1]), word(body.length), body]));
      });
    });
  /** One masked binary message (with a mask of zeros). */
  const send = (payload: Buffer): void => {
    const head = Buffer.from([0x82, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
    socket.write(Buffer.concat([head, payload]));
  };
  send(await synStream(1, { streamtype: 'error', port: '80', requestid: '0' }));
  send(dataFrame(1, '', 1));
  send(await synStream(3, { streamtype: 'data', port: '80', requestid: '0' }));
  send(dataFrame(3, 'request', 1));
  const node = await opening;
  assert.equal(node.asked, { port: 80 });
  while (!node.isInputOver) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(node.received, ['request']);
  node.output.stdout.write(Buffer.from('response'), () => {});
  end(node, { ok: false, message: 'broken' });
  const error = dataFrame(1, 'error forwarding port 80 to pod sandbox, uid : broken');
  await until(() => bytes.includes(error) && bytes.includes(dataFrame(1, '', 1)));
  assert.ok(bytes.includes(dataFrame(3, 'response')) && bytes.includes(dataFrame(3, '', 1)));
  socket.destroy();
});

test.run();
