/** Budgets, and evictions that say how they were answered. */
import type { Status } from '../../../src/api/index.js';
import type { DeleteOptions } from '../../../src/client/index.js';
import type { Plane } from '../plane.js';

/** A budget for the pods of `app: web`. */
export const budgetManifest = (name: string, spec: object): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
});

/** Its pods have a label more, so that it adopts none that only a budget is to select. */
export const replicationControllerManifest = (name: string, replicas: number): object => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name },
  spec: {
    replicas,
    selector: { app: name, tier: 'replicated' },
    template: {
      metadata: { labels: { app: name, tier: 'replicated' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
  },
});

/** Disruptions allowed, healthy now, healthy desired, pods expected: the order of the upstream tests. */
export const numbers = (plane: Plane, name = 'b'): readonly number[] => {
  const { status } = plane.get('PodDisruptionBudget', name);
  return [status.disruptionsAllowed, status.currentHealthy, status.desiredHealthy, status.expectedPods];
};

/** The answer, be it a refusal. The controllers are not given time to react. */
export const evict = (plane: Plane, name: string, options?: DeleteOptions): Status => {
  let status: Status | undefined;
  plane.api.evict({ namespace: 'default', name }, options).settled((outcome) => {
    status = outcome.ok ? outcome.value : outcome.error.status;
  });
  if (status === undefined) throw new Error('the eviction has not been answered');
  return status;
};
