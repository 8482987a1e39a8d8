/**
 * What a chart alone decides about its steps: which transitions an event may take from a configuration, which states
 * they leave and enter, and which actions that makes, in order. Worked out when first asked for, then kept.
 *
 * Models: XState 5, `microstep`, `transitionNode`
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition, EventObject } from 'xstate';
import { childrenOf, entrySet, exitSet, initialSet, inOrder, withoutConflicts } from './stateSets.js';

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

/** Transitions to try: those of the states within first, of each region one; then the state's own. */
export interface Choice {
  readonly inner: readonly Choice[];
  readonly own: readonly AnyTransitionDefinition[];
}

/** All states that are active at one time. */
export interface Configuration {
  /** In document order. */
  readonly nodes: AnyStateNode[];
  readonly value: unknown;
  readonly tags: Set<string>;
  /** Eventless transitions of each innermost state and those around it, innermost first; none where there are none. */
  readonly always: readonly (readonly AnyTransitionDefinition[])[];
  readonly choices: Map<string, Choice>;
  readonly steps: StepsBy;
}

/** Steps by the transitions that they take, one after the other. */
interface StepsBy {
  readonly next: Map<AnyTransitionDefinition, StepsBy>;
  /** Null: XState must take it. Undefined: not worked out yet. */
  step: Step | null | undefined;
}

export interface Step {
  readonly actions: readonly PlannedAction[];
  readonly next: Configuration;
  /** The chart ends with it. */
  readonly isLast: boolean;
}

export interface StepTables {
  readonly initial: Step;
  configurationOf(nodes: AnyStateNode[]): Configuration;
  choice(configuration: Configuration, eventType: string): Choice;
  /** Undefined: the step completes a part of the chart, which XState must tell the rest of it. */
  step(configuration: Configuration, transitions: readonly AnyTransitionDefinition[]): Step | undefined;
}

/** Action creators that leave the snapshot alone. */
const COVERED_CREATORS = new Set(['xstate.raise', 'xstate.cancel', 'xstate.emit']);

const allNodes = (node: AnyStateNode): AnyStateNode[] => [node, ...childrenOf(node).flatMap(allNodes)];

type Written = AnyStateNode['entry'][number];

