/**
 * What `up` and `run` share: read the files before anything starts, start the cluster, apply, and stop everything
 * gracefully. The only file of the command line that knows how a cluster is made.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Subscription } from 'rxjs';
import { ApiError, parseDuration, type KubeObject } from '../api/index.js';
import { createSystemClock, type Clock, type Timer } from '../clock/index.js';
import { createCluster, type Cluster } from '../cluster.js';
import { PresetError } from '../runtime/index.js';
import { ImagesFileError } from '../runtime/images/index.js';
import { CommandError, EXIT_INTERRUPTED, EXIT_USAGE, failure, messageOf, usageError } from './errors.js';
import type { Manifest } from '../cluster/manifests/index.js';
import { readManifests, reading } from './manifests.js';
import { createRecord, type ClusterRecord } from './report/record.js';
import type { Terminal } from './terminal.js';

/** The options that make a cluster, as commander hands them over. */
export interface ClusterFlags {
  readonly nodes: number;
  readonly runtime: 'process' | 'simulated';
  readonly images?: string;
  readonly stateDir: string;
  readonly filename: readonly string[];
  /** A duration as typed. */
  readonly for?: string;
}

export interface Session {
  readonly cluster: Cluster;
  readonly record: ClusterRecord;
  readonly clock: Clock;
  readonly manifests: readonly Manifest[];
  readonly forMs: number | undefined;
  /** Frees everything. Pods that still run are killed: see {@link stopWorkloads} for the graceful way. */
  close(): Promise<void>;
}

/**
 * @throws {CommandError} code 2 when a file or a value is wrong; nothing has been started then.
 */
export async function startSession(flags: ClusterFlags): Promise<Session> {
  const forMs = flags.for === undefined ? undefined : durationOf(flags.for);
  const manifests = await wrong(async () => await readManifests(flags.filename));
  if (flags.filename.length > 0 && manifests.length === 0)
    throw usageError(`there is no object in ${flags.filename.join(', ')}`);
  const { images } = flags;
  if (images !== undefined) await wrong(() => reading(images, readFile(images)));
  const clock = createSystemClock();
  let cluster: Cluster;
  try {
    cluster = await createCluster({
      nodes: flags.nodes,
      runtime: flags.runtime,
      clock: 'system',
      stateDir: resolve(flags.stateDir),
      ...(images === undefined ? {} : { imagesFile: resolve(images) }),
    });
  } catch (error) {
    clock.close();
    const isTypists = error instanceof ImagesFileError || error instanceof PresetError;
    throw isTypists ? usageError(error.message) : failure(messageOf(error));
  }
  const record = createRecord(cluster.api);
  return {
    cluster,
    record,
    clock,
    manifests,
    forMs,
    close: async () => {
      record.stop();
      clock.close();
      await cluster.stop();
    },
  };
}

/** Whatever goes wrong while a file is read is the typist's. */
export async function wrong<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(messageOf(error), EXIT_USAGE);
  }
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw usageError(`--for ${text}: ${messageOf(error)}`);
  }
}

/**
 * Applies every manifest, and tells of each.
 * @throws {CommandError} code 1 when the API refused one or more; each refusal is written to stderr first.
 */
export async function applyAll(
  { cluster, manifests }: Session,
  terminal: Terminal,
  onApplied: (object: KubeObject) => void,
): Promise<KubeObject[]> {
  const applied: KubeObject[] = [];
  let refused = 0;
  for (const { source, object } of manifests) {
    try {
      for (const result of await cluster.apply(object)) {
        applied.push(result);
        onApplied(result);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused += 1;
      terminal.warn(`error: ${source}: ${error.message}\n`);
    }
  }
  if (refused > 0) throw failure(`${refused} of ${manifests.length} objects could not be applied`);
  return applied;
}

/** What ends a command that runs until it is told to stop. */
export type Ending = 'finished' | 'time' | 'interrupted';

/**
 * Waits for the first of: `finished`, the time of `--for`, an interrupt. From the first interrupt on, another one ends
 * the process at once.
 */
export function untilEnd(
  { clock, forMs }: Pick<Session, 'clock' | 'forMs'>,
  terminal: Terminal,
  finished: Promise<void> = new Promise(() => {}),
): Promise<Ending> {
  return new Promise((done) => {
    let timer: Timer;
    if (forMs !== undefined) timer = clock.setTimeout(() => done('time'), forMs);
    let interrupts = 0;
    terminal.onInterrupt(() => {
      interrupts += 1;
      if (interrupts > 1) return terminal.exit(EXIT_INTERRUPTED);
      clock.clearTimeout(timer);
      done('interrupted');
    });
    void finished.then(() => done('finished'));
  });
}

/** Sends the cluster's warnings and errors to `onWarning`. An error is a fault of statelet: it says so. */
export function followFaults({ cluster }: Session, onWarning: (text: string) => void): Subscription {
  const subscription = cluster.warnings$.subscribe((warning) => onWarning(warning));
  subscription.add(
    cluster.errors$.subscribe(({ path, error, restarted }) => {
      const end = restarted ? 'it was restarted' : 'it crashed too often and was given up';
      onWarning(`fault in statelet: actor ${path}: ${messageOf(error)}; ${end}`);
    }),
  );
  return subscription;
}
