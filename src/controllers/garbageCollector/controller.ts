/**
 * Watches all kinds for owners, and gives each object that may have to be collected an actor of its own.
 *
 * Models: pkg/controller/garbagecollector/graph_builder.go (v1.36)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import { resources, type KindName, type KubeObject } from '../../api/index.js';
import { createEventRecorder, type Api, type EventRecorder } from '../../client/index.js';
import { garbageCollectorEffects, garbageCollectorMachine } from '../../../machines/garbageCollector.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { factsOf, GarbageEffects, type Collector } from './effects.js';
import { isCoherent, OwnerGraph, type GraphChange, type GraphNode } from './graph.js';
import { createReferenceCache } from './referenceCache.js';

const machine = bindEffects(garbageCollectorMachine, garbageCollectorEffects);

/** Kinds that are never collected. Source: pkg/controller/garbagecollector/config#DefaultIgnoredResources. */
const IGNORED: readonly KindName[] = ['Event'];
/** Source: garbagecollector.go#NewGarbageCollector. */
const ABSENT_OWNERS = 500;

export const createGarbageCollector = (deps: ControllerDeps): Controller => new GarbageCollector(deps);

class GarbageCollector implements Controller, Collector {
  readonly api: Api;
  readonly graph = new OwnerGraph();
  readonly recorder: EventRecorder;
  readonly absent = createReferenceCache(ABSENT_OWNERS);
  private readonly deps: ControllerDeps;
  private readonly collecting = new Map<string, GarbageEffects>();
  private waiting = new Set<GraphNode>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    this.api = deps.api;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, {
      component: 'garbage-collector-controller',
    });
  }

  start(): void {
    this.subscriptions = resources
      .filter(({ kind }) => !IGNORED.includes(kind))
      .map(({ kind }) =>
        this.deps.informers
          .of(kind)
          .events$.subscribe(({ type, object }) => this.onObject(kind, type, object)),
      );
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.collecting.values()) actor.stop();
    this.collecting.clear();
    this.waiting.clear();
  }

  private onObject(kind: KindName, type: 'added' | 'updated' | 'deleted', object: KubeObject): void {
    const change: GraphChange =
      type === 'deleted' ? this.graph.remove(object.metadata.uid) : this.graph.set(kind, object);
    if (type === 'deleted') this.collecting.get(object.metadata.uid)?.actor.send({ type: 'object.gone' });
    if (change.examine.length > 0) this.examine(change.examine);
  }

  /** The API says that it is gone, before the watch does: whoever waits for it need not wait for the watch (row 239). */
  forget({ uid }: GraphNode): void {
    const { examine } = this.graph.remove(uid);
    if (examine.length > 0) this.examine(examine);
  }

  /** Looks at each once the burst of changes is over. */
  examine(nodes: readonly GraphNode[]): void {
    for (const node of nodes) this.waiting.add(node);
    this.deps.host.schedule(this, this.examineWaiting);
  }

  private readonly examineWaiting = (): void => {
    const nodes = this.waiting;
    this.waiting = new Set();
    for (const node of nodes) if (!node.isVirtual && this.isSuspect(node)) this.collect(node);
  };

  /** The owners may have been seen in the meantime. */
  private isSuspect(node: GraphNode): boolean {
    if (node.awaitsDependents || node.orphansDependents || this.collecting.has(node.uid)) return true;
    return node.owners.some((reference) => {
      const owner = this.graph.find(reference.uid);
      return !owner || owner.isVirtual || owner.isForegroundDeleting || !isCoherent(node, owner, reference);
    });
  }

  private collect(node: GraphNode): void {
    const known = this.collecting.get(node.uid);
    if (known) {
      known.isDirty = true;
      known.actor.send({ type: 'object.observed', ...factsOf(node) });
      return;
    }
    const effects = new GarbageEffects(this, node);
    this.collecting.set(node.uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `garbageCollector/${node.kind}/${node.namespace ?? ''}/${node.name}/${node.uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.actor.send({ type: 'object.observed', ...factsOf(node) }),
      onDone: () => {
        this.collecting.delete(node.uid);
        if (effects.isDirty) this.examine([node]);
      },
    });
    effects.actor.send({ type: 'object.observed', ...factsOf(node) });
  }
}