const planAction = ({ implementations }: AnyStateMachine, written: Written): PlannedAction | undefined => {
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

const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

/** No history, no invoked actors, no wildcards, no actions that spawn; no part of it is completed without an event. */
const isCovered = (machine: AnyStateMachine): boolean =>
  allNodes(machine.root).every((node) => {
    const transitions = transitionsOf(node);
    const actions = [...node.entry, ...node.exit, ...transitions.flatMap((transition) => transition.actions)];
    return (
      node.type !== 'history' &&
      node.invoke.length === 0 &&
      actions.every((action) => planAction(machine, action) !== undefined) &&
      (node.type !== 'compound' ||
        (node.initial.actions.length === 0 && node.initial.target[0]?.parent === node)) &&
      [...node.transitions.keys()].every((descriptor) => !descriptor.includes('*')) &&
      !transitions.some(({ reenter }) => reenter && !node.parent) &&
      (node.always ?? []).every((transition) => !completesPart(machine, entrySet([transition])))
    );
  });

const finalsIn = (entered: Iterable<AnyStateNode>): AnyStateNode[] =>
  [...entered].filter(({ type }) => type === 'final');

/** A final state below the root ends the chart, without output; of any other, somebody within wants to know. */
const completesPart = ({ root }: AnyStateMachine, entered: Iterable<AnyStateNode>): boolean =>
  finalsIn(entered).some(
    ({ parent }) => parent !== root || root.type !== 'compound' || root.output !== undefined,
  );

/** The value of a state that is active: the key of what is active within, or the values of its regions. */
const valueOf = (node: AnyStateNode, active: ReadonlySet<AnyStateNode>): unknown => {
  const inner = childrenOf(node).filter((child) => active.has(child));
  const [only] = inner;
  if (node.type === 'compound' && only && childrenOf(only).length === 0) return only.key;
  return Object.fromEntries(inner.map((child) => [child.key, valueOf(child, active)]));
};

const isInnermost = ({ type }: AnyStateNode): boolean => type === 'atomic' || type === 'final';

const outwards = (node: AnyStateNode): AnyStateNode[] =>
  node.parent ? [node, ...outwards(node.parent)] : [node];

const choiceFrom = (node: AnyStateNode, active: ReadonlySet<AnyStateNode>, eventType: string): Choice => {
  const own = node.transitions.get(eventType) ?? [];
  const inner = childrenOf(node)
    .filter((child) => active.has(child))
    .map((child) => choiceFrom(child, active, eventType))
    .filter((choice) => choice.inner.length > 0 || choice.own.length > 0);
  const [only] = inner;
  if (inner.length !== 1 || !only) return { inner, own };
  return own.length === 0
    ? only
    : only.inner.length === 0
      ? { inner: [], own: [...only.own, ...own] }
      : { inner, own };
};

/** On the array of active states itself, which snapshots carry along. */
const CONFIGURATION = Symbol('configuration');
type WithConfiguration = AnyStateNode[] & { [CONFIGURATION]?: Configuration };

/** Undefined: the chart is not of the covered form, and is left to XState. */
export const tablesOf = (machine: AnyStateMachine): StepTables | undefined => {
  if (!isCovered(machine)) return undefined;
  const configurations = new Map<string, Configuration>();

  const configuration = (active: readonly AnyStateNode[]): Configuration => {
    const nodes = inOrder(active);
    const innermost = nodes.filter(isInnermost);
    const key = innermost.map(({ order }) => order).join();
    const known = configurations.get(key);
    if (known) return known;
    const found: Configuration = {
      nodes,
      value: valueOf(machine.root, new Set(nodes)),
      tags: new Set(nodes.flatMap(({ tags }) => tags)),
      always: innermost
        .map((node) => outwards(node).flatMap(({ always }) => always ?? []))
        .filter(({ length }) => length > 0),
      choices: new Map(),
      steps: { next: new Map(), step: undefined },
    };
    configurations.set(key, found);
    (nodes as WithConfiguration)[CONFIGURATION] = found;
    return found;
  };

  const planAll = (actions: readonly Written[]): PlannedAction[] =>
    actions.flatMap((action) => planAction(machine, action) ?? []);

  const work = (from: Configuration, enabled: readonly AnyTransitionDefinition[]): Step | null => {
    const transitions = withoutConflicts(enabled, from.nodes);
    const left = exitSet(transitions, from.nodes);
    const entered = inOrder(entrySet(transitions));
    if (completesPart(machine, entered)) return null;
    const nodes = inOrder([...from.nodes.filter((node) => !left.has(node)), ...entered]);
    const isLast = finalsIn(entered).length > 0;
    return {
      isLast,
      actions: planAll([
        ...inOrder(left)
          .toReversed()
          .flatMap(({ exit }) => exit),
        ...transitions.flatMap(({ actions }) => actions),
        ...entered.flatMap(({ entry }) => entry),
        ...(isLast ? nodes.toReversed().flatMap(({ exit }) => exit) : []),
      ]),
      next: configuration(nodes),
    };
  };

  const first = initialSet(machine.root);
  if (finalsIn(first).length > 0) return undefined;
  return {
    initial: {
      isLast: false,
      actions: planAll(first.flatMap(({ entry }) => entry)),
      next: configuration(first),
    },
    configurationOf: (nodes) => (nodes as WithConfiguration)[CONFIGURATION] ?? configuration(nodes),
    choice: (from, eventType) => {
      const known = from.choices.get(eventType);
      if (known) return known;
      const found = choiceFrom(machine.root, new Set(from.nodes), eventType);
      from.choices.set(eventType, found);
      return found;
    },
    step: (from, transitions) => {
      let at = from.steps;
      for (const transition of transitions) {
        let next = at.next.get(transition);
        if (!next) at.next.set(transition, (next = { next: new Map(), step: undefined }));
        at = next;
      }
      if (at.step === undefined) at.step = work(from, transitions);
      return at.step ?? undefined;
    },
  };
};
