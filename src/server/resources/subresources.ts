/** Subresources: those written like objects, and those that are actions (binding, eviction, log; exec, …). */
import { badRequest, methodNotAllowed, notFoundResource, plain500, successStatus } from '../../api/index.js';
import type { DeleteOptions, Subresource } from '../../client/index.js';
import type { Exchange } from '../request/exchange.js';
import { contentTypeOf, decodeBody, readBody } from '../request/body.js';
import { deleteOptionsOf, writeOptionsOf } from '../request/query.js';
import type { ResourceRoute } from '../request/route.js';
import { refuseStream } from '../stream/upgrade.js';
import { kindFirst } from '../response/represent.js';
import { sendObject } from '../response/respond.js';
import { streamPodLog } from './podLog.js';
import { getObject, keyOf, representOptionsOf, sendRepresented } from './read.js';
import { patchObject, updateObject } from './write.js';

/** What answers a subresource, by method; other methods are 405. */
type Handlers = Readonly<Record<string, (exchange: Exchange, route: ResourceRoute) => Promise<void>>>;

const written = (subresource: Subresource): Handlers => ({
  GET: getObject,
  PUT: (exchange, route) => updateObject(exchange, route, subresource),
  PATCH: (exchange, route) => patchObject(exchange, route, subresource),
});

const HANDLERS: Readonly<Record<string, Handlers>> = {
  status: written('status'),
  ephemeralcontainers: written('ephemeralcontainers'),
  scale: { ...written('scale'), GET: getScale },
  finalize: { PUT: (exchange, route) => updateObject(exchange, route, 'finalize') },
  binding: { POST: bindPod },
  eviction: { POST: evictPod },
  log: { GET: streamPodLog },
  exec: { GET: refuseStream, POST: refuseStream },
  attach: { GET: refuseStream, POST: refuseStream },
  portforward: { GET: refuseStream, POST: refuseStream },
};

/** @throws {ApiError} NotFound 404, MethodNotAllowed 405. */
export async function answerSubresource(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const { subresource = '' } = route;
  const handlers = isServed(route) ? HANDLERS[subresource] : undefined;
  if (handlers === undefined) throw notFoundResource();
  const handler = handlers[exchange.method];
  if (handler === undefined) throw methodNotAllowed();
  return handler(exchange, route);
}

const isServed = ({ resource, subresource = '' }: ResourceRoute): boolean =>
  resource.subresources.some((served) => served === subresource);

async function getScale(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const options = representOptionsOf(exchange, false);
  const scale = await exchange.context.api.getScale(keyOf(route));
  return sendRepresented(exchange, 200, scale, options);
}

async function bindPod(exchange: Exchange, route: ResourceRoute): Promise<void> {
  writeOptionsOf(exchange, 'CreateOptions');
  const body = await readActionBody(exchange, 'Binding');
  const bodyName = body.metadata.name ?? '';
  const name = route.name || bodyName;
  if (bodyName !== '' && bodyName !== name)
    throw badRequest('name in URL does not match name in Binding object');
  const target = (body.value['target'] ?? {}) as { readonly kind?: string; readonly name?: string };
  if (target.kind !== undefined && target.kind !== '' && target.kind !== 'Node') {
    throw plain500(
      `target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`,
    );
  }
  if (!target.name) throw plain500('target.name: Required value');
  const pod = { namespace: route.namespace ?? '', name, uid: body.metadata.uid };
  const status = await exchange.context.api.bind(pod, target.name);
  return sendObject(exchange, 201, kindFirst({ ...status, code: 201 }));
}

async function evictPod(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const { onWarning, dryRun } = writeOptionsOf(exchange, 'CreateOptions');
  const body = await readActionBody(exchange, 'Eviction');
  const name = route.name ?? '';
  if (body.metadata.name !== undefined && body.metadata.name !== name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  const given = body.value['deleteOptions'] as Readonly<Record<string, unknown>> | undefined;
  const options: DeleteOptions = deleteOptionsOf(exchange, given ?? {});
  const pod = { namespace: route.namespace ?? '', name };
  await exchange.context.api.evict(pod, { ...options, onWarning, dryRun: dryRun || options.dryRun });
  return sendObject(exchange, 201, kindFirst(successStatus({ code: 201 })));
}

async function readActionBody(
  exchange: Exchange,
  kind: string,
): Promise<{
  readonly value: Readonly<Record<string, unknown>>;
  readonly metadata: { readonly name?: string; readonly uid?: string };
}> {
  const { request, context } = exchange;
  const bytes = await readBody(request, context.limits.bodyBytes);
  const { value } = await decodeBody(bytes, contentTypeOf(request), kind);
  return { value, metadata: (value['metadata'] ?? {}) as { name?: string; uid?: string } };
}
