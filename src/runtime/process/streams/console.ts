/**
 * The console of a container: its standard input, its terminal if it has one, and the clients that are attached to it.
 * Not its log, which is written whoever watches.
 *
 * Models: `stdin`, `stdinOnce` and `tty` of a container as containerd treats them (v2.0).
 */
import type {
  AttachRequest,
  ContainerConfig,
  OpenStream,
  Outcome,
  ProcessOutput,
  Reply,
} from '../../port.js';
import type { GroupProcess, Launch } from '../groups/launcher.js';
import { signalGroups } from '../groups/procfs.js';
import { cooked } from './cooked.js';
import { NO_TERMINAL, type ExecStreamHost } from './openExec.js';
import { inputOf, NO_SINK } from './pour.js';
import { onTerminal, resizeTerminal, terminalGroups, type TerminalLaunch } from './terminal.js';
import { createViewers, type Viewers } from './viewers.js';

export interface Console {
  readonly viewers: Viewers;
  /** How the process is started, so that it has the input and the terminal that its pod asks for. */
  launchOf(plain: TerminalLaunch): Omit<Launch, 'cwd'>;
  /** The process has been started. */
  connect(child: GroupProcess): void;
  /** Groups that a signal to the main process is for. */
  groupsFor(pid: number, signal: NodeJS.Signals): readonly number[];
  attach(request: AttachRequest, output: ProcessOutput, reply: Reply<Outcome<object>>): OpenStream;
  /** The container has ended, and everything that it wrote was shown. */
  end(): void;
}

export const createConsole = (
  host: ExecStreamHost,
  { stdin = false, stdinOnce = false, tty = false }: ContainerConfig,
): Console => {
  const viewers = createViewers(host.clock);
  let child: GroupProcess | undefined;
  let hasTerminal = false;

  const closeInput = (): void => {
    if (stdinOnce && child?.hasExited === false) inputOf(host.clock, child).end();
  };
  const interrupt = (): void => {
    if (child?.hasExited === false) signalGroups([child.pid], 'SIGINT', host.warn);
  };

  return {
    viewers,
    launchOf: (plain) => {
      const launch = tty ? onTerminal(plain) : undefined;
      hasTerminal = launch !== undefined;
      if (tty && !hasTerminal) host.warn(NO_TERMINAL);
      return { ...(launch ?? plain), stdin: stdin || tty };
    },
    connect: (started) => {
      child = started;
      started.onExit(viewers.flush);
    },
    groupsFor: (pid, signal) => (hasTerminal ? terminalGroups(pid, signal) : [pid]),
    attach: (request, output, reply) => {
      const pipe = stdin && request.stdin && child !== undefined ? inputOf(host.clock, child) : NO_SINK;
      const raw = { write: pipe.write, end: closeInput };
      const shown = tty && !hasTerminal ? cooked(raw, output.stdout, interrupt) : undefined;
      const watched = shown === undefined ? output : { stdout: shown.output, stderr: shown.output };
      const leave = viewers.add(watched, reply);
      return {
        input: shown?.input ?? raw,
        resize: (size) => {
          if (hasTerminal && child?.hasExited === false) resizeTerminal(child.pid, size);
        },
        close: () => {
          leave();
          if (request.stdin) closeInput();
        },
      };
    },
    end: () => {
      child?.stdin?.destroy();
      viewers.end();
    },
  };
};
