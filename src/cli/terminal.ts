/**
 * Where a command writes and what interrupts it. The only place of the command line that touches the process's
 * streams and signals, so that commands run in a test without a terminal.
 */
import { EventEmitter } from 'node:events';
import pc from 'picocolors';

export interface Terminal {
  /** Whether stdout is a terminal that can be redrawn. */
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Writes to stdout. */
  write(text: string): void;
  /** Writes to stderr. */
  warn(text: string): void;
  /** Calls back at each SIGINT, SIGTERM or SIGHUP, and when whoever reads stdout has gone. Answers how to stop. */
  onInterrupt(callback: (cause: string) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The terminal of this process. */
export function createTerminal(): Terminal {
  const { stdout, stderr } = process;
  const isInteractive = stdout.isTTY && process.env['TERM'] !== 'dumb';
  const closed = new EventEmitter();
  // Whoever reads may leave before the end (`statelet machines | head`): each write from then on fails again, and that
  // is one interrupt, not many.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      closed.emit('closed', 'EPIPE');
    });
  }
  return {
    isInteractive,
    get columns() {
      return stdout.columns > 0 ? stdout.columns : 80;
    },
    get rows() {
      return stdout.rows > 0 ? stdout.rows : 24;
    },
    colors: pc.createColors(pc.isColorSupported && stdout.isTTY),
    write: (text) => void stdout.write(text),
    warn: (text) => void stderr.write(text),
    onInterrupt: (callback) => {
      for (const signal of SIGNALS) process.on(signal, callback);
      closed.once('closed', callback);
      return () => {
        for (const signal of SIGNALS) process.off(signal, callback);
        closed.off('closed', callback);
      };
    },
    exit: (code) => process.exit(code),
  };
}
