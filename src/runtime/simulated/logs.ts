/**
 * Logs of simulated containers, in memory: the last lines of the current and the previous instance of each container.
 *
 * Lines of a preset are not stored: which of them exist is a function of the instance's start, its end and the time at
 * which someone looks. A timer is set only while someone follows a log that has lines to come.
 */
import { Observable, type Subscriber } from 'rxjs';
import type { Clock, Timer } from '../../clock/index.js';
import type { LogLine, LogRef } from '../port.js';
import type { PresetLine } from './preset.js';

/** Lines kept of each instance. */
const MAX_LINES = 1000;

interface WrittenLine {
  readonly at: number;
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
}

/** The log of one container instance. */
export interface InstanceLog {
  readonly attempt: number;
  /** Of the instance before. */
  previous: InstanceLog | undefined;
  readonly preset: readonly PresetLine[];
  /** Lines that an actor wrote; at most MAX_LINES. */
  written: WrittenLine[] | undefined;
  startedAt: number | undefined;
  /** Nothing is written from then on: it has ended, or hangs. */
  silentAt: number;
  hasEnded: boolean;
  followers: Set<Follower> | undefined;
}
interface Follower {
  onWritten(line: WrittenLine): void;
  onEnded(): void;
}

export interface SimulatedLogs {
  /** Opens the log of the next instance, and drops those before the previous one. */
  open(ref: LogRef, preset: readonly PresetLine[]): InstanceLog;
  write(log: InstanceLog, text: string, stream: 'stdout' | 'stderr'): void;
  end(log: InstanceLog): void;
  read(
    ref: LogRef,
    options: { readonly follow: boolean; readonly tailLines?: number | undefined },
  ): Observable<LogLine>;
  remove(ref: Omit<LogRef, 'attempt'> & { readonly attempt?: number | undefined }): void;
}

/** RFC 3339 with nanoseconds, of which a simulated clock knows the milliseconds. */
const formatLogTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000000Z`;

const toLogLine = (line: WrittenLine): LogLine => ({
  time: formatLogTime(line.at),
  stream: line.stream,
  text: line.text,
});

const keyOf = (ref: Pick<LogRef, 'pod' | 'name'>): string => `${ref.pod.uid}/${ref.name}`;

export const createSimulatedLogs = (clock: Clock): SimulatedLogs => {
  /** The newest log of each container; it leads to the one before. */
  const logs = new Map<string, InstanceLog>();

  const find = (ref: LogRef): InstanceLog | undefined => {
    let log = logs.get(keyOf(ref));
    while (log !== undefined && log.attempt !== ref.attempt) log = log.previous;
    return log;
  };

  const linesOf = (log: InstanceLog): readonly WrittenLine[] => {
    const presetLines = presetLinesUntil(log, clock.now());
    return log.written === undefined ? presetLines : [...presetLines, ...log.written].slice(-MAX_LINES);
  };

  const follow = (log: InstanceLog, subscriber: Subscriber<LogLine>): (() => void) => {
    let timer: Timer | undefined;
    let seen = presetLinesUntil(log, clock.now()).length;
    // Lines that fell due are handed on first, so that order is kept whatever comes between.
    const catchUp = (): void => {
      const due = presetLinesUntil(log, clock.now());
      for (const line of due.slice(seen)) subscriber.next(toLogLine(line));
      seen = due.length;
    };
    const arm = (): void => {
      const next = log.preset[seen];
      if (log.startedAt === undefined || next === undefined) return;
      const at = log.startedAt + next.afterMs;
      if (at > log.silentAt) return;
      timer = clock.setTimeout(() => {
        catchUp();
        arm();
      }, at - clock.now());
    };
    const follower: Follower = {
      onWritten: (line) => {
        catchUp();
        subscriber.next(toLogLine(line));
      },
      onEnded: () => {
        catchUp();
        subscriber.complete();
      },
    };
    const followers = (log.followers ??= new Set());
    followers.add(follower);
    arm();
    return () => {
      followers.delete(follower);
      if (timer !== undefined) clock.clearTimeout(timer);
    };
  };

  return {
    open: (ref, preset) => {
      const key = keyOf(ref);
      const previous = logs.get(key);
      if (previous !== undefined) previous.previous = undefined;
      const log: InstanceLog = {
        attempt: ref.attempt,
        previous,
        preset,
        written: undefined,
        startedAt: undefined,
        silentAt: Infinity,
        hasEnded: false,
        followers: undefined,
      };
      logs.set(key, log);
      return log;
    },
    write: (log, text, stream) => {
      const written = (log.written ??= []);
      for (const part of text.replace(/\n$/, '').split('\n')) {
        const line: WrittenLine = { at: clock.now(), text: part, stream };
        written.push(line);
        for (const follower of log.followers ?? []) follower.onWritten(line);
      }
      // Cut seldom, so that a chatty container does not move the whole list with every line.
      if (written.length >= 2 * MAX_LINES) written.splice(0, written.length - MAX_LINES);
    },
    end: (log) => {
      silence(log, clock.now());
      log.hasEnded = true;
      for (const follower of log.followers ?? []) follower.onEnded();
    },
    read: (ref, options) =>
      new Observable<LogLine>((subscriber) => {
        const log = find(ref);
        if (log === undefined) {
          const { namespace, name } = ref.pod;
          const what = `container ${ref.name} (attempt ${ref.attempt}) of pod ${namespace}/${name}`;
          subscriber.error(new Error(`no log is kept of ${what}`));
          return undefined;
        }
        const lines = linesOf(log);
        const from = options.tailLines === undefined ? 0 : Math.max(0, lines.length - options.tailLines);
        for (const line of lines.slice(from)) subscriber.next(toLogLine(line));
        if (options.follow && !log.hasEnded) return follow(log, subscriber);
        subscriber.complete();
        return undefined;
      }),
    remove: (ref) => {
      const key = keyOf(ref);
      const newest = logs.get(key);
      if (newest === undefined) return;
      if (ref.attempt === undefined) logs.delete(key);
      else if (newest.previous?.attempt === ref.attempt) newest.previous = undefined;
      else if (newest.attempt !== ref.attempt) return;
      else if (newest.previous === undefined) logs.delete(key);
      else logs.set(key, newest.previous);
    },
  };
};

/** Nothing is written to the log after `atMs`. */
export const silence = (log: InstanceLog, atMs: number): void => {
  log.silentAt = Math.min(log.silentAt, atMs);
};

/** A line that falls due at the very moment of the end is still written. */
const presetLinesUntil = (log: InstanceLog, nowMs: number): readonly WrittenLine[] => {
  const { startedAt, preset } = log;
  if (startedAt === undefined || preset.length === 0) return [];
  const lines: WrittenLine[] = [];
  for (const { afterMs, text, stream } of preset) {
    const at = startedAt + afterMs;
    if (at > nowMs || at > log.silentAt) break;
    lines.push({ at, text, stream });
  }
  return lines.slice(-MAX_LINES);
};
