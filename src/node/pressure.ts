/** The shortages of one node: the effects of their chart. */
import { bindEffects, type HostedActor } from '../actor/index.js';
import type { Pod } from '../api/index.js';
import { nodePressureMachine } from '../../machines/index.js';
import type { ContainerRuntime } from '../runtime/index.js';
import { evictionMessage, isShort, overLimitMessage, rankForEviction, signalsOf } from './eviction.js';
import type { PodServices } from './services.js';

const machine = bindEffects(nodePressureMachine, [
  'observeUsage',
  'reportPressure',
  'evictPod',
  'evictOverLimit',
]);

/** Condition types of the API, in its order. */
export const PRESSURE_CONDITIONS = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
export type PressureCondition = (typeof PRESSURE_CONDITIONS)[number];

export interface PressedNode {
  readonly services: PodServices;
  readonly actor: HostedActor;
  /** Pods that run here. */
  activePods(): readonly Pod[];
  evict(pod: Pod, message: string, isDisruption: boolean): void;
  conditionChanged(reason: string): void;
  recordThreshold(resource: string): void;
}

export class NodePressure {
  readonly #node: PressedNode;
  readonly #usage: NonNullable<ContainerRuntime['usage']>;
  readonly #actor: HostedActor<typeof nodePressureMachine>;
  readonly #changes: { unsubscribe(): void };

  constructor(node: PressedNode, { usage, usageChanged$ }: Required<Measured>) {
    this.#node = node;
    this.#usage = usage;
    const { host, nodeName } = node.services;
    this.#actor = host.spawn({
      machine,
      path: `${node.actor.path}/pressure`,
      parent: node.actor,
      effects: this,
      input: { name: nodeName },
    });
    this.#changes = usageChanged$.subscribe(() => this.#actor.send({ type: 'usage.changed' }));
    const { containers, available } = usage();
    if (containers.length + available.size > 0) this.#actor.send({ type: 'usage.changed' });
  }

  stop(): void {
    this.#changes.unsubscribe();
    this.#actor.stop();
  }

  /** Conditions that hold. */
  get conditions(): ReadonlySet<PressureCondition> {
    const { value } = this.#actor.getSnapshot();
    const states = [value.memory, value.disk, value.pid];
    return new Set(PRESSURE_CONDITIONS.filter((_, index) => states[index] !== 'sufficient'));
  }

  observeUsage(): void {
    const short = this.#signals()
      .filter(isShort)
      .map(({ kind }) => kind);
    this.#actor.send({ type: 'usage.observed', short });
  }

  reportPressure({ reason }: { readonly reason: string }): void {
    this.#node.conditionChanged(reason);
  }

  evictPod(): void {
    const signal = this.#signals().find(isShort);
    if (signal === undefined) return;
    const usage = this.#usage();
    const [first] = rankForEviction(signal.kind, this.#node.activePods(), usage);
    this.#node.recordThreshold({ memory: 'memory', disk: 'ephemeral-storage', pid: 'pids' }[signal.kind]);
    if (first) this.#node.evict(first, evictionMessage(first, signal, usage), true);
  }

  evictOverLimit(): void {
    const usage = this.#usage();
    if (!usage.containers.some(({ diskBytes }) => diskBytes > 0)) return;
    for (const pod of this.#node.activePods()) {
      const message = overLimitMessage(pod, usage);
      if (message !== undefined) this.#node.evict(pod, message, false);
    }
  }

  #signals(): ReturnType<typeof signalsOf> {
    return signalsOf(this.#usage(), this.#node.services.capacity());
  }
}

type Measured = Pick<ContainerRuntime, 'usage' | 'usageChanged$'>;

/** Undefined where nothing is measured. */
export const watchPressure = (
  node: PressedNode,
  { usage, usageChanged$ }: Measured,
): NodePressure | undefined =>
  usage && usageChanged$ ? new NodePressure(node, { usage, usageChanged$ }) : undefined;
