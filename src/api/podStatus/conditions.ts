/**
 * The conditions that a node agent writes into a pod's status, computed from the container statuses; and how computed
 * conditions meet those already there: the transition time moves only when the status changes.
 *
 * Models: pkg/kubelet/status/generate.go, pkg/kubelet/kubelet_pods.go#generateAPIPodStatus (v1.36)
 */
import type { Pod, PodSpec } from '../schema/kinds/pod.js';
import type { ContainerStatus, PodCondition } from '../schema/types/podStatus.js';
import { formatTime } from '../time.js';
import { isTerminalPhase, statusOf, type ContainerStatuses, type PodPhase } from './phase.js';
import { isSidecar } from './restart.js';

/** A condition before it has a transition time. */
export interface ComputedCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}
type Outcome = Omit<ComputedCondition, 'type'>;
type ContainersOf = Pick<PodSpec, 'containers' | 'initContainers'>;

const TRUE: Outcome = { status: 'True' };
const unmet = (reason: string, message?: string): Outcome => ({
  status: 'False',
  reason,
  ...(message !== undefined && { message }),
});

/** Names as upstream lists them: `[a b]`. */
const listed = (names: readonly string[]): string => `[${names.join(' ')}]`;

const complaints = (unknown: readonly string[], others: readonly string[], what: string): string =>
  [
    ...(unknown.length > 0 ? [`containers with unknown status: ${listed(unknown)}`] : []),
    ...(others.length > 0 ? [`containers with ${what} status: ${listed(others)}`] : []),
  ].join(', ');

/** Sorts containers into those without a status and those whose status falls short. */
const shortcomings = (
  names: readonly string[],
  statuses: readonly ContainerStatus[] | undefined,
  isMet: (status: ContainerStatus) => boolean,
): { readonly unknown: string[]; readonly unmet: string[] } => {
  const result = { unknown: [] as string[], unmet: [] as string[] };
  for (const name of names) {
    const status = statusOf(statuses, name);
    if (status === undefined) result.unknown.push(name);
    else if (!isMet(status)) result.unmet.push(name);
  }
  return result;
};

