/** The nodes of a cluster: each an agent on a container runtime; added and removed while the cluster runs. */
import { invalidError, parseQuantity, validateCreate } from '../api/index.js';
import { createEventRecorder, type Informer } from '../client/index.js';
import type { Api } from '../client/index.js';
import type { Clock, Random } from '../clock/index.js';
import type { ActorHost } from '../actor/index.js';
import {
  allocatableOf,
  startNodeAgent,
  type NodeAgent,
  type NodeFacts,
  type NodeServices,
  type NodeSpec,
} from '../node/index.js';
import type { ContainerRuntime, SimulatedRuntime } from '../runtime/index.js';
import type { ConfigMap, Secret } from '../api/index.js';
import { KUBERNETES_VERSION } from './version.js';

export interface ClusterNode {
  readonly agent: NodeAgent;
  readonly runtime: ContainerRuntime;
  readonly services: NodeServices;
}

export interface NodesOptions {
  readonly api: Api;
  readonly host: ActorHost;
  readonly clock: Clock;
  readonly random: Random;
  readonly configMaps: Informer<ConfigMap>;
  readonly secrets: Informer<Secret>;
  readonly crashBackOffMaxMs: number;
  /** The runtime of a node. `index` counts nodes from 0 and is never used twice. */
  createRuntime(index: number, ip: string): ContainerRuntime;
}

export interface Nodes {
  get(name: string): ClusterNode | undefined;
  readonly all: readonly ClusterNode[];
  /** @throws {Error} when a node of that name is there already, or the cluster would refuse it. */
  add(spec: NodeSpec): ClusterNode;
  /** Stops the agent and deletes the Node object. @throws {Error} when there is no such node. */
  remove(name: string): Promise<void>;
  /** The node that a pod is bound to. */
  of(pod: { readonly spec: { readonly nodeName?: string | undefined } }): ClusterNode | undefined;
  stop(): Promise<void>;
}

const asQuantities = ({ name: node, capacity = {} }: NodeSpec): Record<string, string> =>
  Object.fromEntries(
    Object.entries(capacity).map(([name, value]) => {
      try {
        parseQuantity(String(value));
      } catch (error) {
        throw new RangeError(`capacity.${name} of node ${node}: ${(error as Error).message}`, {
          cause: error,
        });
      }
      return [name, String(value)];
    }),
  );

/**
 * A node registers itself, and tries again for ever when it is refused: what would be refused has to be said before.
 * @throws {ApiError} Invalid. @throws {RangeError} for a capacity that is no quantity.
 */
export const checkNodeSpec = (spec: NodeSpec): void => {
  const { name, labels, taints } = spec;
  const errors = validateCreate('Node', { metadata: { name, labels }, spec: { taints }, status: {} });
  if (errors.length > 0) throw invalidError('Node', name, errors);
  asQuantities(spec);
};

export const createNodes = (options: NodesOptions): Nodes => {
  const { api, host, clock, random } = options;
  const nodes = new Map<string, ClusterNode>();
  let created = 0;

  const servicesOf = (
    spec: NodeSpec,
    ip: string,
    runtime: ContainerRuntime,
    facts: Pick<NodeFacts, 'capacity' | 'allocatable'>,
  ): NodeServices => ({
    nodeName: spec.name,
    nodeIp: ip,
    api,
    host,
    clock,
    runtime,
    recorder: createEventRecorder(api, clock, random, { component: 'kubelet', host: spec.name }),
    configMap: (namespace, name) => options.configMaps.get(namespace, name),
    secret: (namespace, name) => options.secrets.get(namespace, name),
    capacity: () => facts.capacity,
    allocatable: () => facts.allocatable,
    crashBackOffMaxMs: options.crashBackOffMaxMs,
  });

  const add = (spec: NodeSpec): ClusterNode => {
    if (nodes.has(spec.name)) throw new Error(`node ${spec.name} is there already`);
    checkNodeSpec(spec);
    const index = created++;
    const ip = `10.${200 + Math.floor(index / 250)}.0.${(index % 250) + 1}`;
    const runtime = options.createRuntime(index, ip);
    const stated = asQuantities(spec);
    const capacity = { ...runtime.capacity(), ...stated };
    // What somebody states is what pods get.
    const allocatable = { ...allocatableOf(runtime.capacity()), ...stated };
    const services = servicesOf(spec, ip, runtime, { capacity, allocatable });
    const agent = startNodeAgent({
      services,
      facts: {
        spec,
        ip,
        capacity,
        allocatable,
        runtimeVersion: `${runtime.name}://${runtime.version}`,
        version: KUBERNETES_VERSION,
        os: 'linux',
        machine: runtime.machine(),
      },
      onPower: (isDown, sandboxIds) => {
        if ('faults' in runtime) {
          const { faults } = runtime as SimulatedRuntime;
          if (isDown) faults.failNode();
          else if (faults.isNodeDown) faults.recoverNode();
        } else for (const sandboxId of sandboxIds) runtime.removePodSandbox(sandboxId, () => {});
      },
    });
    const node = { agent, runtime, services };
    nodes.set(spec.name, node);
    return node;
  };

  return {
    get: (name) => nodes.get(name),
    get all() {
      return [...nodes.values()];
    },
    add,
    remove: async (name) => {
      const node = nodes.get(name);
      if (!node) throw new Error(`there is no node ${name}`);
      nodes.delete(name);
      node.agent.fail();
      host.drain();
      node.agent.stop();
      await api.delete({ kind: 'Node', name });
    },
    of: (pod) => nodes.get(pod.spec.nodeName ?? ''),
    stop: async () => {
      for (const { agent } of nodes.values()) agent.stop();
      await Promise.all(
        [...new Set([...nodes.values()].map(({ runtime }) => runtime))].map((runtime) => runtime.close()),
      );
      nodes.clear();
    },
  };
};
