/**
 * One container of a pod on this node: carries out what its chart asks for, and tells the pod, the probes and the API
 * what happened.
 *
 * Models: pkg/kubelet/kuberuntime/kuberuntime_container.go, pkg/kubelet/images (v1.36; event texts: spec node.md 7).
 */
import { bindEffects, type HostedActor } from '../actor/index.js';
import {
  formatDuration,
  restartsAfterProbeKill,
  type Container,
  type ContainerStatus,
  type Pod,
} from '../api/index.js';
import {
  containerMachine,
  type ContainerContext,
  type ContainerEvent,
  type KillCause,
  type ProbeEvent,
  type ProbeKind,
  type ProbeResult,
} from '../../machines/index.js';
import { containerStatus, isRunning, type ObservedContainer, type ProbeFindings } from './containerStatus.js';
import { containerEnvironment } from './env.js';
import { ProbeWorker } from './probeWorker.js';
import { identityOf, namespaceOf, podLabel, type NodeServices } from './services.js';

const machine = bindEffects(containerMachine, [
  'pullImage',
  'createContainer',
  'startContainer',
  'sendSigterm',
  'sendSigkill',
  'reportBackOff',
  'reportPullFailed',
  'reportPullBackOff',
  'reportAbsentImage',
  'reportConfigFailed',
  'reportStarted',
  'reportStartFailed',
  'reportKilling',
  'announceStarted',
  'announceStopped',
  'announceWaiting',
  'announceTerminated',
]);

/** What a container asks of its pod. */
export interface OwningPod {
  readonly services: NodeServices;
  readonly pod: Pod;
  readonly ip: string;
  readonly sandboxId: string;
  readonly actor: HostedActor;
  /** It runs, or waits for another attempt. */
  containerSettled(name: string): void;
  containerTerminated(name: string, exitCode: number | null): void;
  /** Something that the status shows has changed. */
  changed(): void;
  report(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** A state value such as `{ waiting: { CrashLoopBackOff: 'reporting' } }` as `waiting.CrashLoopBackOff`. */
const twoLevels = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [[outer, inner] = ['', '']] = Object.entries(value as Record<string, unknown>);
  return `${outer}.${typeof inner === 'string' ? inner : Object.keys(inner as object)[0]}`;
};

const NO_FINDINGS: ProbeFindings = {};

export class ContainerWorker {
  readonly spec: Container;
  readonly #owner: OwningPod;
  readonly #actor: HostedActor<typeof containerMachine>;
  readonly #probes: ProbeWorker[] = [];
  containerId: string | undefined;

