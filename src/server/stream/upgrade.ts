/**
 * Requests that ask for another protocol on their connection. Streams get it; for everything else the wish is passed
 * over and the request answered as usual.
 *
 * The checks are those of every request, made before the connection changes hands: token, Host, Origin.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { badRequest, methodNotAllowed } from '../../api/index.js';
import type { Exchange } from '../request/exchange.js';
import type { ResourceRoute, Route } from '../request/route.js';
import { CHANNEL_PROTOCOLS, serveCommand } from './commandChannels.js';
import { createLifetime } from './lifetime.js';
import { createPortForward, type PortForwardTarget } from './portForward.js';
import { FORWARD_CHANNEL_PROTOCOLS, serveForwardChannels } from './portForwardChannels.js';
import { createSpdyConnection } from './spdy/connection.js';
import {
  FORWARD_PROTOCOL,
  isSpdyUpgrade,
  serveSpdy,
  spdyProtocolOf,
  upgradeRequired,
} from './spdyUpgrade.js';
import { NodeRefusal, STREAM_SUBRESOURCES, targetOf, type StreamTarget } from './target.js';
import {
  acceptWebSocket,
  isWebSocketUpgrade,
  messagesTo,
  offeredProtocols,
  readMessages,
} from './webSocket.js';

/** What a connection that asks for an upgrade is answered with as long as it has not been upgraded. */
export const responseOn = (request: IncomingMessage, socket: Socket): ServerResponse => {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  socket.on('error', () => {
    // The client is gone; `close` follows.
  });
  return response;
};

export const isStream = (route: Route): route is ResourceRoute =>
  route.type === 'resource' &&
  route.resource.kind === 'Pod' &&
  STREAM_SUBRESOURCES.some((name) => name === route.subresource);

/** A request for a stream that does not ask for an upgrade. @throws always: ApiError, NodeRefusal. */
export const refuseStream = async (exchange: Exchange, route: ResourceRoute): Promise<never> => {
  if (exchange.method !== 'GET' && exchange.method !== 'POST') throw methodNotAllowed();
  await targetOf(exchange, route);
  throw upgradeRequired();
};

/** Upgrades the connection. @throws {ApiError | NodeRefusal} before it did. */
export const openStream = async (
  exchange: Exchange,
  route: ResourceRoute,
  { socket, head }: { readonly socket: Socket; readonly head: Buffer },
): Promise<void> => {
  const { request, context, method } = exchange;
  if (method !== 'GET' && method !== 'POST') throw methodNotAllowed();
  const target = await targetOf(exchange, route);
  if (isSpdyUpgrade(request)) {
    const protocol = spdyProtocolOf(request, target.type);
    takeSocket(exchange, socket);
    return serveSpdy({ socket, head, protocol }, target, context);
  }
  if (!isWebSocketUpgrade(request)) throw upgradeRequired();
  const protocol = webSocketProtocolOf(request, target);
  takeSocket(exchange, socket);
  acceptWebSocket({ request, socket, head }, protocol, (webSocket) => {
    const lifetime = createLifetime(context, () => webSocket.terminate());
    webSocket.once('close', lifetime.end);
    webSocket.on('error', () => {
      // A broken frame or connection; ws closes it, and `close` follows.
    });
    if (target.type !== 'portforward') {
      const channels = CHANNEL_PROTOCOLS.get(protocol);
      if (channels !== undefined) serveCommand(webSocket, channels, target, lifetime);
    } else if (protocol === TUNNEL_PROTOCOL) serveTunnel(webSocket, lifetime, target.open);
    else {
      const isBase64 = protocol.includes('base64');
      serveForwardChannels(webSocket, isBase64, target.ports, target.open, lifetime);
    }
  });
};

const TUNNEL_PROTOCOL = `SPDY/3.1+${FORWARD_PROTOCOL}`;

/** @throws {NodeRefusal} when none that the client offers is known, or the request lacks what it needs. */
const webSocketProtocolOf = (request: IncomingMessage, target: StreamTarget): string => {
  const known =
    target.type === 'portforward'
      ? [TUNNEL_PROTOCOL, ...FORWARD_CHANNEL_PROTOCOLS]
      : [...CHANNEL_PROTOCOLS.keys()];
  const offered = offeredProtocols(request);
  const protocol = offered.find((name) => known.includes(name));
  if (protocol === undefined) {
    const names = known.filter((name) => name !== '');
    throw new NodeRefusal(
      403,
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${names.join(' ')}]`,
    );
  }
  if (target.type === 'portforward' && protocol !== TUNNEL_PROTOCOL && target.ports.length === 0) {
    throw new NodeRefusal(400, 'query parameter "port" is required');
  }
  return protocol;
};

/** From here on the connection is the stream's; the response only tells when it is over. */
const takeSocket = ({ response }: Exchange, socket: Socket): void => {
  response.statusCode = 101;
  response.detachSocket(socket);
  socket.once('close', () => response.emit('close'));
};

type WebSocket = Parameters<Parameters<typeof acceptWebSocket>[2]>[0];

const serveTunnel = (
  webSocket: WebSocket,
  lifetime: ReturnType<typeof createLifetime>,
  target: PortForwardTarget,
): void => {
  const hangUp = (): void => webSocket.close(1000);
  const streams = createPortForward(target);
  const connection = createSpdyConnection(
    messagesTo(webSocket, lifetime, (piece) => piece),
    { onStream: streams.accept, onEnd: hangUp },
  );
  webSocket.once('close', () => {
    streams.close();
    connection.close();
  });
  readMessages(webSocket, lifetime, (message, taken) => connection.input.write(message, taken));
};

/** An upgrade that is not offered is passed over, unless what follows the headers would be lost with it. */
export const refuseBody = ({ headers }: IncomingMessage): void => {
  const length = headers['content-length'] ?? '0';
  if (length !== '0' || headers['transfer-encoding'] !== undefined) {
    throw badRequest('a request with a body cannot ask for an upgrade');
  }
};
