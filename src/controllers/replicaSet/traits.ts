/**
 * What tells a ReplicaSet from another kind that keeps a number of equal pods. A ReplicationController is the same
 * controller with other traits (RS-32).
 */
import { bindEffects } from '../../actor/index.js';
import {
  labelSelectorMatcher,
  type LabelMatcher,
  type ReplicaSet,
  type ReplicationController,
} from '../../api/index.js';
import { replicaSetEffects, replicaSetMachine } from '../../../machines/replicaSet.js';

/** An object that keeps a number of equal pods. */
export type Replicated = ReplicaSet | ReplicationController;

export interface ReplicaTraits {
  readonly kind: 'ReplicaSet' | 'ReplicationController';
  readonly machine: typeof replicaSetMachine;
  /** Where its actors live. */
  readonly path: string;
  /** Source of its events. */
  readonly component: string;
  /** `status.terminatingReplicas` is kept (RS-23). */
  readonly countsTerminating: boolean;
  /** Which pods are its own; one that matches everything is never acted upon (RS-10). */
  matcherOf(owner: Replicated): LabelMatcher;
}

export const REPLICA_SET: ReplicaTraits = {
  kind: 'ReplicaSet',
  machine: bindEffects(replicaSetMachine, replicaSetEffects),
  path: 'replicaSet',
  component: 'replicaset-controller',
  countsTerminating: true,
  matcherOf: ({ spec }) => labelSelectorMatcher((spec as ReplicaSet['spec']).selector),
};
