/** A control plane without nodes on a virtual clock: API, controllers, scheduler. Tests play the kubelet. */
import { createActorHost, type ActorHost } from '../../src/actor/index.js';
import type { Deployment, KindName, KindOf, Pod, ReplicaSet } from '../../src/api/index.js';
import { formatTime } from '../../src/api/index.js';
import { createLocalApi, type Api, type Call } from '../../src/client/index.js';
import { createSeededRandom, createVirtualClock, type VirtualClock } from '../../src/clock/index.js';
import {
  createControllerManager,
  createInformers,
  type ControllerName,
  type ControllerSettings,
} from '../../src/controllers/index.js';
import { createScheduler } from '../../src/scheduler/index.js';
import { createMemoryStore } from '../../src/store/index.js';

export interface Plane {
  readonly api: Api;
  readonly host: ActorHost;
  readonly clock: VirtualClock;
  /** Delivers everything that is pending now. */
  settle(): void;
  /** Lets virtual time pass, timer by timer. */
  advance(durationMs: number): void;
  create<K extends KindName>(kind: K, manifest: object, namespace?: string): KindOf<K>;
  get<K extends KindName>(kind: K, name: string, namespace?: string): KindOf<K>;
  list<K extends KindName>(kind: K, labelSelector?: string): readonly KindOf<K>[];
  patch<K extends KindName>(kind: K, name: string, body: object, subresource?: 'status'): KindOf<K>;
  remove(kind: KindName, name: string, options?: object): void;
  /** As the kubelet: the pod runs and is ready, or not. */
  setReady(pod: Pod, isReady?: boolean): void;
  /** Everything that is not ready becomes so, and what terminates goes. */
  runPods(): void;
  /** `reason message`, in order. */
  events(reason?: string): readonly string[];
  stop(): void;
}

export interface PlaneOptions {
  readonly seed?: number;
  /** Default: deployment, replicaSet, garbageCollector, namespace. */
  readonly controllers?: readonly ControllerName[];
  readonly settings?: ControllerSettings;
  readonly hasScheduler?: boolean;
  /** Stands between the components and the API, to make requests fail. */
  readonly intercept?: (api: Api) => Api;
}

/** The Api with some of its methods replaced. */
export const overriding = (api: Api, methods: Partial<Api>): Api =>
  Object.assign(Object.create(api) as Api, methods);

export const value = <T>(call: Call<T>): T => {
  let result: { value: T } | undefined;
  call.settled((outcome) => {
    if (!outcome.ok) throw outcome.error;
    result = { value: outcome.value };
  });
  if (!result) throw new Error('the request has not been answered');
  return result.value;
};

/** Those that need no nodes. */
const WORKLOAD: readonly ControllerName[] = ['deployment', 'replicaSet', 'garbageCollector', 'namespace'];

export const createPlane = (options: PlaneOptions = {}): Plane => {
  const clock = createVirtualClock();
  const random = createSeededRandom(options.seed ?? 1);
  const store = createMemoryStore();
  const api = createLocalApi({ store, clock, random });
  const trusted = createLocalApi({ store, clock, random, trusted: true });
  const inner = options.intercept?.(trusted) ?? trusted;
  const host = createActorHost({ clock });
  host.crashes$.subscribe(({ path, error }) => {
    throw new Error(`${path} crashed`, { cause: error });
  });
  const informers = createInformers(inner);
  const controllers = options.controllers ?? WORKLOAD;
  const { settings } = options;
  const manager = createControllerManager({
    api: inner,
    clock,
    random,
    host,
    informers,
    controllers,
    settings,
  });
  manager.start();
  const scheduler = createScheduler({
    api: inner,
    clock,
    random,
    host,
    pods: informers.of('Pod'),
    nodes: informers.of('Node'),
    namespaces: informers.of('Namespace'),
  });
  if (options.hasScheduler) scheduler.start();
  informers.start();

  const plane: Plane = {
    api,
    host,
    clock,
    settle: () => host.drain(),
    advance: (durationMs) => {
      const targetMs = clock.now() + durationMs;
      host.drain();
      for (
        let next = clock.nextDeadlineMs();
        next !== undefined && next <= targetMs;
        next = clock.nextDeadlineMs()
      ) {
        clock.step();
        host.drain();
      }
      clock.moveTo(targetMs);
    },
    create: (kind, manifest, namespace = 'default') => {
      const created = value(api.create(kind, manifest, { namespace }));
      host.drain();
      return created;
    },
    get: (kind, name, namespace = 'default') => value(api.get({ kind, name, namespace })),
    list: (kind, labelSelector) => value(api.list(kind, { labelSelector })).items,
    patch: (kind, name, body, subresource) => {
      const patched = value(
        api.patch({ kind, name, namespace: 'default' }, { type: 'merge', body }, { subresource }),
      );
      host.drain();
      return patched;
    },
    remove: (kind, name, deleteOptions) => {
      const namespace = kind === 'Namespace' || kind === 'Node' ? undefined : 'default';
      value(api.delete({ kind, name, namespace }, deleteOptions));
      host.drain();
    },
    setReady: (pod, isReady = true) => {
      const key = { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace ?? '' } as const;
      const condition = {
        type: 'Ready',
        status: isReady ? 'True' : 'False',
        lastTransitionTime: formatTime(clock.now()),
      };
      const others = (value(api.get(key)).status.conditions ?? []).filter(({ type }) => type !== 'Ready');
      const body = { status: { phase: 'Running', conditions: [...others, condition] } };
      value(trusted.patch(key, { type: 'merge', body }, { subresource: 'status' }));
    },
    runPods: () => {
      for (const pod of plane.list('Pod')) {
        const { name, namespace } = pod.metadata;
        if (pod.metadata.deletionTimestamp !== undefined)
          value(api.delete({ kind: 'Pod', name, namespace }, { gracePeriodSeconds: 0 }));
        else if (!pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
          plane.setReady(pod);
      }
      host.drain();
    },
    events: (reason) =>
      plane
        .list('Event')
        .filter((event) => reason === undefined || event.reason === reason)
        .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map((event) => `${event.reason} ${event.message}`),
    stop: () => {
      scheduler.stop();
      manager.stop();
      informers.stop();
      host.stop();
    },
  };
  return plane;
};

const metadata = (name: string, more: object = {}) => ({ name, ...more });
const podTemplate = (image: string, labels: object, more: object = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image }], ...more },
});

export const replicaSetManifest = (name: string, replicas: number, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: metadata(name),
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: podTemplate(`${name}:1`, { app: name }),
    ...more,
  },
});

export const deploymentManifest = (
  name: string,
  replicas: number,
  more: object = {},
  image = `${name}:1`,
): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(name),
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: podTemplate(image, { app: name }),
    ...more,
  },
});

export const podManifest = (name: string, labels: object, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name, { labels }),
  spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
});

/** Changes the image of a Deployment's template. */
export const setImage = (plane: Plane, name: string, image: string): Deployment =>
  plane.patch('Deployment', name, { spec: { template: { spec: { containers: [{ name: 'web', image }] } } } });

export const sizes = (sets: readonly ReplicaSet[]): readonly number[] =>
  sets.map(({ spec }) => spec.replicas ?? 0);
