/**
 * What the chart of one node asks for, carried out through the API: conditions, taints, pods, events. It also keeps what
 * the watches show of the node: when it was last heard from, by the controller's own clock.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import { formatTime, type Node } from '../../api/index.js';
import type { EventRecorder, EventSubject } from '../../client/index.js';
import type {
  NodeLifecycleContext,
  NodeLifecycleEvent,
  nodeLifecycleMachine,
  NodeObservation,
  NodeReadiness,
} from '../../../machines/nodeLifecycle.js';
import type { nodeTaintsMachine } from '../../../machines/nodeTaints.js';
import type { ControllerDeps } from '../deps.js';
import { BY_NODE } from '../informers.js';
import { timeMs } from '../pods.js';
import type { NodeLifecycleSettings } from './options.js';
import { markPodsNotReady } from './pods.js';
import {
  hasConditionTaintDrift,
  isExcludedFromDisruption,
  isHeartbeat,
  labelCopies,
  NOT_READY,
  readinessOf,
  readinessTaintOf,
  UNREACHABLE,
  untilTickAfterMs,
  untilTickMs,
  withConditionTaints,
  withReadinessTaint,
  zoneOf,
  type Ticks,
  unknownConditions,
} from './reconcile.js';
import { changeNode } from './writeNode.js';

/** What a node's actor needs of its surroundings. */
export interface NodeSurroundings {
  readonly deps: ControllerDeps;
  readonly recorder: EventRecorder;
  readonly settings: NodeLifecycleSettings;
  readonly ticks: Ticks;
  /** A look has changed what counts for the zones. */
  readonly onReadiness: () => void;
  readonly onQueued: (node: NodeEffects) => void;
  readonly onDequeued: (node: NodeEffects) => void;
}

export class NodeEffects {
  actor!: HostedActor<typeof nodeLifecycleMachine>;
  taintsActor!: HostedActor<typeof nodeTaintsMachine>;
  /** When it was last heard from, in ms since the epoch (NL-10). */
  heardAtMs: number;
  /** What the last look said, for its zone. Undefined before the first one. */
  looked: { readonly ready: NodeReadiness; readonly zone: string; readonly isExcluded: boolean } | undefined;
  /** Zone in whose queue it waits. */
  queuedIn = '';
  readonly uid: string;
  readonly name: string;
  private readonly around: NodeSurroundings;
  private node: Node;

  constructor(around: NodeSurroundings, node: Node, hasLease: boolean) {
    this.around = around;
    this.node = node;
    this.name = node.metadata.name;
    this.uid = node.metadata.uid;
    const nowMs = around.deps.clock.now();
    const isReported = hasLease || readinessOf(node) !== 'None';
    this.heardAtMs = isReported ? nowMs : (timeMs(node.metadata.creationTimestamp) ?? nowMs);
  }

  get zone(): string {
    return zoneOf(this.node);
  }

  tickInMs(): number {
    return untilTickMs(this.around.ticks, this.around.deps.clock.now());
  }

  /** The watch shows the node. */
  observe(node: Node, old: Node | undefined): void {
    this.node = node;
    if (old && isHeartbeat(node, old)) this.heardAtMs = this.around.deps.clock.now();
    this.around.deps.host.schedule(this, this.compare);
  }

  /** Tells the actor what it does not know yet. Runs when no message is pending, so that its snapshot is current. */
  private readonly compare = (): void => {
    if (this.actor.isStopped) return;
    const { node } = this;
    if (hasConditionTaintDrift(node) || labelCopies(node)) this.taintsActor.send({ type: 'taints.drifted' });
    const { looked } = this;
    if (!looked) return; // The first look is still to come.
    const snapshot = this.actor.getSnapshot();
    const taint = readinessTaintOf(node);
    const isTaintStrange =
      (snapshot.matches({ known: { eviction: 'reachable' } }) && taint !== 'none') ||
      (snapshot.matches({ known: { eviction: 'tainted' } }) && taint === 'none');
    const isExcluded = isExcludedFromDisruption(node);
    if (
      isTaintStrange ||
      looked.ready !== readinessOf(node) ||
      looked.zone !== this.zone ||
      looked.isExcluded !== isExcluded
    )
      this.actor.send({ type: 'node.changed', tickInMs: this.tickInMs() });
  };

  /** After a time in which the control plane heard of nobody: everyone gets a new grace period. */
  forgive(): void {
    this.heardAtMs = this.around.deps.clock.now();
    this.actor.send({ type: 'node.changed', tickInMs: this.tickInMs() });
  }

