/**
 * The scheduler: one actor per pod that waits for a node, one scheduling cycle at a time.
 *
 * A cycle runs when no message is pending, so a burst of new pods is first queued, then placed one by one, each seeing
 * the room that the others have taken.
 *
 * Models: pkg/scheduler/scheduler.go, eventhandlers.go (v1.36)
 */
import { Subject, type Observable, type Subscription } from 'rxjs';
import { bindEffects, type ActorHost } from '../actor/index.js';
import type { Namespace, Node, Pod } from '../api/index.js';
import {
  createEventRecorder,
  type Api,
  type EventRecorder,
  type Informer,
  type InformerEvent,
} from '../client/index.js';
import type { Clock, Random } from '../clock/index.js';
import { schedulerEffects, schedulerMachine } from '../../machines/scheduler.js';
import { SchedulerCache } from './cache.js';
import { createCycle, type Cycle } from './cycle.js';
import { HELPED_BY_LABELS, HELPED_BY_TOLERATIONS, pluginsHelped, type ClusterChange } from './hints.js';
import { podFacts } from './nodeInfo.js';
import { PendingPod } from './pendingPod.js';
import type { NamespaceLabels } from './plugins/podTerms.js';
import { PriorityQueue } from './queue.js';

/** Pods with another schedulerName are left alone. */
export const DEFAULT_SCHEDULER = 'default-scheduler';

export interface SchedulerOptions {
  readonly api: Api;
  readonly clock: Clock;
  /** Breaks ties between nodes of equal score. */
  readonly random: Random;
  readonly host: ActorHost;
  /** Shared informers; started by their owner. */
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly namespaces: Informer<Namespace>;
}

export interface Scheduler {
  start(): void;
  stop(): void;
  /** API errors that belong to no retry, such as a status that could not be written. */
  readonly errors$: Observable<unknown>;
}

/** What a pending pod sees of the scheduler. */
export interface Scheduling {
  readonly api: Api;
  readonly clock: Clock;
  readonly cache: SchedulerCache;
  readonly cycle: Cycle;
  readonly recorder: EventRecorder;
  readonly namespaceLabels: NamespaceLabels;
  enqueue(pending: PendingPod): void;
  /** Backs off, but may be taken when nothing else is queued. */
  offer(pending: PendingPod): void;
  withdraw(pending: PendingPod): void;
  /** Waits for a change of the cluster. */
  park(pending: PendingPod): void;
  forget(pending: PendingPod): void;
  onError(error: unknown): void;
}

const machine = bindEffects(schedulerMachine, schedulerEffects);

export const createScheduler = (options: SchedulerOptions): Scheduler => new PodScheduler(options);

