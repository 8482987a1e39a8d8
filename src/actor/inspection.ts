/**
 * What XState tells about actors: of the host's own system, and of adopted systems of a single actor each. Events are
 * XState's own; only those about the host's root, which is no actor of the cluster, are left out.
 */
import type { ActorRefLike, AnyActorRef, InspectionEvent } from 'xstate';
import { countObservers } from './observers.js';

type Observer = (event: InspectionEvent) => void;
type Parented = ActorRefLike & { readonly id: string; readonly _parent?: Parented };

export interface Inspection {
  inspect(observer: Observer): { unsubscribe(): void };
  adopt<A extends AnyActorRef>(actor: A): A;
  pathOf(actor: ActorRefLike): string;
}

/** @param hosted the actors that live at the moment. */
export const createInspection = (root: AnyActorRef, hosted: () => Iterable<AnyActorRef>): Inspection => {
  const adopted = new Set<AnyActorRef>();
  const observers = new Map<Observer, Set<{ unsubscribe(): void }>>();

  const introduce = (observer: Observer, actorRef: AnyActorRef): void => {
    const rootId = actorRef.sessionId;
    observer({ type: '@xstate.actor', actorRef, rootId });
    observer({
      type: '@xstate.snapshot',
      actorRef,
      rootId,
      event: { type: 'xstate.init' },
      snapshot: actorRef.getSnapshot(),
    });
  };

  return {
    inspect: (observer) => {
      const publish: Observer = (event) => {
        if (event.actorRef !== root) observer(event);
      };
      const subscriptions = new Set<{ unsubscribe(): void }>();
      for (const actor of [...hosted(), ...adopted]) introduce(publish, actor);
      for (const actor of [root, ...adopted]) subscriptions.add(actor.system.inspect(publish));
      observers.set(publish, subscriptions);
      return {
        unsubscribe: () => {
          observers.delete(publish);
          for (const subscription of subscriptions) subscription.unsubscribe();
        },
      };
    },
    adopt: (actor) => {
      countObservers(actor.system);
      adopted.add(actor);
      const subscribed = [...observers].map(([observer, subscriptions]) => {
        introduce(observer, actor);
        const subscription = actor.system.inspect(observer);
        subscriptions.add(subscription);
        return () => subscriptions.delete(subscription);
      });
      const forget = (): void => {
        adopted.delete(actor);
        for (const drop of subscribed) drop();
      };
      // An observer without `error` would make XState report the error as unhandled.
      actor.subscribe({ complete: forget, error: forget });
      return actor;
    },
    pathOf: createPaths(root),
  };
};

/** Children that were spawned without an id have their session id for one: they are numbered instead. */
const createPaths = (root: AnyActorRef): ((actor: ActorRefLike) => string) => {
  const numbers = new WeakMap<Parented, string>();
  const counts = new WeakMap<Parented, number>();
  const numberOf = (actor: Parented, parent: Parented): string => {
    const known = numbers.get(actor);
    if (known !== undefined) return known;
    const count = (counts.get(parent) ?? 0) + 1;
    counts.set(parent, count);
    numbers.set(actor, String(count));
    return String(count);
  };
  const pathOf = (actor: Parented): string => {
    const parent = actor._parent;
    if (parent === undefined || parent === (root as unknown)) return actor.id;
    return `${pathOf(parent)}/${actor.id === actor.sessionId ? numberOf(actor, parent) : actor.id}`;
  };
  return (actor) => pathOf(actor as Parented);
};
