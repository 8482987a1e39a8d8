/** A simulated node for tests: asks the runtime, and keeps what it answers. */
import { createVirtualClock, type VirtualClock } from '../../../src/clock/index.js';
import {
  createImageRegistry,
  createSimulatedRuntime,
  type ContainerConfig,
  type ContainerExited,
  type ExecOutcome,
  type ProbeKind,
  type ProbeOutcome,
  type SimulatedRuntime,
  type SimulatedRuntimeOptions,
} from '../../../src/runtime/index.js';

export interface Simulation {
  readonly clock: VirtualClock;
  readonly runtime: SimulatedRuntime;
  readonly exits: ContainerExited[];
  /** Creates and starts a container in a sandbox of its own; answers its id. */
  start(image: string, config?: Partial<ContainerConfig>): string;
  /** Moves the clock on, firing what falls due. */
  advance(ms: number): void;
  http(
    containerId: string,
    options?: { port?: number; timeoutMs?: number; purpose?: ProbeKind },
  ): Asked<ProbeOutcome>;
  tcp(containerId: string, options?: { port?: number; timeoutMs?: number }): Asked<ProbeOutcome>;
  execProbe(containerId: string, command: readonly string[], timeoutMs?: number): Asked<ProbeOutcome>;
  exec(containerId: string, command: readonly string[], timeoutMs?: number): Asked<ExecOutcome>;
  lines(name?: string, attempt?: number): string[];
}
/** Answers so far: none, or one. */
export interface Asked<T> {
  readonly answers: readonly T[];
}

export const POD = {
  namespace: 'default',
  name: 'web-0',
  uid: '6f1c3a52-0000-4000-8000-0123456789ab',
  nodeName: 'node-1',
};
export const LOG_OF = (name: string, attempt = 0) => ({ pod: POD, name, attempt });

export const simulate = (
  images: Readonly<Record<string, unknown>> = {},
  options: Partial<SimulatedRuntimeOptions> = {},
): Simulation => {
  const clock = createVirtualClock(0);
  const runtime = createSimulatedRuntime({ clock, images: createImageRegistry(images), ...options });
  const exits: ContainerExited[] = [];
  runtime.events$.subscribe((event) => exits.push(event));
  const HOST = '10.0.0.2';

  const ask = <T>(request: (reply: (outcome: T) => void) => void): Asked<T> => {
    const answers: T[] = [];
    request((outcome) => answers.push(outcome));
    return { answers };
  };
  return {
    clock,
    runtime,
    exits,
    start: (image, config = {}) => {
      let sandboxId = '';
      let containerId = '';
      runtime.runPodSandbox({ ...POD, hostNetwork: false, attempt: 0 }, (outcome) => {
        if (outcome.ok) sandboxId = outcome.sandboxId;
      });
      runtime.createContainer(
        {
          pod: POD,
          sandboxId,
          name: 'app',
          attempt: 0,
          image,
          command: [],
          args: [],
          env: [],
          mounts: [],
          terminationMessagePath: '/dev/termination-log',
          ports: [],
          ...config,
        },
        (outcome) => {
          if (outcome.ok) containerId = outcome.containerId;
        },
      );
      runtime.startContainer(containerId, () => {});
      return containerId;
    },
    advance: (ms) => {
      const end = clock.now() + ms;
      while ((clock.nextDeadlineMs() ?? Infinity) <= end) clock.step();
      clock.moveTo(end);
    },
    http: (containerId, { port = 8080, timeoutMs = 1000, purpose } = {}) =>
      ask((reply) =>
        runtime.probe(
          {
            type: 'httpGet',
            containerId,
            scheme: 'http',
            host: HOST,
            port,
            path: '/',
            headers: [],
            timeoutMs,
            purpose,
          },
          reply,
        ),
      ),
    tcp: (containerId, { port = 8080, timeoutMs = 1000 } = {}) =>
      ask((reply) => runtime.probe({ type: 'tcpSocket', containerId, host: HOST, port, timeoutMs }, reply)),
    execProbe: (containerId, command, timeoutMs = 1000) =>
      ask((reply) => runtime.probe({ type: 'exec', containerId, command, timeoutMs }, reply)),
    exec: (containerId, command, timeoutMs = 0) =>
      ask((reply) => runtime.exec({ containerId, command, timeoutMs }, reply)),
    lines: (name = 'app', attempt = 0) => {
      const lines: string[] = [];
      runtime.logs(LOG_OF(name, attempt), { follow: false }).subscribe({
        next: (line) => lines.push(line.text),
        error: (error: Error) => lines.push(error.message),
      });
      return lines;
    },
  };
};
