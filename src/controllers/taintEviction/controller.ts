/**
 * Gives each pod on a node with NoExecute taints an actor, and tells it when the taints or its tolerations change.
 *
 * Models: pkg/controller/tainteviction/taint_eviction.go (v1.36; NL-31)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import type { Node, Pod, Taint } from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import { taintEvictionEffects, taintEvictionMachine } from '../../../machines/taintEviction.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { BY_NODE } from '../informers.js';
import { objectKey } from '../pods.js';
import { isSemanticallyEqual } from '../podTemplate.js';
import { EvictionEffects } from './effects.js';
import { areSameTaints, noExecuteTaintsOf, tolerationOf } from './reconcile.js';

const machine = bindEffects(taintEvictionMachine, taintEvictionEffects);

export const createTaintEvictionController = (deps: ControllerDeps): Controller =>
  new TaintEvictionController(deps);

const NO_TAINTS: readonly Taint[] = [];

class TaintEvictionController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  /** NoExecute taints of the nodes that have any. */
  private readonly taintsOf = new Map<string, readonly Taint[]>();
  private readonly byUid = new Map<string, EvictionEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, {
      component: 'taint-eviction-controller',
    });
  }

  start(): void {
    const { informers } = this.deps;
    this.subscriptions = [
      informers.of('Node').events$.subscribe((event) => this.onNode(event)),
      informers.of('Pod').events$.subscribe((event) => this.onPod(event)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.byUid.values()) actor.stop();
    this.byUid.clear();
    this.taintsOf.clear();
  }

  private onNode({ type, object, old }: InformerEvent<Node>): void {
    const { name } = object.metadata;
    if (type === 'deleted') {
      this.taintsOf.delete(name);
      return;
    }
    if (old && object.spec.taints === old.spec.taints) return;
    const taints = noExecuteTaintsOf(object);
    if (areSameTaints(taints, this.taintsOf.get(name) ?? NO_TAINTS)) return;
    if (taints.length > 0) this.taintsOf.set(name, taints);
    else this.taintsOf.delete(name);
    for (const pod of this.deps.informers.of('Pod').byIndex(BY_NODE, name)) this.observe(pod, taints);
  }

  private onPod({ type, object, old }: InformerEvent<Pod>): void {
    if (type === 'deleted') {
      this.byUid.get(object.metadata.uid)?.actor.send({ type: 'pod.gone' });
      return;
    }
    const { nodeName, tolerations } = object.spec;
    if (!nodeName || this.taintsOf.size === 0) return;
    const taints = this.taintsOf.get(nodeName);
    if (!taints) return;
    const isUnchanged =
      old?.spec.nodeName === nodeName &&
      (old.spec.tolerations === tolerations || isSemanticallyEqual(old.spec.tolerations, tolerations));
    if (!isUnchanged) this.observe(object, taints);
  }

  private observe(pod: Pod, taints: readonly Taint[]): void {
    const verdict = tolerationOf(pod.spec.tolerations, taints);
    const known = this.byUid.get(pod.metadata.uid);
    if (!known && verdict.toleration === 'untainted') return;
    (known ?? this.add(pod)).actor.send({
      type: 'taints.observed',
      ...verdict,
      atMs: this.deps.clock.now(),
    });
  }

  private add(pod: Pod): EvictionEffects {
    const { uid } = pod.metadata;
    const effects = new EvictionEffects(this.deps, this.recorder, pod);
    this.byUid.set(uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `taintEviction/${objectKey(pod.metadata)}/${uid}`,
      input: undefined,
      effects,
      onRestart: () => {
        const { namespace, name } = pod.metadata;
        const current = this.deps.informers.of('Pod').get(namespace, name);
        const taints = this.taintsOf.get(current?.spec.nodeName ?? '') ?? NO_TAINTS;
        if (current?.metadata.uid === uid) this.observe(current, taints);
        else effects.actor.send({ type: 'pod.gone' });
      },
      onDone: () => this.byUid.delete(uid),
    });
    return effects;
  }
}
