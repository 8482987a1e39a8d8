/** Which objects a controller looks at: what upstream's tests read off its work queue. */
import type { Plane } from './plane.js';

/** The names of the objects whose actors are sent `event` while `during` runs, sorted, each once. */
export const syncsOf = (p: Plane, event: string, during: () => void): readonly string[] => {
  const names = new Set<string>();
  const subscription = p.host.inspect((inspected) => {
    if (inspected.type === '@xstate.event' && inspected.event.type === event)
      names.add(p.host.pathOf(inspected.actorRef).split('/').at(-2) ?? '');
  });
  during();
  p.settle();
  subscription.unsubscribe();
  return [...names].sort();
};
