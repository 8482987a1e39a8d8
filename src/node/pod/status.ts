/**
 * The status of a pod as its node reports it, from the statuses of its containers. Pure.
 *
 * Models: pkg/kubelet/kubelet_pods.go generateAPIPodStatus, status/status_manager.go mergePodStatus, TerminatePod
 * (v1.36; spec node.md 1.3, 1.4, 2.2).
 */
import {
  computePhase,
  formatTime,
  isTerminalPhase,
  podConditions,
  sortedByName,
  stickyPhase,
  type ContainerStatus,
  type ContainerStatuses,
  type Pod,
  type PodPhase,
  type PodStatus,
  type Writable,
} from '../../api/index.js';
import { withLostEnds } from './lostEnds.js';

export interface ObservedPod {
  readonly pod: Pod;
  /** In the order of the spec. */
  readonly containerStatuses: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[] | undefined;
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[] | undefined;
  /** Everything has stopped and nothing will be started. */
  readonly isTerminal: boolean;
  /** A regular container was created in the present sandbox. */
  readonly hasInitialized: boolean;
  /** All containers are being stopped to begin anew. */
  readonly isRestartingAll?: boolean | undefined;
  /** Why the node refused the pod; absent: it did not. */
  readonly rejection?: Verdict | undefined;
  /** Why the node ended the pod; absent: it did not. */
  readonly eviction?: (Verdict & { readonly isDisruption?: boolean | undefined }) | undefined;
  /** The phase that was written last. */
  readonly writtenPhase?: string | undefined;
  /** Empty while there is none. */
  readonly ip: string;
  readonly hostIp: string;
  readonly hasSandbox: boolean;
  /** ms since the epoch; absent before the node took the pod. */
  readonly startTimeMs: number | undefined;
  readonly nowMs: number;
}
interface Verdict {
  readonly reason: string;
  readonly message: string;
}

const rejectedStatus = ({ pod, rejection, startTimeMs, nowMs }: ObservedPod): PodStatus => ({
  phase: 'Failed',
  reason: rejection?.reason ?? '',
  message: `Pod was rejected: ${rejection?.message}`,
  startTime: pod.status.startTime ?? formatTime(startTimeMs ?? nowMs),
  ...(pod.status.qosClass ? { qosClass: pod.status.qosClass } : {}),
  ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
});

/** What is said of the containers, and the phase that follows; of a pod that is over nothing stays open. */
const containersOf = (observed: ObservedPod): ContainerStatuses & { readonly phase: PodPhase } => {
  const { pod, isTerminal, hasInitialized } = observed;
  const statuses: ContainerStatuses = observed.initContainerStatuses
    ? {
        containerStatuses: sortedByName(observed.containerStatuses),
        initContainerStatuses: observed.initContainerStatuses,
      }
    : { containerStatuses: sortedByName(observed.containerStatuses) };
  const options = { podIsTerminal: isTerminal, podHasInitialized: hasInitialized };
  const phase = computePhase(pod.spec, statuses, options);
  if (!isTerminal) return { ...statuses, phase };
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  return { ...withLostEnds(pod.spec, statuses), phase: isOver ? phase : 'Failed' };
};

export const podStatus = (observed: ObservedPod): PodStatus => {
  const { pod, isTerminal, eviction, ip, hostIp, hasSandbox, startTimeMs, nowMs } = observed;
  if (observed.rejection) return rejectedStatus(observed);
  const { containerStatuses, initContainerStatuses, phase: computed } = containersOf(observed);
  const decided = isTerminal && eviction ? 'Failed' : computed;
  const phase = stickyPhase(decided, { stored: pod.status.phase });
  // A terminal phase is held back while something of the pod may still run.
  const isHeldBack = isTerminalPhase(phase) && !isTerminal;
  const pushed = isHeldBack ? ((observed.writtenPhase ?? 'Pending') as PodPhase) : phase;
  const startTime = pod.status.startTime ?? (startTimeMs === undefined ? undefined : formatTime(startTimeMs));
  const { ephemeralContainerStatuses } = observed;
  // Field by field, in the order of the API: spreads of what may be absent cost more than the rest of a status.
  const status: Partial<Writable<PodStatus>> = {};
  if (pod.metadata.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  status.phase = pushed;
  status.conditions = podConditions({
    pod,
    phase: pushed,
    containerStatuses,
    initContainerStatuses,
    readyToStartContainers: hasSandbox,
    restartingAllContainers: observed.isRestartingAll,
    disruption: isTerminal && eviction?.isDisruption === true ? eviction.message : undefined,
    nowMs,
  });
  if (isTerminal && eviction) {
    status.message = eviction.message;
    status.reason = eviction.reason;
  }
  status.hostIP = hostIp;
  status.hostIPs = [{ ip: hostIp }];
  if (ip) {
    status.podIP = ip;
    status.podIPs = [{ ip }];
  }
  if (startTime) status.startTime = startTime;
  if (initContainerStatuses) status.initContainerStatuses = initContainerStatuses;
  status.containerStatuses = containerStatuses;
  if (pod.status.qosClass) status.qosClass = pod.status.qosClass;
  if (ephemeralContainerStatuses)
    status.ephemeralContainerStatuses = sortedByName(ephemeralContainerStatuses);
  return status as PodStatus;
};
