/**
 * Brings what the watches show to the actors of the nodes, as the control plane sees them: Nodes, their Leases, and the
 * pods that are bound to them.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import type { Lease, Node, Pod } from '../../api/index.js';
import { createEventRecorder, type InformerEvent } from '../../client/index.js';
import { nodeLifecycleEffects, nodeLifecycleMachine } from '../../../machines/nodeLifecycle.js';
import { nodeTaintsEffects, nodeTaintsMachine } from '../../../machines/nodeTaints.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { NodeEffects, type NodeSurroundings } from './effects.js';
import { nodeLifecycleSettings, type NodeLifecycleOptions, type NodeLifecycleSettings } from './options.js';
import { Zones } from './zones.js';

const machine = bindEffects(nodeLifecycleMachine, nodeLifecycleEffects);
const taintsMachine = bindEffects(nodeTaintsMachine, nodeTaintsEffects);

/** Where node agents keep their leases. Source: k8s.io/api/core/v1/types.go#NamespaceNodeLease. */
const LEASE_NAMESPACE = 'kube-node-lease';

export const createNodeLifecycleController = (
  deps: ControllerDeps,
  options?: NodeLifecycleOptions,
): Controller => new NodeLifecycleController(deps, nodeLifecycleSettings(options));

class NodeLifecycleController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly settings: NodeLifecycleSettings;
  private readonly byName = new Map<string, NodeEffects>();
  /** Nodes that are gone and wait for the tick that notices it. */
  private readonly leaving = new Set<NodeEffects>();
  private readonly zones: Zones;
  private surroundings: NodeSurroundings | undefined;
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps, settings: NodeLifecycleSettings) {
    this.deps = deps;
    this.settings = settings;
    this.zones = new Zones(deps, settings, this.byName);
  }

  start(): void {
    const { api, clock, random, informers } = this.deps;
    this.surroundings = {
      deps: this.deps,
      recorder: createEventRecorder(api, clock, random, { component: 'node-controller' }),
      settings: this.settings,
      ticks: { startedAtMs: clock.now(), periodMs: this.settings.nodeMonitorPeriodMs },
      onReadiness: () => this.zones.changed(),
      onQueued: (node) => {
        node.queuedIn = node.zone;
        this.zones.queue(node.queuedIn, node.name);
      },
      onDequeued: (node) => this.zones.dequeue(node.queuedIn, node.name),
    };
    this.subscriptions = [
      informers.of('Lease').events$.subscribe((event) => this.onLease(event)),
      informers.of('Node').events$.subscribe((event) => this.onNode(event)),
      informers.of('Pod').events$.subscribe((event) => this.onPod(event)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of [...this.byName.values(), ...this.leaving]) actor.stop();
    this.byName.clear();
    this.leaving.clear();
    this.zones.stop();
  }

  private onNode({ type, object, old }: InformerEvent<Node>): void {
    const { name, uid } = object.metadata;
    const known = this.byName.get(name);
    if (known && (type === 'deleted' || known.uid !== uid)) this.remove(name, known);
    if (type !== 'deleted') (this.byName.get(name) ?? this.add(object)).observe(object, old);
  }

  private add(node: Node): NodeEffects {
    const { name, uid } = node.metadata;
    const { host, informers } = this.deps;
    if (!this.surroundings) throw new Error('the node lifecycle controller was not started');
    const hasLease = informers.of('Lease').get(LEASE_NAMESPACE, name) !== undefined;
    const effects = new NodeEffects(this.surroundings, node, hasLease);
    this.byName.set(name, effects);
    effects.actor = host.spawn({
      machine,
      path: `nodeLifecycle/${name}/${uid}`,
      input: { name, tickInMs: effects.tickInMs(), periodMs: this.settings.nodeMonitorPeriodMs },
      effects,
      onDone: () => this.leaving.delete(effects),
    });
    effects.taintsActor = host.spawn({
      machine: taintsMachine,
      path: `nodeTaints/${name}/${uid}`,
      input: undefined,
      parent: effects.actor,
      effects,
      onRestart: () => effects.taintsActor.send({ type: 'taints.drifted' }),
    });
    return effects;
  }

  private remove(name: string, node: NodeEffects): void {
    this.byName.delete(name);
    this.leaving.add(node);
    node.actor.send({ type: 'node.removed', tickInMs: node.tickInMs() });
    this.zones.changed();
  }

  /** A renewal is a sign of life; nobody is told until somebody would be missed. */
  private onLease({ type, object, old }: InformerEvent<Lease>): void {
    if (type === 'deleted' || object.metadata.namespace !== LEASE_NAMESPACE) return;
    const { renewTime } = object.spec;
    if (type === 'updated' && (renewTime === undefined || renewTime === old?.spec.renewTime)) return;
    const node = this.byName.get(object.metadata.name);
    if (node) node.heardAtMs = this.deps.clock.now();
  }

  private onPod({ type, object, old }: InformerEvent<Pod>): void {
    const { nodeName } = object.spec;
    if (type === 'deleted' || !nodeName || nodeName === old?.spec.nodeName) return;
    const { namespace = '', name } = object.metadata;
    this.byName.get(nodeName)?.actor.send({ type: 'pod.bound', namespace, pod: name });
  }
}
