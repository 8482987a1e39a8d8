/** Deleting one object or a collection. */
import { badRequest, type KubeObject, type Status } from '../../api/index.js';
import type { DeleteOptions } from '../../client/index.js';
import type { Exchange } from '../request/exchange.js';
import { contentTypeOf, decodeBody, readBody } from '../request/body.js';
import { deleteOptionsOf, listOptionsOf } from '../request/query.js';
import type { ResourceRoute } from '../request/route.js';
import { kindFirst, representList } from '../response/represent.js';
import { sendObject } from '../response/respond.js';
import { keyOf, representOptionsOf, sendRepresented } from './read.js';

export async function deleteObject(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const represent = representOptionsOf(exchange, false);
  const options = await readDeleteOptions(exchange);
  const outcome: KubeObject | Status = await exchange.context.api.delete(keyOf(route), options);
  if (isStatus(outcome)) return sendObject(exchange, 200, kindFirst(outcome));
  return sendRepresented(exchange, 200, outcome, represent);
}

export async function deleteObjects(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const represent = representOptionsOf(exchange, true);
  const selection = listOptionsOf(exchange.query, route.namespace);
  const options = await readDeleteOptions(exchange);
  const list = await exchange.context.api.deleteCollection(route.resource.kind, selection, options);
  return sendObject(exchange, 200, representList(route.resource, list, represent));
}

/** @throws {ApiError} BadRequest 400 for a body that is no DeleteOptions. */
export async function readDeleteOptions(exchange: Exchange): Promise<DeleteOptions> {
  const { request, context } = exchange;
  const bytes = await readBody(request, context.limits.bodyBytes);
  if (bytes.length === 0) return deleteOptionsOf(exchange, undefined);
  const { value } = await decodeBody(bytes, contentTypeOf(request), 'DeleteOptions');
  const kind = value['kind'] || 'DeleteOptions';
  if (kind !== 'DeleteOptions') {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(value['apiVersion'] ?? '')} cannot be handled as a DeleteOptions: ` +
        `converting (${String(kind)}) to (DeleteOptions): unknown conversion`,
    );
  }
  return deleteOptionsOf(exchange, value);
}

const isStatus = (outcome: KubeObject | Status): outcome is Status =>
  outcome.kind === 'Status' && outcome.apiVersion === 'v1';
