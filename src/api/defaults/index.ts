/** Defaults: what an object has that nobody wrote. */
import { resourceFor, type KindName, type KindOf } from '../kinds.js';
import { fillerOf } from './apply.js';

export { admitPod, admitPodChange, qosClass, type QosClass } from './pod.js';

/**
 * A decoded object with its defaults, those of the schema and those of its kind. Comes back as it is when it is
 * complete; otherwise copies share what did not change. What only admission adds (tolerations, priority) is
 * {@link admitPod}'s.
 */
export const applyDefaults = <K extends KindName>(kind: K, object: object): KindOf<K> => {
  const { schema, rules } = resourceFor(kind);
  const filled = fillerOf(schema)?.(object) ?? object;
  return (rules.defaults?.(filled as never) ?? filled) as KindOf<K>;
};
