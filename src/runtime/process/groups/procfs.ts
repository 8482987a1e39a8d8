/**
 * What the operating system knows about processes: identity (a pid alone is none, since pids are used again), groups,
 * and the environment marker by which everything that belongs to a container is found, wherever it went.
 *
 * Linux answers from /proc. Elsewhere the start time comes from ps(1), and marked processes cannot be found.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable of every process of a container, inherited by what it starts. */
export const MARKER = 'STATELET_CONTAINER_ID';

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot (Linux), or the text of ps; opaque, compared for equality. */
  readonly startTime: string;
  readonly bootId: string;
}

const hasProc = process.platform === 'linux';

/** A file of /proc, or undefined when the process is gone or belongs to somebody else. */
const readProc = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch {
    // Processes come and go while we look: a vanished one (ENOENT, ESRCH) or a foreign one (EACCES) is not ours.
    return undefined;
  }
};

let bootId: string | undefined;
const readBootId = (): string =>
  (bootId ??= hasProc ? (readProc('/proc/sys/kernel/random/boot_id')?.toString().trim() ?? '') : '');

/** Fields of /proc/PID/stat from the third on: the second, the name, may hold blanks and brackets. */
const readStat = (pid: number): string[] | undefined => {
  const stat = readProc(`/proc/${pid}/stat`)?.toString('latin1');
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** Undefined when no such process lives. A zombie has ended: it is not alive. */
export const identifyProcess = (pid: number): ProcessIdentity | undefined => {
  if (!hasProc) {
    try {
      const startTime = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
      return startTime === '' ? undefined : { pid, startTime, bootId: '' };
    } catch {
      // ps exits with 1 when it finds no such process.
      return undefined;
    }
  }
  const stat = readStat(pid);
  // proc(5): field 3 is the state, field 22 the start time.
  const startTime = stat?.[19];
  return startTime === undefined || stat?.[0] === 'Z' ? undefined : { pid, startTime, bootId: readBootId() };
};

/** Whether this very process, and not a later one with its pid, still lives. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const found = identifyProcess(identity.pid);
  return found !== undefined && found.startTime === identity.startTime && found.bootId === identity.bootId;
};

/** Signals a process (or, when negative, a group). Answers false when nobody is there. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};

/** Signals process groups; one that is gone is no error. */
export const signalGroups = (
  groups: Iterable<number>,
  signal: NodeJS.Signals,
  warn: (message: string) => void,
): void => {
  for (const id of groups) {
    try {
      signalProcess(-id, signal);
    } catch (error) {
      // macOS answers EPERM for a group of which only zombies are left.
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EPERM' || process.platform === 'linux') warn(`process group ${id}: ${message}`);
    }
  }
};

/** Pids of this machine, ascending. */
const listPids = (): number[] => {
  if (!hasProc) return [];
  const pids: number[] = [];
  for (const name of readdirSync('/proc')) {
    const code = name.charCodeAt(0);
    if (code >= 48 && code <= 57) pids.push(Number(name));
  }
  return pids;
};

/** The value of the marker in the environment of a process. */
const markerOf = (pid: number): string | undefined => {
  const environment = readProc(`/proc/${pid}/environ`);
  if (environment === undefined) return undefined;
  const start = environment.indexOf(`${MARKER}=`);
  if (start < 0 || (start > 0 && environment[start - 1] !== 0)) return undefined;
  const end = environment.indexOf(0, start);
  return environment.toString('latin1', start + MARKER.length + 1, end < 0 ? undefined : end);
};

/** Looking at this many processes takes about a millisecond; then others get their turn. */
const SCAN_SLICE = 100;

/** Sends SIGKILL to every process whose container id is accepted; answers how many there were. */
const killRound = function* (isOurs: (containerId: string) => boolean): Generator<void, number> {
  let killed = 0;
  let seen = 0;
  for (const pid of listPids()) {
    if ((seen += 1) % SCAN_SLICE === 0) yield;
    const id = pid === process.pid ? undefined : markerOf(pid);
    if (id !== undefined && isOurs(id) && signalProcess(pid, 'SIGKILL')) killed += 1;
  }
  return killed;
};

/** Whoever is killed can have forked just before: rounds are repeated until one finds nobody, but not for ever. */
const MAX_ROUNDS = 100;

/** Kills all marked processes, in slices: `pause` lets others run. Answers whether none is left. */
export const killMarked = async (
  isOurs: (containerId: string) => boolean,
  pause: () => Promise<void>,
): Promise<boolean> => {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const scan = killRound(isOurs);
    let step = scan.next();
    for (; step.done !== true; step = scan.next()) await pause();
    if (step.value === 0) return true;
    await pause();
  }
  return false;
};

/** The same without a pause, for the start and the end of this process. */
export const killMarkedNow = (isOurs: (containerId: string) => boolean): boolean => {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const scan = killRound(isOurs);
    let step = scan.next();
    while (step.done !== true) step = scan.next();
    if (step.value === 0) return true;
    // A killed process needs a moment to give up its memory, and with it its environment.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
  return false;
};
