/**
 * The steps of a chart, worked out once per chart instead of once per event.
 *
 * XState finds for each event which states are left and entered, and computes the state's value and tags anew with each
 * `assign`. All of this depends on the chart alone, and is most of what a transition costs; here it is read from tables.
 * Guards, delays, snapshots and inspection stay XState's own, and so do the actors.
 *
 * What the tables do not cover (charts with history or invoked actors, steps that complete a part of a chart) is left to XState;
 * that is decided before anything has happened. A test walks the paths of every chart both ways.
 *
 * Not supported: `spawn` within `assign`: the host spawns actors.
 *
 * Models: XState 5, `macrostep` and `microstep`.
 */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  EventObject,
} from 'xstate';
import { evaluateGuard } from 'xstate/guards';
import {
  tablesOf,
  type Choice,
  type Configuration,
  type PlannedAction,
  type Step,
  type StepTables,
} from './stepTables.js';

interface Scope {
  readonly self: unknown;
  readonly system: { _sendInspectionEvent(event: unknown): void };
  actionExecutor(action: object): void;
}

/** An XState snapshot, with what it keeps of the states that it is in. */
type Snapshot = AnyMachineSnapshot & { readonly _nodes: AnyStateNode[] };

type Transition = (snapshot: Snapshot, event: EventObject, scope: Scope) => Snapshot;

/** An action creator of XState: `raise`, `cancel`. */
interface Builtin {
  readonly execute: (scope: Scope, params: unknown) => void;
  resolve(
    scope: Scope,
    snapshot: Snapshot,
    args: object,
    params: unknown,
    action: Builtin,
    extra: { readonly internalQueue: EventObject[] },
  ): readonly [snapshot: Snapshot, params: unknown];
}

const refuseSpawn = (): never => {
  throw new TypeError('spawn in assign is not supported: the host spawns actors');
};

const isEnabled = ({ guard }: AnyTransitionDefinition, event: EventObject, snapshot: Snapshot): boolean =>
  guard === undefined || evaluateGuard(guard as never, snapshot.context, event as never, snapshot as never);

const NONE: readonly AnyTransitionDefinition[] = [];

/** The transitions that an event takes: one, or one of each region that has one. */
const choose = (
  { inner, own }: Choice,
  event: EventObject,
  snapshot: Snapshot,
): readonly AnyTransitionDefinition[] => {
  let chosen = NONE;
  for (const region of inner) {
    const found = choose(region, event, snapshot);
    chosen = chosen.length === 0 ? found : [...chosen, ...found];
  }
  if (chosen.length > 0) return chosen;
  const enabled = own.find((transition) => isEnabled(transition, event, snapshot));
  return enabled ? [enabled] : NONE;
};

/** The actions of one step. @returns the context after them. */
const execute = (
  actions: readonly PlannedAction[],
  snapshot: Snapshot,
  event: EventObject,
  { scope, raised }: { readonly scope: Scope; readonly raised: EventObject[] },
): object => {
  const { self, system } = scope;
  let context = snapshot.context as object;
  // A copy that nothing but assignments has seen may be assigned to again.
  let isOwn = false;
  for (const { type, kind, params: written, run } of actions) {
    const params = typeof written === 'function' ? written({ context, event }) : written;
    if (kind === 'assign') {
      const assignment = run as (args: object, params: unknown) => object;
      const update = assignment({ context, event, spawn: refuseSpawn, self, system }, params);
      context = isOwn ? Object.assign(context, update) : { ...context, ...update };
      isOwn = true;
      continue;
    }
    isOwn = false;
    const info = { context, event, self, system };
    if (kind === 'effect') {
      scope.actionExecutor({ type, info, params, exec: run });
      continue;
    }
    const builtin = run as Builtin;
    const [, resolved] = builtin.resolve(scope, snapshot, info, params, builtin, { internalQueue: raised });
    const exec = (): void => builtin.execute(scope, resolved);
    scope.actionExecutor({ type, info, params: resolved, exec });
  }
  return context;
};

const isForXState = ({ type }: EventObject): boolean =>
  type === 'xstate.stop' || type.startsWith('xstate.error.');

/** Work on one event: what XState hands from microstep to microstep. */
class Run {
  readonly #tables: StepTables;
  readonly #scope: Scope;
  #event: EventObject;
  /** Events that actions have raised, in order. */
  readonly raised: EventObject[] = [];
  snapshot: Snapshot;
  #configuration: Configuration;

