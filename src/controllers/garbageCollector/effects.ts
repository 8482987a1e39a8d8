/**
 * What the chart of one object to be collected asks for, carried out through the API.
 *
 * Models: pkg/controller/garbagecollector/garbagecollector.go#attemptToDeleteItem, orphanDependents (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import {
  isServedKind,
  resourceFor,
  type ApiError,
  type KindName,
  type KubeObject,
  type OwnerReference,
} from '../../api/index.js';
import { createCall, type Api, type Call, type EventRecorder } from '../../client/index.js';
import type {
  GarbageEvent,
  GarbageFacts,
  garbageCollectorMachine,
  OwnersVerdict,
} from '../../../machines/garbageCollector.js';
import { allSettled } from '../deps.js';
import { FOREGROUND, isVisible, ORPHAN, type GraphNode, type OwnerGraph } from './graph.js';
import type { ReferenceCache } from './referenceCache.js';

/** What one collected object sees of the collector. */
export interface Collector {
  readonly api: Api;
  readonly graph: OwnerGraph;
  readonly recorder: EventRecorder;
  /** Owners that were looked up and did not exist. */
  readonly absent: ReferenceCache;
  examine(nodes: readonly GraphNode[]): void;
  /** A request found that the object does not exist. */
  forget(node: GraphNode): void;
}

type Standing = 'solid' | 'waiting' | 'dangling';

export const factsOf = (node: GraphNode): GarbageFacts => ({
  isBeingDeleted: node.isBeingDeleted,
  awaitsDependents: node.awaitsDependents,
  orphansDependents: node.orphansDependents,
  blockingDependents: node.awaitsDependents ? node.blockingDependents.length : 0,
});

export class GarbageEffects {
  actor!: HostedActor<typeof garbageCollectorMachine>;
  readonly node: GraphNode;
  /** Asked to look again while under way. */
  isDirty = false;
  private readonly collector: Collector;
  private live: KubeObject | undefined;
  private stale: readonly OwnerReference[] = [];

  constructor(collector: Collector, node: GraphNode) {
    this.collector = collector;
    this.node = node;
  }

  private reply(event: GarbageEvent): void {
    this.actor.send(event);
  }

  private get key() {
    const { kind, namespace, name } = this.node;
    return { kind: kind as KindName, namespace, name };
  }

  /** The object as the API has it now; calls `then` only when it is still the same one. */
  private withLive(then: (live: KubeObject) => void): void {
    this.collector.api.get(this.key).settled((outcome) => {
      if (outcome.ok && outcome.value.metadata.uid === this.node.uid) then(outcome.value);
      else if (outcome.ok || outcome.error.reason === 'NotFound') this.gone();
      else this.fail(outcome.error);
    });
  }

  private gone(): void {
    this.collector.forget(this.node);
    this.reply({ type: 'object.gone' });
  }

  private fail(error: ApiError): void {
    if (error.reason === 'NotFound') this.gone();
    else this.reply({ type: 'write.failed', error: error.message });
  }

  /** GC-3: every owner is looked up, and stands solid, waits for its dependents, or does not exist. */
  examineOwners(): void {
    this.withLive((live) => {
      this.live = live;
      const references = live.metadata.ownerReferences ?? [];
      allSettled(
        references.map((reference) => this.standingOf(reference, live)),
        (outcomes) => {
          const counts = { solid: 0, waiting: 0, dangling: 0 };
          const stale: OwnerReference[] = [];
          for (const [index, outcome] of outcomes.entries()) {
            if (!outcome.ok) return this.fail(outcome.error);
            counts[outcome.value] += 1;
            const reference = references[index];
            if (reference && outcome.value !== 'solid') stale.push(reference);
          }
          this.stale = stale;
          const verdict: OwnersVerdict = {
            ...counts,
            hasDependents: this.node.dependents.size > 0,
            ownPolicy: policyOf(live),
          };
          return this.reply({ type: 'owners.examined', verdict });
        },
      );
    });
  }

