/**
 * The Node object that an agent registers, and its status. Pure.
 *
 * Models: pkg/kubelet/kubelet_node_status.go initialNode, nodestatus/setters.go (v1.36; spec node.md 6.1, 6.3, 6.4).
 */
import {
  formatQuantity,
  formatTime,
  parseBytes,
  type Node,
  type NodeCondition,
  type Taint,
} from '../../api/index.js';
import type { MachineInfo } from '../../runtime/index.js';

/** A node as the user of a cluster describes it. */
export interface NodeSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
  /** Quantities; what is absent is taken from the runtime: cpu, memory, pods, ephemeral-storage. */
  readonly capacity?: Readonly<Record<string, string | number>> | undefined;
  /** How long a shutdown of the machine waits for its pods in all: `30s`. Default 0: it does not. */
  readonly shutdownGracePeriod?: string | number | undefined;
  /** The part of it that critical pods have to themselves. Default 0. */
  readonly shutdownGracePeriodCriticalPods?: string | number | undefined;
}

export interface NodeFacts {
  readonly spec: NodeSpec;
  readonly ip: string;
  readonly capacity: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly runtimeVersion: string;
  /** `v1.36.0-statelet` for example. */
  readonly version: string;
  readonly os: string;
  readonly machine: MachineInfo;
}

export const nodeManifest = ({ spec, os, machine: { architecture: arch } }: NodeFacts): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: spec.name,
    labels: {
      'beta.kubernetes.io/arch': arch,
      'beta.kubernetes.io/os': os,
      'kubernetes.io/arch': arch,
      'kubernetes.io/hostname': spec.name,
      'kubernetes.io/os': os,
      ...spec.labels,
    },
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
  },
  spec: spec.taints?.length ? { taints: spec.taints } : {},
});

interface ConditionText {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** What a node says of itself beside its facts. */
export interface NodeState {
  /** Why it is not ready; absent when it is. */
  readonly notReadyMessage: string | undefined;
  /** Types of the pressure conditions that hold. */
  readonly pressures: ReadonlySet<string>;
  /** Another one after each start of the machine. */
  readonly bootId: string;
}

const PRESSURE_TEXTS = [
  {
    type: 'MemoryPressure',
    present: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    absent: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  {
    type: 'DiskPressure',
    present: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    absent: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  },
  {
    type: 'PIDPressure',
    present: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    absent: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  },
] as const;

const conditionTexts = ({ notReadyMessage, pressures }: NodeState): ConditionText[] => [
  ...PRESSURE_TEXTS.map(({ type, present, absent }) => {
    const isPresent = pressures.has(type);
    const [reason, message] = isPresent ? present : absent;
    return { type, status: isPresent ? ('True' as const) : ('False' as const), reason, message };
  }),
  notReadyMessage === undefined
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReadyMessage },
];

export const nodeConditions = (
  previous: readonly NodeCondition[],
  state: NodeState,
  nowMs: number,
): NodeCondition[] => {
  const now = formatTime(nowMs);
  const own = conditionTexts(state).map((text) => {
    const before = previous.find(({ type }) => type === text.type);
    const lastTransitionTime = before?.status === text.status ? before.lastTransitionTime : now;
    return {
      type: text.type,
      status: text.status,
      lastHeartbeatTime: now,
      lastTransitionTime,
      reason: text.reason,
      message: text.message,
    };
  });
  const foreign = previous.filter(({ type }) => own.every((condition) => condition.type !== type));
  return [...foreign, ...own];
};

type Amounts = Readonly<Record<string, string>>;

/** What somebody has written into the capacity, such as devices: it stays, and pods may have all of it. */
const advertised = (node: Node | undefined, { capacity }: NodeFacts): Amounts =>
  Object.fromEntries(Object.entries(node?.status?.capacity ?? {}).filter(([name]) => !(name in capacity)));

/** What is advertised is not allocatable yet, or what was so is no more. */
const advertisesOtherwise = (node: Node, facts: NodeFacts): boolean => {
  const allocatable = node.status?.allocatable ?? {};
  const all = advertised(node, facts);
  return (
    Object.entries(all).some(([name, amount]) => allocatable[name] !== amount) ||
    Object.keys(allocatable).some((name) => !(name in facts.allocatable) && !(name in all))
  );
};

/** Whether the Node object says something else than is the case. */
export const saysOtherwise = (node: Node | undefined, state: NodeState, facts: NodeFacts): boolean =>
  node?.status?.nodeInfo?.bootID !== state.bootId ||
  advertisesOtherwise(node, facts) ||
  conditionTexts(state).some(({ type, status, message }) => {
    const said = node.status?.conditions?.find((condition) => condition.type === type);
    return said?.status !== status || said.message !== message;
  });

/** The status as a merge patch of the Node object; what is allocatable no longer is taken away. */
export const statusPatch = (
  facts: NodeFacts,
  node: Node | undefined,
  state: NodeState,
  nowMs: number,
): object => {
  const status = nodeStatus(facts, node, state, nowMs);
  const { allocatable = {} } = status;
  const gone = Object.keys(node?.status?.allocatable ?? {}).filter((name) => !(name in allocatable));
  if (gone.length === 0) return { status };
  return {
    status: {
      ...status,
      allocatable: { ...allocatable, ...Object.fromEntries(gone.map((name) => [name, null])) },
    },
  };
};

const nodeStatus = (
  facts: NodeFacts,
  node: Node | undefined,
  state: NodeState,
  nowMs: number,
): NonNullable<Node['status']> => ({
  ...node?.status,
  // A patch: what somebody else has written into it stays.
  capacity: facts.capacity,
  allocatable: { ...facts.allocatable, ...advertised(node, facts) },
  conditions: nodeConditions(node?.status?.conditions ?? [], state, nowMs),
  addresses: [
    { type: 'InternalIP', address: facts.ip },
    { type: 'Hostname', address: facts.spec.name },
  ],
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: state.bootId,
    kernelVersion: facts.machine.kernelVersion,
    osImage: facts.machine.osImage,
    containerRuntimeVersion: facts.runtimeVersion,
    kubeletVersion: facts.version,
    kubeProxyVersion: '',
    operatingSystem: facts.os,
    architecture: facts.machine.architecture,
  },
});

/** Source: pkg/kubelet/apis/config/v1beta1/defaults_linux.go evictionHard: memory.available, nodefs.available. */
const RESERVED_MEMORY_BYTES = 100 * 1024 * 1024;
const RESERVED_DISK_FRACTION = 0.1;

/** What pods may have: what is left before the node would evict some. */
export const allocatableOf = (
  capacity: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const { memory, 'ephemeral-storage': disk } = capacity;
  const less = (bytes: number): string => formatQuantity(Math.max(0, Math.floor(bytes)), 'binary');
  return {
    ...capacity,
    ...(memory === undefined ? {} : { memory: less(parseBytes(memory) - RESERVED_MEMORY_BYTES) }),
    ...(disk === undefined
      ? {}
      : { 'ephemeral-storage': less(parseBytes(disk) * (1 - RESERVED_DISK_FRACTION)) }),
  };
};
