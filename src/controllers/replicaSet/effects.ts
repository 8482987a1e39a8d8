/**
 * What the chart of one ReplicaSet asks for, carried out through the API: claiming, creating and deleting pods,
 * publishing the status. Each effect answers the actor with an event.
 *
 * Models: pkg/controller/replicaset/replica_set.go#manageReplicas, pkg/controller/controller_utils.go#RealPodControl (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import { formatTime, type Pod } from '../../api/index.js';
import type { EventRecorder } from '../../client/index.js';
import {
  BURST_REPLICAS,
  type ReplicaSetContext,
  type replicaSetMachine,
} from '../../../machines/replicaSet.js';
import { carryOutClaims } from '../claiming.js';
import { slowStart, type ControllerDeps } from '../deps.js';
import { BY_CONTROLLER, claimable } from '../informers.js';
import { createPod, deletePods } from '../podControl.js';
import { controllerOf, isPodActive } from '../pods.js';
import { podFromTemplate } from '../podTemplate.js';
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
    const { claims } = this;
    carryOutClaims(this.deps, this.replicaSet, claims, (adopted, error) => {
      this.claims = { ...claims, kept: [...claims.kept, ...adopted], toAdopt: [], toRelease: [] };
      if (error) this.actor.send({ type: 'claim.failed', error: error.message });
      else this.actor.send({ type: 'pods.claimed', ...this.observe() });
    });
  }

  createPods(_: unknown, context: ReplicaSetContext): void {
    const count = context.creationsExpected;
    const { replicaSet } = this;
    const manifest = podFromTemplate(replicaSet.spec.template ?? {}, replicaSet);
    slowStart(
      count,
      () => createPod(this.deps, this.recorder, replicaSet, manifest),
      (successes, error) =>
        this.actor.send({ type: 'pods.created', missing: count - successes, error: error?.message }),
    );
  }

  deletePods(_: unknown, context: ReplicaSetContext): void {
    const keyOf = (name: string): string => `${this.key.namespace}/${name}`;
    const names = context.deletionsExpected.map((key) => key.slice(keyOf('').length));
    deletePods(this.deps, this.recorder, this.replicaSet, names, (failed, error) =>
      this.actor.send({
        type: 'pods.deleted',
        failed: failed.map(keyOf),
        error: error && `unable to delete pods: ${error.message}`,
      }),
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
