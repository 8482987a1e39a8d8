/** How a command ends when it does not end well. Each code is documented in docs/reference/cli.md. */

export const EXIT_OK = 0;
/** Something failed: a manifest was refused, a port is taken, a Job or pod did not succeed. */
export const EXIT_FAILED = 1;
/** The command line or a file given on it is wrong; nothing was started. */
export const EXIT_USAGE = 2;
/** Interrupted a second time, before everything had stopped: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;

/** Ends the command with one line on stderr. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** What the person typed, or a file that they named, is wrong. */
export const usageError = (message: string): CommandError => new CommandError(message, EXIT_USAGE);

/** Something went wrong on the way. */
export const failure = (message: string): CommandError => new CommandError(message, EXIT_FAILED);

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
