/**
 * The node agent (kubelet): one node's actor, and the pods that are bound to the node.
 *
 * Everything comes in through two streams: the pods of the node from the Api port, and the exits from the runtime.
 * Models: pkg/kubelet/kubelet.go, kubelet_node_status.go (v1.36).
 */
import { filter, type Subscription } from 'rxjs';
import { bindEffects, type HostedActor } from '../actor/index.js';
import { formatMicroTime, parseDuration, type ApiError, type Node, type Pod } from '../api/index.js';
import type { WatchEvent } from '../client/index.js';
import { nodeMachine, type NodeContext } from '../../machines/index.js';
import { nodeManifest, nodeStatus, type NodeFacts, type NodeSpec } from './nodeObject.js';
import { createImagePulls } from './container/pulls.js';
import { PodWorker, SHUTDOWN_REASON, type Admit } from './pod/worker.js';
import { needsFreshNode, refusal, refusedUnderPressure, type Refusal } from './admission.js';
import { isCritical } from './eviction.js';
import { watchPressure, type NodePressure, type PressedNode } from './pressure.js';
import { namespaceOf, type NodeServices, type PodServices } from './services.js';

const machine = bindEffects(nodeMachine, [
  'registerNode',
  'renewLease',
  'reportStatus',
  'reportReady',
  'reportNotReady',
  'startPods',
  'losePods',
  'leavePods',
  'reportShutdown',
  'endPods',
  'reportSchedulable',
  'reportNotSchedulable',
  'loseConnection',
  'regainConnection',
]);

/** An unchanged status is written this often. Source: kubelet nodeStatusReportFrequency. */
const STATUS_REPORT_MS = 300_000;
const NO_NODE_INFO: Refusal = { reason: 'InvalidNodeInfo', message: 'Kubelet cannot get node info.' };
/** Source: nodeshutdown_manager.go nodeShutdownMessage, nodeShutdownNotAdmittedReason, …Message; nodestatus setters. */
const SHUTDOWN_MESSAGE = 'Pod was terminated in response to imminent node shutdown.';
const SHUTTING_DOWN: Refusal = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
};
const SHUTDOWN_NOT_READY = 'node is shutting down';
/** Source: eviction_manager.go: the grace of a hard threshold. */
const EVICTION_GRACE_SECONDS = 1;
const NO_PRESSURE: ReadonlySet<string> = new Set();
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
  /** It is switched off: gracefully, if it has a grace period for that. */
  shutDown(): void;
  /** The API cannot be reached; what runs goes on. */
  disconnect(): void;
  connect(): void;
  /** Stops the agent; its containers are the runtime's business. */
  stop(): void;
}

export interface NodeAgentOptions {
  readonly services: NodeServices;
  readonly facts: NodeFacts;
  /** Called when the machine dies (true) and comes back (false). What runs on it is lost, in the sandboxes named. */
  readonly onPower?: ((isDown: boolean, sandboxIds: readonly string[]) => void) | undefined;
}

class Agent implements NodeAgent, PressedNode {
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
  /** What the last status said beside the facts. */
  #reported: string | undefined;
  readonly #link = { isUp: true };
  #pressure: NodePressure | undefined;
  /** Pods of the group that a shutdown waits for. */
  #ending: readonly PodWorker[] | undefined;
  #pods: Subscription | undefined;
  readonly #exits: Subscription;

