/**
 * A cluster of three nodes on a virtual clock, whose controllers see the API through faults, and can be restarted. Every
 * change of an object is checked against the invariants that always hold.
 */
import { createActorHost } from '../../src/actor/index.js';
import type { KindName, Pod } from '../../src/api/index.js';
import { createLocalApi, type Api } from '../../src/client/index.js';
import { createSeededRandom, createVirtualClock, type Random } from '../../src/clock/index.js';
import { createFaults, type Faults } from '../../src/cluster/faults.js';
import { createNodes } from '../../src/cluster/nodes.js';
import { createRuntimes } from '../../src/cluster/runtimes.js';
import {
  createControllerManager,
  createInformers,
  type ControllerName,
} from '../../src/controllers/index.js';
import { createScheduler } from '../../src/scheduler/index.js';
import { createMemoryStore } from '../../src/store/index.js';
import { observeInvariants, type ClusterView } from '../../src/testing/index.js';
import { value } from '../controllers/plane.js';
import { faultyApi } from './faultyApi.js';
import { IMAGES } from './workloads.js';

export interface World extends ClusterView {
  readonly api: Api;
  readonly random: Random;
  readonly faults: Faults;
  readonly nodeNames: typeof NODES;
  /** Pods that run somewhere. */
  running(): readonly Pod[];
  advance(durationMs: number): void;
  /** @param outageMs so long none runs. Default: 0. */
  restartControllers(outageMs?: number): void;
  /** No more faults. */
  calm(): void;
  sinceStartMs(): number;
  /** What was wrong at some moment, with the time in seconds. */
  readonly violations: readonly string[];
  converged(): readonly string[];
  stop(): Promise<void>;
}

const NODES = ['node-1', 'node-2', 'node-3'] as const;
const WATCHED: readonly KindName[] = [
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'Deployment',
  'DaemonSet',
  'ControllerRevision',
  'Job',
  'CronJob',
  'Node',
];
const WORKLOADS: readonly ControllerName[] = [
  'deployment',
  'replicaSet',
  'replicationController',
  'daemonSet',
  'cronJob',
  'job',
  'ttlAfterFinished',
  'garbageCollector',
  'namespace',
];
/** They see nodes in time: a pod that they set not ready after its node is back stays so (its agent does not notice). */
const NODE_CONTROLLERS: readonly ControllerName[] = ['nodeLifecycle', 'taintEviction', 'podGC'];
const DECIMALS = 3;

export const createWorld = async (seed: number): Promise<World> => {
  const clock = createVirtualClock();
  const startMs = clock.now();
  const random = createSeededRandom(seed);
  const chance = createSeededRandom(seed * 7919 + 1);
  const host = createActorHost({ clock });
  const store = createMemoryStore();
  const api = createLocalApi({ store, clock, random, taintsNewNodes: true });
  const internal = createLocalApi({ store, clock, random, taintsNewNodes: true, trusted: true });
  const violations: string[] = [];
  const note = (wrong: string): void => {
    violations.push(`${((clock.now() - startMs) / 1000).toFixed(DECIMALS)} s: ${wrong}`);
  };
  host.crashes$.subscribe(({ path, error }) => note(`${path} crashed: ${(error as Error).stack}`));
  const informers = createInformers(internal);
  const runtimes = await createRuntimes({ images: IMAGES }, clock, host, () => {});
  const nodes = createNodes({
    api: internal,
    host,
    clock,
    random,
    configMaps: informers.of('ConfigMap'),
    secrets: informers.of('Secret'),
    crashBackOffMaxMs: 10_000,
    createRuntime: runtimes.create,
  });
  const scheduler = createScheduler({
    api: internal,
    clock,
    random,
    host,
    pods: informers.of('Pod'),
    nodes: informers.of('Node'),
    namespaces: informers.of('Namespace'),
  });
  const faulty = faultyApi(internal, clock, chance);

  const start = (reached: Api, controllers: readonly ControllerName[]) => {
    const views = createInformers(reached);
    const manager = createControllerManager({
      api: reached,
      clock,
      random,
      host,
      informers: views,
      controllers,
    });
    manager.start();
    views.start();
    return () => {
      manager.stop();
      views.stop();
    };
  };
  const startControllers = () => {
    const stops = [start(faulty.api, WORKLOADS), start(internal, NODE_CONTROLLERS)];
    return () => {
      for (const stop of stops) stop();
    };
  };

  const view: ClusterView = { list: (kind) => value(api.list(kind)).items, now: () => clock.now() };
  const { check } = observeInvariants(view);
  const watches = WATCHED.map((kind) =>
    api.watch(kind).subscribe(() => {
      for (const wrong of check('always')) note(wrong);
    }),
  );
  const settle = (): void => host.drain();

  const advance = (durationMs: number): void => {
    const targetMs = clock.now() + durationMs;
    settle();
    for (
      let next = clock.nextDeadlineMs();
      next !== undefined && next <= targetMs;
      next = clock.nextDeadlineMs()
    ) {
      clock.step();
      settle();
    }
    clock.moveTo(targetMs);
  };

  let stopControllers = startControllers();
  scheduler.start();
  informers.start();
  for (const name of NODES) nodes.add({ name });
  settle();
  return {
    ...view,
    api,
    random: chance,
    violations,
    sinceStartMs: () => clock.now() - startMs,
    nodeNames: NODES,
    faults: createFaults(nodes, settle),
    running: () =>
      view.list('Pod').filter(({ status, metadata, spec }) => {
        if (status.phase !== 'Running' || metadata.deletionTimestamp !== undefined) return false;
        const agent = nodes.get(spec.nodeName ?? '')?.agent.pod(metadata.namespace ?? '', metadata.name);
        return agent !== undefined && status.containerStatuses?.[0]?.state?.running !== undefined;
      }),
    advance,
    restartControllers: (outageMs = 0) => {
      stopControllers();
      advance(outageMs);
      stopControllers = startControllers();
      settle();
    },
    calm: () => faulty.calm(),
    converged: () => check('eventually'),
    stop: async () => {
      for (const watch of watches) watch.unsubscribe();
      scheduler.stop();
      stopControllers();
      informers.stop();
      await nodes.stop();
      runtimes.cleanUp();
      host.stop();
    },
  };
};
