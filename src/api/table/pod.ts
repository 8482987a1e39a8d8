/**
 * Rows of pods, above all the STATUS column: one word for what a pod is doing.
 *
 * Models: pkg/printers/internalversion/printers.go#printPod (v1.36)
 */
import type { Pod } from '../schema/kinds/pod.js';
import type { ContainerState, ContainerStatus } from '../schema/types/podStatus.js';
import { humanDuration, parseTime } from '../time.js';
import {
  AGE,
  column,
  NAME,
  objectAge,
  objectName,
  orNone,
  wideColumn,
  type RowCondition,
  type TablePrinter,
} from './column.js';

/** What the STATUS, READY and RESTARTS columns say of a pod. */
export interface PodSummary {
  /** Such as `Running`, `CrashLoopBackOff`, `Init:0/2`, `Terminating`. */
  readonly status: string;
  readonly readyContainers: number;
  /** Regular containers and sidecars. */
  readonly totalContainers: number;
  readonly restarts: number;
  /** When a container was last found terminated, in milliseconds since the epoch. */
  readonly lastRestartMs: number | undefined;
}

type Terminated = NonNullable<ContainerState['terminated']>;

/** Counts while walking over container statuses. */
interface Tally {
  ready: number;
  restarts: number;
  /** Of sidecars only: what remains of the init containers' restarts once they are done. */
  sidecarRestarts: number;
  lastRestartMs: number | undefined;
  lastSidecarRestartMs: number | undefined;
}

/** Summarises a pod as `kubectl get pods` shows it. */
export const summarizePod = (pod: Pod): PodSummary => {
  const tally: Tally = {
    ready: 0,
    restarts: 0,
    sidecarRestarts: 0,
    lastRestartMs: undefined,
    lastSidecarRestartMs: undefined,
  };
  const initStatus = walkInitContainers(pod, tally);
  let status = initStatus ?? initialStatus(pod);
  if (initStatus === undefined || conditionOf(pod, 'Initialized')?.status === 'True') {
    tally.restarts = tally.sidecarRestarts;
    tally.lastRestartMs = tally.lastSidecarRestartMs;
    status = walkContainers(pod, tally, status);
  }
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return {
    status: deletionStatus(pod) ?? status,
    readyContainers: tally.ready,
    totalContainers: pod.spec.containers.length + sidecars.length,
    restarts: tally.restarts,
    lastRestartMs: tally.lastRestartMs,
  };
};

const conditionOf = (pod: Pod, type: string) =>
  (pod.status.conditions ?? []).find((condition) => condition.type === type);

const initialStatus = (pod: Pod): string => {
  if (conditionOf(pod, 'PodScheduled')?.reason === 'SchedulingGated') return 'SchedulingGated';
  return pod.status.reason || pod.status.phase || '';
};

const isTerminal = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

const deletionStatus = (pod: Pod): string | undefined => {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (pod.status.reason === 'NodeLost') return 'Unknown';
  return isTerminal(pod) ? undefined : 'Terminating';
};

const exitReason = ({ reason, signal, exitCode }: Terminated): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

const latest = (known: number | undefined, container: ContainerStatus): number | undefined => {
  const finishedMs = parseTime(container.lastState?.terminated?.finishedAt);
  return finishedMs === undefined ? known : Math.max(known ?? 0, finishedMs);
};

/** The status while init containers still have something to do; undefined once all of them are past it. */
const walkInitContainers = (pod: Pod, tally: Tally): string | undefined => {
  const specs = pod.spec.initContainers ?? [];
  for (const [index, container] of (pod.status.initContainerStatuses ?? []).entries()) {
    const isSidecar = specs.find(({ name }) => name === container.name)?.restartPolicy === 'Always';
    tally.restarts += container.restartCount;
    tally.lastRestartMs = latest(tally.lastRestartMs, container);
    if (isSidecar) {
      tally.sidecarRestarts += container.restartCount;
      tally.lastSidecarRestartMs = latest(tally.lastSidecarRestartMs, container);
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar && container.started === true) {
      if (container.ready) tally.ready++;
      continue;
    }
    if (terminated !== undefined) return `Init:${exitReason(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
};

/** The status that regular containers give; the first of the (name-sorted) list has the last word. */
const walkContainers = (pod: Pod, tally: Tally, initial: string): string => {
  let status = initial;
  let errorReason = '';
  let hasRunning = false;
  for (const container of [...(pod.status.containerStatuses ?? [])].reverse()) {
    tally.restarts += container.restartCount;
    tally.lastRestartMs = latest(tally.lastRestartMs, container);
    const { terminated, waiting, running } = container.state ?? {};
    if (waiting?.reason) status = waiting.reason;
    else if (terminated !== undefined) {
      status = exitReason(terminated);
      if (terminated.exitCode !== 0) errorReason = status;
    } else if (container.ready && running !== undefined) {
      hasRunning = true;
      tally.ready++;
    }
  }
  if (status !== 'Completed') return status;
  if (hasRunning && conditionOf(pod, 'Ready')?.status === 'True') return 'Running';
  if (errorReason !== '') return errorReason;
  return hasRunning ? 'NotReady' : status;
};

/** `true/total` of the readiness gates; undefined when the pod has none. */
const readinessGates = (pod: Pod): string | undefined => {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return undefined;
  const met = gates.filter(({ conditionType }) => conditionOf(pod, conditionType)?.status === 'True');
  return `${met.length}/${gates.length}`;
};

const COMPLETED: Readonly<Record<string, readonly RowCondition[]>> = {
  Succeeded: [
    {
      type: 'Completed',
      status: 'True',
      reason: 'Succeeded',
      message: 'The pod has completed successfully.',
    },
  ],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
};

export const podPrinter: TablePrinter = {
  columns: [
    NAME,
    column('Ready', 'Containers that are ready, of all regular containers and sidecars.'),
    column('Status', 'What the pod is doing, in one word: its phase, or the reason why it is held up.'),
    column('Restarts', 'How often containers were restarted, and when last.'),
    AGE,
    wideColumn('IP', 'Address of the pod.'),
    wideColumn('Node', 'Node that the pod is bound to.'),
    wideColumn('Nominated Node', 'Node on which room is being made for the pod.'),
    wideColumn('Readiness Gates', 'Readiness gates that are met, of all.'),
  ],
  cells: (object, nowMs) => {
    const pod = object as Pod;
    const { status, readyContainers, totalContainers, restarts, lastRestartMs } = summarizePod(pod);
    const when =
      restarts !== 0 && lastRestartMs !== undefined ? ` (${humanDuration(nowMs - lastRestartMs)} ago)` : '';
    return [
      objectName(pod),
      `${readyContainers}/${totalContainers}`,
      status,
      `${restarts}${when}`,
      objectAge(pod, nowMs),
      orNone(pod.status.podIPs?.[0]?.ip),
      orNone(pod.spec.nodeName),
      orNone(pod.status.nominatedNodeName),
      orNone(readinessGates(pod)),
    ];
  },
  conditions: (object) => COMPLETED[(object as Pod).status.phase ?? ''],
};