  constructor({ services, facts, onPower }: NodeAgentOptions) {
    const link = this.#link;
    this.#services = {
      ...services,
      link,
      pulls: createImagePulls(services.runtime),
      recorder: {
        // Events that cannot be told are dropped, as upstream after some tries.
        event: (...about) => {
          if (link.isUp) services.recorder.event(...about);
        },
      },
    };
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
      input: {
        name: facts.spec.name,
        shutdownGraceMs: parseDuration(facts.spec.shutdownGracePeriod ?? 0),
        shutdownGraceCriticalMs: parseDuration(facts.spec.shutdownGracePeriodCriticalPods ?? 0),
      },
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
  shutDown(): void {
    this.#actor.send({ type: 'node.shutdown' });
  }
  disconnect(): void {
    this.#actor.send({ type: 'node.disconnect' });
  }
  connect(): void {
    this.#actor.send({ type: 'node.connect' });
  }
  stop(): void {
    this.#exits.unsubscribe();
    this.#pods?.unsubscribe();
    this.#pressure?.stop();
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
    this.#lookAtNode();
    const state = { notReadyMessage: this.#notReadyMessage(), pressures: this.#pressures() };
    const said = [state.notReadyMessage, ...state.pressures].join();
    const isDue = nowMs - this.#statusWrittenMs >= STATUS_REPORT_MS;
    // What the status says follows from the facts, which stay, and from this.
    if (!isDue && said === this.#reported) return;
    const status = nodeStatus(this.#facts, this.#node, state, nowMs);
    const { name } = this.spec;
    api
      .patch({ kind: 'Node', name }, { type: 'merge', body: { status } }, { subresource: 'status' })
      .settled((written) => {
        // A Node object that somebody deleted stays deleted until the agent starts anew, as upstream.
        if (!written.ok) return;
        this.#node = written.value;
        this.#statusWrittenMs = nowMs;
        this.#reported = said;
      });
  }

  /** The Node object as others have changed it. */
  #lookAtNode(): void {
    this.#services.api.get({ kind: 'Node', name: this.spec.name }).settled((found) => {
      if (!found.ok) return;
      this.#node = found.value;
      const isClosed = found.value.spec.unschedulable === true;
      this.#actor.send({ type: isClosed ? 'node.cordoned' : 'node.uncordoned' });
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
    this.#pressure = watchPressure(this, this.#services.runtime);
    this.#watchPods();
  }

  losePods(): void {
    const workers = this.#forgetPods();
    this.#services.pulls.forget();
    this.#onPower(
      true,
      workers.map(({ sandboxId }) => sandboxId).filter((sandboxId) => sandboxId !== ''),
    );
  }

  leavePods(): void {
    this.#forgetPods();
  }

  #forgetPods(): readonly PodWorker[] {
    this.#pods?.unsubscribe();
    this.#pressure?.stop();
    this.#pressure = undefined;
    this.#ending = undefined;
    this.#link.isUp = true;
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    this.#successors.clear();
    for (const worker of workers) worker.lose();
    return workers;
  }

  reportShutdown(): void {
    this.#recordNodeEvent('Shutdown', 'Shutdown manager detected shutdown event');
    this.#recordNodeEvent('NodeNotReady', `Node ${this.spec.name} status is now: NodeNotReady`);
    this.#services.host.enqueue(() => this.reportStatus());
  }

  endPods({ group }: { readonly group: 'regular' | 'critical' }, context: NodeContext): void {
    const { shutdownGraceMs = 0, shutdownGraceCriticalMs = 0 } = context;
    const groupMs = group === 'critical' ? shutdownGraceCriticalMs : shutdownGraceMs - shutdownGraceCriticalMs;
    const ending = [...this.#workers.values()].filter(
      ({ pod, isActive }) => isActive && isCritical(pod) === (group === 'critical'),
    );
    this.#ending = ending;
    for (const worker of ending) {
      const own = worker.pod.spec.terminationGracePeriodSeconds ?? 30;
      worker.tell({
        type: 'pod.evict',
        reason: SHUTDOWN_REASON,
        message: SHUTDOWN_MESSAGE,
        graceSeconds: Math.min(own, Math.floor(groupMs / 1000)),
        isDisruption: true,
      });
    }
    this.#lookAtEnding();
  }

  /** The next group is shut down when this one is gone. */
  #lookAtEnding(): void {
    if (this.#ending === undefined || this.#ending.some(({ isActive }) => isActive)) return;
    this.#ending = undefined;
    this.#actor.send({ type: 'pods.ended' });
  }

  reportSchedulable(): void {
    this.#recordNodeEvent('NodeSchedulable', `Node ${this.spec.name} status is now: NodeSchedulable`);
  }

  reportNotSchedulable(): void {
    this.#recordNodeEvent('NodeNotSchedulable', `Node ${this.spec.name} status is now: NodeNotSchedulable`);
  }

