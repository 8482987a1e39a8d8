/** Faults that a test injects: a node that dies, a process that crashes or hangs, a probe that fails. */
import { parseBytes } from '../api/index.js';
import type { PressureKind, ProbeKind, SimulatedRuntime } from '../runtime/index.js';
import type { ClusterNode, Nodes } from './nodes.js';

export interface NodeFaults {
  /** The machine dies: no heartbeat, no status; what ran on it is lost. */
  fail(): void;
  /** It comes back, with nothing running. */
  recover(): void;
  /**
   * Somebody switches it off. With a `shutdownGracePeriod` its pods end first, in order; then, or at once without, it is
   * as after `fail`.
   */
  shutDown(): void;
  /** It cannot reach the API any more: no heartbeat and no status, but its pods run on. */
  disconnect(): void;
  /** It can again: it reports, and ends what was deleted meanwhile. */
  reconnect(): void;
  /** Its agent ends: no heartbeat and no status, nobody probes or restarts; what runs goes on. */
  stopAgent(): void;
  /** The agent is started again, and takes up what runs. */
  startAgent(): void;
  /**
   * It runs short of memory or disk (bytes), or of processes: so much is left, whatever containers use. Pods are evicted
   * until `relieve`. Default: 50Mi, nothing, nothing. Simulated nodes only.
   */
  press(kind: PressureKind, available?: string): void;
  /** What is left is again what containers do not use. */
  relieve(kind: PressureKind): void;
}

export interface PodFaults {
  /** The processes of the pod end. Default exit code 1; a local process is killed (137), whatever is asked. */
  crash(options?: { readonly container?: string; readonly exitCode?: number }): void;
  /** They use more memory than they may: killed with 137, reason OOMKilled. Simulated containers only. */
  exhaustMemory(options?: { readonly container?: string }): void;
  /** They answer nothing any more, and do not hear SIGTERM. */
  hang(options?: { readonly container?: string }): void;
  /** The next `times` probes of a kind fail; without `times`, all of this instance. */
  failProbe(
    kind: ProbeKind | 'all',
    options?: { readonly container?: string; readonly times?: number },
  ): void;
}

export interface Faults {
  /** @throws {Error} when there is no such node. */
  node(name: string): NodeFaults;
  pod(namespace: string, name: string): PodFaults;
}

const LEFT_UNDER_PRESSURE: Record<PressureKind, string> = { memory: '50Mi', disk: '0', pid: '0' };

const simulatedOnly = (node: ClusterNode, fault: string): SimulatedRuntime => {
  if ('faults' in node.runtime) return node.runtime as SimulatedRuntime;
  throw new Error(`${fault} can be injected into simulated containers only`);
};

export const createFaults = (nodes: Nodes, drain: () => void): Faults => {
  const hostOf = (namespace: string, name: string): ClusterNode => {
    const node = nodes.all.find(({ agent }) => agent.pod(namespace, name) !== undefined);
    if (!node) throw new Error(`pod ${namespace}/${name} runs on no node`);
    return node;
  };
  const struck = (count: number, namespace: string, name: string): void => {
    if (count === 0) throw new Error(`pod ${namespace}/${name} has no container that runs`);
    drain();
  };
  return {
    node: (name) => {
      const node = nodes.get(name);
      if (!node) throw new Error(`there is no node ${name}`);
      return {
        fail: () => {
          node.agent.fail();
          drain();
        },
        recover: () => {
          node.agent.recover();
          drain();
        },
        shutDown: () => {
          node.agent.shutDown();
          drain();
        },
        disconnect: () => {
          node.agent.disconnect();
          drain();
        },
        reconnect: () => {
          node.agent.connect();
          drain();
        },
        stopAgent: () => {
          node.agent.stopAgent();
          drain();
        },
        startAgent: () => {
          node.agent.startAgent();
          drain();
        },
        press: (kind, available = LEFT_UNDER_PRESSURE[kind]) => {
          simulatedOnly(node, 'pressure').faults.leave(kind, parseBytes(available));
          drain();
        },
        relieve: (kind) => {
          simulatedOnly(node, 'pressure').faults.leave(kind, undefined);
          drain();
        },
      };
    },
    pod: (namespace, name) => ({
      crash: (options = {}) => {
        const node = hostOf(namespace, name);
        if ('faults' in node.runtime) {
          struck(
            (node.runtime as SimulatedRuntime).faults.crash({ namespace, name }, options),
            namespace,
            name,
          );
          return;
        }
        const ids = node.agent.pod(namespace, name)?.containerIds(options.container) ?? [];
        for (const containerId of ids) node.runtime.signalContainer(containerId, 'SIGKILL');
        struck(ids.length, namespace, name);
      },
      exhaustMemory: (options = {}) =>
        struck(
          simulatedOnly(hostOf(namespace, name), 'lack of memory').faults.exhaustMemory(
            { namespace, name },
            options,
          ),
          namespace,
          name,
        ),
      hang: (options = {}) =>
        struck(
          simulatedOnly(hostOf(namespace, name), 'a hang').faults.hang({ namespace, name }, options),
          namespace,
          name,
        ),
      failProbe: (kind, options = {}) =>
        struck(
          simulatedOnly(hostOf(namespace, name), 'a failing probe').faults.failProbe(
            { namespace, name },
            kind,
            options,
          ),
          namespace,
          name,
        ),
    }),
  };
};
