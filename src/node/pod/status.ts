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
  type Pod,
  type PodStatus,
} from '../api/index.js';

export interface ObservedPod {
  readonly pod: Pod;
  /** In the order of the spec. */
  readonly containerStatuses: readonly ContainerStatus[];
  /** Everything has stopped and nothing will be started. */
  readonly isTerminal: boolean;
  /** Why the node refused the pod; absent: it did not. */
  readonly rejection?: { readonly reason: string; readonly message: string } | undefined;
  /** Empty while there is none. */
  readonly ip: string;
  readonly hostIp: string;
  readonly hasSandbox: boolean;
  /** ms since the epoch; absent before the node took the pod. */
  readonly startTimeMs: number | undefined;
  readonly nowMs: number;
}

/** Source: status_manager.go TerminatePod. */
const LOST_MESSAGE = 'The container could not be located when the pod was terminated';

/** A container of an ended pod that never ran, or whose end nobody saw. */
const withLostEnd = (status: ContainerStatus): ContainerStatus =>
  status.state?.terminated
    ? status
    : {
        ...status,
        state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_MESSAGE } },
        ready: false,
        started: false,
      };

const rejectedStatus = ({ pod, rejection, startTimeMs, nowMs }: ObservedPod): PodStatus => ({
  phase: 'Failed',
  reason: rejection?.reason ?? '',
  message: `Pod was rejected: ${rejection?.message}`,
  startTime: pod.status.startTime ?? formatTime(startTimeMs ?? nowMs),
  ...(pod.status.qosClass ? { qosClass: pod.status.qosClass } : {}),
  ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
});

export const podStatus = (observed: ObservedPod): PodStatus => {
  const { pod, isTerminal, ip, hostIp, hasSandbox, startTimeMs, nowMs } = observed;
  if (observed.rejection) return rejectedStatus(observed);
  const listed = isTerminal ? observed.containerStatuses.map(withLostEnd) : observed.containerStatuses;
  const containerStatuses = sortedByName(listed);
  const hasStarted = listed.some(({ state }) => state?.running ?? state?.terminated);
  const computed = computePhase(
    pod.spec,
    { containerStatuses },
    { podIsTerminal: isTerminal, podHasInitialized: hasStarted },
  );
  const phase = stickyPhase(computed, { stored: pod.status.phase });
  // A terminal phase is held back while something of the pod may still run.
  const pushed = isTerminalPhase(phase) && !isTerminal ? 'Running' : phase;
  const startTime = pod.status.startTime ?? (startTimeMs === undefined ? undefined : formatTime(startTimeMs));
  return {
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    phase: pushed,
    conditions: podConditions({
      pod,
      phase: pushed,
      containerStatuses,
      readyToStartContainers: hasSandbox,
      nowMs,
    }),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
    ...(startTime ? { startTime } : {}),
    containerStatuses,
    ...(pod.status.qosClass ? { qosClass: pod.status.qosClass } : {}),
  };
};
