/** Clusters in which nodes have trouble, observed at chosen moments. */
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type ClusterOptions, type Pod } from '../../../src/index.js';

const START_MS = 1_767_225_600_000;

export interface NodeRig {
  readonly cluster: Cluster;
  /** Moves to this moment, in seconds since the beginning. */
  at(seconds: number): Promise<void>;
  run(name: string, image: string, spec?: object, container?: object): Promise<void>;
  pod(name: string): Pod | undefined;
  /** `Failed Evicted`, `Running`. */
  phase(name: string): string;
  condition(pod: string, type: string): string;
  /** Conditions of the node that are not as they should be: `MemoryPressure`, `Ready False`. */
  trouble(node: string): readonly string[];
  taints(node: string): readonly string[];
  /** `00:00:10 Evicted`. */
  events(name: string): readonly string[];
  messages(name: string, reason: string): readonly string[];
}

/** Fails on any crash inside statelet. */
export const withNodes = async (
  options: ClusterOptions,
  body: (rig: NodeRig) => Promise<void>,
): Promise<void> => {
  const cluster = await createCluster(options);
  const crashes: unknown[] = [];
  cluster.errors$.subscribe((crash) => crashes.push(crash));
  const of = (name: string) =>
    cluster.list('Event', 'default').filter(({ involvedObject }) => involvedObject.name === name);
  const rig: NodeRig = {
    cluster,
    at: async (seconds) => {
      await cluster.advance(START_MS + seconds * 1000 - cluster.now());
    },
    run: async (name, image, spec = {}, container = {}) => {
      const containers = [{ name: 'app', image, ...container }];
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { containers, ...spec },
      });
      await cluster.advance(0);
    },
    pod: (name) => cluster.get('Pod', name),
    phase: (name) => {
      const { phase, reason } = cluster.get('Pod', name)?.status ?? {};
      return [phase ?? 'gone', ...(reason ? [reason] : [])].join(' ');
    },
    condition: (name, type) => {
      const found = cluster.get('Pod', name)?.status.conditions?.find((each) => each.type === type);
      return found ? [found.status, ...(found.reason ? [found.reason] : [])].join(' ') : 'absent';
    },
    trouble: (name) =>
      (cluster.get('Node', name)?.status?.conditions ?? []).flatMap(({ type, status }) =>
        type === 'Ready' ? (status === 'True' ? [] : [`Ready ${status}`]) : status === 'False' ? [] : [type],
      ),
    taints: (name) =>
      (cluster.get('Node', name)?.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`),
    events: (name) =>
      of(name).map(({ lastTimestamp, reason }) => `${lastTimestamp?.slice(11, 19)} ${reason}`),
    messages: (name, reason) =>
      of(name).flatMap((event) => (event.reason === reason ? [event.message ?? ''] : [])),
  };
  try {
    await body(rig);
    assert.equal(crashes, []);
  } finally {
    await cluster.stop();
  }
};
