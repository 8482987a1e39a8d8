/**
 * `kubectl port-forward`: a connection to a port of a pod.
 *
 * Differs: upstream connects to localhost in the pod's network namespace. A local process has none, so it is the
 * pod's own address that is connected to; localhost would be the whole machine's.
 */
import { connect } from 'node:net';
import type { Clock } from '../../../clock/index.js';
import type { ByteSink, OpenStream, Outcome, Reply } from '../../port.js';
import { dialErrorOf } from '../probes/dial.js';
import { pour, sinkOf } from './pour.js';

/**
 * What the client may still say after the other side has said everything. Clients hear that it is over only when the
 * whole connection is. (containerd waits for 1 s.)
 */
const LAST_WORDS_MS = 100;

export const forwardTo = (
  clock: Clock,
  { host, port }: { readonly host: string; readonly port: number },
  output: ByteSink,
  reply: Reply<Outcome<object>>,
): OpenStream => {
  // Half open: a client that has said everything still gets its answer.
  const socket = connect({ host, port, allowHalfOpen: true });
  let isOver = false;
  let isConnected = false;
  const answer = (outcome: Outcome<object>): void => {
    if (isOver) return;
    isOver = true;
    reply(outcome);
  };
  socket.once('connect', () => {
    isConnected = true;
  });
  socket.once('error', (error) => {
    const message = isConnected ? error.message : dialErrorOf(error, host, port);
    answer({ ok: false, message });
  });
  let timer: unknown;
  socket.once('end', () => {
    output.end();
    timer = clock.setTimeout(() => socket.destroy(), LAST_WORDS_MS);
  });
  socket.once('close', () => {
    clock.clearTimeout(timer);
    answer({ ok: true });
  });
  pour(socket, output);
  return {
    input: sinkOf(socket),
    resize: () => {},
    close: () => {
      isOver = true;
      socket.destroy();
    },
  };
};
