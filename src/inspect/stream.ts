/**
 * What the actors of a cluster do, as a stream of plain events: by path and cluster time, without session ids, actor
 * references and wall time, so that two runs with one seed give the same stream.
 *
 * The filter is asked before anything is converted. XState's own events are handed out on request, for adapters that
 * want them.
 */
import type { ActorRefLike, AnyEventObject, InspectionEvent, StateValue } from 'xstate';
import { edgeOf, type ChartEdge, type Transition } from './edges.js';
import { pathMatcher } from './paths.js';
import { plain } from './plain.js';

interface About {
  /** `node/n1/pod/default/web-0/container/app/probe/liveness` */
  readonly path: string;
  /** Cluster time, ms since the epoch. */
  readonly at: number;
}

/** An actor begins; or it lived already when the observer came. */
export interface ActorInspected extends About {
  readonly type: 'actor';
  /** Id of its chart; absent for logic that is no chart. */
  readonly machine?: string;
}
/** It is sent an event. Delays arrive as `xstate.after.<delay>.<state>`. */
export interface EventInspected extends About {
  readonly type: 'event';
  readonly event: AnyEventObject;
}
/** It takes one step of a transition: an event or an eventless transition. */
export interface MicrostepInspected extends About {
  readonly type: 'microstep';
  /** Type of the event that set the step off. */
  readonly event: string;
  /** None: the chart has no transition for the event. */
  readonly transitions: readonly TakenTransition[];
  readonly state: StateValue | undefined;
}
export interface TakenTransition extends ChartEdge {
  /** Path of the state that the transition belongs to. */
  readonly from: readonly string[];
}
/** It carries out an effect, or sets or cancels a delay (`xstate.raise`, `xstate.cancel`). */
export interface ActionInspected extends About {
  readonly type: 'action';
  readonly action: { readonly type: string; readonly params?: unknown };
}
/** It has come to rest. */
export interface SnapshotInspected extends About {
  readonly type: 'snapshot';
  readonly event: string;
  readonly status: 'active' | 'done' | 'stopped' | 'error';
  /** State value of a chart. */
  readonly state: StateValue | undefined;
  /** On demand: what changed since the last snapshot of this actor; at first, all of it. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** When the status is `error`. */
  readonly error?: string;
}

export type InspectedEvent =
  | ActorInspected
  | EventInspected
  | MicrostepInspected
  | ActionInspected
  | SnapshotInspected;

/** Patterns of paths (see docs/guides/inspection.md), or a function that is asked about each event. */
export type InspectFilter = string | readonly string[] | ((path: string) => boolean);

export interface InspectOptions {
  readonly filter?: InspectFilter | undefined;
  /** Adds the changed context to snapshots. */
  readonly context?: boolean | undefined;
  readonly raw?: false | undefined;
}
export interface RawInspectOptions {
  readonly filter?: InspectFilter | undefined;
  /** XState's own inspection events, with references to live actors. */
  readonly raw: true;
}

/** A function, or, as XState takes them, an object with `next`: a `Subject`, an inspector. */
export type InspectObserver<Event> = ((event: Event) => void) | { readonly next: (event: Event) => void };

/** Overloads of `cluster.inspect`. The actors that live already are introduced first, at once. */
export interface Inspect {
  (observer: InspectObserver<InspectedEvent>, options?: InspectOptions): { unsubscribe(): void };
  (observer: InspectObserver<InspectionEvent>, options: RawInspectOptions): { unsubscribe(): void };
}

/** What hosts the actors: src/actor. */
export interface InspectedHost {
  readonly clock: { now(): number };
  inspect(observer: (event: InspectionEvent) => void): { unsubscribe(): void };
  pathOf(actor: ActorRefLike): string;
  readonly crashes$: { subscribe(next: (crash: Crash) => void): { unsubscribe(): void } };
}
interface Crash {
  readonly path: string;
  readonly error: unknown;
}

