/**
 * Writes the log of one container instance: one write at a time, each stream held back until its piece is in the
 * file, so that a process that floods its output waits for the disk and neither fills memory nor blocks statelet.
 *
 * Rotation as the kubelet's: at 10 MiB the file is renamed to `<n>.log.<yyyyMMdd-HHmmss>`, older ones are gzipped, at
 * most 5 files are kept. Checked at every write, at most once a second (upstream: every 10 s), so names are unique.
 *
 * A full disk loses lines, with one warning, and never the process: what cannot be written is dropped.
 *
 * Models: pkg/kubelet/logs/container_log_manager.go (v1.36; node.md 6.7).
 */
import { close as closeFile, fstatSync, openSync, write as writeFile } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../../clock/index.js';
import { createLineFormatter, type LogStream } from './format.js';
import type { Rotator } from './rotation.js';

export interface LogWriter {
  readonly path: string;
  /** How many times the file was rotated: when it changes, `path` is another file. */
  readonly generation: number;
  readonly isEnded: boolean;
  /** Calls back when the bytes are in the file (or lost to a full disk). */
  write(stream: LogStream, chunk: Buffer, written: () => void): void;
  /** Writes unfinished lines and closes the file, after everything before; then calls back. */
  end(ended: () => void): void;
  /** Calls once, at the next change: more lines, a rotation or the end. Answers how to stop waiting. */
  onChange(changed: () => void): () => void;
}

export interface LogWriterOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly rotator: Rotator;
  readonly warn: (message: string) => void;
}

/** Source: pkg/kubelet/apis/config/v1beta1/defaults.go (containerLogMaxSize 10Mi). */
export const MAX_LOG_BYTES = 10 * 1024 * 1024;
const MIN_ROTATION_INTERVAL_MS = 1_000;

/** @throws when the file cannot be opened. */
export const openLog = ({ path, clock, rotator, warn }: LogWriterOptions): LogWriter => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file = openSync(path, 'a', 0o600);
  let sizeBytes = fstatSync(file).size;
  let rotatedAt = clock.now();
  let generation = 0;
  let isEnded = false;
  let isLosing = false;
  let isBusy = false;
  const formatters = { stdout: createLineFormatter('stdout'), stderr: createLineFormatter('stderr') };
  const queue: { readonly bytes: Buffer; readonly done: () => void }[] = [];
  let listeners: (() => void)[] = [];

  const notify = (): void => {
    const waiting = listeners;
    listeners = [];
    for (const changed of waiting) changed();
  };
  const lost = (error: Error): void => {
    if (!isLosing) warn(`log ${path}: ${error.message}; output of the container is being lost`);
    isLosing = true;
  };
  const rotateIfDue = (): void => {
    const now = clock.now();
    if (sizeBytes < MAX_LOG_BYTES || now - rotatedAt < MIN_ROTATION_INTERVAL_MS) return;
    try {
      rotator.rotate(path, now);
      const old = file;
      file = openSync(path, 'a', 0o600);
      closeFile(old, (error) => error && lost(error));
    } catch (error) {
      // The old file stays open, and goes on growing until there is room again.
      lost(error as Error);
      rotatedAt = now;
      return;
    }
    rotatedAt = now;
    sizeBytes = 0;
    generation += 1;
  };

  const writeAll = (bytes: Buffer, offset: number, done: () => void): void => {
    if (offset >= bytes.length) return done();
    writeFile(file, bytes, offset, bytes.length - offset, null, (error, count) => {
      if (error !== null) {
        lost(error);
        return done();
      }
      isLosing = false;
      sizeBytes += count;
      writeAll(bytes, offset + count, done);
    });
  };
  const pump = (): void => {
    const next = queue.shift();
    if (next === undefined) {
      isBusy = false;
      return;
    }
    isBusy = true;
    writeAll(next.bytes, 0, () => {
      rotateIfDue();
      notify();
      next.done();
      pump();
    });
  };
  const append = (text: string, done: () => void): void => {
    queue.push({ bytes: Buffer.from(text, 'latin1'), done });
    if (!isBusy) pump();
  };

  return {
    path,
    get generation() {
      return generation;
    },
    get isEnded() {
      return isEnded;
    },
    write: (stream, chunk, written) => append(formatters[stream].push(chunk, clock.now()), written),
    end: (ended) => {
      const now = clock.now();
      append(formatters.stdout.end(now) + formatters.stderr.end(now), () => {
        isEnded = true;
        closeFile(file, (error) => {
          if (error) lost(error);
          notify();
          ended();
        });
      });
    },
    onChange: (changed) => {
      listeners.push(changed);
      return () => {
        listeners = listeners.filter((listener) => listener !== changed);
      };
    },
  };
};
