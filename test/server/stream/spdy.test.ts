/** SPDY/3.1 as statelet speaks it, against frames put together here byte by byte (api.md, pitfall 7). */
import { createDeflate, createInflate, constants, type Deflate } from 'node:zlib';
import * as assert from 'uvu/assert';
import type { ByteSink } from '../../../src/server/ports.js';
import { buffered } from '../../../src/server/stream/sinks.js';
import { createSpdyConnection, type SpdyStream } from '../../../src/server/stream/spdy/connection.js';
import { createHeaderWriter, DICTIONARY } from '../../../src/server/stream/spdy/headers.js';
import { suite } from '../../support/suite.js';

const test = suite('server: SPDY');

/** Adler-32, as the zlib header names a dictionary. */
const adler32 = (bytes: Buffer): number => {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
};

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([word(value.length), Buffer.from(value)]);
const control = (type: number, flags: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x80, 3, 0, type]), word(flags * 2 ** 24 + body.length), body]);
const data = (id: number, body: string, flags = 0): Buffer =>
  Buffer.concat([word(id), word(flags * 2 ** 24 + body.length), Buffer.from(body)]);

/** A client's compressor: one zlib stream for all header blocks of a connection. */
const createClient = (): { synStream(id: number, headers: Record<string, string>): Promise<Buffer> } => {
  const deflate: Deflate = createDeflate({ dictionary: DICTIONARY });
  return {
    synStream: (id, headers) =>
      new Promise((resolve) => {
        const pairs = Object.entries(headers).flatMap(([name, value]) => [text(name), text(value)]);
        deflate.write(Buffer.concat([word(pairs.length / 2), ...pairs]));
        deflate.flush(constants.Z_SYNC_FLUSH, () => {
          const block = deflate.read() as Buffer;
          resolve(control(1, 0, Buffer.concat([word(id), word(0), Buffer.from([0, 0]), block])));
        });
      }),
  };
};

/** Remembers what was written into it. */
const collect = (): ByteSink & { readonly bytes: Buffer; readonly hasEnded: boolean } => {
  const pieces: Uint8Array[] = [];
  const state = { hasEnded: false };
  return {
    write: (piece, taken) => {
      pieces.push(piece);
      taken();
    },
    end: () => void (state.hasEnded = true),
    get bytes() {
      return Buffer.concat(pieces);
    },
    get hasEnded() {
      return state.hasEnded;
    },
  };
};

const connect = () => {
  const sent = collect();
  const streams: SpdyStream[] = [];
  const inputs: ReturnType<typeof collect>[] = [];
  const state = { ended: 0 };
  const connection = createSpdyConnection(sent, {
    onStream: (stream) => {
      const input = collect();
      stream.receive(input, () => {});
      streams.push(stream);
      inputs.push(input);
    },
    onEnd: () => void (state.ended += 1),
  });
  const write = (piece: Buffer): Promise<void> =>
    new Promise((taken) => connection.input.write(piece, taken));
  return { connection, sent, streams, inputs, state, write };
};

test('the dictionary is the one that both sides must have: 1423 bytes, Adler-32 e3c6a7c2', () => {
  assert.equal([DICTIONARY.length, adler32(DICTIONARY).toString(16)], [1423, 'e3c6a7c2']);
});

test('header blocks that are written can be read by any zlib, one after the other', async () => {
  const write = createHeaderWriter();
  const inflate = createInflate();
  const chunks: Buffer[] = [];
  inflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const headers of [new Map(), new Map([['a', 'bc']]), new Map()]) {
    await new Promise<void>((written) => inflate.write(write(headers), () => written()));
  }
  await new Promise((resolve) => setImmediate(resolve));
  const expected = Buffer.concat([word(0), word(1), text('a'), text('bc'), word(0)]);
  assert.equal(Buffer.concat(chunks).toString('hex'), expected.toString('hex'));
});

test('streams are opened without pseudo headers, answered, and carry data both ways, cut anywhere', async () => {
  const { write, sent, streams, inputs } = connect();
  const client = createClient();
  const bytes = Buffer.concat([
    await client.synStream(1, { streamtype: 'error', port: '80', requestid: '0' }),
    await client.synStream(3, { StreamType: 'data', port: '80', requestid: '0' }),
    data(3, 'hello '),
    data(1, '', 1),
    data(3, 'world', 1),
  ]);
  for (const byte of bytes) await write(Buffer.of(byte));
  assert.equal(
    streams.map(({ headers }) => [headers.get('streamtype'), headers.get('requestid')]),
    [
      ['error', '0'],
      ['data', '0'],
    ],
  );
  assert.equal(
    inputs.map((input) => [input.bytes.toString(), input.hasEnded]),
    [
      ['', true],
      ['hello world', true],
    ],
  );
  const replies = sent.bytes.length;
  streams[1]?.output.write(Buffer.from('ok'), () => {});
  streams[1]?.output.end();
  assert.is(
    sent.bytes.subarray(replies).toString('hex'),
    Buffer.concat([data(3, 'ok'), data(3, '', 1)]).toString('hex'),
  );
});

test('a ping comes back as it was; settings, windows and headers are passed over', async () => {
  const { write, sent, state } = connect();
  await write(control(4, 0, word(0)));
  await write(control(9, 0, Buffer.concat([word(1), word(100)])));
  await write(control(6, 0, word(7)));
  assert.is(sent.bytes.toString('hex'), control(6, 0, word(7)).toString('hex'));
  assert.is(state.ended, 0);
});

test('what is no SPDY, or no zlib, ends the connection', async () => {
  for (const bytes of [
    Buffer.from([0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1]),
    control(1, 0, Buffer.from('0000000100000000000041414141', 'hex')),
  ]) {
    const { write, state } = connect();
    await write(bytes);
    assert.is(state.ended, 1);
  }
});

test('a stream that is not read holds up its writer after 256 KiB, and no other stream', async () => {
  const taken: (() => void)[] = [];
  let writes = 0;
  const slow: ByteSink = { write: (_piece, done) => void taken.push(done), end: () => {} };
  const sink = buffered(slow);
  const piece = Buffer.alloc(64 * 1024);
  let released = 0;
  for (; writes < 5; writes++) sink.write(piece, () => void (released += 1));
  assert.is(released, 3);
  taken.shift()?.();
  taken.shift()?.();
  assert.is(released, 5);
});

test.run();
