/**
 * HTTP probe: one GET with its redirects, inside one timeout. The headers are sent as they come; the defaults of
 * User-Agent and Accept are the node agent's business.
 *
 * Nothing is reused or trusted: no keep-alive, no proxy, no check of certificates. Redirects are followed on the same
 * host only, ten requests in all; a redirect to elsewhere is a warning.
 *
 * Models: pkg/probe/http, and net/http#Client.Do for redirects and errors (v1.36; node.md 4.7).
 */
import {
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../../clock/index.js';
import type { ProbeOutcome, ProbeRequest, Reply } from '../../port.js';
import {
  formatProbeUrl,
  httpGetError,
  httpStatusFailure,
  MAX_HTTP_REQUESTS,
  MAX_PROBE_OUTPUT_BYTES,
  redirectsTerminated,
  STOPPED_AFTER_REDIRECTS,
  TIMEOUT_AWAITING_HEADERS,
  TIMEOUT_READING_BODY,
} from '../../probeText.js';
import { dialErrorOf } from './dial.js';

export type HttpRequest = Extract<ProbeRequest, { type: 'httpGet' }>;

/** Redirects that net/http follows. Source: net/http/client.go#redirectBehavior. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** One request of the chain. */
interface Hop {
  readonly url: URL;
  /** The URL as error texts show it. */
  readonly shown: string;
  /** `Host` header of the probe; kept over redirects within the host, as net/http does for relative ones. */
  readonly hostHeader: string | undefined;
  readonly referer: string | undefined;
  /** How many requests came before. */
  readonly before: number;
}

export const probeHttp = (clock: Clock, probe: HttpRequest, reply: Reply<ProbeOutcome>): void => {
  const shown = escapeUrl(formatProbeUrl(probe.scheme, probe.host, probe.port, probe.path));
  let url: URL;
  try {
    url = new URL(shown);
  } catch (error) {
    return reply({ result: 'unknown', output: '', error: (error as Error).message });
  }
  const hostHeader = probe.headers.find(([name]) => name.toLowerCase() === 'host')?.[1];

  let current: ClientRequest | undefined;
  let onTimeout = (): ProbeOutcome => failure(httpGetError(shown, TIMEOUT_AWAITING_HEADERS));
  let isAnswered = false;
  const answer = (outcome: ProbeOutcome): void => {
    if (isAnswered) return;
    isAnswered = true;
    clock.clearTimeout(timer);
    current?.destroy();
    reply(outcome);
  };
  const timer = clock.setTimeout(() => answer(onTimeout()), probe.timeoutMs);

  const visit = (hop: Hop): void => {
    onTimeout = () => failure(httpGetError(hop.shown, TIMEOUT_AWAITING_HEADERS));
    let sent: ClientRequest;
    try {
      sent = send(probe, hop);
    } catch (error) {
      return answer(failure(httpGetError(hop.shown, `net/http: ${(error as Error).message}`)));
    }
    current = sent;
    let connection = '';
    sent.on('socket', (socket) =>
      socket.once('connect', () => {
        // Asked for now: a socket that was reset has forgotten its addresses.
        connection = `${socket.localAddress}:${socket.localPort}->${socket.remoteAddress}:${socket.remotePort}`;
      }),
    );
    sent.on('error', (error) => {
      if (current === sent) answer(failure(httpGetError(hop.shown, transportError(error, hop, connection))));
    });
    sent.on('upgrade', (response) => answer(failure(httpStatusFailure(response.statusCode ?? 0))));
    sent.on('response', (response) => {
      const next = followed(response, hop, url);
      if (next === 'last') {
        onTimeout = () => ({ ...failure(''), error: TIMEOUT_READING_BODY });
        return readBody(response, probe.acceptsAnyStatus ?? false, answer);
      }
      current = undefined;
      sent.destroy();
      if ('failure' in next) return answer(next.failure);
      visit(next);
    });
    sent.end();
  };
  visit({ url, shown, hostHeader, referer: undefined, before: 0 });
};

const failure = (output: string): ProbeOutcome => ({ result: 'failure', output });

/** What neither a request line nor a quoted text can hold is percent-encoded; the rest stays as written. */
const escapeUrl = (url: string): string =>
  url.replace(/[^\u0021-\u007e]|["<>\\^`{|}]/gu, (character) => {
    let escaped = '';
    for (const byte of Buffer.from(character))
      escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    return escaped;
  });

const send = (probe: HttpRequest, hop: Hop): ClientRequest => {
  const headers: Record<string, string | string[]> = {};
  const names = new Map<string, string>();
  for (const [name, value] of probe.headers) {
    const key = name.toLowerCase();
    if (key === 'host') continue;
    const known = names.get(key) ?? name;
    names.set(key, known);
    const before = headers[known];
    headers[known] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  if (hop.hostHeader !== undefined && hop.hostHeader !== '') headers['Host'] = hop.hostHeader;
  if (hop.referer !== undefined && !names.has('referer')) headers['Referer'] = hop.referer;
  const { hostname, port, pathname, search, protocol } = hop.url;
  const host = hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions = {
    method: 'GET',
    host,
    port: port === '' ? undefined : Number(port),
    path: pathname + search,
    headers,
    agent: false,
  };
  return protocol === 'https:'
    ? requestHttps({ ...options, rejectUnauthorized: false, servername: isIP(host) > 0 ? '' : host })
    : requestHttp(options);
};

/** The next hop, the outcome when there is none, or `last` when this response is the one to judge. */
const followed = (
  response: IncomingMessage,
  hop: Hop,
  first: URL,
): Hop | { readonly failure: ProbeOutcome } | 'last' => {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined || location === '') return 'last';
  let url: URL;
  try {
    url = new URL(location, hop.url);
  } catch (error) {
    const cause = `failed to parse Location header "${location}": ${(error as Error).message}`;
    return { failure: failure(httpGetError(hop.shown, cause)) };
  }
  if (url.hostname !== first.hostname) return 'last';
  if (hop.before + 1 >= MAX_HTTP_REQUESTS) {
    return { failure: failure(httpGetError(location, STOPPED_AFTER_REDIRECTS)) };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const cause = `unsupported protocol scheme "${url.protocol.slice(0, -1)}"`;
    return { failure: failure(httpGetError(url.href, cause)) };
  }
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(location);
  const isDowngrade = hop.url.protocol === 'https:' && url.protocol === 'http:';
  return {
    url,
    shown: url.href,
    hostHeader: isAbsolute ? undefined : hop.hostHeader,
    referer: isDowngrade ? undefined : hop.url.href,
    before: hop.before + 1,
  };
};

const readBody = (
  response: IncomingMessage,
  acceptsAnyStatus: boolean,
  answer: (outcome: ProbeOutcome) => void,
): void => {
  const status = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let size = 0;
  const judge = (): void => {
    const body = Buffer.concat(chunks).subarray(0, MAX_PROBE_OUTPUT_BYTES).toString('utf8');
    if (acceptsAnyStatus) return answer({ result: 'success', output: body });
    if (status < 200 || status >= 400) return answer(failure(httpStatusFailure(status)));
    if (status >= 300) return answer({ result: 'warning', output: redirectsTerminated(body) });
    answer({ result: 'success', output: body });
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_PROBE_OUTPUT_BYTES) judge();
  });
  response.on('end', judge);
  response.on('error', () => answer({ ...failure(''), error: 'unexpected EOF' }));
};

/** The cause as Go's transport words it. */
const transportError = (error: Error, hop: Hop, connection: string): string => {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  const { hostname, port, protocol } = hop.url;
  const host = hostname.replace(/^\[|\]$/g, '');
  const portNumber = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  if (code.startsWith('HPE_')) {
    const packet = (error as { rawPacket?: Buffer }).rawPacket?.toString('latin1') ?? '';
    const line = packet.split(/\r?\n/, 1)[0] ?? '';
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(line)}`;
  }
  if (code === 'ECONNRESET' && message === 'socket hang up') return 'EOF';
  if (code === 'ECONNRESET' && syscall === 'read') {
    return `read tcp ${connection}: read: connection reset by peer`;
  }
  if (protocol === 'https:' && (code === 'EPROTO' || code.startsWith('ERR_SSL'))) {
    return /wrong version number|packet length too long|http request/i.test(message)
      ? 'http: server gave HTTP response to HTTPS client'
      : `tls: ${message.trim()}`;
  }
  if (syscall === 'connect' || syscall === 'getaddrinfo' || 'errors' in error)
    return dialErrorOf(error, host, portNumber);
  return message;
};