export function createInspect(host: InspectedHost): Inspect {
  const inspect = (
    observer: InspectObserver<never>,
    options: InspectOptions | RawInspectOptions = {},
  ): { unsubscribe(): void } => {
    const matches = matcherOf(options.filter);
    const receive = (typeof observer === 'function' ? observer : (event: never) => observer.next(event)) as (
      event: InspectedEvent | InspectionEvent,
    ) => void;
    if (options.raw === true) {
      return host.inspect((event) => void (matches(host.pathOf(event.actorRef)) && receive(event)));
    }
    const converter = new Converter(options.context === true);
    const crashes = host.crashes$.subscribe(({ path, error }) => {
      if (matches(path)) receive(converter.crashed(path, host.clock.now(), error));
    });
    const events = host.inspect((event) => {
      const path = host.pathOf(event.actorRef);
      if (!matches(path)) return;
      const converted = converter.convert(event, path, host.clock.now());
      if (converted !== undefined) receive(converted);
    });
    return {
      unsubscribe: () => {
        events.unsubscribe();
        crashes.unsubscribe();
      },
    };
  };
  return inspect as Inspect;
}

function matcherOf(filter: InspectFilter | undefined): (path: string) => boolean {
  if (filter === undefined) return () => true;
  if (typeof filter === 'function') return filter;
  return pathMatcher(typeof filter === 'string' ? [filter] : filter);
}

interface AnySnapshot {
  readonly status: SnapshotInspected['status'];
  readonly value?: StateValue;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

/** The form of one observer: it remembers what context it has told. */
class Converter {
  readonly #withContext: boolean;
  readonly #told = new WeakMap<ActorRefLike, Readonly<Record<string, unknown>>>();
  constructor(withContext: boolean) {
    this.#withContext = withContext;
  }

  convert(event: InspectionEvent, path: string, at: number): InspectedEvent | undefined {
    switch (event.type) {
      case '@xstate.actor': {
        const machine = machineIdOf(event.actorRef);
        return { type: 'actor', path, at, ...(machine === undefined ? {} : { machine }) };
      }
      case '@xstate.event':
        return { type: 'event', path, at, event: plain(event.event) as AnyEventObject };
      case '@xstate.microstep': {
        const transitions = (event._transitions as readonly Transition[]).map(takenTransition);
        const { value } = event.snapshot as AnySnapshot;
        return { type: 'microstep', path, at, event: event.event.type, transitions, state: value };
      }
      case '@xstate.action': {
        const { type, params } = event.action;
        return {
          type: 'action',
          path,
          at,
          action: params === undefined ? { type } : { type, params: plain(params) },
        };
      }
      case '@xstate.snapshot':
        return this.#snapshot(event.actorRef, event.snapshot as AnySnapshot, event.event.type, path, at);
      default:
        // `@xstate.transition` is announced by XState's types and sent by none of its actors.
        return undefined;
    }
  }

  crashed(path: string, at: number, error: unknown): SnapshotInspected {
    return {
      type: 'snapshot',
      path,
      at,
      event: 'xstate.error',
      status: 'error',
      state: undefined,
      error: String(error),
    };
  }

  #snapshot(
    actor: ActorRefLike,
    snapshot: AnySnapshot,
    event: string,
    path: string,
    at: number,
  ): SnapshotInspected {
    const { status, value, error } = snapshot;
    return {
      type: 'snapshot',
      path,
      at,
      event,
      status,
      state: value,
      ...(this.#withContext ? { context: this.#changed(actor, snapshot.context ?? {}) } : {}),
      ...(error === undefined ? {} : { error: String(error) }),
    };
  }

  #changed(actor: ActorRefLike, context: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const before = this.#told.get(actor) ?? {};
    this.#told.set(actor, context);
    if (before === context) return {};
    const changed = Object.entries(context).filter(
      ([key, value]) => !Object.is(before[key], value) || !(key in before),
    );
    return plain(Object.fromEntries(changed)) as Record<string, unknown>;
  }
}

function machineIdOf(actor: ActorRefLike): string | undefined {
  const { logic } = actor as { readonly logic?: { readonly root?: unknown; readonly id?: string } };
  return logic?.root === undefined ? undefined : logic.id;
}

/** Transitions are part of the chart, which all its actors share: each is put into words once. */
const known = new WeakMap<Transition, TakenTransition>();

function takenTransition(transition: Transition): TakenTransition {
  let taken = known.get(transition);
  if (taken === undefined) {
    taken = Object.freeze({ from: transition.source.path, ...edgeOf(transition) });
    known.set(transition, taken);
  }
  return taken;
}
