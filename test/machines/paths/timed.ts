/**
 * A chart as pure logic in which time is part of the state: what it has become, when it is, which delays are pending,
 * and which effects it has asked for so far. Nothing runs and nothing waits: `transition` answers the next state.
 *
 * Time moves in two ways: the pending delay that is due first passes, or (`time.passes`) a while goes by before it.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import type { Transition } from '../../../src/inspect/index.js';

export interface Timer {
  /** `xstate.after.<delay>.<state>` */
  readonly id: string;
  readonly event: EventObject;
  /** ms since the beginning. */
  readonly dueMs: number;
}

export interface Moment {
  readonly snapshot: AnyMachineSnapshot;
  /** ms since the beginning. */
  readonly nowMs: number;
  /** In the order in which they pass. */
  readonly timers: readonly Timer[];
  /** How often each effect was asked for since the beginning. */
  readonly asked: Readonly<Record<string, number>>;
  /** Transitions of the last step, of all its microsteps. */
  readonly taken: readonly Transition[];
}

/** Lets time go by without anything happening; not beyond the next pending delay. */
export interface TimePasses {
  readonly type: 'time.passes';
  readonly ms: number;
}

export interface TimedChart {
  initial(input: unknown): Moment;
  /** The same moment when the chart has no transition for the event. */
  transition(moment: Moment, step: EventObject | TimePasses): Moment;
}

interface Recording {
  timers: Timer[];
  asked: Record<string, number>;
  taken: Transition[];
  nowMs: number;
}
interface Action {
  readonly type: string;
  readonly info: unknown;
  readonly params: unknown;
  readonly exec?: (info: unknown, params: unknown) => void;
}

export const timedChart = (machine: AnyStateMachine): TimedChart => {
  let record: Recording = { timers: [], asked: {}, taken: [], nowMs: 0 };
  const deferred: (() => void)[] = [];

  const schedule = (_from: unknown, _to: unknown, event: EventObject, delayMs: number, id: string): void => {
    if (Number.isNaN(delayMs) || delayMs < 0) throw new Error(`${id}: a delay of ${delayMs} ms`);
    cancel(undefined, id);
    if (delayMs === Infinity) return;
    const dueMs = record.nowMs + delayMs;
    const place = record.timers.findIndex((timer) => timer.dueMs > dueMs);
    record.timers.splice(place < 0 ? record.timers.length : place, 0, { id, event, dueMs });
  };
  const cancel = (_from: unknown, id: string): void => {
    record.timers = record.timers.filter((timer) => timer.id !== id);
  };
  const count = (effect: string): void => {
    record.asked[effect] = (record.asked[effect] ?? 0) + 1;
  };

  // What an actor would be to its machine: the same scope for every step.
  const scope = {
    self: { id: machine.id, sessionId: '', send: () => {} },
    id: machine.id,
    sessionId: '',
    logger: () => {},
    defer: (task: () => void) => void deferred.push(task),
    emit: ({ type }: EventObject) => count(type),
    stopChild: () => {},
    actionExecutor: ({ type, info, params, exec }: Action) => {
      // XState's own actions set and cancel delays, or emit; all others are effects, and the host's business.
      if (type.startsWith('xstate.')) exec?.(info, params);
      else count(type);
    },
    system: {
      scheduler: { schedule, cancel },
      _sendInspectionEvent: (event: { type: string; _transitions?: readonly Transition[] }) => {
        if (event.type === '@xstate.microstep') record.taken.push(...(event._transitions ?? []));
      },
    },
  };

  const recorded = (before: Recording, step: () => AnyMachineSnapshot): Moment => {
    record = before;
    const snapshot = step();
    for (let task = deferred.shift(); task !== undefined; task = deferred.shift()) task();
    // An actor that has ended has no delays: the host cancels them.
    const timers = snapshot.status === 'active' ? record.timers : [];
    return { ...record, timers, snapshot };
  };

  return {
    initial: (input) =>
      recorded({ timers: [], asked: {}, taken: [], nowMs: 0 }, () =>
        machine.getInitialSnapshot(scope as never, input as never),
      ),
    transition: (moment, step) => {
      if (step.type === 'time.passes') {
        return { ...moment, nowMs: moment.nowMs + (step as TimePasses).ms, taken: [] };
      }
      const [first] = moment.timers;
      const isDelay = step.type.startsWith('xstate.after.');
      if (isDelay && first?.id !== step.type)
        throw new Error(`${step.type} does not pass before ${first?.id}`);
      const next = recorded(
        {
          timers: isDelay ? moment.timers.slice(1) : [...moment.timers],
          asked: { ...moment.asked },
          taken: [],
          nowMs: isDelay ? (first?.dueMs ?? 0) : moment.nowMs,
        },
        () => machine.transition(moment.snapshot, step as never, scope as never),
      );
      return next.taken.length === 0 && !isDelay ? moment : next;
    },
  };
};
