/**
 * Renames, compresses and removes old log files, one compression at a time per runtime (upstream: one worker).
 * The newest rotated file stays as it is until the next rotation, for those who are still reading it.
 */
import { createWriteStream, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface Rotator {
  /** Moves the file away. @throws when that fails. */
  rotate(path: string, atMs: number): void;
  /** Calls back when nothing is being compressed any more; starts nothing new. */
  close(done: () => void): void;
}

/** The live file included. Source: pkg/kubelet/apis/config/v1beta1/defaults.go (containerLogMaxFiles 5). */
const MAX_LOG_FILES = 5;

/** yyyyMMdd-HHmmss, UTC. */
const stamp = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');

/** Rotated files of a log, oldest first. */
const rotatedFiles = (path: string): string[] => {
  const start = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && !name.endsWith('.tmp'))
    .sort()
    .map((name) => join(dirname(path), name));
};

export const createRotator = (warn: (message: string) => void): Rotator => {
  const waiting: string[] = [];
  let isBusy = false;
  let onIdle: (() => void) | undefined;

  const compress = async (path: string): Promise<void> => {
    const partial = `${path}.gz.tmp`;
    try {
      // Opened before anything is created: what was removed meanwhile leaves no trace.
      const file = await open(path, 'r');
      await pipeline(file.createReadStream(), createGzip(), createWriteStream(partial, { mode: 0o600 }));
      if (existsSync(path)) renameSync(partial, `${path}.gz`);
      rmSync(path, { force: true });
    } catch (error) {
      // Removed by a rotation or with its pod: then nobody wants the compressed file either.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        warn(`log ${path} could not be compressed: ${(error as Error).message}`);
      }
    }
    rmSync(partial, { force: true });
  };
  const next = (): string | undefined => (onIdle === undefined ? waiting.shift() : undefined);
  const compressAll = async (): Promise<void> => {
    isBusy = true;
    for (let path = next(); path !== undefined; path = next()) await compress(path);
    isBusy = false;
    onIdle?.();
  };

  return {
    rotate: (path, atMs) => {
      renameSync(path, `${path}.${stamp(atMs)}`);
      const files = rotatedFiles(path);
      const kept = files.slice(Math.max(0, files.length - (MAX_LOG_FILES - 1)));
      for (const file of files) if (!kept.includes(file)) rmSync(file, { force: true });
      waiting.push(...kept.slice(0, -1).filter((file) => !file.endsWith('.gz') && !waiting.includes(file)));
      if (!isBusy) void compressAll();
    },
    close: (done) => {
      onIdle = done;
      if (!isBusy) done();
    },
  };
};
