/**
 * What the container chart (machines/container.ts) is given, knows and hears. Times in events are ms since the epoch.
 */
import type { BackOff, ContainerExit } from './containerBackOff.js';
import type { RestartFields } from '../src/api/podStatus/index.js';

/**
 * `init`: runs to completion before others start. `sidecar`: an init container that keeps running beside them.
 * `ephemeral`: added to a running pod, started once.
 */
export type ContainerRole = 'regular' | 'init' | 'sidecar' | 'ephemeral';

/** A postStart or preStop hook. With `sleepMs` it only waits, which is the chart's business; otherwise the host runs it. */
export interface ContainerHook {
  readonly sleepMs?: number | undefined;
}

/** `restartPolicy` and `restartPolicyRules` are those of the container itself, if it has any. */
export interface ContainerInput extends RestartFields {
  readonly name: string;
  readonly image: string;
  /** Default `regular`. */
  readonly role?: ContainerRole | undefined;
  readonly podRestartPolicy: string;
  /** Restarts counted before this actor began (a node agent that comes back), and whether there was an instance. */
  readonly restartCount: number;
  readonly hasRun?: boolean | undefined;
  readonly crashBackOffMaxMs: number;
  /** Between SIGTERM and SIGKILL when the container is stopped for its own sake. Default 2 s. */
  readonly terminationGraceMs?: number | undefined;
  readonly postStart?: ContainerHook | undefined;
  readonly preStop?: ContainerHook | undefined;
  /** The end of the last instance under an earlier life of the node. */
  readonly inherited?: ContainerExit | undefined;
}

/**
 * `liveness`, `startup`: a probe failed. `postStart`: the hook failed. `changed`: another image. `restartAll`: all
 * containers of the pod begin anew. `deletion`, `podEnded`: for good.
 */
export type KillCause =
  | 'liveness'
  | 'startup'
  | 'postStart'
  | 'changed'
  | 'restartAll'
  | 'deletion'
  | 'podEnded';

export interface ContainerContext extends ContainerInput {
  readonly containerId: string | undefined;
  readonly imageRef: string | undefined;
  readonly startedAtMs: number;
  /** The instance that ended last, and the one before it. */
  readonly exit: ContainerExit | undefined;
  readonly previousExit: ContainerExit | undefined;
  readonly crashBackOff: BackOff;
  readonly pullBackOff: BackOff;
  /** Why the container waits, beside its state: text for the status. */
  readonly message: string | undefined;
  readonly killCause: KillCause | undefined;
  /** What is left of the time until SIGKILL, and since when. */
  readonly graceMs: number;
  readonly graceFromMs: number;
  /** A sidecar need not wait for other containers any more. */
  readonly isReleased: boolean;
  /** How many instances were created. */
  readonly attempts: number;
  /** What became of the instance that an earlier life of the agent has started. */
  readonly found: 'running' | 'ended' | undefined;
}

export interface At {
  readonly at: number;
}

export type ContainerEvent =
  | ({ readonly type: 'container.start' } & At)
  /** An earlier life of the agent has started this instance; without `exit` it runs. */
  | ({
      readonly type: 'container.found';
      readonly containerId: string;
      readonly imageRef: string;
      readonly restartCount: number;
      readonly startedAt: number;
      readonly exit?: ContainerExit | undefined;
      /** That of the instance before it. */
      readonly previousExit?: ContainerExit | undefined;
    } & At)
  | ({ readonly type: 'image.pulled'; readonly imageRef: string } & At)
  | ({ readonly type: 'image.pullFailed'; readonly message: string } & At)
  | ({ readonly type: 'image.absent'; readonly message: string } & At)
  /** The name of the image cannot be read. */
  | ({ readonly type: 'image.invalid'; readonly message: string } & At)
  | ({ readonly type: 'container.created'; readonly containerId: string; readonly imageRef: string } & At)
  | ({ readonly type: 'container.configFailed'; readonly message: string } & At)
  | ({ readonly type: 'container.createFailed'; readonly message: string } & At)
  | ({ readonly type: 'container.started'; readonly startedAt: number } & At)
  | ({ readonly type: 'container.startFailed'; readonly message: string } & At)
  | ({ readonly type: 'container.exited' } & At & ContainerExit)
  /** The hook that was asked for has ended. */
  | ({ readonly type: 'hook.succeeded' } & At)
  | ({ readonly type: 'hook.failed'; readonly message: string } & At)
  /** Stop it: preStop hook, SIGTERM, and SIGKILL when `graceMs` is over. */
  | ({ readonly type: 'container.kill'; readonly cause: KillCause; readonly graceMs: number } & At)
  /** A sidecar's turn to end has come: those that it outlives are gone. */
  | ({ readonly type: 'container.release' } & At)
  /** All containers of the pod begin anew: stop with the least grace, and wait for another start. */
  | ({ readonly type: 'container.reset' } & At)
  /** The spec names another image. */
  | ({ readonly type: 'container.changed'; readonly image: string } & At);
