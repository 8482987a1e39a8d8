/**
 * The only door to time and chance. Nothing outside this folder reads the wall clock, sets a timer or draws a random
 * number (a test holds the rule).
 */

/** Handle of a pending timer; opaque. */
export type Timer = unknown;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, `delayMs` from now. XState's clock has the same shape. */
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Seeded where the clock is virtual, so that a run can be replayed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** A version 4 UUID. */
  uuid(): string;
  /** A suffix as the API server gives generated names: letters and digits that make no words. */
  suffix(length: number): string;
}

export interface Alarm {
  stop(): void;
}

/**
 * Calls at times of the day. A timer counts what has passed; on a machine that sleeps, or whose clock is set, it comes late.
 * An alarm reads the clock, so it suits schedules; it may also call at other times.
 */
export interface Alarms {
  /**
   * @param pattern five fields of cron: lists of numbers, or `*`
   * @param timeZone IANA name
   */
  start(pattern: string, timeZone: string, callback: () => void): Alarm;
}
