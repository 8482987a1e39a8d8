/**
 * Walks a chart along the shortest paths to every distinct moment, told apart by state, what the plan abstracts of the
 * context, the order of the pending delays, and the transitions that led there: so that every transition that can be
 * reached is the last step of some path.
 */
import type { AnyStateMachine, AnyStateNode, EventObject } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { edgeOf, transitionsOf, type Transition } from '../../../src/inspect/index.js';
import { activeStates, seenAt, type Meaning, type Plan } from './plan.js';
import { timedChart, type Moment, type TimedChart } from './timed.js';

export interface Walk {
  /** Name of the input. */
  readonly input: string;
  /** One path per sequence of events that is not the beginning of another. */
  readonly paths: readonly (readonly EventObject[])[];
  readonly moments: number;
}

/** More distinct moments than this, and the abstraction of the plan leaves too much in. */
const MOST_MOMENTS = 60_000;

export const walksOf = (plan: Plan): Walk[] =>
  Object.entries(plan.inputs).map(([input, value]) => ({ input, ...shortestPaths(plan, value) }));

function shortestPaths(plan: Plan, input: unknown): { paths: EventObject[][]; moments: number } {
  const chart = timedChart(plan.machine);
  const ids = new Map(allTransitions(plan.machine).map(({ transition }, index) => [transition, index]));
  const logic = { transition: chart.transition, getInitialSnapshot: () => chart.initial(input) };
  const found = getShortestPaths(
    logic as never,
    {
      fromState: chart.initial(input),
      serializeState: (moment: Moment) => keyOf(plan, moment, ids),
      events: (moment: Moment) => stepsFrom(plan, moment),
      limit: MOST_MOMENTS * 20,
    } as never,
  );
  const sequences = found.map(({ steps }) =>
    (steps as { event: EventObject }[]).slice(1).map(({ event }) => event),
  );
  return { paths: withoutBeginnings(sequences), moments: sequences.length };
}

/** Everything that can happen next: the plan's alphabet, its waits, and the first pending delay. */
function stepsFrom(plan: Plan, moment: Moment): EventObject[] {
  if (moment.snapshot.status !== 'active') return [];
  const seen = seenAt(moment);
  const waits = (plan.waits?.(seen) ?? []).filter((ms) => ms < seen.untilNextMs);
  const delays = moment.timers.slice(0, 1).map(({ event }) => event);
  return [...plan.events(seen), ...waits.map((ms) => ({ type: 'time.passes', ms })), ...delays];
}

function keyOf(plan: Plan, moment: Moment, ids: ReadonlyMap<Transition, number>): string {
  return JSON.stringify([
    moment.snapshot.value,
    plan.abstraction(seenAt(moment)),
    moment.timers.map(({ id }) => id),
    moment.taken.map((transition) => ids.get(transition)),
  ]);
}

/** Sequences that are the beginning of another are walked with it. */
function withoutBeginnings(sequences: readonly EventObject[][]): EventObject[][] {
  const texts = sequences.map((events) => events.map((event) => JSON.stringify(event)).join('\n'));
  const begun = new Set<string>();
  for (const text of texts) {
    const cut = text.lastIndexOf('\n');
    begun.add(cut < 0 ? '' : text.slice(0, cut));
  }
  return sequences.filter((events, index) => events.length > 0 && !begun.has(texts[index] ?? ''));
}

/** Sends the events of a path one by one; `visit` sees the beginning and every step. */
export function walkPath(
  chart: TimedChart,
  input: unknown,
  path: readonly EventObject[],
  visit: (moment: Moment, walked: readonly EventObject[]) => void,
): void {
  let moment = chart.initial(input);
  visit(moment, []);
  for (const [index, event] of path.entries()) {
    moment = chart.transition(moment, event);
    visit(moment, path.slice(0, index + 1));
  }
}

/** What is wrong at a moment: general rules of statecharts, and the meanings that the plan gives to states. */
export function violations(plan: Plan, moment: Moment): string[] {
  const { snapshot, timers, asked } = moment;
  const seen = seenAt(moment);
  const pending = timers.map(({ id }) => delayOf(id));
  const found: string[] = [];
  if (snapshot.status === 'error') found.push(`it failed: ${String(snapshot.error)}`);
  for (const { id } of timers) {
    const owner = id.slice(id.indexOf('.', 'xstate.after.'.length) + 1);
    const isActive = snapshot._nodes.some((node: AnyStateNode) => node.id === owner);
    if (!isActive) found.push(`${id} is pending, and its state is not active`);
  }
  for (const node of snapshot._nodes as AnyStateNode[])
    if (isLeftAtOnce(node)) found.push(`${node.path.join('.')}: it rests where it should only pass`);
  for (const state of activeStates(snapshot.value)) {
    const meaning: Meaning<AnyStateMachine> | undefined = plan.states[state];
    if (meaning === undefined) continue;
    if (meaning.pending !== undefined && [...meaning.pending].sort().join() !== [...pending].sort().join())
      found.push(
        `${state}: pending should be ${meaning.pending.join() || 'none'}, is ${pending.join() || 'none'}`,
      );
    for (const delay of meaning.awaits ?? [])
      if (!pending.includes(delay)) found.push(`${state}: ${delay} is not pending`);
    for (const [fact, holds] of Object.entries(meaning.holds ?? {}))
      if (!holds(seen)) found.push(`${state}: not true that ${fact}`);
    for (const [effect, times] of Object.entries(meaning.asked ?? {}))
      if ((asked[effect] ?? 0) !== times)
        found.push(`${state}: ${effect} was asked for ${asked[effect] ?? 0} times, not ${times}`);
  }
  return found;
}

/** `xstate.after.periodMs.probe.idle`: `periodMs`. */
function delayOf(id: string): string {
  return id.split('.')[2] ?? id;
}

export interface NamedTransition {
  readonly transition: Transition;
  /** `idle: after periodMs [isDue] → probing`; unique in its chart. */
  readonly name: string;
}

export function allTransitions(machine: AnyStateMachine): NamedTransition[] {
  const visit = (node: AnyStateNode): NamedTransition[] => [
    ...transitionsOf(node).map((transition) => ({ transition, name: nameOf(node, transition) })),
    ...Object.values(node.states as Record<string, AnyStateNode>).flatMap(visit),
  ];
  return visit(machine.root);
}

function nameOf(node: AnyStateNode, transition: Transition): string {
  const { trigger, name, guard, targets } = edgeOf(transition);
  const when = trigger === 'always' ? trigger : trigger === 'after' ? `after ${name}` : name;
  const to = targets.map((target) => target.join('.')).join(', ');
  const from = node.path.join('.') || 'any state';
  return `${from}: ${when}${guard === '' ? '' : ` [${guard}]`} → ${to === '' ? 'stays' : to}`;
}

/** Paths of the states without children in which the chart can come to rest: not those that are left at once. */
export function restingStates(machine: AnyStateMachine): string[] {
  const visit = (node: AnyStateNode): string[] => {
    const children = Object.values(node.states as Record<string, AnyStateNode>);
    if (children.length > 0) return children.flatMap(visit);
    return isLeftAtOnce(node) ? [] : [node.path.join('.')];
  };
  return visit(machine.root);
}

function isLeftAtOnce(node: AnyStateNode): boolean {
  return (node.always ?? []).some(({ guard, target }) => guard === undefined && target !== undefined);
}
