/** Scenarios of Jobs. Each takes the module `statelet` and answers `{ finish, note }`, as those of scale do. */

/** A Job whose simulated pods exit after a second, until it is Complete. */
export const jobComplete = (completions, parallelism) => ({
  run: async ({ createCluster }) => {
    const images = { 'example.com/task:1': { exitsAfter: '1s' } };
    const cluster = await createCluster({ nodes: 10, clock: 'virtual', seed: 1, images });
    const containers = [{ name: 'task', image: 'example.com/task:1' }];
    const startedAt = cluster.now();
    await cluster.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'tasks', namespace: 'default' },
      spec: { completions, parallelism, template: { spec: { restartPolicy: 'Never', containers } } },
    });
    const status = () => cluster.get('Job', 'tasks', 'default')?.status;
    await cluster.runUntil(() => status()?.completionTime !== undefined, { timeout: '1h' });
    if (status().succeeded !== completions)
      throw new Error(`${status().succeeded} of ${completions} succeeded`);
    return { finish: () => cluster.stop(), note: `${(cluster.now() - startedAt) / 1000} virtual seconds` };
  },
});
