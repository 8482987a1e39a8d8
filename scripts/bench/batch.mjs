/** Scenarios of controllers at work over time: a CronJob over a month, a restart of a large Deployment. Form: scale.mjs. */

const template = {
  spec: { restartPolicy: 'Never', containers: [{ name: 'task', image: 'example.com/task:1' }] },
};
const images = { 'example.com/task:1': { exitsAfter: '1s' } };

/** Thirty days of a task every fifteen minutes. */
export const cronJobMonth = () => ({
  run: async ({ createCluster }) => {
    const cluster = await createCluster({ nodes: 1, clock: 'virtual', seed: 1, images });
    await cluster.apply({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'often' },
      spec: { schedule: '0,15,30,45 * * * *', jobTemplate: { spec: { template } } },
    });
    // A run starts 100 ms after its time, as upstream's do.
    await cluster.advance('720h');
    await cluster.advance('1s');
    const last = cluster.get('CronJob', 'often')?.status?.lastScheduleTime;
    if (last !== '2026-01-31T00:00:00Z') throw new Error(`the last run was at ${last}`);
    return { finish: () => cluster.stop() };
  },
});

/** `kubectl rollout restart` of a large Deployment, until every pod is new. */
export const rolloutRestart = (replicas) => ({
  prepare: async ({ createCluster }) => {
    const cluster = await createCluster({ nodes: Math.ceil(replicas / 60), clock: 'virtual', seed: 1 });
    await cluster.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
        },
      },
    });
    await cluster.runUntil(() => cluster.get('Deployment', 'web')?.status?.readyReplicas === replicas);
    return cluster;
  },
  run: async (_statelet, cluster) => {
    const body = {
      spec: {
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } },
        },
      },
    };
    await cluster.api.patch(
      { kind: 'Deployment', namespace: 'default', name: 'web' },
      { type: 'strategic', body },
    );
    const isDone = () => {
      const { updatedReplicas, availableReplicas, replicas: all } = cluster.get('Deployment', 'web').status;
      return updatedReplicas === replicas && availableReplicas === replicas && all === replicas;
    };
    await cluster.runUntil(isDone, { timeout: '30m' });
    return { finish: () => cluster.stop() };
  },
});
