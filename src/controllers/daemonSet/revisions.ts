/**
 * The history of a DaemonSet's template: which ControllerRevision is the current one, and which are old. Pure.
 *
 * Models: pkg/controller/daemon/update.go#constructHistory, #getPatch, #cleanupHistory (v1.36)
 */
import { jsonEqual, type ControllerRevision, type DaemonSet, type PodTemplateSpec } from '../../api/index.js';
import { controllerReference } from '../ownership.js';
import { templateHash } from '../podTemplate.js';
import { REVISION_HASH } from './pods.js';

export interface History {
  /** Of the current template; the highest of several. */
  readonly current: ControllerRevision | undefined;
  /** Others of the current template. */
  readonly duplicates: readonly ControllerRevision[];
  /** Of other templates, oldest first. */
  readonly old: readonly ControllerRevision[];
  /** Without the label by which pods name their revision. */
  readonly unlabelled: readonly ControllerRevision[];
}

const dataByTemplate = new WeakMap<PodTemplateSpec, unknown>();

/** The patch that brings a template back: what a revision holds (DS-40). */
export const revisionData = (template: PodTemplateSpec): unknown => {
  let data = dataByTemplate.get(template);
  if (data === undefined)
    dataByTemplate.set(template, (data = { spec: { template: { ...template, $patch: 'replace' } } }));
  return data;
};

const byRevision = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1);

export const historyOf = ({ spec }: DaemonSet, revisions: readonly ControllerRevision[]): History => {
  const data = revisionData(spec.template);
  const matching: ControllerRevision[] = [];
  const old: ControllerRevision[] = [];
  for (const revision of revisions) (jsonEqual(revision.data, data) ? matching : old).push(revision);
  const ranked = matching.sort(byRevision);
  return {
    current: ranked.at(-1),
    duplicates: ranked.slice(0, -1),
    old: old.sort(byRevision),
    unlabelled: revisions.filter(({ metadata }) => metadata.labels?.[REVISION_HASH] === undefined),
  };
};

/** The number that the current revision must have at least: one more than the highest of the old ones. */
export const nextRevision = ({ old }: History): number => (old.at(-1)?.revision ?? 0) + 1;

/** Whether the history must be written before pods can be placed (DS-41). */
export const isUnrecorded = (history: History): boolean =>
  history.current === undefined ||
  history.duplicates.length > 0 ||
  history.unlabelled.length > 0 ||
  history.current.revision < nextRevision(history);

export const hashOf = (revision: ControllerRevision | undefined): string =>
  revision?.metadata.labels?.[REVISION_HASH] ?? '';

/** A revision of the current template (DS-41). */
export const newRevision = (daemonSet: DaemonSet, revision: number): ControllerRevision => {
  const { template } = daemonSet.spec;
  const hash = templateHash(template, daemonSet.status.collisionCount);
  const { annotations } = daemonSet.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${daemonSet.metadata.name}-${hash}`,
      namespace: daemonSet.metadata.namespace,
      labels: { ...template.metadata.labels, [REVISION_HASH]: hash },
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(daemonSet)],
    } as unknown as ControllerRevision['metadata'],
    data: revisionData(template),
    revision,
  };
};

/** Old revisions beyond the limit, oldest first; one that a pod has stays, and a later one goes instead (DS-43). */
export const surplusRevisions = (
  { spec }: DaemonSet,
  { old }: History,
  liveHashes: ReadonlySet<string>,
): readonly ControllerRevision[] => {
  const excess = old.length - (spec.revisionHistoryLimit ?? 10);
  if (excess <= 0) return [];
  return old.filter((revision) => !liveHashes.has(hashOf(revision))).slice(0, excess);
};
