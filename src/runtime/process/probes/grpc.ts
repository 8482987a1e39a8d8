/**
 * gRPC probe: one health check, in plaintext, inside one timeout. The two messages of the health protocol are written
 * and read by hand: a field each.
 *
 * Models: pkg/probe/grpc, grpc.health.v1 (v1.36; node.md 4.7).
 */
import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { Clock } from '../../../clock/index.js';
import type { ProbeOutcome, ProbeRequest, Reply } from '../../port.js';
import {
  GRPC_HEALTHY,
  grpcFailed,
  grpcNotConnected,
  grpcTimedOut,
  grpcUnhealthy,
  grpcUnimplemented,
  joinHostPort,
} from '../../probeText.js';

export type GrpcRequest = Extract<ProbeRequest, { type: 'grpc' }>;

/** Source: grpc/codes/codes.go. */
const CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];
/** Source: grpc.health.v1.HealthCheckResponse.ServingStatus. */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** Source: pkg/probe/grpc/grpc.go: `kube-probe/<major>.<minor>`. */
const USER_AGENT = 'kube-probe/1.36';
/** A refused connection is tried again. Source: grpc/backoff/backoff.go (BaseDelay). */
const REDIAL_MS = 1_000;

const failure = (output: string): ProbeOutcome => ({ result: 'failure', output });

export const probeGrpc = (clock: Clock, request: GrpcRequest, reply: Reply<ProbeOutcome>): void => {
  const { host, port, timeoutMs } = request;
  let session: ClientHttp2Session | undefined;
  let redial: unknown;
  let isConnected = false;
  let isAnswered = false;
  const answer = (outcome: ProbeOutcome): void => {
    if (isAnswered) return;
    isAnswered = true;
    clock.clearTimeout(timer);
    clock.clearTimeout(redial);
    session?.destroy();
    reply(outcome);
  };
  const timer = clock.setTimeout(
    () => answer(failure(isConnected ? grpcTimedOut(timeoutMs) : grpcNotConnected(host, port, timeoutMs))),
    timeoutMs,
  );
  const dial = (): void => {
    const dialled = connect(`http://${joinHostPort(host, port)}`);
    session = dialled;
    dialled.once('remoteSettings', () => {
      isConnected = true;
      check(dialled, request, answer);
    });
    // Stays attached: an error after the answer must not end statelet.
    dialled.on('error', (error) => {
      if (isConnected) return answer(failure(grpcFailed(rpcError(14, error.message))));
      if (!isAnswered && session === dialled) redial = clock.setTimeout(dial, REDIAL_MS);
    });
  };
  dial();
};

const check = (
  session: ClientHttp2Session,
  { host, port, service }: GrpcRequest,
  answer: (outcome: ProbeOutcome) => void,
): void => {
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
    [constants.HTTP2_HEADER_SCHEME]: 'http',
    [constants.HTTP2_HEADER_AUTHORITY]: joinHostPort(host, port),
    'content-type': 'application/grpc',
    'user-agent': USER_AGENT,
    te: 'trailers',
  });
  const chunks: Buffer[] = [];
  let head: IncomingHttpHeaders = {};
  let tail: IncomingHttpHeaders = {};
  stream.on('response', (headers) => (head = headers));
  stream.on('trailers', (headers) => (tail = headers));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', (error) => answer(failure(grpcFailed(rpcError(14, error.message)))));
  stream.on('end', () => answer(judge(head, tail, Buffer.concat(chunks))));
  stream.end(healthRequest(service));
};

/** HealthCheckRequest { string service = 1 } in a gRPC frame: no compression, four bytes of length. */
const healthRequest = (service: string): Buffer => {
  const name = Buffer.from(service);
  const message =
    name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

/** HealthCheckResponse { ServingStatus status = 1 }: absent is 0. */
const servingStatus = (frame: Buffer): string => {
  const message = frame.subarray(5);
  const value = message[0] === 0x08 ? (message[1] ?? 0) : 0;
  return STATUSES[value] ?? String(value);
};

const judge = (head: IncomingHttpHeaders, tail: IncomingHttpHeaders, body: Buffer): ProbeOutcome => {
  const status = tail['grpc-status'] ?? head['grpc-status'];
  const message = decodeURIComponent(String(tail['grpc-message'] ?? head['grpc-message'] ?? ''));
  if (status === undefined) {
    const http = head[constants.HTTP2_HEADER_STATUS];
    return failure(grpcFailed(rpcError(2, `unexpected HTTP status code received from server: ${http}`)));
  }
  if (status === '12') return failure(grpcUnimplemented(message));
  if (status !== '0') return failure(grpcFailed(rpcError(Number(status), message)));
  const serving = servingStatus(body);
  return serving === 'SERVING'
    ? { result: 'success', output: GRPC_HEALTHY }
    : failure(grpcUnhealthy(serving));
};

const rpcError = (code: number, message: string): string =>
  `rpc error: code = ${CODES[code] ?? `Code(${code})`} desc = ${message}`;
