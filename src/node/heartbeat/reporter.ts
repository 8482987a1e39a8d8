/**
 * What a node says of itself: its Node object, its lease, its status, and events about it.
 *
 * Models: pkg/kubelet/kubelet_node_status.go, component-helpers lease controller (v1.36; spec node.md 6.1, 6.2, 6.3).
 */
import type { Subscription } from 'rxjs';
import type { HostedActor } from '../../actor/index.js';
import type { ApiError, Node } from '../../api/index.js';
import type { nodeMachine } from '../../../machines/index.js';
import { NodeLease } from './lease.js';
import { nodeManifest, saysOtherwise, statusPatch, type NodeFacts, type NodeState } from './nodeObject.js';
import type { PodServices } from '../services.js';

/** An unchanged status is written this often. Source: kubelet nodeStatusReportFrequency. */
const STATUS_REPORT_MS = 300_000;
/** Changes are looked for this often. Source: kubelet nodeStatusUpdateFrequency. */
const STATUS_TICK_MS = 10_000;
/** Source: nodestatus/setters.go ReadyCondition, nodeshutdown_manager.go. */
const SHUTDOWN_NOT_READY = 'node is shutting down';

export abstract class NodeReporter {
  abstract readonly services: PodServices;
  abstract readonly actor: HostedActor<typeof nodeMachine>;
  protected abstract readonly facts: NodeFacts;
  protected abstract readonly link: { readonly isUp: boolean };
  /** The Node object as it was last seen. */
  protected node: Node | undefined;
  /** How often the machine was started again. */
  protected boots = 0;
  #statusWrittenMs = Number.NEGATIVE_INFINITY;
  /** One of the ticks at which the status is looked at. */
  #tickMs = 0;
  #watching: Subscription | undefined;
  #lease: NodeLease | undefined;

  protected abstract isShuttingDown(): boolean;
  /** Types of the pressure conditions that hold. */
  protected abstract pressures(): ReadonlySet<string>;

  registerNode(): void {
    const { api } = this.services;
    const { name } = this.facts.spec;
    api.create('Node', nodeManifest(this.facts)).settled((created) => {
      if (created.ok) this.#registered(created.value);
      else if (created.error.reason !== 'AlreadyExists') this.#registrationFailed(created.error);
      else {
        api.get({ kind: 'Node', name }).settled((found) => {
          if (found.ok) this.#registered(found.value);
          else this.#registrationFailed(found.error);
        });
      }
    });
  }

  renewLease(): void {
    this.#lease ??= new NodeLease(this.services, this.facts.spec.name, () => this.node?.metadata.uid ?? '');
    this.#lease.renew();
  }

  reportStatus(): void {
    const { api, clock } = this.services;
    const nowMs = clock.now();
    const { name } = this.facts.spec;
    this.#noticeCordon();
    const state = this.#state();
    const isDue = nowMs - this.#statusWrittenMs >= STATUS_REPORT_MS;
    if (!isDue && !saysOtherwise(this.node, state, this.facts)) return this.#reported();
    this.#recordBoot(state.bootId);
    this.#recordReadiness(state.notReadyMessage === undefined);
    const body = statusPatch(this.facts, this.node, state, nowMs);
    api
      .patch({ kind: 'Node', name }, { type: 'merge', body }, { subresource: 'status' })
      .settled((written) => {
        // A Node object that somebody deleted stays deleted until the agent starts anew, as upstream.
        if (written.ok) {
          this.node = written.value;
          this.#statusWrittenMs = nowMs;
        }
        this.#reported();
      });
  }

  /** The next report is due at a tick. */
  #reported(): void {
    const nowMs = this.services.clock.now();
    const dueInMs = Math.max(1, this.#statusWrittenMs + STATUS_REPORT_MS - nowMs);
    const untilTickMs = this.#untilTickMs();
    const ticks = Math.max(0, Math.ceil((dueInMs - untilTickMs) / STATUS_TICK_MS));
    this.actor.send({ type: 'status.reported', nextInMs: untilTickMs + ticks * STATUS_TICK_MS });
  }

