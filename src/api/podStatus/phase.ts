/**
 * The phase of a pod, computed from its spec and the statuses of its containers.
 *
 * Ephemeral containers do not count; a sidecar's exit code never does.
 *
 * Models: pkg/kubelet/kubelet_pods.go#getPhase (v1.36)
 */
import type { PodSpec } from '../schema/kinds/pod.js';
import type { Container } from '../schema/types/container.js';
import type { ContainerState, ContainerStatus } from '../schema/types/podStatus.js';
import { containerShouldRestart, isSidecar, RESTARTING_ALL_CONTAINERS } from './restart.js';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** The statuses that the phase and the conditions are computed from. */
export interface ContainerStatuses {
  readonly containerStatuses?: readonly ContainerStatus[] | undefined;
  readonly initContainerStatuses?: readonly ContainerStatus[] | undefined;
}

export interface PhaseOptions {
  /** All containers are known to have stopped, and none will be started again. */
  readonly podIsTerminal?: boolean | undefined;
  /** A regular container exists in the pod's present sandbox. */
  readonly podHasInitialized?: boolean | undefined;
  /** The pod comes from the node itself, not from the API. */
  readonly isStatic?: boolean | undefined;
}

/** How many containers are in which situation. */
interface Counts {
  pendingInit: number;
  failedInitFinal: number;
  pendingSidecar: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  stoppedFinal: number;
  succeeded: number;
}

type Terminated = NonNullable<ContainerState['terminated']>;
type PhasePodSpec = Pick<PodSpec, 'containers' | 'initContainers' | 'restartPolicy'>;

/** The phase of a pod (node.md §1.3: the first rule that holds decides). */
export const computePhase = (
  spec: PhasePodSpec,
  statuses: ContainerStatuses,
  options: PhaseOptions = {},
): PodPhase => {
  const counts = countContainers(spec, statuses);
  if (counts.failedInitFinal > 0) return 'Failed';
  if (counts.pendingInit > 0) return 'Pending';
  if (counts.pendingSidecar > 0 && options.podHasInitialized !== true) return 'Pending';
  if (counts.waiting > 0 || counts.unknown > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  const allSucceeded = counts.stopped === counts.succeeded;
  const mayRestart = counts.stopped !== counts.stoppedFinal;
  const isOver = options.podIsTerminal === true && options.isStatic !== true;
  if (mayRestart && !isOver) return 'Running';
  return allSucceeded ? 'Succeeded' : 'Failed';
};

const countContainers = (spec: PhasePodSpec, statuses: ContainerStatuses): Counts => {
  const counts: Counts = {
    pendingInit: 0,
    failedInitFinal: 0,
    pendingSidecar: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    stoppedFinal: 0,
    succeeded: 0,
  };
  for (const container of spec.initContainers ?? []) {
    const status = statusOf(statuses.initContainerStatuses, container.name);
    if (isSidecar(container)) countSidecar(counts, status);
    else countInit(counts, container, spec, status);
  }
  for (const container of spec.containers) {
    countRegular(counts, container, spec, statusOf(statuses.containerStatuses, container.name));
  }
  return counts;
};

/** The status of a container by its name. */
export const statusOf = (
  statuses: readonly ContainerStatus[] | undefined,
  name: string,
): ContainerStatus | undefined => statuses?.find((status) => status.name === name);

const willRestart = (container: Container, spec: PhasePodSpec, { exitCode, reason }: Terminated): boolean =>
  reason === RESTARTING_ALL_CONTAINERS || containerShouldRestart(container, spec, exitCode);

const countInit = (
  counts: Counts,
  container: Container,
  spec: PhasePodSpec,
  status: ContainerStatus | undefined,
): void => {
  const { state, lastState } = status ?? {};
  const ended = state?.terminated ?? (state?.waiting === undefined ? undefined : lastState?.terminated);
  if (state?.running !== undefined || ended === undefined) counts.pendingInit++;
  else if (ended.exitCode !== 0 && !willRestart(container, spec, ended)) counts.failedInitFinal++;
};

const countSidecar = (counts: Counts, status: ContainerStatus | undefined): void => {
  const { state, lastState, started } = status ?? {};
  if (status === undefined) counts.unknown++;
  else if (state?.running !== undefined) {
    counts.running++;
    if (started !== true) counts.pendingSidecar++;
  } else if (state?.terminated !== undefined) {
    // A sidecar that ended, well or not, says nothing about the pod.
  } else if (state?.waiting !== undefined) {
    if (lastState?.terminated !== undefined) return;
    counts.pendingSidecar++;
    counts.waiting++;
  } else {
    counts.pendingSidecar++;
    counts.unknown++;
  }
};

const countRegular = (
  counts: Counts,
  container: Container,
  spec: PhasePodSpec,
  status: ContainerStatus | undefined,
): void => {
  const { state, lastState } = status ?? {};
  if (state?.running !== undefined) counts.running++;
  else if (state?.terminated !== undefined) {
    counts.stopped++;
    if (state.terminated.exitCode === 0) counts.succeeded++;
    if (!willRestart(container, spec, state.terminated)) counts.stoppedFinal++;
  } else if (state?.waiting === undefined) counts.unknown++;
  else if (lastState?.terminated === undefined) counts.waiting++;
  else {
    counts.stopped++;
    if (!willRestart(container, spec, lastState.terminated)) counts.stoppedFinal++;
  }
};

export const isTerminalPhase = (phase: string | undefined): phase is 'Succeeded' | 'Failed' =>
  phase === 'Succeeded' || phase === 'Failed';

/** A terminal phase, once reported by the node or stored in the API, is never left. */
export const stickyPhase = (
  computed: PodPhase,
  reported: { readonly cached?: string | undefined; readonly stored?: string | undefined },
): PodPhase => {
  if (isTerminalPhase(reported.stored)) return reported.stored;
  if (isTerminalPhase(computed)) return computed;
  return isTerminalPhase(reported.cached) ? reported.cached : computed;
};
