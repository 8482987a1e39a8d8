/** exec and attach over WebSockets: channels, their closing, the end, and who waits for whom (node.md §6.9, api.md §5). */
import { createVirtualClock } from '../../../src/clock/index.js';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import {
  createPods,
  podPath,
  startStreamServer,
  type Client,
  type NodeEnd,
  type StreamFixture,
} from './support.js';

const test = suite('server: exec and attach');
const V5 = 'v5.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';
const ALL = 'one/exec?command=cat&command=-&stdin=true&stdout=true&stderr=true';

let fixture: StreamFixture;
test.before(async () => {
  fixture = await startStreamServer();
  await createPods(fixture);
});
test.after(() => fixture.close());

const open = async (path: string, protocol: string): Promise<[Client, NodeEnd]> => {
  const node = fixture.next();
  return [await fixture.client(podPath(path), protocol), await node];
};
const end = (node: NodeEnd, outcome: object): void => node.end(outcome as never);
/** A round trip: everything that was sent before has arrived. */
const settled = ({ socket }: Client): Promise<void> =>
  new Promise((resolve) => {
    socket.once('pong', () => resolve());
    socket.ping();
  });

test('stdin, stdout and stderr are channels 0, 1 and 2; the end is a Status on channel 3, then code 1000', async () => {
  const [client, node] = await open(ALL, V5);
  assert.is(client.protocol, V5);
  assert.equal(node.asked, { container: 'c', command: ['cat', '-'], stdin: true, tty: false });
  client.socket.send(Buffer.from('\0hello'));
  await settled(client);
  assert.equal(node.received, ['hello']);
  node.output.stdout.write(Buffer.from('out'), () => {});
  node.output.stderr.write(Buffer.from('err'), () => {});
  end(node, { type: 'exited', exitCode: 0 });
  assert.is(await client.closed, 1000);
  assert.equal(client.messages, ['\x01', '\x01out', '\x02err', '\x03{"metadata":{},"status":"Success"}']);
});

test('an exit code is a NonZeroExitCode with its cause; what cannot be run is an InternalError', async () => {
  const [client, node] = await open(ALL, V4);
  end(node, { type: 'exited', exitCode: 7 });
  assert.is(await client.closed, 1000);
  assert.equal(JSON.parse(client.messages[1]?.slice(1) ?? ''), {
    metadata: {},
    status: 'Failure',
    message: 'command terminated with non-zero exit code: error executing command [cat -], exit code 7',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '7' }] },
  });
  const [second, failing] = await open(ALL, V4);
  end(failing, { type: 'error', message: 'no such file' });
  await second.closed;
  const { reason, message, code } = JSON.parse(second.messages[1]?.slice(1) ?? '') as Record<string, unknown>;
  assert.equal(
    [reason, message, code],
    ['InternalError', 'Internal error occurred: error executing command in container: no such file', 500],
  );
});

test('255 and a channel closes stdin with v5, and means nothing with v4', async () => {
  for (const [protocol, isOver] of [
    [V5, true],
    [V4, false],
  ] as const) {
    const [client, node] = await open(ALL, protocol);
    client.socket.send(Buffer.from([0, 65]));
    client.socket.send(Buffer.from([255, 0]));
    await settled(client);
    assert.equal([node.received, node.isInputOver], [['A'], isOver]);
    client.socket.close();
    await client.closed;
  }
});

test('base64: channels are digits, contents text', async () => {
  const [client, node] = await open(ALL, 'v4.base64.channel.k8s.io');
  client.socket.send('0aGVsbG8=');
  await settled(client);
  assert.equal(node.received, ['hello']);
  node.output.stdout.write(Buffer.from('out'), () => {});
  assert.equal(await client.until(2), ['1', '1b3V0']);
  end(node, { type: 'exited', exitCode: 0 });
  await client.closed;
  assert.is(client.messages[2]?.[0], '3');
});

test('before v4 the end is a text, and nothing when all is well; without a protocol too', async () => {
  const [client, node] = await open(ALL, 'channel.k8s.io');
  end(node, { type: 'exited', exitCode: 2 });
  await client.closed;
  assert.ok(client.messages[1]?.startsWith('\x03command terminated with non-zero exit code'));
  const [plain, good] = await open(ALL, [] as never);
  end(good, { type: 'exited', exitCode: 0 });
  assert.is(await plain.closed, 1000);
  assert.equal(plain.messages, ['\x01']);
});

