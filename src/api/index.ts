/**
 * The object model of the API: types, schemas and pure functions on them. No behaviour over time.
 *
 * The way of a manifest: `decode` → `applyDefaults` → `admitPod` → `validateCreate` or `validateUpdate`, whose errors
 * `invalidError` turns into the answer; `warningsFor` for those who want warnings. What statelet serves is in
 * `resources`. Everything derives from one schema per kind (`schema/kinds`); `resources/resource.ts` says how to add one.
 */
export {
  isServedKind,
  resourceAt,
  resourceFor,
  resources,
  type KindName,
  type KindOf,
  type KindTypes,
  type KubeObject,
  type Writable,
  type Resource,
} from './kinds.js';
export type { Field, FieldOptions, Fields, ObjectSchema, Schema } from './schema/dsl.js';
export * from './wire/index.js';
export * from './defaults/index.js';
export * from './validation/index.js';
export { warningsFor } from './validation/warnings.js';
export { ApiError, withoutStack, type Status, type StatusCause, type StatusDetails } from './errors.js';
export { scale as scaleSchema } from './schema/kinds/subresources.js';
export type * from './schema/types/meta.js';
export type * from './schema/types/container.js';
export type * from './schema/types/probe.js';
export type * from './schema/types/podStatus.js';
export type * from './schema/types/volumes.js';
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
export type * from './schema/kinds/workload/replicationController.js';
export type * from './schema/kinds/controllerRevision.js';
export type * from './schema/kinds/daemonSet.js';
export type * from './schema/kinds/deployment.js';
export type * from './schema/kinds/job.js';
export type * from './schema/kinds/workload/cronJob.js';
export type * from './schema/kinds/workload/podDisruptionBudget.js';
export * from './disruptionAllowed.js';
export * from './podRequest.js';
export * from './status.js';
export * from './cron/index.js';
export * from './time.js';
export * from './selector/index.js';
export * from './patch/index.js';
export * from './managedFields/index.js';
export * from './table/index.js';
export * from './podStatus/index.js';
