/**
 * Binds the effects of a chart. A machine only names what it wants done (`executeProbe`, `createPods`, …) with plain
 * params; each actor brings the object that does it. One provided machine serves all actors of a kind.
 */
import type { AnyActorRef, AnyEventObject, AnyStateMachine } from 'xstate';
import { precomputeSteps } from './steps.js';

/** What carries out the effects of one actor: a method per effect of its machine. */
export type Effects<C = never> = Readonly<Record<string, (params: never, context: C, event: never) => void>>;

type BoundEffect = (params: unknown, context: unknown, event: unknown) => void;

/** On the actor itself: a weak map of many thousands of actors is looked through whenever memory is reclaimed. */
const EFFECTS = Symbol('effects');
type WithEffects = { [EFFECTS]?: Record<string, BoundEffect> };

export const attachEffects = (actor: AnyActorRef, effects: object): void => {
  (actor as WithEffects)[EFFECTS] = effects as Record<string, BoundEffect>;
};

/**
 * The machine with the named actions carried out by the effects object of the actor that runs it. An effect is called
 * with the action's params, the context at that point of the transition, and the event. It must not send to its own
 * actor except through the host (which queues).
 *
 * @throws {TypeError} at the first use of an effect that the actor's object does not have.
 */
export const bindEffects = <M extends AnyStateMachine>(machine: M, names: readonly string[]): M => {
  const known = machine.implementations.actions as Record<string, unknown>;
  const actions: Record<
    string,
    (args: { self: AnyActorRef; context: unknown; event: AnyEventObject }, params: unknown) => void
  > = {};
  for (const name of names) {
    if (!(name in known)) throw new TypeError(`machine ${machine.id} has no action ${name}`);
    actions[name] = ({ self, context, event }, params) => {
      const effects = (self as WithEffects)[EFFECTS];
      if (!effects?.[name]) throw new TypeError(`actor ${self.id}: no effect ${name} is bound`);
      effects[name](params, context, event);
    };
  }
  return precomputeSteps(machine.provide({ actions: actions as never }) as M);
};
