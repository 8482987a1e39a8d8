/** One chart on a virtual clock, with its effects recorded: what a test of a machine needs. */
import type { AnyStateMachine, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { bindEffects, createActorHost } from '../../src/actor/index.js';
import { createVirtualClock } from '../../src/clock/index.js';

export interface EffectCall {
  /** ms since the rig was made. */
  readonly at: number;
  readonly effect: string;
  readonly params: unknown;
}

export interface Rig<M extends AnyStateMachine> {
  /** Every effect that was asked for, in order. */
  readonly calls: EffectCall[];
  /** Times (ms) at which an effect was asked for. */
  timesOf(effect: string): number[];
  /** Sends an event; a function gets the current time for `at`. */
  send(event: EventFromLogic<M> | ((at: number) => EventFromLogic<M>)): void;
  /** Lets time pass. Returns nothing earlier than all that is due. */
  advance(durationMs: number): void;
  readonly snapshot: SnapshotFrom<M>;
  readonly now: number;
  readonly pendingTimers: number;
}

/**
 * @param answers called for each effect, to answer as the host would.
 */
export const createRig = <M extends AnyStateMachine>(
  machine: M,
  effects: readonly string[],
  input: InputFrom<M>,
  answers: (call: EffectCall, rig: Rig<M>) => void = () => {},
): Rig<M> => {
  const clock = createVirtualClock(0);
  const host = createActorHost({ clock });
  const calls: EffectCall[] = [];
  const carriedOut = Object.fromEntries(
    effects.map((effect) => [
      effect,
      (params: unknown) => {
        const call = { at: clock.now(), effect, params };
        calls.push(call);
        host.enqueue(() => answers(call, rig));
      },
    ]),
  );
  host.crashes$.subscribe(({ error }) => {
    throw error;
  });
  const rig: Rig<M> = {
    calls,
    timesOf: (effect) => calls.filter((call) => call.effect === effect).map(({ at }) => at),
    send: (event) => {
      actor.send(
        typeof event === 'function' ? (event as (at: number) => EventFromLogic<M>)(clock.now()) : event,
      );
      host.drain();
    },
    advance: (durationMs) => {
      const targetMs = clock.now() + durationMs;
      for (
        let next = clock.nextDeadlineMs();
        next !== undefined && next <= targetMs;
        next = clock.nextDeadlineMs()
      ) {
        clock.step();
        host.drain();
      }
      clock.moveTo(targetMs);
    },
    get snapshot() {
      return actor.getSnapshot();
    },
    get now() {
      return clock.now();
    },
    get pendingTimers() {
      return clock.pendingTimers;
    },
  };
  const actor = host.spawn({
    machine: bindEffects(machine, effects),
    path: 'rig',
    input,
    effects: carriedOut,
  });
  host.drain();
  return rig;
};
