/**
 * statelet as a person runs it: the command line as a child process, with a state folder and a port of its own, and the
 * real kubectl beside it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { runKubectl, type KubectlOutcome, type KubectlRun } from '../support/kubectl.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = join(ROOT, 'src', 'cli', 'main.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command line that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** Everything that it has said so far, stdout and stderr. */
  readonly said: () => string;
  /** Resolves when it has ended and its pipes are closed. */
  readonly ended: Promise<Ended>;
  /** Resolves when it has said something that matches; fails when it ends before. */
  until(says: RegExp): Promise<RegExpExecArray>;
}

/** Starts `statelet …` from the sources. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listeners = new Set<() => void>();
  const hear = (text: string): void => {
    said += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  let isOver = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      isOver = true;
      for (const listener of listeners) listener();
      resolve({ code, signal });
    });
  });
  const until = (says: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = says.exec(said);
        if (found === null && !isOver) return;
        listeners.delete(look);
        if (found !== null) resolve(found);
        else reject(new Error(`statelet ended and never said ${says}; it said:\n${said}`));
      };
      listeners.add(look);
      look();
    });
  return { child, said: () => said, ended, until };
}

/** A cluster behind the command line. */
export interface Up extends Running {
  readonly url: string;
  readonly port: number;
  readonly kubeconfig: string;
  kubectl(command: string | readonly string[], run?: Partial<KubectlRun>): Promise<KubectlOutcome>;
  /** Standard output of a command that must succeed. */
  ok(command: string | readonly string[], run?: Partial<KubectlRun>): Promise<string>;
  /** An object as kubectl prints it with `-o json`. */
  json(command: string): Promise<Json>;
  /** Ctrl-C, and the end. */
  interrupt(): Promise<Ended>;
}

/** What an API answers, as far as a test looks at it. */
// oxlint-disable-next-line typescript/no-explicit-any -- JSON from outside, read field by field
export type Json = any;

export interface UpOptions {
  /** Folder for the state and for kubectl's home. */
  readonly folder: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** It ends by itself when the test that started it was killed. */
const LIMIT = '10m';

/** Starts `statelet up` and waits until it serves. */
export async function startUp({ folder, port = 0, args = [], env }: UpOptions): Promise<Up> {
  const stateDir = join(folder, 'state');
  const flags = ['up', '--state-dir', stateDir, '--port', String(port), '--for', LIMIT, ...args];
  const running = startCommand(flags, env);
  const [, url = ''] = await running.until(/listens on (https:\S+?)\.?\s/);
  const kubeconfig = join(stateDir, 'kubeconfig');
  const kubectl = (command: string | readonly string[], run: Partial<KubectlRun> = {}) =>
    runKubectl(typeof command === 'string' ? command.split(' ') : command, {
      kubeconfig,
      home: folder,
      timeoutMs: 60_000,
      ...run,
    });
  const ok: Up['ok'] = async (command, run) => {
    const { code, stdout, stderr } = await kubectl(command, run);
    assert.is(code, 0, `kubectl ${String(command)}: ${stdout}${stderr}`);
    return stdout;
  };
  return {
    ...running,
    url,
    port: Number(new URL(url).port),
    kubeconfig,
    kubectl,
    ok,
    json: async (command) => JSON.parse(await ok(`${command} -o json`)) as Json,
    interrupt: () => {
      running.child.kill('SIGINT');
      return running.ended;
    },
  };
}

/** Looks again until what it finds is right. The suite's own limit ends it. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  isRight: (found: T) => boolean = Boolean,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (isRight(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Processes whose environment holds `NAME=value`, from /proc; zombies have no environment and do not count. */
export function processesWith(name: string, value: string): number[] {
  const wanted = `${name}=${value}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => environmentOf(pid).includes(wanted))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Gone meanwhile, or somebody else's.
    return [];
  }
}

export const hasProcfs = existsSync('/proc/self/environ');

/** A manifest as text that kubectl reads: JSON is YAML. */
export const listOf = (...items: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
