/**
 * A terminal for a process. Node has no way to open a pseudo-terminal, script(1) does: it runs a command on one, and
 * passes on what goes in and comes out. Its size is set from outside, by stty(1) on the terminal that the command has.
 *
 * Without a script(1) that fits (busybox, a slim image) the process gets pipes, and newlines, echo, Ctrl-C and Ctrl-D
 * are done here (cookedSink): enough for a shell prompt, not for an editor or job control.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TerminalSize } from '../../port.js';
import type { Launch } from '../groups/launcher.js';

export type TerminalLaunch = Omit<Launch, 'cwd' | 'stdin'>;

/** Which script(1) there is; util-linux takes a command line, BSD and macOS take arguments. */
interface ScriptProgram {
  readonly path: string;
  readonly flavour: 'util-linux' | 'bsd';
  readonly hasEcho: boolean;
}

const findScript = (): ScriptProgram | undefined => {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/bin']) {
    const path = join(folder, 'script');
    try {
      accessSync(path, constants.X_OK);
    } catch {
      // Not in this folder.
      continue;
    }
    if (process.platform !== 'linux') return { path, flavour: 'bsd', hasEcho: false };
    const { stdout = '', status } = spawnSync(path, ['--help'], { encoding: 'utf8', env: {} });
    // Busybox has one that does not pass on exit codes.
    if (status === 0 && stdout.includes('--return'))
      return { path, flavour: 'util-linux', hasEcho: stdout.includes('--echo') };
  }
  return undefined;
};

let found: { readonly script: ScriptProgram | undefined } | undefined;
const scriptProgram = (): ScriptProgram | undefined => (found ??= { script: findScript() }).script;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** What runs `launch` on a terminal of its own; undefined when this machine has no program that can. */
export const onTerminal = (launch: TerminalLaunch): TerminalLaunch | undefined => {
  const script = scriptProgram();
  if (script === undefined) return undefined;
  const env: Record<string, string> = { TERM: 'xterm', ...launch.env };
  // By its name, as it was called: it is found on the PATH of `env`, as it was found before.
  const argv = [launch.name ?? launch.executable, ...launch.args];
  const { path: executable } = script;
  if (script.flavour === 'bsd') return { executable, args: ['-q', '/dev/null', ...argv], env };
  // script(1) runs the line with the shell named by SHELL; the command gets its own SHELL back.
  const shell = env['SHELL'];
  const restore = shell === undefined ? 'unset SHELL' : `export SHELL=${quote(shell)}`;
  const line = `${restore}; exec ${argv.map(quote).join(' ')}`;
  const args = ['-qef', ...(script.hasEcho ? ['-E', 'always'] : []), '-c', line, '/dev/null'];
  return { executable, args, env: { ...env, SHELL: '/bin/sh' } };
};

/** The process on the terminal that script(1) with this pid opened; undefined when it is not there (any more). */
export const terminalChild = (scriptPid: number): number | undefined => {
  try {
    const [child] = readFileSync(`/proc/${scriptPid}/task/${scriptPid}/children`, 'utf8').split(' ');
    return child === undefined || child === '' ? undefined : Number(child);
  } catch {
    // It has ended, or there is no /proc.
    return undefined;
  }
};

/** Tells the terminal its size; the kernel tells the programs on it (SIGWINCH). Best effort. */
export const resizeTerminal = (scriptPid: number, { columns, rows }: TerminalSize): void => {
  const child = terminalChild(scriptPid);
  if (child === undefined) return;
  let terminal: string;
  try {
    terminal = readlinkSync(`/proc/${child}/fd/0`);
  } catch {
    // It has ended meanwhile, or closed its input.
    return;
  }
  if (!terminal.startsWith('/dev/pts/')) return;
  const size = ['rows', String(rows), 'cols', String(columns)];
  const stty = spawn('stty', ['-F', terminal, ...size], { stdio: 'ignore', env: process.env });
  stty.unref();
  stty.on('error', () => {
    // No stty: the terminal keeps its size.
  });
};

/**
 * The process groups that a signal to a process on a terminal is for: script(1) itself, told to end, would add a line
 * of its own to the output. When it is killed, the kernel hangs up on everybody on the terminal.
 */
export const terminalGroups = (scriptPid: number, signal: NodeJS.Signals): number[] => {
  const child = terminalChild(scriptPid);
  if (child === undefined) return [scriptPid];
  return signal === 'SIGKILL' ? [child, scriptPid] : [child];
};
