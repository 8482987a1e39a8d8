/**
 * The steps of a chart, worked out once per chart instead of once per event.
 *
 * XState finds for each event which states are left and entered, and computes the state's value and tags anew with each
 * `assign`. All of this depends on the chart alone, and is most of what a transition costs; here it is read from tables.
 * Guards, delays, snapshots and inspection stay XState's own, and so do the actors.
 *
 * What the tables do not cover (charts with history or invoked actors, steps that complete a part of a chart) is left
 * to XState; that is decided before anything has happened. A test walks the paths of every chart both ways.
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
import { isObserved } from './observers.js';
import type { PlannedAction, PlannedTimer, PlannedTransition } from './plans.js';
import { tablesOf, type Choice, type Configuration, type Step, type StepTables } from './stepTables.js';

interface Scope {
  readonly self: unknown;
  readonly system: {
    readonly scheduler: {
      schedule(from: unknown, to: unknown, event: EventObject, delayMs: number, id: string | undefined): void;
      cancel(from: unknown, id: string): void;
    };
    _sendInspectionEvent(event: unknown): void;
  };
  actionExecutor(action: object): void;
}

/** An XState snapshot, with what it keeps of the states that it is in. */
type Snapshot = AnyMachineSnapshot & { readonly _nodes: AnyStateNode[] };

type Transition = (snapshot: Snapshot, event: EventObject, scope: Scope) => Snapshot;

/** What `raise` comes to; without a delay the event has joined the queue. */
interface Raised {
  readonly event: EventObject;
  readonly delay: number | undefined;
  readonly id: string | undefined;
}

/** An action creator of XState: `raise`, `cancel`, `emit`. */
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

type Effect = (info: object, params: unknown) => void;

/** What actions are given. */
interface Info {
  readonly context: object;
  readonly event: EventObject;
  readonly self: unknown;
  readonly system: object;
  readonly spawn: () => never;
}

/** Where a run begins. */
interface Beginning {
  readonly snapshot: Snapshot;
  readonly configuration: Configuration;
  readonly isInitial?: boolean;
}

const refuseSpawn = (): never => {
  throw new TypeError('spawn in assign is not supported: the host spawns actors');
};

const NONE: readonly AnyTransitionDefinition[] = [];

const STOP = 'xstate.stop';
const isForXState = ({ type }: EventObject): boolean => type === STOP || type.startsWith('xstate.error.');

/** Work on one event: what XState hands from microstep to microstep. */
class Run {
  readonly #tables: StepTables;
  readonly #scope: Scope;
  /** Actions are carried out by XState, which reports them, and keeps those of an actor that has not started yet. */
  readonly #isByXState: boolean;
  #event: EventObject;
  #configuration: Configuration;
  #context: object;
  #isOver = false;
  /** What was there, until it is asked for anew. */
  #snapshot: Snapshot;
  /** Events that actions have raised, in order; there are few that do. */
  #raised: EventObject[] | undefined;

  constructor(tables: StepTables, scope: Scope, event: EventObject, at: Beginning) {
    this.#tables = tables;
    this.#scope = scope;
    this.#event = event;
    this.#snapshot = at.snapshot;
    this.#configuration = at.configuration;
    this.#context = at.snapshot.context as object;
    this.#isByXState = at.isInitial === true || isObserved(scope.system);
  }

  get snapshot(): Snapshot {
    const before = this.#snapshot;
    const { nodes, value, tags } = this.#configuration;
    if (before.context === this.#context && before._nodes === nodes && !this.#isOver) return before;
    const { output, error, machine, children, historyValue, matches, hasTag, can, getMeta, toJSON } = before;
    // One literal: what is spread is copied field by field.
    this.#snapshot = {
      status: this.#isOver ? 'done' : before.status,
      output,
      error,
      machine,
      context: this.#context,
      _nodes: nodes,
      value,
      tags,
      children,
      historyValue,
      matches,
      hasTag,
      can,
      getMeta,
      toJSON,
    } as unknown as Snapshot;
    return this.#snapshot;
  }

