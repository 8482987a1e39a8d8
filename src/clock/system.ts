/** The machine's own clock. Timers keep the process alive until they fire, are cancelled, or the clock is closed. */
import type { Clock } from './port.js';

export interface SystemClock extends Clock {
  readonly isVirtual: false;
  /** Cancels every pending timer. */
  close(): void;
}

/** setTimeout takes a signed 32-bit number of milliseconds, and fires at once for more. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const createSystemClock = (): SystemClock => {
  const pending = new Set<{ handle: NodeJS.Timeout }>();

  return {
    isVirtual: false,
    now: () => Date.now(),
    setTimeout: (callback, delayMs) => {
      const dueMs = Date.now() + delayMs;
      const arm = (): NodeJS.Timeout =>
        setTimeout(
          () => {
            if (Date.now() < dueMs && delayMs > MAX_DELAY_MS) {
              timer.handle = arm();
              return;
            }
            pending.delete(timer);
            callback();
          },
          Math.min(MAX_DELAY_MS, Math.max(0, dueMs - Date.now())),
        );
      const timer = { handle: arm() };
      pending.add(timer);
      return timer;
    },
    clearTimeout: (timer) => {
      const known = timer as { handle: NodeJS.Timeout } | undefined;
      if (!known) return;
      pending.delete(known);
      clearTimeout(known.handle);
    },
    close: () => {
      for (const timer of pending) clearTimeout(timer.handle);
      pending.clear();
    },
  };
};
