/**
 * The number of pods that the controller of a pod is there for. A ReplicaSet of a Deployment stands for the Deployment.
 *
 * Models: pkg/controller/disruption/disruption.go#finders (v1.36; PD-1)
 * Differs: every scalable kind that is served is read from the cache, not by its scale subresource.
 */
import { resources, type KubeObject, type OwnerReference } from '../../api/index.js';
import type { Informers } from '../informers.js';
import { controllerOf } from '../pods.js';
import { CountError, type Scale } from './reconcile.js';

interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

/**
 * @returns undefined when the controller is not there, or another one of its name is
 * @throws {CountError} for a kind that is not known or has no scale
 */
export const scaleOf = (
  informers: Informers,
  controller: OwnerReference,
  namespace: string,
): Scale | undefined => {
  const object = scalableOf(informers, controller, namespace);
  if (object === undefined) return undefined;
  const above = controller.kind === 'ReplicaSet' ? controllerOf(object.metadata) : undefined;
  const scaled = above?.kind === 'Deployment' ? scalableOf(informers, above, namespace) : object;
  return scaled && { uid: scaled.metadata.uid, replicas: scaled.spec.replicas ?? 1 };
};

const scalableOf = (
  informers: Informers,
  { apiVersion, kind, name, uid }: OwnerReference,
  namespace: string,
): Scalable | undefined => {
  const resource = resources.find((served) => served.kind === kind && served.apiVersion === apiVersion);
  if (resource === undefined)
    throw new CountError(`no matches for kind "${kind}" in version "${apiVersion}"`);
  if (!resource.subresources.includes('scale')) {
    const { plural, group } = resource;
    const qualified = group === '' ? plural : `${plural}.${group}`;
    throw new CountError(`${qualified} does not implement the scale subresource`);
  }
  const object = informers.of(resource.kind).get(namespace, name);
  return object?.metadata.uid === uid ? (object as Scalable) : undefined;
};
