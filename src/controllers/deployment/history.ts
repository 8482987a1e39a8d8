/**
 * Old revisions of a Deployment: which to forget, and how to go back to one. Pure.
 *
 * Models: pkg/controller/deployment/sync.go#cleanupDeployment, rollback.go (v1.36)
 */
import type { Deployment, ReplicaSet } from '../../api/index.js';
import {
  byAge,
  copiedAnnotations,
  isSameTemplate,
  revisionOf,
  ROLLBACK_TO,
  sizeOf,
  TEMPLATE_HASH,
  type Revision,
} from './replicaSets.js';

const INT32_MAX = 2 ** 31 - 1;

/** Old ReplicaSets beyond the history limit that can go (DP-70), lowest revision first. */
export const surplusHistory = (deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] => {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === INT32_MAX) return [];
  const candidates = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = candidates.length - limit;
  if (surplus <= 0) return [];
  return [...candidates]
    .sort(byRevision)
    .slice(0, surplus)
    .filter(
      (replicaSet) =>
        replicaSet.status.replicas === 0 &&
        sizeOf(replicaSet) === 0 &&
        (replicaSet.metadata.generation ?? 0) <= (replicaSet.status.observedGeneration ?? 0),
    );
};

const byRevision = (a: ReplicaSet, b: ReplicaSet): number => {
  const [revisionA, revisionB] = [revisionOf(a.metadata.annotations), revisionOf(b.metadata.annotations)];
  if (revisionA === undefined || revisionB === undefined || revisionA === revisionB) return byAge(a, b);
  return revisionA < revisionB ? -1 : 1;
};

/** What to do about the annotation `deprecated.deployment.rollback.to` (DP-80). */
export type Rollback =
  | { readonly to: 'revision'; readonly revision: Revision; readonly replicaSet: ReplicaSet }
  | { readonly to: 'nothing'; readonly reason: string; readonly message: string };

/** The revision asked for; undefined without a readable annotation. */
export const rollbackRevision = ({ metadata }: Deployment): Revision | undefined => {
  const text = metadata.annotations?.[ROLLBACK_TO];
  return text !== undefined && /^-?[0-9]+$/.test(text) ? BigInt(text) : undefined;
};

export const planRollback = (
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
  wanted: Revision,
): Rollback => {
  const revision = wanted === 0n ? lastRevision(replicaSets) : wanted;
  if (revision === 0n) return notFound('Unable to find last revision.');
  const target = replicaSets.find(({ metadata }) => revisionOf(metadata.annotations) === revision);
  if (!target) return notFound('Unable to find the revision to rollback to.');
  if (isSameTemplate(target.spec.template, deployment.spec.template))
    return {
      to: 'nothing',
      reason: 'DeploymentRollbackTemplateUnchanged',
      message: `The rollback revision contains the same template as current deployment "${deployment.metadata.name}"`,
    };
  return { to: 'revision', revision, replicaSet: target };
};
const notFound = (message: string): Rollback => ({
  to: 'nothing',
  reason: 'DeploymentRollbackRevisionNotFound',
  message,
});

/** The second highest revision; 0 when there is none. */
const lastRevision = (replicaSets: readonly ReplicaSet[]): Revision => {
  let [highest, second] = [0n, 0n];
  for (const { metadata } of replicaSets) {
    const revision = revisionOf(metadata.annotations) ?? 0n;
    if (revision >= highest) [highest, second] = [revision, highest];
    else if (revision > second) second = revision;
  }
  return second;
};

/** The Deployment as a rollback leaves it: the annotation gone, and with a target its template and annotations. */
export const rolledBack = (deployment: Deployment, target: ReplicaSet | undefined): Deployment => {
  const { [ROLLBACK_TO]: _, ...annotations } = deployment.metadata.annotations ?? {};
  if (!target) return { ...deployment, metadata: { ...deployment.metadata, annotations } };
  const copied = copiedAnnotations(annotations);
  const kept = Object.fromEntries(Object.entries(annotations).filter(([name]) => !(name in copied)));
  const { [TEMPLATE_HASH]: _hash, ...labels } = target.spec.template?.metadata?.labels ?? {};
  return {
    ...deployment,
    metadata: {
      ...deployment.metadata,
      annotations: { ...kept, ...copiedAnnotations(target.metadata.annotations) },
    },
    spec: {
      ...deployment.spec,
      template: { ...target.spec.template, metadata: { ...target.spec.template?.metadata, labels } },
    },
  } as Deployment;
};
