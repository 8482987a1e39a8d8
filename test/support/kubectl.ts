/**
 * The real kubectl, where the machine has one: found, and run with a home folder of its own so that neither the
 * caller's kubeconfig nor its discovery cache plays a part.
 */
import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export interface Kubectl {
  readonly path: string;
  /** Such as `v1.33.1`. */
  readonly version: string;
}

/** Releases that statelet is held against, newest first; a `kubectl` on PATH may be a dispatcher that has them beside it. */
const RELEASES = ['1.33', '1.32', '1.31'];

/** Looks at KUBECTL, then for a numbered release beside the `kubectl` on PATH, then takes that `kubectl` itself. */
export function findKubectl(): Kubectl | undefined {
  for (const path of candidates()) {
    const version = versionOf(path);
    if (version !== undefined) return { path, version };
  }
  return undefined;
}

/** Every release that can be found, to hold them against each other. */
export function findKubectlReleases(): readonly Kubectl[] {
  const found = new Map<string, Kubectl>();
  for (const path of candidates()) {
    const version = versionOf(path);
    if (version !== undefined && !found.has(version)) found.set(version, { path, version });
  }
  return [...found.values()];
}

function candidates(): string[] {
  const paths: string[] = [];
  const { KUBECTL, PATH = '' } = process.env;
  if (KUBECTL !== undefined && KUBECTL !== '') paths.push(KUBECTL);
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, 'kubectl');
    if (folder === '' || !isExecutable(path)) continue;
    const real = realpathSync(path);
    paths.push(...RELEASES.map((release) => join(dirname(real), `kubectl.${release}`)), path);
  }
  return paths.filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: not a candidate.
    return false;
  }
}

function versionOf(path: string): string | undefined {
  try {
    const text = execFileSync(path, ['version', '--client', '-o', 'json'], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, KUBECONFIG: '/dev/null' },
    });
    return (JSON.parse(text) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
  } catch {
    // A program that is not kubectl, or not for this machine.
    return undefined;
  }
}

export interface KubectlRun {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  /** Home folder: kubectl keeps its caches there. */
  readonly home: string;
  readonly stdin?: string;
  /** Default 30 s; then kubectl is killed and `code` is undefined. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the one that `findKubectl` finds. */
  readonly kubectl?: string;
  /** Called with everything that standard output has said so far; answering true interrupts kubectl (Ctrl-C). */
  readonly until?: (stdout: string) => boolean;
}
export interface KubectlOutcome {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

let found: Kubectl | undefined;

/** Runs kubectl to its end. Does not throw for a failing command. */
export function runKubectl(args: readonly string[], run: KubectlRun): Promise<KubectlOutcome> {
  const path = run.kubectl ?? (found ??= findKubectl())?.path;
  if (path === undefined) throw new Error('there is no kubectl on this machine');
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env: { PATH: process.env['PATH'], HOME: run.home, KUBECONFIG: run.kubeconfig, ...run.env },
    });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), run.timeoutMs ?? 30_000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (run.until?.(stdout)) child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => {
      // kubectl may end before it has read everything.
    });
    child.stdin.end(run.stdin ?? '');
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? undefined, stdout, stderr });
    });
  });
}

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** A fresh folder under the system's temporary one. */
export function createTemporaryFolder(prefix: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `${prefix}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
