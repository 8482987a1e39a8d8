/**
 * One pod on this node: carries out what its chart asks for, and keeps its status in the API.
 *
 * The status is written once after a burst of changes (the run queue's second lane), and not at all when it is the same.
 * Models: pkg/kubelet/pod_workers.go, status/status_manager.go (v1.36).
 */
import { bindEffects, type HostedActor } from '../../actor/index.js';
import {
  createMergePatch,
  isSidecar,
  type Container,
  type ContainerStatus,
  type Pod,
  type PodStatus,
} from '../../api/index.js';
import {
  nextSidecarToEnd,
  podMachine,
  type ContainerRole,
  type PodContext,
  type PodEvent,
} from '../../../machines/index.js';
import type { ContainerExited, FoundPod } from '../../runtime/index.js';
import type { Refusal } from '../admission.js';
import type { Report } from '../container/reports.js';
import { ContainerWorker, type OwningPod } from '../container/worker.js';
import { identityOf, namespaceOf, type PodServices } from '../services.js';
import { VolumesWorker } from '../volumes/worker.js';
import { PodDeadline } from './deadline.js';
import { podStatus } from './status.js';

const machine = bindEffects(podMachine, [
  'admitPod',
  'mountVolumes',
  'createSandbox',
  'removeSandbox',
  'startNextInitContainer',
  'startNextContainer',
  'startEphemeralContainer',
  'stopContainers',
  'releaseSidecar',
  'resetContainers',
  'reportSandboxFailed',
  'reportRejected',
  'reportEvicted',
  'publishStatus',
  'deleteObject',
  'cleanUp',
]);

/** States in which no container runs and none will. */
const ENDED = new Set(['Succeeded', 'Failed', 'rejected', 'terminated', 'deleting', 'forgotten']);
/** States before there is anything to stop, or in which a new container would be stopped again. */
const REFUSING = new Set([...ENDED, 'terminating', 'ended']);

/** Source: nodeshutdown_manager.go nodeShutdownReason. */
export const SHUTDOWN_REASON = 'Terminated';

/** Source: kuberuntime_manager.go SyncPod. */
const SANDBOX_CHANGED: Report = {
  type: 'Normal',
  reason: 'SandboxChanged',
  message: 'Pod sandbox changed, it will be killed and re-created.',
};

const versionOf = ({ metadata }: Pod): number => Number(metadata.resourceVersion ?? 0);

/** Answers once; undefined: the node takes the pod. */
export type Admit = (pod: Pod, reply: (refusal: Refusal | undefined) => void) => void;

export interface PodWorkerOptions {
  readonly services: PodServices;
  readonly pod: Pod;
  readonly parent: HostedActor;
  /** Whether the node takes the pod. */
  readonly admit: Admit;
  /** What an earlier life of the agent has left running. */
  readonly found?: FoundPod | undefined;
  /** Nothing of the pod runs any more. */
  readonly onEnded: () => void;
  /** The pod's object is gone and everything of it is cleaned up. */
  readonly onForgotten: () => void;
}

export class PodWorker implements OwningPod {
  readonly services: PodServices;
  readonly actor: HostedActor<typeof podMachine>;
  pod: Pod;
  ip = '';
  sandboxId = '';
  readonly #containers = new Map<string, ContainerWorker>();
  readonly #options: PodWorkerOptions;
  /** The status as it stands in the API, and the version of the pod that brought it. */
  #written: PodStatus | undefined;
  #writtenVersion: number;
  #startTimeMs: number | undefined;
  #sandboxAttempt = 0;
  #isRemoved = false;
  #volumes: VolumesWorker | undefined;
  #deadline: PodDeadline | undefined;

  constructor(options: PodWorkerOptions) {
    const { services, pod, parent } = options;
    const { containers, initContainers, volumes } = pod.spec;
    this.services = services;
    this.pod = pod;
    this.#options = options;
    this.#written = pod.status;
    this.#writtenVersion = versionOf(pod);
    this.actor = services.host.spawn({
      machine,
      path: `${parent.path}/pod/${namespaceOf(pod)}/${pod.metadata.name}`,
      parent,
      effects: this,
      input: {
        containers: containers.map(({ name }) => name),
        initContainers: initContainers?.map((container) => ({
          name: container.name,
          isSidecar: isSidecar(container),
        })),
        hasVolumes: volumes !== undefined && volumes.length > 0,
        terminationGracePeriodSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
      },
    });
    if (pod.metadata.deletionTimestamp) this.update(pod);
  }

