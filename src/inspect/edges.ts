/**
 * What a chart says, as plain data: its states in document order, and every transition with the event, delay, guard
 * and actions by name. The drawings and the reference pages are made from this. Reads charts only; starts nothing.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

export interface ChartState {
  /** Keys from the root, which itself is `[]`. */
  readonly path: readonly string[];
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description: string;
  /** Path of the state that is entered first; absent unless compound. */
  readonly initial?: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly tags: readonly string[];
  /** Sources of the actors that live as long as the state. */
  readonly invokes: readonly string[];
  readonly children: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
}

export interface ChartEdge {
  /** `event`: sent to the chart; `after`: a delay; `always`: as soon as the guard holds; `done`: a child ended. */
  readonly trigger: 'event' | 'after' | 'always' | 'done';
  /** Event type, delay name or milliseconds; empty for `always`. */
  readonly name: string;
  readonly guard: string;
  readonly actions: readonly string[];
  /** Paths of the targets; none: the state is kept and only the actions run. */
  readonly targets: readonly (readonly string[])[];
  readonly isReentering: boolean;
  readonly description: string;
}

/** Reads a chart. States and edges come in the order in which the chart writes them. */
export function chartOf(machine: AnyStateMachine): ChartState {
  return stateOf(machine.root);
}

function stateOf(node: AnyStateNode): ChartState {
  const initial = node.type === 'compound' ? node.initial.target[0]?.path : undefined;
  return {
    path: node.path,
    type: node.type,
    description: node.description ?? '',
    ...(initial === undefined ? {} : { initial }),
    entry: node.entry.filter(isWritten).map(actionName),
    exit: node.exit.filter(isWritten).map(actionName),
    tags: node.tags,
    invokes: node.invoke.map((invoke) => (typeof invoke.src === 'string' ? invoke.src : invoke.id)),
    children: Object.values(node.states as Record<string, AnyStateNode>).map(stateOf),
    edges: edgesOf(node),
  };
}

export type Transition = AnyStateNode['after'][number] | NonNullable<AnyStateNode['always']>[number];

/** Every transition of one state, in the order in which the chart writes them: events, delays, eventless ones. */
export function transitionsOf(node: AnyStateNode): readonly Transition[] {
  const byEvent = [...node.transitions]
    // Delays stand here too, under a generated event; `node.after` has them in order.
    .filter(([descriptor]) => !descriptor.startsWith('xstate.after.'))
    .flatMap(([, transitions]) => transitions);
  return [...byEvent, ...node.after, ...(node.always ?? [])];
}

function edgesOf(node: AnyStateNode): ChartEdge[] {
  return transitionsOf(node).map(edgeOf);
}

export function edgeOf(transition: Transition): ChartEdge {
  const [trigger, name] = triggerOf(transition);
  return {
    trigger,
    name,
    guard: guardName(transition.guard),
    actions: transition.actions.map(actionName),
    targets: (transition.target ?? []).map((target) => target.path),
    isReentering: transition.reenter,
    description: transition.description ?? '',
  };
}

/** Generated events (`xstate.done.state.pod.running`, `xstate.error.actor.pull`) are told in words. */
function triggerOf(transition: Transition): [ChartEdge['trigger'], string] {
  const descriptor = transition.eventType;
  if ('delay' in transition && transition.delay !== undefined) return ['after', delayName(transition.delay)];
  if (descriptor === '') return ['always', ''];
  const generated = /^xstate\.(done|error)\.(state|actor)\.(.*)$/.exec(descriptor);
  if (generated === null) return ['event', descriptor];
  const [, outcome, kind, id = ''] = generated;
  return ['done', kind === 'state' ? 'done' : `${id} ${outcome === 'done' ? 'is done' : 'failed'}`];
}

function delayName(delay: unknown): string {
  return typeof delay === 'number' ? `${delay} ms` : String(delay);
}

const COMBINATORS: Readonly<Record<string, string>> = {
  checkAnd: ' and ',
  checkOr: ' or ',
  checkNot: 'not ',
};

function guardName(guard: unknown): string {
  if (guard === undefined) return '';
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return withParams(guard);
  if (typeof guard !== 'function') return 'inline';
  // and(), or() and not() are functions that carry their operands.
  const { guards, check } = guard as { guards?: readonly unknown[]; check?: { name: string } };
  const word = COMBINATORS[check?.name ?? ''];
  if (guards === undefined || word === undefined) return 'inline';
  return word === 'not ' ? `not ${guards.map(guardName).join()}` : `(${guards.map(guardName).join(word)})`;
}

/** XState starts and cancels a state's delays by actions of its own; nobody wrote them. */
function isWritten(action: unknown): boolean {
  const { event, sendId } = action as { event?: { type?: string }; sendId?: unknown };
  return !(event?.type ?? String(sendId ?? '')).startsWith('xstate.after.');
}

function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'object' && action !== null && 'type' in action) return withParams(action);
  const { type, event } = action as { type?: string; event?: { type?: string } };
  if (type === undefined) return 'inline';
  const verb = type.replace(/^xstate\./, '');
  return event?.type === undefined ? verb : `${verb} ${event.type}`;
}

function withParams(named: object): string {
  const { type, params } = named as { type: unknown; params?: unknown };
  if (typeof params !== 'object' || params === null) return String(type);
  const fields = Object.entries(params).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `${String(type)}(${fields.join(', ')})`;
}
