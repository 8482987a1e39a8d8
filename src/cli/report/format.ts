/** Events, pods and summaries as lines of text. Pure. */
import type { Event, Pod } from '../../api/index.js';
import { toTable } from '../../api/index.js';
import type { Summary } from './record.js';
import type { Terminal } from '../terminal.js';

type Colors = Terminal['colors'];

/** `12:00:07 Warning  Unhealthy  pod/web-1  Liveness probe failed: …`, with a count when it is not the first. */
export function eventLine(event: Event, colors: Colors): string {
  const time = (event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '').slice(
    11,
    19,
  );
  const { kind = '', name = '' } = event.involvedObject ?? {};
  const type = event.type === 'Warning' ? colors.yellow('Warning') : 'Normal ';
  const count = (event.count ?? 1) > 1 ? ` (x${event.count})` : '';
  const message = (event.message ?? '').trimEnd().replaceAll('\n', ' ');
  return `${colors.dim(time)} ${type} ${event.reason}${count} ${kind.toLowerCase()}/${name}: ${message}`;
}

const COLUMNS = ['Name', 'Ready', 'Status', 'Restarts', 'Age'];

/** The pods as `kubectl get pods` shows them: a head and one line for each, aligned, without colours. */
export function podTable(pods: readonly Pod[], nowMs: number): string[] {
  const table = toTable('Pod', { metadata: {}, items: pods }, { now: nowMs, includeObject: 'None' });
  const picked = COLUMNS.map((name) => table.columnDefinitions.findIndex((column) => column.name === name));
  const rows = table.rows.map((row) => picked.map((index) => String(row.cells[index] ?? '')));
  const lines = [COLUMNS.map((name) => name.toUpperCase()), ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

const GOOD = /\b(Running|Completed)\b/;
const BAD = /\b(\w*Error|\w*BackOff|OOMKilled|Failed|Evicted|InvalidImageName)\b/;

/** Colours the status in a line of {@link podTable}. */
export function colored(line: string, colors: Colors): string {
  if (BAD.test(line)) return line.replace(BAD, (word) => colors.red(word));
  return GOOD.test(line) ? line.replace(GOOD, (word) => colors.green(word)) : colors.yellow(line);
}

/** What happened, in three lines at most. */
export function summaryLines(summary: Summary): string[] {
  const events = Object.entries(summary.events).map(([reason, count]) => `${reason} ${count}`);
  return [
    `${plural(summary.pods, 'pod')}, ${plural(summary.restarts, 'restart')}`,
    ...(events.length === 0 ? [] : [`events: ${events.join(', ')}`]),
  ];
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Cuts a line that may hold colour codes to a number of visible characters. */
export function cut(line: string, columns: number): string {
  let visible = 0;
  let out = '';
  // oxlint-disable-next-line no-control-regex -- colour codes start with the escape character
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|[\s\S]/gu)) {
    if (part.startsWith('\u001b')) out += part;
    else if ((visible += 1) <= columns) out += part;
  }
  return out;
}

/** Turns pieces of text, cut anywhere, into whole lines. Call `end` for a last line without its newline. */
export function createLineSplitter(onLine: (line: string) => void): {
  push(piece: string | Uint8Array): void;
  end(): void;
} {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    push: (piece) => {
      const lines = (
        rest + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }))
      ).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    },
    end: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
