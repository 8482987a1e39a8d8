/**
 * A Kubernetes cluster in this process: store, API, controllers, scheduler and nodes, composed on one clock.
 *
 * This is the composition root: it knows every part, and no part knows it.
 */
import { Subject, type Observable } from 'rxjs';
import { createActorHost, type ActorCrash } from './actor/index.js';
import { resourceFor, type KindName, type KindOf, type KubeObject } from './api/index.js';
import {
  compactHistory,
  createLocalApi,
  expireEvents,
  type Api,
  type ListOptions,
  type PodLogOptions,
  type Warned,
  type WatchEvent,
  type WatchOptions,
} from './client/index.js';
import {
  createCronAlarms,
  createSeededRandom,
  createSystemClock,
  createSystemRandom,
  createVirtualClock,
  type SystemClock,
} from './clock/index.js';
import { applyManifest, manifestsIn } from './cluster/apply.js';
import { createFaults, type Faults } from './cluster/faults.js';
import { createPodLogs, readLogFrom } from './cluster/logs.js';
import { createNodes } from './cluster/nodes.js';
import {
  clockKind,
  controllerSettings,
  eventTtlMs,
  checkOptions,
  crashBackOffMaxMs,
  nodeSpecs,
  type ClusterOptions,
} from './cluster/options.js';
import { createPodStreams } from './cluster/streams.js';
import { createRuntimes } from './cluster/runtimes.js';
import { createSystemTime, createVirtualTime, type ClusterTime } from './cluster/time.js';
import { createControllerManager, createInformers } from './controllers/index.js';
import { createInspect, type Inspect } from './inspect/index.js';
import type { NodeSpec } from './node/index.js';
import { createScheduler } from './scheduler/index.js';
import { createMemoryStore } from './store/index.js';

export type { ClusterOptions } from './cluster/options.js';

export interface ListenOptions {
  /** 0 or absent: any free port. */
  readonly port?: number | undefined;
  /** Bearer token that clients must send. Default: random. */
  readonly token?: string | undefined;
  /** Where to write a kubeconfig (mode 0600). */
  readonly kubeconfig?: string | undefined;
}

/** A cluster's API as it is served. */
export interface Listening {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Certificate of the authority that clients must trust. */
  readonly caPem: string;
  /** Path of the kubeconfig if one was asked for, else its text. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export interface Cluster extends ClusterTime, AsyncDisposable {
  /** The whole Api port. */
  readonly api: Api;
  /** ms since the epoch, on the cluster's clock. */
  now(): number;
  /**
   * Like `kubectl apply`: YAML or JSON text, one object, or several.
   * @throws {ApiError} what the API refuses; objects before it stay applied.
   */
  apply(manifests: string | object | readonly object[]): Promise<KubeObject[]>;
  /** The object, or undefined. Namespaced kinds default to `default`. */
  get<K extends KindName>(kind: K, name: string, namespace?: string): KindOf<K> | undefined;
  list<K extends KindName>(
    kind: K,
    namespace?: string,
    options?: Omit<ListOptions, 'namespace'>,
  ): readonly KindOf<K>[];
  watch<K extends KindName>(kind: K, options?: WatchOptions): Observable<WatchEvent<KindOf<K>>>;
  /** Lines of a container's log, as `kubectl logs` prints them. Errors with an ApiError. */
  logs(namespace: string, pod: string, options?: Partial<PodLogOptions>): Observable<string | Uint8Array>;
  addNode(spec: NodeSpec): Promise<void>;
  removeNode(name: string): Promise<void>;
  readonly faults: Faults;
  /**
   * What every actor does, by path and cluster time; the actors that live already are introduced first. `filter` is asked
   * before an event is converted: `node/node-1/pod/default`, or a function of the path. `raw: true`: XState's own events.
   */
  readonly inspect: Inspect;
  /**
   * What whoever wrote an object was warned of, over HTTP too: unknown fields, fields that statelet does not act on.
   * `Pod default/web: spec.hostPID: …`
   */
  readonly warnings$: Observable<string>;
  /** Actors that crashed: faults of statelet. They were restarted. */
  readonly errors$: Observable<ActorCrash>;
  /** Number of live actors and of pending timers. */
  readonly statistics: { readonly actors: number; readonly timers: number };
  /** Serves the API to kubectl and other clients over HTTPS on the loopback interface. */
  listen(options?: ListenOptions): Promise<Listening>;
  /** Stops everything; no process and no port is left. */
  stop(): Promise<void>;
}

/** `Pod default/web` */
const titleOf = ({ kind, name, namespace }: Warned): string =>
  `${kind} ${resourceFor(kind).namespaced ? `${namespace ?? 'default'}/${name}` : name}`;

/**
 * Starts a cluster. With the (default) virtual clock nothing happens until time is moved, and two runs of one program
 * are the same.
 *
 * @example
 * const cluster = await createCluster({ nodes: 3, seed: 1 });
 * await cluster.apply(yaml);
 * await cluster.advance('5m');
 * cluster.get('Deployment', 'web')?.status.readyReplicas;
 *
 * @throws {RangeError} for options that are unknown, wrong, or cannot work together; {@link ImagesFileError} for a wrong images file.
 */
