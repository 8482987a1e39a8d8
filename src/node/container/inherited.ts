/**
 * How the last instance of a container ended, as far as the status tells that an earlier life of the node wrote: one that
 * ran then is found dead. Pure.
 *
 * Models: the exit that containerd reports of a task that it lost; kuberuntime_manager.go computePodActions for a new
 * sandbox (v1.36; spec node.md 1.6, 2.2).
 */
import type { ContainerState, ContainerStatus, Pod } from '../../api/index.js';
import type { Clock } from '../../clock/index.js';
import type { ContainerExit, ContainerRole } from '../../../machines/index.js';

/** What containerd reports of a container whose end it did not see. */
const UNKNOWN_EXIT_CODE = 255;

interface Surroundings {
  readonly pod: Pod;
  readonly services: { readonly clock: Clock };
}

/** Undefined when the container never ran, or begins anew in the new sandbox whatever it did before. */
export const inheritedExit = (
  { state, lastState, containerID = '' }: ContainerStatus,
  role: ContainerRole,
  { pod, services }: Surroundings,
): ContainerExit | undefined => {
  const containerId = containerID.slice(containerID.indexOf('://') + 3);
  if (state?.running) {
    const startedAt = Date.parse(state.running.startedAt ?? '');
    const finishedAt = services.clock.now();
    return { containerId, exitCode: UNKNOWN_EXIT_CODE, reason: 'Unknown', startedAt, finishedAt };
  }
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined) return undefined;
  // A new sandbox is initialized again.
  if (role === 'init' && ended.exitCode === 0 && pod.spec.restartPolicy !== 'Never') return undefined;
  return exitOf(ended);
};

/** An end as the status tells it. */
export const exitOf = (ended: NonNullable<ContainerState['terminated']>): ContainerExit => ({
  containerId: ended.containerID?.slice(ended.containerID.indexOf('://') + 3) ?? '',
  exitCode: ended.exitCode,
  reason: ended.reason ?? '',
  message: ended.message,
  startedAt: Date.parse(ended.startedAt ?? '') || 0,
  finishedAt: Date.parse(ended.finishedAt ?? '') || 0,
});
