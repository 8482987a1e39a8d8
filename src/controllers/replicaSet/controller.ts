/**
 * Brings what the watches show to the actors of the ReplicaSets: one actor per ReplicaSet, one sync per burst of
 * changes.
 *
 * Models: pkg/controller/replicaset/replica_set.go#addPod,updatePod,deletePod (v1.36)
 */
import type { Subscription } from 'rxjs';
import type { Pod } from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { BY_NAMESPACE } from '../informers.js';
import { controllerOf, objectKey } from '../pods.js';
import { ReplicaSetEffects } from './effects.js';
import { REPLICA_SET, type Replicated, type ReplicaTraits } from './traits.js';

export const createReplicaSetController = (deps: ControllerDeps): Controller =>
  new ReplicaSetController(deps, REPLICA_SET);

/** Serves every kind that keeps a number of equal pods, by its traits. */
export class ReplicaSetController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly traits: ReplicaTraits;
  private readonly recorder: EventRecorder;
  private readonly byUid = new Map<string, ReplicaSetEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps, traits: ReplicaTraits) {
    this.deps = deps;
    this.traits = traits;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, {
      component: traits.component,
    });
  }

  start(): void {
    this.subscriptions = [
      this.deps.informers.of(this.traits.kind).events$.subscribe((event) => this.onReplicaSet(event)),
      this.deps.informers.of('Pod').events$.subscribe((event) => this.onPod(event)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.byUid.values()) actor.stop();
    this.byUid.clear();
  }

  private onReplicaSet({ type, object, old }: InformerEvent<Replicated>): void {
    if (old && old.metadata.uid !== object.metadata.uid) this.remove(old);
    if (type === 'deleted') this.remove(object);
    else (this.byUid.get(object.metadata.uid) ?? this.add(object)).requestSync();
  }

  private add(replicaSet: Replicated): ReplicaSetEffects {
    const effects = new ReplicaSetEffects(this.deps, this.traits, this.recorder, replicaSet);
    this.byUid.set(replicaSet.metadata.uid, effects);
    effects.actor = this.deps.host.spawn({
      machine: this.traits.machine,
      path: `${this.traits.path}/${objectKey(replicaSet.metadata)}/${replicaSet.metadata.uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.requestSync(),
    });
    return effects;
  }

  private remove({ metadata }: Replicated): void {
    this.byUid.get(metadata.uid)?.actor.stop();
    this.byUid.delete(metadata.uid);
  }

  private onPod({ type, object, old }: InformerEvent<Pod>): void {
    if (type === 'deleted') this.onPodGone(object);
    else if (type === 'added') this.onPodAdded(object);
    else this.onPodUpdated(object, old ?? object);
  }

  private onPodAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return this.onPodGone(pod);
    const owner = this.ownerOf(pod);
    if (owner) {
      owner.created += 1;
      owner.requestSync();
    } else if (!controllerOf(pod.metadata)) this.offer(pod);
  }

  private onPodUpdated(pod: Pod, old: Pod): void {
    const labelsChanged = pod.metadata.labels !== old.metadata.labels && !hasSameLabels(pod, old);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.onPodGone(pod);
      if (labelsChanged) this.onPodGone(old);
      return;
    }
    const reference = controllerOf(pod.metadata);
    const before = controllerOf(old.metadata);
    const ownerChanged = reference?.uid !== before?.uid;
    if (before && ownerChanged) this.byUid.get(before.uid)?.requestSync();
    if (reference) this.byUid.get(reference.uid)?.requestSync();
    else if (labelsChanged || ownerChanged) this.offer(pod);
  }

  private onPodGone(pod: Pod): void {
    const owner = this.ownerOf(pod);
    if (!owner) return;
    owner.deleted.push(objectKey(pod.metadata));
    owner.requestSync();
  }

  private ownerOf(pod: Pod): ReplicaSetEffects | undefined {
    const reference = controllerOf(pod.metadata);
    return reference && this.byUid.get(reference.uid);
  }

  /** An orphan: every ReplicaSet whose selector matches looks at it (OW-8). */
  private offer({ metadata }: Pod): void {
    if (!metadata.labels) return;
    for (const replicaSet of this.deps.informers
      .of(this.traits.kind)
      .byIndex(BY_NAMESPACE, metadata.namespace ?? '')) {
      const matcher = this.traits.matcherOf(replicaSet);
      if (!matcher.isEverything && matcher.matchesLabels(metadata.labels))
        this.byUid.get(replicaSet.metadata.uid)?.requestSync();
    }
  }
}

const hasSameLabels = (a: Pod, b: Pod): boolean => {
  const [left, right] = [a.metadata.labels ?? {}, b.metadata.labels ?? {}];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
};
