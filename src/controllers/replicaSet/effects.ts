/**
 * What the chart of one ReplicaSet asks for, carried out through the API: claiming, creating and deleting pods,
 * publishing the status. Each effect answers the actor with an event.
 *
 * Models: pkg/controller/replicaset/replica_set.go#manageReplicas, pkg/controller/controller_utils.go#RealPodControl (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import { type ApiError, formatTime, type Pod } from '../../api/index.js';
import type { Call, EventRecorder } from '../../client/index.js';
import { answer, createCall } from '../../client/index.js';
import {
  BURST_REPLICAS,
  type ReplicaSetContext,
  type replicaSetMachine,
} from '../../../machines/replicaSet.js';
import { allSettled, isNamespaceTerminating, slowStart, type ControllerDeps } from '../deps.js';
import { BY_CONTROLLER, claimable } from '../informers.js';
import { adoptPatch, releasePatch } from '../ownership.js';
import { controllerOf, isPodActive } from '../pods.js';
import { podFromTemplate } from '../podTemplate.js';
import { recheckOwner } from '../recheckOwner.js';
import { claimPods, reconcile, statusAfter, type ClaimedPods } from './reconcile.js';
import type { Replicated, ReplicaTraits } from './traits.js';

const NO_CLAIMS: ClaimedPods = { kept: [], toAdopt: [], toRelease: [], terminating: 0 };

export class ReplicaSetEffects {
  actor!: HostedActor<typeof replicaSetMachine>;
  /** What the watch has shown since the last sync; the actor is told once per burst. */
  created = 0;
  deleted: string[] = [];
  private readonly deps: ControllerDeps;
  private readonly traits: ReplicaTraits;
  private readonly recorder: EventRecorder;
  private readonly key: { readonly namespace: string; readonly name: string };
  readonly uid: string;
  private replicaSet: Replicated;
  private claims = NO_CLAIMS;
  private observedAtMs = 0;

  constructor(deps: ControllerDeps, traits: ReplicaTraits, recorder: EventRecorder, replicaSet: Replicated) {
    this.deps = deps;
    this.traits = traits;
    this.recorder = recorder;
    this.replicaSet = replicaSet;
    this.uid = replicaSet.metadata.uid;
    this.key = { namespace: replicaSet.metadata.namespace ?? '', name: replicaSet.metadata.name };
  }

  /** One sync: look, and tell the actor. Runs when no message is pending, so the actor's snapshot is current. */
  readonly sync = (): void => {
    const replicaSet = this.deps.informers.of(this.traits.kind).get(this.key.namespace, this.key.name);
    if (replicaSet?.metadata.uid !== this.uid || this.actor.isStopped) return;
    if (this.actor.getSnapshot().hasTag('busy')) {
      this.actor.send({ type: 'sync.request' });
      return;
    }
    if (this.created > 0 || this.deleted.length > 0) {
      this.actor.send({ type: 'pods.observed', created: this.created, deleted: this.deleted });
      this.created = 0;
      this.deleted = [];
    }
    const matcher = this.traits.matcherOf(replicaSet);
    if (matcher.isEverything) return; // RS-10: refused by validation; never act on it.
    this.replicaSet = replicaSet;
    this.observedAtMs = this.deps.clock.now();
    const claims = claimPods(
      replicaSet.metadata,
      claimable(this.deps.informers.of('Pod'), replicaSet.metadata),
      matcher.matchesLabels,
    );
    this.claims = this.traits.countsTerminating ? claims : { ...claims, terminating: undefined };
    this.actor.send({ type: 'replicas.observed', ...this.observe() });
  };

  private observe() {
    return reconcile({
      owner: this.replicaSet,
      claims: this.claims,
      related: () => this.relatedPods(),
      nowMs: this.observedAtMs,
      burst: BURST_REPLICAS,
    });
  }

  /** Active pods of all ReplicaSets with the same controller. */
  private relatedPods(): readonly Pod[] {
    const controller = controllerOf(this.replicaSet.metadata);
    if (!controller) return [];
    const pods = this.deps.informers.of('Pod');
    return this.deps.informers
      .of(this.traits.kind)
      .byIndex(BY_CONTROLLER, controller.uid)
      .flatMap(({ metadata }) => pods.byIndex(BY_CONTROLLER, metadata.uid))
      .filter(isPodActive);
  }

  requestSync(): void {
    this.deps.host.schedule(this, this.sync);
  }

  claimPods(): void {
    const { toAdopt, toRelease } = this.claims;
    const patch = (pod: Pod, body: unknown): Call<Pod> =>
      this.deps.api.patch(
        { kind: 'Pod', namespace: this.key.namespace, name: pod.metadata.name },
        { type: 'strategic', body },
      );
    this.recheckOwner(toAdopt.length > 0).settled((owner) => {
      const adopting = toAdopt.map((pod) =>
        owner.ok
          ? patch(pod, adoptPatch(this.replicaSet, pod.metadata))
          : answer<Pod>(() => {
              throw owner.error;
            }),
      );
      const releasing = toRelease.map((pod) => patch(pod, releasePatch(this.uid, pod.metadata)));
      allSettled([...adopting, ...releasing], (outcomes) => {
        const adopted: Pod[] = [];
        let error: ApiError | undefined;
        outcomes.forEach((outcome, index) => {
          const isAdoption = index < adopting.length;
          if (outcome.ok) {
            if (isAdoption) adopted.push(outcome.value);
          } else if (
            outcome.error.reason !== 'NotFound' &&
            (isAdoption || outcome.error.reason !== 'Invalid')
          )
            error ??= outcome.error;
        });
        this.claims = { ...this.claims, kept: [...this.claims.kept, ...adopted], toAdopt: [], toRelease: [] };
        if (error) this.actor.send({ type: 'claim.failed', error: error.message });
        else this.actor.send({ type: 'pods.claimed', ...this.observe() });
      });
    });
  }

  /** OW-4: the cache may not know yet that the owner is being deleted or was made anew. */
  private recheckOwner(isNeeded: boolean): Call<Replicated> {
    if (!isNeeded) return answer(() => this.replicaSet);
    return recheckOwner(this.deps, { kind: this.traits.kind, ...this.key }, this.uid);
  }

  createPods(_: unknown, context: ReplicaSetContext): void {
    const count = context.creationsExpected;
    const { replicaSet } = this;
    const manifest = podFromTemplate(replicaSet.spec.template ?? {}, replicaSet);
    slowStart(
      count,
      () => this.createPod(manifest),
      (successes, error) =>
        this.actor.send({ type: 'pods.created', missing: count - successes, error: error?.message }),
    );
  }

  private createPod(manifest: unknown): Call<unknown> {
    return createCall((settle) =>
      this.deps.api.create('Pod', manifest, { namespace: this.key.namespace }).settled((outcome) => {
        if (outcome.ok) {
          const message = `Created pod: ${outcome.value.metadata.name}`;
          this.recorder.event(this.replicaSet, 'Normal', 'SuccessfulCreate', message);
        } else if (isNamespaceTerminating(outcome.error)) {
          // Nothing more can be created here: waiting for the end of the namespace is a success (PH-8).
          return settle({ ok: true, value: undefined });
        } else {
          const message = `Error creating: ${outcome.error.message}`;
          this.recorder.event(this.replicaSet, 'Warning', 'FailedCreate', message);
        }
        return settle(outcome);
      }),
    );
  }

  deletePods(_: unknown, context: ReplicaSetContext): void {
    const { namespace } = this.key;
    const keys = context.deletionsExpected;
    const names = keys.map((key) => key.slice(namespace.length + 1));
    allSettled(
      names.map((name) => this.deps.api.delete({ kind: 'Pod', namespace, name })),
      (outcomes) => {
        const failed: string[] = [];
        let failure: string | undefined;
        outcomes.forEach((outcome, index) => {
          if (outcome.ok) {
            this.recorder.event(
              this.replicaSet,
              'Normal',
              'SuccessfulDelete',
              `Deleted pod: ${names[index]}`,
            );
            return;
          }
          failed.push(keys[index] ?? '');
          if (outcome.error.reason === 'NotFound') return;
          const message = outcome.error.message;
          this.recorder.event(this.replicaSet, 'Warning', 'FailedDelete', `Error deleting: ${message}`);
          failure ??= `unable to delete pods: ${message}`;
        });
        this.actor.send({ type: 'pods.deleted', failed, error: failure });
      },
    );
  }

  publishStatus(_: unknown, context: ReplicaSetContext): void {
    const status = statusAfter({
      owner: this.replicaSet,
      current: this.replicaSet.status,
      claims: this.claims,
      manageError: context.error,
      nowMs: this.observedAtMs,
      now: formatTime(this.observedAtMs),
    });
    if (!status) {
      this.actor.send({ type: 'status.published' });
      return;
    }
    const key = { kind: this.traits.kind, ...this.key } as const;
    const write = (replicaSet: Replicated, isRetry: boolean): void =>
      this.deps.api.update(key, { ...replicaSet, status }, { subresource: 'status' }).settled((outcome) => {
        if (outcome.ok) this.actor.send({ type: 'status.published' });
        else if (isRetry) this.actor.send({ type: 'status.failed', error: outcome.error.message });
        else
          this.deps.api.get(key).settled((fresh) => {
            if (fresh.ok) write(fresh.value, true);
            else this.actor.send({ type: 'status.failed', error: fresh.error.message });
          });
      });
    write(this.replicaSet, false);
  }
}
