/**
 * The status of one container, from what its chart and its probes say. Pure.
 *
 * Models: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses, prober_manager.go UpdatePodStatus (v1.36; spec
 * node.md 2.2, 2.3, 4.8).
 */
import {
  formatDuration,
  formatTime,
  initialWaitingReason,
  isContainerReady,
  isContainerStarted,
  isInitContainerReady,
  RESTARTING_ALL_CONTAINERS,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type Pod,
  type ProbeFindings,
} from '../../api/index.js';
import type { ContainerContext, ContainerExit } from '../../../machines/index.js';
import { podLabel } from '../services.js';
import { fittingMessage } from './terminationMessage.js';

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

/** What a status needs to know of the pod and its node. */
export interface StatusSurroundings {
  readonly pod: Pod;
  readonly runtimeName: string;
}

const containersOf = ({ spec }: Pod): number =>
  spec.containers.length + (spec.initContainers?.length ?? 0) + (spec.ephemeralContainers?.length ?? 0);

const terminatedRecord = (
  exit: ContainerExit,
  { pod, runtimeName }: StatusSurroundings,
): ContainerState['terminated'] => ({
  exitCode: exit.exitCode,
  reason: exit.reason,
  ...(exit.message ? { message: fittingMessage(exit.message, containersOf(pod)) } : {}),
  startedAt: formatTime(exit.startedAt),
  finishedAt: formatTime(exit.finishedAt),
  ...(exit.containerId === '' ? {} : { containerID: `${runtimeName}://${exit.containerId}` }),
});

/** Steps that pass on the way to the next instance: what was there before still shows. */
const PASSING = new Set([
  'waiting.pulling',
  'waiting.creating',
  'waiting.starting',
  'waiting.ContainerCreating',
  'postStart',
  'exited',
]);

const waitingMessage = (
  state: string,
  { spec, context }: ObservedContainer,
  pod: Pod,
): string | undefined => {
  switch (state) {
    case 'CrashLoopBackOff':
      return `back-off ${formatDuration(context.crashBackOff.delayMs)} restarting failed container=${spec.name} pod=${podLabel(pod)}`;
    case 'ImagePullBackOff':
      return `Back-off pulling image "${spec.image}": ErrImagePull: ${context.message}`;
    default:
      return context.message;
  }
};

/** An exit shows as the state until there is news; after a reset, or a lost sandbox, it is the state before. */
const showsExitAsState = (state: string, { exit, attempts }: ContainerContext): boolean =>
  (state === 'terminated' || (attempts > 0 && (PASSING.has(state) || isRunning(state)))) &&
  exit?.reason !== RESTARTING_ALL_CONTAINERS;

/** An instance whose postStart hook has failed never counted as running. */
const isShownAsRunning = (state: string, { killCause }: ContainerContext): boolean =>
  isRunning(state) && killCause !== 'postStart';

const stateOf = (observed: ObservedContainer, around: StatusSurroundings): ContainerState => {
  const { state, context } = observed;
  const { pod } = around;
  if (isShownAsRunning(state, context)) return { running: { startedAt: formatTime(context.startedAtMs) } };
  if (context.exit && showsExitAsState(state, context)) {
    return { terminated: terminatedRecord(context.exit, around) };
  }
  const hasReason = state.startsWith('waiting') && !PASSING.has(state);
  const wasReset = context.exit?.reason === RESTARTING_ALL_CONTAINERS;
  const initial = wasReset ? RESTARTING_ALL_CONTAINERS : initialWaitingReason(pod.spec);
  const reason = hasReason ? state.slice(state.indexOf('.') + 1) : initial;
  const message = hasReason
    ? waitingMessage(reason, observed, pod)
    : wasReset
      ? context.exit?.message
      : undefined;
  return { waiting: { reason, ...(message ? { message } : {}) } };
};

export const containerStatus = (observed: ObservedContainer, around: StatusSurroundings): ContainerStatus => {
  const { spec, context, findings } = observed;
  const state = stateOf(observed, around);
  const last = state.terminated ? context.previousExit : context.exit;
  const hasInstance = context.containerId !== undefined;
  const isReady =
    context.role === 'init' ? isInitContainerReady(state) : isContainerReady(spec, state, findings);
  return {
    name: spec.name,
    state,
    lastState: last ? { terminated: terminatedRecord(last, around) } : {},
    ready: context.role !== 'ephemeral' && isReady,
    restartCount: context.restartCount,
    image: spec.image ?? '',
    imageID: context.imageRef ?? '',
    ...(hasInstance ? { containerID: `${around.runtimeName}://${context.containerId}` } : {}),
    ...(context.role === 'ephemeral' ? {} : { started: isContainerStarted(spec, state, findings) }),
  };
};
