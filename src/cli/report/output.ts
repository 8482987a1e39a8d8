/**
 * How `statelet up` tells what happens: a screen that is redrawn on a terminal, plain lines when piped, JSON lines for
 * scripts. Each is a {@link Reporter}; commands know no other.
 */
import type { Event, KubeObject, Pod } from '../../api/index.js';
import type { Clock, Timer } from '../../clock/index.js';
import { colored, cut, eventLine, plural, podTable, summaryLines } from './format.js';
import { isSettled, type ClusterRecord, type Summary } from './record.js';
import type { Terminal } from '../terminal.js';

export interface Started {
  readonly url: string;
  readonly kubeconfig: string;
}

export interface Reporter {
  started(server: Started): void;
  /** `web` of kind Deployment was created, configured or left unchanged. */
  applied(object: KubeObject): void;
  /** A line for people: progress, warnings, what is being stopped. */
  note(text: string): void;
  warning(text: string): void;
  summary(summary: Summary): void;
  stop(): void;
}

/** Redraws come at most this often, however many changes there are. */
const REDRAW_MS = 100;
/** Ages move on even when nothing else does. */
const TICK_MS = 1_000;

/** Plain lines: every event, and (unless `showsReadiness` is false) how many pods are ready whenever that changes. */
export function createLines(
  terminal: Terminal,
  record: ClusterRecord,
  { showsReadiness = true } = {},
): Reporter {
  const { colors } = terminal;
  const write = (line: string) => terminal.write(`${line}\n`);
  let ready = -1;
  const events = record.events$.subscribe((event: Event) => write(eventLine(event, colors)));
  const pods = record.pods$.subscribe(() => {
    const count = record.pods().filter(isSettled).length;
    if (!showsReadiness || count === ready) return;
    ready = count;
    write(readiness(record.pods()));
  });
  return {
    started: ({ url, kubeconfig }) => {
      write(`The API server listens on ${url}`);
      write(`export KUBECONFIG=${shellQuoted(kubeconfig)}`);
    },
    applied: (object) => write(`${nameOf(object)} applied`),
    note: write,
    warning: (text) => terminal.warn(`Warning: ${text}\n`),
    summary: (summary) => summaryLines(summary).forEach(write),
    stop: () => {
      events.unsubscribe();
      pods.unsubscribe();
    },
  };
}

/** One JSON object per line, each with its `type`: started, applied, event, pod, note, warning, summary. */
export function createJsonLines(terminal: Terminal, record: ClusterRecord): Reporter {
  const write = (type: string, value: object) => terminal.write(`${JSON.stringify({ type, ...value })}\n`);
  const events = record.events$.subscribe((event) => write('event', { object: event }));
  const pods = record.pods$.subscribe(({ pod, isDeleted }) => write('pod', { isDeleted, object: pod }));
  return {
    started: (server) => write('started', server),
    applied: ({ kind, metadata: { name, namespace } }) => write('applied', { kind, name, namespace }),
    note: (message) => write('note', { message }),
    warning: (message) => write('warning', { message }),
    summary: (summary) => write('summary', summary),
    stop: () => {
      events.unsubscribe();
      pods.unsubscribe();
    },
  };
}

/** A table of the pods and the latest events, redrawn in place. Notes scroll away above it. */
export function createScreen(terminal: Terminal, record: ClusterRecord, clock: Clock): Reporter {
  const { colors } = terminal;
  let drawn = 0;
  let dueMs = 0;
  let pending: Timer;
  let isStopped = false;

  const erase = () => (drawn === 0 ? '' : `\u001b[${drawn}F\u001b[0J`);
  const draw = (above = ''): void => {
    const lines = isStopped ? [] : screenLines(record, terminal, clock.now());
    terminal.write(
      `${erase()}${above}${lines.map((line) => `${cut(line, terminal.columns - 1)}\n`).join('')}`,
    );
    drawn = lines.length;
  };
  const drawLater = (delayMs: number): void => {
    dueMs = clock.now() + delayMs;
    pending = clock.setTimeout(() => {
      pending = undefined;
      draw();
      drawLater(TICK_MS);
    }, delayMs);
  };
  const changed = (): void => {
    if (isStopped || dueMs <= clock.now() + REDRAW_MS) return;
    clock.clearTimeout(pending);
    drawLater(REDRAW_MS);
  };
  const events = record.events$.subscribe(changed);
  const pods = record.pods$.subscribe(changed);
  const note = (text: string) => draw(`${text}\n`);
  drawLater(REDRAW_MS);
  return {
    started: ({ url, kubeconfig }) =>
      note(
        `The API server listens on ${colors.cyan(url)}. In another terminal:\n\n` +
          `  ${colors.bold(`export KUBECONFIG=${shellQuoted(kubeconfig)}`)}\n  kubectl get pods --watch\n`,
      ),
    applied: (object) => note(`${nameOf(object)} applied`),
    note,
    warning: (text) => note(`${colors.yellow('Warning:')} ${text}`),
    summary: (summary) => summaryLines(summary).forEach(note),
    stop: () => {
      if (isStopped) return;
      draw();
      isStopped = true;
      // The last picture stays on the terminal.
      drawn = 0;
      clock.clearTimeout(pending);
      events.unsubscribe();
      pods.unsubscribe();
    },
  };
}

function screenLines(record: ClusterRecord, terminal: Terminal, nowMs: number): string[] {
  const { colors, rows } = terminal;
  const pods = record.pods();
  const [head = '', ...lines] = podTable(pods, nowMs);
  // A redraw cannot reach lines that have scrolled out, so everything has to fit the window.
  const podRoom = Math.max(3, Math.floor((rows - 6) / 2));
  const shown = lines.length > podRoom ? lines.slice(0, podRoom - 1) : lines;
  const hidden = lines.length - shown.length;
  const eventRoom = Math.max(1, rows - 6 - shown.length);
  const events = record.recentEvents().slice(-Math.min(10, eventRoom));
  return [
    '',
    ...(pods.length > 0 ? [colors.bold(head)] : []),
    ...shown.map((line) => colored(line, colors)),
    ...(hidden > 0 ? [colors.dim(`and ${hidden} more`)] : []),
    colors.dim(`${pods.length > 0 ? readiness(pods) : 'No pods yet'}. Ctrl-C stops everything.`),
    ...events.map((event) => eventLine(event, colors)),
  ];
}

function readiness(pods: readonly Pod[]): string {
  return `${pods.filter(isSettled).length} of ${plural(pods.length, 'pod')} ready`;
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

function shellQuoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