  constructor(owner: OwningPod, spec: Container, previous: ContainerStatus | undefined) {
    this.#owner = owner;
    this.spec = spec;
    const { host, crashBackOffMaxMs } = owner.services;
    this.#actor = host.spawn({
      machine,
      path: `${owner.actor.path}/container/${spec.name}`,
      parent: owner.actor,
      effects: this,
      input: {
        name: spec.name,
        image: spec.image ?? '',
        restartPolicy: spec.restartPolicy,
        restartPolicyRules: spec.restartPolicyRules,
        podRestartPolicy: owner.pod.spec.restartPolicy ?? 'Always',
        restartCount: previous?.containerID ? previous.restartCount + 1 : (previous?.restartCount ?? 0),
        crashBackOffMaxMs,
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

  get services(): NodeServices {
    return this.#owner.services;
  }
  get pod(): Pod {
    return this.#owner.pod;
  }
  get podIp(): string {
    return this.#owner.ip;
  }

  start(): void {
    this.#send({ type: 'container.start', at: this.#now() });
  }

  /** @param graceSeconds time between SIGTERM and SIGKILL. */
  kill(cause: KillCause, graceSeconds: number): void {
    this.#send({ type: 'container.kill', at: this.#now(), cause, graceMs: graceSeconds * 1000 });
    if (cause === 'deletion') this.#tellProbes({ type: 'pod.terminating' });
  }

  /** The runtime saw an instance end. */
  exited(exit: Omit<Extract<ContainerEvent, { type: 'container.exited' }>, 'type' | 'at'>): void {
    if (exit.containerId !== this.containerId) return;
    this.#send({ type: 'container.exited', at: this.#now(), ...exit });
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
    return containerStatus(this.observe(), this.services.runtime.name, podLabel(this.pod));
  }

  report(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#owner.report(this.spec, type, reason, message);
  }

  probeResultChanged(kind: ProbeKind, result: ProbeResult): void {
    this.#owner.changed();
    if (kind === 'Startup' && result === 'Success') {
      this.#tellProbes({ type: 'container.startupSucceeded', at: this.#now() });
    }
    if (kind !== 'Readiness' && result === 'Failure' && isRunning(this.observe().state)) {
      const probe = kind === 'Liveness' ? this.spec.livenessProbe : this.spec.startupProbe;
      const graceSeconds =
        probe?.terminationGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds ?? 2;
      this.kill(kind === 'Liveness' ? 'liveness' : 'startup', graceSeconds);
    }
  }

  // Effects: requests to the runtime.

  pullImage(_params: unknown, _context: ContainerContext): void {
    const { runtime } = this.services;
    const { image = '', imagePullPolicy } = this.spec;
    const isPresent = imagePullPolicy !== 'Always' && runtime.isImagePresent(image);
    if (isPresent) {
      this.report(
        'Normal',
        'Pulled',
        `Container image "${image}" already present on machine and can be accessed by the pod`,
      );
      this.#send({ type: 'image.pulled', at: this.#now(), imageRef: image });
      return;
    }
    if (imagePullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      this.#send({ type: 'image.absent', at: this.#now(), message });
      return;
    }
    this.report('Normal', 'Pulling', `Pulling image "${image}"`);
    const startedAt = this.#now();
    const hasCommand = (this.spec.command?.length ?? 0) > 0;
    runtime.pullImage({ image, pod: this.#identity(), hasCommand }, (outcome) => {
      const at = this.#now();
      if (!outcome.ok) {
        this.report('Warning', 'Failed', `Failed to pull image "${image}": ${outcome.message}`);
        this.#send({ type: 'image.pullFailed', at, message: outcome.message });
        return;
      }
      const took = formatDuration(at - startedAt);
      this.report(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${outcome.sizeBytes} bytes.`,
      );
      this.#send({ type: 'image.pulled', at, imageRef: outcome.imageRef });
    });
  }

  createContainer(_params: unknown, context: ContainerContext): void {
    const { runtime } = this.services;
    const namespace = namespaceOf(this.pod);
    const resolved = containerEnvironment(this.spec, this.pod, {
      podIp: this.podIp,
      hostIp: this.services.nodeIp,
      nodeName: this.services.nodeName,
      allocatable: this.services.allocatable(),
      configMap: (name) => this.services.configMap(namespace, name),
      secret: (name) => this.services.secret(namespace, name),
    });
    if (!resolved.ok) {
      this.#send({ type: 'container.configFailed', at: this.#now(), message: resolved.message });
      return;
    }
    const { spec } = this;
    runtime.createContainer(
      {
        pod: this.#identity(),
        sandboxId: this.#owner.sandboxId,
        name: spec.name,
        attempt: context.attempts === 0 ? context.restartCount : context.restartCount + 1,
        image: spec.image ?? '',
        command: resolved.command,
        args: resolved.args,
        env: resolved.env,
        workingDir: spec.workingDir,
        mounts: [],
        stdin: spec.stdin,
        stdinOnce: spec.stdinOnce,
        tty: spec.tty,
        terminationMessagePath: spec.terminationMessagePath ?? '/dev/termination-log',
        ports: (spec.ports ?? []).map(({ containerPort, protocol }) => ({
          containerPort,
          protocol: protocol ?? 'TCP',
        })),
      },
      (outcome) => {
        const at = this.#now();
        if (!outcome.ok) {
          this.#send({ type: 'container.createFailed', at, message: outcome.message });
          return;
        }
        const { containerId: old } = this;
        if (old !== undefined) runtime.removeContainer(old);
        this.containerId = outcome.containerId;
        this.report('Normal', 'Created', 'Container created');
        this.#send({
          type: 'container.created',
          at,
          containerId: outcome.containerId,
          imageRef: outcome.imageRef,
        });
      },
    );
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

  // Effects: events of the API.

  reportBackOff(): void {
    this.report(
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${this.spec.name} in pod ${podLabel(this.pod)}`,
    );
  }

  reportPullFailed(): void {
    this.report('Warning', 'Failed', 'Error: ErrImagePull');
  }

  reportPullBackOff(): void {
    this.report('Normal', 'BackOff', `Back-off pulling image "${this.spec.image}"`);
    this.report('Warning', 'Failed', 'Error: ImagePullBackOff');
  }

  reportAbsentImage(_params: unknown, context: ContainerContext): void {
    this.report('Warning', 'ErrImageNeverPull', context.message ?? '');
    this.report('Warning', 'Failed', 'Error: ErrImageNeverPull');
  }

  reportConfigFailed(_params: unknown, context: ContainerContext): void {
    this.report('Warning', 'Failed', `Error: ${context.message}`);
  }

  reportStarted(): void {
    this.report('Normal', 'Started', 'Container started');
  }

  reportStartFailed(_params: unknown, context: ContainerContext): void {
    this.report('Warning', 'Failed', `Error: ${context.exit?.message}`);
  }

  reportKilling(_params: unknown, context: ContainerContext): void {
    const { name, killCause } = context;
    const restarts = restartsAfterProbeKill(context, { restartPolicy: context.podRestartPolicy });
    const ending = restarts ? ', will be restarted' : '';
    const message =
      killCause === 'liveness' || killCause === 'startup'
        ? `Container ${name} failed ${killCause} probe${ending}`
        : `Stopping container ${name}`;
    this.report('Normal', 'Killing', message);
  }

  // Effects: news for the pod and the probes.

  announceStarted(_params: unknown, context: ContainerContext): void {
    const hasStarted = this.spec.startupProbe === undefined;
    this.#tellProbes({
      type: 'container.started',
      at: this.#now(),
      startedAt: context.startedAtMs,
      isStarted: hasStarted,
    });
    this.#owner.containerSettled(this.spec.name);
  }

  announceStopped(_params: unknown, context: ContainerContext): void {
    const willRestart = context.killCause !== 'deletion' && context.killCause !== 'podEnded';
    this.#tellProbes({ type: 'container.stopped', willRestart });
    this.#owner.changed();
  }

  announceWaiting(): void {
    this.#owner.containerSettled(this.spec.name);
  }

  announceTerminated(_params: unknown, context: ContainerContext): void {
    this.#tellProbes({ type: 'container.stopped', willRestart: false });
    this.#owner.containerTerminated(this.spec.name, context.exit?.exitCode ?? null);
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
