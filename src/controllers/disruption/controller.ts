/**
 * Gives each PodDisruptionBudget an actor, and wakes it when it or one of its pods changes.
 *
 * Models: pkg/controller/disruption/disruption.go#addDB, #addPod, #updatePod, #deletePod (v1.36)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import { resources, type Pod, type PodDisruptionBudget } from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import { disruptionEffects, disruptionMachine } from '../../../machines/disruption.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { BY_NAMESPACE } from '../informers.js';
import { objectKey } from '../pods.js';
import { DisruptionEffects, matcherOf } from './effects.js';

const machine = bindEffects(disruptionMachine, disruptionEffects);

export const createDisruptionController = (deps: ControllerDeps): Controller =>
  new DisruptionController(deps);

class DisruptionController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly byUid = new Map<string, DisruptionEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    const { api, clock, random } = deps;
    this.recorder = createEventRecorder(api, clock, random, { component: 'controllermanager' });
  }

  start(): void {
    const { informers } = this.deps;
    // Asked for before the informers start: the size of its controller must be known before a pod is counted.
    for (const { kind, subresources } of resources) if (subresources.includes('scale')) informers.of(kind);
    this.subscriptions = [
      informers.of('PodDisruptionBudget').events$.subscribe((event) => this.onBudget(event)),
      informers.of('Pod').events$.subscribe(({ object }) => this.onPod(object)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.byUid.values()) actor.stop();
    this.byUid.clear();
  }

  private onBudget({ type, object, old }: InformerEvent<PodDisruptionBudget>): void {
    if (old && old.metadata.uid !== object.metadata.uid) this.remove(old);
    if (type === 'deleted') this.remove(object);
    else (this.byUid.get(object.metadata.uid) ?? this.add(object)).requestSync();
  }

  private add(budget: PodDisruptionBudget): DisruptionEffects {
    const { uid } = budget.metadata;
    const effects = new DisruptionEffects(this.deps, this.recorder, budget);
    this.byUid.set(uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `disruption/${objectKey(budget.metadata)}/${uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.requestSync(),
    });
    return effects;
  }

  private remove({ metadata }: PodDisruptionBudget): void {
    this.byUid.get(metadata.uid)?.actor.stop();
    this.byUid.delete(metadata.uid);
  }

  /** Where several budgets select a pod, only one follows it; the eviction API refuses such a pod anyway. */
  private onPod(pod: Pod): void {
    if (this.byUid.size === 0) return;
    const { namespace = '', name } = pod.metadata;
    const [chosen, ...others] = this.deps.informers
      .of('PodDisruptionBudget')
      .byIndex(BY_NAMESPACE, namespace)
      .filter((budget) => matcherOf(budget).matches(pod));
    if (chosen === undefined) return;
    if (others.length > 0) {
      const message =
        `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  ` +
        `Chose "${chosen.metadata.name}" arbitrarily.`;
      this.recorder.event(pod, 'Warning', 'MultiplePodDisruptionBudgets', message);
    }
    this.byUid.get(chosen.metadata.uid)?.requestSync();
  }
}