  /** Whether the node has ended the pod, for whatever reason. */
  get isEvicted(): boolean {
    return this.actor.getSnapshot().context.eviction !== undefined;
  }

  /** Whether containers of the pod run, or will. */
  get isActive(): boolean {
    return !ENDED.has(this.#state());
  }

  /** The object has changed. */
  update(pod: Pod): void {
    const { spec: before, status: seen } = this.pod;
    this.pod = pod;
    // Somebody else wrote the status: what the node says of the pod stands.
    const written = this.#writtenVersion;
    if (versionOf(pod) > written) {
      this.#written = pod.status;
      this.#writtenVersion = versionOf(pod);
      if (this.#startTimeMs !== undefined && (pod.status !== seen || written < 0)) this.changed();
    }
    if (pod.spec !== before) this.#updateSpec(before);
    if (pod.metadata.deletionTimestamp) {
      this.actor.send({ type: 'pod.delete', graceSeconds: pod.metadata.deletionGracePeriodSeconds ?? 0 });
    }
  }

  /** The object is gone. */
  removed(): void {
    this.#isRemoved = true;
    this.actor.send({ type: 'pod.removed' });
  }

  /** The node can reach the API again: what was not written is, once it is known what stands there. */
  reconnected(): void {
    this.#writtenVersion = -1;
    if (this.#state() === 'deleting') this.deleteObject();
  }

  /** The machine under the pod has died, or its agent. Nothing is cleaned up, nobody is told. */
  lose(): void {
    this.actor.stop();
  }

  exited(event: ContainerExited): void {
    this.#containers.get(event.name)?.exited(event);
  }

  /** Ids of the container instances there are, or of the one of a container. */
  containerIds(name?: string): string[] {
    const containers = name === undefined ? [...this.#containers.values()] : [this.#containers.get(name)];
    return containers.flatMap((container) => container?.containerId ?? []);
  }

  // What containers, volumes and the deadline tell.

  tell(event: PodEvent): void {
    this.actor.send(event);
  }

  changed(): void {
    this.services.host.coalesce(this, () => this.#writeStatus());
  }

  report(fieldPath: string | undefined, { type, reason, message }: Report): void {
    this.services.recorder.event(this.pod, type, reason, message, fieldPath);
  }

  // Effects.

  admitPod(): void {
    // What runs was admitted.
    if (this.#options.found) this.actor.send({ type: 'pod.admitted' });
    else
      this.#options.admit(this.pod, (refusal) =>
        this.actor.send(refusal ? { type: 'pod.rejected', ...refusal } : { type: 'pod.admitted' }),
      );
  }

  mountVolumes(): void {
    this.#begin();
    this.#volumes = new VolumesWorker(this);
  }

  createSandbox(): void {
    const { runtime, host, nodeName } = this.services;
    this.#begin();
    const { found } = this.#options;
    if (found && this.#sandboxAttempt === 0) {
      this.#sandboxAttempt = 1;
      this.#sandboxReady(found.ip);
      return;
    }
    const attempt = this.#sandboxAttempt++;
    const hostNetwork = this.pod.spec.hostNetwork ?? false;
    runtime.runPodSandbox({ ...identityOf(this.pod, nodeName), hostNetwork, attempt }, (outcome) => {
      if (!outcome.ok) {
        this.actor.send({ type: 'sandbox.failed', message: outcome.message });
        return;
      }
      this.sandboxId = outcome.sandboxId;
      this.ip = outcome.ip;
      this.#sandboxReady(outcome.ip);
      // The pod may have ended while the sandbox was being made.
      host.enqueue(() => {
        if (!this.isActive) this.removeSandbox();
      });
    });
  }

  #sandboxReady(ip: string): void {
    this.actor.send({ type: 'sandbox.ready', ip });
    for (const { name } of this.pod.spec.ephemeralContainers ?? [])
      this.actor.send({ type: 'container.added', name });
  }

  removeSandbox(): void {
    const { sandboxId } = this;
    this.sandboxId = '';
    this.#deadline?.stop();
    this.#volumes?.remove();
    this.#volumes = undefined;
    const removed = (): void => {
      this.actor.send({ type: 'sandbox.removed' });
      this.services.host.enqueue(this.#options.onEnded);
    };
    if (sandboxId) this.services.runtime.removePodSandbox(sandboxId, removed);
    else removed();
  }

  startNextInitContainer(_params: unknown, context: PodContext): void {
    const next = context.initContainers?.[context.nextInitContainer];
    if (next !== undefined) this.#containers.get(next.name)?.start();
  }

  startNextContainer(_params: unknown, context: PodContext): void {
    const name = context.containers[context.nextContainer];
    if (name !== undefined) this.#containers.get(name)?.start();
  }

  startEphemeralContainer(_params: unknown, _context: PodContext, event: PodEvent): void {
    const spec =
      event.type === 'container.added' &&
      this.pod.spec.ephemeralContainers?.find(({ name }) => name === event.name);
    if (!spec || this.#containers.has(spec.name)) return;
    this.#addContainer(spec, 'ephemeral').start();
  }

  stopContainers(_params: unknown, context: PodContext): void {
    this.#makeContainers();
    const cause = context.isDeleted ? 'deletion' : 'podEnded';
    for (const container of this.#containers.values()) container.kill(cause, context.graceSeconds);
  }

  releaseSidecar(_params: unknown, context: PodContext): void {
    this.#containers.get(nextSidecarToEnd(context) ?? '')?.release();
  }

  resetContainers(): void {
    for (const container of this.#containers.values()) if (container.role !== 'ephemeral') container.reset();
  }

  reportSandboxFailed(_params: unknown, context: PodContext): void {
    const message = `Failed to create pod sandbox: ${context.message}`;
    this.report(undefined, { type: 'Warning', reason: 'FailedCreatePodSandBox', message });
  }

  reportRejected(_params: unknown, context: PodContext): void {
    const { reason = '', message = '' } = context.rejection ?? {};
    this.report(undefined, { type: 'Warning', reason, message });
  }

  reportEvicted(_params: unknown, _context: PodContext, event: PodEvent): void {
    if (event.type !== 'pod.evict') return;
    const { reason, message } = event;
    // Of a shutdown the node itself tells.
    if (reason === SHUTDOWN_REASON) return;
    this.report(undefined, { type: reason === 'DeadlineExceeded' ? 'Normal' : 'Warning', reason, message });
  }

  publishStatus(): void {
    this.changed();
  }

  deleteObject(): void {
    if (!this.services.link.isUp) return;
    this.services.host.coalesce(this, () => this.#writeStatus());
    this.services.host.coalesce(`delete ${this.actor.path}`, () => {
      if (this.#isRemoved) return this.removed();
      const { name, uid } = this.pod.metadata;
      this.services.api
        .delete(
          { kind: 'Pod', namespace: namespaceOf(this.pod), name },
          { gracePeriodSeconds: 0, preconditions: { uid } },
        )
        .settled((outcome) => {
          if (!outcome.ok && (outcome.error.code === 404 || outcome.error.code === 409)) this.removed();
        });
    });
  }

  cleanUp(): void {
    this.removeSandbox();
    const identity = identityOf(this.pod, this.services.nodeName);
    for (const { spec, containerId } of this.#containers.values()) {
      if (containerId !== undefined) this.services.runtime.removeContainer(containerId);
      this.services.runtime.removeLogs({ pod: identity, name: spec.name });
    }
    this.services.host.enqueue(this.#options.onForgotten);
  }

  /** What is counted from the moment in which the node took the pod. */
  #begin(): void {
    if (this.#startTimeMs !== undefined) return;
    const { status } = this.pod;
    this.#startTimeMs = status.startTime ? Date.parse(status.startTime) : this.services.clock.now();
    const { found } = this.#options;
    if (found) {
      this.sandboxId = found.sandboxId;
      this.ip = found.ip;
    }
    const hasRun = status.containerStatuses?.some(({ containerID }) => containerID !== undefined);
    if (!found && hasRun && this.pod.spec.restartPolicy !== 'Never') this.report(undefined, SANDBOX_CHANGED);
    this.#makeContainers();
    this.#setDeadline();
  }

  #setDeadline(): void {
    const seconds = this.pod.spec.activeDeadlineSeconds;
    if (seconds === undefined || this.#startTimeMs === undefined || REFUSING.has(this.#state())) return;
    if (this.#deadline) this.#deadline.set(this.#startTimeMs, seconds);
    else this.#deadline = new PodDeadline(this, this.#startTimeMs, seconds);
  }

  #updateSpec(before: Pod['spec']): void {
    const { spec } = this.pod;
    for (const container of [...(spec.initContainers ?? []), ...spec.containers])
      this.#containers.get(container.name)?.update(container);
    if (spec.activeDeadlineSeconds !== before.activeDeadlineSeconds) this.#setDeadline();
    if (this.sandboxId === '') return;
    for (const { name } of spec.ephemeralContainers ?? [])
      if (!this.#containers.has(name)) this.actor.send({ type: 'container.added', name });
  }

  #makeContainers(): void {
    if (this.#containers.size > 0) return;
    const { containers, initContainers } = this.pod.spec;
    for (const spec of initContainers ?? []) this.#addContainer(spec, isSidecar(spec) ? 'sidecar' : 'init');
    for (const spec of containers) this.#addContainer(spec, 'regular');
  }

  #addContainer(spec: Container, role: ContainerRole): ContainerWorker {
    const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = this.pod.status;
    const statuses =
      role === 'regular'
        ? containerStatuses
        : role === 'ephemeral'
          ? ephemeralContainerStatuses
          : initContainerStatuses;
    const previous = statuses?.find(({ name }) => name === spec.name);
    const container = new ContainerWorker(this, spec, role, previous);
    this.#containers.set(spec.name, container);
    const found = this.#options.found?.containers.filter(({ name }) => name === spec.name) ?? [];
    const newest = found.sort((a, b) => b.attempt - a.attempt)[0];
    if (newest) container.adopt(newest);
    return container;
  }

  #state(): string {
    const { value } = this.actor.getSnapshot();
    return typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  }

  /** Undefined when the pod has none of that kind. */
  #statusesOf(...roles: readonly ContainerRole[]): ContainerStatus[] | undefined {
    const found: ContainerStatus[] = [];
    for (const container of this.#containers.values())
      if (roles.includes(container.role)) found.push(container.status());
    return found.length > 0 ? found : undefined;
  }

  #writeStatus(): void {
    const state = this.#state();
    if (state === 'forgotten' || !this.services.link.isUp) return;
    const { spec, metadata } = this.pod;
    const { rejection, eviction } = this.actor.getSnapshot().context;
    const isPlain = this.#containers.size === spec.containers.length;
    const containerStatuses = this.#statusesOf('regular') ?? [];
    const status = podStatus({
      pod: this.pod,
      containerStatuses,
      initContainerStatuses: isPlain ? undefined : this.#statusesOf('init', 'sidecar'),
      ephemeralContainerStatuses: isPlain ? undefined : this.#statusesOf('ephemeral'),
      isTerminal: ENDED.has(state),
      hasInitialized: !isPlain && containerStatuses.some(({ containerID }) => containerID !== undefined),
      isRestartingAll: state === 'restartingAll',
      rejection,
      eviction,
      writtenPhase: this.#written?.phase,
      ip: this.ip,
      hostIp: this.services.nodeIp,
      hasSandbox: this.ip !== '' && !ENDED.has(state),
      startTimeMs: this.#startTimeMs,
      nowMs: this.services.clock.now(),
    });
    const changes = createMergePatch(this.#written ?? {}, status);
    if (Object.keys(changes as object).length === 0) return;
    this.#written = status;
    const { name, uid } = metadata;
    const key = { kind: 'Pod', namespace: namespaceOf(this.pod), name } as const;
    this.services.api
      .patch(key, { type: 'merge', body: { metadata: { uid }, status: changes } }, { subresource: 'status' })
      .settled((outcome) => {
        // A pod that is gone (404) or was replaced by another of its name (409, 422: the uid) has no use for a status.
        if (!outcome.ok && ![404, 409, 422].includes(outcome.error.code)) throw outcome.error;
        if (outcome.ok) this.#writtenVersion = Math.max(this.#writtenVersion, versionOf(outcome.value));
      });
  }
}
