/** What a pod's status says, computed from its containers: phase, conditions, restarts. Pure functions for the node. */
export {
  containerShouldRestart,
  isSidecar,
  matchingRestartRule,
  RESTARTING_ALL_CONTAINERS,
  restartsAfterProbeKill,
  shouldContainerBeRestarted,
  type InstanceState,
  type RestartFields,
} from './restart.js';
export {
  computePhase,
  isTerminalPhase,
  stickyPhase,
  type ContainerStatuses,
  type PhaseOptions,
  type PodPhase,
} from './phase.js';
export {
  containersReadyCondition,
  initializedCondition,
  podConditions,
  readyCondition,
  transition,
  type ComputedCondition,
  type PodConditionsInput,
} from './conditions.js';
export {
  initialContainerStatus,
  initialWaitingReason,
  isContainerReady,
  isContainerStarted,
  isInitContainerReady,
  sortedByName,
  type ProbeFindings,
  type ProbeResult,
} from './container.js';
