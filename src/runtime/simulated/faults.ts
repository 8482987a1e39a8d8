/** Faults that a test or a person injects into a simulated node. */
import type { PressureKind, ProbeKind } from '../port.js';
import type { SimulatedContainer } from './container.js';
import { silence } from './logs.js';
import type { SimulatedNode } from './node.js';

export interface PodKey {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Faults strike the container instances that run now: the next instance of a restarted container is sound again.
 * Those that concern a pod answer how many of its containers they struck (0: no such container runs on this node).
 */
export interface RuntimeFaults {
  /** Ends containers of the pod, as if by themselves. Default: all of them, with exit code 1. */
  crash(
    pod: PodKey,
    options?: { readonly container?: string | undefined; readonly exitCode?: number | undefined },
  ): number;
  /** From now on nothing is answered, and SIGTERM is not heard. */
  hang(pod: PodKey, options?: { readonly container?: string | undefined }): number;
  /** Containers of the pod use more memory than they may: OOMKilled. */
  exhaustMemory(pod: PodKey, options?: { readonly container?: string | undefined }): number;
  /** Only so much of a resource is left on the node, whatever containers use; undefined: as they use it. */
  leave(kind: PressureKind, available: number | undefined): void;
  /** Lets the next `times` probes of a kind fail; without `times`, all of the running instances. */
  failProbe(
    pod: PodKey,
    kind: ProbeKind | 'all',
    options?: { readonly container?: string | undefined; readonly times?: number | undefined },
  ): number;
  /** The node goes down: no replies, no events; its processes are lost. */
  failNode(): void;
  /** The node is back. What was lost is reported as exited, with 255 and `Unknown`, as containerd does. */
  recoverNode(): void;
  readonly isNodeDown: boolean;
}

const PROBE_KINDS: readonly ProbeKind[] = ['startup', 'liveness', 'readiness'];

export const createFaults = (node: SimulatedNode): RuntimeFaults => {
  const strike = (
    pod: PodKey,
    name: string | undefined,
    fault: (container: SimulatedContainer) => void,
  ): number => {
    const struck = [...node.containers.values()].filter(
      ({ state, config }) =>
        state === 'running' &&
        config.pod.name === pod.name &&
        config.pod.namespace === pod.namespace &&
        (name === undefined || config.name === name),
    );
    for (const container of struck) fault(container);
    return struck.length;
  };
  return {
    crash: (pod, { container, exitCode = 1 } = {}) =>
      strike(pod, container, (struck) => node.exit(struck, exitCode)),
    hang: (pod, { container } = {}) =>
      strike(pod, container, (struck) => {
        struck.isHung = true;
        silence(struck.log, node.clock.now());
      }),
    exhaustMemory: (pod, { container } = {}) =>
      strike(pod, container, (struck) => node.exhaustMemory(struck)),
    leave: (kind, available) => {
      if (available === undefined) node.shortages.delete(kind);
      else node.shortages.set(kind, available);
      node.usageChanged$.next();
    },
    failProbe: (pod, kind, { container, times = Infinity } = {}) =>
      strike(pod, container, (struck) => {
        struck.failingProbes ??= new Map();
        for (const one of kind === 'all' ? PROBE_KINDS : [kind]) struck.failingProbes.set(one, times);
      }),
    failNode: () => node.fail(),
    recoverNode: () => node.recover(),
    get isNodeDown() {
      return node.isDown;
    },
  };
};
