/**
 * Which pods a DaemonSet must place, and which must go, whatever their template. Pure.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#podsShouldBeOnNode, #getUnscheduledPodsWithoutNode (v1.36)
 */
import type { DaemonSet, Node, Pod } from '../../api/index.js';
import { isPodAvailable, isPodReady } from '../pods.js';
import type { Eligibility } from './nodes.js';
import { isFailed, isTerminating, isUpdated, oldestFirst, REVISION_HASH, type PodsByNode } from './pods.js';

/** What is known of the nodes and pods of one DaemonSet. */
export interface ObservedDaemons {
  readonly daemonSet: DaemonSet;
  readonly nodes: readonly Node[];
  readonly eligibility: (node: Node) => Eligibility;
  /** All that belong to it. */
  readonly pods: readonly Pod[];
  readonly byNode: PodsByNode;
  /** Of the current template's revision. */
  readonly hash: string;
  readonly nowMs: number;
  /** Whether the last failed pod of a node was killed too short a time ago; and the delay after it. */
  readonly backOff: (node: string) => { readonly isBackingOff: boolean; readonly delayMs: number };
}

/** A pod that has ended, and where. */
export interface EndedPod {
  readonly pod: Pod;
  readonly node: string;
}

export interface Placement {
  /** Names of nodes that get a pod. */
  readonly vacant: readonly string[];
  readonly unwanted: readonly Pod[];
  /** Those of the unwanted that have failed, or succeeded. */
  readonly failed: readonly EndedPod[];
  readonly succeeded: readonly EndedPod[];
  /** Delays of failed pods that stay for now. */
  readonly delaysMs: readonly number[];
}

interface Draft {
  readonly vacant: string[];
  readonly unwanted: Pod[];
  readonly failed: EndedPod[];
  readonly succeeded: EndedPod[];
  readonly delaysMs: number[];
}

/** DS-22 to DS-24. */
export const placePods = (observed: ObservedDaemons, hasSurge: boolean): Placement => {
  const { nodes, byNode, eligibility } = observed;
  const draft: Draft = { vacant: [], unwanted: [], failed: [], succeeded: [], delaysMs: [] };
  const names = new Set<string>();
  for (const node of nodes) {
    const { name } = node.metadata;
    names.add(name);
    const { shouldRun, shouldContinue } = eligibility(node);
    const pods = byNode.get(name);
    if (pods === undefined) {
      if (shouldRun) draft.vacant.push(name);
    } else if (!shouldContinue) draft.unwanted.push(...pods.filter((pod) => !isTerminating(pod)));
    else {
      const running = withoutEnded(observed, name, pods, draft);
      if (hasSurge) keepOneOfEach(observed, name, running, shouldRun, draft);
      else if (running.length > 1) draft.unwanted.push(...oldestFirst(running).slice(1));
    }
  }
  for (const [node, pods] of byNode)
    if (!names.has(node)) draft.unwanted.push(...pods.filter((pod) => !pod.spec.nodeName));
  return draft;
};

/** Pods of a node that run or are about to; what has ended is to go, a failed one only now and then. */
const withoutEnded = (
  observed: ObservedDaemons,
  node: string,
  pods: readonly Pod[],
  draft: Draft,
): readonly Pod[] => {
  const running: Pod[] = [];
  let hasKilled = false;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    if (isFailed(pod)) {
      const { isBackingOff, delayMs } = observed.backOff(node);
      if (hasKilled || isBackingOff) {
        // The second failed pod of a node waits for what the first one has just set.
        draft.delaysMs.push(delayMs);
        continue;
      }
      hasKilled = true;
      draft.failed.push({ pod, node });
      draft.unwanted.push(pod);
    } else if (pod.status.phase === 'Succeeded') {
      draft.succeeded.push({ pod, node });
      draft.unwanted.push(pod);
    } else running.push(pod);
  }
  return running;
};

/** DS-23 with maxSurge: a node may hold one pod of each template, until the new one is available. */
const keepOneOfEach = (
  { daemonSet, hash, nowMs }: ObservedDaemons,
  node: string,
  running: readonly Pod[],
  shouldRun: boolean,
  draft: Draft,
): void => {
  if (running.length === 0) {
    if (shouldRun) draft.vacant.push(node);
    return;
  }
  if (running.length === 1) return;
  let oldestNew: Pod | undefined;
  let oldestOld: Pod | undefined;
  for (const pod of oldestFirst(running)) {
    if (pod.metadata.labels?.[REVISION_HASH] === hash) {
      if (oldestNew) draft.unwanted.push(pod);
      else oldestNew = pod;
    } else if (oldestOld) draft.unwanted.push(pod);
    else oldestOld = pod;
  }
  if (!oldestNew || !oldestOld) return;
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  if (!isPodReady(oldestOld) || isPodAvailable(oldestNew, minReadySeconds, nowMs))
    draft.unwanted.push(oldestOld);
};

/** Pods of an older template that are neither ended nor on their way out. */
export const countOutdated = ({ daemonSet, byNode, hash }: ObservedDaemons): number => {
  let outdated = 0;
  for (const pods of byNode.values())
    for (const pod of pods) if (!isTerminating(pod) && !isUpdated(pod, daemonSet, hash)) outdated += 1;
  return outdated;
};
