/** A process runtime in a folder of its own, with promises for its requests, and a look at what it leaves behind. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, filter, toArray } from 'rxjs';
import { createSystemClock, type SystemClock } from '../../../src/clock/index.js';
import type { ImageMap } from '../../../src/runtime/images/index.js';
import type {
  ContainerConfig,
  ContainerExited,
  ContainerRuntime,
  ExecOutcome,
  LogLine,
  Outcome,
  PodIdentity,
  ProbeOutcome,
  ProbeRequest,
} from '../../../src/runtime/port.js';
import { createProcessRuntime } from '../../../src/runtime/process/index.js';

export const isLinux = process.platform === 'linux';

export const answer = <T>(request: (reply: (outcome: T) => void) => void): Promise<T> => new Promise(request);

/** The outcome, or an error with the runtime's text. */
const ok = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome;
};

/** Polls until the condition holds; for what the kernel does without telling us. */
export const eventually = async (what: string, holds: () => boolean, timeoutMs = 5_000): Promise<void> => {
  for (let waitedMs = 0; !holds(); waitedMs += 10) {
    if (waitedMs >= timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Pids whose environment holds this text. */
export const processesWith = (text: string): number[] => {
  const pids: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').includes(text)) pids.push(Number(name));
    } catch {
      // Gone meanwhile, or somebody else's.
    }
  }
  return pids;
};

export interface Harness {
  readonly runtime: ContainerRuntime;
  readonly dir: string;
  readonly warnings: string[];
  readonly exits: ContainerExited[];
  readonly pod: PodIdentity;
  readonly sandboxId: string;
  readonly ip: string;
  create(config: Partial<ContainerConfig>): Promise<string>;
  /** Creates and starts; answers the container id. */
  start(command: readonly string[], config?: Partial<ContainerConfig>): Promise<string>;
  exited(containerId: string): Promise<ContainerExited>;
  exec(containerId: string, command: readonly string[], timeoutMs?: number): Promise<ExecOutcome>;
  probe(request: ProbeRequest): Promise<ProbeOutcome>;
  /** Lines of a container, until it has ended. */
  lines(
    name: string,
    options?: { attempt?: number; follow?: boolean; tailLines?: number },
  ): Promise<LogLine[]>;
  close(): Promise<void>;
}

export const temporaryDir = (): string => mkdtempSync(join(tmpdir(), 'statelet-test-'));

let pods = 0;

export const openHarness = async (
  options: { images?: ImageMap; dir?: string; clock?: SystemClock } = {},
): Promise<Harness> => {
  const dir = options.dir ?? temporaryDir();
  const clock = options.clock ?? createSystemClock();
  const warnings: string[] = [];
  const exits: ContainerExited[] = [];
  const runtime = createProcessRuntime({
    clock,
    stateDir: dir,
    ...(options.images === undefined ? {} : { images: options.images }),
    onWarning: (message) => warnings.push(message),
  });
  runtime.events$.subscribe((event) => exits.push(event));
  const name = `pod-${(pods += 1)}`;
  const pod: PodIdentity = { namespace: 'default', name, uid: `uid-${name}`, nodeName: 'node-1' };
  const sandbox = ok(
    await answer<Outcome<{ sandboxId: string; ip: string }>>((reply) =>
      runtime.runPodSandbox({ ...pod, hostNetwork: false, attempt: 0 }, reply),
    ),
  );
  const create: Harness['create'] = async (config) => {
    const whole: ContainerConfig = {
      pod,
      sandboxId: sandbox.sandboxId,
      name: 'main',
      attempt: 0,
      image: 'example/app:1',
      command: [],
      args: [],
      env: [],
      mounts: [],
      terminationMessagePath: '/dev/termination-log',
      ports: [],
      ...config,
    };
    const created = await answer<Outcome<{ containerId: string; imageRef: string }>>((reply) =>
      runtime.createContainer(whole, reply),
    );
    return ok(created).containerId;
  };
  return {
    runtime,
    dir,
    warnings,
    exits,
    pod,
    ...sandbox,
    create,
    start: async (command, config = {}) => {
      const id = await create({ command, ...config });
      ok(await answer<Outcome<{ startedAt: number }>>((reply) => runtime.startContainer(id, reply)));
      return id;
    },
    exited: async (id) =>
      exits.find(({ containerId }) => containerId === id) ??
      firstValueFrom(runtime.events$.pipe(filter(({ containerId }) => containerId === id))),
    exec: (containerId, command, timeoutMs = 0) =>
      answer((reply) => runtime.exec({ containerId, command, timeoutMs }, reply)),
    probe: (request) => answer((reply) => runtime.probe(request, reply)),
    lines: (container, { attempt = 0, follow = true, tailLines } = {}) =>
      lastValueFrom(runtime.logs({ pod, name: container, attempt }, { follow, tailLines }).pipe(toArray())),
    close: async () => {
      await runtime.close();
      clock.close();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
};
