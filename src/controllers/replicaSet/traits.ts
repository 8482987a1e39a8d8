/**
 * What tells a ReplicaSet from another kind that keeps a number of equal pods. A ReplicationController is the same
 * controller with other traits (RS-32).
 */
import { labelSelectorMatcher, type LabelMatcher, type ReplicaSet } from '../../api/index.js';

export interface ReplicaTraits {
  readonly kind: 'ReplicaSet';
  /** Where its actors live. */
  readonly path: string;
  /** Source of its events. */
  readonly component: string;
  /** Which pods are its own; one that matches everything is never acted upon (RS-10). */
  matcherOf(owner: ReplicaSet): LabelMatcher;
}

export const REPLICA_SET: ReplicaTraits = {
  kind: 'ReplicaSet',
  path: 'replicaSet',
  component: 'replicaset-controller',
  matcherOf: ({ spec }) => labelSelectorMatcher(spec.selector),
};
