/** What the parts of one node agent share. */
import type { ActorHost } from '../actor/index.js';
import type { ConfigMap, Pod, Secret } from '../api/index.js';
import type { Api, EventRecorder } from '../client/index.js';
import type { Clock } from '../clock/index.js';
import type { ContainerRuntime, PodIdentity } from '../runtime/index.js';
import type { ImagePulls } from './container/pulls.js';

export interface NodeServices {
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly api: Api;
  readonly host: ActorHost;
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  configMap(namespace: string, name: string): ConfigMap | undefined;
  secret(namespace: string, name: string): Secret | undefined;
  /** What the machine has, as quantities. */
  capacity(): Readonly<Record<string, string>>;
  /** What the node can give to pods, as quantities: the default of resource limits in the downward API. */
  allocatable(): Readonly<Record<string, string>>;
  /** Longest crash back-off, in ms. */
  readonly crashBackOffMaxMs: number;
}

/** With what the agent itself adds. */
export interface PodServices extends NodeServices {
  readonly pulls: ImagePulls;
  /** Whether the API can be reached. */
  readonly link: { readonly isUp: boolean };
}

export const namespaceOf = (object: {
  readonly metadata: { readonly namespace?: string | undefined };
}): string => object.metadata.namespace ?? 'default';

export const identityOf = (pod: Pod, nodeName: string): PodIdentity => ({
  namespace: namespaceOf(pod),
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  nodeName,
});

/** The unique name of a pod in messages: `web-0_default(6b1c…)`. Models: kubelet/util/format.Pod. */
export const podLabel = (pod: Pod): string => `${pod.metadata.name}_${namespaceOf(pod)}(${pod.metadata.uid})`;
