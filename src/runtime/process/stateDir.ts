/**
 * The folder of a process runtime: who uses it (lock), which processes live (one record per container), scratch
 * folders and logs. After a crash the next start reads it to end what was left.
 *
 *     lock                                     identity of the statelet that uses the folder
 *     network.json                             the 127.x network and the last pod address given out
 *     containers/<container id>/               process.json, termination-log, work/ (default working directory)
 *     pipes/                                   FIFOs for the moments in which they have a name
 *     volumes/<pod uid>/<volume>/              what containers share, and files made of ConfigMaps and Secrets
 *     pods/<ns>_<pod>_<uid>/<container>/       <attempt>.log and its rotated files
 *
 * Invariant: a process is killed only when its environment carries our marker, or when pid, start time and boot id
 * are those on record; so never a stranger that got a used pid.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  identifyProcess,
  isAlive,
  killMarkedNow,
  signalProcess,
  type ProcessIdentity,
} from './groups/procfs.js';

/** The runtime cannot work here; the message says why and what to do. */
export class ProcessRuntimeError extends Error {
  override readonly name = 'ProcessRuntimeError';
}

export interface StateDir {
  readonly path: string;
  /** First 12 hex digits of every container id of this folder, of this and of earlier runs. */
  readonly key: string;
  /** The key and 8 more digits: container ids of this run. */
  readonly runKey: string;
  readonly pipeDir: string;
  readonly volumesDir: string;
  containerDir(containerId: string): string;
  logDir(pod: { namespace: string; name: string; uid: string }, container: string): string;
  recordProcess(containerId: string, identity: ProcessIdentity): void;
  forgetProcess(containerId: string): void;
  readNetwork(): { network: number; last: number } | undefined;
  writeNetwork(network: number, last: number): void;
  /** Removes scratch files, keeps logs, and lets the next one in. @throws when files cannot be removed. */
  release(): void;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Removes a tree; what is not there is no error. */
const removeTree = (path: string): void => rmSync(path, { recursive: true, force: true });

/** A JSON file, or undefined when it is missing or was cut off by a crash. */
const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const asIdentity = (value: unknown): ProcessIdentity | undefined => {
  const { pid, startTime, bootId } = (value ?? {}) as Partial<ProcessIdentity>;
  return typeof pid === 'number' && pid > 1 && typeof startTime === 'string' && typeof bootId === 'string'
    ? { pid, startTime, bootId }
    : undefined;
};

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/**
 * Takes the folder for this process, alone. The lock appears whole (link of a finished file), and a lock whose owner
 * is gone is moved away by exactly one of those who want it.
 */
const lock = (path: string, self: ProcessIdentity): void => {
  const file = join(path, 'lock');
  const mine = `${file}.${self.pid}`;
  writeFileSync(mine, JSON.stringify(self));
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        linkSync(mine, file);
        return;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
      const owner = asIdentity(readJson(file));
      if (owner !== undefined && isAlive(owner)) {
        throw new ProcessRuntimeError(
          `${path} is in use by another statelet (pid ${owner.pid}): stop it, or choose another state directory`,
        );
      }
      breakStaleLock(file, `${mine}.stale`, owner);
    }
    throw new ProcessRuntimeError(`${path}: others keep taking its lock; choose another state directory`);
  } finally {
    rmSync(mine, { force: true });
  }
};

/** Moves a stale lock away; a fresh one that somebody else put there meanwhile is put back. */
const breakStaleLock = (file: string, aside: string, stale: ProcessIdentity | undefined): void => {
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = asIdentity(readJson(aside));
  if (moved !== undefined && moved.startTime !== stale?.startTime && isAlive(moved)) linkSync(aside, file);
  rmSync(aside, { force: true });
};

/** Ends what an earlier run left behind. */
const sweep = (path: string, key: string, warn: (message: string) => void): void => {
  const containers = join(path, 'containers');
  for (const id of readdirSync(containers)) {
    const identity = asIdentity(readJson(join(containers, id, 'process.json')));
    if (identity !== undefined && isAlive(identity)) signalProcess(-identity.pid, 'SIGKILL');
  }
  if (!killMarkedNow((id) => id.startsWith(key))) {
    warn(
      `processes of an earlier run in ${path} could not be killed; look for STATELET_CONTAINER_ID=${key}…`,
    );
  }
  removeTree(containers);
  removeTree(join(path, 'pods'));
  removeTree(join(path, 'volumes'));
  removeTree(join(path, 'pipes'));
  mkdirSync(containers, { mode: 0o700 });
  mkdirSync(join(path, 'pipes'), { mode: 0o700 });
};

/** As `mkdir -p`. Node's own never ends below /proc, where a folder cannot be made though its parent is there. */
const makeFolders = (path: string): void => {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another statelet that starts just now has made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

/**
 * Opens the folder, creating it if need be (mode 0700: logs may hold secrets), and ends what an earlier run left.
 *
 * @throws {ProcessRuntimeError} when another statelet uses the folder, or it cannot be written.
 */
export const openStateDir = (wanted: string, warn: (message: string) => void): StateDir => {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new ProcessRuntimeError('this process cannot find itself: is /proc mounted?');
  let path: string;
  try {
    makeFolders(join(wanted, 'containers'));
    path = realpathSync(wanted);
    lock(path, self);
  } catch (error) {
    if (error instanceof ProcessRuntimeError) throw error;
    throw new ProcessRuntimeError(`cannot use ${wanted} as state directory: ${(error as Error).message}`);
  }
  const key = hash(path).slice(0, 12);
  const runKey = key + hash(JSON.stringify(self)).slice(0, 8);
  try {
    sweep(path, key, warn);
  } catch (error) {
    rmSync(join(path, 'lock'), { force: true });
    throw new ProcessRuntimeError(
      `cannot clear what an earlier run left in ${path}: ${(error as Error).message}`,
    );
  }

  const containerDir = (containerId: string): string => join(path, 'containers', containerId);
  const networkFile = join(path, 'network.json');
  return {
    path,
    key,
    runKey,
    pipeDir: join(path, 'pipes'),
    volumesDir: join(path, 'volumes'),
    containerDir,
    logDir: (pod, container) => join(path, 'pods', `${pod.namespace}_${pod.name}_${pod.uid}`, container),
    recordProcess: (containerId, identity) =>
      writeFileSync(join(containerDir(containerId), 'process.json'), JSON.stringify(identity)),
    forgetProcess: (containerId) => rmSync(join(containerDir(containerId), 'process.json'), { force: true }),
    readNetwork: () => {
      const { network, last } = (readJson(networkFile) ?? {}) as { network?: unknown; last?: unknown };
      return typeof network === 'number' && typeof last === 'number' ? { network, last } : undefined;
    },
    writeNetwork: (network, last) => writeFileSync(networkFile, JSON.stringify({ network, last })),
    release: () => {
      removeTree(join(path, 'containers'));
      removeTree(join(path, 'pipes'));
      removeTree(join(path, 'volumes'));
      rmSync(join(path, 'lock'), { force: true });
    },
  };
};
