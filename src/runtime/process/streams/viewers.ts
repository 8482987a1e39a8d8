/**
 * Clients that watch the output of a running container (`kubectl attach`). The container waits for them, so that none
 * loses a line, but not for ever: a client that takes nothing for a while is let go, and the container goes on.
 *
 * Differs: containerd waits for ever.
 */
import type { Clock } from '../../../clock/index.js';
import type { LogLine, Outcome, ProcessOutput, Reply } from '../../port.js';

export interface Viewers {
  /** Answers how to stop watching. The reply comes when the container has ended, or the client was let go. */
  add(output: ProcessOutput, reply: Reply<Outcome<object>>): () => void;
  /** Calls back when every client has taken the piece. */
  show(stream: LogLine['stream'], piece: Uint8Array, taken: () => void): void;
  /** The process has ended: what is left to show is little, and nobody is waited for any more. */
  flush(): void;
  /** The container has ended, and everything was shown. */
  end(): void;
}

/** Longest time for which a container waits for a client. */
const STALL_LIMIT_MS = 30_000;

interface Viewer {
  readonly output: ProcessOutput;
  readonly reply: Reply<Outcome<object>>;
  /** Pieces that it still has to take: whoever waits for them. */
  readonly owed: Set<() => void>;
}

export const createViewers = (clock: Clock): Viewers => {
  const viewers = new Set<Viewer>();
  let isFlushing = false;

  const settleAll = ({ owed }: Viewer): void => {
    for (const settle of owed) settle();
  };

  const remove = (viewer: Viewer): boolean => {
    if (!viewers.delete(viewer)) return false;
    settleAll(viewer);
    return true;
  };
  const letGo = (viewer: Viewer): void => {
    const message = `the client took no output for ${STALL_LIMIT_MS / 1000} s`;
    if (remove(viewer)) viewer.reply({ ok: false, message });
  };
  const showOne = (viewer: Viewer, stream: LogLine['stream'], piece: Uint8Array, taken: () => void): void => {
    const timer = clock.setTimeout(() => letGo(viewer), STALL_LIMIT_MS);
    const settle = (): void => {
      if (!viewer.owed.delete(settle)) return;
      clock.clearTimeout(timer);
      taken();
    };
    viewer.owed.add(settle);
    viewer.output[stream].write(piece, settle);
  };

  return {
    add: (output, reply) => {
      const viewer: Viewer = { output, reply, owed: new Set() };
      viewers.add(viewer);
      return () => void remove(viewer);
    },
    show: (stream, piece, taken) => {
      let left = viewers.size;
      if (left === 0) return taken();
      if (isFlushing) {
        for (const { output } of viewers) output[stream].write(piece, () => {});
        return taken();
      }
      for (const viewer of viewers) {
        showOne(viewer, stream, piece, () => {
          if ((left -= 1) === 0) taken();
        });
      }
    },
    flush: () => {
      isFlushing = true;
      for (const viewer of viewers) settleAll(viewer);
    },
    end: () => {
      for (const viewer of viewers) if (remove(viewer)) viewer.reply({ ok: true });
    },
  };
};
