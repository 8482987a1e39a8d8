/**
 * What a DaemonSet should do about the nodes and pods that are there. Pure; the chart (machines/daemonSet.ts) chooses by
 * the answer, the wiring carries it out.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#syncDaemonSet, #manage (v1.36)
 */
import type { DaemonObservation } from '../../../machines/daemonSetSetup.js';
import { isPodAvailable, isPodReady, nextAvailabilityMs } from '../pods.js';
import { REVISION_HASH } from './pods.js';
import { countOutdated, placePods, type EndedPod, type ObservedDaemons } from './placement.js';
import { isUnrecorded, surplusRevisions, type History } from './revisions.js';
import { allowsSurge, isRolling, nextStep } from './rollingUpdate.js';

export interface Observed extends ObservedDaemons {
  readonly history: History;
  /** Pods and revisions to adopt or to release. */
  readonly toClaim: number;
  readonly selectsEverything: boolean;
}

/** The observation for the chart, and what of it has an event. */
export interface Reconciled {
  readonly seen: DaemonObservation;
  readonly failed: readonly EndedPod[];
  readonly succeeded: readonly EndedPod[];
}

/** Key of a node in the back-off: a DaemonSet whose change has been observed starts afresh (DS-25). */
export const backOffKey = ({ daemonSet }: Pick<Observed, 'daemonSet'>, node: string): string =>
  `${daemonSet.status.observedGeneration ?? 0}/${node}`;

const nameOf = ({ metadata }: { readonly metadata: { readonly name: string } }): string => metadata.name;

const nothing = (observed: Observed): DaemonObservation => ({
  at: observed.nowMs,
  selectsEverything: observed.selectsEverything,
  isBeingDeleted: observed.daemonSet.metadata.deletionTimestamp !== undefined,
  toClaim: observed.toClaim,
  revisionIsUnrecorded: isUnrecorded(observed.history),
  vacant: [],
  unwanted: [],
  failed: [],
  failedPodBackOffMs: undefined,
  isOnDelete: !isRolling(observed.daemonSet),
  outdated: 0,
  surges: [],
  replaceable: [],
  surplusRevisions: [],
  availableInMs: undefined,
});

/** One look at nodes and pods. What cannot matter yet (claims and revision come first) is not looked at. */
export const reconcile = (observed: Observed): Reconciled => {
  const first = nothing(observed);
  if (first.isBeingDeleted || first.selectsEverything || first.toClaim > 0 || first.revisionIsUnrecorded)
    return { seen: first, failed: [], succeeded: [] };
  const { daemonSet } = observed;
  const { vacant, unwanted, failed, succeeded, delaysMs } = placePods(observed, allowsSurge(daemonSet));
  const outdated = countOutdated(observed);
  const step = outdated > 0 && isRolling(daemonSet) ? nextStep(observed) : undefined;
  const seen: DaemonObservation = {
    ...first,
    vacant,
    unwanted: unwanted.map(nameOf),
    failed: failed.map(({ node }) => backOffKey(observed, node)),
    failedPodBackOffMs: delaysMs.length > 0 ? Math.min(...delaysMs) : undefined,
    outdated,
    surges: step?.surges ?? [],
    replaceable: step?.replaceable.map(nameOf) ?? [],
    surplusRevisions: surplusOf(observed),
    availableInMs: availableInMs(observed),
  };
  return { seen, failed, succeeded };
};

const surplusOf = ({ daemonSet, history, pods }: Observed): readonly string[] => {
  if (history.old.length <= (daemonSet.spec.revisionHistoryLimit ?? 10)) return [];
  const hashes = new Set(pods.map(({ metadata }) => metadata.labels?.[REVISION_HASH] ?? ''));
  return surplusRevisions(daemonSet, history, hashes).map(nameOf);
};

/** When to look again because a ready pod becomes available; undefined when none is waiting. */
const availableInMs = ({ daemonSet, pods, nowMs }: Observed): number | undefined => {
  const { minReadySeconds = 0 } = daemonSet.spec;
  if (minReadySeconds === 0) return undefined;
  const isWaiting = pods.some((pod) => isPodReady(pod) && !isPodAvailable(pod, minReadySeconds, nowMs));
  return isWaiting ? nextAvailabilityMs(pods, minReadySeconds, nowMs, nowMs) : undefined;
};
