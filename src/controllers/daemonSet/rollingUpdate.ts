/**
 * The next step of a rolling update: which old pods go, and which nodes get a new pod beside the old one. Pure.
 *
 * Models: pkg/controller/daemon/update.go#rollingUpdate, #updatedDesiredNodeCounts (v1.36)
 */
import type { DaemonSet, Pod } from '../../api/index.js';
import { isPodAvailable } from '../pods.js';
import { isTerminating, isUpdated } from './pods.js';
import type { ObservedDaemons } from './placement.js';

/** How many nodes may be without an available pod, or have two, of how many. */
export interface Budget {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly desired: number;
}

/** A number, or a percentage of all, rounded up (DS-30). */
const amountOf = (value: number | string | undefined, total: number): number => {
  if (typeof value !== 'string') return value ?? 0;
  return Math.ceil((Number.parseInt(value, 10) * total) / 100);
};

export const isRolling = ({ spec }: DaemonSet): boolean => spec.updateStrategy.type === 'RollingUpdate';

/** Whether the update puts new pods beside old ones. */
export const allowsSurge = (daemonSet: DaemonSet): boolean =>
  isRolling(daemonSet) && amountOf(daemonSet.spec.updateStrategy.rollingUpdate?.maxSurge, 100) > 0;

/** DS-30. One node may be unavailable when nothing else is allowed. */
export const budgetOf = ({ daemonSet, nodes, eligibility }: ObservedDaemons): Budget => {
  const desired = nodes.reduce((count, node) => count + (eligibility(node).shouldRun ? 1 : 0), 0);
  const { rollingUpdate } = daemonSet.spec.updateStrategy;
  const maxSurge = isRolling(daemonSet) ? amountOf(rollingUpdate?.maxSurge, desired) : 0;
  const maxUnavailable = isRolling(daemonSet) ? amountOf(rollingUpdate?.maxUnavailable, desired) : 0;
  const isStuck = desired > 0 && maxSurge === 0 && maxUnavailable === 0;
  return { maxSurge, maxUnavailable: isStuck ? 1 : maxUnavailable, desired };
};

export interface UpdateStep {
  /** Names of nodes that get a new pod beside the old one. */
  readonly surges: readonly string[];
  readonly replaceable: readonly Pod[];
}

/** The one new and the one old pod of a node; undefined when there are several of either (DS-31). */
interface NodePods {
  readonly fresh: Pod | undefined;
  readonly old: Pod | undefined;
}

const podsOfNode = ({ daemonSet, hash }: ObservedDaemons, pods: readonly Pod[]): NodePods | undefined => {
  let fresh: Pod | undefined;
  let old: Pod | undefined;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    if (isUpdated(pod, daemonSet, hash)) {
      if (fresh) return undefined;
      fresh = pod;
    } else {
      if (old) return undefined;
      old = pod;
    }
  }
  return { fresh, old };
};

const availabilityAt =
  ({ daemonSet, nowMs }: ObservedDaemons) =>
  (pod: Pod): boolean =>
    isPodAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, nowMs);

export const nextStep = (observed: ObservedDaemons): UpdateStep => {
  const budget = budgetOf(observed);
  return budget.maxSurge > 0 ? nextSurge(observed, budget) : nextReplacement(observed, budget);
};

/**
 * DS-32: old pods that are not available go at once, others while fewer than maxUnavailable nodes lack an available
 * pod.
 */
const nextReplacement = (observed: ObservedDaemons, { maxUnavailable }: Budget): UpdateStep => {
  const isAvailable = availabilityAt(observed);
  const replaceable: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const pods of podLists(observed)) {
    const found = podsOfNode(observed, pods);
    const isAlone = found !== undefined && (found.fresh === undefined) !== (found.old === undefined);
    if (!isAlone) unavailable += 1;
    else if (found.fresh) unavailable += isAvailable(found.fresh) ? 0 : 1;
    else if (found.old && isAvailable(found.old)) candidates.push(found.old);
    else if (found.old) {
      unavailable += 1;
      replaceable.push(found.old);
    }
  }
  replaceable.push(...candidates.slice(0, Math.max(0, maxUnavailable - unavailable)));
  return { surges: [], replaceable };
};

/** DS-33: new pods beside available old ones while fewer than maxSurge nodes wait for theirs; then the old ones go. */
const nextSurge = (observed: ObservedDaemons, { maxSurge, desired }: Budget): UpdateStep => {
  const isAvailable = availabilityAt(observed);
  const surges: string[] = [];
  const replaceable: Pod[] = [];
  const candidates: string[] = [];
  const misplaced: Pod[] = [];
  let surging = 0;
  let available = 0;
  for (const [node, pods, shouldRun] of podsOfNodes(observed)) {
    const found = podsOfNode(observed, pods);
    if (!found) {
      surging += 1;
      continue;
    }
    const { fresh, old } = found;
    if ((fresh && isAvailable(fresh)) || (old && isAvailable(old))) available += 1;
    if (!old) continue;
    if (fresh) {
      if (isAvailable(fresh)) replaceable.push(old);
      else surging += 1;
    } else if (isAvailable(old)) {
      if (shouldRun) candidates.push(node);
      else misplaced.push(old);
    } else if (shouldRun) surges.push(node);
    else replaceable.push(old);
  }
  surges.push(...candidates.slice(0, Math.max(0, maxSurge - surging)));
  replaceable.push(...misplaced.slice(0, Math.max(0, available - desired)));
  return { surges, replaceable };
};

/** The pods of each node that has some or should have one. */
function* podsOfNodes({
  nodes,
  eligibility,
  byNode,
}: ObservedDaemons): Generator<readonly [node: string, pods: readonly Pod[], shouldRun: boolean]> {
  const should = new Set<string>();
  for (const node of nodes) {
    const { shouldRun } = eligibility(node);
    const { name } = node.metadata;
    if (!shouldRun) continue;
    should.add(name);
    yield [name, byNode.get(name) ?? [], true];
  }
  for (const [name, pods] of byNode) if (!should.has(name)) yield [name, pods, false];
}

function* podLists(observed: ObservedDaemons): Generator<readonly Pod[]> {
  for (const [, pods] of podsOfNodes(observed)) yield pods;
}
