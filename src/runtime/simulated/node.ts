/**
 * What a simulated node holds: sandboxes, containers, images, and what is still to be answered. It starts and ends
 * processes; the port (runtime.ts) and the faults (faults.ts) are two ways of asking it.
 *
 * Invariants: a container exits once; after its exit no actor of it is left; while the node is down nothing is replied,
 * emitted or due.
 */
import { Subject } from 'rxjs';
import type { Clock, Timer } from '../../clock/index.js';
import type {
  ContainerConfig,
  ContainerExited,
  ContainerUsage,
  FoundPod,
  NodeUsage,
  Outcome,
  PodIdentity,
  PressureKind,
  SandboxConfig,
} from '../port.js';
import { createPodAddresses } from './addresses.js';
import { actorOf, hasTag, type SimulatedContainer } from './container.js';
import { startImageActor, type CreateImageActor } from './imageActor.js';
import { hash32, imageRefOf, type ImageRegistry } from './images.js';
import { createSimulatedLogs, silence } from './logs.js';
import type { UsagePreset } from './preset.js';

export const SIGKILL_EXIT_CODE = 137;
const SIGTERM_EXIT_CODE = 143;
/** What containerd reports of a container whose end it did not see. */
const UNKNOWN_EXIT_CODE = 255;

export interface Sandbox {
  readonly config: SandboxConfig;
  readonly ip: string;
  containers: readonly SimulatedContainer[];
}

export interface SimulatedNodeOptions {
  readonly clock: Clock;
  readonly images: ImageRegistry;
  readonly nodeIndex: number;
  readonly createActor: CreateImageActor;
}

export class SimulatedNode {
  readonly clock: Clock;
  readonly images: ImageRegistry;
  readonly addresses: ReturnType<typeof createPodAddresses>;
  readonly logs: ReturnType<typeof createSimulatedLogs>;
  readonly events$ = new Subject<ContainerExited>();
  readonly sandboxes = new Map<string, Sandbox>();
  readonly containers = new Map<string, SimulatedContainer>();
  readonly presentImages = new Set<string>();
  readonly usageChanged$ = new Subject<void>();
  /** Resources that a fault makes scarce, with what is left of them. */
  readonly shortages = new Map<PressureKind, number>();
  isDown = false;
  readonly #createActor: CreateImageActor;
  readonly #failedPulls = new Map<string, number>();
  readonly #timers = new Set<Timer>();
  #idsMade = 0;

  constructor(options: SimulatedNodeOptions) {
    this.clock = options.clock;
    this.images = options.images;
    this.addresses = createPodAddresses(options.nodeIndex);
    this.logs = createSimulatedLogs(options.clock);
    this.#createActor = options.createActor;
  }

  /** 64 hexadecimal digits, from the pod and the order of requests: the same in every run. */
  idFor(pod: PodIdentity, what: string): string {
    this.#idsMade += 1;
    const uid = pod.uid.replaceAll('-', '').padEnd(32, '0').slice(0, 32);
    return `${hash32(`${pod.uid}/${what}`)}${uid}${this.#idsMade.toString(16).padStart(24, '0')}`;
  }

