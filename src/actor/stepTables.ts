/**
 * What a chart alone decides about its steps: which transitions an event may take from a configuration, which states
 * they leave and enter, and which actions that makes, in order. Worked out when first asked for, then kept.
 *
 * Models: XState 5, `microstep`, `transitionNode`
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import {
  planAction,
  planTransition,
  type PlannedAction,
  type PlannedTransition,
  type Written,
} from './plans.js';
import { childrenOf, entrySet, exitSet, initialSet, inOrder, withoutConflicts } from './stateSets.js';

/** Transitions to try: those of the states within first, of each region one; then the state's own. */
export interface Choice {
  readonly inner: readonly Choice[];
  readonly own: readonly PlannedTransition[];
}

/** All states that are active at one time. */
export interface Configuration {
  /** In document order. */
  readonly nodes: AnyStateNode[];
  readonly value: unknown;
  readonly tags: Set<string>;
  /** Eventless transitions of each innermost state and those around it, innermost first; none where there are none. */
  readonly always: readonly (readonly PlannedTransition[])[];
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

const allNodes = (node: AnyStateNode): AnyStateNode[] => [node, ...childrenOf(node).flatMap(allNodes)];

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

type Plan = (transition: AnyTransitionDefinition) => PlannedTransition;

const choiceFrom = (
  node: AnyStateNode,
  active: ReadonlySet<AnyStateNode>,
  eventType: string,
  plan: Plan,
): Choice => {
  const own = (node.transitions.get(eventType) ?? []).map(plan);
  const inner = childrenOf(node)
    .filter((child) => active.has(child))
    .map((child) => choiceFrom(child, active, eventType, plan))
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
  const planned = new Map<AnyTransitionDefinition, PlannedTransition>();

  const plan: Plan = (transition) => {
    const known = planned.get(transition) ?? planTransition(machine, transition);
    planned.set(transition, known);
    return known;
  };

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
        .map((node) => outwards(node).flatMap(({ always }) => (always ?? []).map(plan)))
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
      const found = choiceFrom(machine.root, new Set(from.nodes), eventType, plan);
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
