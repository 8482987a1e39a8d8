/**
 * Real pipes for the input and output of containers. What Node gives a child as "pipe" is a socket, and a program that opens
 * /dev/stdout or /dev/stderr, as many in containers do, fails on a socket. Node cannot create a pipe, mkfifo(1) can:
 * FIFOs are made a batch at a time, opened at both ends and unlinked at once, so that only the descriptors remain.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface OutputPipe {
  /** For the child. The parent closes it once the child has it. */
  readonly writeFd: number;
  readonly reader: Readable;
}

export interface InputPipe {
  /** For the child. The parent closes it once the child has it. */
  readonly readFd: number;
  readonly writer: Writable;
  /**
   * Whoever opens the input by its name (/dev/stdin) after it was closed would wait for a writer for ever: it is a
   * FIFO. This lets them go on, to what was written and the end.
   */
  wake(): void;
  /** Gives up what `wake` needs. */
  release(): void;
}

export interface PipeFactory {
  /**
   * Undefined when this machine has no mkfifo.
   *
   * @throws when no descriptor is left.
   */
  create(): OutputPipe | undefined;
  /** As above, in the other direction. */
  createInput(): InputPipe | undefined;
  /** Resolves when nothing more is being made: the folder may go. */
  close(): Promise<void>;
}

/** Made at a time: running mkfifo costs some ten milliseconds, however many it makes. */
const BATCH = 128;
/** With fewer than this the next batch is made, before anybody has to wait for it. */
const LOW_WATER = 64;

/** A writer that comes and goes is enough for who waits for one. */
const wakerOf = (fd: number): Pick<InputPipe, 'wake' | 'release'> => {
  let isReleased = false;
  return {
    wake: () => {
      if (!isReleased && process.platform === 'linux')
        closeSync(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
    },
    release: () => {
      if (isReleased) return;
      isReleased = true;
      closeSync(fd);
    },
  };
};

/** @param dir Folder for the moments in which a FIFO has a name. */
export const createPipeFactory = (dir: string, warn: (message: string) => void): PipeFactory => {
  const names: string[] = [];
  let made = 0;
  /** A batch that is being made. */
  let making: ChildProcess | undefined;
  let isMissing = false;

  const batchNames = (): string[] => Array.from({ length: BATCH }, () => join(dir, `fifo-${(made += 1)}`));
  const ended = (batch: readonly string[], status: number | null, error: Error | undefined): void => {
    making = undefined;
    if (status === 0) return void names.push(...batch);
    if (!isMissing) {
      warn(
        `mkfifo: ${error?.message ?? `exit code ${status}`}; containers cannot open /dev/stdout and /dev/stderr`,
      );
    }
    isMissing = true;
  };
  const makeNow = (): void => {
    const batch = batchNames();
    const { status, error } = spawnSync('mkfifo', ['-m', '600', ...batch], { stdio: 'ignore' });
    ended(batch, status, error);
  };
  const makeSoon = (): void => {
    const batch = batchNames();
    const child = spawn('mkfifo', ['-m', '600', ...batch], { stdio: 'ignore' });
    making = child;
    child.unref();
    child.on('error', (error) => ended(batch, null, error));
    child.on('exit', (status) => ended(batch, status, undefined));
  };

  const takeName = (): string | undefined => {
    if (isMissing) return undefined;
    if (names.length === 0) makeNow();
    else if (names.length < LOW_WATER && !making) makeSoon();
    return names.pop();
  };

  return {
    close: () =>
      new Promise((resolve) => {
        if (!making) return resolve();
        making.ref();
        making.once('error', () => resolve());
        making.once('exit', () => resolve());
      }),
    create: () => {
      const name = takeName();
      if (name === undefined) return undefined;
      // The reader first: it does not wait for a writer, and then the writer finds a reader.
      const readFd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
      let writeFd: number;
      try {
        writeFd = openSync(name, constants.O_WRONLY);
      } catch (error) {
        closeSync(readFd);
        throw error;
      } finally {
        rmSync(name, { force: true });
      }
      return { writeFd, reader: new Socket({ fd: readFd, readable: true, writable: false }) };
    },
    createInput: () => {
      const name = takeName();
      if (name === undefined) return undefined;
      const opened: number[] = [];
      const openEnd = (flags: number): number => {
        const fd = openSync(name, flags);
        opened.push(fd);
        return fd;
      };
      try {
        // A reader that does not wait, so that the writer finds one; then the child's, which must not be non-blocking.
        const kept = openEnd(constants.O_RDONLY | constants.O_NONBLOCK);
        const writeFd = openEnd(constants.O_WRONLY | constants.O_NONBLOCK);
        const readFd = openEnd(constants.O_RDONLY);
        const writer = new Socket({ fd: writeFd, readable: false, writable: true });
        return { readFd, writer, ...wakerOf(kept) };
      } catch (error) {
        for (const fd of opened) closeSync(fd);
        throw error;
      } finally {
        rmSync(name, { force: true });
      }
    },
  };
};
