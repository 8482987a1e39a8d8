/**
 * Brings what the watches show to the actors of the Deployments: one actor per Deployment, one sync per burst.
 *
 * Models: pkg/controller/deployment/deployment_controller.go#addReplicaSet,updateReplicaSet,deletePod (v1.36)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import { labelSelectorMatcher, type Deployment, type Pod, type ReplicaSet } from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import { deploymentEffects, deploymentMachine } from '../../../machines/deployment.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { BY_CONTROLLER, BY_NAMESPACE } from '../informers.js';
import { isSemanticallyEqual } from '../podTemplate.js';
import { controllerOf, objectKey } from '../pods.js';
import { DeploymentEffects } from './effects.js';

const machine = bindEffects(deploymentMachine, deploymentEffects);

export const createDeploymentController = (deps: ControllerDeps): Controller =>
  new DeploymentController(deps);

class DeploymentController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly byUid = new Map<string, DeploymentEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, {
      component: 'deployment-controller',
    });
  }

  start(): void {
    const { informers } = this.deps;
    this.subscriptions = [
      informers.of('Deployment').events$.subscribe((event) => this.onDeployment(event)),
      informers.of('ReplicaSet').events$.subscribe((event) => this.onReplicaSet(event)),
      informers.of('Pod').events$.subscribe(({ type, object }) => {
        if (type === 'deleted') this.onPodGone(object);
      }),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.byUid.values()) actor.stop();
    this.byUid.clear();
  }

  private onDeployment({ type, object, old }: InformerEvent<Deployment>): void {
    if (old && old.metadata.uid !== object.metadata.uid) this.remove(old);
    if (type === 'deleted') this.remove(object);
    else (this.byUid.get(object.metadata.uid) ?? this.add(object)).requestSync();
  }

  private add(deployment: Deployment): DeploymentEffects {
    const effects = new DeploymentEffects(this.deps, this.recorder, deployment);
    this.byUid.set(deployment.metadata.uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `deployment/${objectKey(deployment.metadata)}/${deployment.metadata.uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.requestSync(),
    });
    return effects;
  }

  private remove({ metadata }: Deployment): void {
    this.byUid.get(metadata.uid)?.actor.stop();
    this.byUid.delete(metadata.uid);
  }

  /** DP-2. */
  private onReplicaSet({ type, object, old }: InformerEvent<ReplicaSet>): void {
    const reference = controllerOf(object.metadata);
    if (reference) this.byUid.get(reference.uid)?.requestSync();
    const before = old && controllerOf(old.metadata);
    if (before && before.uid !== reference?.uid) this.byUid.get(before.uid)?.requestSync();
    if (reference || type === 'deleted') return;
    if (old && !before && isSemanticallyEqual(old.metadata.labels, object.metadata.labels)) return;
    this.offer(object);
  }

  /** An orphan: every Deployment whose selector matches looks at it. */
  private offer({ metadata }: ReplicaSet): void {
    if (!metadata.labels) return;
    for (const deployment of this.deps.informers
      .of('Deployment')
      .byIndex(BY_NAMESPACE, metadata.namespace ?? '')) {
      const matcher = labelSelectorMatcher(deployment.spec.selector);
      if (!matcher.isEverything && matcher.matchesLabels(metadata.labels))
        this.byUid.get(deployment.metadata.uid)?.requestSync();
    }
  }

  /** DP-3: a Recreate waits for the last pod of its ReplicaSets. */
  private onPodGone(pod: Pod): void {
    const reference = controllerOf(pod.metadata);
    if (reference?.kind !== 'ReplicaSet') return;
    const { informers } = this.deps;
    const replicaSet = informers.of('ReplicaSet').get(pod.metadata.namespace, reference.name);
    if (replicaSet?.metadata.uid !== reference.uid) return;
    const owner = this.byUid.get(controllerOf(replicaSet.metadata)?.uid ?? '');
    if (!owner) return;
    const deployment = informers.of('Deployment').get(pod.metadata.namespace, owner.name);
    if (deployment?.spec.strategy?.type !== 'Recreate') return;
    const pods = informers.of('Pod');
    const someRemain = informers
      .of('ReplicaSet')
      .byIndex(BY_CONTROLLER, owner.uid)
      .some(({ metadata }) => pods.byIndex(BY_CONTROLLER, metadata.uid).length > 0);
    if (!someRemain) owner.requestSync();
  }
}
