/** What the path tests need to know of a chart: one file per chart, in one of the folders beside. All of it is data. */
import type { AnyStateMachine, ContextFrom, EventFromLogic, InputFrom, StateValue } from 'xstate';
import type { Moment } from './timed.js';

/** What the data see of a moment. */
export interface Seen<M extends AnyStateMachine> {
  readonly context: ContextFrom<M>;
  readonly nowMs: number;
  /** Whether the chart is in a state: `waiting.CrashLoopBackOff`. */
  is(state: string): boolean;
  /** Time until the next pending delay, Infinity without one. */
  readonly untilNextMs: number;
}

/** What must be true whenever a state is active. Each part is checked by itself. */
export interface Meaning<M extends AnyStateMachine> {
  /** Names of all delays that are pending, of this state or another, in any order. */
  readonly pending?: readonly string[];
  /** Names of delays that are pending, beside others. */
  readonly awaits?: readonly string[];
  /** Facts about the context, named. */
  readonly holds?: Readonly<Record<string, (seen: Seen<M>) => boolean>>;
  /** Effects that have been asked for exactly so often since the beginning. */
  readonly asked?: Readonly<Record<string, number>>;
}

export interface Plan<M extends AnyStateMachine = AnyStateMachine> {
  readonly machine: M;
  /** Each is explored from the beginning; what they cover counts together. */
  readonly inputs: Readonly<Record<string, InputFrom<M>>>;
  /** Everything that may happen at a moment, delays aside: the alphabet, with parameters that turn each guard both ways. */
  readonly events: (seen: Seen<M>) => readonly EventFromLogic<M>[];
  /** How long nothing may happen from here, in ms. Only what is shorter than the next pending delay is tried. */
  readonly waits?: (seen: Seen<M>) => readonly number[];
  /** What of the context tells moments apart: small, and enough to decide every guard. */
  readonly abstraction: (seen: Seen<M>) => unknown;
  /** By path of the state; every state without children has one. */
  readonly states: Readonly<Record<string, Meaning<M>>>;
  /** Transitions that no path reaches, with the reason. */
  readonly unreached?: Readonly<Record<string, string>>;
}

/** Checks the types of a plan against its chart, and hides them from the walker: `planFor(podMachine)({ … })`. */
export const planFor =
  <M extends AnyStateMachine>(machine: M) =>
  (data: Omit<Plan<M>, 'machine'>): Plan =>
    ({ machine, ...data }) as unknown as Plan;

export const seenAt = ({ snapshot, nowMs, timers }: Moment): Seen<AnyStateMachine> => {
  const active = new Set(activeStates(snapshot.value));
  return {
    context: snapshot.context,
    nowMs,
    is: (state) => active.has(state),
    untilNextMs: (timers[0]?.dueMs ?? Infinity) - nowMs,
  };
};

/** Paths of all active states: `waiting`, `waiting.pulling`. */
export const activeStates = (value: StateValue, above = ''): string[] => {
  if (typeof value === 'string') return [above + value];
  return Object.entries(value).flatMap(([key, inner]) => [
    above + key,
    ...(inner === undefined ? [] : activeStates(inner, `${above}${key}.`)),
  ]);
};
