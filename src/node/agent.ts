/**
 * The node agent (kubelet): one node's actor, and the pods that are bound to the node.
 *
 * Everything comes in through two streams: the pods of the node from the Api port, and the exits from the runtime.
 * Models: pkg/kubelet/kubelet.go, kubelet_node_status.go (v1.36).
 */
import { filter, type Subscription } from 'rxjs';
import { bindEffects, type HostedActor } from '../actor/index.js';
import { formatMicroTime, type ApiError, type Node, type Pod } from '../api/index.js';
import type { WatchEvent } from '../client/index.js';
import { nodeMachine, type NodeContext } from '../../machines/index.js';
import { nodeManifest, nodeStatus, type NodeFacts, type NodeSpec } from './nodeObject.js';
import { createImagePulls } from './container/pulls.js';
import { PodWorker, type Admit } from './pod/worker.js';
import { needsFreshNode, refusal, type Refusal } from './admission.js';
import { namespaceOf, type NodeServices, type PodServices } from './services.js';

const machine = bindEffects(nodeMachine, [
  'registerNode',
  'renewLease',
  'reportStatus',
  'reportReady',
  'reportNotReady',
  'startPods',
  'losePods',
  'stopPods',
]);

/** An unchanged status is written this often. Source: kubelet nodeStatusReportFrequency. */
const STATUS_REPORT_MS = 300_000;
const NO_NODE_INFO: Refusal = { reason: 'InvalidNodeInfo', message: 'Kubelet cannot get node info.' };
const LEASE_NAMESPACE = 'kube-node-lease';
/** Source: kubelet nodeLeaseDurationSeconds. */
const LEASE_SECONDS = 40;

export interface NodeAgent {
  readonly spec: NodeSpec;
  /** The worker of a pod that is bound to this node. */
  pod(namespace: string, name: string): PodWorker | undefined;
  readonly podCount: number;
  /** The machine dies. */
  fail(): void;
  /** It comes back, with nothing running. */
  recover(): void;
  /** Stops the agent; its containers are the runtime's business. */
  stop(): void;
}

export interface NodeAgentOptions {
  readonly services: NodeServices;
  readonly facts: NodeFacts;
  /** Called when the machine dies (true) and comes back (false). What runs on it is lost, in the sandboxes named. */
  readonly onPower?: ((isDown: boolean, sandboxIds: readonly string[]) => void) | undefined;
}

class Agent implements NodeAgent {
  readonly spec: NodeSpec;
  readonly #services: PodServices;
  readonly #facts: NodeFacts;
  readonly #onPower: (isDown: boolean, sandboxIds: readonly string[]) => void;
  readonly #actor: HostedActor<typeof nodeMachine>;
  readonly #workers = new Map<string, PodWorker>();
  /** Pods that wait until an older one of the same name is gone. */
  readonly #successors = new Map<string, Pod>();
  #node: Node | undefined;
  #statusWrittenMs = Number.NEGATIVE_INFINITY;
  #reportedNotReady: string | undefined;
  #pods: Subscription | undefined;
  readonly #exits: Subscription;

