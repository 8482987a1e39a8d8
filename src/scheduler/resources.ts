/** What pods ask for and nodes offer, in numbers: shared with the node agent (src/api/podRequest.ts). */
export {
  DEFAULT_CPU_MILLI,
  DEFAULT_MEMORY_BYTES,
  hostPortsOf,
  noResources,
  podRequest,
  portsConflict,
  resourcesOf,
  type HostPort,
  type PodRequest,
  type Resources,
} from '../api/index.js';
