/**
 * What differs between kinds in how the API server writes and deletes them, beyond what the registry says of them
 * (`hasStatus`, `hasGeneration`, `gracefulDeletion`). A kind that is not listed behaves like a ConfigMap.
 *
 * Models: pkg/registry/{core,apps,batch,coordination}/(kind)/strategy.go (v1.36)
 */
import type { KindName, KubeObject, ObjectMeta, Resource } from '../../api/index.js';
import { orderMetadata } from './metadata.js';

export interface Strategy {
  /** Annotations count as desired state and raise the generation, too. */
  readonly annotationsRaiseGeneration?: true;
  /** The status of a new object, whatever the client sent. Absent: as sent. */
  readonly initialStatus?: object;
  /** A write of the status leaves these alone. */
  readonly statusKeeps?: 'labels' | 'ownerReferences';
  /** DELETE answers the object also when it is gone. */
  readonly answersDeletedObject?: true;
  /** PUT of an absent object creates it. */
  readonly mayCreateOnUpdate?: true;
  /** PUT must name the version that it replaces. */
  readonly requiresVersion?: true;
  /** What becomes of dependents when a deletion does not say. Default `background`; `ignore`: never any. */
  readonly dependents?: 'orphan' | 'ignore';
  /** What whoever deletes it is told when the request does not say what becomes of dependents. */
  readonly deletionWarning?: string;
}

const strategies: Partial<Record<KindName, Strategy>> = {
  Pod: { initialStatus: {}, statusKeeps: 'ownerReferences', answersDeletedObject: true },
  Deployment: { initialStatus: {}, annotationsRaiseGeneration: true, statusKeeps: 'labels' },
  ReplicaSet: { initialStatus: { replicas: 0 } },
  DaemonSet: {
    initialStatus: {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    },
  },
  ReplicationController: { initialStatus: { replicas: 0 }, dependents: 'orphan' },
  CronJob: { initialStatus: {} },
  Job: {
    initialStatus: {},
    dependents: 'orphan',
    // Source: pkg/registry/batch/job/storage/storage.go#deleteOptionWarnings
    deletionWarning:
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them ' +
      'or set propagationPolicy=Orphan to suppress this warning',
  },
  Namespace: { initialStatus: { phase: 'Active' }, answersDeletedObject: true },
  ServiceAccount: { answersDeletedObject: true },
  Lease: { mayCreateOnUpdate: true, requiresVersion: true },
  PodDisruptionBudget: { requiresVersion: true },
  Event: { mayCreateOnUpdate: true, dependents: 'ignore' },
};

const plain: Strategy = {};

export const strategyFor = (kind: KindName): Strategy => strategies[kind] ?? plain;

/** An API object with the parts that most kinds have. */
export interface WritableObject extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>> | undefined;
  readonly status?: Readonly<Record<string, unknown>> | undefined;
}

/** The object under its proper kind and with this metadata, in the order in which the API writes them. */
export const assemble = (
  resource: Resource,
  metadata: ObjectMeta,
  object: WritableObject,
): WritableObject => {
  const assembled: Record<string, unknown> = {
    kind: resource.kind,
    apiVersion: resource.apiVersion,
    metadata,
  };
  // A loop: rest and spread cost several times as much for objects of many fields.
  for (const name in object) if (!HEAD.has(name)) assembled[name] = object[name as keyof WritableObject];
  return assembled as unknown as WritableObject;
};

/** The object with what the server itself keeps in objects of its kind. */
export const completedBy = (
  { rules }: Resource,
  object: WritableObject,
  old: KubeObject | undefined,
): WritableObject => {
  if (rules.complete === undefined) return object;
  const completed = rules.complete(object as never, old as never) as WritableObject;
  return completed === object ? object : { ...completed, metadata: orderMetadata(completed.metadata) };
};

const HEAD = new Set(['kind', 'apiVersion', 'metadata']);
