/**
 * What the actions and guards that a chart names come to: what it takes to run them, found out once per chart.
 *
 * Models: XState 5, `resolveAndExecuteActionsWithContext`, `evaluateGuard`
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition, EventObject } from 'xstate';

/** An action by what it takes to run it. */
export interface PlannedAction {
  readonly type: string;
  readonly kind: 'assign' | 'builtin' | 'effect';
  /** As written in the chart: a value, or a function of `{ context, event }`. */
  readonly params: unknown;
  /** The assignment, the action creator's own function, or the effect; an effect that nobody provides is undefined. */
  readonly run: unknown;
  /** What `run` sets a timer for, or puts one off for: most of the action creators in a chart. */
  readonly timer?: PlannedTimer | undefined;
}

/** A `raise` after a delay, or the `cancel` of one, by the id that they share. */
export interface PlannedTimer {
  readonly id: string;
  /** Undefined: the timer is cancelled. */
  readonly event: EventObject | undefined;
  /** Milliseconds, or what says how many. */
  readonly delay: number | ((args: object, params: unknown) => number);
}

/** Action creators that leave the snapshot alone. */
const COVERED_CREATORS = new Set(['xstate.raise', 'xstate.cancel', 'xstate.emit']);

export type Written = AnyStateNode['entry'][number];

export const planAction = (
  { implementations }: AnyStateMachine,
  written: Written,
): PlannedAction | undefined => {
  const isInline = typeof written === 'function';
  const type = isInline
    ? (written as { type?: string }).type
    : typeof written === 'string'
      ? written
      : written.type;
  if (type === undefined) return undefined;
  const action = (isInline ? written : implementations.actions[type]) as
    | { readonly type?: string; readonly resolve?: unknown; readonly assignment?: unknown }
    | undefined;
  const params = typeof written === 'object' ? (written as { params?: unknown }).params : undefined;
  if (!action?.resolve) return { type, kind: 'effect', params, run: action };
  if (action.type === 'xstate.assign')
    return { type: action.type, kind: 'assign', params, run: assignmentOf(action.assignment) };
  return COVERED_CREATORS.has(action.type ?? '')
    ? {
        type: action.type ?? type,
        kind: 'builtin',
        params,
        run: action,
        timer: planTimer(action, implementations),
      }
    : undefined;
};

interface Creator {
  readonly type?: string;
  readonly sendId?: unknown;
  readonly event?: unknown;
  readonly id?: unknown;
  readonly delay?: unknown;
}

/** Undefined: the action is something else, or knows only at its time what it is about. */
const planTimer = (
  { type, sendId, event, id, delay }: Creator,
  { delays }: AnyStateMachine['implementations'],
): PlannedTimer | undefined => {
  if (type === 'xstate.cancel')
    return typeof sendId === 'string' ? { id: sendId, event: undefined, delay: 0 } : undefined;
  if (type !== 'xstate.raise' || typeof event !== 'object' || typeof id !== 'string') return undefined;
  const after: unknown = typeof delay === 'string' ? delays[delay] : delay;
  return typeof after === 'number' || typeof after === 'function'
    ? { id, event: event as EventObject, delay: after as PlannedTimer['delay'] }
    : undefined;
};

type Assignment = (args: object, params: unknown) => object;

/** An assignment of one function a field, as one function. */
const assignmentOf = (assignment: unknown): Assignment => {
  if (typeof assignment === 'function') return assignment as Assignment;
  const fields = Object.entries(assignment as Record<string, unknown>);
  return (args, params) => {
    const update: Record<string, unknown> = {};
    for (const [key, field] of fields)
      update[key] = typeof field === 'function' ? field(args, params) : field;
    return update;
  };
};

/** A transition that may be taken, and what must hold for it. */
export interface PlannedTransition {
  readonly transition: AnyTransitionDefinition;
  /** By itself in a list: what is taken when no other region has one. */
  readonly alone: readonly AnyTransitionDefinition[];
  /** Undefined: nothing must hold. Null: XState must say. */
  readonly guard: PlannedGuard | null | undefined;
}

export interface PlannedGuard {
  readonly holds: (args: object, params: unknown) => boolean;
  /** As written in the chart: a value, or a function of `{ context, event }`. */
  readonly params: unknown;
}

export const planTransition = (
  machine: AnyStateMachine,
  transition: AnyTransitionDefinition,
): PlannedTransition => ({ transition, alone: [transition], guard: planGuard(machine, transition.guard) });

/** Guards of guards (`and`, `not`, `stateIn`), and those that nobody provides, are left to XState. */
const planGuard = (
  { implementations }: AnyStateMachine,
  written: unknown,
): PlannedGuard | null | undefined => {
  if (written === undefined) return undefined;
  const { type, params } =
    typeof written === 'object'
      ? (written as { type: string; params?: unknown })
      : { type: written, params: undefined };
  const found: unknown = typeof type === 'function' ? type : implementations.guards[type as string];
  return typeof found === 'function' && !('check' in found)
    ? { holds: found as PlannedGuard['holds'], params }
    : null;
};
