/**
 * One container of a pod on this node: carries out what its chart asks for, and tells the pod, the probes and the API
 * what happened.
 *
 * Models: pkg/kubelet/kuberuntime/kuberuntime_container.go, pkg/kubelet/images (v1.36; event texts: spec node.md 7).
 */
import { bindEffects, type HostedActor } from '../../actor/index.js';
import { type Container, type ContainerStatus, type LifecycleHandler, type Pod } from '../../api/index.js';
import {
  containerMachine,
  nextRestartCount,
  type ContainerContext,
  type ContainerEvent,
  type ContainerHook,
  type ContainerRole,
  type KillCause,
  type PodEvent,
  type ProbeEvent,
  type ProbeKind,
  type ProbeResult,
} from '../../../machines/index.js';
import type { ContainerExited, FoundContainer } from '../../runtime/index.js';
import { ProbeWorker } from '../probeWorker.js';
import { identityOf, type PodServices } from '../services.js';
import { containerConfig } from './config.js';
import { runHook } from './hooks.js';
import { exitOf, inheritedExit } from './inherited.js';
import { obtainImage } from './image.js';
import { ContainerReporter } from './reporter.js';
import * as reports from './reports.js';
import { containerStatus, type ObservedContainer, type ProbeFindings } from './status.js';
import { lastLines, needsLogs } from './terminationMessage.js';

const machine = bindEffects(containerMachine, [
  'pullImage',
  'createContainer',
  'startContainer',
  'runPostStart',
  'runPreStop',
  'sendSigterm',
  'sendSigkill',
  'reportBackOff',
  'reportPullFailed',
  'reportPullBackOff',
  'reportAbsentImage',
  'reportInvalidImage',
  'reportConfigFailed',
  'reportStarted',
  'reportStartFailed',
  'reportPostStartFailed',
  'reportPreStopFailed',
  'reportKilling',
  'announceStarted',
  'announceStopped',
  'announceWaiting',
  'announceTerminated',
  'announceRestartAll',
  'announceReset',
]);

/** What a container asks of its pod. */
export interface OwningPod {
  readonly services: PodServices;
  readonly pod: Pod;
  readonly ip: string;
  readonly sandboxId: string;
  readonly actor: HostedActor;
  /** News for the pod's chart. */
  tell(event: PodEvent): void;
  /** Something that the status shows has changed. */
  changed(): void;
  /** An event about a container: `fieldPath` says which. */
  report(fieldPath: string, report: reports.Report): void;
}

const FIELD: Record<ContainerRole, string> = {
  regular: 'containers',
  init: 'initContainers',
  sidecar: 'initContainers',
  ephemeral: 'ephemeralContainers',
};

const DEFAULT_GRACE_SECONDS = 2;

/** A state value such as `{ waiting: { CrashLoopBackOff: 'reporting' } }` as `waiting.CrashLoopBackOff`. */
const twoLevels = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [[outer, inner] = ['', '']] = Object.entries(value as Record<string, unknown>);
  return `${outer}.${typeof inner === 'string' ? inner : Object.keys(inner as object)[0]}`;
};

const NO_FINDINGS: ProbeFindings = {};

const hookOf = (hook: LifecycleHandler | undefined): ContainerHook | undefined =>
  hook && (hook.sleep ? { sleepMs: hook.sleep.seconds * 1000 } : {});

export class ContainerWorker extends ContainerReporter {
  spec: Container;
  readonly role: ContainerRole;
  readonly #owner: OwningPod;
  readonly #actor: HostedActor<typeof containerMachine>;
  readonly #probes: ProbeWorker[] = [];
  containerId: string | undefined;
  /** Whether the instance that runs was found, and is not known to its probes yet. */
  #isAdopted = false;

  /** What an earlier life of the agent said of the container. */
  readonly previous: ContainerStatus | undefined;

