/**
 * Scenarios of scale: many pods, many timers, an hour of probes. Each takes the module `statelet` and answers
 * `{ finish, note }`: how to stop, and what else was measured, in words.
 */

const httpGet = { path: '/', port: 8080 };
/** Upstream's default for a node. */
const PODS_PER_NODE = 110;
/** Room for pods beside the Deployment. */
const SPARE_PODS = 500;

const webDeployment = (replicas) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'example.com/web:1',
            readinessProbe: { httpGet },
            livenessProbe: { httpGet },
          },
        ],
      },
    },
  },
});

const readyCluster = async ({ createCluster }, replicas) => {
  const nodes = Math.ceil((replicas + SPARE_PODS) / PODS_PER_NODE);
  const cluster = await createCluster({ nodes, clock: 'virtual', seed: 1 });
  await cluster.apply(webDeployment(replicas));
  await cluster.runUntil(() => cluster.get('Deployment', 'web')?.status?.readyReplicas === replicas);
  return cluster;
};

/** A Deployment with an HTTP readiness and an HTTP liveness probe, until all of its pods are Ready. */
export const podsReady = (replicas) => ({
  run: async (statelet) => {
    const cluster = await readyCluster(statelet, replicas);
    const ready = cluster
      .list('Pod', 'default')
      .filter(({ status }) =>
        status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      );
    if (ready.length !== replicas) throw new Error(`${ready.length} of ${replicas} pods are Ready`);
    return { finish: () => cluster.stop() };
  },
});

/** The second Deployment of a process: what a test suite pays, once the code is compiled. */
export const podsAgain = (replicas) => ({
  prepare: async (statelet) => {
    const first = await readyCluster(statelet, replicas);
    await first.stop();
  },
  run: async (statelet) => {
    const cluster = await readyCluster(statelet, replicas);
    return { finish: () => cluster.stop() };
  },
});

/** An hour of virtual time in which every pod is probed by readiness and liveness every ten seconds. */
export const hourOfProbes = (replicas) => ({
  prepare: (statelet) => readyCluster(statelet, replicas),
  run: async (_statelet, cluster) => {
    await cluster.advance('1h');
    const restarts = cluster
      .list('Pod')
      .reduce((sum, { status }) => sum + (status.containerStatuses?.[0]?.restartCount ?? 0), 0);
    if (restarts !== 0) throw new Error(`${restarts} restarts in an hour in which nothing failed`);
    return { finish: () => cluster.stop() };
  },
});

/** Heap that a Ready pod holds, with its actors and timers. Needs `--expose-gc`. */
export const heapPerPod = (replicas) => ({
  run: async (statelet) => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    const cluster = await readyCluster(statelet, replicas);
    globalThis.gc();
    const perPod = (process.memoryUsage().heapUsed - before) / replicas;
    return { finish: () => cluster.stop(), note: `${(perPod / 1000).toFixed(1)} kB of heap a pod` };
  },
});

const barePod = (name) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'example.com/app:1', livenessProbe: { httpGet } }] },
});

/** Pods of nobody that end beside others must cost the same however many timers those have pending. */
export const endOfPods = ({ few, many, ends }) => ({
  run: async (statelet) => {
    const costs = [];
    for (const bystanders of [few, many, few, many]) {
      const cluster = await readyCluster(statelet, bystanders);
      const names = Array.from({ length: ends }, (_, index) => `ends-${index}`);
      await cluster.apply(names.map(barePod));
      await cluster.settle();
      const { timers } = cluster.statistics;
      const cpu = process.cpuUsage();
      for (const name of names) {
        cluster.api.delete({ kind: 'Pod', namespace: 'default', name }).settled(() => {});
      }
      await cluster.settle();
      const { user, system } = process.cpuUsage(cpu);
      costs.push({ timers, microseconds: (user + system) / ends });
      if (cluster.list('Pod').length !== bystanders) throw new Error('not all pods have ended');
      await cluster.stop();
    }
    const [, , warmFew, warmMany] = costs;
    const say = ({ timers, microseconds }) => `${microseconds.toFixed(0)} µs at ${timers} timers`;
    return { finish: () => {}, note: `a pod’s end: ${say(warmFew)}, ${say(warmMany)}` };
  },
});

/** Pods that crash for a day: what the cluster holds must not grow. Needs `--expose-gc`. */
export const crashLoops = (pods) => ({
  run: async (statelet) => {
    const images = { 'example.com/crash:1': { exitsAfter: '2s', exitCode: 1 } };
    const cluster = await statelet.createCluster({ clock: 'virtual', seed: 1, images });
    const containers = [{ name: 'app', image: 'example.com/crash:1' }];
    const names = Array.from({ length: pods }, (_, index) => `crash-${index}`);
    await cluster.apply(names.map((name) => ({ ...barePod(name), spec: { containers } })));
    const heapMb = async (duration) => {
      await cluster.advance(duration);
      globalThis.gc();
      return process.memoryUsage().heapUsed / 1e6;
    };
    // After twelve hours the histories that watches begin from are full.
    const early = await heapMb('12h');
    const late = await heapMb('12h');
    if (late > early * 1.05)
      throw new Error(`the heap grew from ${early.toFixed(1)} to ${late.toFixed(1)} MB`);
    const note = `heap after 12 h ${early.toFixed(1)} MB, after 24 h ${late.toFixed(1)} MB`;
    return { finish: () => cluster.stop(), note };
  },
});
