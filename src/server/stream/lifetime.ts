/** How long an open stream may live: until it says so, until the server closes, or until nothing was sent for hours. */
import type { ServerContext } from '../request/exchange.js';

export interface StreamLifetime {
  /** Something was sent or has come. */
  touch(): void;
  /** The stream is over. */
  end(): void;
}

/** @param cut Ends the stream at once: it was idle for too long, or the server closes. */
export const createLifetime = (
  { ioClock, limits, streams }: ServerContext,
  cut: () => void,
): StreamLifetime => {
  let lastMs = ioClock.now();
  let timer: unknown;
  const watch = (afterMs: number): void => {
    timer = ioClock.setTimeout(() => {
      const idleMs = ioClock.now() - lastMs;
      if (idleMs >= limits.streamIdleMs) cut();
      else watch(limits.streamIdleMs - idleMs);
    }, afterMs);
  };
  watch(limits.streamIdleMs);
  streams.add(cut);
  return {
    touch: () => {
      lastMs = ioClock.now();
    },
    end: () => {
      ioClock.clearTimeout(timer);
      streams.delete(cut);
    },
  };
};
