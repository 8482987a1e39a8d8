/**
 * The kinds that statelet serves, by name: which schema, group, version, resource name, scope and subresources each
 * has. Adding a kind starts here.
 */
import type { ObjectMeta } from './schema/types/meta.js';
import type { Pod } from './schema/kinds/pod.js';
import type { Node } from './schema/kinds/node.js';
import type { Event } from './schema/kinds/event.js';
import type { Namespace } from './schema/kinds/namespace.js';
import type { ConfigMap } from './schema/kinds/configMap.js';
import type { Secret } from './schema/kinds/secret.js';
import type { ServiceAccount } from './schema/kinds/serviceAccount.js';
import type { Lease } from './schema/kinds/lease.js';
import type { ReplicaSet } from './schema/kinds/replicaSet.js';
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
  Deployment: Deployment;
}
export type KindName = keyof KindTypes;
export type KindOf<K extends KindName> = KindTypes[K];

/** Any API object, as read. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}
