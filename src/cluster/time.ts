/**
 * How a cluster's time moves. Virtual: from deadline to deadline, and never while a message is pending. System: by
 * itself; the same methods wait.
 */
import type { ActorHost } from '../actor/index.js';
import { formatDuration, parseDuration } from '../api/index.js';
import type { SystemClock, VirtualClock } from '../clock/index.js';

export interface ClusterTime {
  /** Delivers what is pending; time does not move. */
  settle(): Promise<void>;
  /** @param duration `90s`, `5m`, `24h`, or milliseconds. */
  advance(duration: string | number): Promise<void>;
  /**
   * Lets time pass until `predicate` holds; it is asked after every step. @throws {Error} when `timeout` is over.
   */
  runUntil(predicate: () => boolean, options?: { readonly timeout?: string | number }): Promise<void>;
}

const DEFAULT_TIMEOUT = '10m';

const timedOut = (timeoutMs: number): Error =>
  new Error(`the condition was not met within ${formatDuration(timeoutMs)} of the cluster's time`);

export const createVirtualTime = (clock: VirtualClock, host: ActorHost): ClusterTime => ({
  settle: async () => host.drain(),
  advance: async (duration) => {
    const targetMs = clock.now() + parseDuration(duration);
    host.drain();
    for (
      let next = clock.nextDeadlineMs();
      next !== undefined && next <= targetMs;
      next = clock.nextDeadlineMs()
    ) {
      clock.step();
      host.drain();
    }
    clock.moveTo(targetMs);
  },
  runUntil: async (predicate, { timeout = DEFAULT_TIMEOUT } = {}) => {
    const timeoutMs = parseDuration(timeout);
    const limitMs = clock.now() + timeoutMs;
    host.drain();
    while (!predicate()) {
      const next = clock.nextDeadlineMs();
      if (next === undefined || next > limitMs) {
        clock.moveTo(limitMs);
        throw timedOut(timeoutMs);
      }
      clock.step();
      host.drain();
    }
  },
});

/** Between two looks at a condition in real time. */
const POLL_MS = 20;

export const createSystemTime = (clock: SystemClock, host: ActorHost): ClusterTime => {
  const wait = (durationMs: number): Promise<void> =>
    new Promise((resolve) => void clock.setTimeout(resolve, durationMs));
  return {
    settle: async () => host.drain(),
    advance: (duration) => wait(parseDuration(duration)),
    runUntil: async (predicate, { timeout = DEFAULT_TIMEOUT } = {}) => {
      const timeoutMs = parseDuration(timeout);
      const limitMs = clock.now() + timeoutMs;
      while (!predicate()) {
        if (clock.now() >= limitMs) throw timedOut(timeoutMs);
        await wait(POLL_MS);
      }
    },
  };
};
