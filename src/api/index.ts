/** The object model of the API: types, schemas and pure functions on them. No behaviour over time. */
export type { KindName, KindOf, KindTypes, KubeObject } from './kinds.js';
export { ApiError, type Status, type StatusCause, type StatusDetails } from './errors.js';
export type * from './schema/types/meta.js';
export type * from './schema/types/container.js';
export type * from './schema/types/probe.js';
export type * from './schema/types/podStatus.js';
export type * from './schema/types/scheduling.js';
export type * from './schema/kinds/pod.js';
export type * from './schema/kinds/node.js';
export type * from './schema/kinds/event.js';
export type * from './schema/kinds/namespace.js';
export type * from './schema/kinds/configMap.js';
export type * from './schema/kinds/secret.js';
export type * from './schema/kinds/serviceAccount.js';
export type * from './schema/kinds/lease.js';
export type * from './schema/kinds/replicaSet.js';
export type * from './schema/kinds/deployment.js';
