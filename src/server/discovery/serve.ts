/** Serves what is not a resource: discovery, OpenAPI, version, health. */
import { createHash } from 'node:crypto';
import { methodNotAllowed, notAcceptable, notFoundResource, openApiV3 } from '../../api/index.js';
import type { Exchange } from '../request/exchange.js';
import { parseAccept } from '../request/negotiate.js';
import { isTrue } from '../request/query.js';
import { servedVersions, type Route } from '../request/route.js';
import { send, sendObject, sendPageNotFound, sendText } from '../response/respond.js';
import {
  aggregatedDiscovery,
  legacyGroup,
  legacyGroups,
  legacyResources,
  legacyVersions,
} from './documents.js';

export type DocumentRoute = Exclude<Route, { readonly type: 'resource' | 'review' }>;

/** Answers a route that names no resource. @throws {ApiError} */
export async function serveDocument(exchange: Exchange, route: DocumentRoute): Promise<void> {
  if (route.type === 'unknownPath') return sendPageNotFound(exchange);
  if (route.type === 'unknownResource') throw notFoundResource();
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw methodNotAllowed();
  switch (route.type) {
    case 'groups':
      return serveGroups(exchange, route.isCore);
    case 'group':
      return sendObject(exchange, 200, legacyGroup(route.group));
    case 'version':
      return sendObject(exchange, 200, legacyResources(route));
    case 'other':
      return servePage(exchange, route.path);
  }
}

async function serveGroups(exchange: Exchange, isCore: boolean): Promise<void> {
  const { request, response } = exchange;
  response.setHeader('vary', 'Accept');
  for (const clause of parseAccept(request.headers.accept ?? '')) {
    const version = clause.params.get('v') ?? '';
    const isAggregated =
      clause.type === 'application/json' &&
      clause.params.get('as') === 'APIGroupDiscoveryList' &&
      (version === 'v2' || version === 'v2beta1');
    if (!isAggregated) continue;
    const mediaType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return sendObject(exchange, 200, aggregatedDiscovery(isCore, version), { mediaType });
  }
  return sendObject(exchange, 200, isCore ? legacyVersions(request.headers.host ?? '') : legacyGroups());
}

const HEALTH = /^\/(healthz|livez|readyz)(\/ping)?$/;
const OPENAPI_V3 = '/openapi/v3';

async function servePage(exchange: Exchange, path: string): Promise<void> {
  const health = HEALTH.exec(path);
  if (health !== null) {
    const isVerbose = exchange.query.has('verbose') && isTrue(exchange.query.get('verbose'));
    return sendText(exchange, 200, isVerbose ? `[+]ping ok\n${health[1]} check passed\n` : 'ok');
  }
  if (path === '/version') return sendObject(exchange, 200, exchange.context.version);
  if (path === '/openapi/v2') return serveOpenApiV2(exchange);
  if (path === OPENAPI_V3) return sendObject(exchange, 200, openApiIndex());
  if (path.startsWith(`${OPENAPI_V3}/`)) return serveOpenApiV3(exchange, path.slice(OPENAPI_V3.length + 1));
  if (path === '/') return sendObject(exchange, 200, { paths: servedPaths() });
  return sendPageNotFound(exchange);
}

const pathOf = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

function servedPaths(): readonly string[] {
  const api = servedVersions().map((served) => `/${pathOf(served)}`);
  const groups = servedVersions().flatMap(({ group }) => (group === '' ? [] : [`/apis/${group}`]));
  const others = ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', OPENAPI_V3, '/readyz', '/version'];
  return [...new Set([...api, ...groups, ...others])].sort();
}

/**
 * The old description exists only as an empty one, in the encoding that kubectl wants: with it kubectl falls back to
 * what it knows of built-in kinds. api.md §1.5
 */
async function serveOpenApiV2(exchange: Exchange): Promise<void> {
  const accept = exchange.request.headers.accept ?? '';
  if (accept.includes('application/com.github.proto-openapi.spec.v2')) {
    const mediaType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
    return send(exchange, 200, Buffer.alloc(0), { 'content-type': mediaType });
  }
  const wantsJson =
    accept === '' || parseAccept(accept).some(({ type }) => /^(application|\*)\/(json|\*)$/.test(type));
  if (!wantsJson) throw notAcceptable();
  return sendObject(exchange, 200, {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: exchange.context.version.gitVersion },
    paths: {},
    definitions: {},
  });
}

interface Description {
  readonly body: Buffer;
  readonly hash: string;
}
/** Descriptions never change while the process lives; they are built when first asked for. */
const descriptions = new Map<string, Description | undefined>();

function descriptionOf(path: string): Description | undefined {
  if (descriptions.has(path)) return descriptions.get(path);
  const served = servedVersions().find((version) => pathOf(version) === path);
  const document = served === undefined ? undefined : openApiV3(served.group, served.version);
  if (document === undefined) return undefined;
  const body = Buffer.from(JSON.stringify(document));
  const hash = createHash('sha256').update(body).digest('hex').toUpperCase();
  const description = { body, hash };
  descriptions.set(path, description);
  return description;
}

function openApiIndex(): object {
  const paths: Record<string, object> = {};
  for (const path of servedVersions().map(pathOf)) {
    const description = descriptionOf(path);
    if (description === undefined) continue;
    paths[path] = { serverRelativeURL: `${OPENAPI_V3}/${path}?hash=${description.hash}` };
  }
  return { paths };
}

async function serveOpenApiV3(exchange: Exchange, path: string): Promise<void> {
  const { response, query } = exchange;
  const description = descriptionOf(path);
  // As upstream: an unknown group is an empty document. api.md §1.2
  if (description === undefined)
    return send(exchange, 200, Buffer.alloc(0), { 'content-type': 'application/json' });
  const asked = query.get('hash');
  if (asked !== null && asked !== description.hash) {
    response.setHeader('location', `${OPENAPI_V3}/${path}?hash=${description.hash}`);
    return send(exchange, 301, Buffer.alloc(0), { 'content-type': 'text/plain; charset=utf-8' });
  }
  const etag = `"${description.hash}"`;
  response.setHeader('etag', etag);
  response.setHeader('vary', 'Accept');
  // What is asked for by its hash never changes: clients keep it. Upstream says the same by an Expires in a year.
  const caching: Readonly<Record<string, string>> =
    asked === null ? {} : { 'cache-control': 'public, max-age=31536000, immutable' };
  const isKnown = (exchange.request.headers['if-none-match'] ?? '').split(/,\s*/).includes(etag);
  if (isKnown) return send(exchange, 304, Buffer.alloc(0), caching);
  return send(exchange, 200, description.body, { 'content-type': 'application/json', ...caching });
}