  constructor(owner: OwningPod, spec: Container, role: ContainerRole, previous: ContainerStatus | undefined) {
    super();
    this.previous = previous;
    this.#owner = owner;
    this.spec = spec;
    this.role = role;
    const { host, crashBackOffMaxMs } = owner.services;
    const { lifecycle } = spec;
    this.#actor = host.spawn({
      machine,
      path: `${owner.actor.path}/container/${spec.name}`,
      parent: owner.actor,
      effects: this,
      input: {
        name: spec.name,
        image: spec.image ?? '',
        role,
        restartPolicy: spec.restartPolicy,
        restartPolicyRules: spec.restartPolicyRules,
        podRestartPolicy: owner.pod.spec.restartPolicy ?? 'Always',
        restartCount: previous?.restartCount ?? 0,
        crashBackOffMaxMs,
        terminationGraceMs: this.#ownGraceSeconds() * 1000,
        ...(previous && {
          hasRun: previous.containerID !== undefined,
          inherited: inheritedExit(previous, role, owner),
        }),
        ...(lifecycle && { postStart: hookOf(lifecycle.postStart), preStop: hookOf(lifecycle.preStop) }),
      },
    });
    for (const [kind, probe] of [
      ['Startup', spec.startupProbe],
      ['Liveness', spec.livenessProbe],
      ['Readiness', spec.readinessProbe],
    ] as const) {
      if (probe) this.#probes.push(new ProbeWorker(this, kind, probe, this.#actor));
    }
  }

  get services(): PodServices {
    return this.#owner.services;
  }
  get pod(): Pod {
    return this.#owner.pod;
  }
  get podIp(): string {
    return this.#owner.ip;
  }

  /** An earlier life of the agent has started this instance. */
  adopt({ containerId, imageRef, attempt, startedAt, exit }: FoundContainer): void {
    const { previous } = this;
    this.containerId = containerId;
    this.#isAdopted = exit === undefined;
    const isRunning = exit === undefined;
    const podWasReady = this.pod.status.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    );
    for (const probe of this.#probes) {
      const passed =
        probe.kind === 'Startup'
          ? previous?.started
          : probe.kind === 'Liveness' || (previous?.ready && podWasReady);
      if (isRunning && passed) probe.keepSuccess();
    }
    const { type: _type, pod: _pod, name: _name, ...ended } = exit ?? ({} as ContainerExited);
    const before = previous?.containerID?.endsWith(containerId)
      ? previous?.lastState?.terminated
      : (previous?.state?.terminated ?? previous?.lastState?.terminated);
    this.#send({
      type: 'container.found',
      at: this.#now(),
      containerId,
      imageRef,
      restartCount: attempt,
      startedAt,
      exit: exit && ended,
      previousExit: before && exitOf(before),
    });
  }

  start(): void {
    this.#send({ type: 'container.start', at: this.#now() });
  }

  /** @param graceSeconds until SIGKILL. */
  kill(cause: KillCause, graceSeconds: number): void {
    this.#send({ type: 'container.kill', at: this.#now(), cause, graceMs: graceSeconds * 1000 });
    // Those of sidecars go on: other containers still need them.
    const ends = cause === 'deletion' || cause === 'podEnded';
    if (ends && this.role !== 'sidecar') this.#tellProbes({ type: 'pod.terminating' });
  }

  /** A sidecar need not wait for others any more. */
  release(): void {
    this.#send({ type: 'container.release', at: this.#now() });
  }

  /** All containers of the pod begin anew. */
  reset(): void {
    this.#send({ type: 'container.reset', at: this.#now() });
  }

  /** The spec has changed: of a container that can only be its image. */
  update(spec: Container): void {
    const isOther = spec.image !== this.spec.image;
    this.spec = spec;
    if (isOther) this.#send({ type: 'container.changed', at: this.#now(), image: spec.image ?? '' });
  }

  /** The runtime saw an instance end. */
  exited(event: ContainerExited): void {
    if (event.containerId !== this.containerId) return;
    const { type: _type, pod: _pod, name: _name, ...exit } = event;
    const tell = (message: string | undefined): void =>
      this.#send({ type: 'container.exited', at: this.#now(), ...exit, message });
    if (!needsLogs(this.spec, exit)) return tell(exit.message);
    const { restartCount: attempt } = this.#actor.getSnapshot().context;
    lastLines(this.services.runtime, { pod: this.#identity(), name: this.spec.name, attempt }, tell);
  }

  observe(): ObservedContainer {
    const snapshot = this.#actor.getSnapshot();
    return {
      spec: this.spec,
      state: twoLevels(snapshot.value),
      context: snapshot.context,
      findings: this.#findings(),
    };
  }

  status(): ContainerStatus {
    return containerStatus(this.observe(), { pod: this.pod, runtimeName: this.services.runtime.name });
  }

  report(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.tell({ type, reason, message });
  }

  probeResultChanged(kind: ProbeKind, result: ProbeResult): void {
    this.#owner.changed();
    if (kind === 'Startup' && result === 'Success') {
      this.#tellProbes({ type: 'container.startupSucceeded', at: this.#now() });
      this.#announceInitialized();
    }
    if (kind !== 'Readiness' && result === 'Failure' && this.observe().state === 'running') {
      const probe = kind === 'Liveness' ? this.spec.livenessProbe : this.spec.startupProbe;
      const graceSeconds = probe?.terminationGracePeriodSeconds ?? this.#ownGraceSeconds();
      this.kill(kind === 'Liveness' ? 'liveness' : 'startup', graceSeconds);
    }
  }

  // Effects: requests to the runtime.

  pullImage(): void {
    const { pulls, runtime, clock } = this.services;
    const request = { spec: this.spec, pod: this.#identity(), pulls, runtime, clock };
    obtainImage(
      request,
      (report) => this.tell(report),
      (event) => this.#send(event),
    );
  }

  createContainer(_params: unknown, context: ContainerContext): void {
    const { runtime } = this.services;
    const attempt = nextRestartCount(context);
    const { sandboxId, ip } = this.#owner;
    const config = containerConfig(this.spec, this.pod, { services: this.services, sandboxId, ip, attempt });
    if (!config.ok) {
      this.#send({ type: 'container.configFailed', at: this.#now(), message: config.message });
      return;
    }
    runtime.createContainer(config.value, (outcome) => {
      const at = this.#now();
      if (!outcome.ok) {
        this.#send({ type: 'container.createFailed', at, message: outcome.message });
        return;
      }
      const { containerId, imageRef } = outcome;
      const { containerId: old } = this;
      if (old !== undefined) runtime.removeContainer(old);
      this.containerId = containerId;
      this.tell(reports.CREATED);
      this.#send({ type: 'container.created', at, containerId, imageRef });
    });
  }

  startContainer(_params: unknown, context: ContainerContext): void {
    this.services.runtime.startContainer(context.containerId ?? '', (outcome) => {
      const at = this.#now();
      if (outcome.ok) this.#send({ type: 'container.started', at, startedAt: outcome.startedAt });
      else this.#send({ type: 'container.startFailed', at, message: outcome.message });
    });
  }

  sendSigterm(_params: unknown, context: ContainerContext): void {
    this.services.runtime.signalContainer(context.containerId ?? '', 'SIGTERM');
  }

  sendSigkill(_params: unknown, context: ContainerContext): void {
    this.services.runtime.signalContainer(context.containerId ?? '', 'SIGKILL');
  }

  runPostStart(): void {
    this.#runHook(this.spec.lifecycle?.postStart);
  }

  runPreStop(): void {
    this.#runHook(this.spec.lifecycle?.preStop);
  }

  // Effects: news for the pod and the probes.

  announceStarted(_params: unknown, context: ContainerContext): void {
    const hasStarted =
      this.spec.startupProbe === undefined || (this.#isAdopted && this.previous?.started === true);
    this.#isAdopted = false;
    this.#tellProbes({
      type: 'container.started',
      at: this.#now(),
      startedAt: context.startedAtMs,
      isStarted: hasStarted,
    });
    this.#owner.tell({ type: 'container.settled', name: this.spec.name });
    if (hasStarted) this.#announceInitialized();
  }

  announceStopped(_params: unknown, context: ContainerContext): void {
    const willRestart = context.killCause !== 'deletion' && context.killCause !== 'podEnded';
    this.#tellProbes({ type: 'container.stopped', willRestart });
    this.#owner.changed();
  }

  announceWaiting(): void {
    this.#owner.tell({ type: 'container.settled', name: this.spec.name });
  }

  announceTerminated(_params: unknown, context: ContainerContext): void {
    this.#tellProbes({ type: 'container.stopped', willRestart: false });
    this.#owner.tell({
      type: 'container.terminated',
      name: this.spec.name,
      exitCode: context.exit?.exitCode ?? null,
    });
  }

  announceRestartAll(): void {
    this.#owner.tell({ type: 'pod.restartAll' });
  }

  announceReset(): void {
    const { containerId } = this;
    this.containerId = undefined;
    if (containerId !== undefined) this.services.runtime.removeContainer(containerId);
    this.#owner.tell({ type: 'container.reset', name: this.spec.name });
  }

  #announceInitialized(): void {
    if (this.role !== 'sidecar') return;
    this.#owner.tell({ type: 'container.initialized', name: this.spec.name });
  }

  #runHook(hook: LifecycleHandler | undefined): void {
    const { containerId } = this;
    if (hook === undefined || hook.sleep || containerId === undefined) return;
    const container = {
      pod: this.pod,
      spec: this.spec,
      podIp: this.podIp,
      containerId,
      runtime: this.services.runtime,
      report: this.report.bind(this),
    };
    runHook(hook, container, (message) => {
      // Of an instance that is gone nobody wants to know.
      if (this.containerId !== containerId) return;
      const at = this.#now();
      this.#send(
        message === undefined ? { type: 'hook.succeeded', at } : { type: 'hook.failed', at, message },
      );
    });
  }

  protected tell(report: reports.Report): void {
    this.#owner.report(`spec.${FIELD[this.role]}{${this.spec.name}}`, report);
  }

  #ownGraceSeconds(): number {
    return this.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  }

  #findings(): ProbeFindings {
    if (this.#probes.length === 0) return NO_FINDINGS;
    const findings: { startup?: ProbeResult; readiness?: ProbeResult } = {};
    for (const { kind, result } of this.#probes) {
      if (kind === 'Startup') findings.startup = result;
      if (kind === 'Readiness') findings.readiness = result;
    }
    return findings;
  }

  #tellProbes(event: ProbeEvent): void {
    for (const probe of this.#probes) probe.send(event);
  }

  #send(event: ContainerEvent): void {
    this.#actor.send(event);
  }

  #identity(): ReturnType<typeof identityOf> {
    return identityOf(this.pod, this.services.nodeName);
  }

  #now(): number {
    return this.services.clock.now();
  }
}
