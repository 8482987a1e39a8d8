/**
 * What must be true of a cluster, as values: `always` at every moment, `eventually` once faults have stopped and time has
 * passed. They look only at API objects, so that they hold for any cluster, and remember no more than earlier looks.
 *
 * Models: spec of the controllers' safety and liveness (controllers.md §10). docs/reference/invariants.md lists them, and
 * those that cannot be seen from outside.
 */
import type { KindName, KindOf } from '../../api/index.js';
import { cronJobs } from './cronJobs.js';
import { daemonSets } from './daemonSets.js';
import { deployments } from './deployments.js';
import { generic } from './generic.js';
import type { ClusterView, Invariant } from './invariant.js';
import { jobs } from './jobs.js';
import { nodes } from './nodes.js';
import { replicaSets } from './replicaSets.js';

export type { ClusterView, Invariant } from './invariant.js';

/** All that statelet promises of the kinds that it serves. */
export const invariants: readonly Invariant[] = [
  ...generic,
  ...replicaSets,
  ...deployments,
  ...daemonSets,
  ...jobs,
  ...cronJobs,
  ...nodes,
];

/** Many look at the same lists. */
const rememberLists = (view: ClusterView): ClusterView => {
  const lists = new Map<KindName, readonly unknown[]>();
  return {
    now: () => view.now(),
    list: <K extends KindName>(kind: K) => {
      const known = lists.get(kind);
      if (known) return known as readonly KindOf<K>[];
      const list = view.list(kind);
      lists.set(kind, list);
      return list;
    },
  };
};

/**
 * Watches over one cluster. `check` tells what is wrong now, of one kind of invariant, as `id: what (says)`.
 *
 * @example
 * const { check } = observeInvariants(cluster);
 * cluster.watch('Pod').subscribe(() => assert.equal(check('always'), []));
 */
export const observeInvariants = (
  view: ClusterView,
  chosen: readonly Invariant[] = invariants,
): { check(when: Invariant['when']): readonly string[] } => {
  const observed = chosen.map((invariant) => ({ ...invariant, look: invariant.observe() }));
  return {
    check: (when) => {
      const now = rememberLists(view);
      return observed
        .filter((invariant) => invariant.when === when)
        .flatMap(({ id, says, look }) => look(now).map((wrong) => `${id}: ${wrong} (${says})`));
    },
  };
};
