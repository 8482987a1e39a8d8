/**
 * Reads the log of one container instance: the live file only, as the kubelet does; `follow` waits for the writer,
 * crosses rotations, and completes when the instance has ended and everything is read.
 *
 * Invariant: memory is bounded by one piece of the file and the longest line.
 */
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { Observable } from 'rxjs';
import type { LogLine } from '../../port.js';
import { createLineParser } from './format.js';
import type { LogWriter } from './writer.js';

const PIECE_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Where the last `count` lines of the file begin, and where they end. Models: cri-client/pkg/logs/tail.go#FindTailLineStartIndex. */
const findTail = async (
  file: FileHandle,
  count: number,
): Promise<{ readonly start: number; readonly end: number }> => {
  const { size } = await file.stat();
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let found = 0;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - PIECE_BYTES);
    await file.read(piece, 0, end - start, start);
    for (let i = end - start - 1; i >= 0; i--) {
      // The newline at the very end closes the last line.
      if (piece[i] !== NEWLINE || start + i === size - 1) continue;
      found += 1;
      if (found === count) return { start: start + i + 1, end: size };
    }
    end = start;
  }
  return { start: count === 0 ? size : 0, end: size };
};

/** The live file and the generation it belongs to, also when it is rotated while we open it. */
const openLive = async (
  path: string,
  writer: LogWriter | undefined,
): Promise<{ file: FileHandle; generation: number | undefined }> => {
  for (;;) {
    const generation = writer?.generation;
    const file = await openFile(path, 'r');
    if (writer?.generation === generation) return { file, generation };
    await file.close();
  }
};

export interface ReadLogOptions {
  readonly path: string;
  /** While the instance lives; undefined for one that has ended. */
  readonly writer: LogWriter | undefined;
  readonly follow: boolean;
  readonly tailLines?: number | undefined;
}

/** Errors when the file cannot be read. */
export const readLog = ({ path, writer, follow, tailLines }: ReadLogOptions): Observable<LogLine> =>
  new Observable((subscriber) => {
    let wake: (() => void) | undefined;
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const parser = createLineParser();
    const next = (line: LogLine): void => subscriber.next(line);

    /** Everything from `from` to the end, or to `limit`. Answers where it stopped. */
    const drain = async (file: FileHandle, from: number, limit: number): Promise<number> => {
      let position = from;
      while (!subscriber.closed && position < limit) {
        const { bytesRead } = await file.read(piece, 0, Math.min(PIECE_BYTES, limit - position), position);
        if (bytesRead === 0) break;
        parser.push(piece.subarray(0, bytesRead), next);
        position += bytesRead;
      }
      return position;
    };
    const changed = (source: LogWriter): Promise<void> =>
      new Promise((resolve) => {
        const stop = source.onChange(resolve);
        wake = () => {
          stop();
          resolve();
        };
      });

    const run = async (): Promise<void> => {
      let { file, generation } = await openLive(path, writer);
      try {
        const tail = tailLines === undefined ? undefined : await findTail(file, tailLines);
        let position = tail?.start ?? 0;
        if (!follow) {
          // What is written while we read is not waited for: so many lines were asked for, and no more.
          await drain(file, position, tail?.end ?? (await file.stat()).size);
          parser.end(next);
          return;
        }
        while (!subscriber.closed) {
          // Asked before reading: what is written after this line is seen in the next round.
          const isOver = writer === undefined || writer.isEnded;
          const isRotated = writer !== undefined && writer.generation !== generation;
          const change = isOver || isRotated ? undefined : changed(writer);
          position = await drain(file, position, Infinity);
          if (isRotated) {
            await file.close();
            ({ file, generation } = await openLive(path, writer));
            position = 0;
          } else if (isOver) {
            parser.end(next);
            return;
          } else {
            await change;
          }
        }
      } finally {
        await file.close();
      }
    };
    run().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => wake?.();
  });