  /** Takes the transitions of an event. @returns false, having done nothing, where XState must. */
  process(event: EventObject): boolean {
    this.#event = event;
    let chosen: readonly AnyTransitionDefinition[];
    try {
      chosen = this.#choose(this.#tables.choice(this.#configuration, event.type));
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
    const context = this.#context;
    if (actions.length > 0) this.#execute(actions);
    if (context === this.#context && next === this.#configuration) return false;
    this.#configuration = next;
    this.#isOver = isLast;
    return true;
  }

  /** Takes eventless transitions until none is enabled, or one changes nothing. */
  settle(): void {
    let isChanging = true;
    while (isChanging && !this.#isOver && this.#configuration.always.length > 0) {
      const enabled = this.#enabledAlways();
      const step = enabled.length > 0 ? this.#tables.step(this.#configuration, enabled) : undefined;
      if (!step) return;
      isChanging = this.take(step);
      this.#report(enabled);
    }
  }

  get raised(): EventObject[] {
    return (this.#raised ??= []);
  }

  get hasRaised(): boolean {
    return this.#raised !== undefined && this.#raised.length > 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  #isEnabled({ guard, transition }: PlannedTransition): boolean {
    if (guard === undefined) return true;
    const context = this.#context;
    const event = this.#event;
    if (guard === null)
      return evaluateGuard(transition.guard as never, context, event as never, this.snapshot as never);
    const args = { context, event };
    const { holds, params } = guard;
    return holds(args, typeof params === 'function' ? params(args) : params);
  }

  /** The transitions that an event takes: one, or one of each region that has one. */
  #choose({ inner, own }: Choice): readonly AnyTransitionDefinition[] {
    let chosen = NONE;
    for (const region of inner) {
      const found = this.#choose(region);
      chosen = chosen.length === 0 ? found : [...chosen, ...found];
    }
    if (chosen.length > 0) return chosen;
    for (const candidate of own) if (this.#isEnabled(candidate)) return candidate.alone;
    return NONE;
  }

  /** One of each innermost state; states around several of them have theirs but once. */
  #enabledAlways(): readonly AnyTransitionDefinition[] {
    let enabled = NONE;
    for (const candidates of this.#configuration.always) {
      for (const candidate of candidates) {
        if (!this.#isEnabled(candidate)) continue;
        if (enabled.length === 0) enabled = candidate.alone;
        else if (!enabled.includes(candidate.transition)) enabled = [...enabled, candidate.transition];
        break;
      }
    }
    return enabled;
  }

  #execute(actions: readonly PlannedAction[]): void {
    const { self, system } = this.#scope;
    const event = this.#event;
    let context = this.#context;
    // A copy that nothing but assignments has seen may be assigned to again.
    let isOwn = false;
    let info: Info | undefined;
    for (const action of actions) {
      const { kind, params: written, run } = action;
      const params = typeof written === 'function' ? written({ context, event }) : written;
      info ??= { context, event, self, system, spawn: refuseSpawn };
      if (kind === 'assign') {
        const update = (run as (args: Info, params: unknown) => object)(info, params);
        // A copy by spreading keeps the form of the context, into which the update fits.
        context = Object.assign(isOwn ? context : { ...context }, update);
        isOwn = true;
        info = undefined;
        continue;
      }
      isOwn = false;
      if (kind === 'effect') this.#act(action.type, info, params, run as Effect | undefined);
      else this.#build(action, info, params);
    }
    this.#context = context;
  }

  #act(type: string, info: object, params: unknown, exec: Effect | undefined): void {
    if (this.#isByXState) this.#scope.actionExecutor({ type, info, params, exec });
    else exec?.(info, params);
  }

  #build({ type, run, timer }: PlannedAction, info: Info, params: unknown): void {
    if (timer && !this.#isByXState) return this.#setTimer(timer, info, params);
    const scope = this.#scope;
    const builtin = run as Builtin;
    const extra = { internalQueue: this.raised };
    const [, resolved] = builtin.resolve(scope, this.#snapshot, info, params, builtin, extra);
    if (this.#isByXState) return this.#act(type, info, resolved, () => builtin.execute(scope, resolved));
    const { event, delay, id } = resolved as Raised;
    if (type !== 'xstate.raise') builtin.execute(scope, resolved);
    else if (typeof delay === 'number')
      scope.system.scheduler.schedule(scope.self, scope.self, event, delay, id);
  }

  /** As XState would a moment later. A delay that is no number is none. */
  #setTimer({ id, event, delay }: PlannedTimer, info: Info, params: unknown): void {
    const { self, system } = this.#scope;
    if (!event) return system.scheduler.cancel(self, id);
    const delayMs: unknown = typeof delay === 'function' ? delay(info, params) : delay;
    if (typeof delayMs === 'number') system.scheduler.schedule(self, self, event, delayMs, id);
    else this.raised.push(event);
  }

  #report(transitions: readonly AnyTransitionDefinition[]): void {
    if (!this.#isByXState) return;
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
    while (run.hasRaised && !run.isOver) {
      const event = run.raised.shift() as EventObject;
      if (!run.process(event))
        return run.raised.reduce(
          (next, raised) => transition(next, raised, scope),
          byXState(run.snapshot, event, scope),
        );
    }
    return run.snapshot;
  };

  const transition: Transition = (snapshot, event, scope) => {
    // An actor of a covered chart has no children that would have to be stopped.
    if (event.type === STOP && !isObserved(scope.system))
      return { ...snapshot, status: 'stopped' } as Snapshot;
    if (snapshot.status !== 'active' || isForXState(event)) return byXState(snapshot, event, scope);
    const configuration = tables.configurationOf(snapshot._nodes);
    const run = new Run(tables, scope, event, { snapshot, configuration });
    return run.process(event) ? withRaised(run, scope) : byXState(snapshot, event, scope);
  };

  const getInitialSnapshot = (scope: Scope, input: unknown): Snapshot => {
    const event = { type: 'xstate.init', input };
    let snapshot: Snapshot = { ...template, children: {} };
    try {
      const context =
        typeof firstContext === 'function'
          ? (firstContext({ spawn: refuseSpawn, input, self: scope.self }) as object)
          : firstContext;
      snapshot = { ...snapshot, context };
      const beginning = { snapshot, configuration: initial.next, isInitial: true };
      const run = new Run(tables, scope, event, beginning);
      run.take(initial);
      run.settle();
      return withRaised(run, scope);
    } catch (error) {
      return { ...snapshot, status: 'error', error } as never;
    }
  };

  return Object.assign(machine, { transition, getInitialSnapshot });
};
