/**
 * Hosts statechart actors: genuine XState actors in one system, on the cluster's clock, that talk through a run queue.
 *
 * - An actor is known by its path (`node/n1/pod/default/web-0/container/app/probe/liveness`), never by a session id.
 * - XState copies the list of children whenever one is spawned or stopped, so actors are not XState children of one
 *   another: all stand below one root, and the host keeps the tree. Stopping an actor stops what it owns.
 * - Supervision: an actor that throws is reported on `crashes$` and started anew from its input; one that crashes
 *   again and again is given up. A crash never reaches another actor.
 */
import { Subject, type Observable } from 'rxjs';
import {
  createActor,
  fromTransition,
  type AnyStateMachine,
  type InputFrom,
  type EventFromLogic,
  type SnapshotFrom,
} from 'xstate';
import type { ActorRefLike, AnyActorLogic, AnyActorRef, InspectionEvent } from 'xstate';
import type { Clock } from '../clock/index.js';
import { attachEffects } from './effects.js';
import { createInspection } from './inspection.js';
import { countObservers } from './observers.js';
import { createRunQueue } from './queue.js';
import { indexTimers } from './scheduler.js';

export interface SpawnOptions<M extends AnyActorLogic> {
  readonly machine: M;
  /** Unique among the live actors of the host. */
  readonly path: string;
  readonly input: InputFrom<M>;
  /** Owner: stopping it stops this actor. */
  readonly parent?: HostedActor | undefined;
  /** What carries out the machine's effects (see `bindEffects`). */
  readonly effects?: object | undefined;
  /** Called when the actor has crashed and was started anew, to tell it what it missed. */
  readonly onRestart?: (() => void) | undefined;
  /** Called when the actor has reached a final state, after it was removed. */
  readonly onDone?: (() => void) | undefined;
}

/** An actor as its owner holds it. */
export interface HostedActor<M extends AnyActorLogic = AnyActorLogic> {
  readonly path: string;
  /** Queues an event. Events to an actor that has stopped are dropped. */
  send(event: EventFromLogic<M>): void;
  getSnapshot(): SnapshotFrom<M>;
  /** Stops this actor and everything that it owns; their timers are cancelled. */
  stop(): void;
  readonly isStopped: boolean;
}

export interface ActorCrash {
  readonly path: string;
  readonly error: unknown;
  /** False: it crashed too often and was given up. */
  readonly restarted: boolean;
}

export interface ActorHost {
  readonly clock: Clock;
  /** Creates an actor; it starts as the next message, with those that its owner sends it right after. */
  spawn<M extends AnyActorLogic>(options: SpawnOptions<M>): HostedActor<M>;
  /** The live actor at a path. */
  find(path: string): HostedActor | undefined;
  /** Queues a task of the host's own behind the messages that are pending. */
  enqueue(task: () => void): void;
  /** Runs `task` once, after all pending messages; repeated calls with one key are one task. */
  coalesce(key: unknown, task: () => void): void;
  /** As `coalesce`, but after those as well: for what looks at many objects, and should do so once. */
  schedule(key: unknown, task: () => void): void;
  /** Delivers all pending messages. */
  drain(): void;
  readonly isIdle: boolean;
  readonly actorCount: number;
  readonly pendingTimers: number;
  readonly crashes$: Observable<ActorCrash>;
  /**
   * Hands out XState's inspection events: first those that introduce the actors that live already, then whatever
   * happens. The root that all actors stand below is not among them. No observer, no cost.
   */
  inspect(observer: (event: InspectionEvent) => void): { unsubscribe(): void };
  /** Lets an actor in an XState system of its own be inspected like a hosted one, until it ends. Its id is its path. */
  adopt<A extends AnyActorRef>(actor: A): A;
  /** The path of an actor, and of what it spawned by XState's means: never a session id. */
  pathOf(actor: ActorRefLike): string;
  /** Stops every actor. */
  stop(): void;
}

/** More crashes than this without a pause, and an actor is given up. */
const MAX_CRASHES = 5;
/** A pause after which earlier crashes are forgotten. */
const CRASH_MEMORY_MS = 60_000;

/** What an actor needs of its host. */
interface Owner {
  isLive(hosted: Hosted): boolean;
  deliver(hosted: Hosted, event: unknown): void;
  stop(hosted: Hosted): void;
  crashed(hosted: Hosted, error: unknown): void;
  ended(hosted: Hosted): void;
}

/** A class, and no object of closures: a cluster has five actors a pod. It observes the XState actor that it holds. */
class Hosted implements HostedActor {
  readonly path: string;
  readonly options: SpawnOptions<AnyActorLogic>;
  readonly #owner: Owner;
  actor: AnyActorRef;
  children: Set<Hosted> | undefined = undefined;
  crashes = 0;
  lastCrashMs = 0;