  constructor({ services, facts, onPower }: NodeAgentOptions) {
    this.#services = { ...services, pulls: createImagePulls(services.runtime) };
    this.#facts = facts;
    this.spec = facts.spec;
    this.#onPower = onPower ?? (() => {});
    this.#exits = services.runtime.events$
      .pipe(filter(({ pod }) => pod.nodeName === services.nodeName))
      .subscribe((event) => {
        this.#workers.get(`${event.pod.namespace}/${event.pod.name}`)?.exited(event);
      });
    this.#actor = services.host.spawn({
      machine,
      path: `node/${facts.spec.name}`,
      effects: this,
      input: { name: facts.spec.name },
    });
  }

  pod(namespace: string, name: string): PodWorker | undefined {
    return this.#workers.get(`${namespace}/${name}`);
  }
  get podCount(): number {
    return this.#workers.size;
  }
  fail(): void {
    this.#actor.send({ type: 'node.fail' });
  }
  recover(): void {
    this.#actor.send({ type: 'node.recover' });
  }
  stop(): void {
    this.#exits.unsubscribe();
    this.#pods?.unsubscribe();
    this.#actor.stop();
  }

  // Effects.

  registerNode(): void {
    const { api } = this.#services;
    const { name } = this.spec;
    api.create('Node', nodeManifest(this.#facts)).settled((created) => {
      if (created.ok) this.#registered(created.value);
      else if (created.error.reason !== 'AlreadyExists') this.#registrationFailed(created.error);
      else {
        api.get({ kind: 'Node', name }).settled((found) => {
          if (found.ok) this.#registered(found.value);
          else this.#registrationFailed(found.error);
        });
      }
    });
  }

  renewLease(): void {
    const { api, clock } = this.#services;
    const { name } = this.spec;
    const renewTime = formatMicroTime(clock.now());
    const key = { kind: 'Lease', namespace: LEASE_NAMESPACE, name } as const;
    api.patch(key, { type: 'merge', body: { spec: { renewTime } } }).settled((patched) => {
      if (patched.ok || patched.error.code !== 404) return;
      const manifest = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {
          name,
          namespace: LEASE_NAMESPACE,
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: this.#node?.metadata.uid ?? '' }],
        },
        spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime },
      };
      // A failure is made good by the next renewal.
      api.create('Lease', manifest, { namespace: LEASE_NAMESPACE }).settled(() => {});
    });
  }

  reportStatus(): void {
    const { api, clock } = this.#services;
    const nowMs = clock.now();
    const notReady = this.#notReadyMessage();
    const isDue = nowMs - this.#statusWrittenMs >= STATUS_REPORT_MS;
    // What the status says follows from the facts, which stay, and from this.
    if (!isDue && notReady === this.#reportedNotReady) return;
    const status = nodeStatus(this.#facts, this.#node, notReady, nowMs);
    const { name } = this.spec;
    api
      .patch({ kind: 'Node', name }, { type: 'merge', body: { status } }, { subresource: 'status' })
      .settled((written) => {
        // A Node object that somebody deleted stays deleted until the agent starts anew, as upstream.
        if (!written.ok) return;
        this.#node = written.value;
        this.#statusWrittenMs = nowMs;
        this.#reportedNotReady = notReady;
      });
  }

  reportReady(): void {
    this.#recordNodeEvent('NodeReady', `Node ${this.spec.name} status is now: NodeReady`);
    this.#services.host.enqueue(() => this.reportStatus());
  }

  reportNotReady(_params: unknown, _context: NodeContext): void {
    this.#recordNodeEvent('NodeNotReady', `Node ${this.spec.name} status is now: NodeNotReady`);
    this.#services.host.enqueue(() => this.reportStatus());
  }

  startPods(): void {
    this.#onPower(false, []);
    this.#recordNodeEvent('Starting', 'Starting kubelet.');
    this.#watchPods();
  }

  losePods(): void {
    this.#pods?.unsubscribe();
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    this.#successors.clear();
    for (const worker of workers) worker.lose();
    this.#services.pulls.forget();
    this.#onPower(
      true,
      workers.map(({ sandboxId }) => sandboxId).filter((sandboxId) => sandboxId !== ''),
    );
  }

  stopPods(): void {
    this.#pods?.unsubscribe();
  }

  #watchPods(): void {
    const { api, host, nodeName } = this.#services;
    this.#pods?.unsubscribe();
    this.#pods = api.watch('Pod', { fieldSelector: `spec.nodeName=${nodeName}` }).subscribe({
      next: (event) => host.enqueue(() => this.#podChanged(event)),
      // The stream was compacted away: begin again from the current state.
      error: () => host.enqueue(() => this.#watchPods()),
    });
  }

  #podChanged(event: WatchEvent<Pod>): void {
    if (event.type === 'BOOKMARK') return;
    const pod = event.object;
    const key = `${namespaceOf(pod)}/${pod.metadata.name}`;
    const worker = this.#workers.get(key);
    if (event.type === 'DELETED') {
      if (worker?.pod.metadata.uid === pod.metadata.uid) worker.removed();
      if (this.#successors.get(key)?.metadata.uid === pod.metadata.uid) this.#successors.delete(key);
    } else if (!worker) this.#take(key, pod);
    else if (worker.pod.metadata.uid === pod.metadata.uid) worker.update(pod);
    else {
      worker.removed();
      this.#successors.set(key, pod);
    }
  }

  #take(key: string, pod: Pod): void {
    // A pod that ended under an earlier life of this agent stays as it is.
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return;
    const onForgotten = (): void => {
      this.#workers.delete(key);
      const successor = this.#successors.get(key);
      this.#successors.delete(key);
      if (successor) this.#take(key, successor);
    };
    this.#workers.set(
      key,
      new PodWorker({ services: this.#services, pod, parent: this.#actor, admit: this.#admit, onForgotten }),
    );
  }

  readonly #admit: Admit = (pod, reply) => {
    const others = (): Pod[] =>
      [...this.#workers.values()]
        .filter((worker) => worker.pod.metadata.uid !== pod.metadata.uid && worker.isActive)
        .map((worker) => worker.pod);
    const decide = (node: Node | undefined): void => {
      if (!node) return reply(NO_NODE_INFO);
      const podsAtMost = this.#workers.size - 1;
      reply(refusal(pod, { node, podsAtMost, others, allocatable: this.#services.allocatable() }));
    };
    const known = this.#node;
    if (known === undefined || !needsFreshNode(pod, known)) return decide(known);
    this.#services.api
      .get({ kind: 'Node', name: this.spec.name })
      .settled((found) => decide(found.ok ? found.value : known));
  };

  #registered(node: Node): void {
    this.#node = node;
    this.#statusWrittenMs = Number.NEGATIVE_INFINITY;
    this.#actor.send({ type: 'node.registered' });
  }

  #registrationFailed(error: ApiError): void {
    this.#actor.send({ type: 'node.registrationFailed', message: error.message });
  }

  #notReadyMessage(): string | undefined {
    const snapshot = this.#actor.getSnapshot();
    return snapshot.matches({ registered: { readiness: 'NotReady' } })
      ? (snapshot.context.message ?? '')
      : undefined;
  }

  #recordNodeEvent(reason: string, message: string): void {
    if (this.#node) this.#services.recorder.event(this.#node, 'Normal', reason, message);
  }
}

/** Starts the agent of one node: it registers the node and runs the pods that are bound to it. */
export const startNodeAgent = (options: NodeAgentOptions): NodeAgent => new Agent(options);
