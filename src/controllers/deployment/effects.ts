/**
 * What the chart of one Deployment asks for, carried out through the API. Each effect answers the actor with an event;
 * an API request that fails is answered by `write.failed`.
 *
 * Models: pkg/controller/deployment/sync.go, rollback.go (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import {
  formatTime,
  labelSelectorMatcher,
  type ApiError,
  type Deployment,
  type DeploymentStatus,
  type ReplicaSet,
} from '../../api/index.js';
import type { EventRecorder } from '../../client/index.js';
import type {
  deploymentMachine,
  DeploymentContext,
  DeploymentMachineEvent,
  ReplicaSetSize,
} from '../../../machines/deployment.js';
import { carryOutClaims } from '../claiming.js';
import { allSettled, isNamespaceTerminating, type ControllerDeps } from '../deps.js';
import { BY_CONTROLLER, claimable } from '../informers.js';
import { claimsOn, NO_CLAIMS, type Claims } from '../ownership.js';
import { planRollback, rollbackRevision, rolledBack } from './history.js';
import { observeReplicaSets, reconcile, type ObservedDeployment } from './reconcile.js';
import {
  isSameTemplate,
  newAnnotations,
  newReplicaSet,
  REVISION,
  sizeAnnotations,
  sizeOf,
} from './replicaSets.js';
import { controllerOf } from '../pods.js';
import { oldPodsRunning, newSizeAllowed } from './rolling.js';
import {
  baseStatus,
  conditionOf,
  hasDeadline,
  hasTimedOut,
  isComplete,
  isSameStatus,
  newCondition,
  pauseCondition,
  requeueAfterMs,
  rolloutStatus,
  withCondition,
} from './status.js';

type Answer = Exclude<DeploymentMachineEvent, { readonly type: 'status.published' }>;

export class DeploymentEffects {
  actor!: HostedActor<typeof deploymentMachine>;
  readonly uid: string;
  readonly name: string;
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly key: { readonly kind: 'Deployment'; readonly namespace: string; readonly name: string };
  private observed!: ObservedDeployment;
  private claims: Claims<ReplicaSet> = NO_CLAIMS;
  private createdReplicaSet: ReplicaSet | undefined;

  constructor(deps: ControllerDeps, recorder: EventRecorder, { metadata }: Deployment) {
    this.deps = deps;
    this.recorder = recorder;
    this.uid = metadata.uid;
    this.key = { kind: 'Deployment', namespace: metadata.namespace ?? '', name: metadata.name };
    this.name = metadata.name;
  }

  /** One sync: look, and tell the actor. Runs when no message is pending, so the actor's snapshot is current. */
  readonly sync = (): void => {
    const deployment = this.deps.informers.of('Deployment').get(this.key.namespace, this.key.name);
    if (deployment?.metadata.uid !== this.uid || this.actor.isStopped) return;
    if (this.actor.getSnapshot().hasTag('busy')) {
      this.actor.send({ type: 'sync.request' });
      return;
    }
    const { isEverything, matchesLabels } = labelSelectorMatcher(deployment.spec.selector);
    const candidates = claimable(this.deps.informers.of('ReplicaSet'), deployment.metadata);
    this.claims = isEverything ? NO_CLAIMS : claimsOn(candidates, deployment.metadata, matchesLabels);
    const { kept, toAdopt, toRelease } = this.claims;
    this.createdReplicaSet = undefined;
    this.observed = observeReplicaSets(deployment, kept);
    this.actor.send({ type: 'rollout.observed', seen: this.seen(toAdopt.length + toRelease.length) });
  };

  private seen(toClaim: number) {
    const pods = this.deps.informers.of('Pod');
    return reconcile(
      this.observed,
      toClaim,
      () => oldPodsRunning(this.observed.old, (uid) => pods.byIndex(BY_CONTROLLER, uid)),
      this.now(),
    );
  }

  private now(): string {
    return formatTime(this.deps.clock.now());
  }

  private reply(event: Answer): void {
    this.actor.send(event);
  }

  private fail(error: ApiError): void {
    this.reply({ type: 'write.failed', error: error.message, isTerminal: isNamespaceTerminating(error) });
  }

  private warn(reason: string, message: string): void {
    this.recorder.event(this.observed.deployment, 'Warning', reason, message);
  }

  requestSync(): void {
    this.deps.host.schedule(this, this.sync);
  }

  claimReplicaSets(): void {
    const { deployment, all } = this.observed;
    carryOutClaims(this.deps, deployment, this.claims, (adopted, error) => {
      if (error) return this.fail(error);
      this.observed = observeReplicaSets(deployment, [...all, ...adopted]);
      return this.reply({ type: 'replicaSets.claimed', seen: this.seen(0) });
    });
  }

  refuseSelector(): void {
    const { deployment } = this.observed;
    this.warn('SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
    const { generation } = deployment.metadata;
    if ((deployment.status.observedGeneration ?? 0) >= (generation ?? 0))
      return this.reply({ type: 'condition.recorded' });
    this.writeStatus(
      { ...deployment, status: { ...deployment.status, observedGeneration: generation } },
      () => this.reply({ type: 'condition.recorded' }),
    );
  }

  recordPause(): void {
    const { deployment } = this.observed;
    const condition = pauseCondition(deployment, this.now());
    if (!condition) return this.reply({ type: 'condition.recorded' });
    const conditions = withCondition(deployment.status.conditions ?? [], condition);
    this.writeStatus({ ...deployment, status: { ...deployment.status, conditions } }, () =>
      this.reply({ type: 'condition.recorded' }),
    );
  }

  updateNewReplicaSet(): void {
    const { deployment, newReplicaSet: current, revision } = this.observed;
    if (!current) return this.reply({ type: 'replicaSet.updated' });
    const annotations =
      newAnnotations(deployment, current.metadata.annotations ?? {}, revision, true) ??
      current.metadata.annotations;
    const { minReadySeconds: _, ...spec } = current.spec;
    const { minReadySeconds } = deployment.spec;
    this.updateReplicaSet(
      {
        ...current,
        metadata: { ...current.metadata, annotations },
        spec: { ...spec, ...(minReadySeconds ? { minReadySeconds } : {}) },
      },
      () => this.reply({ type: 'replicaSet.updated' }),
    );
  }

  /** Of a ReplicaSet that was found (DP-22). */
  recordRevision(): void {
    const { newReplicaSet: found } = this.observed;
    if (!found) return this.reply({ type: 'revision.recorded' });
    this.writeRevision(
      found.metadata.annotations?.[REVISION],
      {
        reason: 'FoundNewReplicaSet',
        message: `Found new replica set "${found.metadata.name}"`,
        isOnlyIfAbsent: true,
      },
      () => this.reply({ type: 'revision.recorded' }),
    );
  }

  private writeRevision(
    revision: string | undefined,
    progress:
      | { readonly reason: string; readonly message: string; readonly isOnlyIfAbsent: boolean }
      | undefined,
    then: () => void,
  ): void {
    const { deployment } = this.observed;
    let conditions = deployment.status.conditions ?? [];
    const isNoted = progress?.isOnlyIfAbsent && conditionOf(conditions, 'Progressing') !== undefined;
    if (progress && hasDeadline(deployment) && !isNoted)
      conditions = withCondition(
        conditions,
        newCondition('Progressing', 'True', progress.reason, progress.message, this.now()),
      );
    const annotations =
      revision === undefined
        ? deployment.metadata.annotations
        : { ...deployment.metadata.annotations, [REVISION]: revision };
    this.writeStatus(
      {
        ...deployment,
        metadata: { ...deployment.metadata, annotations },
        status: { ...deployment.status, conditions },
      },
      then,
    );
  }

  /** DP-21 to DP-25. */
  createReplicaSet(): void {
    const { deployment, all, revision } = this.observed;
    const replicas = newSizeAllowed(deployment, all, 0);
    const manifest = newReplicaSet(deployment, replicas, revision);
    const { name } = manifest.metadata;
    const { namespace } = this.key;
    this.deps.api.create('ReplicaSet', manifest, { namespace }).settled((outcome) => {
      if (outcome.ok) return this.afterCreation(outcome.value, String(revision), true);
      if (outcome.error.reason === 'AlreadyExists')
        return this.afterCollision(name, String(revision), outcome.error);
      if (isNamespaceTerminating(outcome.error)) return this.fail(outcome.error);
      const message = `Failed to create new replica set "${name}": ${outcome.error.message}`;
      const failed = (): void => {
        this.warn('ReplicaSetCreateError', message);
        this.fail(outcome.error);
      };
      if (!hasDeadline(deployment)) return failed();
      const condition = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, this.now());
      const conditions = withCondition(deployment.status.conditions ?? [], condition);
      return this.writeStatus(
        { ...deployment, status: { ...deployment.status, conditions } },
        failed,
        failed,
      );
    });
  }

  private afterCreation(created: ReplicaSet, revision: string, isNew: boolean): void {
    const { name } = created.metadata;
    if (isNew && sizeOf(created) > 0)
      this.recorder.event(
        this.observed.deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled up replica set ${name} from 0 to ${sizeOf(created)}`,
      );
    this.createdReplicaSet = created;
    const progress = {
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${name}"`,
      isOnlyIfAbsent: false,
    };
    this.writeRevision(revision, isNew ? progress : undefined, () =>
      this.reply({ type: 'replicaSet.created' }),
    );
  }

  /** DP-23: the name is taken; by our own ReplicaSet of this template, or by a hash collision. */
  private afterCollision(name: string, revision: string, error: ApiError): void {
    const { deployment } = this.observed;
    const taken = this.deps.informers.of('ReplicaSet').get(this.key.namespace, name);
    if (!taken) return this.fail(error);
    if (
      controllerOf(taken.metadata)?.uid === this.uid &&
      isSameTemplate(taken.spec.template, deployment.spec.template)
    )
      return this.afterCreation(taken, revision, false);
    const status = { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 };
    return this.writeStatus({ ...deployment, status }, () =>
      this.reply({ type: 'replicaSet.collided', error: error.message }),
    );
  }

  scaleNew(_: unknown, { seen }: DeploymentContext): void {
    const { newReplicaSet: target } = this.observed;
    this.resize(target ? [{ name: target.metadata.name, replicas: seen.newSizeNext }] : []);
  }

  scaleOldBy(_: unknown, { seen }: DeploymentContext): void {
    this.resize(seen.oldSizesNext);
  }

  scaleShares(_: unknown, { seen }: DeploymentContext): void {
    this.resize(seen.scaledSizes);
  }

  scaleOldToZero(): void {
    this.resize(
      this.observed.old
        .filter((old) => sizeOf(old) > 0)
        .map(({ metadata }) => ({ name: metadata.name, replicas: 0 })),
    );
  }

  /** One write after another, as upstream (DP-46); an error ends it. */
  private resize(sizes: readonly ReplicaSetSize[], index = 0): void {
    const next = sizes[index];
    if (!next) return this.reply({ type: 'replicaSets.scaled' });
    const { deployment, all } = this.observed;
    const current = all.find(({ metadata }) => metadata.name === next.name);
    if (!current) return this.resize(sizes, index + 1);
    const before = sizeOf(current);
    return this.updateReplicaSet(
      {
        ...current,
        metadata: {
          ...current.metadata,
          annotations: { ...current.metadata.annotations, ...sizeAnnotations(deployment) },
        },
        spec: { ...current.spec, replicas: next.replicas },
      },
      () => {
        if (before !== next.replicas) {
          const direction = before < next.replicas ? 'up' : 'down';
          const message = `Scaled ${direction} replica set ${next.name} from ${before} to ${next.replicas}`;
          this.recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
        }
        this.resize(sizes, index + 1);
      },
    );
  }

  rollBack(): void {
    const { deployment, all } = this.observed;
    const plan = planRollback(deployment, all, rollbackRevision(deployment) ?? 0n);
    if (plan.to === 'nothing') this.warn(plan.reason, plan.message);
    const target = plan.to === 'revision' ? plan.replicaSet : undefined;
    this.deps.api.update(this.key, rolledBack(deployment, target)).settled((outcome) => {
      if (!outcome.ok) return this.fail(outcome.error);
      if (plan.to === 'revision') {
        const message = `Rolled back deployment "${deployment.metadata.name}" to revision ${plan.revision}`;
        this.recorder.event(deployment, 'Normal', 'DeploymentRollback', message);
      }
      return this.reply({ type: 'rollback.done' });
    });
  }

  cleanHistory(_: unknown, { seen }: DeploymentContext): void {
    const { namespace } = this.key;
    allSettled(
      seen.surplusHistory.map((name) => this.deps.api.delete({ kind: 'ReplicaSet', namespace, name })),
      (outcomes) => {
        for (const outcome of outcomes)
          if (!outcome.ok && outcome.error.reason !== 'NotFound') return this.fail(outcome.error);
        return this.reply({ type: 'history.cleaned' });
      },
    );
  }

  publishStatus({ judgesProgress }: { readonly judgesProgress: boolean }): void {
    const { deployment } = this.observed;
    const created = this.createdReplicaSet;
    const all = created ? [...this.observed.all, created] : this.observed.all;
    const newest = created ?? this.observed.newReplicaSet;
    const nowMs = this.deps.clock.now();
    const moment = { nowMs, now: formatTime(nowMs) };
    const status = (judgesProgress ? rolloutStatus : baseStatus)(deployment, all, newest, moment);
    const done = (): void => this.published(deployment, status, judgesProgress, nowMs);
    if (isSameStatus(status, deployment.status)) done();
    else this.writeStatus({ ...deployment, status }, done);
  }

  private published(
    deployment: Deployment,
    status: DeploymentStatus,
    judgesProgress: boolean,
    nowMs: number,
  ): void {
    const isTimed = judgesProgress && !deployment.spec.paused;
    const after = isTimed ? requeueAfterMs(deployment, status, nowMs) : undefined;
    this.actor.send({
      type: 'status.published',
      isComplete: isComplete(deployment, status),
      hasTimedOut: hasTimedOut(deployment, status, nowMs),
      // Differs: in the last second upstream polls at the rate of its queue; one timer does the same.
      deadlineInMs: after === 0 ? 1000 : after,
    });
  }

  private writeStatus(
    deployment: Deployment,
    then: () => void,
    otherwise: (error: ApiError) => void = (error) => this.fail(error),
  ): void {
    this.deps.api.update(this.key, deployment, { subresource: 'status' }).settled((outcome) => {
      if (!outcome.ok) return otherwise(outcome.error);
      // Later writes of this sync start from what this one left.
      this.observed = { ...this.observed, deployment: outcome.value };
      return then();
    });
  }

  private updateReplicaSet(replicaSet: ReplicaSet, then: () => void): void {
    const { name } = replicaSet.metadata;
    this.deps.api
      .update({ kind: 'ReplicaSet', namespace: this.key.namespace, name }, replicaSet)
      .settled((outcome) => (outcome.ok ? then() : this.fail(outcome.error)));
  }
}
