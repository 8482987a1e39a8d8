/**
 * Sends answers: JSON (or YAML), texts, and Status errors; with warnings, compression, and indentation where asked for.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters (v1.36)
 */
import { constants, gzip } from 'node:zlib';
import { ApiError, internalError, type Status } from '../../api/index.js';
import type { Exchange } from '../request/exchange.js';
import type { Format } from '../request/negotiate.js';
import { isTrue } from '../request/query.js';

/** Answers from this size on are compressed. Models: responsewriters/writers.go#defaultGzipThresholdBytes. */
const GZIP_FROM_BYTES = 128 * 1024;
/** Bytes of warnings in one answer. Models: endpoints/filters/warning.go. */
const WARNING_BYTES = 4096;
/** Clients of people, who get indented JSON. Models: endpoints/handlers/negotiation/negotiate.go#isPrettyPrint. */
const PEOPLES_CLIENTS = /^(curl|Wget|Mozilla\/5\.0)/;
/** How much of a refused body is still read, so that the client gets to see the answer before the connection ends. */
const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 5_000;

const MEDIA_TYPES: Record<Format, string> = { json: 'application/json', yaml: 'application/yaml' };

/** Sends an object. */
export async function sendObject(
  exchange: Exchange,
  code: number,
  value: unknown,
  options: { readonly format?: Format; readonly mediaType?: string } = {},
): Promise<void> {
  const format = options.format ?? 'json';
  const headers = { 'content-type': options.mediaType ?? MEDIA_TYPES[format] };
  if (format === 'yaml') {
    const { stringify } = await import('yaml');
    return send(exchange, code, Buffer.from(stringify(value)), headers);
  }
  const text = wantsIndentation(exchange)
    ? JSON.stringify(value, undefined, 2)
    : `${JSON.stringify(value)}\n`;
  return send(exchange, code, Buffer.from(text), headers);
}

export function sendText(exchange: Exchange, code: number, text: string): void {
  send(exchange, code, Buffer.from(text), { 'content-type': 'text/plain; charset=utf-8' });
}

/** The answer for what lies outside the API. */
export const sendPageNotFound = (exchange: Exchange): void => sendText(exchange, 404, '404 page not found\n');

/** Sends an error as its Status; anything that is no ApiError as InternalError 500. */
export async function sendError(exchange: Exchange, error: unknown): Promise<void> {
  const { status } =
    error instanceof ApiError ? error : internalError(String((error as Error)?.message ?? error));
  const code = status.code ?? 500;
  const retryAfterSeconds = status.details?.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) exchange.response.setHeader('retry-after', String(retryAfterSeconds));
  return sendObject(exchange, code, status satisfies Status);
}

export async function send(
  exchange: Exchange,
  code: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { response, request } = exchange;
  if (response.headersSent || response.destroyed) return;
  setCommonHeaders(exchange);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = code;
  let payload = body;
  if (body.length >= GZIP_FROM_BYTES && acceptsGzip(exchange)) {
    payload = await compressed(body);
    response.setHeader('content-encoding', 'gzip');
    response.appendHeader('vary', 'Accept-Encoding');
  }
  // Of what has not changed, the length is that of the answer which the client has.
  if (code !== 304) response.setHeader('content-length', String(payload.length));
  const isHead = exchange.method === 'HEAD';
  if (request.complete || request.method === 'GET' || isHead) {
    response.end(isHead ? undefined : payload);
    return;
  }
  sendBeforeRequestEnds(exchange, payload);
}

/** What every answer carries; for handlers that write the body themselves. */
export function setCommonHeaders(exchange: Exchange): void {
  const { response, warnings } = exchange;
  response.setHeader('cache-control', 'no-cache, private');
  response.setHeader('x-content-type-options', 'nosniff');
  const values: string[] = [];
  let sizeBytes = 0;
  for (const warning of warnings) {
    const value = warningHeader(warning);
    sizeBytes += value.length;
    if (sizeBytes > WARNING_BYTES) break;
    values.push(value);
  }
  if (values.length > 0) response.setHeader('warning', values);
}

/** A header's bytes: UTF-8 in a quoted string. */
function warningHeader(text: string): string {
  // Control characters cannot stand in a header.
  // oxlint-disable-next-line no-control-regex
  const line = text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').replaceAll(/["\\]/g, '\\$&');
  return `299 - "${Buffer.from(line, 'utf8').toString('latin1')}"`;
}

function wantsIndentation({ query, request }: Exchange): boolean {
  const pretty = query.get('pretty');
  return pretty !== null ? isTrue(pretty) : PEOPLES_CLIENTS.test(request.headers['user-agent'] ?? '');
}

const acceptsGzip = ({ request }: Exchange): boolean =>
  /(^|,)\s*gzip\s*(;(?!\s*q=0(\.0*)?\s*(,|$))|,|$)/i.test(String(request.headers['accept-encoding'] ?? ''));

const compressed = (body: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    gzip(body, { level: constants.Z_BEST_SPEED }, (error, result) =>
      error ? reject(error) : resolve(result),
    );
  });

/**
 * The client is still sending. The answer goes out whole, the connection is closed after it, and what the client sends
 * meanwhile is read and dropped: closing at once would reset the connection and could destroy the answer on its way.
 */
function sendBeforeRequestEnds({ request, response, context }: Exchange, payload: Buffer): void {
  response.setHeader('connection', 'close');
  response.write(payload);
  let dropped = 0;
  const finish = (): void => {
    context.ioClock.clearTimeout(timer);
    if (!response.writableEnded) response.end();
  };
  const timer = context.ioClock.setTimeout(finish, DRAIN_MS);
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DRAIN_BYTES) finish();
  });
  request.once('end', finish).once('close', finish).once('error', finish);
  request.resume();
}
