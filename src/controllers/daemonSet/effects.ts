/**
 * What the chart of one DaemonSet asks for, carried out through the API. Each effect answers the actor with an event; an
 * API request that fails, other than those that create and delete pods, is answered by `write.failed`.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#syncNodes, update.go (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import {
  labelSelectorMatcher,
  type ApiError,
  type ControllerRevision,
  type DaemonSet,
  type DaemonSetStatus,
  type Node,
  type Pod,
  type PodTemplateSpec,
} from '../../api/index.js';
import type { EventRecorder, Informer } from '../../client/index.js';
import type { daemonSetMachine } from '../../../machines/daemonSet.js';
import { afterKilling, isBackingOff } from '../../../machines/daemonSetBackOff.js';
import type { DaemonSetContext } from '../../../machines/daemonSetSetup.js';
import { carryOutClaims } from '../claiming.js';
import { allSettled, slowStart, type ControllerDeps } from '../deps.js';
import { claimable } from '../informers.js';
import { claimsOn, NO_CLAIMS, type Claims } from '../ownership.js';
import { createPod, deletePods } from '../podControl.js';
import { eligibilityOf, type Eligibility } from './nodes.js';
import { podMaker, podsByNode } from './pods.js';
import { backOffKey, reconcile, type Observed, type Reconciled } from './reconcile.js';
import { recordRevision } from './recordRevision.js';
import { hashOf, historyOf } from './revisions.js';
import { statusAfter } from './status.js';

type Claimable = Pod | ControllerRevision;

export class DaemonSetEffects {
  actor!: HostedActor<typeof daemonSetMachine>;
  /** What the watch has shown since the last sync; the actor is told once per burst. */
  created = 0;
  deleted: string[] = [];
  readonly uid: string;
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly key: { readonly kind: 'DaemonSet'; readonly namespace: string; readonly name: string };
  private daemonSet: DaemonSet;
  private pods: Claims<Pod> = NO_CLAIMS;
  private revisions: Claims<ControllerRevision> = NO_CLAIMS;
  private reconciled: Reconciled | undefined;
  private hash = '';
  private observedAtMs = 0;
  private judged: PodTemplateSpec | undefined;
  private eligibilities = new WeakMap<Node, Eligibility>();

  constructor(deps: ControllerDeps, recorder: EventRecorder, daemonSet: DaemonSet) {
    this.deps = deps;
    this.recorder = recorder;
    this.daemonSet = daemonSet;
    const { uid, name, namespace = '' } = daemonSet.metadata;
    this.uid = uid;
    this.key = { kind: 'DaemonSet', namespace, name };
  }

  requestSync(): void {
    this.deps.host.schedule(this, this.sync);
  }

  /** One sync: look, and tell the actor. Runs when no message is pending, so the actor's snapshot is current. */
  readonly sync = (): void => {
    const daemonSet = this.deps.informers.of('DaemonSet').get(this.key.namespace, this.key.name);
    if (daemonSet?.metadata.uid !== this.uid || this.actor.isStopped) return;
    if (this.actor.getSnapshot().hasTag('busy')) {
      this.actor.send({ type: 'sync.request' });
      return;
    }
    if (this.created > 0 || this.deleted.length > 0) {
      this.actor.send({ type: 'pods.observed', created: this.created, deleted: this.deleted });
      this.created = 0;
      this.deleted = [];
    }
    this.daemonSet = daemonSet;
    this.observedAtMs = this.deps.clock.now();
    this.pods = this.claims(this.deps.informers.of('Pod'));
    this.revisions = this.claims(this.deps.informers.of('ControllerRevision'));
    this.actor.send({ type: 'daemons.observed', seen: this.observe() });
  };

  /** An empty selector claims nothing. */
  private claims<T extends Claimable>(informer: Informer<T>): Claims<T> {
    const { metadata, spec } = this.daemonSet;
    const { isEverything, matchesLabels } = labelSelectorMatcher(spec.selector);
    return isEverything ? NO_CLAIMS : claimsOn(claimable(informer, metadata), metadata, matchesLabels);
  }

  private observe() {
    const history = historyOf(this.daemonSet, this.revisions.kept);
    this.hash = hashOf(history.current);
    const pending = [this.pods, this.revisions].flatMap(({ toAdopt, toRelease }) => [
      ...toAdopt,
      ...toRelease,
    ]);
    this.reconciled = reconcile({
      ...this.daemons(this.pods.kept),
      history,
      toClaim: pending.length,
      selectsEverything: labelSelectorMatcher(this.daemonSet.spec.selector).isEverything,
    });
    return this.reconciled.seen;
  }

  private daemons(pods: readonly Pod[]): Omit<Observed, 'history' | 'toClaim' | 'selectsEverything'> {
    const { daemonSet, hash } = this;
    const { backOffs } = this.actor.getSnapshot().context;
    const nowMs = this.observedAtMs;
    return {
      daemonSet,
      hash,
      nowMs,
      pods,
      byNode: podsByNode(pods),
      nodes: this.deps.informers.of('Node').list(),
      eligibility: (node) => this.eligibility(node),
      backOff: (node) => {
        const key = backOffKey({ daemonSet }, node);
        const isWaiting = isBackingOff(backOffs[key], nowMs);
        const next = isWaiting ? backOffs[key] : afterKilling(backOffs, [key], nowMs)[key];
        return { isBackingOff: isWaiting, delayMs: next?.delayMs ?? 0 };
      },
    };
  }

  /** Nodes report often and change seldom: remembered per version of the node, for one template. */
  private eligibility(node: Node): Eligibility {
    const { template } = this.daemonSet.spec;
    if (this.judged !== template) {
      this.judged = template;
      this.eligibilities = new WeakMap();
    }
    let found = this.eligibilities.get(node);
    if (!found) this.eligibilities.set(node, (found = eligibilityOf(this.daemonSet, node)));
    return found;
  }

  private fail(error: ApiError): void {
    this.actor.send({ type: 'write.failed', error: error.message });
  }

  refuseSelector(): void {
    const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
    this.recorder.event(this.daemonSet, 'Warning', 'SelectingAll', message);
  }

  claimPods(): void {
    const { pods, revisions } = this;
    const both: Pick<Claims<Claimable>, 'toAdopt' | 'toRelease'> = {
      toAdopt: [...pods.toAdopt, ...revisions.toAdopt],
      toRelease: [...pods.toRelease, ...revisions.toRelease],
    };
    carryOutClaims(this.deps, this.daemonSet, both, (adopted, error) => {
      if (error) return this.fail(error);
      this.pods = { ...NO_CLAIMS, kept: [...pods.kept, ...adopted.filter(isPod)] };
      this.revisions = { ...NO_CLAIMS, kept: [...revisions.kept, ...adopted.filter(isRevision)] };
      return this.actor.send({ type: 'pods.claimed', seen: this.observe() });
    });
  }

  recordRevision(): void {
    const history = historyOf(this.daemonSet, this.revisions.kept);
    recordRevision(this.deps, this.daemonSet, history, this.pods.kept).settled((outcome) => {
      if (!outcome.ok) return this.fail(outcome.error);
      this.revisions = { ...this.revisions, kept: [...history.old, outcome.value] };
      this.actor.send({ type: 'revision.recorded', seen: this.observe() });
    });
  }

  reportEndedPods(): void {
    const tell = (reason: string, type: 'Normal' | 'Warning', text: string): void =>
      this.recorder.event(this.daemonSet, type, reason, text);
    const { failed = [], succeeded = [] } = this.reconciled ?? {};
    const where = ({ metadata }: Pod, node: string): string =>
      `${metadata.namespace}/${metadata.name} on node ${node}`;
    for (const { pod, node } of failed)
      tell('FailedDaemonPod', 'Warning', `Found failed daemon pod ${where(pod, node)}, will try to kill it`);
    for (const { pod, node } of succeeded)
      tell(
        'SucceededDaemonPod',
        'Normal',
        `Found succeeded daemon pod ${where(pod, node)}, will try to delete it`,
      );
  }

  createPods(_: unknown, { creating }: DaemonSetContext): void {
    const manifestFor = podMaker(this.daemonSet, this.hash);
    let next = 0;
    slowStart(
      creating.length,
      () => createPod(this.deps, this.recorder, this.daemonSet, manifestFor(creating[next++] ?? '')),
      (successes, error) =>
        this.actor.send({
          type: 'pods.created',
          missing: creating.length - successes,
          error: error?.message,
        }),
    );
  }

  deletePods(_: unknown, { deleting }: DaemonSetContext): void {
    deletePods(this.deps, this.recorder, this.daemonSet, deleting, (failed, error) =>
      this.actor.send({
        type: 'pods.deleted',
        failed,
        error: error && `unable to delete pods: ${error.message}`,
      }),
    );
  }

  cleanHistory(_: unknown, { seen }: DaemonSetContext): void {
    const { namespace } = this.key;
    const calls = seen.surplusRevisions.map((name) =>
      this.deps.api.delete({ kind: 'ControllerRevision', namespace, name }),
    );
    allSettled<unknown>(calls, (outcomes) => {
      for (const outcome of outcomes) if (!outcome.ok) return this.fail(outcome.error);
      this.actor.send({ type: 'history.cleaned' });
    });
  }

  publishStatus(params: { readonly observesGeneration: boolean }, context: DaemonSetContext): void {
    // Pods that this sync has made or deleted count as far as the cache knows them.
    const isStale = context.creating.length > 0 || context.deleting.length > 0;
    const pods = isStale ? this.claims(this.deps.informers.of('Pod')).kept : this.pods.kept;
    const observed = this.daemons(pods);
    this.writeStatus(this.daemonSet, (current) => statusAfter(observed, current, params.observesGeneration));
  }

  /** Written once more, on the live object, when it fails. */
  private writeStatus(
    daemonSet: DaemonSet,
    after: (current: DaemonSetStatus) => DaemonSetStatus | undefined,
    isRetry = false,
  ): void {
    const status = after(daemonSet.status);
    if (!status) return this.actor.send({ type: 'status.published' });
    this.deps.api.update(this.key, { ...daemonSet, status }, { subresource: 'status' }).settled((outcome) => {
      if (outcome.ok) this.actor.send({ type: 'status.published' });
      else if (isRetry) this.fail(outcome.error);
      else
        this.deps.api.get(this.key).settled((live) => {
          if (live.ok) this.writeStatus(live.value, after, true);
          else this.fail(live.error);
        });
    });
  }
}

const isPod = (object: Claimable): object is Pod => object.kind === 'Pod';
const isRevision = (object: Claimable): object is ControllerRevision => object.kind === 'ControllerRevision';
