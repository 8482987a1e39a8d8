/** Small byte sinks: nowhere, with a buffer. */
import type { ByteSink } from '../ports.js';

/** Takes everything and does nothing with it. */
export const NO_SINK: ByteSink = { write: (_piece, taken) => taken(), end: () => {} };

/** What may wait for a slow reader before its writer has to wait too. */
const BUFFER_BYTES = 256 * 1024;

/** Takes pieces at once while fewer than `limitBytes` wait; hands them on one at a time. */
export const buffered = (sink: ByteSink, limitBytes: number = BUFFER_BYTES): ByteSink => {
  const queue: Uint8Array[] = [];
  let held: (() => void)[] = [];
  let waitingBytes = 0;
  let isBusy = false;
  let hasEnded = false;

  const pump = (): void => {
    const piece = queue.shift();
    if (piece === undefined) {
      isBusy = false;
      if (hasEnded) sink.end();
      return;
    }
    isBusy = true;
    sink.write(piece, () => {
      waitingBytes -= piece.length;
      if (waitingBytes < limitBytes) {
        const released = held;
        held = [];
        for (const taken of released) taken();
      }
      pump();
    });
  };
  return {
    write: (piece, taken) => {
      queue.push(piece);
      waitingBytes += piece.length;
      if (!isBusy) pump();
      if (waitingBytes < limitBytes) taken();
      else held.push(taken);
    },
    end: () => {
      if (hasEnded) return;
      hasEnded = true;
      if (!isBusy) sink.end();
    },
  };
};
