/**
 * Log lines as a CRI runtime writes them: `<RFC3339Nano> <stdout|stderr> <F|P> <text>`. A line that is too long is
 * written as parts: P for all but the last, F for the last; a stream that ends without a newline leaves a P.
 *
 * Bytes go through as latin1, one character per byte, so that nothing a process writes is changed on its way to the
 * file; UTF-8 is decoded only when a whole line is put together again.
 *
 * Models: containerd internal/cri/io/logger.go, k8s.io/cri-client/pkg/logs (node.md 6.7).
 */
import type { LogLine } from '../../port.js';

export type LogStream = LogLine['stream'];

/** Longest part of a line. Source: containerd internal/cri/config (MaxContainerLogLineSize). */
export const MAX_PART_BYTES = 16 * 1024;

/** Longest line that is put together again from its parts; a longer one is told in several. */
const MAX_LINE_BYTES = 1024 * 1024;

/** RFC 3339 with nine digits, UTC. Our clock knows milliseconds. */
export const formatLogTime = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, -1)}000000Z`;

export interface LineFormatter {
  /** The log text (latin1) of a piece of output; an unfinished line is kept for the next piece. */
  push(chunk: Buffer, atMs: number): string;
  /** What is left when the stream ends. */
  end(atMs: number): string;
}

export const createLineFormatter = (stream: LogStream): LineFormatter => {
  let rest = '';
  return {
    push: (chunk, atMs) => {
      const head = `${formatLogTime(atMs)} ${stream} `;
      const text = rest === '' ? chunk.toString('latin1') : rest + chunk.toString('latin1');
      let out = '';
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        for (; end - start > MAX_PART_BYTES; start += MAX_PART_BYTES) {
          out += `${head}P ${text.slice(start, start + MAX_PART_BYTES)}\n`;
        }
        out += `${head}F ${text.slice(start, end)}\n`;
        start = end + 1;
      }
      for (; text.length - start > MAX_PART_BYTES; start += MAX_PART_BYTES) {
        out += `${head}P ${text.slice(start, start + MAX_PART_BYTES)}\n`;
      }
      rest = text.slice(start);
      return out;
    },
    end: (atMs) => {
      const out = rest === '' ? '' : `${formatLogTime(atMs)} ${stream} P ${rest}\n`;
      rest = '';
      return out;
    },
  };
};

const RAW_LINE = /^(\S+) (stdout|stderr) ([FP])(?::\S*)? (.*)$/s;

export interface LineParser {
  /** Calls back with every line that ends in this piece of the file. */
  push(piece: Buffer, next: (line: LogLine) => void): void;
  /** Calls back with what stands without an end. */
  end(next: (line: LogLine) => void): void;
}

/** Puts lines together again: parts of a line are joined per stream. What is no log line is skipped, as upstream. */
export const createLineParser = (): LineParser => {
  let rest = '';
  const parts = new Map<LogStream, { readonly time: string; text: string }>();

  const emit = (time: string, stream: LogStream, latin1: string, next: (line: LogLine) => void): void =>
    next({ time, stream, text: Buffer.from(latin1, 'latin1').toString('utf8') });

  const read = (raw: string, next: (line: LogLine) => void): void => {
    const match = RAW_LINE.exec(raw);
    if (match === null) return;
    const [, time = '', name, tag, text = ''] = match;
    const stream = name as LogStream;
    const open = parts.get(stream) ?? { time, text: '' };
    open.text += text;
    if (tag === 'P' && open.text.length < MAX_LINE_BYTES) {
      parts.set(stream, open);
      return;
    }
    parts.delete(stream);
    emit(open.time, stream, open.text, next);
  };

  return {
    push: (piece, next) => {
      const text = rest + piece.toString('latin1');
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        read(text.slice(start, end), next);
        start = end + 1;
      }
      rest = text.slice(start);
    },
    end: (next) => {
      for (const [stream, { time, text }] of parts) emit(time, stream, text, next);
      parts.clear();
      rest = '';
    },
  };
};
