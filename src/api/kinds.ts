/**
 * The kinds that statelet serves: their types by name, and the registry of their resources. How to add a kind stands in
 * `resources/resource.ts`.
 */
import { configMapResource } from './resources/configMap.js';
import { controllerRevisionResource, daemonSetResource } from './resources/daemonSet.js';
import { deploymentResource } from './resources/deployment.js';
import { eventResource } from './resources/event.js';
import { jobResource } from './resources/job.js';
import { cronJobResource } from './resources/workload/cronJob.js';
import { leaseResource } from './resources/lease.js';
import { namespaceResource } from './resources/namespace.js';
import { nodeResource } from './resources/node.js';
import { podDisruptionBudgetResource } from './resources/workload/podDisruptionBudget.js';
import { podResource } from './resources/pod.js';
import { replicaSetResource } from './resources/replicaSet.js';
import { replicationControllerResource } from './resources/replicationController.js';
import type { Resource as ResourceOf } from './resources/resource.js';
import { secretResource } from './resources/secret.js';
import { serviceAccountResource } from './resources/serviceAccount.js';
import type { ObjectMeta } from './schema/types/meta.js';
import type { Pod } from './schema/kinds/pod.js';
import type { Node } from './schema/kinds/node.js';
import type { Event } from './schema/kinds/event.js';
import type { Namespace } from './schema/kinds/namespace.js';
import type { ConfigMap } from './schema/kinds/configMap.js';
import type { Secret } from './schema/kinds/secret.js';
import type { ServiceAccount } from './schema/kinds/serviceAccount.js';
import type { Job } from './schema/kinds/job.js';
import type { CronJob } from './schema/kinds/workload/cronJob.js';
import type { PodDisruptionBudget } from './schema/kinds/workload/podDisruptionBudget.js';
import type { Lease } from './schema/kinds/lease.js';
import type { ReplicaSet } from './schema/kinds/replicaSet.js';
import type { ReplicationController } from './schema/kinds/workload/replicationController.js';
import type { ControllerRevision } from './schema/kinds/controllerRevision.js';
import type { DaemonSet } from './schema/kinds/daemonSet.js';
import type { Deployment } from './schema/kinds/deployment.js';

/** The TypeScript type of each kind, as the API returns it. */
export interface KindTypes {
  Pod: Pod;
  Node: Node;
  Event: Event;
  Namespace: Namespace;
  ConfigMap: ConfigMap;
  Secret: Secret;
  ServiceAccount: ServiceAccount;
  Lease: Lease;
  ReplicaSet: ReplicaSet;
  ReplicationController: ReplicationController;
  ControllerRevision: ControllerRevision;
  DaemonSet: DaemonSet;
  Deployment: Deployment;
  Job: Job;
  CronJob: CronJob;
  PodDisruptionBudget: PodDisruptionBudget;
}
export type KindName = keyof KindTypes;
export type KindOf<K extends KindName> = KindTypes[K];

/** What is being put together, field by field, and read-only from then on. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Any API object, as read. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** A served kind: names, scope, verbs, schema and rules. */
export type Resource = ResourceOf<KindName>;

/** All served kinds, in the order in which discovery lists them. */
export const resources: readonly Resource[] = [
  configMapResource,
  eventResource,
  namespaceResource,
  nodeResource,
  podResource,
  replicationControllerResource,
  secretResource,
  serviceAccountResource,
  controllerRevisionResource,
  daemonSetResource,
  deploymentResource,
  replicaSetResource,
  cronJobResource,
  jobResource,
  leaseResource,
  podDisruptionBudgetResource,
];

const byKind = new Map<string, Resource>(resources.map((resource) => [resource.kind, resource]));
const byPath = new Map<string, Resource>(
  resources.map((resource) => [`${resource.apiVersion}/${resource.plural}`, resource]),
);

export const isServedKind = (kind: string): kind is KindName => byKind.has(kind);

/** The resource of a served kind. */
export const resourceFor = (kind: KindName): Resource => {
  const resource = byKind.get(kind);
  if (resource === undefined) throw new TypeError(`statelet does not serve the kind ${JSON.stringify(kind)}`);
  return resource;
};

/** The resource that a REST path names: group (`''` for core), version, plural; undefined when there is none. */
export const resourceAt = (group: string, version: string, plural: string): Resource | undefined =>
  byPath.get(`${group === '' ? version : `${group}/${version}`}/${plural}`);