  #untilTickMs(): number {
    return STATUS_TICK_MS - ((this.services.clock.now() - this.#tickMs) % STATUS_TICK_MS);
  }

  /** Follows the Node object, with whatever others make of it. */
  protected watchNode(): void {
    const { api, clock, host } = this.services;
    this.#tickMs = clock.now();
    this.unwatchNode();
    this.#watching = api.watch('Node', { fieldSelector: `metadata.name=${this.facts.spec.name}` }).subscribe({
      next: (event) => {
        if (event.type === 'BOOKMARK' || event.type === 'DELETED') return;
        this.node = event.object;
        if (
          this.#isClosed() !== this.#isKnownAsClosed() ||
          saysOtherwise(event.object, this.#state(), this.facts)
        )
          this.actor.send({ type: 'object.changed', tickInMs: this.#untilTickMs() });
      },
      // The stream was compacted away: begin again from the current state.
      error: () => host.enqueue(() => this.watchNode()),
    });
  }
  protected unwatchNode(): void {
    this.#watching?.unsubscribe();
  }

  reportReady(): void {
    this.#reportSoon();
  }

  reportNotReady(): void {
    this.#reportSoon();
  }

  reportShutdown(): void {
    this.recordNodeEvent('Shutdown', 'Shutdown manager detected shutdown event');
    this.#reportSoon();
  }

  reportSchedulable(): void {
    this.#recordStatus('NodeSchedulable');
  }

  reportNotSchedulable(): void {
    this.#recordStatus('NodeNotSchedulable');
  }

  /** A condition is another now. */
  conditionChanged(reason: string): void {
    this.#recordStatus(reason);
    this.#reportSoon();
  }

  #reportSoon(): void {
    this.actor.send({ type: 'status.changed' });
  }

  recordThreshold(resource: string): void {
    this.recordNodeEvent('EvictionThresholdMet', `Attempting to reclaim ${resource}`, 'Warning');
  }

  protected recordNodeEvent(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    if (this.node) this.services.recorder.event(this.node, type, reason, message);
  }

  /** Told when the Node object says otherwise: an agent that was away for a moment is not news. */
  #recordReadiness(isReady: boolean): void {
    const said = this.node?.status?.conditions?.find(({ type }) => type === 'Ready');
    if ((said?.status === 'True') !== isReady) this.#recordStatus(isReady ? 'NodeReady' : 'NodeNotReady');
  }

  /** A uuid that tells the starts of this machine apart, the same in every run. */
  #bootId(): string {
    const uid = this.node?.metadata.uid ?? '';
    return `${uid.slice(0, -12)}${String(this.boots).padStart(12, '0')}`;
  }

  #recordBoot(bootId: string): void {
    const before = this.node?.status?.nodeInfo?.bootID;
    if (before === undefined || before === '' || before === bootId) return;
    const { name } = this.facts.spec;
    this.recordNodeEvent('Rebooted', `Node ${name} has been rebooted, boot id: ${bootId}`, 'Warning');
  }

  #recordStatus(reason: string): void {
    this.recordNodeEvent(reason, `Node ${this.facts.spec.name} status is now: ${reason}`);
  }

  #isClosed(): boolean {
    return this.node?.spec.unschedulable === true;
  }
  #isKnownAsClosed(): boolean {
    return this.actor.getSnapshot().hasTag('cordoned');
  }
  #noticeCordon(): void {
    const isClosed = this.#isClosed();
    if (isClosed !== this.#isKnownAsClosed())
      this.actor.send({ type: isClosed ? 'node.cordoned' : 'node.uncordoned' });
  }

  #state(): NodeState {
    const notReadyMessage = this.#notReadyMessage();
    return { notReadyMessage, pressures: this.pressures(), bootId: this.#bootId() };
  }

  #notReadyMessage(): string | undefined {
    if (this.isShuttingDown()) return SHUTDOWN_NOT_READY;
    const snapshot = this.actor.getSnapshot();
    return snapshot.hasTag('notReady') ? (snapshot.context.message ?? '') : undefined;
  }

  #registered(node: Node): void {
    this.node = node;
    this.#statusWrittenMs = Number.NEGATIVE_INFINITY;
    this.actor.send({ type: 'node.registered' });
  }

  #registrationFailed(error: ApiError): void {
    this.actor.send({ type: 'node.registrationFailed', message: error.message });
  }
}
