/**
 * Probes and commands against simulated containers: what the process answers, put into the words of pkg/probe.
 *
 * Nothing is sent anywhere: whether a connection is refused, hangs or answers follows from the container's preset, the
 * tags of its state and what its actor emits. Time passes only where there is latency or a timeout.
 *
 * Models: pkg/probe/{http,tcp,grpc,exec} (v1.36); texts in node.md 4.7.
 */
import type { Clock } from '../../../clock/index.js';
import type { ExecOutcome, ExecRequest, ProbeOutcome, ProbeRequest, Reply } from '../../port.js';
import {
  CONNECTION_REFUSED,
  IO_TIMEOUT,
  TIMEOUT_AWAITING_HEADERS,
  dialError,
  execTimedOut,
  formatProbeUrl,
  GRPC_HEALTHY,
  grpcNotConnected,
  grpcTimedOut,
  grpcUnhealthy,
  httpGetError,
  httpStatusFailure,
  redirectsTerminated,
} from '../../probeText.js';
import { hasTag, takeProbeFault, type SimulatedContainer } from '../container.js';
import type { ImageAnswer, ImageEvent, ImageTag } from '../protocol.js';
import {
  execAnswer,
  execPresetOf,
  grpcAnswer,
  httpAnswer,
  httpPortsOf,
  refusalOf,
  tcpAnswer,
  tcpPortsOf,
  type Answer,
  type ExecExit,
  type GrpcResponse,
  type HasTag,
  type HttpResponse,
} from './respond.js';

/** What probing needs of its node: time, and replies that a failed node never gives. */
export interface ProbeSurroundings {
  readonly clock: Clock;
  /** Runs `task` after `delayMs`, unless the node fails before. At once when it is 0. */
  later(delayMs: number, task: () => void): void;
}
type HttpProbe = Extract<ProbeRequest, { type: 'httpGet' }>;
type TcpProbe = Extract<ProbeRequest, { type: 'tcpSocket' }>;
type GrpcProbe = Extract<ProbeRequest, { type: 'grpc' }>;
type ExecProbe = Extract<ProbeRequest, { type: 'exec' }>;

const SUCCESS: ProbeOutcome = { result: 'success', output: '' };
const failure = (output: string): ProbeOutcome => ({ result: 'failure', output });

const hasNoTag: HasTag = () => false;

const tagsOf = (container: SimulatedContainer, isFaulty: boolean): HasTag => {
  if (isFaulty) return (tag: ImageTag) => tag === 'failing' || hasTag(container, tag);
  if (container.actor === undefined && !container.isHung) return hasNoTag;
  return (tag) => hasTag(container, tag);
};

const deliver = (container: SimulatedContainer, event: ImageEvent): ImageAnswer | undefined =>
  container.actor?.deliver(event);

export const probeContainer = (
  container: SimulatedContainer | undefined,
  request: ProbeRequest,
  around: ProbeSurroundings,
  reply: Reply<ProbeOutcome>,
): void => {
  const isFaulty = container !== undefined && takeProbeFault(container, request.purpose);
  if (request.type === 'exec') probeExec(container, request, isFaulty, around, reply);
  else if (request.type === 'httpGet') probeHttp(container, request, isFaulty, around, reply);
  else if (request.type === 'grpc') probeGrpc(container, request, isFaulty, around, reply);
  else probeTcp(container, request, isFaulty, around, reply);
};

const probeHttp = (
  container: SimulatedContainer | undefined,
  request: HttpProbe,
  isFaulty: boolean,
  around: ProbeSurroundings,
  reply: Reply<ProbeOutcome>,
): void => {
  const { host, port, timeoutMs } = request;
  const answer = askHttp(container, request, isFaulty, around.clock);
  const url = (): string => formatProbeUrl(request.scheme, host, port, request.path);
  if (answer.type === 'refused') {
    return reply(failure(httpGetError(url(), dialError(host, port, CONNECTION_REFUSED))));
  }
  if (answer.type === 'silence' || answer.latencyMs >= timeoutMs) {
    return around.later(timeoutMs, () => reply(failure(httpGetError(url(), TIMEOUT_AWAITING_HEADERS))));
  }
  const { acceptsAnyStatus } = request;
  around.later(answer.latencyMs, () => reply(acceptsAnyStatus === true ? SUCCESS : httpOutcome(answer)));
};

const askHttp = (
  container: SimulatedContainer | undefined,
  request: HttpProbe,
  isFaulty: boolean,
  clock: Clock,
): Answer<HttpResponse> => {
  if (container?.state !== 'running') return { type: 'refused' };
  const has = tagsOf(container, isFaulty);
  const { preset } = container.image;
  const refusal = refusalOf(httpPortsOf(preset), request.port, has);
  if (refusal !== undefined) return refusal;
  if (container.actor === undefined) return httpAnswer(preset.http, has);
  const { port, path, headers } = request;
  const emitted = deliver(container, { type: 'http.requested', port, path, headers, at: clock.now() });
  if (container.state !== 'running' || emitted?.type === 'connection.refused') return { type: 'refused' };
  if (has('hanging')) return { type: 'silence' };
  if (emitted?.type !== 'http.responded' || isFaulty) return httpAnswer(preset.http, has);
  const { status, body = '', latencyMs = 0 } = emitted;
  return { type: 'responded', status, body, latencyMs };
};

const httpOutcome = ({ status, body }: HttpResponse): ProbeOutcome => {
  if (status < 200 || status >= 400) return failure(httpStatusFailure(status));
  // A simulated server names no place to go to, so a redirect cannot be followed.
  if (status >= 300) return { result: 'warning', output: redirectsTerminated(body) };
  return body === '' ? SUCCESS : { result: 'success', output: body };
};

