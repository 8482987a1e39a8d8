/**
 * The ReplicaSets of a Deployment: which is the new one, how they are ordered, what their annotations say, and the
 * manifest of a new one. Pure.
 *
 * Models: pkg/controller/deployment/util/deployment_util.go, sync.go#getNewReplicaSet (v1.36)
 */
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/index.js';
import { controllerReference } from '../ownership.js';
import { isSemanticallyEqual, templateHash } from '../podTemplate.js';
import { fencepostsOf } from './fenceposts.js';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';
export const TEMPLATE_HASH = 'pod-template-hash';

/** Annotations that a ReplicaSet does not take over from its Deployment (DP-27). */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
]);
/** Source: deployment_controller.go#maxRevHistoryLengthInChars. */
const MAX_HISTORY_LENGTH = 2000;
/** Longest object name. */
const MAX_NAME_LENGTH = 253;
const INT32_MAX = 2 ** 31 - 1;

type Annotations = Readonly<Record<string, string>>;

export const sizeOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1;
export const totalSize = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((total, replicaSet) => total + sizeOf(replicaSet), 0);
export const totalAvailable = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((total, { status }) => total + (status.availableReplicas ?? 0), 0);
/** Those with a size above zero. */
export const activeOf = (replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] =>
  replicaSets.filter((replicaSet) => sizeOf(replicaSet) > 0);

/** Oldest first; equal ages by name. */
export const byAge = (a: ReplicaSet, b: ReplicaSet): number => {
  const [createdA, createdB] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (createdA !== createdB) return createdA < createdB ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};

const withoutHash = (template: PodTemplateSpec | undefined): PodTemplateSpec | undefined => {
  const labels = template?.metadata?.labels;
  if (!template || labels?.[TEMPLATE_HASH] === undefined) return template;
  const { [TEMPLATE_HASH]: _, ...others } = labels;
  return { ...template, metadata: { ...template.metadata, labels: others } } as PodTemplateSpec;
};

/** Equal but for the hash label (DP-20). */
export const isSameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean =>
  isSemanticallyEqual(withoutHash(a), withoutHash(b));

/** The oldest ReplicaSet with the Deployment's template; `replicaSets` are in any order. */
export const findNew = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...replicaSets]
    .sort(byAge)
    .find((candidate) => isSameTemplate(candidate.spec.template, deployment.spec.template));

/** Counts rollouts; an int64. */
export type Revision = bigint;

/** The revision of a ReplicaSet or Deployment: 0 without the annotation, undefined when it is unreadable. */
export const revisionOf = (annotations: Annotations | undefined): Revision | undefined => {
  const text = annotations?.[REVISION];
  if (text === undefined || text === '') return 0n;
  return /^-?[0-9]+$/.test(text) ? BigInt(text) : undefined;
};
export const maxRevision = (replicaSets: readonly ReplicaSet[]): Revision => {
  let most = 0n;
  for (const { metadata } of replicaSets) {
    const revision = revisionOf(metadata.annotations) ?? 0n;
    if (revision > most) most = revision;
  }
  return most;
};

/** A size annotation as a uint32 within int32 (DP-11); undefined when it is missing or unreadable. */
export const sizeAnnotation = (replicaSet: ReplicaSet, name: string): number | undefined => {
  const text = replicaSet.metadata.annotations?.[name];
  if (text === undefined || !/^[0-9]+$/.test(text)) return undefined;
  const size = Number(text);
  return size <= INT32_MAX ? size : undefined;
};

/** The two size annotations that a write through the Deployment leaves on a ReplicaSet (DP-28). */
export const sizeAnnotations = (deployment: Deployment): Annotations => {
  const desired = deployment.spec.replicas ?? 1;
  return {
    [DESIRED_REPLICAS]: String(desired),
    [MAX_REPLICAS]: String(desired + fencepostsOf(deployment).maxSurge),
  };
};
export const hasSizeAnnotations = (replicaSet: ReplicaSet, deployment: Deployment): boolean =>
  Object.entries(sizeAnnotations(deployment)).every(
    ([name, value]) => replicaSet.metadata.annotations?.[name] === value,
  );

/** Those annotations of the Deployment that its new ReplicaSet takes over (DP-27). */
export const copiedAnnotations = (annotations: Annotations | undefined): Annotations =>
  Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name)));

/**
 * The annotations that the new ReplicaSet should carry (DP-26, DP-27), or undefined when it has them. `current` is
 * undefined for a ReplicaSet still to be made, which gets the size annotations, too.
 */
export const newAnnotations = (
  deployment: Deployment,
  current: Annotations | undefined,
  newRevision: Revision,
  exists: boolean,
): Annotations | undefined => {
  const annotations: Record<string, string> = {
    ...current,
    ...copiedAnnotations(deployment.metadata.annotations),
  };
  const oldText = current?.[REVISION];
  const oldRevision = revisionOf(current);
  if (oldRevision === undefined) return undefined;
  if (oldText === undefined || oldRevision < newRevision) {
    annotations[REVISION] = String(newRevision);
    if (oldText) annotations[REVISION_HISTORY] = appendHistory(current?.[REVISION_HISTORY], oldText);
  }
  if (!exists) Object.assign(annotations, sizeAnnotations(deployment));
  return exists && isSemanticallyEqual(annotations, current ?? {}) ? undefined : annotations;
};

/** Appends a revision to the comma list, dropping the oldest entries that no longer fit. */
const appendHistory = (history: string | undefined, revision: string): string => {
  if (!history) return revision;
  const entries = [...history.split(','), revision];
  while (entries.length > 1 && entries.join(',').length > MAX_HISTORY_LENGTH) entries.shift();
  return entries.join(',');
};

/** `<deployment>-<hash>`, the Deployment's part cut so that the whole fits 253 characters (row 71). */
export const replicaSetName = (deploymentName: string, hash: string): string => {
  const room = MAX_NAME_LENGTH - hash.length - 1;
  return `${room > 0 ? deploymentName.slice(0, room) : deploymentName}-${hash}`;
};

/** The manifest of a Deployment's new ReplicaSet (DP-21). */
export const newReplicaSet = (
  deployment: Deployment,
  replicas: number,
  revision: Revision,
): ReplicaSetManifest => {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(deployment.metadata.name, hash),
      namespace: deployment.metadata.namespace,
      labels,
      annotations: newAnnotations(deployment, undefined, revision, false) ?? {},
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
};
/** What is sent to create a ReplicaSet. */
export interface ReplicaSetManifest {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'ReplicaSet';
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly spec: { readonly replicas: number } & Readonly<Record<string, unknown>>;
}
