/**
 * What a simulated process answers to a request: a pure function of its preset and of the tags of the state it is in.
 * The states belong to machines/simulatedContainer.ts or to an actor of the user's.
 */
import type { ExecPreset, GrpcPreset, Preset, ServerPreset } from '../preset.js';
import { failsLater } from '../preset.js';
import type { ImageTag } from '../protocol.js';

export type HasTag = (tag: ImageTag) => boolean;

/** `silence`: the connection stands and nothing ever comes. */
export type Answer<T> = { readonly type: 'refused' } | { readonly type: 'silence' } | T;

export interface HttpResponse {
  readonly type: 'responded';
  readonly status: number;
  readonly body: string;
  readonly latencyMs: number;
}
export interface GrpcResponse {
  readonly type: 'responded';
  /** `SERVING`, `NOT_SERVING`, … */
  readonly status: string;
  readonly latencyMs: number;
}
export interface TcpAccepted {
  readonly type: 'accepted';
}
export interface ExecExit {
  readonly type: 'exited';
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly latencyMs: number;
}

const REFUSED = { type: 'refused' } as const;
const SILENCE = { type: 'silence' } as const;
const ACCEPTED: TcpAccepted = { type: 'accepted' };
const OK: HttpResponse = { type: 'responded', status: 200, body: '', latencyMs: 0 };
const EXIT_0: ExecExit = { type: 'exited', exitCode: 0, stdout: '', stderr: '', latencyMs: 0 };

/** Whether a connection to a port reaches the process at all; `undefined` when it does. */
export const refusalOf = (
  ports: readonly (number | undefined)[],
  port: number,
  has: HasTag,
): { readonly type: 'refused' | 'silence' } | undefined => {
  if (has('notListening')) return REFUSED;
  const declared = ports.some((candidate) => candidate !== undefined);
  if (declared && !ports.includes(port)) return REFUSED;
  return has('hanging') ? SILENCE : undefined;
};

/** Ports that the process listens on for HTTP and for TCP; all undefined: any port. */
export const httpPortsOf = (preset: Preset): readonly (number | undefined)[] => [preset.http?.port];
export const tcpPortsOf = (preset: Preset): readonly (number | undefined)[] =>
  preset.tcp !== undefined && preset.tcp.port === undefined ? [] : [preset.tcp?.port, preset.http?.port];

export const httpAnswer = (http: ServerPreset | undefined, has: HasTag): HttpResponse => {
  const isFailing = has('failing') || has('http.failing');
  if (http === undefined) return isFailing ? { ...OK, status: 500 } : OK;
  const { latencyMs = 0 } = http;
  const status = isFailing ? failingStatusOf(http) : failsLater(http) ? 200 : (http.status ?? 200);
  return status === 200 && latencyMs === 0 ? OK : { type: 'responded', status, body: '', latencyMs };
};

/** A preset that answers 200 always still fails when a fault makes it fail. */
const failingStatusOf = (http: ServerPreset): number =>
  http.status !== undefined && (failsLater(http) || http.status >= 400) ? http.status : 500;

export const tcpAnswer = (has: HasTag): Answer<TcpAccepted> =>
  has('failing') || has('tcp.failing') ? REFUSED : ACCEPTED;

/** @param ageMs time since the container was started: the moments of a gRPC preset need no state of their own. */
export const grpcAnswer = (grpc: GrpcPreset | undefined, has: HasTag, ageMs: number): GrpcResponse => {
  const { failsAfterMs, recoversAfterMs = Infinity, latencyMs = 0 } = grpc ?? {};
  const failsFor = failsAfterMs === undefined ? -1 : ageMs - failsAfterMs;
  const fails = has('failing') || (failsFor >= 0 && failsFor < recoversAfterMs);
  const own = grpc?.status ?? (fails ? 'NOT_SERVING' : 'SERVING');
  const status = failsAfterMs === undefined || fails ? own : 'SERVING';
  return {
    type: 'responded',
    status: has('failing') && status === 'SERVING' ? 'NOT_SERVING' : status,
    latencyMs,
  };
};

/** Finds the preset of a command line; `sh -c 'LINE'` is found by LINE as well. */
export const execPresetOf = (preset: Preset, command: readonly string[]): ExecPreset | undefined => {
  const { exec } = preset;
  if (exec === undefined) return undefined;
  const isShell = command.length === 3 && command[1] === '-c';
  return exec.get(command.join(' ')) ?? (isShell ? exec.get(command[2] ?? '') : undefined);
};

/** @param ageMs time since the container was started. */
export const execAnswer = (exec: ExecPreset | undefined, has: HasTag, ageMs: number): Answer<ExecExit> => {
  if (has('hanging')) return SILENCE;
  const isFailing = has('failing') || has('exec.failing') || has('notListening');
  if (isFailing) return { ...EXIT_0, exitCode: 1 };
  if (exec === undefined) return EXIT_0;
  if (exec.failsAfterMs === undefined) return exitOf(exec.exitCode ?? 0, exec.output);
  return ageMs >= exec.failsAfterMs ? exitOf(exec.exitCode ?? 1, exec.output) : EXIT_0;
};

const exitOf = (exitCode: number, output = ''): ExecExit =>
  exitCode === 0 ? { ...EXIT_0, stdout: output } : { ...EXIT_0, exitCode, stderr: output };
