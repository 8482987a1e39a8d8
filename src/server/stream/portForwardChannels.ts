/**
 * Port-forward in channels of a WebSocket, as older clients do it: for the port at place i of the request, channel 2i
 * for data and 2i + 1 for errors. The first message on each is the port, two bytes, little endian.
 *
 * Models: k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go (v1.36; node.md 6.9)
 */
import type { WebSocket } from 'ws';
import type { OpenStream } from '../ports.js';
import type { StreamLifetime } from './lifetime.js';
import { forwardFailure, type PortForwardTarget } from './portForward.js';
import { buffered } from './sinks.js';
import { messagesTo, readMessages } from './webSocket.js';

export const FORWARD_CHANNEL_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

export const serveForwardChannels = (
  webSocket: WebSocket,
  isBase64: boolean,
  ports: readonly number[],
  target: PortForwardTarget,
  lifetime: StreamLifetime,
): void => {
  const channel = (number: number) =>
    messagesTo(webSocket, lifetime, (piece) =>
      isBase64
        ? String.fromCharCode(48 + number) + Buffer.from(piece).toString('base64')
        : Buffer.concat([Buffer.of(number), piece]),
    );
  let left = ports.length;
  const connections: OpenStream[] = ports.map((port, index) => {
    const name = Buffer.of(port & 0xff, port >> 8);
    const [data, errors] = [channel(2 * index), channel(2 * index + 1)];
    data.write(name, () => {});
    errors.write(name, () => {});
    return target.connect(port, data, (end) => {
      const done = (): void => {
        if ((left -= 1) === 0) webSocket.close(1000);
      };
      if (end.ok) return done();
      errors.write(Buffer.from(forwardFailure(target.sandboxId, port, end.message)), done);
    });
  });
  const inputs = connections.map(({ input }) => buffered(input));
  webSocket.once('close', () => {
    for (const connection of connections) connection.close();
  });
  readMessages(webSocket, lifetime, (message, taken) => {
    const [first = 0] = message;
    const number = isBase64 ? first - 48 : first;
    const input = number % 2 === 0 ? inputs[number / 2] : undefined;
    if (input === undefined) return taken();
    const content = message.subarray(1);
    input.write(isBase64 ? Buffer.from(content.toString('latin1'), 'base64') : content, taken);
  });
};
