/**
 * The probes of one container: their actors, how they are carried out, and what they found.
 *
 * Models: pkg/kubelet/prober (v1.36; spec node.md 4.6).
 */
import { bindEffects, type HostedActor } from '../actor/index.js';
import type { Container, Pod, Probe } from '../api/index.js';
import { probeMachine, type ProbeEvent, type ProbeKind, type ProbeResult } from '../../machines/index.js';
import { probeRequest, probeVerdict } from './probeRequest.js';
import type { NodeServices } from './services.js';

const machine = bindEffects(probeMachine, ['executeProbe', 'publishResult', 'publishInitialResult']);

/** A handler that errs is tried again at once, this often in all. Source: prober.go maxProbeRetries. */
const MAX_ATTEMPTS = 3;

const INITIAL: Record<ProbeKind, ProbeResult> = {
  Liveness: 'Success',
  Readiness: 'Failure',
  Startup: 'Unknown',
};

/** What a probe asks of the container that it belongs to. */
export interface ProbedContainer {
  readonly services: NodeServices;
  readonly pod: Pod;
  readonly spec: Container;
  readonly podIp: string;
  readonly containerId: string | undefined;
  report(type: 'Normal' | 'Warning', reason: string, message: string): void;
  probeResultChanged(kind: ProbeKind, result: ProbeResult): void;
}

export class ProbeWorker {
  result: ProbeResult;
  #isKept = false;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly actor: HostedActor<typeof probeMachine>;
  readonly #container: ProbedContainer;
  #request: { readonly containerId: string; readonly request: ReturnType<typeof probeRequest> } | undefined;

  constructor(container: ProbedContainer, kind: ProbeKind, probe: Probe, parent: HostedActor) {
    this.#container = container;
    this.kind = kind;
    this.probe = probe;
    this.result = INITIAL[kind];
    const { host, clock } = container.services;
    this.actor = host.spawn({
      machine,
      path: `${parent.path}/probe/${kind.toLowerCase()}`,
      parent,
      effects: this,
      input: {
        kind,
        initialDelaySeconds: probe.initialDelaySeconds ?? 0,
        periodSeconds: probe.periodSeconds ?? 10,
        successThreshold: probe.successThreshold ?? 1,
        failureThreshold: probe.failureThreshold ?? 3,
        awaitsStartup: container.spec.startupProbe !== undefined,
        at: clock.now(),
      },
    });
  }

  /** The agent comes back to an instance that had succeeded: it goes on as such until it has been probed. */
  keepSuccess(): void {
    this.#isKept = true;
    this.result = 'Success';
  }

  send(event: ProbeEvent): void {
    this.actor.send(event);
  }

  executeProbe(): void {
    this.#attempt(1, this.#container.services.clock.now());
  }

  publishResult(params: { readonly result: ProbeResult }): void {
    this.#publish(params.result);
  }

  publishInitialResult(): void {
    if (this.#isKept) this.#isKept = false;
    else this.#publish(INITIAL[this.kind]);
  }

  #publish(result: ProbeResult): void {
    if (this.result === result) return;
    this.result = result;
    this.#container.probeResultChanged(this.kind, result);
  }

  /** The request is the same for all probes of one instance. */
  #requestFor(containerId: string): ReturnType<typeof probeRequest> {
    if (this.#request?.containerId !== containerId) {
      const { pod, spec, podIp } = this.#container;
      const purpose = this.kind.toLowerCase() as Lowercase<ProbeKind>;
      const request = probeRequest(this.probe, spec, pod, { podIp, containerId, purpose });
      this.#request = { containerId, request };
    }
    return this.#request.request;
  }

  #attempt(attempt: number, startedAt: number): void {
    const { services, containerId = '' } = this.#container;
    const request = this.#requestFor(containerId);
    if ('error' in request) {
      this.#conclude({ result: 'unknown', output: '', error: request.error }, startedAt);
      return;
    }
    services.runtime.probe(request, (outcome) => {
      if (this.#container.containerId !== containerId) return;
      if (outcome.error !== undefined && attempt < MAX_ATTEMPTS) this.#attempt(attempt + 1, startedAt);
      else this.#conclude(outcome, startedAt);
    });
  }

  #conclude(outcome: Parameters<typeof probeVerdict>[1], startedAt: number): void {
    const verdict = probeVerdict(this.kind, outcome);
    if (verdict.event) this.#container.report('Warning', verdict.event.reason, verdict.event.message);
    const at = this.#container.services.clock.now();
    if (verdict.result === 'Success') this.actor.send({ type: 'probe.succeeded', at, startedAt });
    else if (verdict.result === 'Failure') this.actor.send({ type: 'probe.failed', at, startedAt });
    else this.actor.send({ type: 'probe.errored', at, startedAt });
  }
}
