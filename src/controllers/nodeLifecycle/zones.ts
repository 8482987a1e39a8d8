/**
 * The zones of a cluster: an actor for each, and the look over all of them that says whether anything is left standing.
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go#handleDisruption (v1.36)
 */
import { bindEffects, type HostedActor } from '../../actor/index.js';
import {
  nodeZoneEffects,
  nodeZoneMachine,
  type NodeZoneContext,
  type NodeZoneEvent,
} from '../../../machines/nodeZone.js';
import type { ControllerDeps } from '../deps.js';
import type { NodeEffects } from './effects.js';
import type { NodeLifecycleSettings } from './options.js';
import { disruptionOf } from './reconcile.js';

const machine = bindEffects(nodeZoneMachine, nodeZoneEffects);

export interface NodesByName {
  get(name: string): NodeEffects | undefined;
  values(): Iterable<NodeEffects>;
}

export class Zones {
  private readonly deps: ControllerDeps;
  private readonly settings: NodeLifecycleSettings;
  private readonly nodes: NodesByName;
  private readonly byKey = new Map<string, HostedActor<typeof nodeZoneMachine>>();

  constructor(deps: ControllerDeps, settings: NodeLifecycleSettings, nodes: NodesByName) {
    this.deps = deps;
    this.settings = settings;
    this.nodes = nodes;
  }

  /** Some node was looked at, or has left: every zone is assessed once the instant is over. */
  changed(): void {
    for (const { looked } of this.nodes.values()) if (looked) this.zone(looked.zone);
    for (const actor of this.byKey.values()) actor.send({ type: 'nodes.changed' });
  }

  queue(zone: string, name: string): void {
    this.zone(zone).send({ type: 'node.queued', name, atMs: this.deps.clock.now() });
  }
  dequeue(zone: string, name: string): void {
    this.zone(zone).send({ type: 'node.dequeued', name });
  }

  stop(): void {
    for (const actor of this.byKey.values()) actor.stop();
    this.byKey.clear();
  }

  private zone(key: string): HostedActor<typeof nodeZoneMachine> {
    const known = this.byKey.get(key);
    if (known) return known;
    const { nodeEvictionRate, secondaryNodeEvictionRate, largeClusterSizeThreshold } = this.settings;
    const actor: HostedActor<typeof nodeZoneMachine> = this.deps.host.spawn({
      machine,
      path: `nodeZone/${key}`,
      input: {
        evictionRate: nodeEvictionRate,
        secondaryEvictionRate: secondaryNodeEvictionRate,
        largeZoneSize: largeClusterSizeThreshold,
      },
      effects: {
        assessZone: () => actor.send(this.assess(key)),
        taintNode: (_: unknown, { queue: [name = ''] }: NodeZoneContext) =>
          this.nodes.get(name)?.actor.send({ type: 'node.taint' }),
        stopEvictions: () => {
          for (const node of this.nodesOf(key)) node.actor.send({ type: 'evictions.stopped' });
        },
        resumeEvictions: () => {
          for (const node of this.nodesOf(key)) node.forgive();
        },
      },
      onRestart: () => this.changed(),
    });
    this.byKey.set(key, actor);
    return actor;
  }

  private nodesOf(key: string): NodeEffects[] {
    return [...this.nodes.values()].filter(({ looked }) => looked?.zone === key);
  }

  private assess(key: string): NodeZoneEvent {
    const readiness = new Map<string, NonNullable<NodeEffects['looked']>['ready'][]>();
    for (const { looked } of this.nodes.values()) {
      if (!looked || looked.isExcluded) continue;
      const counted = readiness.get(looked.zone);
      if (counted) counted.push(looked.ready);
      else readiness.set(looked.zone, [looked.ready]);
    }
    const threshold = this.settings.unhealthyZoneThreshold;
    const own = readiness.get(key) ?? [];
    return {
      type: 'zone.assessed',
      disruption: disruptionOf(own, threshold),
      size: own.length,
      areAllZonesDown: [...readiness.values()].every(
        (zone) => disruptionOf(zone, threshold) === 'FullDisruption',
      ),
      atMs: this.deps.clock.now(),
    };
  }
}
