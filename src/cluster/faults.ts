/** Faults that a test injects: a node that dies, a process that crashes or hangs, a probe that fails. */
import type { ProbeKind, SimulatedRuntime } from '../runtime/index.js';
import type { ClusterNode, Nodes } from './nodes.js';

export interface NodeFaults {
  /** The machine dies: no heartbeat, no status; what ran on it is lost. */
  fail(): void;
  /** It comes back, with nothing running. */
  recover(): void;
}

export interface PodFaults {
  /** The processes of the pod end. Default exit code 1; a local process is killed (137), whatever is asked. */
  crash(options?: { readonly container?: string; readonly exitCode?: number }): void;
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