test('a terminal has sizes on channel 4 and no stderr; nonsense is passed over', async () => {
  const [client, node] = await open('one/exec?command=sh&stdin=1&stdout=1&stderr=1&tty=1', V5);
  for (const size of [
    '{"Width":80,"Height":24}',
    'x',
    '{"Width":-1,"Height":2}',
    '{"Width":100,"Height":50}',
  ])
    client.socket.send(Buffer.from(`\x04${size}`));
  await settled(client);
  assert.equal(node.sizes, [
    { columns: 80, rows: 24 },
    { columns: 100, rows: 50 },
  ]);
  node.output.stderr.write(Buffer.from('lost'), () => {});
  end(node, { type: 'exited', exitCode: 0 });
  await client.closed;
  assert.is(
    client.messages.some((message) => message.startsWith('\x02')),
    false,
  );
});

test('attach takes the terminal from the container, and ends with Success', async () => {
  const [client, node] = await open('tty/attach?stdin=true&stdout=true&stderr=true', V5);
  client.socket.send(Buffer.from('\x04{"Width":80,"Height":24}'));
  await settled(client);
  assert.equal([node.asked, node.sizes.length], [{ container: 'c', stdin: true }, 1]);
  end(node, { ok: true });
  await client.closed;
  assert.is(client.messages.at(-1), '\x03{"metadata":{},"status":"Success"}');
});

test('a client that goes away closes what was opened for it', async () => {
  const [client, node] = await open(ALL, V5);
  client.socket.terminate();
  while (!node.isClosed) await new Promise((resolve) => setTimeout(resolve, 1));
});

test('a process that does not read holds its client up after 256 KiB; sizes and the end pass', async () => {
  const [client, node] = await open(ALL, V5);
  node.hold = [];
  const piece = Buffer.alloc(64 * 1024);
  for (let i = 0; i < 4; i++) client.socket.send(piece);
  for (let i = 0; i < 60; i++) client.socket.send(piece);
  while (node.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  // The server has stopped reading: what it has taken is bounded, and more than the first piece waits for that.
  assert.is(node.received.length, 1);
  const { hold } = node;
  node.hold = undefined;
  for (const taken of hold) taken();
  await settled(client);
  assert.is(node.received.length, 64);
  client.socket.close();
  await client.closed;
});

test('output waits for the client: a piece counts as taken when it has been sent', async () => {
  const [client, node] = await open(ALL, V5);
  client.socket.pause();
  let taken = 0;
  const piece = Buffer.alloc(1024 * 1024);
  const pump = (): void =>
    node.output.stdout.write(piece, () => {
      taken += 1;
      if (taken < 64) pump();
    });
  pump();
  // What the kernel and TLS take is a few MiB; then nothing moves until the client reads.
  let before = -1;
  while (before !== taken) {
    before = taken;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(taken < 40, `${taken} MiB were taken`);
  client.socket.resume();
  await client.until(65);
  assert.is(taken, 64);
  client.socket.close();
  await client.closed;
});

test('a stream in which nothing is sent for 4 h is closed; pings do not count', async () => {
  const ioClock = createVirtualClock();
  const idle = await startStreamServer({ ioClock });
  await createPods(idle);
  const node = idle.next();
  const client = await idle.client(podPath(ALL), V5);
  const opened = await node;
  const hours = (count: number): void => {
    const target = ioClock.now() + count * 3_600_000;
    for (
      let due = ioClock.nextDeadlineMs();
      due !== undefined && due <= target;
      due = ioClock.nextDeadlineMs()
    )
      ioClock.step();
    ioClock.moveTo(target);
  };
  hours(3);
  client.socket.send(Buffer.from('\0a'));
  await settled(client);
  hours(3);
  await settled(client);
  assert.is(client.socket.readyState, client.socket.OPEN);
  hours(1);
  assert.is(await client.closed, 1006);
  assert.is(opened.isClosed, true);
  const closing = idle.close();
  for (let i = 0; i < 100 && ioClock.nextDeadlineMs() !== undefined; i++) ioClock.step();
  await closing;
});

test('closing the server ends every stream at once', async () => {
  const server = await startStreamServer();
  await createPods(server);
  const opening = server.next();
  const client = await server.client(podPath(ALL), V5);
  const node = await opening;
  await server.close();
  await client.closed;
  assert.is(node.isClosed, true);
});

test.run();
