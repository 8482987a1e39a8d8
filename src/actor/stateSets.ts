/**
 * Which states transitions leave and enter, as sets of state nodes. Pure; of charts without history.
 *
 * Models: XState 5, `removeConflictingTransitions`, `computeExitSet`, `computeEntrySet` (after the algorithm of SCXML)
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** The state and those around it, innermost first, up to and without `end`. */
export const upTo = (node: AnyStateNode, end: AnyStateNode | undefined): AnyStateNode[] => {
  const found: AnyStateNode[] = [];
  for (let at: AnyStateNode | undefined = node; at && at !== end; at = at.parent) found.push(at);
  return found;
};

/** Inside it, and not it itself. */
export const isWithin = (node: AnyStateNode, outer: AnyStateNode): boolean => {
  for (let at = node.parent; at; at = at.parent) if (at === outer) return true;
  return false;
};

export const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

const targetsOf = ({ target }: AnyTransitionDefinition): readonly AnyStateNode[] =>
  (target ?? []) as readonly AnyStateNode[];

/** The outermost state that a transition leaves untouched. */
const domainOf = (transition: AnyTransitionDefinition): AnyStateNode => {
  const source = transition.source as AnyStateNode;
  const targets = targetsOf(transition);
  if (!transition.reenter && targets.every((target) => target === source || isWithin(target, source)))
    return source;
  const common = upTo(source, undefined).find(
    (outer) => isWithin(source, outer) && targets.every((target) => isWithin(target, outer)),
  );
  return common ?? source.machine.root;
};

/** What is left, in no order. */
export const exitSet = (
  transitions: readonly AnyTransitionDefinition[],
  active: readonly AnyStateNode[],
): Set<AnyStateNode> => {
  const left = new Set<AnyStateNode>();
  for (const transition of transitions) {
    if (targetsOf(transition).length === 0) continue;
    const domain = domainOf(transition);
    if (transition.reenter && transition.source === domain) left.add(domain);
    for (const node of active) if (isWithin(node, domain)) left.add(node);
  }
  return left;
};

/** Of transitions that would leave the same states, the innermost is taken, else the first. */
export const withoutConflicts = (
  transitions: readonly AnyTransitionDefinition[],
  active: readonly AnyStateNode[],
): readonly AnyTransitionDefinition[] => {
  if (transitions.length < 2) return transitions;
  const kept = new Set<AnyTransitionDefinition>();
  for (const transition of transitions) {
    const leaves = exitSet([transition], active);
    const rivals = [...kept].filter((other) =>
      [...exitSet([other], active)].some((node) => leaves.has(node)),
    );
    const isInner = (other: AnyTransitionDefinition): boolean =>
      isWithin(transition.source as AnyStateNode, other.source as AnyStateNode);
    if (!rivals.every(isInner)) continue;
    for (const rival of rivals) kept.delete(rival);
    kept.add(transition);
  }
  return [...kept];
};

/** Adds what is entered with a state: the first state within it, and all regions of a parallel one. */
const enterWithin = (node: AnyStateNode, entered: Set<AnyStateNode>): void => {
  if (node.type === 'compound') {
    const [initial] = node.initial.target as readonly [AnyStateNode];
    entered.add(initial);
    enterWithin(initial, entered);
  } else if (node.type === 'parallel') enterRegions(node, entered);
};

const enterRegions = (parallel: AnyStateNode, entered: Set<AnyStateNode>): void => {
  for (const region of childrenOf(parallel)) {
    if ([...entered].some((node) => isWithin(node, region))) continue;
    entered.add(region);
    enterWithin(region, entered);
  }
};

/** What is entered, in no order. */
export const entrySet = (transitions: readonly AnyTransitionDefinition[]): Set<AnyStateNode> => {
  const entered = new Set<AnyStateNode>();
  for (const transition of transitions) {
    const { source, reenter } = transition;
    const targets = targetsOf(transition);
    const domain = domainOf(transition);
    for (const target of targets) {
      // A transition of a state to itself that does not re-enter it enters only what is within.
      if (source !== target || source !== domain || reenter) entered.add(target);
      enterWithin(target, entered);
    }
    for (const target of targets) {
      const around = upTo(target, domain).slice(1);
      for (const outer of domain.type === 'parallel' ? [...around, domain] : around) {
        if (isWithin(outer, domain)) entered.add(outer);
        if (outer.type === 'parallel') enterRegions(outer, entered);
      }
    }
  }
  return entered;
};

/** The states that are active at the beginning, in document order. */
export const initialSet = (root: AnyStateNode): AnyStateNode[] => {
  const entered = new Set([root]);
  enterWithin(root, entered);
  return inOrder(entered);
};

export const inOrder = (nodes: Iterable<AnyStateNode>): AnyStateNode[] =>
  [...nodes].sort((a, b) => a.order - b.order);
