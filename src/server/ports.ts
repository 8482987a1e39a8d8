/** What the server needs of others, beside the Api port, and what it tells them. */
import type { Observable } from 'rxjs';
import type { Api, PodLogOptions } from '../client/index.js';
import type { ApiError, Pod } from '../api/index.js';
import type { Clock, Random } from '../clock/index.js';

export type { PodLogOptions };

export type PodLogAnswer =
  /**
   * The body, ready to be sent: lines with their newlines, in chunks of any size. It completes when the log has ended
   * (with `follow`: when the container has). An error before the first chunk becomes the answer if it is an ApiError.
   */
  | { readonly kind: 'stream'; readonly lines$: Observable<string | Uint8Array> }
  | { readonly kind: 'error'; readonly error: ApiError };

/** The node side of `kubectl logs`: selects the instance of the container and reads its log. */
export interface PodLogs {
  /** `pod` is bound to a node and has the container. Unsubscribing from the lines stops the reading. */
  logs(pod: Pod, options: PodLogOptions): PodLogAnswer;
}

/** Takes the pieces of a byte stream, in order. The next piece comes once `taken` was called for the one before. */
export interface ByteSink {
  write(piece: Uint8Array, taken: () => void): void;
  /** No more pieces. */
  end(): void;
}
/** Where the output of a process goes; everything to `stdout` where it has a terminal. */
export interface ProcessOutput {
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
}
/** A stream into a container or to a port of a pod. */
export interface OpenStream {
  readonly input: ByteSink;
  resize(size: { readonly columns: number; readonly rows: number }): void;
  /** The client is gone: what was started for it ends. */
  close(): void;
}
export interface ExecOptions {
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}
export type ExecEnd =
  | { readonly type: 'exited'; readonly exitCode: number }
  | { readonly type: 'error'; readonly message: string };
export type StreamEnd = { readonly ok: true } | { readonly ok: false; readonly message: string };

/**
 * What the node says: a stream that can be opened, once, or why there is none, in the kubelet's words and with its HTTP
 * code. `ended` is called at most once, after the last piece of output; never after `close()`.
 */
export type StreamAnswer<Open> =
  | { readonly kind: 'ready'; readonly open: Open }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  | { readonly kind: 'error'; readonly error: ApiError };

/** The node side of `kubectl exec`, `attach`, `cp` and `port-forward`. Pods are bound to a node. */
export interface PodStreams {
  exec(
    pod: Pod,
    options: ExecOptions,
  ): StreamAnswer<(output: ProcessOutput, ended: (end: ExecEnd) => void) => OpenStream>;
  attach(
    pod: Pod,
    options: { readonly container: string; readonly stdin: boolean },
  ): StreamAnswer<(output: ProcessOutput, ended: (end: StreamEnd) => void) => OpenStream>;
  /** Opens a connection each time it is called. `sandboxId` stands in texts about the pod. */
  portForward(pod: Pod): StreamAnswer<{
    readonly sandboxId: string;
    connect(port: number, output: ByteSink, ended: (end: StreamEnd) => void): OpenStream;
  }>;
}

/** One request, told when its answer has ended. */
export interface AccessLogEntry {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** HTTP code; 0 when the client went away before there was an answer. */
  readonly code: number;
  /** Milliseconds on the server's io clock. */
  readonly durationMs: number;
  readonly userAgent: string;
}

/** `/version`, all strings. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

export interface ServerLimits {
  /** Largest request body. Default 3 MiB, as upstream. */
  readonly bodyBytes: number;
  /** A request's headers must have come within this time. Default 10 s. */
  readonly headersTimeoutMs: number;
  /** A request must have come whole within this time; its answer may take for ever. Default 60 s. */
  readonly requestTimeoutMs: number;
  /** What may wait for a slow client of a watch or log before it is cut off. Default 8 MiB. */
  readonly backlogBytes: number;
  /** An open stream in which nothing was sent for so long is closed. Default 4 h, as the kubelet's. */
  readonly streamIdleMs: number;
}

export interface ServerOptions {
  readonly api: Api;
  /** The cluster's time: ages in tables. */
  readonly clock: Clock;
  /** Spreads the default timeouts of watches. Never used for secrets. */
  readonly random: Random;
  /** Time of connections: timeouts and bookmarks of watches. Default `clock`; the system clock where that is virtual. */
  readonly ioClock?: Clock | undefined;
  /** Without it `kubectl logs` is answered by an error that says so. */
  readonly logs?: PodLogs | undefined;
  /** Without it `kubectl exec` and its kin are answered by an error that says so. */
  readonly streams?: PodStreams | undefined;
  /** Bearer token that clients must send. Default: 256 random bits. */
  readonly token?: string | undefined;
  readonly host?: '127.0.0.1' | undefined;
  /** 0 or absent: any free port. */
  readonly port?: number | undefined;
  /** Where to write the kubeconfig (mode 0600); absent: nowhere. */
  readonly kubeconfigPath?: string | undefined;
  /** Name of cluster, user and context in the kubeconfig. Default `statelet`. */
  readonly name?: string | undefined;
  readonly version?: Partial<VersionInfo> | undefined;
  readonly onRequest?: ((entry: AccessLogEntry) => void) | undefined;
  /** A failure inside the server that is no ApiError: the client got a 500, this gets the stack. */
  readonly onInternalError?: ((error: unknown, request: string) => void) | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
}

export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Certificate of the authority that clients must trust. */
  readonly caPem: string;
  /** Text of a kubeconfig that points at this server. */
  readonly kubeconfig: string;
  /** Ends watches and connections and frees the port; takes at most a second. Can be called twice. */
  close(): Promise<void>;
}