  loseConnection(): void {
    this.#link.isUp = false;
    this.#pods?.unsubscribe();
  }

  regainConnection(): void {
    this.#link.isUp = true;
    this.#statusWrittenMs = Number.NEGATIVE_INFINITY;
    for (const worker of this.#workers.values()) worker.reconnected();
    this.#watchPods();
  }

  #watchPods(): void {
    const { api, host, nodeName } = this.#services;
    const fieldSelector = `spec.nodeName=${nodeName}`;
    this.#pods?.unsubscribe();
    // What is not there any more is not told by a watch that begins now.
    if (this.#workers.size > 0) {
      api.list('Pod', { fieldSelector }).settled((listed) => {
        if (listed.ok) this.#dropUnlisted(listed.value.items);
      });
    }
    this.#pods = api.watch('Pod', { fieldSelector }).subscribe({
      next: (event) => host.enqueue(() => this.#podChanged(event)),
      // The stream was compacted away: begin again from the current state.
      error: () => host.enqueue(() => this.#watchPods()),
    });
  }

  #dropUnlisted(pods: readonly Pod[]): void {
    const uids = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const worker of this.#workers.values()) if (!uids.has(worker.pod.metadata.uid)) worker.removed();
    for (const [key, pod] of this.#successors) if (!uids.has(pod.metadata.uid)) this.#successors.delete(key);
  }

  // What shortages ask for.

  get services(): PodServices {
    return this.#services;
  }
  get actor(): HostedActor<typeof nodeMachine> {
    return this.#actor;
  }
  activePods(): readonly Pod[] {
    return [...this.#workers.values()]
      .filter(({ isActive, isEvicted }) => isActive && !isEvicted)
      .map(({ pod }) => pod);
  }
  evict(pod: Pod, message: string, isDisruption: boolean): void {
    this.pod(namespaceOf(pod), pod.metadata.name)?.tell({
      type: 'pod.evict',
      reason: 'Evicted',
      message,
      graceSeconds: EVICTION_GRACE_SECONDS,
      isDisruption,
    });
  }
  pressureChanged(reason: string): void {
    this.#recordNodeEvent(reason, `Node ${this.spec.name} status is now: ${reason}`);
    this.#services.host.enqueue(() => this.reportStatus());
  }
  recordThreshold(resource: string): void {
    if (this.#node)
      this.#services.recorder.event(
        this.#node,
        'Warning',
        'EvictionThresholdMet',
        `Attempting to reclaim ${resource}`,
      );
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
    const options = { services: this.#services, pod, parent: this.#actor, admit: this.#admit };
    const onEnded = (): void => this.#lookAtEnding();
    this.#workers.set(key, new PodWorker({ ...options, onEnded, onForgotten }));
  }

  readonly #admit: Admit = (pod, reply) => {
    const others = (): Pod[] =>
      [...this.#workers.values()]
        .filter((worker) => worker.pod.metadata.uid !== pod.metadata.uid && worker.isActive)
        .map((worker) => worker.pod);
    const decide = (node: Node | undefined): void => {
      if (!node) return reply(NO_NODE_INFO);
      if (this.#isShuttingDown()) return reply(SHUTTING_DOWN);
      const pressed = refusedUnderPressure(pod, this.#pressures());
      if (pressed) return reply(pressed);
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
    if (this.#isShuttingDown()) return SHUTDOWN_NOT_READY;
    const snapshot = this.#actor.getSnapshot();
    return snapshot.matches({ registered: { readiness: 'NotReady' } })
      ? (snapshot.context.message ?? '')
      : undefined;
  }

  #isShuttingDown(): boolean {
    return this.#actor.getSnapshot().matches({ registered: { readiness: 'shuttingDown' } });
  }

  #pressures(): ReadonlySet<string> {
    return this.#pressure?.conditions ?? NO_PRESSURE;
  }

  #recordNodeEvent(reason: string, message: string): void {
    if (this.#node) this.#services.recorder.event(this.#node, 'Normal', reason, message);
  }
}

/** Starts the agent of one node: it registers the node and runs the pods that are bound to it. */
export const startNodeAgent = (options: NodeAgentOptions): NodeAgent => new Agent(options);
