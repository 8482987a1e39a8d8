/**
 * For tests of users' own programs. Thin for now: a cluster on a virtual clock that stops itself.
 */
import { createCluster, type Cluster, type ClusterOptions } from '../cluster.js';

/**
 * Runs `body` with a cluster on a virtual clock, and stops the cluster whatever happens.
 *
 * @example
 * await withCluster({ nodes: 2 }, async (cluster) => {
 *   await cluster.apply(manifest);
 *   await cluster.advance('1m');
 *   assert.equal(cluster.get('Deployment', 'web')?.status.readyReplicas, 3);
 * });
 */
export const withCluster = async <T>(
  options: ClusterOptions,
  body: (cluster: Cluster) => Promise<T>,
): Promise<T> => {
  const cluster = await createCluster({ ...options, clock: 'virtual' });
  try {
    return await body(cluster);
  } finally {
    await cluster.stop();
  }
};

export { invariants, observeInvariants, type ClusterView, type Invariant } from './invariants/index.js';
