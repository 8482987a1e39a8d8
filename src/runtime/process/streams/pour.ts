/**
 * Node's streams as the byte streams of the runtime port: piece by piece, each side waiting for the other, so that
 * nothing piles up between a process and a slow client.
 */
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../clock/index.js';
import type { ByteSink } from '../../port.js';
import type { GroupProcess } from '../groups/launcher.js';

export interface Pour {
  /** Pieces that were given out and not taken yet, or came since the last look. */
  takeActivity(): boolean;
  /** From now on everything is read and dropped, and the stream keeps nobody waiting. */
  drop(): void;
}

/** Hands every piece of a stream to a sink; the end is not passed on. */
export const pour = (source: Readable, sink: ByteSink): Pour => {
  let isDropping = false;
  let hasMoved = false;
  let isWaiting = false;
  source.on('data', (piece: Buffer) => {
    if (isDropping) return;
    source.pause();
    isWaiting = true;
    sink.write(piece, () => {
      isWaiting = false;
      hasMoved = true;
      source.resume();
    });
  });
  source.on('error', () => {
    // A reset of the other end; `close` follows.
  });
  return {
    takeActivity: () => {
      const isActive = isWaiting || hasMoved;
      hasMoved = false;
      return isActive;
    },
    drop: () => {
      isDropping = true;
      source.resume();
      (source as Readable & { unref?: () => void }).unref?.();
    },
  };
};

/** A sink that writes into a stream. What a stream that is gone cannot take counts as taken. */
export const sinkOf = (target: Writable): ByteSink => ({
  write: (piece, taken) => {
    if (!target.writable) return taken();
    target.write(piece, () => taken());
  },
  end: () => {
    if (target.writable) target.end();
  },
});

/** Takes everything and does nothing with it. */
export const NO_SINK: ByteSink = { write: (_piece, taken) => taken(), end: () => {} };

/** Calls back once nothing has come from any source for `graceMs`. */
export const whenQuiet = (
  clock: Clock,
  sources: readonly Pour[],
  graceMs: number,
  quiet: () => void,
): (() => void) => {
  let timer: unknown;
  const look = (): void => {
    timer = clock.setTimeout(() => {
      // All are asked: each forgets what it had seen.
      const active = sources.filter((source) => source.takeActivity());
      if (active.length > 0) look();
      else quiet();
    }, graceMs);
  };
  look();
  return () => clock.clearTimeout(timer);
};

/** Between the end of an input and the first look at who opens it late; each next one takes twice as long. */
const FIRST_WAKE_MS = 20;
const LAST_WAKE_MS = 2_000;

/** The input of a process, as a sink. */
export const inputOf = (clock: Clock, child: GroupProcess): ByteSink => {
  const { stdin } = child;
  if (stdin === undefined) return NO_SINK;
  const sink = sinkOf(stdin);
  let timer: unknown;
  const wakeAfter = (delayMs: number): void => {
    timer = clock.setTimeout(() => {
      child.wakeReaders();
      if (delayMs < LAST_WAKE_MS) wakeAfter(delayMs * 2);
    }, delayMs);
  };
  return {
    write: sink.write,
    end: () => {
      sink.end();
      if (timer !== undefined || child.hasExited) return;
      wakeAfter(FIRST_WAKE_MS);
      child.onExit(() => clock.clearTimeout(timer));
    },
  };
};
