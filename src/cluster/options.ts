/** What a cluster is made of: the options of `createCluster`, checked and completed. */
import { parseDuration } from '../api/index.js';
import type { ControllerSettings } from '../controllers/index.js';
import type { NodeSpec } from '../node/index.js';
import { checkNodeSpec } from './nodes.js';
import type { ImageDefinition } from '../runtime/index.js';

export interface ClusterOptions {
  /** How many nodes (`node-1`, `node-2`, …), or each one described. Default 1. */
  readonly nodes?: number | readonly NodeSpec[] | undefined;
  /** `virtual`: time moves only through `advance`, `runUntil` and `settle`. Default, except with processes. */
  readonly clock?: 'virtual' | 'system' | undefined;
  /** Seed of names, uids and tie-breaks with a virtual clock. Default 1. */
  readonly seed?: number | undefined;
  /** What runs the containers. `process` starts local processes and needs the system clock. Default `simulated`. */
  readonly runtime?: 'simulated' | 'process' | undefined;
  /** Simulated images by name: presets or actor logic. */
  readonly images?: Readonly<Record<string, ImageDefinition>> | undefined;
  /** YAML file that maps images to commands (processes) and presets (simulated). */
  readonly imagesFile?: string | undefined;
  /** Where processes keep logs and scratch files. Default: a folder of the temporary directory. */
  readonly stateDir?: string | undefined;
  /** Where a virtual clock starts, ms since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startTime?: number | undefined;
  /** Longest back-off between restarts of a container, 1 s to 300 s. Default 300 s. */
  readonly crashLoopBackOffMax?: string | number | undefined;
  /** How often the control plane looks at the nodes. Default 5 s. */
  readonly nodeMonitorPeriod?: string | number | undefined;
  /** A node that was not heard from for longer is Unknown. Default 50 s. */
  readonly nodeMonitorGracePeriod?: string | number | undefined;
  /** How long an Event is kept after it was last written; `Infinity`: for ever. Default 1 h. */
  readonly eventTtl?: string | number | undefined;
}

const OPTIONS = {
  nodes: true,
  clock: true,
  seed: true,
  runtime: true,
  images: true,
  imagesFile: true,
  stateDir: true,
  startTime: true,
  crashLoopBackOffMax: true,
  nodeMonitorPeriod: true,
  nodeMonitorGracePeriod: true,
  eventTtl: true,
} satisfies Record<keyof ClusterOptions, true>;

/** What is not checked where it is used. @throws {RangeError} that names the option and what it may be. */
export const checkOptions = (options: ClusterOptions): void => {
  for (const name of Object.keys(options))
    if (!(name in OPTIONS))
      throw new RangeError(`there is no option ${name}; known are ${Object.keys(OPTIONS).join(', ')}`);
  oneOf('clock', options.clock, ['virtual', 'system']);
  oneOf('runtime', options.runtime, ['simulated', 'process']);
  finite('seed', options.seed);
  finite('startTime', options.startTime);
  for (const name of DURATIONS)
    if (options[name] !== undefined && options[name] !== Infinity) checkDuration(name, options[name]);
  crashBackOffMaxMs(options);
};

const DURATIONS = ['crashLoopBackOffMax', 'nodeMonitorPeriod', 'nodeMonitorGracePeriod', 'eventTtl'] as const;

const checkDuration = (name: string, value: string | number): void => {
  try {
    parseDuration(value);
  } catch (error) {
    throw new RangeError(`${name}: ${(error as Error).message}`, { cause: error });
  }
};

const oneOf = (name: string, value: unknown, allowed: readonly string[]): void => {
  if (value !== undefined && !allowed.includes(value as string))
    throw new RangeError(`${name} must be ${allowed.join(' or ')}, not ${String(value)}`);
};

const finite = (name: string, value: unknown): void => {
  if (value !== undefined && !Number.isFinite(value))
    throw new RangeError(`${name} must be a number, not ${String(value)}`);
};

/** Source: kubelet config crashLoopBackOff.maxContainerRestartPeriod. */
const BACK_OFF_MAX_MS = 300_000;

/** @throws {RangeError} for less than a second or more than five minutes. */
export const crashBackOffMaxMs = ({ crashLoopBackOffMax = BACK_OFF_MAX_MS }: ClusterOptions): number => {
  const maxMs = parseDuration(crashLoopBackOffMax);
  if (maxMs < 1_000 || maxMs > BACK_OFF_MAX_MS)
    throw new RangeError(`crashLoopBackOffMax must be from 1s to 300s, not ${crashLoopBackOffMax}`);
  return maxMs;
};

/** @throws {RangeError} {@link ApiError} Invalid */
export const nodeSpecs = (nodes: ClusterOptions['nodes'] = 1): readonly NodeSpec[] => {
  if (typeof nodes !== 'number') {
    const names = new Set<string>();
    for (const spec of nodes) {
      checkNodeSpec(spec);
      if (names.has(spec.name)) throw new RangeError(`nodes: there are two of the name ${spec.name}`);
      names.add(spec.name);
    }
    return nodes;
  }
  if (!Number.isInteger(nodes) || nodes < 0)
    throw new RangeError(`nodes must be a number of nodes, not ${nodes}`);
  return Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}` }));
};

const milliseconds = (duration: string | number | undefined): number | undefined =>
  duration === undefined ? undefined : parseDuration(duration);

/** What of the options concerns single controllers. */
export const controllerSettings = (options: ClusterOptions): ControllerSettings => ({
  nodeLifecycle: {
    nodeMonitorPeriodMs: milliseconds(options.nodeMonitorPeriod),
    nodeMonitorGracePeriodMs: milliseconds(options.nodeMonitorGracePeriod),
  },
});

/** Source: kube-apiserver --event-ttl. */
const DEFAULT_EVENT_TTL = '1h';

export const eventTtlMs = ({ eventTtl = DEFAULT_EVENT_TTL }: ClusterOptions): number =>
  eventTtl === Infinity ? Infinity : parseDuration(eventTtl);

/** @throws {RangeError} for a combination that cannot work. */
export const clockKind = ({ clock, runtime }: ClusterOptions): 'virtual' | 'system' => {
  if (runtime === 'process' && clock === 'virtual') {
    throw new RangeError(
      'processes run in real time: leave out clock: "virtual", or choose runtime: "simulated"',
    );
  }
  return clock ?? (runtime === 'process' ? 'system' : 'virtual');
};
