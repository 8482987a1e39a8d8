/**
 * Connections that become SPDY/3.1: `exec`, `attach` and `port-forward` of clients that do not use WebSockets (kubectl
 * before 1.31, client-go), and of kubectl after a WebSocket was refused.
 *
 * Models: k8s.io/kubelet/pkg/cri/streaming/remotecommand/httpstream.go (v1.36; node.md 6.9)
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { badRequest } from '../../api/index.js';
import type { ByteSink, OpenStream } from '../ports.js';
import type { ServerContext } from '../request/exchange.js';
import { openCommand, parseTerminalSize, type ChannelStatus, type CommandTarget } from './command.js';
import { createLifetime } from './lifetime.js';
import { createPortForward } from './portForward.js';
import { NO_SINK } from './sinks.js';
import { createSpdyConnection, type SpdyConnection, type SpdyStream } from './spdy/connection.js';
import { NodeRefusal, type StreamTarget } from './target.js';

export const FORWARD_PROTOCOL = 'portforward.k8s.io';
/** The newest first. */
const COMMAND_PROTOCOLS = ['v4', 'v3', 'v2', ''].map((version) =>
  version === '' ? 'channel.k8s.io' : `${version}.channel.k8s.io`,
);
/** All streams of a command must have come by then. Source: remotecommand (DefaultStreamCreationTimeout). */
const STREAM_CREATION_MS = 30_000;

export const isSpdyUpgrade = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'spdy/3.1';

/** @throws {NodeRefusal} Forbidden 403 when no protocol that the client offers is known. */
export const spdyProtocolOf = (request: IncomingMessage, type: StreamTarget['type']): string => {
  const header = request.headers['x-stream-protocol-version'];
  const offered = String(header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const known = type === 'portforward' ? [FORWARD_PROTOCOL] : COMMAND_PROTOCOLS;
  if (offered.length === 0) return known.at(-1) as string;
  const protocol = known.find((name) => offered.includes(name));
  if (protocol !== undefined) return protocol;
  throw new NodeRefusal(
    403,
    `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${known.join(' ')}]`,
  );
};

/** Speaks SPDY on a connection until one side has enough. */
export const serveSpdy = (
  { socket, head, protocol }: { socket: Socket; head: Buffer; protocol: string },
  target: StreamTarget,
  context: ServerContext,
): void => {
  const lifetime = createLifetime(context, () => socket.destroy());
  socket.setTimeout(0);
  socket.setNoDelay(true);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  const transport: ByteSink = {
    write: (piece, taken) => {
      if (!socket.writable) return taken();
      lifetime.touch();
      socket.write(piece, () => taken());
    },
    end: () => socket.end(),
  };
  const streams =
    target.type === 'portforward'
      ? createPortForward(target.open)
      : commandStreams(target, protocol, context, () => socket.end());
  const connection: SpdyConnection = createSpdyConnection(transport, {
    onStream: streams.accept,
    onEnd: () => socket.end(),
  });
  socket.once('close', () => {
    lifetime.end();
    streams.close();
    connection.close();
  });
  readSocket(socket, head, (piece, taken) => {
    lifetime.touch();
    connection.input.write(piece, taken);
  });
};

const readSocket = (socket: Socket, head: Buffer, take: ByteSink['write']): void => {
  socket.on('data', (piece: Buffer) => {
    socket.pause();
    take(piece, () => socket.resume());
  });
  socket.once('end', () => socket.end());
  if (head.length > 0) socket.unshift(head);
  socket.resume();
};

/** A sink whose target comes later: until then its writer waits. */
const createLateSink = (): { readonly sink: ByteSink; connect(target: ByteSink): void } => {
  let target: ByteSink | undefined;
  let waiting: (() => void)[] = [];
  const whenThere = (use: (there: ByteSink) => void): void => {
    if (target !== undefined) use(target);
    else waiting.push(() => use(target as ByteSink));
  };
  return {
    sink: {
      write: (piece, taken) => whenThere((there) => there.write(piece, taken)),
      end: () => whenThere((there) => there.end()),
    },
    connect: (there) => {
      target = there;
      const tasks = waiting;
      waiting = [];
      for (const task of tasks) task();
    },
  };
};

/** Waits for the streams that the command has, then runs it. */
const commandStreams = (
  target: CommandTarget,
  protocol: string,
  { ioClock }: ServerContext,
  hangUp: () => void,
): { accept(stream: SpdyStream): void; close(): void } => {
  const { stdin, stdout, stderr, tty } = target.streams;
  const canResize = tty && /^v[34]/.test(protocol);
  const wanted = Object.entries({ error: true, stdin, stdout, stderr, resize: canResize })
    .filter(([, isWanted]) => isWanted)
    .map(([type]) => type);
  const arrived = new Map<string, SpdyStream>();
  const [late, sizes] = [createLateSink(), createLateSink()];
  let open: OpenStream | undefined;
  const timer = ioClock.setTimeout(hangUp, STREAM_CREATION_MS);

  const finish = (status: ChannelStatus): void => {
    const errors = arrived.get('error');
    const text = protocol.startsWith('v4') ? JSON.stringify(status) : (status.message ?? '');
    for (const type of ['stdout', 'stderr']) arrived.get(type)?.output.end();
    errors?.output.write(Buffer.from(text), () => {
      errors.output.end();
      hangUp();
    });
  };
  const start = (): void => {
    ioClock.clearTimeout(timer);
    const output = (type: string): ByteSink | undefined => arrived.get(type)?.output;
    const opened = openCommand(target, { stdout: output('stdout'), stderr: output('stderr'), finish });
    open = opened;
    late.connect(opened.input);
    sizes.connect(sizesFor(opened));
  };
  return {
    accept: (stream) => {
      const type = stream.headers.get('streamtype') ?? '';
      if (!wanted.includes(type) || arrived.has(type)) return stream.reset();
      arrived.set(type, stream);
      const input = type === 'stdin' ? late.sink : type === 'resize' ? sizes.sink : NO_SINK;
      stream.receive(input, () => {});
      if (arrived.size === wanted.length) start();
    },
    close: () => {
      ioClock.clearTimeout(timer);
      open?.close();
    },
  };
};

/** Sizes come as JSON texts, one after the other, usually one per piece. */
const sizesFor = (open: OpenStream): ByteSink => ({
  write: (piece, taken) => {
    for (const text of Buffer.from(piece)
      .toString('utf8')
      .match(/\{[^}]*\}/g) ?? []) {
      const size = parseTerminalSize(text);
      if (size !== undefined) open.resize(size);
    }
    taken();
  },
  end: () => {},
});

/** What a request gets that asks for no upgrade. */
export const upgradeRequired = () => badRequest('Upgrade request required');
