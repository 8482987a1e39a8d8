/**
 * What a pod asks for and what a node offers, as numbers: CPU in millicores, memory and storage in bytes, everything
 * else as counted; and ports of the host. Pure functions for the scheduler and the node agent.
 *
 * Models: pkg/scheduler/framework/types.go#Resource, component-helpers/resource (v1.36)
 */
import type { PodSpec } from './schema/kinds/pod.js';
import type { Container } from './schema/types/container.js';
import { parseBytes, parseCpuMilli } from './wire/quantity.js';

export interface Resources {
  cpuMilli: number;
  memoryBytes: number;
  ephemeralBytes: number;
  /** Extended resources by name; undefined when there are none. */
  others: Map<string, number> | undefined;
}
type Quantities = Readonly<Record<string, string>> | undefined;

/** What a container counts as for spreading when it requests nothing. Source: scheduler/util/pod_resources.go. */
export const DEFAULT_CPU_MILLI = 100;
export const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024;

export const noResources = (): Resources => ({
  cpuMilli: 0,
  memoryBytes: 0,
  ephemeralBytes: 0,
  others: undefined,
});

const amount = (resource: string, quantity: string): number =>
  resource === 'cpu' ? parseCpuMilli(quantity) : parseBytes(quantity);

/** A resource list of the API as numbers. */
export const resourcesOf = (quantities: Quantities): Resources => {
  const total = noResources();
  for (const name in quantities) {
    const value = amount(name, quantities[name] ?? '0');
    if (name === 'cpu') total.cpuMilli = value;
    else if (name === 'memory') total.memoryBytes = value;
    else if (name === 'ephemeral-storage') total.ephemeralBytes = value;
    else if (name !== 'pods') (total.others ??= new Map()).set(name, value);
  }
  return total;
};

const combine = (a: Resources, b: Resources, merge: (x: number, y: number) => number): Resources => {
  let others: Map<string, number> | undefined;
  if (a.others || b.others) {
    others = new Map(a.others);
    for (const [name, value] of b.others ?? []) others.set(name, merge(others.get(name) ?? 0, value));
  }
  return {
    cpuMilli: merge(a.cpuMilli, b.cpuMilli),
    memoryBytes: merge(a.memoryBytes, b.memoryBytes),
    ephemeralBytes: merge(a.ephemeralBytes, b.ephemeralBytes),
    others,
  };
};
const plus = (x: number, y: number): number => x + y;

export interface PodRequest {
  /** What must fit (SC-15). */
  readonly requests: Resources;
  /** The same with defaults for containers that say nothing, which only scoring uses (SC-14). */
  readonly scoredCpuMilli: number;
  readonly scoredMemoryBytes: number;
  /** Requests nothing at all: only the number of pods is checked. */
  readonly isEmpty: boolean;
}

const requestOf = (container: Container): Resources => resourcesOf(container.resources?.requests);
const scoredOf = (container: Container): Resources => {
  const requests = requestOf(container);
  const asked = container.resources?.requests;
  return {
    ...requests,
    cpuMilli: asked?.['cpu'] === undefined ? DEFAULT_CPU_MILLI : requests.cpuMilli,
    memoryBytes: asked?.['memory'] === undefined ? DEFAULT_MEMORY_BYTES : requests.memoryBytes,
  };
};

/** Σ containers and sidecars, or the peak of starting up if that is higher, plus overhead. */
const podTotal = (spec: PodSpec, of: (container: Container) => Resources): Resources => {
  let total = noResources();
  for (const container of spec.containers) total = combine(total, of(container), plus);
  let sidecars = noResources();
  let peak = noResources();
  for (const container of spec.initContainers ?? []) {
    const own = of(container);
    if (container.restartPolicy === 'Always') sidecars = combine(sidecars, own, plus);
    peak = combine(
      peak,
      container.restartPolicy === 'Always' ? sidecars : combine(sidecars, own, plus),
      Math.max,
    );
  }
  total = combine(combine(total, sidecars, plus), peak, Math.max);
  const podLevel = spec.resources?.requests;
  if (podLevel) {
    const own = resourcesOf(podLevel);
    if (podLevel['cpu'] !== undefined) total.cpuMilli = own.cpuMilli;
    if (podLevel['memory'] !== undefined) total.memoryBytes = own.memoryBytes;
  }
  return spec.overhead ? combine(total, resourcesOf(spec.overhead), plus) : total;
};

const NOTHING_ASKED: Resources = noResources();

export const podRequest = (spec: PodSpec): PodRequest => {
  const isPlain = !spec.initContainers?.length && !spec.overhead && !spec.resources;
  if (isPlain && spec.containers.every((container) => !container.resources?.requests))
    return {
      requests: NOTHING_ASKED,
      scoredCpuMilli: DEFAULT_CPU_MILLI * spec.containers.length,
      scoredMemoryBytes: DEFAULT_MEMORY_BYTES * spec.containers.length,
      isEmpty: true,
    };
  const requests = podTotal(spec, requestOf);
  const scored = podTotal(spec, scoredOf);
  return {
    requests,
    scoredCpuMilli: scored.cpuMilli,
    scoredMemoryBytes: scored.memoryBytes,
    isEmpty:
      requests.cpuMilli === 0 &&
      requests.memoryBytes === 0 &&
      requests.ephemeralBytes === 0 &&
      ![...(requests.others?.values() ?? [])].some((value) => value > 0),
  };
};

/** A port of the node's that a pod uses. */
export interface HostPort {
  readonly port: number;
  readonly protocol: string;
  readonly hostIP: string;
}
const NO_PORTS: readonly HostPort[] = Object.freeze([]);
const ANY_ADDRESS = '0.0.0.0';

export const hostPortsOf = (spec: Pick<PodSpec, 'containers'>): readonly HostPort[] => {
  let hostPorts = NO_PORTS;
  for (const { ports } of spec.containers)
    for (const port of ports ?? [])
      if (port.hostPort)
        hostPorts = [
          ...hostPorts,
          { port: port.hostPort, protocol: port.protocol ?? 'TCP', hostIP: port.hostIP || ANY_ADDRESS },
        ];
  return hostPorts;
};

/** True when two uses of a port exclude each other; 0.0.0.0 conflicts with every address (SC-17). */
export const portsConflict = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port &&
  a.protocol === b.protocol &&
  (a.hostIP === b.hostIP || a.hostIP === ANY_ADDRESS || b.hostIP === ANY_ADDRESS);