  constructor(tables: StepTables, scope: Scope, event: EventObject, at: [Snapshot, Configuration]) {
    this.#tables = tables;
    this.#scope = scope;
    this.#event = event;
    [this.snapshot, this.#configuration] = at;
  }

  /** Takes the transitions of an event. @returns false, having done nothing, where XState must. */
  process(event: EventObject): boolean {
    this.#event = event;
    const { snapshot } = this;
    let chosen: readonly AnyTransitionDefinition[];
    try {
      chosen = choose(this.#tables.choice(this.#configuration, event.type), event, snapshot);
    } catch {
      // XState says which guard of which state has thrown.
      return false;
    }
    if (chosen.length > 0) {
      const step = this.#tables.step(this.#configuration, chosen);
      if (!step) return false;
      this.take(step);
    }
    this.#report(chosen);
    this.settle();
    return true;
  }

  /** @returns whether anything has changed. */
  take({ actions, next, isLast }: Step): boolean {
    const { snapshot } = this;
    const context =
      actions.length === 0
        ? snapshot.context
        : execute(actions, snapshot, this.#event, { scope: this.#scope, raised: this.raised });
    if (context === snapshot.context && next === this.#configuration) return false;
    this.#configuration = next;
    this.snapshot = { ...snapshot, context, _nodes: next.nodes, value: next.value as never, tags: next.tags };
    if (isLast) this.snapshot = { ...this.snapshot, status: 'done', output: undefined } as Snapshot;
    return true;
  }

  /** Takes eventless transitions until none is enabled, or one changes nothing. */
  settle(): void {
    let isChanging = true;
    while (isChanging && this.#configuration.always.length > 0 && this.snapshot.status === 'active') {
      const enabled = new Set<AnyTransitionDefinition>();
      for (const candidates of this.#configuration.always) {
        const found = candidates.find((each) => isEnabled(each, this.#event, this.snapshot));
        if (found) enabled.add(found);
      }
      if (enabled.size === 0) return;
      const step = this.#tables.step(this.#configuration, [...enabled]);
      if (!step) return;
      isChanging = this.take(step);
      this.#report([...enabled]);
    }
  }

  #report(transitions: readonly AnyTransitionDefinition[]): void {
    this.#scope.system._sendInspectionEvent({
      type: '@xstate.microstep',
      actorRef: this.#scope.self,
      event: this.#event,
      snapshot: this.snapshot,
      _transitions: transitions,
    });
  }
}

/**
 * Lets a machine read its steps from tables, where its chart allows it. Changes the machine given, which must not run
 * yet, and returns it.
 */
export const precomputeSteps = <M extends AnyStateMachine>(machine: M): M => {
  const tables = tablesOf(machine);
  if (!tables) return machine;
  const byXState = machine.transition as unknown as Transition;
  const { initial } = tables;
  const { context: firstContext = {} } = machine.config as { context?: unknown };
  const template = machine.resolveState({ value: initial.next.value as never, context: {} }) as Snapshot;

  /** What was raised comes after, first in, first out. */
  const withRaised = (run: Run, scope: Scope): Snapshot => {
    for (
      let event = run.raised.shift();
      event && run.snapshot.status === 'active';
      event = run.raised.shift()
    )
      if (!run.process(event))
        return run.raised.reduce(
          (next, raised) => transition(next, raised, scope),
          byXState(run.snapshot, event, scope),
        );
    return run.snapshot;
  };

  const transition: Transition = (snapshot, event, scope) => {
    if (snapshot.status !== 'active' || isForXState(event)) return byXState(snapshot, event, scope);
    const run = new Run(tables, scope, event, [snapshot, tables.configurationOf(snapshot._nodes)]);
    return run.process(event) ? withRaised(run, scope) : byXState(snapshot, event, scope);
  };

  const getInitialSnapshot = (scope: Scope, input: unknown): Snapshot => {
    const event = { type: 'xstate.init', input };
    const run = new Run(tables, scope, event, [{ ...template, children: {} }, initial.next]);
    try {
      const context =
        typeof firstContext === 'function'
          ? (firstContext({ spawn: refuseSpawn, input, self: scope.self }) as object)
          : firstContext;
      run.snapshot = { ...run.snapshot, context };
      run.take(initial);
      run.settle();
      return withRaised(run, scope);
    } catch (error) {
      return { ...run.snapshot, status: 'error', error } as never;
    }
  };

  return Object.assign(machine, { transition, getInitialSnapshot });
};
