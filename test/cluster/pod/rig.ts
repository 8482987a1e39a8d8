/** One pod in a cluster of simulated nodes, observed at chosen moments. */
import * as assert from 'uvu/assert';
import {
  createCluster,
  type Cluster,
  type ClusterOptions,
  type ContainerStatus,
  type Event,
  type Pod,
} from '../../../src/index.js';

const START_MS = 1_767_225_600_000;

export interface PodRig {
  readonly cluster: Cluster;
  /** Undefined once the object is gone. */
  readonly pod: Pod | undefined;
  /** Moves to this moment, in seconds since the beginning. */
  at(seconds: number): Promise<void>;
  /** The container's state in short: `running`, `CrashLoopBackOff`, `Error 1`; `*` behind it: ready. */
  state(container: string): string;
  status(container: string): ContainerStatus;
  /** `True`, `False ContainersNotReady`. */
  condition(type: string): string;
  /** Events about the pod: `Killing spec.containers{app}: Stopping container app`. */
  readonly events: readonly string[];
  remove(gracePeriodSeconds?: number): Promise<void>;
  patch(spec: object, subresource?: 'ephemeralcontainers'): Promise<void>;
}

/** Runs a pod named `p`; fails on any crash inside statelet. */
export const withPod = async (
  spec: object,
  options: ClusterOptions,
  body: (rig: PodRig) => Promise<void>,
  metadata: object = {},
): Promise<void> => {
  const cluster = await createCluster(options);
  const crashes: unknown[] = [];
  cluster.errors$.subscribe((crash) => crashes.push(crash));
  const key = { kind: 'Pod', name: 'p', namespace: 'default' } as const;
  const statuses = ({ status }: Pod): readonly ContainerStatus[] => [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ];
  const rig: PodRig = {
    cluster,
    get pod() {
      return cluster.get('Pod', 'p');
    },
    at: async (seconds) => {
      await cluster.advance(START_MS + seconds * 1000 - cluster.now());
    },
    status: (name) => {
      const found = rig.pod && statuses(rig.pod).find((status) => status.name === name);
      assert.ok(found, `container ${name} has no status`);
      return found;
    },
    state: (name) => {
      const { state, ready } = rig.status(name);
      const { running, waiting, terminated } = state ?? {};
      const text = running
        ? 'running'
        : waiting
          ? (waiting.reason ?? 'waiting')
          : `${terminated?.reason} ${terminated?.exitCode}`;
      return ready ? `${text}*` : text;
    },
    condition: (type) => {
      const found = rig.pod?.status.conditions?.find((condition) => condition.type === type);
      return found ? [found.status, ...(found.reason ? [found.reason] : [])].join(' ') : 'absent';
    },
    get events() {
      return cluster
        .list('Event', 'default')
        .filter(({ involvedObject }) => involvedObject.name === 'p')
        .map(({ reason, message, involvedObject }: Event) =>
          [`${reason}${involvedObject.fieldPath ? ` ${involvedObject.fieldPath}` : ''}`, message].join(': '),
        );
    },
    remove: async (gracePeriodSeconds) => {
      await cluster.api.delete(key, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
      await cluster.advance(0);
    },
    patch: async (changed, subresource) => {
      const body = { spec: changed };
      await cluster.api.patch(key, { type: 'strategic', body }, subresource ? { subresource } : {});
      await cluster.advance(0);
    },
  };
  try {
    await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec });
    await cluster.advance(0);
    await body(rig);
    assert.equal(crashes, []);
  } finally {
    await cluster.stop();
  }
};

export const container = (name: string, image: string, more: object = {}): object => ({
  name,
  image,
  ...more,
});
export const sidecar = (name: string, image: string, more: object = {}): object => ({
  name,
  image,
  restartPolicy: 'Always',
  ...more,
});
