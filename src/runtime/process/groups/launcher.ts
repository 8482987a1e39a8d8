/**
 * Starts a program in a session and process group of its own, tied to our life: on Linux through setpriv(1), so that
 * the kernel kills it when we die. What it starts in turn is the guardian's business.
 *
 * Invariant: answers exactly once; a failure is an answer, never an exception.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { accessSync, closeSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
import { errnoText } from '../command.js';
import type { InputPipe, OutputPipe, PipeFactory } from './pipes.js';

export interface GroupProcess {
  /** Of the process, and of its group. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Undefined: its input is empty. */
  readonly stdin: Writable | undefined;
  /** To be called now and then once the input has ended, for those who open it late. */
  wakeReaders(): void;
  readonly hasExited: boolean;
  /** Calls back once, when the process has ended; its group and its output may live on. */
  onExit(exited: (code: number | null, signal: NodeJS.Signals | null) => void): void;
  /** Calls back once, when nobody can write to stdout and stderr any more and everything is read. */
  onDrained(drained: () => void): void;
}

export interface Launch {
  /** Absolute path of the program. */
  readonly executable: string;
  /** What the program sees as its own name, as it was called: `cat`. Default: its path. */
  readonly name?: string | undefined;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether its input is a pipe to us; by default it is empty. */
  readonly stdin?: boolean | undefined;
}

export type Launched =
  | { readonly ok: true; readonly process: GroupProcess }
  | { readonly ok: false; readonly message: string };

export interface Launcher {
  /** Whether the kernel ends our children when we die. */
  readonly hasParentDeathSignal: boolean;
  launch(launch: Launch, reply: (launched: Launched) => void): void;
  /** Resolves when nothing that it has begun for later launches is under way. */
  close(): Promise<void>;
}

const findSetpriv = (): string | undefined => {
  // The signal is tied to the thread that forks: in a worker it would come when the worker ends.
  if (process.platform !== 'linux' || !isMainThread) return undefined;
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/bin']) {
    const path = join(folder, 'setpriv');
    try {
      accessSync(path, constants.X_OK);
    } catch {
      // Not in this folder.
      continue;
    }
    // Busybox has a setpriv without this option.
    const probe = ['--pdeathsig', 'KILL', '--', '/bin/sh', '-c', ':'];
    if (spawnSync(path, probe, { stdio: 'ignore', env: {} }).status === 0) return path;
  }
  return undefined;
};

let found: { readonly setpriv: string | undefined } | undefined;

export const createLauncher = (pipes: PipeFactory, warn: (message: string) => void): Launcher => {
  const { setpriv } = (found ??= { setpriv: findSetpriv() });
  return {
    close: () => pipes.close(),
    hasParentDeathSignal: setpriv !== undefined,
    launch: ({ executable, name = executable, args, cwd, env, stdin = false }, reply) => {
      // setpriv looks the name up as we did: on the PATH of `env`, from `cwd`.
      const [file, argv0, argv] =
        setpriv === undefined
          ? [executable, name, args]
          : [setpriv, setpriv, ['--pdeathsig', 'KILL', '--', name, ...args]];
      const output: OutputPipe[] = [];
      let input: InputPipe | undefined;
      const fail = (error: unknown): void => {
        for (const { reader } of output) reader.destroy();
        input?.writer.destroy();
        input?.release();
        reply({ ok: false, message: `exec: "${executable}": ${errnoText(error)}` });
      };
      let child: ChildProcess;
      try {
        openOutput(pipes, output);
        input = stdin ? pipes.createInput() : undefined;
        const [out, err] = output;
        const stdio = [
          input?.readFd ?? (stdin ? 'pipe' : 'ignore'),
          out?.writeFd ?? 'pipe',
          err?.writeFd ?? 'pipe',
        ] as const;
        child = spawn(file, [...argv], { argv0, cwd, env, detached: true, stdio: [...stdio] });
      } catch (error) {
        // E2BIG, ENOMEM and null bytes are thrown; EMFILE, EAGAIN, EACCES and ENOENT come as an event.
        return fail(error);
      } finally {
        for (const { writeFd } of output) closeSync(writeFd);
        if (input !== undefined) closeSync(input.readFd);
      }
      const { pid } = child;
      if (pid === undefined) return void child.once('error', fail);
      child.on('error', (error) => warn(`process ${pid} (${executable}): ${error.message}`));
      const stdout = output[0]?.reader ?? child.stdout;
      const stderr = output[1]?.reader ?? child.stderr;
      if (stdout === null || stderr === null)
        throw new Error(`process ${pid} was started without its output`);
      const pipe = input;
      child.once('exit', () => pipe?.release());
      const streams = {
        stdin: input?.writer ?? child.stdin ?? undefined,
        stdout,
        stderr,
        wakeReaders: () => pipe?.wake(),
      };
      streams.stdin?.on('error', () => {
        // EPIPE: nobody reads it any more, which the end of the process tells where it matters.
      });
      reply({ ok: true, process: groupProcess(child, pid, streams) });
    },
  };
};

/** Both pipes, or none when there is no mkfifo. A pipe that was opened is in `output` even if the next one fails. */
const openOutput = (pipes: PipeFactory, output: OutputPipe[]): void => {
  for (let i = 0; i < 2; i++) {
    const pipe = pipes.create();
    if (pipe === undefined) return;
    output.push(pipe);
  }
};

const groupProcess = (
  child: ChildProcess,
  pid: number,
  streams: Pick<GroupProcess, 'stdin' | 'stdout' | 'stderr' | 'wakeReaders'>,
): GroupProcess => ({
  pid,
  ...streams,
  get hasExited() {
    return child.exitCode !== null || child.signalCode !== null;
  },
  onExit: (exited) => void child.once('exit', exited),
  onDrained: (drained) => {
    let open = 2;
    const closed = (): void => {
      if ((open -= 1) === 0) drained();
    };
    streams.stdout.once('close', closed);
    streams.stderr.once('close', closed);
  },
});
