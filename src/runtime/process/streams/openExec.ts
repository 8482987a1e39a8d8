/**
 * `kubectl exec`: a command beside a container's process, its streams connected to a client. It ends by itself, with
 * the container, or when the client goes away.
 *
 * Differs: upstream leaves a command running whose client is gone; here it gets SIGHUP, as on a terminal that is
 * closed, and SIGKILL two seconds later, since nobody would look for it among the processes of a machine.
 *
 * Models: containerd internal/cri/server/container_exec.go (v2.0); node.md 6.9.
 */
import type { ExecStreamOutcome, ExecStreamRequest, OpenStream, ProcessOutput, Reply } from '../../port.js';
import type { Clock } from '../../../clock/index.js';
import { execFailure, findExecutable } from '../command.js';
import { DRAIN_GRACE_MS, exitCodeOf, type ExecHost, type ExecTarget } from '../exec.js';
import type { GroupProcess } from '../groups/launcher.js';
import { signalGroups } from '../groups/procfs.js';
import { cooked } from './cooked.js';
import { inputOf, NO_SINK, pour, whenQuiet, type Pour } from './pour.js';
import { onTerminal, resizeTerminal, terminalGroups } from './terminal.js';

/** Between the hang-up and the end of a command whose client is gone. */
const HANGUP_GRACE_MS = 2_000;

export interface ExecStreamHost extends ExecHost {
  readonly warn: (message: string) => void;
}
type Target = Omit<ExecTarget, 'timeoutMs'> & Pick<ExecStreamRequest, 'stdin' | 'tty'>;

export const openExec = (
  host: ExecStreamHost,
  target: Target,
  output: ProcessOutput,
  reply: Reply<ExecStreamOutcome>,
): OpenStream => {
  const { command, cwd, env, stdin, tty } = target;
  const fail = (message: string): OpenStream => {
    reply({ type: 'error', message: execFailure(message) });
    return CLOSED;
  };
  const found = findExecutable(command[0] ?? '', env['PATH'] ?? '', cwd);
  if (!found.ok) return fail(found.message);
  const plain = { executable: found.path, name: command[0] ?? '', args: command.slice(1), env };
  const terminal = tty ? onTerminal(plain) : undefined;
  if (tty && terminal === undefined) host.warn(NO_TERMINAL);

  let opened: OpenStream | undefined;
  let refused: OpenStream | undefined;
  // A terminal always has an input; one that ended at once would end a shell.
  host.launcher.launch({ ...(terminal ?? plain), cwd, stdin: stdin || tty }, (launched) => {
    if (!launched.ok) refused = fail(launched.message);
    else opened = connect(host, target, launched.process, terminal !== undefined, output, reply);
  });
  const now = (): OpenStream => opened ?? refused ?? CLOSED;
  return {
    input: {
      write: (piece, taken) => now().input.write(piece, taken),
      end: () => now().input.end(),
    },
    resize: (size) => now().resize(size),
    close: () => now().close(),
  };
};

export const NO_TERMINAL =
  'no script (util-linux) on the PATH: terminals are emulated, without job control and without a size';

/** A stream to nothing. */
export const CLOSED: OpenStream = { input: NO_SINK, resize: () => {}, close: () => {} };

const connect = (
  host: ExecStreamHost,
  { groups, stdin, tty }: Target,
  child: GroupProcess,
  hasTerminal: boolean,
  output: ProcessOutput,
  reply: Reply<ExecStreamOutcome>,
): OpenStream => {
  const { pid } = child;
  groups.add(pid);
  host.guardian.add(pid);
  const signal = (name: NodeJS.Signals): void => {
    if (child.hasExited) return;
    signalGroups(hasTerminal ? terminalGroups(pid, name) : [pid], name, host.warn);
  };
  const stdio = connectStdio(host.clock, child, tty && !hasTerminal, output, () => signal('SIGINT'));
  const pours: Pour[] = stdio.pours;

  let isOver = false;
  let stopWaiting = (): void => {};
  let exitCode: number | undefined;
  let isDrained = false;
  const finish = (): void => {
    if (exitCode === undefined || isOver) return;
    isOver = true;
    stopWaiting();
    for (const source of pours) source.drop();
    child.stdin?.destroy();
    reply({ type: 'exited', exitCode });
  };
  child.onDrained(() => {
    isDrained = true;
    finish();
  });
  child.onExit((code, name) => {
    groups.delete(pid);
    host.guardian.remove(pid);
    exitCode = exitCodeOf(code, name);
    if (isDrained) return finish();
    // Somebody in the background may hold the pipes; a client that is still reading is waited for.
    stopWaiting = whenQuiet(host.clock, pours, DRAIN_GRACE_MS, finish);
  });

  const close = (): void => {
    if (isOver) return;
    isOver = true;
    stopWaiting();
    for (const source of pours) source.drop();
    child.stdin?.destroy();
    signal('SIGHUP');
    const timer = host.clock.setTimeout(() => signal('SIGKILL'), HANGUP_GRACE_MS);
    child.onExit(() => host.clock.clearTimeout(timer));
  };
  return {
    input: stdin ? stdio.input : NO_SINK,
    resize: (size) => {
      if (hasTerminal && !child.hasExited) resizeTerminal(pid, size);
    },
    close,
  };
};

/** With a terminal there is one stream for output and errors; without a real one, its manners are put on here. */
const connectStdio = (
  clock: Clock,
  child: GroupProcess,
  isEmulated: boolean,
  output: ProcessOutput,
  interrupt: () => void,
): { readonly input: OpenStream['input']; readonly pours: Pour[] } => {
  const input = inputOf(clock, child);
  if (!isEmulated) {
    return { input, pours: [pour(child.stdout, output.stdout), pour(child.stderr, output.stderr)] };
  }
  const shown = cooked(input, output.stdout, interrupt);
  return {
    input: shown.input,
    pours: [pour(child.stdout, shown.output), pour(child.stderr, shown.output)],
  };
};
