/** Reading objects: get and list, and the start of a watch. */
import type { KubeObject } from '../../api/index.js';
import type { ObjectKey, WatchOptions } from '../../client/index.js';
import type { Exchange } from '../request/exchange.js';
import { negotiate } from '../request/negotiate.js';
import { checkListQuery, checkWatchQuery, integerOf, isTrue, listOptionsOf } from '../request/query.js';
import type { ResourceRoute } from '../request/route.js';
import {
  includeObjectOf,
  representList,
  representObject,
  type RepresentOptions,
} from '../response/represent.js';
import { sendObject } from '../response/respond.js';
import { streamWatch } from '../response/watchStream.js';
import { presentBookmark, presenter } from '../response/watchObjects.js';

/** The key of the object that a route names. */
export const keyOf = (route: ResourceRoute): ObjectKey => ({
  kind: route.resource.kind,
  name: route.name ?? '',
  namespace: route.namespace,
});

/**
 * How this client wants objects of the route to look.
 * @throws {ApiError} NotAcceptable 406, BadRequest 400.
 */
export function representOptionsOf(exchange: Exchange, isList: boolean): RepresentOptions {
  const representation = negotiate(exchange.request.headers.accept, { isList });
  return {
    representation,
    includeObject: representation.as === 'Table' ? includeObjectOf(exchange.query) : 'Metadata',
    now: exchange.context.clock.now(),
  };
}

/** Sends one object, as the client wants it. */
export function sendRepresented(
  exchange: Exchange,
  code: number,
  object: KubeObject,
  options: RepresentOptions,
): Promise<void> {
  const shaped = representObject(object.kind, object, options);
  return sendObject(exchange, code, shaped, { format: options.representation.format });
}

export async function getObject(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const options = representOptionsOf(exchange, false);
  await checkVersion(exchange, route);
  const object = await exchange.context.api.get(keyOf(route));
  await sendRepresented(exchange, 200, object, options);
}

/**
 * The port's `get` answers the latest state, which is not older than any version there has been. A version that makes
 * no sense, or lies in the future, is refused as a list refuses it.
 * @throws {ApiError} 500 for what is no number, Timeout 504.
 */
async function checkVersion(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const resourceVersion = exchange.query.get('resourceVersion') ?? '';
  if (resourceVersion === '' || resourceVersion === '0') return;
  const { kind } = route.resource;
  const { name = '', namespace } = route;
  const fieldSelector = `metadata.name=${name}`;
  await exchange.context.api.list(kind, { namespace, fieldSelector, resourceVersion });
}

export async function listObjects(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const options = representOptionsOf(exchange, true);
  checkListQuery(exchange.query);
  const list = await exchange.context.api.list(route.resource.kind, selectionOf(exchange, route));
  const { format } = options.representation;
  await sendObject(exchange, 200, representList(route.resource, list, options), { format });
}

/** The list options of a collection's URL; a watch path may name one object. */
export function selectionOf(exchange: Exchange, route: ResourceRoute): ReturnType<typeof listOptionsOf> {
  const options = listOptionsOf(exchange.query, route.namespace);
  if (route.name === undefined) return options;
  const byName = `metadata.name=${route.name}`;
  const fieldSelector = options.fieldSelector === undefined ? byName : `${options.fieldSelector},${byName}`;
  return { ...options, fieldSelector };
}

/** Half an hour to an hour. Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go (minRequestTimeout). */
const MIN_WATCH_SECONDS = 1800;

export async function watchObjects(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const { query, context } = exchange;
  const { api, random } = context;
  const options = representOptionsOf(exchange, true);
  checkWatchQuery(query);
  const seconds = integerOf(query, 'timeoutSeconds') ?? 0;
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const { kind } = route.resource;
  const watch = watchOptionsOf(exchange, route);
  streamWatch(exchange, {
    events$: api.watch(kind, watch),
    present: presenter(kind, options, () => context.clock.now()),
    presentBookmark: presentBookmark(kind, options),
    apiVersion: route.resource.apiVersion,
    kind,
    bookmarks,
    announcesInitialEnd: bookmarks && isTrue(query.get('sendInitialEvents')),
    resourceVersion: watch.resourceVersion === '0' ? undefined : watch.resourceVersion,
    timeoutMs: 1000 * (seconds > 0 ? seconds : MIN_WATCH_SECONDS + random.integer(MIN_WATCH_SECONDS)),
  });
}

/**
 * With no version, or 0, the current objects come first; the port is then asked to mark their end, so that a bookmark
 * is known from the start.
 */
function watchOptionsOf(exchange: Exchange, route: ResourceRoute): WatchOptions {
  const { namespace, labelSelector, fieldSelector, resourceVersion } = selectionOf(exchange, route);
  const asked = exchange.query.get('sendInitialEvents');
  const isFromTheStart = resourceVersion === undefined || resourceVersion === '0';
  const sendInitialEvents = asked === null ? isFromTheStart || undefined : isTrue(asked);
  return { namespace, labelSelector, fieldSelector, resourceVersion, sendInitialEvents };
}
