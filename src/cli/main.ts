#!/usr/bin/env node
/** The command `statelet`. Every way out of it goes through here: one line for an error, and a documented exit code. */
import { CommanderError } from 'commander';
import { CommandError, EXIT_FAILED, EXIT_OK, EXIT_USAGE, messageOf } from './errors.js';
import { createProgram } from './program.js';
import { createTerminal } from './terminal.js';

const terminal = createTerminal();
let exitCode = EXIT_OK;
try {
  const program = createProgram(terminal, (code) => (exitCode = code));
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  exitCode = codeOf(error);
}
process.exitCode = exitCode;

function codeOf(error: unknown): number {
  // Commander has written its own line already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  if (error instanceof CommandError) {
    terminal.warn(`error: ${error.message}\n`);
    return error.exitCode;
  }
  const stack = process.env['STATELET_DEBUG'] === undefined ? undefined : (error as Error).stack;
  terminal.warn(`error: ${stack ?? messageOf(error)}\n`);
  return EXIT_FAILED;
}