  /** Runs `task` after `delayMs`, unless the node fails before; at once when it is 0. */
  later(delayMs: number, task: () => void): void {
    if (delayMs <= 0) return task();
    const timer = this.clock.setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, delayMs);
    this.#timers.add(timer);
  }

  pull(image: string): Outcome<{ readonly imageRef: string; readonly sizeBytes: number }> {
    const failed = this.#failedPulls.get(image) ?? 0;
    if (failed < (this.images.find(image).preset.pull?.failures ?? 0)) {
      this.#failedPulls.set(image, failed + 1);
      return { ok: false, message: pullFailure(image) };
    }
    this.presentImages.add(image);
    return { ok: true, imageRef: this.images.find(image).imageRef, sizeBytes: 0 };
  }

  create(config: ContainerConfig, sandbox: Sandbox): SimulatedContainer {
    const { pod, name, attempt } = config;
    const image = this.images.find(config.image);
    const container: SimulatedContainer = {
      id: this.idFor(pod, `${name}/${attempt}`),
      config,
      image,
      log: this.logs.open({ pod, name, attempt }, image.preset.logs ?? []),
      state: 'created',
      startedAt: 0,
      actor: undefined,
      exit: undefined,
      isHung: false,
      failingProbes: undefined,
      memoryTimer: undefined,
      commands: undefined,
    };
    this.containers.set(container.id, container);
    sandbox.containers = [...sandbox.containers, container];
    return container;
  }

  /** From created to running. Its actor, if it needs one, starts with {@link runActor}. */
  start(container: SimulatedContainer): void {
    const nowMs = this.clock.now();
    container.state = 'running';
    container.startedAt = nowMs;
    container.log.startedAt = nowMs;
    silence(container.log, nowMs + (container.image.preset.hangsAfterMs ?? Infinity));
  }

  runActor(container: SimulatedContainer): void {
    const wanted = actorOf(container);
    if (wanted === undefined || container.state !== 'running') return;
    const { pod, name, attempt } = container.config;
    const path = `process/${pod.namespace}/${pod.name}/${name}/${attempt}`;
    const actor = startImageActor(this.#createActor(wanted.logic, { path, input: wanted.input }), {
      onExit: (exitCode, message) => this.exit(container, exitCode, message),
      onLog: (text, stream) => this.logs.write(container.log, text, stream),
    });
    // It may have ended while it started.
    if (container.state === 'running') container.actor = actor;
    else actor.stop();
  }

  /** From now on the container gets no more memory than it may have. */
  watchUsage(container: SimulatedContainer): void {
    const { memory, disk } = container.image.preset;
    if (memory === undefined && disk === undefined) return;
    this.usageChanged$.next();
    const limit = container.config.memoryLimitBytes ?? Infinity;
    if (memory === undefined || memory.bytes <= limit) return;
    if (memory.afterMs === 0) this.exhaustMemory(container);
    else container.memoryTimer = this.clock.setTimeout(() => this.exhaustMemory(container), memory.afterMs);
  }

  /** What the kernel does: no process notices. */
  exhaustMemory(container: SimulatedContainer): void {
    if (container.state === 'running') this.#finish(container, SIGKILL_EXIT_CODE, 'OOMKilled');
  }

  usage(): NodeUsage {
    const nowMs = this.clock.now();
    const containers: ContainerUsage[] = [];
    for (const { state, image, config, startedAt } of this.containers.values()) {
      const { memory, disk } = image.preset;
      if (state !== 'running' || (memory === undefined && disk === undefined)) continue;
      const ageMs = nowMs - startedAt;
      const used = (what: UsagePreset | undefined): number =>
        what === undefined || ageMs < what.afterMs ? 0 : what.bytes;
      containers.push({
        podUid: config.pod.uid,
        name: config.name,
        memoryBytes: used(memory),
        diskBytes: used(disk),
      });
    }
    return { containers, available: this.shortages };
  }

  terminate(container: SimulatedContainer): void {
    const { actor } = container;
    if (hasTag(container, 'hanging')) return;
    if (actor === undefined && container.image.preset.ignoresSigterm === true) return;
    const event = { type: 'signal.received', signal: 'SIGTERM', at: this.clock.now() } as const;
    if (actor?.handles(event)) actor.deliver(event);
    else this.exit(container, SIGTERM_EXIT_CODE);
  }

  /** Ends a running container; does nothing to another. */
  exit(container: SimulatedContainer, exitCode: number, message?: string): void {
    if (container.state !== 'running') return;
    this.#finish(container, exitCode, exitCode === 0 ? 'Completed' : 'Error', message);
  }

  #finish(container: SimulatedContainer, exitCode: number, reason: string, message?: string): void {
    container.state = 'exited';
    this.#forgetMemory(container);
    container.actor?.stop();
    container.actor = undefined;
    this.logs.end(container.log);
    const { config, id, startedAt, commands } = container;
    container.commands = undefined;
    for (const end of commands ?? []) end(exitCode);
    container.exit = {
      type: 'container.exited',
      containerId: id,
      pod: config.pod,
      name: config.name,
      exitCode,
      reason,
      message,
      startedAt,
      finishedAt: this.clock.now(),
    };
    this.events$.next(container.exit);
  }

  pods(nodeName: string): readonly FoundPod[] {
    return [...this.sandboxes]
      .filter(([, { config }]) => config.nodeName === nodeName)
      .map(([sandboxId, { config, ip, containers }]) => ({
        pod: config,
        sandboxId,
        ip,
        containers: containers
          .filter(({ state }) => state === 'running' || state === 'exited')
          .map(({ id, config: { name, attempt }, image, startedAt, exit }) => ({
            name,
            attempt,
            containerId: id,
            imageRef: image.imageRef,
            startedAt,
            exit,
          })),
      }));
  }

  fail(): void {
    if (this.isDown) return;
    this.isDown = true;
    this.#forgetReplies();
    for (const container of this.containers.values()) {
      if (container.state !== 'running') continue;
      container.state = 'lost';
      this.#forgetMemory(container);
      container.actor?.stop();
      container.actor = undefined;
      container.commands = undefined;
      silence(container.log, this.clock.now());
    }
  }

  recover(): void {
    this.isDown = false;
    for (const container of this.containers.values()) {
      if (container.state === 'lost') this.#finish(container, UNKNOWN_EXIT_CODE, 'Unknown');
    }
    // No sandbox outlives its machine.
    for (const { config, ip } of this.sandboxes.values()) if (!config.hostNetwork) this.addresses.release(ip);
    this.sandboxes.clear();
    this.containers.clear();
  }

  close(): void {
    this.#forgetReplies();
    for (const container of this.containers.values()) this.exit(container, SIGKILL_EXIT_CODE);
    this.containers.clear();
    this.sandboxes.clear();
    this.events$.complete();
    this.usageChanged$.complete();
  }

  #forgetMemory(container: SimulatedContainer): void {
    if (container.memoryTimer !== undefined) this.clock.clearTimeout(container.memoryTimer);
    container.memoryTimer = undefined;
  }

  #forgetReplies(): void {
    for (const timer of this.#timers) this.clock.clearTimeout(timer);
    this.#timers.clear();
  }
}

/** As containerd says it of an image that no registry has. */
const pullFailure = (image: string): string => {
  const ref = imageRefOf(image).replace(/@.*$/, '') + (/(:[^/:]*|@.*)$/.exec(image)?.[0] ?? ':latest');
  return (
    `rpc error: code = NotFound desc = failed to pull and unpack image "${ref}": ` +
    `failed to resolve reference "${ref}": ${ref}: not found`
  );
};
