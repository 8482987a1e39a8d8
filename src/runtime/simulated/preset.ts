/**
 * Presets: simulated images given as data. `ImagePreset` is what a person writes, `Preset` the same in milliseconds.
 *
 * Every field is optional. Moments (`…After`) count from the start of the container, except `recoversAfter` (from the
 * moment it failed) and `terminatesAfter` (from SIGTERM). Where something fails later (`failsAfter`,
 * `failsAfterRequests`), `status`, `exitCode` and `output` describe the failing answer; otherwise every answer.
 */
import { parseFields, type FieldParser } from './presetFields.js';

/** `90s`, `5m`, `24h`, or milliseconds. */
export type DurationText = string | number;

/** A quantity such as `300Mi`, from the start of the container or from a later moment on. */
export type UsageText = string | { readonly usage: string; readonly after?: DurationText };

export interface ImagePreset {
  /** Until then nothing listens and exec probes fail. */
  readonly startsAfter?: DurationText;
  /** It ends by itself; without it, a preset with an `exitCode` ends at once. */
  readonly exitsAfter?: DurationText;
  /** One code, or one per attempt (the last repeats). Default 0. */
  readonly exitCode?: number | readonly number[];
  readonly logs?: readonly (
    | string
    | {
        readonly after?: DurationText;
        readonly text: string;
        readonly stream?: 'stdout' | 'stderr';
      }
  )[];
  readonly http?: {
    /** Others refuse connections. Absent: every port answers. */
    readonly port?: number;
    readonly failsAfterRequests?: number;
    readonly failsAfter?: DurationText;
    readonly recoversAfter?: DurationText;
    /** Default 200, or 500 when failing. */
    readonly status?: number;
    readonly latency?: DurationText;
  };
  readonly tcp?: {
    readonly port?: number;
    readonly failsAfter?: DurationText;
    readonly recoversAfter?: DurationText;
  };
  /** Health checks by gRPC. */
  readonly grpc?: {
    /** Others refuse connections. Absent: every port answers. */
    readonly port?: number;
    readonly failsAfter?: DurationText;
    readonly recoversAfter?: DurationText;
    /** Default SERVING, or NOT_SERVING when failing. */
    readonly status?: 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
    readonly latency?: DurationText;
  };
  /** By command line, words joined by blanks. Other commands succeed. */
  readonly exec?: Readonly<
    Record<
      string,
      { readonly exitCode?: number; readonly output?: string; readonly failsAfter?: DurationText }
    >
  >;
  /** From then on nothing is answered, and SIGTERM is not heard. */
  readonly hangsAfter?: DurationText;
  readonly ignoresSigterm?: boolean;
  /** How long it takes to shut down. Default 0. It then exits with 143. */
  readonly terminatesAfter?: DurationText;
  /** What it uses while it runs. Over its limit of memory it is OOMKilled. Default 0. */
  readonly memory?: UsageText;
  /** Of disk: writable layer, logs and folders. Default 0. */
  readonly disk?: UsageText;
  /** `fails`: always, or so many times on each node. */
  readonly pull?: { readonly takes?: DurationText; readonly fails?: boolean | number };
}

export interface PresetLine {
  readonly afterMs: number;
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
}
export interface ServerPreset {
  readonly port?: number | undefined;
  readonly failsAfterMs?: number | undefined;
  readonly failsAfterRequests?: number | undefined;
  readonly recoversAfterMs?: number | undefined;
  readonly status?: number | undefined;
  readonly latencyMs?: number | undefined;
}
export interface GrpcPreset {
  readonly port?: number | undefined;
  readonly failsAfterMs?: number | undefined;
  readonly recoversAfterMs?: number | undefined;
  readonly status?: string | undefined;
  readonly latencyMs?: number | undefined;
}
export interface ExecPreset {
  readonly exitCode?: number | undefined;
  readonly output?: string | undefined;
  readonly failsAfterMs?: number | undefined;
}
export interface UsagePreset {
  readonly bytes: number;
  readonly afterMs: number;
}
/** An {@link ImagePreset} that was checked. */
export interface Preset {
  readonly startsAfterMs?: number | undefined;
  readonly exitsAfterMs?: number | undefined;
  readonly exitCodes?: readonly number[] | undefined;
  /** In order of time. */
  readonly logs?: readonly PresetLine[] | undefined;
  readonly http?: ServerPreset | undefined;
  readonly tcp?: ServerPreset | undefined;
  readonly grpc?: GrpcPreset | undefined;
  readonly exec?: ReadonlyMap<string, ExecPreset> | undefined;
  readonly hangsAfterMs?: number | undefined;
  readonly ignoresSigterm?: boolean | undefined;
  readonly terminatesAfterMs?: number | undefined;
  readonly memory?: UsagePreset | undefined;
  readonly disk?: UsagePreset | undefined;
  readonly pull?: { readonly takesMs: number; readonly failures: number } | undefined;
}

