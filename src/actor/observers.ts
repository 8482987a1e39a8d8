/**
 * Whether anybody watches an XState system: where nobody does, nobody needs to be told of steps and actions. A system
 * that is not counted passes for observed.
 */
import type { InspectionEvent, Observer, Subscription } from 'xstate';

/** An actor system, by the one method of it that is replaced. */
export interface ObservableSystem {
  inspect(observer: Observer<InspectionEvent> | ((event: InspectionEvent) => void)): Subscription;
}

/** On the system itself: asked for at every event. */
const COUNT = Symbol('observers');
type Counted = { [COUNT]?: number };

/** Counts those who inspect a system from now on; to be called before anybody does. Replaces its `inspect`. */
export const countObservers = (system: ObservableSystem): void => {
  const inspect = system.inspect.bind(system);
  const counted = system as Counted;
  counted[COUNT] = 0;
  const count = (by: 1 | -1): void => {
    counted[COUNT] = (counted[COUNT] ?? 0) + by;
  };
  system.inspect = (observer) => {
    const subscription = inspect(observer);
    let isOver = false;
    count(1);
    return {
      unsubscribe: () => {
        if (isOver) return;
        isOver = true;
        count(-1);
        subscription.unsubscribe();
      },
    };
  };
};

export const isObserved = (system: object): boolean => (system as Counted)[COUNT] !== 0;
