/**
 * The container runtime port, in the shape of the CRI: what a node agent asks of whatever really runs containers.
 * Two implementations: `simulated/` (actor logic on the cluster's clock) and `process/` (local processes).
 *
 * Every request is answered exactly once through its `reply` callback: at once (simulated) or later (process). A
 * runtime never throws for a condition of the container; it answers. Grace periods are not its business: the
 * container's chart sends SIGTERM, waits, and sends SIGKILL.
 *
 * Models: k8s.io/cri-api runtime.v1 (v1.36).
 */
import type { Observable } from 'rxjs';

/** Called exactly once with the outcome. May be called before the request returns. */
export type Reply<T> = (outcome: T) => void;

export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly message: string };

/** The pod a request is about. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
}

export interface SandboxConfig extends PodIdentity {
  readonly hostNetwork: boolean;
  readonly attempt: number;
}

export interface PullRequest {
  /** The image as written in the pod. */
  readonly image: string;
  readonly pod: PodIdentity;
  /** Whether the container brings its own `command`, so that no image contents are needed to run it. */
  readonly hasCommand: boolean;
}

export interface ContainerMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly subPath?: string | undefined;
}

/** One file of a volume. */
export interface VolumeFile {
  /** Relative to the volume, `/` between its parts. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

export interface VolumeRequest {
  readonly pod: PodIdentity;
  readonly name: string;
  /** Exactly these; absent: an empty folder, which keeps what containers put there. */
  readonly files?: readonly VolumeFile[] | undefined;
}

/** Everything is resolved: variables are expanded and references are read. */
export interface ContainerConfig {
  readonly pod: PodIdentity;
  readonly sandboxId: string;
  readonly name: string;
  /** 0 for the first instance; the restart count of the container afterwards. */
  readonly attempt: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly workingDir?: string | undefined;
  readonly mounts: readonly ContainerMount[];
  readonly terminationMessagePath: string;
  /** Who uses more is killed. Absent: no limit. */
  readonly memoryLimitBytes?: number | undefined;
  readonly ports: readonly { readonly containerPort: number; readonly protocol: string }[];
  /** Its standard input can be written to; otherwise it is empty. */
  readonly stdin?: boolean | undefined;
  /** The input ends with the first client that was attached to it. */
  readonly stdinOnce?: boolean | undefined;
  /** It runs on a terminal: one stream for output and errors. */
  readonly tty?: boolean | undefined;
}

export type Signal = 'SIGTERM' | 'SIGKILL';

export interface ContainerExited {
  readonly type: 'container.exited';
  readonly containerId: string;
  readonly pod: PodIdentity;
  readonly name: string;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, … as a CRI runtime reports it. */
  readonly reason: string;
  /** What the container wrote to its termination message file (at most 4096 bytes), or the runtime's own text. */
  readonly message?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
}
/** Facts that a runtime reports without being asked. */
export type RuntimeEvent = ContainerExited;

/** The newest instance of a container that a runtime still holds. */
export interface FoundContainer {
  readonly name: string;
  readonly attempt: number;
  readonly containerId: string;
  readonly imageRef: string;
  readonly startedAt: number;
  /** Absent: it runs. */
  readonly exit?: ContainerExited | undefined;
}
/** A sandbox that works, with what is in it. */
export interface FoundPod {
  readonly pod: PodIdentity;
  readonly sandboxId: string;
  readonly ip: string;
  readonly containers: readonly FoundContainer[];
}

export interface ExecRequest {
  readonly containerId: string;
  readonly command: readonly string[];
  /** 0: no limit. */
  readonly timeoutMs: number;
}
export type ExecOutcome =
  | { readonly type: 'exited'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly type: 'timedOut' }
  /** The command could not be started, or the container is not running. */
  | { readonly type: 'error'; readonly message: string };

/** Takes the pieces of a byte stream, in order. The next piece comes once `taken` was called for the one before. */
export interface ByteSink {
  write(piece: Uint8Array, taken: () => void): void;
  /** No more pieces. */
  end(): void;
}
/** What a process writes: to stderr only where there is no terminal. */
export interface ProcessOutput {
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
}
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}
/** The client's end of an open stream. Nothing of it throws, also when the other end is gone. */
export interface OpenStream {
  readonly input: ByteSink;
  /** Means nothing where there is no terminal. */
  resize(size: TerminalSize): void;
  /** The client is gone: a command that was run for it is ended, no reply follows. */
  close(): void;
}
export interface ExecStreamRequest {
  readonly containerId: string;
  readonly command: readonly string[];
  /** Without it the input is empty. */
  readonly stdin: boolean;
  readonly tty: boolean;
}
export type ExecStreamOutcome =
  | { readonly type: 'exited'; readonly exitCode: number }
  /** The command could not be started. */
  | { readonly type: 'error'; readonly message: string };
export interface AttachRequest {
  readonly containerId: string;
  readonly stdin: boolean;
}
export interface PortForwardRequest {
  readonly sandboxId: string;
  readonly port: number;
}

/** A resource of a node that can run out. */
export type PressureKind = 'memory' | 'disk' | 'pid';

/** What one running container uses. */
export interface ContainerUsage {
  readonly podUid: string;
  readonly name: string;
  readonly memoryBytes: number;
  /** Its writable layer, logs and folders. */
  readonly diskBytes: number;
}
export interface NodeUsage {
  readonly containers: readonly ContainerUsage[];
  /** What is still to be had, where it is not what the capacity leaves: bytes, or processes. */
  readonly available: ReadonlyMap<PressureKind, number>;
}

export type ProbeKind = 'liveness' | 'readiness' | 'startup';

