/**
 * The status of a DaemonSet. Pure.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#updateDaemonSetStatus, #storeDaemonSetStatus (v1.36)
 */
import type { DaemonSetStatus } from '../../api/index.js';
import { isPodAvailable, isPodReady } from '../pods.js';
import { isUpdated, oldestFirst } from './pods.js';
import type { ObservedDaemons } from './placement.js';

/** The status as of now (DS-50 to DS-54), or undefined when there is nothing to write (DS-55). */
export const statusAfter = (
  observed: ObservedDaemons,
  current: DaemonSetStatus,
  observesGeneration: boolean,
): DaemonSetStatus | undefined => {
  const counts = countNodes(observed);
  const { generation = 0 } = observed.daemonSet.metadata;
  const isSame =
    counts.desired === current.desiredNumberScheduled &&
    counts.current === current.currentNumberScheduled &&
    counts.misscheduled === current.numberMisscheduled &&
    counts.ready === current.numberReady &&
    counts.updated === (current.updatedNumberScheduled ?? 0) &&
    counts.available === (current.numberAvailable ?? 0) &&
    counts.desired - counts.available === (current.numberUnavailable ?? 0) &&
    (current.observedGeneration ?? 0) >= generation;
  if (isSame) return undefined;
  const {
    observedGeneration: before,
    updatedNumberScheduled: _updated,
    numberAvailable: _available,
    numberUnavailable: _unavailable,
    ...kept
  } = current;
  const observedGeneration = observesGeneration ? generation : before;
  const unavailable = counts.desired - counts.available;
  return {
    ...kept,
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    ...(observedGeneration !== undefined && { observedGeneration }),
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  };
};

interface Counts {
  desired: number;
  current: number;
  misscheduled: number;
  ready: number;
  updated: number;
  available: number;
}

/** Of several pods on a node only the first counts (DS-53). */
const countNodes = ({ daemonSet, nodes, eligibility, byNode, hash, nowMs }: ObservedDaemons): Counts => {
  const counts: Counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  for (const node of nodes) {
    const pods = byNode.get(node.metadata.name);
    if (!eligibility(node).shouldRun) {
      if (pods) counts.misscheduled += 1;
      continue;
    }
    counts.desired += 1;
    const pod = pods && oldestFirst(pods)[0];
    if (!pod) continue;
    counts.current += 1;
    if (isUpdated(pod, daemonSet, hash)) counts.updated += 1;
    if (!isPodReady(pod)) continue;
    counts.ready += 1;
    if (isPodAvailable(pod, minReadySeconds, nowMs)) counts.available += 1;
  }
  return counts;
};