class PodScheduler implements Scheduler, Scheduling {
  readonly api: Api;
  readonly clock: Clock;
  readonly cache = new SchedulerCache();
  readonly cycle: Cycle;
  readonly recorder: EventRecorder;
  readonly errors$ = new Subject<unknown>();
  private readonly options: SchedulerOptions;
  private readonly pending = new Map<string, PendingPod>();
  private readonly queue = new PriorityQueue<PendingPod>();
  private readonly backingOff = new Set<PendingPod>();
  /** Those that wait for a change, each with how many of `changes` its last cycle has seen. */
  private readonly parked = new Map<PendingPod, number>();
  /** Not told yet to those that wait. */
  private readonly changes: ClusterChange[] = [];
  private subscriptions: Subscription[] = [];

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.api = options.api;
    this.clock = options.clock;
    this.cycle = createCycle(options.random);
    this.recorder = createEventRecorder(options.api, options.clock, options.random, {
      component: DEFAULT_SCHEDULER,
    });
  }

  readonly namespaceLabels: NamespaceLabels = (namespace) =>
    this.options.namespaces.get('', namespace)?.metadata.labels ?? {};

  start(): void {
    this.subscriptions = [
      this.options.nodes.events$.subscribe((event) => this.onNode(event)),
      this.options.pods.events$.subscribe((event) => this.onPod(event)),
      this.options.namespaces.events$.subscribe(({ object, old }) => {
        if (old && old.metadata.labels !== object.metadata.labels) this.change({ type: 'namespaceLabels' });
      }),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.pending.values()) actor.stop();
    this.pending.clear();
    this.backingOff.clear();
    this.parked.clear();
    this.errors$.complete();
  }

  enqueue(pending: PendingPod): void {
    this.parked.delete(pending);
    this.queue.push(pending);
    this.options.host.coalesce(this, this.runNext);
  }

  offer(pending: PendingPod): void {
    this.parked.delete(pending);
    this.backingOff.add(pending);
    this.options.host.coalesce(this, this.runNext);
  }

  withdraw(pending: PendingPod): void {
    this.backingOff.delete(pending);
  }

  park(pending: PendingPod): void {
    this.parked.set(pending, this.changes.length);
  }

  forget(pending: PendingPod): void {
    pending.actor.stop();
    this.pending.delete(pending.pod.metadata.uid);
    this.backingOff.delete(pending);
    this.parked.delete(pending);
  }

  onError(error: unknown): void {
    this.errors$.next(error);
  }

  /** One cycle. Runs when no message is pending: the cycle before has ended. */
  private readonly runNext = (): void => {
    const next = this.take();
    if (!next) return;
    next.actor.send({ type: 'turn.given' });
    this.options.host.coalesce(this, this.runNext);
  };

  private take(): PendingPod | undefined {
    while (this.queue.size > 0) {
      const next = this.queue.pop();
      if (next?.isQueued && !next.actor.isStopped) return next;
    }
    let first: PendingPod | undefined;
    for (const willing of this.backingOff) if (!first || endsBefore(willing, first)) first = willing;
    return first;
  }

  private onNode({ type, object }: InformerEvent<Node>): void {
    if (type === 'deleted') this.cache.removeNode(object.metadata.name);
    else if (this.cache.setNode(object)) this.change({ type: 'node' });
  }

  private onPod({ type, object }: InformerEvent<Pod>): void {
    const { uid } = object.metadata;
    if (type === 'deleted' || hasEnded(object)) {
      const pending = this.pending.get(uid);
      if (pending) this.forget(pending);
      const gone = this.cache.removePod(uid);
      if (gone) this.change({ type: 'pod', before: gone, after: undefined });
    } else if (object.spec.nodeName) this.onAssigned(object, object.spec.nodeName);
    else if ((object.spec.schedulerName ?? DEFAULT_SCHEDULER) === DEFAULT_SCHEDULER) this.onPending(object);
  }

  private onAssigned(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata;
    if (this.cache.isAssigned(uid)) {
      const change = this.cache.updatePod(pod);
      if (change) this.change(change);
      return;
    }
    const placed = podFacts(pod);
    this.cache.addPod(nodeName, placed);
    this.change({ type: 'pod', before: undefined, after: placed });
    const pending = this.pending.get(uid);
    if (pending) this.forget(pending);
  }

  private onPending(pod: Pod): void {
    const { uid, namespace, name } = pod.metadata;
    const isGated = (pod.spec.schedulingGates?.length ?? 0) > 0;
    const known = this.pending.get(uid);
    if (known) {
      const { spec: before, metadata } = known.pod;
      known.update(pod);
      const tell = (helps: readonly string[]): void =>
        known.actor.send({ type: 'cluster.changed', at: this.clock.now(), helps });
      if ((before.schedulingGates?.length ?? 0) > 0 && !isGated) known.actor.send({ type: 'pod.ungated' });
      // Those of a pod can only be added to.
      if (before.tolerations?.length !== pod.spec.tolerations?.length) tell(HELPED_BY_TOLERATIONS);
      // It may be one of those that it is to be near, or spread among.
      if (metadata.labels !== pod.metadata.labels) tell(HELPED_BY_LABELS);
      return;
    }
    const pending = new PendingPod(this, pod);
    this.pending.set(uid, pending);
    pending.actor = this.options.host.spawn({
      machine,
      path: `scheduler/pod/${namespace}/${name}/${uid}`,
      input: undefined,
      effects: pending,
      onDone: () => this.pending.delete(uid),
    });
    if (isGated) pending.actor.send({ type: 'pod.gated' });
  }

  private change(change: ClusterChange): void {
    if (this.parked.size === 0) return;
    this.changes.push(change);
    this.options.host.coalesce(this.changes, this.tellChanges);
  }

  private readonly tellChanges = (): void => {
    const at = this.clock.now();
    const changes = this.changes.splice(0);
    for (const [pending, seen] of this.parked) {
      const helps = this.helps(changes.slice(seen), pending);
      this.parked.set(pending, 0);
      if (helps === undefined || helps.length > 0) pending.actor.send({ type: 'cluster.changed', at, helps });
    }
  };

  private helps(changes: readonly ClusterChange[], pending: PendingPod): readonly string[] | undefined {
    const helped = new Set<string>();
    for (const change of changes) {
      const plugins = pluginsHelped(change, pending.weigh(), this.namespaceLabels);
      if (plugins === undefined) return undefined;
      for (const plugin of plugins) helped.add(plugin);
    }
    return [...helped];
  }
}

/** Of those that back off, whose wait ends sooner; in one window higher priority first, then first come (SC-2). */
const endsBefore = (a: PendingPod, b: PendingPod): boolean =>
  a.backOffEndsAt === b.backOffEndsAt ? a.priority > b.priority : a.backOffEndsAt < b.backOffEndsAt;

const hasEnded = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';
