/** Takes each request to what answers it, and turns whatever fails into a Status. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiError, methodNotAllowed } from '../api/index.js';
import { serveDocument } from './discovery/serve.js';
import type { AccessLogEntry } from './ports.js';
import { RequestAborted } from './request/body.js';
import { createExchange, type Exchange, type ServerContext } from './request/exchange.js';
import { isTrue } from './request/query.js';
import { routeOf, type ResourceRoute, type Route } from './request/route.js';
import { deleteObject, deleteObjects } from './resources/delete.js';
import { getObject, listObjects, watchObjects } from './resources/read.js';
import { answerReview } from './resources/reviews.js';
import { answerSubresource } from './resources/subresources.js';
import { createObject, patchObject, updateObject } from './resources/write.js';
import { sendError, sendText } from './response/respond.js';
import type { AccessPolicy } from './security/access.js';
import { NodeRefusal } from './stream/target.js';
import { isStream, openStream, refuseBody, responseOn } from './stream/upgrade.js';

export interface HandlerOptions {
  readonly context: ServerContext;
  readonly access: AccessPolicy;
  readonly onRequest: ((entry: AccessLogEntry) => void) | undefined;
  readonly onInternalError: ((error: unknown, request: string) => void) | undefined;
}

export interface Handler {
  /** For the server's `request` event. Like its neighbour, it never throws and never leaves a request unanswered. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** For the `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function createHandler(options: HandlerOptions): Handler {
  const { context, access, onRequest, onInternalError } = options;
  const handle = (
    request: IncomingMessage,
    response: ServerResponse,
    respond: (exchange: Exchange, route: Route) => Promise<void>,
  ): void => {
    const exchange = createExchange(request, response, context);
    if (onRequest !== undefined) logWhenEnded(exchange, onRequest);
    // A client that goes away is no failure of the server; the stream's own `close` cleans up.
    response.on('error', () => {});
    const run = async (): Promise<void> => {
      access.check(request, exchange.path);
      return respond(exchange, routeOf(exchange.path));
    };
    run().catch(async (error: unknown) => {
      if (error instanceof RequestAborted) return;
      if (error instanceof NodeRefusal) return sendText(exchange, error.code, `${error.message}\n`);
      if (!(error instanceof ApiError)) onInternalError?.(error, `${exchange.method} ${request.url ?? ''}`);
      await sendError(exchange, error);
    });
  };
  return {
    answer: (request, response) => handle(request, response, answerRoute),
    upgrade: (request, duplex, head) => {
      // What an HTTPS server hands over is always a socket.
      const socket = duplex as Socket;
      handle(request, responseOn(request, socket), async (exchange, route) => {
        if (isStream(route)) return openStream(exchange, route, { socket, head });
        refuseBody(request);
        return answerRoute(exchange, route);
      });
    },
  };
}

async function answerRoute(exchange: Exchange, route: Route): Promise<void> {
  switch (route.type) {
    case 'resource':
      return answerResource(exchange, route);
    case 'review':
      if (exchange.method !== 'POST') throw methodNotAllowed();
      return answerReview(exchange, route.review);
    default:
      return serveDocument(exchange, route);
  }
}

async function answerResource(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const { method, query } = exchange;
  if (route.subresource !== undefined) return answerSubresource(exchange, route);
  const isCollection = route.name === undefined;
  if (route.isWatchPath) return method === 'GET' ? watchObjects(exchange, route) : refuse();
  const isEverywhere = route.resource.namespaced && route.namespace === undefined;
  switch (method) {
    case 'GET':
      if (!isCollection) return getObject(exchange, route);
      return isTrue(query.get('watch')) ? watchObjects(exchange, route) : listObjects(exchange, route);
    case 'POST':
      return isCollection && !isEverywhere && allows(route, 'create')
        ? createObject(exchange, route)
        : refuse();
    case 'PUT':
      return !isCollection && allows(route, 'update') ? updateObject(exchange, route, undefined) : refuse();
    case 'PATCH':
      return !isCollection && allows(route, 'patch') ? patchObject(exchange, route, undefined) : refuse();
    case 'DELETE':
      if (!isCollection) return allows(route, 'delete') ? deleteObject(exchange, route) : refuse();
      return !isEverywhere && allows(route, 'deletecollection') ? deleteObjects(exchange, route) : refuse();
    default:
      return refuse();
  }
}

const allows = ({ resource }: ResourceRoute, verb: string): boolean =>
  resource.verbs.some((served) => served === verb);

const refuse = (): never => {
  throw methodNotAllowed();
};

function logWhenEnded(exchange: Exchange, onRequest: (entry: AccessLogEntry) => void): void {
  const { request, response, context } = exchange;
  const startedAt = context.ioClock.now();
  response.once('close', () => {
    onRequest({
      method: exchange.method,
      url: request.url ?? '',
      code: response.headersSent || response.statusCode === 101 ? response.statusCode : 0,
      durationMs: context.ioClock.now() - startedAt,
      userAgent: request.headers['user-agent'] ?? '',
    });
  });
}
