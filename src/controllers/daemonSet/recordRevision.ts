/**
 * Writes the history of a DaemonSet: its current template gets a ControllerRevision with the highest number.
 *
 * Models: pkg/controller/daemon/update.go#constructHistory, #snapshot, #dedupCurHistories (v1.36)
 */
import { jsonEqual, type ControllerRevision, type DaemonSet, type Pod } from '../../api/index.js';
import { answer, createCall, type Call, type Settled } from '../../client/index.js';
import { allSettled, type ControllerDeps } from '../deps.js';
import { REVISION_HASH } from './pods.js';
import { hashOf, newRevision, nextRevision, type History } from './revisions.js';

type Deps = Pick<ControllerDeps, 'api'>;

const keyOf = ({ metadata }: ControllerRevision) =>
  ({ kind: 'ControllerRevision', namespace: metadata.namespace, name: metadata.name }) as const;

/** The current revision, as written. `pods` are relabelled when duplicates go (DS-41). */
export const recordRevision = (
  deps: Deps,
  daemonSet: DaemonSet,
  history: History,
  pods: readonly Pod[],
): Call<ControllerRevision> =>
  createCall((settle) => {
    const labelling = history.unlabelled.map((revision) =>
      deps.api.patch(keyOf(revision), {
        type: 'merge',
        body: { metadata: { labels: { [REVISION_HASH]: revision.metadata.name } } },
      }),
    );
    // What fails first ends it; the next sync begins with what is there.
    allSettled(labelling, (labelled) => {
      const failed = labelled.find((outcome) => !outcome.ok);
      if (failed) return settle(failed);
      const { current } = history;
      if (!current) return snapshot(deps, daemonSet, nextRevision(history)).settled(settle);
      const known =
        labelled.map((outcome) => outcome.ok && outcome.value).find((one) => one && isSame(one, current)) ||
        current;
      withoutDuplicates(deps, known, history, pods).settled((outcome) => {
        if (!outcome.ok) return settle(outcome);
        renumbered(deps, known, nextRevision(history)).settled(settle);
      });
    });
  });

const isSame = (a: ControllerRevision, b: ControllerRevision): boolean => a.metadata.uid === b.metadata.uid;

/** Raised to at least `revision`: going back to an older template makes it the newest again. */
const renumbered = (deps: Deps, current: ControllerRevision, revision: number): Call<ControllerRevision> =>
  current.revision >= revision
    ? answer(() => current)
    : deps.api.update(keyOf(current), { ...current, revision });

/** Pods of any other hash are taken for the kept one's (upstream's quirk), then the duplicates go. */
const withoutDuplicates = (
  { api }: Deps,
  kept: ControllerRevision,
  { duplicates }: History,
  pods: readonly Pod[],
): Call<unknown> => {
  if (duplicates.length === 0) return answer(() => undefined);
  const hash = hashOf(kept);
  const relabelling = pods
    .filter(({ metadata }) => metadata.labels?.[REVISION_HASH] !== hash)
    .map(({ metadata }) =>
      api.patch(
        { kind: 'Pod', namespace: metadata.namespace, name: metadata.name },
        { type: 'merge', body: { metadata: { labels: { [REVISION_HASH]: hash } } } },
      ),
    );
  return createCall((settle) =>
    allSettled<unknown>(relabelling, (relabelled) => {
      const failed = firstFailure(relabelled);
      if (failed) return settle(failed);
      allSettled<unknown>(
        duplicates.map((duplicate) => api.delete(keyOf(duplicate))),
        (deleted) => settle(firstFailure(deleted) ?? { ok: true, value: undefined }),
      );
    }),
  );
};

const firstFailure = (outcomes: readonly Settled<unknown>[]): Settled<unknown> | undefined =>
  outcomes.find((outcome) => !outcome.ok && outcome.error.reason !== 'NotFound');

/** A new revision. Its name may be taken by itself, which the cache does not show yet, or by another template's. */
const snapshot = (deps: Deps, daemonSet: DaemonSet, revision: number): Call<ControllerRevision> =>
  createCall((settle) => {
    const wanted = newRevision(daemonSet, revision);
    const { namespace, name } = wanted.metadata;
    deps.api.create('ControllerRevision', wanted, { namespace }).settled((created) => {
      if (created.ok || created.error.reason !== 'AlreadyExists') return settle(created);
      deps.api.get({ kind: 'ControllerRevision', namespace, name }).settled((existing) => {
        if (!existing.ok || jsonEqual(existing.value.data, wanted.data)) return settle(existing);
        countCollision(deps, daemonSet).settled((counted) => settle(counted.ok ? created : counted));
      });
    });
  });

/** DS-42: another hash for the next sync, unless the cached count is behind, which is left as it is. */
const countCollision = ({ api }: Deps, { metadata, status }: DaemonSet): Call<DaemonSet> =>
  createCall((settle) => {
    const key = { kind: 'DaemonSet', namespace: metadata.namespace, name: metadata.name } as const;
    api.get(key).settled((live) => {
      if (!live.ok || live.value.status.collisionCount !== status.collisionCount) return settle(live);
      const collisionCount = (status.collisionCount ?? 0) + 1;
      const counted = { ...live.value, status: { ...live.value.status, collisionCount } };
      api.update(key, counted, { subresource: 'status' }).settled(settle);
    });
  });