  constructor(owner: Owner, options: SpawnOptions<AnyActorLogic>, actor: AnyActorRef) {
    this.#owner = owner;
    this.path = options.path;
    this.options = options;
    this.actor = actor;
  }

  send(event: unknown): void {
    this.#owner.deliver(this, event);
  }
  getSnapshot(): never {
    return this.actor.getSnapshot() as never;
  }
  stop(): void {
    this.#owner.stop(this);
  }
  get isStopped(): boolean {
    return !this.#owner.isLive(this);
  }
  // As observer of its XState actor.
  error(error: unknown): void {
    this.#owner.crashed(this, error);
  }
  complete(): void {
    this.#owner.ended(this);
  }
}

export const createActorHost = (options: { readonly clock: Clock }): ActorHost => {
  const { clock } = options;
  const crashes$ = new Subject<ActorCrash>();
  const actors = new Map<string, Hosted>();
  const queue = createRunQueue(
    (error) => crashes$.next({ path: 'host', error, restarted: true }),
    queueMicrotask,
  );
  const root = createActor(
    fromTransition(() => null, null),
    { clock: clock as never, id: 'cluster' },
  );
  countObservers(root.system);
  const pendingTimers = indexTimers(root, clock);
  const inspection = createInspection(root, function* () {
    for (const { actor } of actors.values()) yield actor;
  });
  root.start();

  const remove = (hosted: Hosted): void => {
    if (actors.get(hosted.path) !== hosted) return;
    actors.delete(hosted.path);
    (hosted.options.parent as Hosted | undefined)?.children?.delete(hosted);
    for (const child of hosted.children ?? []) stop(child);
  };

  const stop = (hosted: Hosted): void => {
    if (actors.get(hosted.path) !== hosted) return;
    remove(hosted);
    // XState refuses to stop an actor that has a parent, except through that parent: `_stop` is what it calls.
    (hosted.actor as unknown as { _stop(): void })._stop();
  };

  const supervise = (hosted: Hosted, error: unknown): void => {
    if (actors.get(hosted.path) !== hosted) return;
    for (const child of hosted.children ?? []) stop(child);
    const nowMs = clock.now();
    hosted.crashes = nowMs - hosted.lastCrashMs > CRASH_MEMORY_MS ? 1 : hosted.crashes + 1;
    hosted.lastCrashMs = nowMs;
    const restarted = hosted.crashes <= MAX_CRASHES;
    if (!restarted) remove(hosted);
    crashes$.next({ path: hosted.path, error, restarted });
    if (!restarted) return;
    queue.enqueue(() => {
      if (actors.get(hosted.path) !== hosted) return;
      begin(hosted);
      hosted.options.onRestart?.();
    });
  };

  const begin = (hosted: Hosted): void => {
    const { machine, path, input, effects } = hosted.options;
    const actor = createActor(
      machine as AnyStateMachine,
      { id: path, input, parent: root } as never,
    ) as AnyActorRef;
    hosted.actor = actor;
    if (effects) attachEffects(actor, effects);
    actor.subscribe(hosted as never);
    // Its first effects must find the world as its owner leaves it: not before the owner has the actor in hand.
    queue.enqueue(() => {
      if (hosted.actor === actor && actors.get(path) === hosted) actor.start();
    });
  };

  const owner: Owner = {
    isLive: (hosted) => actors.get(hosted.path) === hosted,
    deliver: (hosted, event) =>
      queue.enqueue(() => {
        if (actors.get(hosted.path) === hosted) hosted.actor.send(event as never);
      }),
    stop,
    crashed: supervise,
    ended: (hosted) => {
      // An actor that was stopped, and not by itself, is no longer here.
      if (actors.get(hosted.path) !== hosted || hosted.actor.getSnapshot().status !== 'done') return;
      remove(hosted);
      hosted.options.onDone?.();
    },
  };

  const spawn = (spawnOptions: SpawnOptions<AnyActorLogic>): HostedActor => {
    const { path } = spawnOptions;
    if (actors.has(path)) throw new Error(`an actor ${path} exists already`);
    const hosted = new Hosted(owner, spawnOptions, root as AnyActorRef);
    actors.set(path, hosted);
    const parent = spawnOptions.parent as Hosted | undefined;
    if (parent) (parent.children ??= new Set()).add(hosted);
    begin(hosted);
    return hosted;
  };

  return {
    clock,
    spawn: spawn as ActorHost['spawn'],
    find: (path) => actors.get(path),
    enqueue: queue.enqueue,
    coalesce: queue.coalesce,
    schedule: queue.schedule,
    drain: queue.drain,
    get isIdle() {
      return queue.isIdle;
    },
    get actorCount() {
      return actors.size;
    },
    get pendingTimers() {
      return pendingTimers();
    },
    crashes$,
    ...inspection,
    stop: () => {
      queue.clear();
      for (const hosted of actors.values()) if (!hosted.options.parent) stop(hosted);
      root.stop();
    },
  };
};
