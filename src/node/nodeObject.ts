/**
 * The Node object that an agent registers, and its status. Pure.
 *
 * Models: pkg/kubelet/kubelet_node_status.go initialNode, nodestatus/setters.go (v1.36; spec node.md 6.1, 6.3, 6.4).
 */
import { formatTime, type Node, type NodeCondition, type Taint } from '../api/index.js';

/** A node as the user of a cluster describes it. */
export interface NodeSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
  /** Quantities; what is absent is taken from the runtime: cpu, memory, pods, ephemeral-storage. */
  readonly capacity?: Readonly<Record<string, string | number>> | undefined;
}

export interface NodeFacts {
  readonly spec: NodeSpec;
  readonly ip: string;
  readonly capacity: Readonly<Record<string, string>>;
  readonly runtimeVersion: string;
  /** `v1.36.0-statelet` for example. */
  readonly version: string;
  readonly os: string;
  readonly arch: string;
}

export const nodeManifest = ({ spec, os, arch }: NodeFacts): object => ({
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

const conditionTexts = (notReadyMessage: string | undefined): ConditionText[] => [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  notReadyMessage === undefined
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReadyMessage },
];

/** @param notReadyMessage why the node is not ready; absent when it is. */
export const nodeConditions = (
  previous: readonly NodeCondition[],
  notReadyMessage: string | undefined,
  nowMs: number,
): NodeCondition[] => {
  const now = formatTime(nowMs);
  const own = conditionTexts(notReadyMessage).map((text) => {
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

export const nodeStatus = (
  facts: NodeFacts,
  node: Node | undefined,
  notReadyMessage: string | undefined,
  nowMs: number,
): NonNullable<Node['status']> => ({
  ...node?.status,
  capacity: facts.capacity,
  allocatable: facts.capacity,
  conditions: nodeConditions(node?.status?.conditions ?? [], notReadyMessage, nowMs),
  addresses: [
    { type: 'InternalIP', address: facts.ip },
    { type: 'Hostname', address: facts.spec.name },
  ],
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: 'statelet',
    containerRuntimeVersion: facts.runtimeVersion,
    kubeletVersion: facts.version,
    kubeProxyVersion: '',
    operatingSystem: facts.os,
    architecture: facts.arch,
  },
});
