/**
 * What a simulated image is, when data is not enough: actor logic, and the few words that it and the runtime exchange.
 *
 * One actor is started per container instance, with {@link ImageInput} as its input; it stops with the instance.
 * The runtime sends it {@link ImageEvent}s. It answers in any of three ways, the simplest first:
 *
 * 1. **Tags** of the state it is in: `notListening` (connections are refused), `hanging` (nothing is answered, and
 *    SIGTERM is not heard), `failing` (every probe fails), `http.failing`, `tcp.failing`, `exec.failing`. With none of
 *    them every request succeeds.
 * 2. **Emitted events** ({@link ImageEmitted}), where more must be said: a status, an exit code, a log line. An
 *    answer counts for the request that is being handled; `latencyMs` delays it.
 * 3. **The end**: reaching a final state ends the process, with the `exitCode` of the machine's output (0 without).
 *    An actor that throws ends with exit code 1, and its error is the last line of its log.
 *
 * A machine that has no transition for `signal.received` dies of SIGTERM at once (exit code 143), as a process without
 * a handler does; other logic decides for itself. SIGKILL is not delivered: it ends the actor (137).
 *
 * `fromTransition` and `fromCallback` logic work as well: both are given `emit`.
 *
 *     const kettle = setup({ actions: { sing: emit({ type: 'log.written', text: 'boiling' }) } }).createMachine({
 *       initial: 'cold',
 *       states: {
 *         cold: { tags: 'notListening', after: { 5000: 'boiling' } },
 *         boiling: { entry: 'sing', after: { 60000: 'dry' } },
 *         dry: { tags: 'failing' },
 *       },
 *     });
 *     createCluster({ images: { 'kettle:1': kettle } });
 */
import type { PodIdentity } from '../port.js';

/** What a container's actor is told when it starts. Serialisable. */
export interface ImageInput {
  readonly pod: PodIdentity;
  readonly container: string;
  /** 0 for the first instance of the container in its pod, then 1, 2, … */
  readonly attempt: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export type ImageEvent =
  | {
      readonly type: 'http.requested';
      readonly port: number;
      /** With its query. */
      readonly path: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      /** Milliseconds since the epoch, here and below. */
      readonly at: number;
    }
  | { readonly type: 'tcp.connected'; readonly port: number; readonly at: number }
  | { readonly type: 'exec.requested'; readonly command: readonly string[]; readonly at: number }
  | { readonly type: 'signal.received'; readonly signal: 'SIGTERM'; readonly at: number };

/** Answers to the request that is being handled. */
export type ImageAnswer =
  | {
      readonly type: 'http.responded';
      readonly status: number;
      readonly body?: string | undefined;
      readonly latencyMs?: number | undefined;
    }
  | { readonly type: 'connection.refused' }
  | {
      readonly type: 'exec.exited';
      readonly exitCode: number;
      readonly stdout?: string | undefined;
      readonly stderr?: string | undefined;
      readonly latencyMs?: number | undefined;
    };

/** What a container's actor may emit. Other events are its own affair. */
export type ImageEmitted =
  | ImageAnswer
  | {
      readonly type: 'log.written';
      readonly text: string;
      readonly stream?: 'stdout' | 'stderr' | undefined;
    }
  /** Ends the process, as reaching a final state does; `message` is its termination message. */
  | { readonly type: 'process.exited'; readonly exitCode: number; readonly message?: string | undefined };

/** Tags of states that the runtime understands. */
export type ImageTag =
  | 'notListening'
  | 'hanging'
  | 'failing'
  | 'http.failing'
  | 'tcp.failing'
  | 'exec.failing';
