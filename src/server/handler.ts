/** Takes each request to what answers it, and turns whatever fails into a Status. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, methodNotAllowed } from '../api/index.js';
import { serveDocument } from './discovery/serve.js';
import type { AccessLogEntry } from './ports.js';
import { RequestAborted } from './request/body.js';
import { createExchange, type Exchange, type ServerContext } from './request/exchange.js';
import { isTrue } from './request/query.js';
import { routeOf, type ResourceRoute } from './request/route.js';
import { deleteObject, deleteObjects } from './resources/delete.js';
import { getObject, listObjects, watchObjects } from './resources/read.js';
import { answerReview } from './resources/reviews.js';
import { answerSubresource } from './resources/subresources.js';
import { createObject, patchObject, updateObject } from './resources/write.js';
import { sendError } from './response/respond.js';
import type { AccessPolicy } from './security/access.js';

export interface HandlerOptions {
  readonly context: ServerContext;
  readonly access: AccessPolicy;
  readonly onRequest: ((entry: AccessLogEntry) => void) | undefined;
  readonly onInternalError: ((error: unknown, request: string) => void) | undefined;
}

/** A listener for the server's `request` event. It never throws and never leaves a request unanswered. */
export function createHandler(
  options: HandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { context, access, onRequest, onInternalError } = options;
  return (request, response) => {
    const exchange = createExchange(request, response, context);
    if (onRequest !== undefined) logWhenEnded(exchange, onRequest);
    // A client that goes away is no failure of the server; the stream's own `close` cleans up.
    response.on('error', () => {});
    answer(exchange, access).catch(async (error: unknown) => {
      if (error instanceof RequestAborted) return;
      if (!(error instanceof ApiError)) onInternalError?.(error, `${exchange.method} ${request.url ?? ''}`);
      await sendError(exchange, error);
    });
  };
}

async function answer(exchange: Exchange, access: AccessPolicy): Promise<void> {
  access.check(exchange.request, exchange.path);
  const route = routeOf(exchange.path);
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
      code: response.headersSent ? response.statusCode : 0,
      durationMs: context.ioClock.now() - startedAt,
      userAgent: request.headers['user-agent'] ?? '',
    });
  });
}
