/**
 * `exec` and `attach` over a WebSocket: one connection, whose messages begin with the number of their channel: 0
 * stdin, 1 stdout, 2 stderr, 3 the end as a Status, 4 the terminal's size. With v5 the client closes a channel by 255 and its
 * number; the base64 protocols use digits and text.
 *
 * Models: k8s.io/apimachinery/pkg/util/remotecommand, k8s.io/streaming/pkg/wsstream (v1.36; node.md 6.9)
 */
import type { WebSocket } from 'ws';
import type { ByteSink, OpenStream } from '../ports.js';
import { openCommand, parseTerminalSize, type ChannelStatus, type CommandTarget } from './command.js';
import type { StreamLifetime } from './lifetime.js';
import { buffered } from './sinks.js';
import { messagesTo, readMessages } from './webSocket.js';

interface ChannelProtocol {
  readonly isBase64: boolean;
  /** The end is a Status; before v4 it was a text. */
  readonly tellsStatus: boolean;
  readonly canCloseChannels: boolean;
}

const BINARY = { isBase64: false, tellsStatus: false, canCloseChannels: false };
export const CHANNEL_PROTOCOLS: ReadonlyMap<string, ChannelProtocol> = new Map([
  ['', BINARY],
  ['channel.k8s.io', BINARY],
  ['base64.channel.k8s.io', { ...BINARY, isBase64: true }],
  ['v4.channel.k8s.io', { ...BINARY, tellsStatus: true }],
  ['v4.base64.channel.k8s.io', { ...BINARY, tellsStatus: true, isBase64: true }],
  ['v5.channel.k8s.io', { ...BINARY, tellsStatus: true, canCloseChannels: true }],
]);

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;
const DIGIT_0 = 48;

export const serveCommand = (
  webSocket: WebSocket,
  protocol: ChannelProtocol,
  target: CommandTarget,
  lifetime: StreamLifetime,
): void => {
  const channel = (number: number): ByteSink =>
    messagesTo(webSocket, lifetime, (piece) =>
      protocol.isBase64
        ? `${number}${Buffer.from(piece).toString('base64')}`
        : Buffer.concat([Buffer.of(number), piece]),
    );
  const { stdin, stdout, stderr, tty } = target.streams;
  const finish = (status: ChannelStatus): void => {
    const text = protocol.tellsStatus ? JSON.stringify(status) : (status.message ?? '');
    if (text === '') return webSocket.close(1000);
    channel(ERROR).write(Buffer.from(text), () => webSocket.close(1000));
  };
  // An empty message tells the client that the connection is there.
  if (stdout || stderr) channel(stdout ? STDOUT : STDERR).write(Buffer.alloc(0), () => {});

  const open = openCommand(target, {
    stdout: stdout ? channel(STDOUT) : undefined,
    stderr: stderr ? channel(STDERR) : undefined,
    finish,
  });
  webSocket.once('close', () => open.close());
  const input = buffered(open.input);
  readMessages(webSocket, lifetime, (message, taken) => {
    const [first = 0] = message;
    const number = protocol.isBase64 ? first - DIGIT_0 : first;
    const content = message.subarray(1);
    const payload = protocol.isBase64 ? Buffer.from(content.toString('latin1'), 'base64') : content;
    if (protocol.canCloseChannels && number === CLOSE) {
      if (payload[0] === STDIN) input.end();
    } else if (number === STDIN && stdin) return input.write(payload, taken);
    else if (number === RESIZE && tty) resize(open, payload);
    taken();
  });
};

const resize = (open: OpenStream, payload: Buffer): void => {
  const size = parseTerminalSize(payload.toString('utf8'));
  if (size !== undefined) open.resize(size);
};
