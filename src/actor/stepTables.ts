/**
 * What a chart alone decides about its steps: which transitions an event may take from a state, which states a
 * transition leaves and enters, and which actions that makes, in order. Worked out when first asked for, then kept.
 *
 * For charts in which just one innermost state is active at a time. `tablesOf` says which those are.
 *
 * Models: XState 5, `computeExitSet` and `computeEntrySet` (after the algorithm of SCXML).
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** An action by what it takes to run it. */
export interface PlannedAction {
  readonly type: string;
  readonly kind: 'assign' | 'builtin' | 'effect';
  /** As written in the chart: a value, or a function of `{ context, event }`. */
  readonly params: unknown;
  /** The assignment, the action creator's own function, or the effect; an effect that nobody provides is undefined. */
  readonly run: unknown;
}

/** One innermost state and those around it. */
export interface Configuration {
  readonly leaf: AnyStateNode;
  /** Outermost first. */
  readonly nodes: AnyStateNode[];
  readonly value: unknown;
  readonly tags: Set<string>;
  /** Eventless transitions, innermost state first. */
  readonly always: readonly AnyTransitionDefinition[];
  readonly candidates: Map<string, readonly AnyTransitionDefinition[]>;
  readonly steps: Map<AnyTransitionDefinition, Step | undefined>;
}

export interface Step {
  readonly actions: readonly PlannedAction[];
  readonly next: Configuration;
}

export interface StepTables {
  readonly initial: Step;
  /** Undefined: the snapshot is not in one innermost state of this chart. */
  configurationOf(nodes: readonly AnyStateNode[]): Configuration | undefined;
  /** In the order in which they are tried. */
  candidates(configuration: Configuration, eventType: string): readonly AnyTransitionDefinition[];
  /** Undefined: the step enters a final state. */
  step(configuration: Configuration, transition: AnyTransitionDefinition): Step | undefined;
}

/** Action creators whose whole effect is on the clock. */
const ON_THE_CLOCK = new Set(['xstate.raise', 'xstate.cancel']);

/** The state and those around it, innermost first, up to and without `end`. */
const upTo = (node: AnyStateNode, end: AnyStateNode | undefined): AnyStateNode[] => {
  const found: AnyStateNode[] = [];
  for (let at: AnyStateNode | undefined = node; at && at !== end; at = at.parent) found.push(at);
  return found;
};

const isWithin = (node: AnyStateNode, outer: AnyStateNode): boolean =>
  node !== outer && upTo(node, undefined).includes(outer);

const allNodes = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(allNodes),
];

const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

const initialOf = (node: AnyStateNode): readonly AnyStateNode[] =>
  node.type === 'compound' ? (node.initial.target as readonly AnyStateNode[]) : [];

/** What is entered with a state: the first state within it, and within that one. */
const withInitial = (node: AnyStateNode): AnyStateNode[] => [node, ...initialOf(node).flatMap(withInitial)];

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
  return ON_THE_CLOCK.has(action.type ?? '')
    ? { type: action.type ?? type, kind: 'builtin', params, run: action }
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

const isCovered = (machine: AnyStateMachine): boolean =>
  allNodes(machine.root).every((node) => {
    const transitions = transitionsOf(node);
    const actions = [...node.entry, ...node.exit, ...transitions.flatMap((transition) => transition.actions)];
    return (
      node.type !== 'parallel' &&
      node.type !== 'history' &&
      node.invoke.length === 0 &&
      initialOf(node).length < 2 &&
      actions.every((action) => planAction(machine, action) !== undefined) &&
      (node.type !== 'compound' || node.initial.actions.length === 0) &&
      [...node.transitions.keys()].every((descriptor) => !descriptor.includes('*')) &&
      transitions.every(({ target, reenter }) => (target?.length ?? 0) < 2 && !(reenter && !node.parent)) &&
      (node.always ?? []).every(
        ({ target }) => !target?.flatMap(withInitial).some(({ type }) => type === 'final'),
      )
    );
  });

/** The outermost state that a transition leaves untouched. */
const domainOf = ({ source, target, reenter }: AnyTransitionDefinition): AnyStateNode => {
  const to = (target as readonly AnyStateNode[])[0] as AnyStateNode;
  if (!reenter && (to === source || isWithin(to, source))) return source as AnyStateNode;
  const common = upTo(to, undefined).find((outer) => outer !== to && isWithin(source as AnyStateNode, outer));
  return common ?? (source as AnyStateNode).machine.root;
};

const valueOf = ([outer, ...inner]: readonly AnyStateNode[]): unknown =>
  inner.length === 0 ? outer?.key : outer ? { [outer.key]: valueOf(inner) } : undefined;

/** Undefined: the chart is not one of those, and is left to XState. */
export const tablesOf = (machine: AnyStateMachine): StepTables | undefined => {
  if (machine.root.type !== 'compound' || !isCovered(machine)) return undefined;
  const configurations = new Map<AnyStateNode, Configuration>();

  const configuration = (leaf: AnyStateNode): Configuration => {
    const known = configurations.get(leaf);
    if (known) return known;
    const inwards = upTo(leaf, undefined);
    const nodes = inwards.toReversed();
    const found: Configuration = {
      leaf,
      nodes,
      value: valueOf(nodes.slice(1)),
      tags: new Set(nodes.flatMap(({ tags }) => tags)),
      always: inwards.flatMap(({ always }) => always ?? []),
      candidates: new Map(),
      steps: new Map(),
    };
    configurations.set(leaf, found);
    return found;
  };

  const planAll = (actions: readonly Written[]): PlannedAction[] =>
    actions.flatMap((action) => planAction(machine, action) ?? []);

  const work = (from: Configuration, transition: AnyTransitionDefinition): Step | undefined => {
    const [target] = (transition.target ?? []) as readonly AnyStateNode[];
    if (!target) return { actions: planAll(transition.actions), next: from };
    const domain = domainOf(transition);
    const entered = withInitial(target);
    if (entered.some(({ type }) => type === 'final')) return undefined;
    const around = target === domain ? [] : upTo(target, domain).slice(1).toReversed();
    // A transition of a state to itself that does not re-enter it enters what is within.
    const inner = target === domain ? entered.slice(1) : entered;
    const left = upTo(from.leaf, domain);
    return {
      actions: planAll([
        ...left.flatMap(({ exit }) => exit),
        ...transition.actions,
        ...[...around, ...inner].flatMap(({ entry }) => entry),
      ]),
      next: configuration(entered.at(-1) as AnyStateNode),
    };
  };

  const first = withInitial(machine.root);
  if (first.some(({ type }) => type === 'final')) return undefined;
  return {
    initial: {
      actions: planAll(first.flatMap(({ entry }) => entry)),
      next: configuration(first.at(-1) as AnyStateNode),
    },
    configurationOf: (nodes) => {
      const leaf =
        nodes.at(-1)?.type === 'atomic' ? nodes.at(-1) : nodes.find(({ type }) => type === 'atomic');
      return leaf && configuration(leaf);
    },
    candidates: (from, eventType) => {
      const known = from.candidates.get(eventType);
      if (known) return known;
      const found = from.nodes.toReversed().flatMap(({ transitions }) => transitions.get(eventType) ?? []);
      from.candidates.set(eventType, found);
      return found;
    },
    step: (from, transition) => {
      if (from.steps.has(transition)) return from.steps.get(transition);
      const step = work(from, transition);
      from.steps.set(transition, step);
      return step;
    },
  };
};
