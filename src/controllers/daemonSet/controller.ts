/**
 * Brings what the watches show to the actors of the DaemonSets: one actor per DaemonSet, one sync per burst of changes.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#addPod,updatePod,addNode,updateNode, update.go (v1.36; DS-1 to DS-10)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import {
  labelSelectorMatcher,
  type ControllerRevision,
  type DaemonSet,
  type KubeObject,
  type Node,
  type Pod,
} from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import { daemonSetMachine } from '../../../machines/daemonSet.js';
import { daemonSetEffects } from '../../../machines/daemonSetSetup.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { BY_NAMESPACE, BY_NODE } from '../informers.js';
import { isSemanticallyEqual } from '../podTemplate.js';
import { controllerOf, objectKey } from '../pods.js';
import { DaemonSetEffects } from './effects.js';
import { nodeConcerns } from './nodes.js';

const machine = bindEffects(daemonSetMachine, daemonSetEffects);

export const createDaemonSetController = (deps: ControllerDeps): Controller => new DaemonSetController(deps);

class DaemonSetController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly byUid = new Map<string, DaemonSetEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, {
      component: 'daemonset-controller',
    });
  }

  start(): void {
    const { informers } = this.deps;
    this.subscriptions = [
      informers.of('DaemonSet').events$.subscribe((event) => this.onDaemonSet(event)),
      informers.of('ControllerRevision').events$.subscribe((event) => this.onRevision(event)),
      informers.of('Pod').events$.subscribe((event) => this.onPod(event)),
      informers.of('Node').events$.subscribe((event) => this.onNode(event)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.byUid.values()) actor.stop();
    this.byUid.clear();
  }

  private onDaemonSet({ type, object, old }: InformerEvent<DaemonSet>): void {
    if (old && old.metadata.uid !== object.metadata.uid) this.remove(old);
    if (type === 'deleted') this.remove(object);
    else (this.byUid.get(object.metadata.uid) ?? this.add(object)).requestSync();
  }

  private add(daemonSet: DaemonSet): DaemonSetEffects {
    const effects = new DaemonSetEffects(this.deps, this.recorder, daemonSet);
    this.byUid.set(daemonSet.metadata.uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `daemonSet/${objectKey(daemonSet.metadata)}/${daemonSet.metadata.uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.requestSync(),
    });
    return effects;
  }

  private remove({ metadata }: DaemonSet): void {
    this.byUid.get(metadata.uid)?.actor.stop();
    this.byUid.delete(metadata.uid);
  }

  /** DS-3. A new revision of ours needs no look: it was made by the sync that goes on with it. */
  private onRevision({ type, object, old }: InformerEvent<ControllerRevision>): void {
    const owner = this.ownerOf(object);
    if (type !== 'added') owner?.requestSync();
    if (old && this.ownerOf(old) !== owner) this.ownerOf(old)?.requestSync();
    if (type !== 'deleted') this.offerOrphan(object, old);
  }

  /** DS-4 to DS-6. */
  private onPod({ type, object, old }: InformerEvent<Pod>): void {
    const owner = this.ownerOf(object);
    if (type === 'deleted' || object.metadata.deletionTimestamp !== undefined) {
      if (!owner) return;
      owner.deleted.push(object.metadata.name);
      owner.requestSync();
      return;
    }
    if (type === 'added' && owner) owner.created += 1;
    owner?.requestSync();
    if (old && this.ownerOf(old) !== owner) this.ownerOf(old)?.requestSync();
    this.offerOrphan(object, old);
  }

  /** An orphan that is new or has other labels: every DaemonSet whose selector matches looks at it (OW-8). */
  private offerOrphan({ metadata }: KubeObject, old: KubeObject | undefined): void {
    if (!metadata.labels || controllerOf(metadata)) return;
    const wasOrphan = old !== undefined && controllerOf(old.metadata) === undefined;
    if (wasOrphan && isSemanticallyEqual(old.metadata.labels, metadata.labels)) return;
    for (const daemonSet of this.deps.informers
      .of('DaemonSet')
      .byIndex(BY_NAMESPACE, metadata.namespace ?? '')) {
      const matcher = labelSelectorMatcher(daemonSet.spec.selector);
      if (!matcher.isEverything && matcher.matchesLabels(metadata.labels))
        this.byUid.get(daemonSet.metadata.uid)?.requestSync();
    }
  }

  private ownerOf({ metadata }: KubeObject): DaemonSetEffects | undefined {
    const reference = controllerOf(metadata);
    return reference && this.byUid.get(reference.uid);
  }

  /** DS-7 to DS-10: a node that is new, or has other labels or taints. One that is gone wakes nobody. */
  private onNode({ type, object, old }: InformerEvent<Node>): void {
    if (type === 'deleted') return;
    if (
      old &&
      isSemanticallyEqual(old.metadata.labels, object.metadata.labels) &&
      isSemanticallyEqual(old.spec.taints, object.spec.taints)
    )
      return;
    if (this.byUid.size === 0) return;
    const scheduled = new Set<DaemonSetEffects | undefined>();
    for (const pod of this.deps.informers.of('Pod').byIndex(BY_NODE, object.metadata.name))
      scheduled.add(this.ownerOf(pod));
    for (const daemonSet of this.deps.informers.of('DaemonSet').list()) {
      const effects = this.byUid.get(daemonSet.metadata.uid);
      if (effects && nodeConcerns(daemonSet, object, scheduled.has(effects))) effects.requestSync();
    }
  }
}