export const createCluster = async (options: ClusterOptions = {}): Promise<Cluster> => {
  checkOptions(options);
  const specs = nodeSpecs(options.nodes);
  const isVirtual = clockKind(options) === 'virtual';
  const clock = isVirtual ? createVirtualClock(options.startTime) : createSystemClock();
  const random = isVirtual ? createSeededRandom(options.seed ?? 1) : createSystemRandom();
  const warnings$ = new Subject<string>();
  const warn = (message: string, about?: Warned): void =>
    warnings$.next(about === undefined ? message : `${titleOf(about)}: ${message}`);
  const host = createActorHost({ clock });
  const store = createMemoryStore();
  const api = createLocalApi({
    store,
    clock,
    random,
    taintsNewNodes: true,
    runsProcesses: options.runtime === 'process',
    onWarning: warn,
    readLog: (pod, logOptions) => readLogFrom(podLogs)(pod, logOptions),
  });
  const eventTtl = eventTtlMs(options);
  const internal = createLocalApi({ store, clock, random, taintsNewNodes: true, trusted: true });
  const errors$ = new Subject<ActorCrash>();
  host.crashes$.subscribe(errors$);
  const report = (path: string) => (error: unknown) => errors$.next({ path, error, restarted: true });
  const informers = createInformers(internal, report('informer'));
  const runtimes = await createRuntimes(options, clock, host, warn);
  const nodes = createNodes({
    api: internal,
    host,
    clock,
    random,
    configMaps: informers.of('ConfigMap'),
    secrets: informers.of('Secret'),
    crashBackOffMaxMs: crashBackOffMaxMs(options),
    createRuntime: runtimes.create,
  });
  const controllers = createControllerManager({
    api: internal,
    clock,
    random,
    host,
    informers,
    settings: {
      ...controllerSettings(options),
      ...(!isVirtual && { cronJob: { alarms: await createCronAlarms() } }),
    },
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
  const time =
    'isVirtual' in clock && clock.isVirtual
      ? createVirtualTime(clock, host)
      : createSystemTime(clock as SystemClock, host);
  const podLogs = createPodLogs(nodes, clock);
  const podStreams = createPodStreams(nodes);
  const servers = new Set<Listening>();
  let stopped: Promise<void> | undefined;

  const listen = async (listenOptions: ListenOptions = {}): Promise<Listening> => {
    const { createServer } = await import('./server/index.js');
    const ioClock = createSystemClock();
    const server = await createServer({
      api,
      clock,
      // Its own: a client that connects must not change what the seed gives.
      random: createSystemRandom(),
      ioClock,
      logs: podLogs,
      streams: podStreams,
      token: listenOptions.token,
      port: listenOptions.port,
      kubeconfigPath: listenOptions.kubeconfig,
    }).catch((error: unknown) => {
      ioClock.close();
      throw error;
    });
    const listening: Listening = {
      url: server.url,
      port: server.port,
      token: server.token,
      caPem: server.caPem,
      kubeconfig: listenOptions.kubeconfig ?? server.kubeconfig,
      close: async () => {
        servers.delete(listening);
        await server.close();
        ioClock.close();
      },
    };
    servers.add(listening);
    return listening;
  };

  // Nothing from here on fails: whoever gets an error above is left with no timer.
  const history = compactHistory(store, clock);
  const eventExpiry = expireEvents(store, clock, eventTtl);

  const stop = async (): Promise<void> => {
    await Promise.all([...servers].map((server) => server.close()));
    scheduler.stop();
    controllers.stop();
    informers.stop();
    await nodes.stop();
    runtimes.cleanUp();
    history.stop();
    eventExpiry.stop();
    host.stop();
    if (!clock.isVirtual) clock.close();
    warnings$.complete();
  };

  controllers.start();
  scheduler.start();
  informers.start();
  for (const spec of specs) nodes.add(spec);
  host.drain();

  return {
    ...time,
    api,
    now: () => clock.now(),
    apply: async (input) => {
      const applied: KubeObject[] = [];
      for (const manifest of await manifestsIn(input)) {
        applied.push(await applyManifest(api, manifest, { fieldManager: 'statelet' }));
      }
      host.drain();
      return applied;
    },
    get: (kind, name, namespace) => {
      let found: KindOf<typeof kind> | undefined;
      api.get({ kind, name, namespace }).settled((outcome) => {
        if (outcome.ok) found = outcome.value;
        else if (outcome.error.code !== 404) throw outcome.error;
      });
      return found;
    },
    list: (kind, namespace, listOptions) => {
      let items: readonly KindOf<typeof kind>[] = [];
      api.list(kind, { ...listOptions, namespace }).settled((outcome) => {
        if (!outcome.ok) throw outcome.error;
        items = outcome.value.items;
      });
      return items;
    },
    watch: (kind, watchOptions) => api.watch(kind, watchOptions),
    logs: (namespace, pod, logOptions) => api.logs({ namespace, name: pod }, logOptions),
    addNode: async (spec) => {
      nodes.add(spec);
      host.drain();
    },
    removeNode: (name) => nodes.remove(name),
    faults: createFaults(nodes, () => host.drain()),
    inspect: createInspect(host),
    warnings$,
    errors$,
    get statistics() {
      return { actors: host.actorCount, timers: host.pendingTimers };
    },
    listen,
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
};
