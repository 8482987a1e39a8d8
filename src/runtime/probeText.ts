/**
 * What a probe says, word for word as the kubelet's Go client says it; shared by both runtimes. Pure text: no
 * sockets, no clock.
 *
 * Models: pkg/probe/{http,tcp,exec} (v1.36) and the error texts of Go's net and net/http (node.md 4.7).
 */

/** Longest output of a probe. Source: pkg/probe/http/http.go, pkg/probe/exec/exec.go (maxRespBodyLength, maxReadLength). */
export const MAX_PROBE_OUTPUT_BYTES = 10 * 1024;

/** Requests in one HTTP probe, redirects included. Source: pkg/probe/http/http.go#RedirectChecker. */
export const MAX_HTTP_REQUESTS = 10;

/** `host:port`, with an IPv6 address in brackets. Models: net.JoinHostPort. */
export const joinHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** URL of an HTTP probe: `path` may carry a query; an empty path stays empty. Models: pkg/probe/http/request.go#formatURL. */
export const formatProbeUrl = (
  scheme: 'http' | 'https',
  host: string,
  port: number,
  path: string,
): string => {
  const separator =
    path === '' || path.startsWith('/') || path.startsWith('?') || path.startsWith('#') ? '' : '/';
  return `${scheme}://${joinHostPort(host, port)}${separator}${path}`;
};

/** `Get "http://127.1.0.2:8080/": dial tcp …` */
export const httpGetError = (url: string, cause: string): string => `Get "${url}": ${cause}`;

export const dialError = (host: string, port: number, cause: string): string =>
  `dial tcp ${joinHostPort(host, port)}: ${cause}`;

export const CONNECTION_REFUSED = 'connect: connection refused';
export const IO_TIMEOUT = 'i/o timeout';
export const STOPPED_AFTER_REDIRECTS = `stopped after ${MAX_HTTP_REQUESTS} redirects`;
export const TIMEOUT_AWAITING_HEADERS =
  'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
export const TIMEOUT_READING_BODY =
  'context deadline exceeded (Client.Timeout or context cancellation while reading body)';

export const httpStatusFailure = (status: number): string => `HTTP probe failed with statuscode: ${status}`;

/** A redirect that leads to another host is not followed: a warning, which counts as success. */
export const redirectsTerminated = (body: string): string =>
  `Probe terminated redirects, Response body: ${body}`;

/** Seconds and parts of seconds as Go's time.Duration prints them, for what a probe timeout can be. */
const formatTimeout = (timeoutMs: number): string => {
  if (timeoutMs < 1000) return `${timeoutMs}ms`;
  const hours = Math.floor(timeoutMs / 3_600_000);
  const minutes = Math.floor((timeoutMs % 3_600_000) / 60_000);
  const seconds = `${(timeoutMs % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
};

/** Output of an exec probe that ran into its timeout. */
export const execTimedOut = (command: readonly string[], timeoutMs: number): string =>
  `command timed out: "${command.join(' ')}" timed out after ${formatTimeout(timeoutMs)}`;

/** gRPC health checks. Models: pkg/probe/grpc (v1.36). */
export const GRPC_HEALTHY = 'service healthy';
export const grpcUnhealthy = (status: string): string => `service unhealthy (responded with "${status}")`;
/** A port that nobody answers on is dialled until the timeout. */
export const grpcNotConnected = (host: string, port: number, timeoutMs: number): string =>
  `timeout: failed to connect service "${joinHostPort(host, port)}" within ${formatTimeout(timeoutMs)}: context deadline exceeded`;
export const grpcTimedOut = (timeoutMs: number): string =>
  `timeout: health rpc did not complete within ${formatTimeout(timeoutMs)}`;
export const grpcUnimplemented = (message: string): string =>
  `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`;
export const grpcFailed = (cause: string): string => `error: health rpc probe failed: ${cause}`;
