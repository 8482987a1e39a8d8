/**
 * A connection that becomes a WebSocket, as the streams of the API use it. The subprotocol is chosen here and not by
 * ws, which refuses names such as `SPDY/3.1+portforward.k8s.io`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { ByteSink } from '../ports.js';
import type { StreamLifetime } from './lifetime.js';

/** Source: golang.org/x/net/websocket (DefaultMaxPayloadBytes), which the API server uses. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

const chosen = new WeakMap<IncomingMessage, string>();
const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
});
server.on('headers', (headers, request) => {
  const protocol = chosen.get(request);
  if (protocol !== undefined && protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

/** What the client offers, in its order; `['']` when it names nothing. */
export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  String(request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim());

export const isWebSocketUpgrade = (request: IncomingMessage): boolean =>
  request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';

/** `opened` is not called when the handshake is none: then the client has been answered. */
export const acceptWebSocket = (
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
  protocol: string,
  opened: (webSocket: WebSocket) => void,
): void => {
  delete request.headers['sec-websocket-protocol'];
  chosen.set(request, protocol);
  server.handleUpgrade(request, socket, head, opened);
};

/** Sends each piece as one message. A connection that is gone takes everything. */
export const messagesTo = (
  webSocket: WebSocket,
  lifetime: StreamLifetime,
  encode: (piece: Uint8Array) => Uint8Array | string,
): ByteSink => ({
  write: (piece, taken) => {
    if (webSocket.readyState !== webSocket.OPEN) return taken();
    lifetime.touch();
    // An error means that the connection is gone, which `close` tells.
    webSocket.send(encode(piece), () => taken());
  },
  end: () => {},
});

/** Reads one message at a time: the next is not read before `taken` was called for the one before. */
export const readMessages = (
  webSocket: WebSocket,
  lifetime: StreamLifetime,
  take: (message: Buffer, taken: () => void) => void,
): void => {
  webSocket.on('message', (data: RawData) => {
    lifetime.touch();
    let isTaken = false;
    let isPaused = false;
    take(asBuffer(data), () => {
      isTaken = true;
      if (isPaused) webSocket.resume();
    });
    if (isTaken) return;
    isPaused = true;
    webSocket.pause();
  });
};

const asBuffer = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
