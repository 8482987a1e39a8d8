/** The deadline of one pod: its chart's effects, and its times. */
import { bindEffects, type HostedActor } from '../../actor/index.js';
import type { Pod } from '../../api/index.js';
import { podDeadlineMachine, type PodEvent } from '../../../machines/index.js';
import type { NodeServices } from '../services.js';

const machine = bindEffects(podDeadlineMachine, ['endPod']);

/** Source: pkg/kubelet/active_deadline.go (reason, message). */
const REASON = 'DeadlineExceeded';
const MESSAGE = 'Pod was active on the node longer than the specified deadline';

export interface DeadlinedPod {
  readonly services: NodeServices;
  readonly pod: Pod;
  readonly actor: HostedActor;
  tell(event: PodEvent): void;
}

export class PodDeadline {
  readonly #pod: DeadlinedPod;
  readonly #actor: HostedActor<typeof podDeadlineMachine>;

  /** @param startTimeMs of the pod; counted in whole seconds, as the API shows it. */
  constructor(pod: DeadlinedPod, startTimeMs: number, seconds: number) {
    this.#pod = pod;
    this.#actor = pod.services.host.spawn({
      machine,
      path: `${pod.actor.path}/deadline`,
      parent: pod.actor,
      effects: this,
      input: { remainingMs: this.#remainingMs(startTimeMs, seconds) },
    });
  }

  set(startTimeMs: number, seconds: number): void {
    this.#actor.send({ type: 'deadline.changed', remainingMs: this.#remainingMs(startTimeMs, seconds) });
  }

  stop(): void {
    this.#actor.stop();
  }

  endPod(): void {
    const graceSeconds = this.#pod.pod.spec.terminationGracePeriodSeconds ?? 30;
    this.#pod.tell({ type: 'pod.evict', reason: REASON, message: MESSAGE, graceSeconds });
  }

  #remainingMs(startTimeMs: number, seconds: number): number {
    const startedAtMs = Math.floor(startTimeMs / 1000) * 1000;
    return startedAtMs + seconds * 1000 - this.#pod.services.clock.now();
  }
}
