/** A terminal that remembers what was written, and is interrupted on demand. */
import pc from 'picocolors';
import type { Terminal } from '../../src/cli/terminal.js';

export interface FakeTerminal extends Terminal {
  readonly out: string;
  readonly err: string;
  readonly exits: readonly number[];
  interrupt(): void;
}

export function createFakeTerminal({ isInteractive = false, columns = 120, rows = 30 } = {}): FakeTerminal {
  const state = { out: '', err: '', exits: [] as number[] };
  const listeners = new Set<(cause: string) => void>();
  return {
    isInteractive,
    columns,
    rows,
    colors: pc.createColors(false),
    write: (text) => void (state.out += text),
    warn: (text) => void (state.err += text),
    onInterrupt: (callback) => {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    exit: (code) => void state.exits.push(code),
    interrupt: () => listeners.forEach((listener) => listener('SIGINT')),
    get out() {
      return state.out;
    },
    get err() {
      return state.err;
    },
    get exits() {
      return state.exits;
    },
  };
}
