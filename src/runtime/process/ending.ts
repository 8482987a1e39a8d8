/**
 * Output and end of a container. The way to the end, each step after the one before: the main process exits; the rest
 * of its group and its running commands are killed; so is whatever left the group, found by its marker; the pipes are
 * read to their end, or for a grace when somebody holds them still; the log is closed.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Clock } from '../../clock/index.js';
import { DRAIN_GRACE_MS, exitCodeOf } from './exec.js';
import type { GroupProcess } from './groups/launcher.js';
import { signalGroups } from './groups/procfs.js';
import type { Reaper } from './groups/reaper.js';
import type { LogWriter } from './logs/writer.js';
import type { Viewers } from './streams/viewers.js';

export interface EndHost {
  readonly clock: Clock;
  readonly reaper: Reaper;
  readonly warn: (message: string) => void;
}

/** Output that comes in pieces of this size is a flood: between two pieces everybody else has a turn. */
const FLOOD_BYTES = 32 * 1024;
const FLOOD_PAUSE_MS = 1;

/** Takes what the process writes into its log and to who watches; a stream waits until its piece is taken. */
export const pumpOutput = (
  host: EndHost,
  who: string,
  child: GroupProcess,
  { writer, viewers }: { readonly writer: LogWriter; readonly viewers: Viewers },
): void => {
  for (const stream of ['stdout', 'stderr'] as const) {
    const pipe: Readable = child[stream];
    pipe.on('data', (chunk: Buffer) => {
      pipe.pause();
      let waitingFor = 2;
      const taken = (): void => {
        if ((waitingFor -= 1) > 0) return;
        if (chunk.length < FLOOD_BYTES) pipe.resume();
        else host.clock.setTimeout(() => pipe.resume(), FLOOD_PAUSE_MS);
      };
      writer.write(stream, chunk, taken);
      viewers.show(stream, chunk, taken);
    });
    pipe.on('error', (error) => host.warn(`${stream} of ${who}: ${error.message}`));
  }
};

interface Ending {
  readonly id: string;
  readonly child: GroupProcess;
  readonly writer: LogWriter;
  /** Process groups of commands that run in the container. */
  readonly execGroups: ReadonlySet<number>;
}

/** Calls back once, when nothing of the container is left and its log is closed. */
export const watchEnd = (
  host: EndHost,
  { id, child, writer, execGroups }: Ending,
  ended: (exitCode: number, finishedAt: number) => void,
): void => {
  let isReaped = false;
  let isDrained = false;
  let exit: { readonly code: number; readonly atMs: number } | undefined;
  const proceed = (): void => {
    if (exit === undefined || !isReaped || !isDrained) return;
    const { code, atMs } = exit;
    writer.end(() => ended(code, atMs));
  };
  child.onDrained(() => {
    isDrained = true;
    proceed();
  });
  child.onExit((code, signal) => {
    exit = { code: exitCodeOf(code, signal), atMs: host.clock.now() };
    signalGroups([child.pid, ...execGroups], 'SIGKILL', host.warn);
    host.reaper.reap(id, () => {
      isReaped = true;
      if (!isDrained) drainForGrace(host.clock, child);
      proceed();
    });
  });
};

/** Longest wait for output that goes on after the container's end. */
const MAX_DRAIN_MS = 10 * DRAIN_GRACE_MS;

/**
 * Closes the pipes once nothing has come for the grace: somebody without our marker holds them, and nobody waits for
 * a stranger.
 */
const drainForGrace = (
  clock: Clock,
  { stdout, stderr }: Pick<GroupProcess, 'stdout' | 'stderr'>,
  waitedMs = 0,
): void => {
  let hasRead = false;
  const note = (): void => {
    hasRead = true;
  };
  stdout.on('data', note);
  stderr.on('data', note);
  clock.setTimeout(() => {
    stdout.off('data', note);
    stderr.off('data', note);
    if (hasRead && waitedMs < MAX_DRAIN_MS)
      return drainForGrace(clock, { stdout, stderr }, waitedMs + DRAIN_GRACE_MS);
    stdout.destroy();
    stderr.destroy();
  }, DRAIN_GRACE_MS);
};

/** Longest termination message. Source: pkg/kubelet/container/runtime.go (MaxContainerTerminationMessageLength). */
const MAX_TERMINATION_MESSAGE_BYTES = 4096;

/** The last 4096 bytes of the file; undefined when the container wrote none. */
export const readTerminationMessage = (path: string, warn: (message: string) => void): string | undefined => {
  // Most containers write none: asked without an exception.
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, MAX_TERMINATION_MESSAGE_BYTES));
    const count = readSync(file, bytes, 0, bytes.length, Math.max(0, size - bytes.length));
    return count === 0 ? undefined : bytes.toString('utf8', 0, count);
  } catch (error) {
    // A folder in its place, for one.
    warn(`termination message ${path}: ${(error as Error).message}`);
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
};
