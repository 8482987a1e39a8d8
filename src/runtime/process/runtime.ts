/**
 * The container runtime of local processes: a container is a process group on this machine, a pod a loopback address
 * and a few folders, an image a line in the images file. No isolation: no file system, network or limits of its own.
 *
 * Invariants: whatever happens to statelet (its end, an interrupt, SIGKILL), its containers end with it; one state
 * directory has one runtime; every request is answered once.
 *
 * Models: k8s.io/cri-api runtime.v1 (v1.36). Decision: docs/decisions/0003-process-runtime.md.
 */
import { createHash } from 'node:crypto';
import { rmSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { Subject } from 'rxjs';
import type { Clock } from '../../clock/index.js';
import { NO_IMAGES, type ImageMap } from '../images/index.js';
import type { ContainerConfig, ContainerRuntime, FoundContainer, RuntimeEvent } from '../port.js';
import { createAddresses } from './addresses.js';
import { createContainerProcess, type ContainerHost, type ContainerProcess } from './container.js';
import { runInContainer } from './exec.js';
import { killAtExit } from './groups/exitHook.js';
import { createGuardian } from './groups/guardian.js';
import { createLauncher } from './groups/launcher.js';
import { killMarkedNow } from './groups/procfs.js';
import { createPipeFactory } from './groups/pipes.js';
import { createReaper } from './groups/reaper.js';
import { createImageStore } from './imageStore.js';
import { createRotator } from './logs/rotation.js';
import { createLogStore } from './logs/store.js';
import { machineInfo } from './machine.js';
import { createProber } from './probes/prober.js';
import { createSandboxes } from './sandboxes.js';
import { openStateDir, ProcessRuntimeError } from './stateDir.js';
import { createVolumes } from './volumes.js';
import { forwardTo } from './streams/forward.js';
import { CLOSED, openExec } from './streams/openExec.js';

export interface ProcessRuntimeOptions {
  /** The system's clock: real processes live in real time. */
  readonly clock: Clock;
  /** Folder for logs and scratch files; created if need be. One runtime at a time. */
  readonly stateDir: string;
  /** What stands behind image names; by default nothing does, and containers need a `command`. */
  readonly images?: ImageMap;
  /**
   * Told what does not work as it does in a cluster, and what went wrong without anybody waiting for an answer; by
   * default Node prints it to stderr.
   */
  readonly onWarning?: (message: string) => void;
}

/** Source: pkg/kubelet/apis/config/v1beta1/defaults.go (maxPods). */
const MAX_PODS = 110;
/** A killed process that does not end in this time hangs in the kernel. */
const CLOSE_TIMEOUT_MS = 5_000;
const VERSION = '1.0.0';

/**
 * Opens the runtime: takes the state directory and ends what an earlier run left there.
 *
 * @throws {ProcessRuntimeError} on Windows; when another statelet uses the state directory, or it cannot be written.
 */
export const createProcessRuntime = (options: ProcessRuntimeOptions): ContainerRuntime => {
  const { clock } = options;
  const events$ = new Subject<RuntimeEvent>();
  const host = openHost(options, (event) => events$.next(event));
  const { stateDir, warn } = host;
  const images = createImageStore(options.images ?? NO_IMAGES);
  const addresses = createAddresses(stateDir, process.platform === 'linux', warn);
  const containers = new Map<string, ContainerProcess>();
  const starts = createStartQueue(clock);
  let serial = 0;
  let isClosed = false;

  const newId = (...parts: readonly unknown[]): string => {
    const digest = createHash('sha256').update(JSON.stringify([...parts, (serial += 1)]));
    return stateDir.runKey + digest.digest('hex').slice(stateDir.runKey.length);
  };
  const stopExitHook = killAtExit(() => {
    for (const container of containers.values()) container.signal('SIGKILL');
    killMarkedNow((id) => id.startsWith(stateDir.runKey));
  });
  /** Ends a container and forgets it; calls back when nothing is left: at once when it does not run. */
  const remove = (container: ContainerProcess, removed: () => void): void => {
    container.discard();
    container.signal('SIGKILL');
    container.onGone(() => {
      containers.delete(container.id);
      try {
        rmSync(stateDir.containerDir(container.id), { recursive: true, force: true });
      } catch (error) {
        warn(`files of container ${container.id} could not be removed: ${(error as Error).message}`);
      }
      removed();
    });
  };
  const removeAll = (unwanted: readonly ContainerProcess[], removed: () => void): void => {
    let left = unwanted.length;
    if (left === 0) return removed();
    for (const container of unwanted) {
      remove(container, () => {
        if ((left -= 1) === 0) removed();
      });
    }
  };
  const sandboxes = createSandboxes({
    addresses,
    newId,
    isClosed: () => isClosed,
    removeContainersOf: (sandboxId, removed) =>
      removeAll(
        [...containers.values()].filter(({ config }) => config.sandboxId === sandboxId),
        removed,
      ),
  });
  const logs = createLogStore(
    stateDir,
    (path) => [...containers.values()].find(({ log }) => log?.path === path)?.log,
    warn,
  );
  const foundIn = (sandboxId: string): FoundContainer[] =>
    [...containers.values()]
      .filter(({ config, state }) => config.sandboxId === sandboxId && state !== 'created')
      .map(({ id, config: { name, attempt, image }, startedAt, exit }) => ({
        name,
        attempt,
        containerId: id,
        imageRef: images.refOf(image),
        startedAt,
        exit,
      }));
  const exec: ContainerRuntime['exec'] = ({ containerId, command, timeoutMs }, reply) => {
    const container = containers.get(containerId);
    if (container?.state !== 'running') {
      return reply({ type: 'error', message: `container ${containerId} is not running` });
    }
    const { cwd, env, execGroups } = container;
    runInContainer(host, { command, timeoutMs, cwd, env, groups: execGroups }, reply);
  };

  const openExecIn: ContainerRuntime['openExec'] = (request, output, reply) => {
    const container = containers.get(request.containerId);
    if (container?.state !== 'running') {
      reply({ type: 'error', message: `container ${request.containerId} is not running` });
      return CLOSED;
    }
    const { cwd, env, execGroups } = container;
    return openExec(host, { ...request, cwd, env, groups: execGroups }, output, reply);
  };
  const attach: ContainerRuntime['attach'] = (request, output, reply) => {
    const container = containers.get(request.containerId);
    if (container?.state === 'running') return container.attach(request, output, reply);
    reply({ ok: false, message: `container ${request.containerId} is not running` });
    return CLOSED;
  };
  const portForward: ContainerRuntime['portForward'] = ({ sandboxId, port }, output, reply) => {
    const ip = sandboxes.ipOf(sandboxId);
    if (ip !== undefined) return forwardTo(clock, { host: ip, port }, output, reply);
    reply({ ok: false, message: `no such sandbox: ${sandboxId}` });
    return CLOSED;
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    const all = [...containers.values()];
    if (!(await withLimit(clock, (done) => removeAll(all, done)))) {
      const left = [...containers.values()].map(({ config }) => `${config.pod.name}/${config.name}`);
      warn(`killed containers do not end: ${left.join(', ')}`);
    }
    await new Promise<void>((resolve) => host.rotator.close(resolve));
    await host.guardian.close();
    await host.launcher.close();
    addresses.close();
    stopExitHook();
    events$.complete();
    stateDir.release();
  };
  let closing: Promise<void> | undefined;

  return {
    name: 'process',
    version: VERSION,
    events$,
    capacity: () => capacityOf(stateDir.path),
    machine: machineInfo,
    isImagePresent: images.isImagePresent,
    pullImage: images.pullImage,
    runPodSandbox: sandboxes.runPodSandbox,
    removePodSandbox: sandboxes.removePodSandbox,
    pods: (nodeName) =>
      sandboxes.on(nodeName).map((sandbox) => ({ ...sandbox, containers: foundIn(sandbox.sandboxId) })),
    writeVolume: host.volumes.writeVolume,
    removeVolumes: host.volumes.removeVolumes,

    createContainer: (config, reply) => {
      if (isClosed) return reply({ ok: false, message: 'the runtime is closed' });
      const ip = sandboxes.ipOf(config.sandboxId);
      if (ip === undefined) return reply({ ok: false, message: `no such sandbox: ${config.sandboxId}` });
      const problem = images.problemOf(config) ?? badNameOf(config);
      if (problem !== undefined) return reply({ ok: false, message: problem });
      const id = newId(config.pod.uid, config.name, config.attempt);
      containers.set(id, createContainerProcess(host, id, config, images.find(config.image), ip));
      reply({ ok: true, containerId: id, imageRef: images.refOf(config.image) });
    },
    startContainer: (containerId, reply) => {
      const container = containers.get(containerId);
      if (container === undefined) return reply({ ok: false, message: `no such container: ${containerId}` });
      logs.dropOldLogs(container.config);
      starts(() => container.start(reply));
    },
    signalContainer: (containerId, signal) => containers.get(containerId)?.signal(signal),
    removeContainer: (containerId) => {
      const container = containers.get(containerId);
      if (container !== undefined) remove(container, () => {});
    },

    exec,
    isContainerRunning: (containerId) => containers.get(containerId)?.state === 'running',
    openExec: openExecIn,
    attach,
    portForward,
    probe: createProber(clock, exec),
    logs: logs.logs,
    removeLogs: logs.removeLogs,

    close: () => (closing ??= close()),
  };
};

const warnOnStderr = (message: string): void => process.emitWarning(message, 'StateletWarning');

const openHost = (
  { clock, stateDir: path, onWarning: warn = warnOnStderr }: ProcessRuntimeOptions,
  emit: ContainerHost['emit'],
): ContainerHost => {
  if (process.platform === 'win32') {
    throw new ProcessRuntimeError(
      'local processes need Linux or macOS: use the simulated runtime on Windows',
    );
  }
  const stateDir = openStateDir(path, warn);
  const launcher = createLauncher(createPipeFactory(stateDir.pipeDir, warn), warn);
  if (process.platform !== 'linux') {
    warn(
      'not on Linux: pods share 127.0.0.1, and a process that leaves its process group outlives its container',
    );
  } else if (!launcher.hasParentDeathSignal) {
    warn(
      'no setpriv (util-linux) on the PATH: when statelet is killed, only its guardian process ends the containers',
    );
  }
  return {
    clock,
    launcher,
    stateDir,
    warn,
    emit,
    guardian: createGuardian(stateDir.runKey, warn),
    rotator: createRotator(warn),
    reaper: createReaper(clock, warn),
    volumes: createVolumes(stateDir.volumesDir, warn),
  };
};

const capacityOf = (path: string): Readonly<Record<string, string>> => {
  const { blocks, bsize } = statfsSync(path);
  return {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: String(MAX_PODS),
    'ephemeral-storage': `${Math.floor((blocks * bsize) / 1024)}Ki`,
  };
};

/** The API allows no other names; they become folders here, so they are looked at once more. */
const badNameOf = ({ pod, name }: ContainerConfig): string | undefined => {
  const parts = [pod.namespace, pod.name, pod.uid, name];
  const bad = parts.find((part) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part));
  return bad === undefined ? undefined : `"${bad}" cannot be part of a log folder's name`;
};

/** Forks one at a time, with a turn for everybody else in between: a fork blocks for a millisecond or more. */
const createStartQueue = (clock: Clock): ((start: () => void) => void) => {
  const queue: (() => void)[] = [];
  let isBusy = false;
  const next = (): void => {
    const start = queue.shift();
    isBusy = start !== undefined;
    if (start === undefined) return;
    start();
    clock.setTimeout(next, 0);
  };
  return (start) => {
    queue.push(start);
    if (!isBusy) next();
  };
};

/** Answers whether the work was done in time. */
const withLimit = (clock: Clock, work: (done: () => void) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(false), CLOSE_TIMEOUT_MS);
    work(() => {
      clock.clearTimeout(timer);
      resolve(true);
    });
  });
