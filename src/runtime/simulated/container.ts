/**
 * One instance of a container on a simulated node: its state, its log, and the process in it.
 *
 * An actor runs only where one is needed: for logic that a user brought, and for a preset in which time or the number
 * of requests changes something (machines/simulatedContainer.ts). Anything else never changes until it is told to
 * stop, so what it answers is a function of its preset; an actor would cost 40 µs and 4 kB to say the same, for each
 * of a thousand pods. test/runtime/simulated/equivalence.test.ts holds both ways to the same answers.
 */
import type { AnyActorLogic } from 'xstate';
import { precomputeSteps } from '../../actor/index.js';
import type { Timer } from '../../clock/index.js';
import { simulatedContainerMachine, type SimulatedContainerInput } from '../../../machines/index.js';
import type { ContainerConfig, ContainerExited, ProbeKind } from '../port.js';
import type { ImageActor } from './imageActor.js';
import type { NamedImage } from './images.js';
import type { InstanceLog } from './logs.js';
import { exitCodeOf, type Preset } from './preset.js';
import type { ImageInput, ImageTag } from './protocol.js';

export interface SimulatedContainer {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly image: NamedImage;
  readonly log: InstanceLog;
  /** `lost`: its node failed while it ran. */
  state: 'created' | 'running' | 'exited' | 'lost';
  startedAt: number;
  actor: ImageActor | undefined;
  /** How it ended. */
  exit: ContainerExited | undefined;
  /** A fault made it hang. */
  isHung: boolean;
  /** Probes that a fault lets fail: how many more of each kind. */
  failingProbes: Map<ProbeKind, number> | undefined;
  /** Until it uses more memory than it may. */
  memoryTimer: Timer | undefined;
  /** Commands that only its end will end. */
  commands: ((exitCode: number) => void)[] | undefined;
}

const presetMachine = precomputeSteps(simulatedContainerMachine.provide({}));

/** The logic and input of a container's actor; undefined where none is needed. */
export const actorOf = (
  container: SimulatedContainer,
): { readonly logic: AnyActorLogic; readonly input: unknown } | undefined => {
  const { logic, preset } = container.image;
  if (logic === undefined) return undefined;
  const { config } = container;
  if (logic === 'preset') return { logic: presetMachine, input: presetInput(preset, config.attempt) };
  const input: ImageInput = {
    pod: config.pod,
    container: config.name,
    attempt: config.attempt,
    image: config.image,
    command: config.command,
    args: config.args,
    env: Object.fromEntries(config.env),
    startedAt: container.startedAt,
  };
  return { logic, input };
};

export const presetInput = (preset: Preset, attempt: number): SimulatedContainerInput => ({
  startsAfterMs: preset.startsAfterMs,
  exitsAfterMs: preset.exitsAfterMs,
  hangsAfterMs: preset.hangsAfterMs,
  terminatesAfterMs: preset.terminatesAfterMs,
  ignoresSigterm: preset.ignoresSigterm,
  exitCode: exitCodeOf(preset, attempt),
  http: preset.http,
  tcp: preset.tcp,
});

export const hasTag = (container: SimulatedContainer, tag: ImageTag): boolean =>
  (container.isHung && tag === 'hanging') || (container.actor?.hasTag(tag) ?? false);

/** Counts one probe against the container's faults; whether it is to fail. */
export const takeProbeFault = (container: SimulatedContainer, kind: ProbeKind | undefined): boolean => {
  const left = kind === undefined ? 0 : (container.failingProbes?.get(kind) ?? 0);
  if (kind === undefined || left <= 0) return false;
  container.failingProbes?.set(kind, left - 1);
  return true;
};
