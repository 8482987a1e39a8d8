/**
 * The node agent (kubelet): one node's actor, and the pods that are bound to the node.
 *
 * Everything comes in through two streams: the pods of the node from the Api port, and the exits from the runtime.
 * Models: pkg/kubelet/kubelet.go, kubelet_node_status.go (v1.36).
 */
import { filter, type Subscription } from 'rxjs';
import { bindEffects, type HostedActor } from '../actor/index.js';
import { parseDuration, type Node, type Pod } from '../api/index.js';
import type { WatchEvent } from '../client/index.js';
import { nodeMachine, type NodeContext } from '../../machines/index.js';
import type { NodeFacts, NodeSpec } from './heartbeat/nodeObject.js';
import { NodeReporter } from './heartbeat/reporter.js';
import { createImagePulls } from './container/pulls.js';
import { PodWorker, SHUTDOWN_REASON, type Admit } from './pod/worker.js';
import { needsFreshNode, refusal, refusedUnderPressure, type Refusal } from './admission.js';
import { isCritical } from './eviction.js';
import { watchPressure, type NodePressure, type PressedNode } from './pressure.js';
import type { FoundPod } from '../runtime/index.js';
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

const NO_NODE_INFO: Refusal = { reason: 'InvalidNodeInfo', message: 'Kubelet cannot get node info.' };
/** Source: nodeshutdown_manager.go nodeShutdownMessage, nodeShutdownNotAdmittedReason, …Message; nodestatus setters. */
const SHUTDOWN_MESSAGE = 'Pod was terminated in response to imminent node shutdown.';
const SHUTTING_DOWN: Refusal = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
};
/** Source: eviction_manager.go: the grace of a hard threshold. */
const EVICTION_GRACE_SECONDS = 1;
const NO_PRESSURE: ReadonlySet<string> = new Set();

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
  /** The agent itself ends, and what runs goes on; started again it finds that. */
  stopAgent(): void;
  startAgent(): void;
  /** Stops the agent; its containers are the runtime's business. */
  stop(): void;
}

export interface NodeAgentOptions {
  readonly services: NodeServices;
  readonly facts: NodeFacts;
  /** Called when the machine dies (true) and comes back (false). What runs on it is lost, in the sandboxes named. */
  readonly onPower?: ((isDown: boolean, sandboxIds: readonly string[]) => void) | undefined;
}

class Agent extends NodeReporter implements NodeAgent, PressedNode {
  readonly services: PodServices;
  readonly actor: HostedActor<typeof nodeMachine>;
  protected readonly facts: NodeFacts;
  protected readonly link = { isUp: true };
  readonly #onPower: (isDown: boolean, sandboxIds: readonly string[]) => void;
  readonly #workers = new Map<string, PodWorker>();
  /** Pods that wait until an older one of the same name is gone. */
  readonly #successors = new Map<string, Pod>();
  #pressure: NodePressure | undefined;
  /** By uid: what an earlier life of this agent has left running. */
  readonly #found = new Map<string, FoundPod>();
  /** Pods of the group that a shutdown waits for. */
  #ending: readonly PodWorker[] | undefined;
  #pods: Subscription | undefined;
  readonly #exits: Subscription;

