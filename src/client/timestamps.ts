/** Instants as the API writes them, to the second. Most come in the same second as the one before. */
import { formatTime } from '../api/index.js';

/** A formatter of milliseconds since the epoch that remembers its last answer. */
export const createTimestamps = (): ((instantMs: number) => string) => {
  let second = Number.NaN;
  let text = '';
  return (instantMs) => {
    const current = Math.floor(instantMs / 1000);
    if (current !== second) {
      second = current;
      text = formatTime(instantMs);
    }
    return text;
  };
};
