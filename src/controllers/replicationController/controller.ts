/**
 * Brings what the watches show to the actors of the ReplicationControllers: the ReplicaSet controller with other traits.
 *
 * Models: pkg/controller/replication/replication_controller.go, conversion.go (v1.36; RS-32)
 */
import { bindEffects } from '../../actor/index.js';
import { labelSelectorMatcher, type LabelMatcher, type ReplicationController } from '../../api/index.js';
import {
  replicationControllerEffects,
  replicationControllerMachine,
} from '../../../machines/replicationController.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { ReplicaSetController } from '../replicaSet/controller.js';
import type { ReplicaTraits } from '../replicaSet/traits.js';

/** By the selector's map, which is shared by all versions of an object that do not change it. */
const matchers = new WeakMap<object, LabelMatcher>();

/** An equality selector as a matcher. None selects nothing that would ever be acted upon. */
const equalityMatcher = (selector: Readonly<Record<string, string>> = {}): LabelMatcher => {
  let matcher = matchers.get(selector);
  if (!matcher) matchers.set(selector, (matcher = labelSelectorMatcher({ matchLabels: selector })));
  return matcher;
};

const REPLICATION_CONTROLLER: ReplicaTraits = {
  kind: 'ReplicationController',
  machine: bindEffects(replicationControllerMachine, replicationControllerEffects),
  path: 'replicationController',
  component: 'replication-controller',
  countsTerminating: false,
  matcherOf: ({ spec }) => equalityMatcher((spec as ReplicationController['spec']).selector),
};

export const createReplicationControllerController = (deps: ControllerDeps): Controller =>
  new ReplicaSetController(deps, REPLICATION_CONTROLLER);