  private standingOf(reference: OwnerReference, live: KubeObject): Call<Standing> {
    return createCall<Standing>((settle) => {
      const { uid, kind, name, apiVersion } = reference;
      const say = (value: Standing): void => settle({ ok: true, value });
      // A kind that is not served cannot be looked up: its dependents are kept.
      if (!isServedKind(kind) || resourceFor(kind).apiVersion !== apiVersion) return say('solid');
      const isNamespaced = resourceFor(kind).namespaced;
      const known = this.collector.graph.find(uid);
      if (known && !known.isVirtual && !isVisible(this.node, known)) this.reportInvalid(reference, live);
      // A cluster-scoped object with a namespaced owner cannot be judged, and is never collected.
      if (isNamespaced && this.node.namespace === undefined) return say('solid');
      const namespace = isNamespaced ? this.node.namespace : undefined;
      if (this.collector.absent.has(reference, namespace)) return say('dangling');
      return this.collector.api.get({ kind, namespace, name }).settled((outcome) => {
        if (!outcome.ok && outcome.error.reason !== 'NotFound') return settle(outcome);
        if (!outcome.ok || outcome.value.metadata.uid !== uid) {
          this.collector.absent.add(reference, namespace);
          return say('dangling');
        }
        const { deletionTimestamp, finalizers } = outcome.value.metadata;
        return say(deletionTimestamp !== undefined && finalizers?.includes(FOREGROUND) ? 'waiting' : 'solid');
      });
    });
  }

  /** GC-6. */
  private reportInvalid({ apiVersion, kind, name, uid }: OwnerReference, live: KubeObject): void {
    const { namespace } = live.metadata;
    this.collector.recorder.event(
      live,
      'Warning',
      'OwnerRefInvalidNamespace',
      `ownerRef [${apiVersion}/${kind}, namespace: ${namespace ?? ''}, name: ${name}, uid: ${uid}] does not exist in namespace "${namespace ?? ''}"`,
    );
  }

  removeReferences(): void {
    const body = {
      metadata: {
        uid: this.node.uid,
        ownerReferences: this.stale.map(({ uid }) => ({ $patch: 'delete', uid })),
      },
    };
    this.collector.api.patch(this.key, { type: 'strategic', body }).settled((outcome) => {
      if (outcome.ok) this.reply({ type: 'references.removed' });
      else this.fail(outcome.error);
    });
  }

  deleteObject({ policy }: { readonly policy: string }): void {
    const isCycle =
      policy === 'Foreground' &&
      [...this.node.dependents].some((dependent) => dependent.isForegroundDeleting);
    if (isCycle) this.unblockOwners(() => this.withLive((live) => this.deleteLive(live, policy)));
    else if (this.live) this.deleteLive(this.live, policy);
  }

  private deleteLive({ metadata }: KubeObject, policy: string): void {
    this.collector.api
      .delete(this.key, {
        propagationPolicy: policy,
        preconditions: { uid: metadata.uid, resourceVersion: metadata.resourceVersion },
      })
      .settled((outcome) => {
        if (outcome.ok) this.reply({ type: 'object.deleted' });
        else this.fail(outcome.error);
      });
  }

  /** Owners in a circle would wait for one another for ever: the references stop blocking (row 240). */
  private unblockOwners(then: () => void): void {
    const ownerReferences = (this.live?.metadata.ownerReferences ?? []).map((reference) =>
      reference.blockOwnerDeletion ? { ...reference, blockOwnerDeletion: false } : reference,
    );
    const body = { metadata: { uid: this.node.uid, ownerReferences } };
    this.collector.api.patch(this.key, { type: 'merge', body }).settled((outcome) => {
      if (outcome.ok) then();
      else this.fail(outcome.error);
    });
  }

  /** Those that wait for dependents of their own are under way, and may wait for this one. */
  summonDependents(): void {
    this.collector.examine(
      this.node.blockingDependents.filter((dependent) => !dependent.isForegroundDeleting),
    );
  }

  /** GC-5. */
  orphanDependents(): void {
    const dependents = [...this.node.dependents];
    allSettled(
      dependents.map(({ kind, namespace, name, uid }) =>
        this.collector.api.patch(
          { kind: kind as KindName, namespace, name },
          {
            type: 'strategic',
            body: { metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: this.node.uid }] } },
          },
        ),
      ),
      (outcomes) => {
        for (const outcome of outcomes)
          if (!outcome.ok && outcome.error.reason !== 'NotFound')
            return this.reply({ type: 'write.failed', error: outcome.error.message });
        return this.reply({ type: 'dependents.orphaned' });
      },
    );
  }

  removeFinalizer({ finalizer }: { readonly finalizer: string }): void {
    this.withLive((live) => {
      const finalizers = (live.metadata.finalizers ?? []).filter((name) => name !== finalizer);
      const body = { metadata: { resourceVersion: live.metadata.resourceVersion, finalizers } };
      this.collector.api.patch(this.key, { type: 'merge', body }).settled((outcome) => {
        if (outcome.ok) this.reply({ type: 'finalizer.removed' });
        else this.fail(outcome.error);
      });
    });
  }
}

const policyOf = ({ metadata }: KubeObject): OwnersVerdict['ownPolicy'] => {
  if (metadata.finalizers?.includes(ORPHAN)) return 'Orphan';
  return metadata.finalizers?.includes(FOREGROUND) ? 'Foreground' : 'Background';
};