/** ContainersReady: all regular containers and sidecars are ready. */
export const containersReadyCondition = (
  spec: ContainersOf,
  { containerStatuses, initContainerStatuses }: ContainerStatuses,
  phase: PodPhase,
): ComputedCondition => {
  const type = 'ContainersReady';
  if (containerStatuses === undefined) return { type, ...unmet('UnknownContainerStatuses') };
  const sidecars = (spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
  const beside = shortcomings(sidecars, initContainerStatuses, ({ ready }) => ready);
  const regular = shortcomings(
    spec.containers.map(({ name }) => name),
    containerStatuses,
    ({ ready }) => ready,
  );
  const unknown = [...beside.unknown, ...regular.unknown];
  if (phase === 'Succeeded' && unknown.length === 0) return { type, ...unmet('PodCompleted') };
  if (phase === 'Failed') return { type, ...unmet('PodFailed') };
  const message = complaints(unknown, [...beside.unmet, ...regular.unmet], 'unready');
  return { type, ...(message === '' ? TRUE : unmet('ContainersNotReady', message)) };
};

/** Ready: ContainersReady, and every readiness gate of the pod is a condition with status True. */
export const readyCondition = (
  spec: Pick<PodSpec, 'readinessGates'>,
  containersReady: ComputedCondition,
  conditions: readonly Pick<PodCondition, 'type' | 'status'>[],
): ComputedCondition => {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const messages: string[] = [];
  for (const { conditionType } of spec.readinessGates ?? []) {
    const gate = conditions.find(({ type }) => type === conditionType);
    if (gate === undefined) {
      messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (gate.status !== 'True') {
      messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`);
    }
  }
  return {
    type: 'Ready',
    ...(messages.length === 0 ? TRUE : unmet('ReadinessGatesNotReady', messages.join(', '))),
  };
};

/**
 * Initialized: all init containers are done, sidecars among them started.
 * @param wasInitialized the condition was True before; it then stays so while all containers are restarted
 */
export const initializedCondition = (
  spec: ContainersOf,
  { containerStatuses, initContainerStatuses }: ContainerStatuses,
  phase: PodPhase,
  wasInitialized = false,
): ComputedCondition => {
  const type = 'Initialized';
  const initContainers = spec.initContainers ?? [];
  if (initContainers.length === 0) {
    return phase === 'Succeeded' ? { type, ...TRUE, reason: 'PodCompleted' } : { type, ...TRUE };
  }
  if (containerStatuses === undefined && initContainerStatuses === undefined) {
    return { type, ...unmet('UnknownContainerStatuses') };
  }
  const sidecars = new Set(initContainers.filter(isSidecar).map(({ name }) => name));
  const missing = shortcomings(
    initContainers.map(({ name }) => name),
    initContainerStatuses,
    (status) => (sidecars.has(status.name) ? status.started === true : status.ready),
  );
  if (phase === 'Succeeded' && missing.unknown.length === 0) return { type, ...TRUE, reason: 'PodCompleted' };
  const message = complaints(missing.unknown, missing.unmet, 'incomplete');
  if (message === '' || wasInitialized || hasRegularContainerStarted(spec, containerStatuses)) {
    return { type, ...TRUE };
  }
  return { type, ...unmet('ContainersNotInitialized', message) };
};

const hasRegularContainerStarted = (
  spec: ContainersOf,
  statuses: readonly ContainerStatus[] | undefined,
): boolean =>
  spec.containers.some(({ name }) => {
    const state = statusOf(statuses, name)?.state;
    return state?.running !== undefined || state?.terminated !== undefined;
  });

/** AllContainersRestarting: only for pods that have a RestartAllContainers rule. */
const allContainersRestartingCondition = (isRestarting: boolean, phase: PodPhase): ComputedCondition => {
  const type = 'AllContainersRestarting';
  if (isTerminalPhase(phase)) {
    return { type, ...unmet(phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed') };
  }
  if (!isRestarting) return { type, status: 'False' };
  return {
    type,
    status: 'True',
    reason: 'RestartAllContainersStarted',
    message: 'container exited with restart policy rule',
  };
};

const hasRestartAllRule = (spec: ContainersOf): boolean =>
  [...(spec.initContainers ?? []), ...spec.containers].some(({ restartPolicyRules }) =>
    (restartPolicyRules ?? []).some(({ action }) => action === 'RestartAllContainers'),
  );

/** Conditions that the node agent computes; all others in a pod's status belong to somebody else and are kept. */
const COMPUTED_TYPES: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'AllContainersRestarting',
]);

export interface PodConditionsInput extends ContainerStatuses {
  readonly pod: Pick<Pod, 'spec'> & {
    readonly metadata: { readonly generation?: number | undefined };
    readonly status?: { readonly conditions?: readonly PodCondition[] | undefined } | undefined;
  };
  readonly phase: PodPhase;
  /** The pod's sandbox exists and has its network. */
  readonly readyToStartContainers: boolean;
  /** A RestartAllContainers rule has fired and not all containers are gone yet. */
  readonly restartingAllContainers?: boolean | undefined;
  /** Why the node itself ended the pod, if it did: the message of DisruptionTarget. */
  readonly disruption?: string | undefined;
  /** The present, in milliseconds since the epoch. */
  readonly nowMs: number;
}

const disruptionTarget = (message: string): ComputedCondition => ({
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'TerminationByKubelet',
  message,
});

/**
 * All conditions of a pod's status, in upstream's order: those of others as they are, then PodReadyToStartContainers,
 * Initialized, Ready, ContainersReady, PodScheduled and, if a rule asks for it, AllContainersRestarting. A condition that
 * did not change is the same object as before.
 */
export const podConditions = (input: PodConditionsInput): PodCondition[] => {
  const { pod, phase } = input;
  const previous = pod.status?.conditions ?? [];
  const containersReady = containersReadyCondition(pod.spec, input, phase);
  const wasInitialized = previous.some(({ type, status }) => type === 'Initialized' && status === 'True');
  const { disruption } = input;
  const computed: ComputedCondition[] = [
    ...(disruption === undefined ? [] : [disruptionTarget(disruption)]),
    { type: 'PodReadyToStartContainers', status: input.readyToStartContainers ? 'True' : 'False' },
    initializedCondition(pod.spec, input, phase, wasInitialized),
    readyCondition(pod.spec, containersReady, previous),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
  const observedGeneration = pod.metadata.generation;
  const others = previous.filter(
    ({ type }) => !COMPUTED_TYPES.has(type) && !(disruption !== undefined && type === 'DisruptionTarget'),
  );
  const conditions = [
    ...others,
    ...computed.map((condition) =>
      transition(previous, condition, { nowMs: input.nowMs, observedGeneration }),
    ),
  ];
  if (hasRestartAllRule(pod.spec)) {
    const restarting = allContainersRestartingCondition(input.restartingAllContainers ?? false, phase);
    conditions.push(transition(previous, restarting, { nowMs: input.nowMs }));
  }
  return conditions;
};

/** A computed condition with its transition time: now if its status differs from before, else as it was. */
export const transition = (
  previous: readonly PodCondition[],
  computed: ComputedCondition,
  at: { readonly nowMs: number; readonly observedGeneration?: number | undefined },
): PodCondition => {
  const before = previous.find(({ type }) => type === computed.type);
  const { observedGeneration } = at;
  if (
    before !== undefined &&
    before.status === computed.status &&
    before.reason === computed.reason &&
    before.message === computed.message &&
    before.observedGeneration === observedGeneration
  ) {
    return before;
  }
  const { type, status, reason, message } = computed;
  const isSame = before !== undefined && before.status === status;
  return {
    type,
    ...(observedGeneration !== undefined && { observedGeneration }),
    status,
    lastTransitionTime: isSame ? before.lastTransitionTime : formatTime(at.nowMs),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  };
};