/**
 * A probe with everything resolved: ports are numbers, hosts are addresses. Its purpose matters only to a simulated
 * runtime that was told to let probes of one kind fail.
 */
export type ProbeRequest = ProbeHandlerRequest & { readonly purpose?: ProbeKind | undefined };

export type ProbeHandlerRequest =
  | {
      readonly type: 'httpGet';
      readonly containerId: string;
      readonly scheme: 'http' | 'https';
      readonly host: string;
      readonly port: number;
      /** Path with its query, as written. */
      readonly path: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly timeoutMs: number;
      /** A lifecycle hook: every answer is a success, whatever its status. */
      readonly acceptsAnyStatus?: boolean | undefined;
    }
  | {
      readonly type: 'tcpSocket';
      readonly containerId: string;
      readonly host: string;
      readonly port: number;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'grpc';
      readonly containerId: string;
      readonly host: string;
      readonly port: number;
      /** Name of the service whose health is asked for; empty: that of the server. */
      readonly service: string;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'exec';
      readonly containerId: string;
      readonly command: readonly string[];
      readonly timeoutMs: number;
    };

/**
 * Outcome of one attempt at a probe: what pkg/probe returns. `error` means that the handler itself could not run; the
 * node agent then retries (spec node.md 4.6).
 */
export interface ProbeOutcome {
  readonly result: 'success' | 'warning' | 'failure' | 'unknown';
  /** Text for the event, as upstream words it (node.md 4.7). */
  readonly output: string;
  readonly error?: string | undefined;
}

export interface LogLine {
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** Without the newline. */
  readonly text: string;
}
/** Which instance of a container; logs outlive the instance. */
export interface LogRef {
  readonly pod: PodIdentity;
  readonly name: string;
  readonly attempt: number;
}

/** The machine under a node, as the Node object shows it. */
export interface MachineInfo {
  /** `amd64`, `arm64`. */
  readonly architecture: string;
  readonly kernelVersion: string;
  readonly osImage: string;
}

export interface ContainerRuntime {
  /** Scheme of container ids in the API: `simulated://…`, `process://…`. */
  readonly name: string;
  readonly version: string;
  readonly events$: Observable<RuntimeEvent>;
  /** What this machine (or simulation) offers, as Kubernetes quantities: cpu, memory, pods, ephemeral-storage. */
  capacity(): Readonly<Record<string, string>>;
  machine(): MachineInfo;
  /** What is used now. A runtime that does not measure lacks both. */
  usage?(): NodeUsage;
  /** Something that is worth measuring has begun; told again for each such thing. */
  readonly usageChanged$?: Observable<void>;
  isImagePresent(image: string): boolean;
  pullImage(
    request: PullRequest,
    reply: Reply<Outcome<{ readonly imageRef: string; readonly sizeBytes: number }>>,
  ): void;
  runPodSandbox(
    config: SandboxConfig,
    reply: Reply<Outcome<{ readonly sandboxId: string; readonly ip: string }>>,
  ): void;
  /** What runs on a node, also of an agent that has ended. */
  pods(nodeName: string): readonly FoundPod[];
  /** Kills what is left in the sandbox, and releases its address and files. Logs stay until `removeLogs`. */
  removePodSandbox(sandboxId: string, reply: Reply<Outcome<object>>): void;
  /** Puts a volume of a pod in place, or its files up to date. A runtime whose containers have no files lacks this. */
  writeVolume?(request: VolumeRequest, reply: Reply<Outcome<object>>): void;
  /** Removes the volumes of a pod of which nothing runs any more. */
  removeVolumes?(pod: PodIdentity): void;
  createContainer(
    config: ContainerConfig,
    reply: Reply<Outcome<{ readonly containerId: string; readonly imageRef: string }>>,
  ): void;
  /** A container that cannot be started (command not found, …) answers with the runtime's text. */
  startContainer(containerId: string, reply: Reply<Outcome<{ readonly startedAt: number }>>): void;
  /** Signals the whole container (its process group). A container that is gone is not an error. */
  signalContainer(containerId: string, signal: Signal): void;
  /** Forgets a container that has exited. Its logs stay. */
  removeContainer(containerId: string): void;
  exec(request: ExecRequest, reply: Reply<ExecOutcome>): void;
  isContainerRunning(containerId: string): boolean;
  /**
   * Runs a command with its streams connected to a client. The reply follows the last piece of output, at the latest
   * when the container has ended.
   */
  openExec(request: ExecStreamRequest, output: ProcessOutput, reply: Reply<ExecStreamOutcome>): OpenStream;
  /** Connects a client to the running main process. The reply follows the last piece, when the container has ended. */
  attach(request: AttachRequest, output: ProcessOutput, reply: Reply<Outcome<object>>): OpenStream;
  /** Connects to a port of the pod. The reply follows the last piece of what came from there. */
  portForward(request: PortForwardRequest, output: ByteSink, reply: Reply<Outcome<object>>): OpenStream;
  probe(request: ProbeRequest, reply: Reply<ProbeOutcome>): void;
  /**
   * Lines of one container instance, oldest first; with `follow` it goes on until the instance has ended and
   * everything is read. `tailLines` limits to the last lines. Errors when no log is kept.
   */
  logs(
    ref: LogRef,
    options: { readonly follow: boolean; readonly tailLines?: number | undefined },
  ): Observable<LogLine>;
  /** Drops the logs of one instance (`attempt` given) or of all instances of the container. */
  removeLogs(ref: Omit<LogRef, 'attempt'> & { readonly attempt?: number | undefined }): void;
  /** Stops everything at once, and waits until nothing is left. */
  close(): Promise<void>;
}