  constructor({ services, facts, onPower }: NodeAgentOptions) {
    super();
    const { link } = this;
    this.services = {
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
    this.facts = facts;
    this.#onPower = onPower ?? (() => {});
    this.#exits = services.runtime.events$
      .pipe(filter(({ pod }) => pod.nodeName === services.nodeName))
      .subscribe((event) => {
        this.#workers.get(`${event.pod.namespace}/${event.pod.name}`)?.exited(event);
      });
    this.actor = services.host.spawn({
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

  get spec(): NodeSpec {
    return this.facts.spec;
  }
  pod(namespace: string, name: string): PodWorker | undefined {
    return this.#workers.get(`${namespace}/${name}`);
  }
  get podCount(): number {
    return this.#workers.size;
  }
  fail(): void {
    this.actor.send({ type: 'node.fail' });
  }
  recover(): void {
    this.actor.send({ type: 'node.recover' });
  }
  shutDown(): void {
    this.actor.send({ type: 'node.shutdown' });
  }
  disconnect(): void {
    this.actor.send({ type: 'node.disconnect' });
  }
  connect(): void {
    this.actor.send({ type: 'node.connect' });
  }
  stopAgent(): void {
    this.actor.send({ type: 'agent.stop' });
  }
  startAgent(): void {
    this.actor.send({ type: 'agent.start' });
  }
  stop(): void {
    this.#exits.unsubscribe();
    this.#pods?.unsubscribe();
    this.unwatchNode();
    this.#pressure?.stop();
    this.actor.stop();
  }

  // Effects.

  startPods(): void {
    this.#onPower(false, []);
    this.recordNodeEvent('Starting', 'Starting kubelet.');
    this.#pressure = watchPressure(this, this.services.runtime);
    for (const found of this.services.runtime.pods(this.services.nodeName))
      this.#found.set(found.pod.uid, found);
    this.watchNode();
    this.#watchPods();
  }

  losePods(): void {
    this.boots += 1;
    const workers = this.#forgetPods();
    this.services.pulls.forget();
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
    this.unwatchNode();
    this.#pressure?.stop();
    this.#pressure = undefined;
    this.#ending = undefined;
    this.link.isUp = true;
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    this.#successors.clear();
    this.#found.clear();
    for (const worker of workers) worker.lose();
    return workers;
  }

  endPods({ group }: { readonly group: 'regular' | 'critical' }, context: NodeContext): void {
    const { shutdownGraceMs = 0, shutdownGraceCriticalMs = 0 } = context;
    const groupMs =
      group === 'critical' ? shutdownGraceCriticalMs : shutdownGraceMs - shutdownGraceCriticalMs;
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
    this.actor.send({ type: 'pods.ended' });
  }

  loseConnection(): void {
    this.link.isUp = false;
    this.#pods?.unsubscribe();
    this.unwatchNode();
  }

  regainConnection(): void {
    this.link.isUp = true;
    for (const worker of this.#workers.values()) worker.reconnected();
    this.watchNode();
    this.#watchPods();
  }

  #watchPods(): void {
    const { api, host, nodeName } = this.services;
    const fieldSelector = `spec.nodeName=${nodeName}`;
    this.#pods?.unsubscribe();
    // What is not there any more is not told by a watch that begins now.
    if (this.#workers.size + this.#found.size > 0) {
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
    for (const [uid, { sandboxId }] of this.#found) {
      if (uids.has(uid)) continue;
      this.#found.delete(uid);
      this.services.runtime.removePodSandbox(sandboxId, () => {});
    }
    for (const [key, pod] of this.#successors) if (!uids.has(pod.metadata.uid)) this.#successors.delete(key);
  }

  // What shortages ask for.

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
    const found = this.#found.get(pod.metadata.uid);
    this.#found.delete(pod.metadata.uid);
    // A pod that ended under an earlier life of this agent stays as it is.
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') {
      if (found) this.services.runtime.removePodSandbox(found.sandboxId, () => {});
      return;
    }
    const onForgotten = (): void => {
      this.#workers.delete(key);
      const successor = this.#successors.get(key);
      this.#successors.delete(key);
      if (successor) this.#take(key, successor);
    };
    const options = { services: this.services, pod, parent: this.actor, admit: this.#admit, found };
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
      if (this.isShuttingDown()) return reply(SHUTTING_DOWN);
      const pressed = refusedUnderPressure(pod, this.pressures());
      if (pressed) return reply(pressed);
      const podsAtMost = this.#workers.size - 1;
      reply(refusal(pod, { node, podsAtMost, others, allocatable: this.services.allocatable() }));
    };
    const known = this.node;
    if (known === undefined || !needsFreshNode(pod, known)) return decide(known);
    this.services.api
      .get({ kind: 'Node', name: this.spec.name })
      .settled((found) => decide(found.ok ? found.value : known));
  };

  protected isShuttingDown(): boolean {
    return this.actor.getSnapshot().hasTag('shuttingDown');
  }

  protected pressures(): ReadonlySet<string> {
    return this.#pressure?.conditions ?? NO_PRESSURE;
  }
}

/** Starts the agent of one node: it registers the node and runs the pods that are bound to it. */
export const startNodeAgent = (options: NodeAgentOptions): NodeAgent => new Agent(options);