const GRPC_SUCCESS: ProbeOutcome = { result: 'success', output: GRPC_HEALTHY };

/** A health check: of a server that fails the answer is NOT_SERVING, unless its preset says otherwise. */
const probeGrpc = (
  container: SimulatedContainer | undefined,
  request: GrpcProbe,
  isFaulty: boolean,
  around: ProbeSurroundings,
  reply: Reply<ProbeOutcome>,
): void => {
  const { host, port, timeoutMs } = request;
  const answer = askGrpc(container, request, isFaulty, around.clock.now());
  // Nobody there, or nobody who answers: dialled until the timeout.
  if (answer.type !== 'responded')
    return around.later(timeoutMs, () => reply(failure(grpcNotConnected(host, port, timeoutMs))));
  const { status, latencyMs } = answer;
  if (latencyMs >= timeoutMs) return around.later(timeoutMs, () => reply(failure(grpcTimedOut(timeoutMs))));
  around.later(latencyMs, () => reply(status === 'SERVING' ? GRPC_SUCCESS : failure(grpcUnhealthy(status))));
};

const askGrpc = (
  container: SimulatedContainer | undefined,
  request: GrpcProbe,
  isFaulty: boolean,
  nowMs: number,
): Answer<GrpcResponse> => {
  if (container?.state !== 'running') return { type: 'refused' };
  const has = tagsOf(container, isFaulty);
  const { grpc } = container.image.preset;
  const refusal = refusalOf([grpc?.port], request.port, has);
  return refusal ?? grpcAnswer(grpc, has, nowMs - container.startedAt);
};

const probeTcp = (
  container: SimulatedContainer | undefined,
  request: TcpProbe,
  isFaulty: boolean,
  around: ProbeSurroundings,
  reply: Reply<ProbeOutcome>,
): void => {
  const { host, port, timeoutMs } = request;
  const type = askTcp(container, request, isFaulty, around.clock);
  if (type === 'accepted') return reply(SUCCESS);
  if (type === 'refused') return reply(failure(dialError(host, port, CONNECTION_REFUSED)));
  around.later(timeoutMs, () => reply(failure(dialError(host, port, IO_TIMEOUT))));
};

const askTcp = (
  container: SimulatedContainer | undefined,
  request: TcpProbe,
  isFaulty: boolean,
  clock: Clock,
): 'accepted' | 'refused' | 'silence' => {
  if (container?.state !== 'running') return 'refused';
  const has = tagsOf(container, isFaulty);
  const refusal = refusalOf(tcpPortsOf(container.image.preset), request.port, has);
  if (refusal !== undefined) return refusal.type;
  const emitted = deliver(container, { type: 'tcp.connected', port: request.port, at: clock.now() });
  if (container.state !== 'running' || emitted?.type === 'connection.refused') return 'refused';
  return has('hanging') ? 'silence' : tcpAnswer(has).type;
};

const probeExec = (
  container: SimulatedContainer | undefined,
  request: ExecProbe,
  isFaulty: boolean,
  around: ProbeSurroundings,
  reply: Reply<ProbeOutcome>,
): void =>
  runCommand(container, request, isFaulty, around, (outcome) => {
    if (outcome.type === 'timedOut') return reply(failure(execTimedOut(request.command, request.timeoutMs)));
    if (outcome.type === 'error') return reply({ result: 'unknown', output: '', error: outcome.message });
    const output = outcome.stdout + outcome.stderr;
    reply(outcome.exitCode === 0 ? { result: 'success', output } : failure(output));
  });

/** Runs a command in a container; answers when it has ended, at the latest when the container has. */
export const runCommand = (
  container: SimulatedContainer | undefined,
  request: Pick<ExecRequest, 'containerId' | 'command' | 'timeoutMs'>,
  isFaulty: boolean,
  around: ProbeSurroundings,
  reply: Reply<ExecOutcome>,
): void => {
  if (container?.state !== 'running')
    return reply({ type: 'error', message: notRunning(container, request) });
  const answer = askExec(container, request.command, isFaulty, around.clock);
  const { timeoutMs } = request;
  const latencyMs = answer.type === 'exited' ? answer.latencyMs : Infinity;
  if (answer.type === 'exited' && (timeoutMs === 0 || latencyMs < timeoutMs)) {
    const { exitCode, stdout, stderr } = answer;
    return around.later(latencyMs, () => reply({ type: 'exited', exitCode, stdout, stderr }));
  }
  if (timeoutMs > 0) return around.later(timeoutMs, () => reply({ type: 'timedOut' }));
  // Without a limit only the end of the container ends it.
  (container.commands ??= []).push((exitCode) => reply({ type: 'exited', exitCode, stdout: '', stderr: '' }));
};

const askExec = (
  container: SimulatedContainer,
  command: readonly string[],
  isFaulty: boolean,
  clock: Clock,
): Answer<ExecExit> => {
  const at = clock.now();
  const has = tagsOf(container, isFaulty);
  const emitted = has('hanging') ? undefined : deliver(container, { type: 'exec.requested', command, at });
  if (emitted?.type !== 'exec.exited' || isFaulty) {
    return execAnswer(execPresetOf(container.image.preset, command), has, at - container.startedAt);
  }
  const { exitCode, stdout = '', stderr = '', latencyMs = 0 } = emitted;
  return { type: 'exited', exitCode, stdout, stderr, latencyMs };
};

/** In the words of containerd. */
const notRunning = (
  container: SimulatedContainer | undefined,
  request: Pick<ExecRequest, 'containerId'>,
): string =>
  container === undefined
    ? `container "${request.containerId}" not found`
    : `container is in CONTAINER_${container.state === 'created' ? 'CREATED' : 'EXITED'} state`;
