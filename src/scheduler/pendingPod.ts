/**
 * What the chart of one pending pod asks for, carried out: its place in the queue, the search for a node, the binding,
 * and what is said about it.
 *
 * Models: pkg/scheduler/schedule_one.go (v1.36)
 */
import type { HostedActor } from '../actor/index.js';
import { formatTime, type Pod } from '../api/index.js';
import {
  backOffEndMs,
  type schedulerMachine,
  type SchedulingContext,
  type SchedulingEvent,
} from '../../machines/scheduler.js';
import { podFacts, type PodFacts } from './nodeInfo.js';
import type { Queued } from './queue.js';
import type { Scheduling } from './scheduler.js';

/** Longest event message. Source: schedule_one.go#truncateMessage. */
const MAX_MESSAGE = 1024;
const SUFFIX = ' ...';
/** Back-offs that end within one window end together. Source: backoff_queue.go#backoffQOrderingWindowDuration. */
const BACK_OFF_WINDOW_MS = 1000;

export class PendingPod implements Queued {
  actor!: HostedActor<typeof schedulerMachine>;
  pod: Pod;
  sequence = 0;
  /** False: passed over when its place in the queue comes. */
  isQueued = false;
  /** The window in which its back-off ends. */
  backOffEndsAt = 0;
  private readonly scheduling: Scheduling;
  private facts: PodFacts | undefined;

  constructor(scheduling: Scheduling, pod: Pod) {
    this.scheduling = scheduling;
    this.pod = pod;
  }

  get priority(): number {
    return this.pod.spec.priority ?? 0;
  }

  update(pod: Pod): void {
    this.pod = pod;
    this.facts = undefined;
  }

  /** As a cycle weighs it. */
  weigh(): PodFacts {
    return (this.facts ??= podFacts(this.pod));
  }

  private reply(event: SchedulingEvent): void {
    this.actor.send(event);
  }

  enterQueue(): void {
    this.isQueued = true;
    this.scheduling.enqueue(this);
  }

  leaveQueue(): void {
    this.isQueued = false;
  }

  enterBackOffQueue(_: unknown, context: SchedulingContext): void {
    this.backOffEndsAt = Math.floor(backOffEndMs(context) / BACK_OFF_WINDOW_MS);
    this.scheduling.offer(this);
  }

  leaveBackOffQueue(): void {
    this.scheduling.withdraw(this);
  }

  findNode(): void {
    const { scheduling, pod } = this;
    if (pod.metadata.deletionTimestamp !== undefined) {
      const message = `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`;
      scheduling.recorder.event(pod, 'Warning', 'FailedScheduling', message);
      scheduling.forget(this);
      return;
    }
    const facts = this.weigh();
    const result = scheduling.cycle.run(facts, scheduling.cache.nodes, scheduling.namespaceLabels);
    if (result.node) {
      // Assumed: the next pod already finds the room taken.
      scheduling.cache.addPod(result.node.name, facts);
      this.reply({ type: 'node.chosen', nodeName: result.node.name });
    } else {
      const { message, rejectedBy } = result;
      this.reply({ type: 'node.notFound', at: scheduling.clock.now(), message, rejectedBy });
    }
  }

  bindPod(_: unknown, { nodeName }: SchedulingContext): void {
    const { name, namespace, uid } = this.pod.metadata;
    const { api, cache, clock } = this.scheduling;
    api.bind({ namespace: namespace ?? '', name, uid }, nodeName).settled((outcome) => {
      if (outcome.ok) return this.reply({ type: 'pod.bound' });
      cache.removePod(uid);
      return this.reply({ type: 'bind.failed', at: clock.now(), message: outcome.error.message });
    });
  }

  announceBinding(_: unknown, { nodeName }: SchedulingContext): void {
    const { name, namespace } = this.pod.metadata;
    const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
    this.scheduling.recorder.event(this.pod, 'Normal', 'Scheduled', message);
  }

  reportUnschedulable(_: unknown, __: SchedulingContext, event: SchedulingEvent): void {
    this.scheduling.park(this);
    if ('message' in event) this.report('Unschedulable', event.message);
  }

  reportError(_: unknown, __: SchedulingContext, event: SchedulingEvent): void {
    if ('message' in event) this.report('SchedulerError', event.message);
  }

  /** SC-31. */
  private report(reason: string, message: string): void {
    const { api, recorder, clock } = this.scheduling;
    const { name, namespace } = this.pod.metadata;
    recorder.event(this.pod, 'Warning', 'FailedScheduling', truncate(message));
    const current = this.pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
    if (current?.status === 'False' && current.reason === reason && current.message === message) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastTransitionTime: current?.status === 'False' ? current.lastTransitionTime : formatTime(clock.now()),
      reason,
      message,
    };
    api
      .patch(
        { kind: 'Pod', namespace, name },
        { type: 'strategic', body: { status: { conditions: [condition] } } },
        { subresource: 'status' },
      )
      .settled((outcome) => {
        // A pod that is gone needs no condition; anything else is told.
        if (!outcome.ok && outcome.error.reason !== 'NotFound') this.scheduling.onError(outcome.error);
      });
  }
}

const truncate = (message: string): string =>
  message.length <= MAX_MESSAGE ? message : message.slice(0, MAX_MESSAGE - SUFFIX.length) + SUFFIX;
