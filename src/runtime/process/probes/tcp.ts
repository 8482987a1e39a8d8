/** TCP probe: a connection within the timeout is success. Models: pkg/probe/tcp (v1.36; node.md 4.7). */
import { connect } from 'node:net';
import type { Clock } from '../../../clock/index.js';
import type { ProbeOutcome, ProbeRequest, Reply } from '../../port.js';
import { dialError, IO_TIMEOUT } from '../../probeText.js';
import { dialErrorOf } from './dial.js';

export type TcpRequest = Extract<ProbeRequest, { type: 'tcpSocket' }>;

export const probeTcp = (
  clock: Clock,
  { host, port, timeoutMs }: TcpRequest,
  reply: Reply<ProbeOutcome>,
): void => {
  const socket = connect({ host, port });
  let isAnswered = false;
  const answer = (outcome: ProbeOutcome): void => {
    if (isAnswered) return;
    isAnswered = true;
    clock.clearTimeout(timer);
    socket.destroy();
    reply(outcome);
  };
  const timer = clock.setTimeout(
    () => answer({ result: 'failure', output: dialError(host, port, IO_TIMEOUT) }),
    timeoutMs,
  );
  socket.on('connect', () => answer({ result: 'success', output: '' }));
  // Stays attached: an error after the answer must not end statelet.
  socket.on('error', (error) => answer({ result: 'failure', output: dialErrorOf(error, host, port) }));
};
