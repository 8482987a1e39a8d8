/**
 * Parts of a container's status that probes and the pod's shape decide: started, ready, and what is shown while nothing
 * has happened yet.
 *
 * Models: pkg/kubelet/prober/prober_manager.go#UpdatePodStatus, pkg/kubelet/kubelet_pods.go#convertToAPIContainerStatuses
 * (v1.36, gate ChangeContainerStatusOnKubeletRestart off, its default)
 */
import type { PodSpec } from '../schema/kinds/pod.js';
import type { Container } from '../schema/types/container.js';
import type { ContainerState, ContainerStatus } from '../schema/types/podStatus.js';

/** What a probe found last; undefined when it has not found anything yet. */
export type ProbeResult = 'Success' | 'Failure' | 'Unknown';

export interface ProbeFindings {
  readonly startup?: ProbeResult | undefined;
  readonly readiness?: ProbeResult | undefined;
}

type Probes = Pick<Container, 'startupProbe' | 'readinessProbe'>;

/** `started` of a regular container or sidecar: it runs, and its startup probe, if any, has succeeded. */
export const isContainerStarted = (
  container: Probes,
  state: ContainerState | undefined,
  findings: ProbeFindings,
): boolean => {
  if (state?.running === undefined) return false;
  if (findings.startup !== undefined) return findings.startup === 'Success';
  return container.startupProbe === undefined;
};

/** `ready` of a regular container or sidecar: it is started, and its readiness probe, if any, succeeds. */
export const isContainerReady = (
  container: Probes,
  state: ContainerState | undefined,
  findings: ProbeFindings,
): boolean => {
  if (!isContainerStarted(container, state, findings)) return false;
  return findings.readiness === 'Success' || container.readinessProbe === undefined;
};

/** `ready` of a regular init container: it has done its work. */
export const isInitContainerReady = (state: ContainerState | undefined): boolean =>
  state?.terminated?.exitCode === 0;

/** Why a container that was never created is waiting. */
export const initialWaitingReason = (
  pod: Pick<PodSpec, 'initContainers'>,
): 'PodInitializing' | 'ContainerCreating' =>
  (pod.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';

/** The status of a container before anything has happened to it. */
export const initialContainerStatus = (
  container: Pick<Container, 'name' | 'image'>,
  pod: Pick<PodSpec, 'initContainers'>,
): ContainerStatus => ({
  name: container.name,
  state: { waiting: { reason: initialWaitingReason(pod) } },
  lastState: {},
  ready: false,
  restartCount: 0,
  image: container.image ?? '',
  imageID: '',
  started: false,
});

/** Statuses as the API lists those of regular containers: sorted by name, bytewise. */
export const sortedByName = (statuses: readonly ContainerStatus[]): ContainerStatus[] =>
  [...statuses].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
