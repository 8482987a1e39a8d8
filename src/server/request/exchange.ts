/** One request and its answer, with what the handlers of every path need of them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Api } from '../../client/index.js';
import type { Clock, Random } from '../../clock/index.js';
import type { PodLogs, PodStreams, ServerLimits, VersionInfo } from '../ports.js';

/** What a server is made of, for its handlers. */
export interface ServerContext {
  readonly api: Api;
  readonly clock: Clock;
  readonly ioClock: Clock;
  readonly random: Random;
  readonly logs: PodLogs | undefined;
  readonly podStreams: PodStreams | undefined;
  readonly version: VersionInfo;
  readonly limits: ServerLimits;
  /** Streams under way: closing the server ends each. */
  readonly streams: Set<() => void>;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: ServerContext;
  readonly method: string;
  /** Decoded segments are the router's business; this is the raw path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Sent as Warning headers, each once, in order. */
  readonly warnings: Set<string>;
}

export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  context: ServerContext,
): Exchange {
  const target = request.url ?? '/';
  const at = target.indexOf('?');
  return {
    request,
    response,
    context,
    method: request.method ?? 'GET',
    path: at < 0 ? target : target.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)),
    warnings: new Set(),
  };
}
