/**
 * Streams into simulated containers: a command's output is what the image's logic answers, the output of the main
 * process is its log, and no port leads anywhere, since nothing is sent over a network.
 */
import type { ContainerRuntime, LogLine, OpenStream } from '../../port.js';
import type { SimulatedNode } from '../node.js';
import { runCommand } from './probes.js';

type Streams = Pick<ContainerRuntime, 'isContainerRunning' | 'openExec' | 'attach' | 'portForward'>;

/** Input is taken and means nothing. */
const streamThat = (close: () => void): OpenStream => ({
  input: { write: (_piece, taken) => taken(), end: () => {} },
  resize: () => {},
  close,
});

export const createSimulatedStreams = (node: SimulatedNode): Streams => ({
  isContainerRunning: (containerId) => node.containers.get(containerId)?.state === 'running',

  openExec: ({ containerId, command, tty }, { stdout, stderr }, reply) => {
    let isOver = false;
    if (node.isDown) return streamThat(() => {});
    const request = { containerId, command, timeoutMs: 0 };
    runCommand(node.containers.get(containerId), request, false, node, (outcome) => {
      if (isOver) return;
      if (outcome.type !== 'exited') {
        const message = outcome.type === 'error' ? outcome.message : 'the command timed out';
        return reply({ type: 'error', message });
      }
      const errors = tty ? stdout : stderr;
      stdout.write(Buffer.from(outcome.stdout), () =>
        errors.write(Buffer.from(outcome.stderr), () => {
          if (!isOver) reply({ type: 'exited', exitCode: outcome.exitCode });
        }),
      );
    });
    return streamThat(() => {
      isOver = true;
    });
  },

  attach: ({ containerId }, output, reply) => {
    const container = node.containers.get(containerId);
    if (container?.state !== 'running') {
      reply({ ok: false, message: `container "${containerId}" is not running` });
      return streamThat(() => {});
    }
    const { pod, name, attempt } = container.config;
    const lines$ = node.logs.read({ pod, name, attempt }, { follow: true, tailLines: 0 });
    const subscription = lines$.subscribe({
      // Logs are small and come at the pace of the clock: nobody is held back.
      next: ({ stream, text }: LogLine) => output[stream].write(Buffer.from(`${text}\n`), () => {}),
      error: (error: Error) => reply({ ok: false, message: error.message }),
      complete: () => reply({ ok: true }),
    });
    return streamThat(() => subscription.unsubscribe());
  },

  portForward: ({ port }, _output, reply) => {
    reply({ ok: false, message: `containers are simulated: nobody can connect to port ${port}` });
    return streamThat(() => {});
  },
});