/**
 * Checks a preset.
 *
 * @param path where it stands, for messages: `images["batch:1"]`.
 * @throws {PresetError} naming the field: an unknown key, a wrong type, a negative duration.
 */
export const parsePreset = (value: unknown, path: string): Preset => {
  const preset = parseFields(value, path, (field) => ({
    startsAfterMs: field.durationMs('startsAfter'),
    exitsAfterMs: field.durationMs('exitsAfter'),
    exitCodes: field.oneOrList('exitCode', (item) => item.integer(0, 255)),
    logs: field.list('logs', parseLine)?.sort((a, b) => a.afterMs - b.afterMs),
    http: field.object('http', parseHttp),
    tcp: field.object('tcp', parseTcp),
    grpc: field.object('grpc', parseGrpc),
    exec: field.map('exec', parseExec),
    hangsAfterMs: field.durationMs('hangsAfter'),
    ignoresSigterm: field.boolean('ignoresSigterm'),
    terminatesAfterMs: field.durationMs('terminatesAfter'),
    memory: field.object('memory', parseUsage),
    disk: field.object('disk', parseUsage),
    pull: field.object('pull', parsePull),
  }));
  if (preset.exitCodes === undefined || preset.exitsAfterMs !== undefined) return preset;
  return { ...preset, exitsAfterMs: 0 };
};

/**
 * Whether time or the number of requests changes what the process does, so that an actor has to tell it. Log lines and
 * exec results with a moment of their own do not count: they are functions of the time at which someone looks.
 */
export const changesOverTime = (preset: Preset): boolean =>
  (preset.startsAfterMs ?? 0) > 0 ||
  preset.exitsAfterMs !== undefined ||
  preset.hangsAfterMs !== undefined ||
  (preset.terminatesAfterMs ?? 0) > 0 ||
  failsLater(preset.http) ||
  failsLater(preset.tcp);

export const failsLater = (server: ServerPreset | undefined): boolean =>
  server !== undefined && (server.failsAfterMs !== undefined || server.failsAfterRequests !== undefined);

/** The exit code of one attempt that ends by itself. */
export const exitCodeOf = (preset: Preset, attempt: number): number => {
  const codes = preset.exitCodes ?? [];
  return codes[Math.min(attempt, codes.length - 1)] ?? 0;
};

const parseLine = (line: FieldParser): PresetLine =>
  line.isString()
    ? { afterMs: 0, text: line.string(), stream: 'stdout' }
    : line.fields((field) => ({
        afterMs: field.durationMs('after') ?? 0,
        text: field.required('text').string(),
        stream: field.oneOf('stream', ['stdout', 'stderr']) ?? 'stdout',
      }));

const parseHttp = (http: FieldParser): ServerPreset =>
  http.fields((field) => ({
    port: field.integer('port', 1, 65_535),
    failsAfterRequests: field.integer('failsAfterRequests', 0),
    failsAfterMs: field.durationMs('failsAfter'),
    recoversAfterMs: field.durationMs('recoversAfter'),
    status: field.integer('status', 100, 599),
    latencyMs: field.durationMs('latency'),
  }));

const parseTcp = (tcp: FieldParser): ServerPreset =>
  tcp.fields((field) => ({
    port: field.integer('port', 1, 65_535),
    failsAfterMs: field.durationMs('failsAfter'),
    recoversAfterMs: field.durationMs('recoversAfter'),
  }));

const parseGrpc = (grpc: FieldParser): GrpcPreset =>
  grpc.fields((field) => ({
    port: field.integer('port', 1, 65_535),
    failsAfterMs: field.durationMs('failsAfter'),
    recoversAfterMs: field.durationMs('recoversAfter'),
    status: field.oneOf('status', ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']),
    latencyMs: field.durationMs('latency'),
  }));

const parseExec = (exec: FieldParser): ExecPreset =>
  exec.fields((field) => ({
    exitCode: field.integer('exitCode', 0, 255),
    output: field.string('output'),
    failsAfterMs: field.durationMs('failsAfter'),
  }));

const parsePull = (pull: FieldParser): NonNullable<Preset['pull']> =>
  pull.fields((field) => ({
    takesMs: field.durationMs('takes') ?? 0,
    failures: field.booleanOrCount('fails'),
  }));

const parseUsage = (usage: FieldParser): UsagePreset =>
  usage.isString()
    ? { bytes: usage.bytes(), afterMs: 0 }
    : usage.fields((field) => ({
        bytes: field.required('usage').bytes(),
        afterMs: field.durationMs('after') ?? 0,
      }));
