/**
 * One pod on this node: carries out what its chart asks for, and keeps its status in the API.
 *
 * The status is written once after a burst of changes (the run queue's second lane), and not at all when it is the same.
 * Models: pkg/kubelet/pod_workers.go, status/status_manager.go (v1.36).
 */
import { bindEffects, type HostedActor } from '../actor/index.js';
import { createMergePatch, type Container, type Pod, type PodStatus } from '../api/index.js';
import { podMachine, type PodContext } from '../../machines/index.js';
import { ContainerWorker, type OwningPod } from './containerWorker.js';
import { podStatus } from './podStatus.js';
import { identityOf, namespaceOf, type NodeServices } from './services.js';
import type { ContainerExited } from '../runtime/index.js';

const machine = bindEffects(podMachine, [
  'admitPod',
  'createSandbox',
  'removeSandbox',
  'startNextContainer',
  'stopContainers',
  'reportSandboxFailed',
  'reportRejected',
  'publishStatus',
  'deleteObject',
  'cleanUp',
]);

/** States in which no container runs and none will. */
const ENDED = new Set(['Succeeded', 'Failed', 'rejected', 'terminated', 'deleting', 'forgotten']);

export interface PodWorkerOptions {
  readonly services: NodeServices;
  readonly pod: Pod;
  readonly parent: HostedActor;
  /** The pod's object is gone and everything of it is cleaned up. */
  readonly onForgotten: () => void;
}

export class PodWorker implements OwningPod {
  readonly services: NodeServices;
  readonly actor: HostedActor<typeof podMachine>;
  pod: Pod;
  ip = '';
  sandboxId = '';
  readonly #containers = new Map<string, ContainerWorker>();
  readonly #onForgotten: () => void;
  #written: PodStatus | undefined;
  #startTimeMs: number | undefined;
  #sandboxAttempt = 0;

  constructor({ services, pod, parent, onForgotten }: PodWorkerOptions) {
    this.services = services;
    this.pod = pod;
    this.#onForgotten = onForgotten;
    this.#written = pod.status;
    const containers = pod.spec.containers;
    this.actor = services.host.spawn({
      machine,
      path: `${parent.path}/pod/${namespaceOf(pod)}/${pod.metadata.name}`,
      parent,
      effects: this,
      input: {
        containers: containers.map(({ name }) => name),
        terminationGracePeriodSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
      },
    });
    if (pod.metadata.deletionTimestamp) this.update(pod);
  }

  /** The object has changed. */
  update(pod: Pod): void {
    this.pod = pod;
    if (pod.metadata.deletionTimestamp) {
      this.actor.send({ type: 'pod.delete', graceSeconds: pod.metadata.deletionGracePeriodSeconds ?? 0 });
    }
  }

  /** The object is gone. */
  removed(): void {
    this.actor.send({ type: 'pod.removed' });
  }

  /** The machine under the pod has died. Nothing is cleaned up, nobody is told. */
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

  // What containers tell.

  containerSettled(name: string): void {
    this.actor.send({ type: 'container.settled', name });
  }

  containerTerminated(name: string, exitCode: number | null): void {
    this.actor.send({ type: 'container.terminated', name, exitCode });
  }

  changed(): void {
    this.services.host.coalesce(this, () => this.#writeStatus());
  }

  report(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.services.recorder.event(this.pod, type, reason, message, `spec.containers{${container.name}}`);
  }

  // Effects.

  admitPod(): void {
    this.actor.send({ type: 'pod.admitted' });
  }

  createSandbox(): void {
    const { runtime, host, nodeName } = this.services;
    this.#startTimeMs ??= this.services.clock.now();
    this.#makeContainers();
    const attempt = this.#sandboxAttempt++;
    const hostNetwork = this.pod.spec.hostNetwork ?? false;
    runtime.runPodSandbox({ ...identityOf(this.pod, nodeName), hostNetwork, attempt }, (outcome) => {
      if (!outcome.ok) {
        this.actor.send({ type: 'sandbox.failed', message: outcome.message });
        return;
      }
      this.sandboxId = outcome.sandboxId;
      this.ip = outcome.ip;
      this.actor.send({ type: 'sandbox.ready', ip: outcome.ip });
      // The pod may have ended while the sandbox was being made.
      host.enqueue(() => {
        if (ENDED.has(this.#state())) this.removeSandbox();
      });
    });
  }

  removeSandbox(): void {
    const { sandboxId } = this;
    this.sandboxId = '';
    if (!sandboxId) {
      this.actor.send({ type: 'sandbox.removed' });
      return;
    }
    this.services.runtime.removePodSandbox(sandboxId, () => this.actor.send({ type: 'sandbox.removed' }));
  }

  startNextContainer(_params: unknown, context: PodContext): void {
    const name = context.containers[context.nextContainer];
    if (name !== undefined) this.#containers.get(name)?.start();
  }

  stopContainers(_params: unknown, context: PodContext): void {
    this.#makeContainers();
    for (const container of this.#containers.values()) container.kill('deletion', context.graceSeconds);
  }

  reportSandboxFailed(_params: unknown, context: PodContext): void {
    const message = `Failed to create pod sandbox: ${context.message}`;
    this.services.recorder.event(this.pod, 'Warning', 'FailedCreatePodSandBox', message);
  }

  reportRejected(_params: unknown, context: PodContext): void {
    const { reason = '', message = '' } = context.rejection ?? {};
    this.services.recorder.event(this.pod, 'Warning', reason, message);
  }

  publishStatus(): void {
    this.changed();
  }

  deleteObject(): void {
    this.services.host.coalesce(this, () => this.#writeStatus());
    this.services.host.coalesce(`delete ${this.actor.path}`, () => {
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
    this.services.host.enqueue(this.#onForgotten);
  }

  #makeContainers(): void {
    if (this.#containers.size > 0) return;
    for (const spec of this.pod.spec.containers) {
      const previous = this.pod.status.containerStatuses?.find(({ name }) => name === spec.name);
      this.#containers.set(spec.name, new ContainerWorker(this, spec, previous));
    }
  }

  #state(): string {
    const { value } = this.actor.getSnapshot();
    return typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  }

  #writeStatus(): void {
    const state = this.#state();
    if (state === 'forgotten') return;
    const status = podStatus({
      pod: this.pod,
      containerStatuses: [...this.#containers.values()].map((container) => container.status()),
      isTerminal: ENDED.has(state),
      rejection: this.actor.getSnapshot().context.rejection,
      ip: this.ip,
      hostIp: this.services.nodeIp,
      hasSandbox: this.ip !== '' && !ENDED.has(state),
      startTimeMs: this.#startTimeMs,
      nowMs: this.services.clock.now(),
    });
    const changes = createMergePatch(this.#written ?? {}, status);
    if (Object.keys(changes as object).length === 0) return;
    this.#written = status;
    const { name, uid } = this.pod.metadata;
    const key = { kind: 'Pod', namespace: namespaceOf(this.pod), name } as const;
    this.services.api
      .patch(key, { type: 'merge', body: { metadata: { uid }, status: changes } }, { subresource: 'status' })
      .settled((outcome) => {
        // A pod that is gone (404) or was replaced by another of its name (409, 422: the uid) has no use for a status.
        if (!outcome.ok && ![404, 409, 422].includes(outcome.error.code)) throw outcome.error;
      });
  }
}
