/** Every chart of statelet. They are the implementation: the same machines run in a cluster, in a visualizer and in tests. */
export {
  containerMachine,
  nextRestartCount,
  type ContainerContext,
  type ContainerEvent,
  type ContainerHook,
  type ContainerInput,
  type ContainerRole,
  type KillCause,
} from './container.js';
export type { BackOff, ContainerExit } from './containerBackOff.js';
export { nodeMachine, type NodeContext, type NodeEvent, type NodeInput } from './node.js';
export {
  nodePressureMachine,
  type NodePressureEvent,
  type NodePressureInput,
  type Shortages,
} from './nodePressure.js';
export { nextSidecarToEnd, podMachine, type PodContext, type PodEvent, type PodInput } from './pod.js';
export { podDeadlineMachine, type PodDeadlineEvent, type PodDeadlineInput } from './podDeadline.js';
export { podVolumesMachine, type PodVolumesEvent, type PodVolumesInput } from './podVolumes.js';
export {
  probeMachine,
  type ProbeContext,
  type ProbeEvent,
  type ProbeInput,
  type ProbeKind,
  type ProbeResult,
} from './probe.js';
export {
  simulatedContainerMachine,
  type SimulatedContainerContext,
  type SimulatedContainerEvent,
  type SimulatedContainerInput,
  type SimulatedServerInput,
} from './simulatedContainer.js';
export { daemonSetMachine } from './daemonSet.js';
export type { FailedPodBackOff, FailedPodBackOffs } from './daemonSetBackOff.js';
export {
  daemonSetEffects,
  type DaemonObservation,
  type DaemonSetContext,
  type DaemonSetMachineEvent,
} from './daemonSetSetup.js';
export {
  cronJobEffects,
  cronJobMachine,
  type CronJobContext,
  type CronJobMachineEvent,
  type CronJobObservation,
} from './cronJob.js';
export {
  deploymentEffects,
  deploymentMachine,
  type DeploymentContext,
  type DeploymentMachineEvent,
  type RolloutObservation,
} from './deployment.js';
export {
  disruptionEffects,
  disruptionMachine,
  type BudgetObservation,
  type DisruptionContext,
  type DisruptionMachineEvent,
} from './disruption.js';
export {
  garbageCollectorEffects,
  garbageCollectorMachine,
  type GarbageContext,
  type GarbageEvent,
  type GarbageFacts,
} from './garbageCollector.js';
export { jobEffects, jobMachine } from './job.js';
export type { JobContext, JobEnd, JobMachineEvent, JobObservation, PodBackOff } from './jobSetup.js';
export {
  orphanPodEffects,
  orphanPodMachine,
  type OrphanPodContext,
  type OrphanPodEvent,
} from './orphanPod.js';
export {
  namespaceEffects,
  namespaceMachine,
  type NamespaceContext,
  type NamespaceEvent,
} from './namespace.js';
export {
  nodeLifecycleEffects,
  nodeLifecycleMachine,
  type NodeLifecycleContext,
  type NodeLifecycleEvent,
  type NodeLifecycleInput,
  type NodeObservation,
  type NodeReadiness,
  type ReadinessTaint,
} from './nodeLifecycle.js';
export {
  nodeTaintsEffects,
  nodeTaintsMachine,
  type NodeTaintsContext,
  type NodeTaintsEvent,
} from './nodeTaints.js';
export {
  nodeZoneEffects,
  nodeZoneMachine,
  type NodeZoneContext,
  type NodeZoneEvent,
  type NodeZoneInput,
  type ZoneDisruption,
} from './nodeZone.js';
export {
  podGCEffects,
  podGCMachine,
  type PodGCContext,
  type PodGCEvent,
  type PodGCObservation,
} from './podGC.js';
export { replicationControllerEffects, replicationControllerMachine } from './replicationController.js';
export {
  taintEvictionEffects,
  taintEvictionMachine,
  type TaintEvictionContext,
  type TaintEvictionEvent,
  type Toleration,
} from './taintEviction.js';
export {
  replicaSetEffects,
  replicaSetMachine,
  type ReplicaSetContext,
  type ReplicaSetMachineEvent,
  type ReplicasObservation,
} from './replicaSet.js';
export {
  ttlAfterFinishedEffects,
  ttlAfterFinishedMachine,
  type TtlAfterFinishedContext,
  type TtlAfterFinishedEvent,
} from './ttlAfterFinished.js';
export {
  schedulerEffects,
  schedulerMachine,
  type SchedulingContext,
  type SchedulingEvent,
} from './scheduler.js';
