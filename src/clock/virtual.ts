/**
 * A clock that moves only when told to, from deadline to deadline.
 *
 * A binary heap ordered by (deadline, order of creation), indexed so that cancelling costs O(log n): a cluster re-arms
 * thousands of probe timers, and cancelled ones must not pile up. A callback sees `now()` at its own deadline.
 */
import type { Clock } from './port.js';

interface PendingTimer {
  readonly deadlineMs: number;
  readonly order: number;
  readonly callback: () => void;
  /** Index in the heap; -1 once fired or cancelled. */
  position: number;
}

export interface VirtualClock extends Clock {
  readonly isVirtual: true;
  /** Number of timers that have neither fired nor been cancelled. */
  readonly pendingTimers: number;
  /** Deadline of the next timer in ms since the epoch; `undefined` when none is pending. */
  nextDeadlineMs(): number | undefined;
  /** Moves to the next deadline and fires that one timer. False when none is pending. */
  step(): boolean;
  /** Moves on without firing anything. @throws {RangeError} when that would go back, or past a deadline. */
  moveTo(timeMs: number): void;
}

/** 2026-01-01T00:00:00Z: a fixed start, so that traces of two runs are the same. */
const DEFAULT_START_MS = 1_767_225_600_000;

export const createVirtualClock = (startMs: number = DEFAULT_START_MS): VirtualClock => {
  const heap: PendingTimer[] = [];
  let nowMs = startMs;
  let created = 0;

  const isBefore = (a: PendingTimer, b: PendingTimer): boolean =>
    a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.order < b.order);

  const place = (timer: PendingTimer, position: number): void => {
    heap[position] = timer;
    timer.position = position;
  };

  const siftUp = (timer: PendingTimer, start: number): void => {
    let position = start;
    while (position > 0) {
      const parentPosition = (position - 1) >> 1;
      const parent = heap[parentPosition] as PendingTimer;
      if (!isBefore(timer, parent)) break;
      place(parent, position);
      position = parentPosition;
    }
    place(timer, position);
  };

  const siftDown = (timer: PendingTimer, start: number): void => {
    let position = start;
    for (;;) {
      const left = 2 * position + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const smaller =
        right < heap.length && isBefore(heap[right] as PendingTimer, heap[left] as PendingTimer)
          ? right
          : left;
      const child = heap[smaller] as PendingTimer;
      if (!isBefore(child, timer)) break;
      place(child, position);
      position = smaller;
    }
    place(timer, position);
  };

  const remove = (timer: PendingTimer): void => {
    const { position } = timer;
    if (position < 0) return;
    timer.position = -1;
    const last = heap.pop() as PendingTimer;
    if (last === timer) return;
    siftDown(last, position);
    siftUp(last, last.position);
  };

  return {
    isVirtual: true,
    get pendingTimers() {
      return heap.length;
    },
    now: () => nowMs,
    setTimeout: (callback, delayMs) => {
      const timer: PendingTimer = {
        deadlineMs: nowMs + Math.max(0, delayMs),
        order: created++,
        callback,
        position: heap.length,
      };
      heap.push(timer);
      siftUp(timer, timer.position);
      return timer;
    },
    clearTimeout: (timer) => {
      if (timer) remove(timer as PendingTimer);
    },
    nextDeadlineMs: () => heap[0]?.deadlineMs,
    step: () => {
      const next = heap[0];
      if (!next) return false;
      remove(next);
      nowMs = next.deadlineMs;
      next.callback();
      return true;
    },
    moveTo: (timeMs) => {
      if (timeMs < nowMs) throw new RangeError(`the clock cannot go back from ${nowMs} to ${timeMs}`);
      const next = heap[0];
      if (next && next.deadlineMs < timeMs) throw new RangeError(`a timer is due before ${timeMs}`);
      nowMs = timeMs;
    },
  };
};
