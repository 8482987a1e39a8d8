/**
 * The end of containers of a pod that is over, of which nobody saw an end: they have failed, as far as they had begun.
 * Pure.
 *
 * Models: pkg/kubelet/status/status_manager.go#TerminatePod (v1.36; spec node.md 2.2).
 */
import { isSidecar, type ContainerStatus, type ContainerStatuses, type PodSpec } from '../../api/index.js';

const LOST_MESSAGE = 'The container could not be located when the pod was terminated';
const LOST = {
  terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_MESSAGE },
} as const;

const withLostEnd = (status: ContainerStatus): ContainerStatus =>
  status.state?.terminated
    ? status
    : {
        ...status,
        state: LOST,
        ready: false,
        ...(status.started === undefined ? {} : { started: false }),
      };

/** Regular containers once the pod was initialized; of the init containers all up to the last that shows a start. */
export const withLostEnds = (
  spec: Pick<PodSpec, 'initContainers'>,
  { containerStatuses = [], initContainerStatuses }: ContainerStatuses,
): { containerStatuses: ContainerStatus[]; initContainerStatuses?: ContainerStatus[] } => {
  const isInitialized = hasInitialized(spec, containerStatuses, initContainerStatuses);
  const regular = isInitialized ? containerStatuses.map(withLostEnd) : [...containerStatuses];
  if (!initContainerStatuses) return { containerStatuses: regular };
  const begun = Math.max(initContainerStatuses.findLastIndex(hasBegun) + 1, 1);
  return {
    containerStatuses: regular,
    initContainerStatuses: initContainerStatuses.map((status, index) =>
      index < begun ? withLostEnd(status) : status,
    ),
  };
};

const hasBegun = ({ state, lastState }: ContainerStatus): boolean =>
  (state?.terminated ?? state?.running ?? lastState?.terminated) !== undefined;

const hasInitialized = (
  { initContainers = [] }: Pick<PodSpec, 'initContainers'>,
  regular: readonly ContainerStatus[],
  init: readonly ContainerStatus[] | undefined,
): boolean => {
  const last = initContainers.at(-1);
  if (last === undefined || regular.some(hasBegun)) return true;
  const status = init?.find(({ name }) => name === last.name);
  if (isSidecar(last)) return status?.state?.running !== undefined && status.started === true;
  return (status?.state?.terminated ?? status?.lastState?.terminated)?.exitCode === 0;
};
