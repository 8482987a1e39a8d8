/** Carries out probes: over the network, or by a command in the container. */
import type { Clock } from '../../../clock/index.js';
import type { ContainerRuntime, ExecOutcome, ProbeOutcome } from '../../port.js';
import { execTimedOut, MAX_PROBE_OUTPUT_BYTES } from '../../probeText.js';
import { probeGrpc } from './grpc.js';
import { probeHttp } from './http.js';
import { probeTcp } from './tcp.js';

/** Models: pkg/probe/exec (v1.36): output is stdout, then stderr, at most 10 KiB. */
const execVerdict = (outcome: ExecOutcome, command: readonly string[], timeoutMs: number): ProbeOutcome => {
  if (outcome.type === 'timedOut') return { result: 'failure', output: execTimedOut(command, timeoutMs) };
  if (outcome.type === 'error') return { result: 'unknown', output: '', error: outcome.message };
  const bytes = Buffer.from(outcome.stdout + outcome.stderr).subarray(0, MAX_PROBE_OUTPUT_BYTES);
  return { result: outcome.exitCode === 0 ? 'success' : 'failure', output: bytes.toString('utf8') };
};

export const createProber =
  (clock: Clock, exec: ContainerRuntime['exec']): ContainerRuntime['probe'] =>
  (request, reply) => {
    if (request.type === 'httpGet') return probeHttp(clock, request, reply);
    if (request.type === 'tcpSocket') return probeTcp(clock, request, reply);
    if (request.type === 'grpc') return probeGrpc(clock, request, reply);
    const { command, timeoutMs } = request;
    exec(request, (outcome) => reply(execVerdict(outcome, command, timeoutMs)));
  };
