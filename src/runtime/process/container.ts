/**
 * One container as a local process: start, signals and end. Grace periods and restarts are not decided here.
 *
 * Invariant: `container.exited` is told exactly once for every container that was started, and then nothing of it is
 * left.
 *
 * Differs: whether the kernel's out-of-memory killer ended a process cannot be known without a cgroup of its own: it
 * shows as 137 `Error`, not `OOMKilled`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageEntry } from '../images/index.js';
import type {
  AttachRequest,
  ContainerConfig,
  ContainerExited,
  OpenStream,
  Outcome,
  ProcessOutput,
  Reply,
  Signal,
} from '../port.js';
import {
  argvOf,
  checkWorkingDir,
  environmentOf,
  errnoText,
  findExecutable,
  startFailure,
} from './command.js';
import { pumpOutput, readTerminationMessage, watchEnd, type EndHost } from './ending.js';
import type { ExecHost } from './exec.js';
import type { GroupProcess } from './groups/launcher.js';
import { identifyProcess, signalGroups } from './groups/procfs.js';
import type { Rotator } from './logs/rotation.js';
import { openLog, type LogWriter } from './logs/writer.js';
import type { StateDir } from './stateDir.js';
import { createConsole } from './streams/console.js';
import { mountVolumes, type Volumes } from './volumes.js';

export interface ContainerHost extends ExecHost, EndHost {
  readonly stateDir: StateDir;
  readonly rotator: Rotator;
  readonly volumes: Volumes;
  readonly emit: (event: ContainerExited) => void;
}

export interface ContainerProcess {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly state: 'created' | 'running' | 'exited';
  /** How it ended. */
  readonly exit: ContainerExited | undefined;
  readonly startedAt: number;
  /** The log while it is written. */
  readonly log: LogWriter | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Process groups of commands that run in the container. */
  readonly execGroups: Set<number>;
  start(reply: Reply<Outcome<{ readonly startedAt: number }>>): void;
  /** Connects a client to the running process. */
  attach(request: AttachRequest, output: ProcessOutput, reply: Reply<Outcome<object>>): OpenStream;
  /** A signal that comes before the start is delivered right after it. */
  signal(signal: Signal): void;
  /** Calls back once nothing of the container is left: at once when it does not run. */
  onGone(gone: () => void): void;
  /** Keeps a created container from ever starting. */
  discard(): void;
}

export const createContainerProcess = (
  host: ContainerHost,
  id: string,
  config: ContainerConfig,
  image: ImageEntry | undefined,
  podIP: string,
): ContainerProcess => {
  const dir = host.stateDir.containerDir(id);
  const terminationLog = join(dir, 'termination-log');
  const scratch = join(dir, 'work');
  const cwd = config.workingDir ?? image?.workingDir ?? scratch;
  const mounted = mountVolumes(host.volumes, config, scratch, host.warn);
  const env = environmentOf(config, image, {
    containerId: id,
    podIP,
    terminationLog,
    volumes: mounted.env,
  });
  const argv = argvOf(config, image);
  const execGroups = new Set<number>();
  const terminal = createConsole(host, config);
  let state: ContainerProcess['state'] = 'created';
  let isDiscarded = false;
  let log: LogWriter | undefined;
  let main: GroupProcess | undefined;
  let startedAt = 0;
  let exit: ContainerExited | undefined;
  let early: Signal[] = [];
  let waiting: (() => void)[] = [];

  const finish = (pid: number, exitCode: number, finishedAt: number): void => {
    host.guardian.remove(pid);
    host.stateDir.forgetProcess(id);
    state = 'exited';
    main = undefined;
    log = undefined;
    const message = readTerminationMessage(terminationLog, host.warn);
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const { pod, name } = config;
    exit = {
      type: 'container.exited',
      containerId: id,
      pod,
      name,
      exitCode,
      reason,
      message,
      startedAt,
      finishedAt,
    };
    host.emit(exit);
    terminal.end();
    const told = waiting;
    waiting = [];
    for (const gone of told) gone();
  };

  const started = (child: GroupProcess, writer: LogWriter): void => {
    const { pid } = child;
    startedAt = host.clock.now();
    main = child;
    state = 'running';
    host.guardian.add(pid);
    pumpOutput(host, `container ${config.name} (${id})`, child, { writer, viewers: terminal.viewers });
    terminal.connect(child);
    watchEnd(host, { id, child, writer, execGroups }, (exitCode, finishedAt) =>
      finish(pid, exitCode, finishedAt),
    );
    const identity = identifyProcess(pid);
    // Gone already: then there is nothing for a later start to find.
    if (identity !== undefined) recordProcess(host, id, identity);
    for (const signal of early) signalGroups(terminal.groupsFor(pid, signal), signal, host.warn);
    early = [];
  };

  const prepare = ():
    | { readonly executable: string; readonly writer: LogWriter }
    | { readonly failed: string } => {
    const { stateDir, clock, rotator, warn } = host;
    try {
      mkdirSync(scratch, { recursive: true, mode: 0o700 });
      mounted.link();
    } catch (error) {
      return { failed: startFailure(`mkdir ${dir}: ${errnoText(error)}`) };
    }
    const badDir = checkWorkingDir(cwd);
    if (badDir !== undefined) return { failed: startFailure(badDir) };
    const found = findExecutable(argv[0] ?? '', env['PATH'] ?? '', cwd);
    if (!found.ok) return { failed: startFailure(found.message) };
    const path = join(stateDir.logDir(config.pod, config.name), `${config.attempt}.log`);
    try {
      return { executable: found.path, writer: openLog({ path, clock, rotator, warn }) };
    } catch (error) {
      return { failed: startFailure(`open ${path}: ${errnoText(error)}`) };
    }
  };

  return {
    id,
    config,
    cwd,
    env,
    execGroups,
    get state() {
      return state;
    },
    get exit() {
      return exit;
    },
    get startedAt() {
      return startedAt;
    },
    get log() {
      return log;
    },
    start: (reply) => {
      if (isDiscarded) return reply({ ok: false, message: `container ${id} was removed before it started` });
      if (state !== 'created' || log !== undefined) {
        return reply({
          ok: false,
          message: `container ${id} is in state ${state}, and can be started once only`,
        });
      }
      const ready = prepare();
      if ('failed' in ready) return reply({ ok: false, message: ready.failed });
      const { executable, writer } = ready;
      log = writer;
      const launch = terminal.launchOf({ executable, name: argv[0] ?? '', args: argv.slice(1), env });
      host.launcher.launch({ ...launch, cwd }, (launched) => {
        if (!launched.ok) {
          writer.end(() => {
            log = undefined;
          });
          return reply({ ok: false, message: startFailure(launched.message) });
        }
        started(launched.process, writer);
        reply({ ok: true, startedAt });
      });
    },
    signal: (signal) => {
      if (main?.hasExited === false) {
        signalGroups(terminal.groupsFor(main.pid, signal), signal, host.warn);
      } else if (state === 'created') early.push(signal);
    },
    attach: terminal.attach,
    onGone: (gone) => {
      if (state === 'running') waiting.push(gone);
      else gone();
    },
    discard: () => {
      isDiscarded = true;
    },
  };
};

/** The record only helps a later start to clean up: without it, the marker has to do. */
const recordProcess = (
  { stateDir, warn }: ContainerHost,
  id: string,
  identity: Parameters<StateDir['recordProcess']>[1],
): void => {
  try {
    stateDir.recordProcess(id, identity);
  } catch (error) {
    warn(`process ${identity.pid} could not be recorded in ${stateDir.path}: ${(error as Error).message}`);
  }
};
