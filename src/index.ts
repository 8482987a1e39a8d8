/** statelet: a Kubernetes cluster in one process, as statecharts. */
export {
  createCluster,
  type Cluster,
  type ClusterOptions,
  type Listening,
  type ListenOptions,
} from './cluster.js';
export { ManifestError } from './cluster/manifests/index.js';
export type { Faults, NodeFaults, PodFaults } from './cluster/faults.js';
export type { ActorCrash } from './actor/index.js';
export type {
  Inspect,
  InspectedEvent,
  InspectFilter,
  InspectObserver,
  InspectOptions,
  RawInspectOptions,
} from './inspect/index.js';
export type { NodeSpec } from './node/index.js';
export { ImagesFileError, PresetError, type ImageDefinition, type ImagePreset } from './runtime/index.js';
export type * from './api/index.js';
export { ApiError, DurationError, parseDuration, parseQuantity } from './api/index.js';
export type {
  Api,
  Call,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  PodLogOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client/index.js';