  private observation(node: Node): NodeObservation {
    const { deps, settings, ticks } = this.around;
    const nowMs = deps.clock.now();
    const ready = readinessOf(node);
    const graceMs = ready === 'None' ? settings.nodeStartupGracePeriodMs : settings.nodeMonitorGracePeriodMs;
    const silentAfterMs = this.heardAtMs + graceMs;
    return {
      ready,
      taint: readinessTaintOf(node),
      isSilent: nowMs > silentAfterMs,
      expiresInMs: untilTickAfterMs(ticks, silentAfterMs, nowMs),
    };
  }

  private reply(event: NodeLifecycleEvent): void {
    this.actor.send(event);
  }

  lookAtNode(): void {
    this.reply({ type: 'node.observed', ...this.observation(this.node) });
  }

  reportToZones(_: unknown, { ready }: NodeLifecycleContext): void {
    const looked = { ready, zone: this.zone, isExcluded: isExcludedFromDisruption(this.node) };
    const before = this.looked;
    this.looked = looked;
    if (
      before?.ready !== looked.ready ||
      before.zone !== looked.zone ||
      before.isExcluded !== looked.isExcluded
    )
      this.around.onReadiness();
  }

  private get subject(): EventSubject {
    return { apiVersion: 'v1', kind: 'Node', metadata: { name: this.name, uid: this.uid } };
  }
  private record(reason: string, message: string): void {
    this.around.recorder.event(this.subject, 'Normal', reason, message);
  }

  reportRegistration(): void {
    this.record('RegisteredNode', `Node ${this.name} event: Registered Node ${this.name} in Controller`);
  }
  reportRemoval(): void {
    this.record('RemovingNode', `Node ${this.name} event: Removing Node ${this.name} from Controller`);
  }
  reportNotReady(): void {
    this.record('NodeNotReady', `Node ${this.name} status is now: NodeNotReady`);
  }

  markUnknown(): void {
    const { api, clock } = this.around.deps;
    const key = { kind: 'Node', name: this.name } as const;
    api.get(key).settled((current) => {
      if (!current.ok) return this.reply({ type: 'status.failed' });
      const node = current.value;
      const wasReady = readinessOf(node) === 'True';
      const conditions = unknownConditions(node, formatTime(clock.now()));
      return api
        .update(key, { ...node, status: { ...node.status, conditions } }, { subresource: 'status' })
        .settled((written) => {
          if (!written.ok) return this.reply({ type: 'status.failed' });
          return this.reply({ type: 'status.written', wasReady, ...this.observation(written.value) });
        });
    });
  }

  markPodsNotReady(): void {
    const { deps, recorder } = this.around;
    const pods = deps.informers.of('Pod').byIndex(BY_NODE, this.name);
    markPodsNotReady(deps, recorder, pods, (allWritten) =>
      this.reply({ type: allWritten ? 'pods.marked' : 'marking.failed' }),
    );
  }

  markPodNotReady(_: unknown, _context: unknown, event: NodeLifecycleEvent): void {
    if (event.type !== 'pod.bound') return;
    const { deps, recorder } = this.around;
    const pod = deps.informers.of('Pod').get(event.namespace, event.pod);
    // A failure is made good by the pass over all pods that follows it.
    if (pod?.spec.nodeName === this.name)
      markPodsNotReady(deps, recorder, [pod], (written) => {
        if (!written) this.reply({ type: 'marking.failed' });
      });
  }

  mirrorConditions(): void {
    const { api, clock } = this.around.deps;
    const change = (node: Node) => {
      const labels = labelCopies(node);
      if (!hasConditionTaintDrift(node) && !labels) return undefined;
      return { taints: withConditionTaints(node, formatTime(clock.now())), labels };
    };
    changeNode(api, this.name, change, (outcome) =>
      this.taintsActor.send({ type: outcome.ok ? 'taints.mirrored' : 'mirroring.failed' }),
    );
  }

  joinQueue(): void {
    this.around.onQueued(this);
  }
  leaveQueue(): void {
    this.around.onDequeued(this);
  }

  /** By the readiness of the moment: while it waited for its turn the node may have come back. */
  writeTaint(): void {
    this.changeReadinessTaint((node) => {
      const ready = readinessOf(node);
      return ready === 'False' ? NOT_READY : ready === 'Unknown' ? UNREACHABLE : undefined;
    });
  }

  removeTaints(): void {
    this.changeReadinessTaint(() => undefined);
  }

  private changeReadinessTaint(wanted: (node: Node) => string | undefined): void {
    const { api, clock } = this.around.deps;
    const change = (node: Node) => {
      const before = node.spec.taints ?? [];
      const taints = withReadinessTaint(before, wanted(node), formatTime(clock.now()));
      return taints === before ? undefined : { taints };
    };
    changeNode(api, this.name, change, (outcome) =>
      this.reply(
        outcome.ok
          ? { type: 'taint.written', taint: readinessTaintOf(outcome.value) }
          : { type: 'taint.failed' },
      ),
    );
  }
}
