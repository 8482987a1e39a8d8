/**
 * The status of one container, from what its chart and its probes say. Pure.
 *
 * Models: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses, prober_manager.go UpdatePodStatus (v1.36; spec
 * node.md 2.2, 2.3, 4.8).
 */
import {
  formatDuration,
  formatTime,
  isContainerReady,
  isContainerStarted,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type ProbeFindings,
} from '../api/index.js';
import type { ContainerContext, ContainerExit } from '../../machines/index.js';

export type { ProbeFindings };

export interface ObservedContainer {
  readonly spec: Container;
  /** State of its chart, `waiting.CrashLoopBackOff` for example. */
  readonly state: string;
  readonly context: ContainerContext;
  readonly findings: ProbeFindings;
}

export const isRunning = (state: string): boolean =>
  state.startsWith('running') || state.startsWith('stopping');

const terminatedRecord = (exit: ContainerExit, runtimeName: string): ContainerState['terminated'] => ({
  exitCode: exit.exitCode,
  reason: exit.reason,
  ...(exit.message ? { message: exit.message } : {}),
  startedAt: formatTime(exit.startedAt),
  finishedAt: formatTime(exit.finishedAt),
  containerID: `${runtimeName}://${exit.containerId}`,
});

/** Steps that pass on the way to the next instance: what was there before still shows. */
const PASSING = new Set(['waiting.pulling', 'waiting.creating', 'waiting.starting', 'exited']);

const waitingMessage = (
  state: string,
  { spec, context }: ObservedContainer,
  podLabel: string,
): string | undefined => {
  switch (state) {
    case 'CrashLoopBackOff':
      return `back-off ${formatDuration(context.crashBackOff.delayMs)} restarting failed container=${spec.name} pod=${podLabel}`;
    case 'ImagePullBackOff':
      return `Back-off pulling image "${spec.image}": ErrImagePull: ${context.message}`;
    default:
      return context.message;
  }
};

const stateOf = (observed: ObservedContainer, runtimeName: string, podLabel: string): ContainerState => {
  const { state, context } = observed;
  if (isRunning(state)) return { running: { startedAt: formatTime(context.startedAtMs) } };
  if ((state === 'terminated' || PASSING.has(state)) && context.exit) {
    return { terminated: terminatedRecord(context.exit, runtimeName) };
  }
  const [, reason = 'ContainerCreating'] = PASSING.has(state) ? [] : state.split('.');
  const message = waitingMessage(reason, observed, podLabel);
  return { waiting: { reason, ...(message ? { message } : {}) } };
};

const showsExitAsState = (state: string): boolean => state === 'terminated' || PASSING.has(state);

/** @param podLabel the pod as messages name it. */
export const containerStatus = (
  observed: ObservedContainer,
  runtimeName: string,
  podLabel: string,
): ContainerStatus => {
  const { spec, state: chartState, context, findings } = observed;
  const state = stateOf(observed, runtimeName, podLabel);
  const last = showsExitAsState(chartState) ? context.previousExit : context.exit;
  const hasInstance = context.containerId !== undefined;
  return {
    name: spec.name,
    state,
    lastState: last ? { terminated: terminatedRecord(last, runtimeName) } : {},
    ready: isContainerReady(spec, state, findings),
    restartCount: context.restartCount,
    image: spec.image ?? '',
    imageID: context.imageRef ?? '',
    ...(hasInstance ? { containerID: `${runtimeName}://${context.containerId}` } : {}),
    started: isContainerStarted(spec, state, findings),
  };
};
