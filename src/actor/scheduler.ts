/**
 * Timers of an XState actor system, indexed by actor.
 *
 * XState's own scheduler looks through every timer of the system whenever any actor stops: 78 ms at 100,000 timers.
 * `actor.system.scheduler` is a plain object; its three methods are replaced by ones that keep the timers of each actor
 * together. test/actor/host.test.ts notices if XState stops calling them.
 */
import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Clock, Timer } from '../clock/index.js';

interface XStateSystem {
  scheduler: {
    schedule(
      source: AnyActorRef,
      target: AnyActorRef,
      event: AnyEventObject,
      delayMs: number,
      id?: string,
    ): void;
    cancel(source: AnyActorRef, id: string): void;
    cancelAll(source: AnyActorRef): void;
  };
  _relay(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject): void;
}

/** By id; undefined: there was one, and it may well be set again. */
type Timers = Map<string, Timer | undefined>;
/** The timers of an actor, on the actor itself. */
const TIMERS = Symbol('pending');
type WithTimers = { [TIMERS]?: Timers };
/** An actor with more timers than this makes up their ids. */
const MAX_KEPT_IDS = 16;

/** @returns the number of timers that are pending, over all actors. */
export const indexTimers = (root: AnyActorRef, clock: Clock): (() => number) => {
  const system = root.system as unknown as XStateSystem;
  let pending = 0;

  const cancel = (source: AnyActorRef, id: string): void => {
    const timers = (source as WithTimers)[TIMERS];
    const timer = timers?.get(id);
    if (!timers || timer === undefined) return;
    clock.clearTimeout(timer);
    forget(timers, id);
  };
  /** What is pending no longer. Its place stays: heartbeats and probes are timed anew as soon as they have been. */
  const forget = (timers: Timers, id: string): void => {
    pending -= 1;
    if (timers.size > MAX_KEPT_IDS) timers.delete(id);
    else timers.set(id, undefined);
  };

  // The object itself is shared by every actor of the system, so its members are replaced in place.
  Object.assign(system.scheduler, {
    schedule: (
      source: AnyActorRef,
      target: AnyActorRef,
      event: AnyEventObject,
      delayMs: number,
      id: string = event.type,
    ) => {
      cancel(source, id);
      // A delay that never passes needs no timer.
      if (delayMs === Infinity) return;
      const owner = ((source as WithTimers)[TIMERS] ??= new Map());
      pending += 1;
      owner.set(
        id,
        clock.setTimeout(() => {
          forget(owner, id);
          system._relay(source, target, event);
        }, delayMs),
      );
    },
    cancel,
    cancelAll: (source: AnyActorRef) => {
      const timers = (source as WithTimers)[TIMERS];
      if (!timers) return;
      for (const timer of timers.values()) {
        if (timer === undefined) continue;
        clock.clearTimeout(timer);
        pending -= 1;
      }
      timers.clear();
    },
  });
  return () => pending;
};
