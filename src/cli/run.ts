/**
 * `statelet run`: applies manifests, streams the logs of all pods, and ends when everything that can end has ended.
 * The exit code says whether it succeeded.
 */
import { Subscription, finalize } from 'rxjs';
import type { ContainerStatus, Pod } from '../api/index.js';
import { canEnd, followEnds, podEnd } from './ends.js';
import { EXIT_FAILED, EXIT_OK, messageOf } from './errors.js';
import { createLineSplitter, eventLine, plural } from './report/format.js';
import {
  applyAll,
  followFaults,
  startSession,
  untilEnd,
  type ClusterFlags,
  type Session,
} from './session.js';
import { runningPods, stopWorkloads } from './stopWorkloads.js';
import type { Terminal } from './terminal.js';

export type RunFlags = ClusterFlags;

export async function run(flags: RunFlags, terminal: Terminal): Promise<number> {
  const session = await startSession(flags);
  const warn = (text: string) => terminal.warn(`Warning: ${text}\n`);
  const subscription = followFaults(session, warn);
  subscription.add(warnOfEvents(session, terminal));
  const logs = streamLogs(session, terminal);
  let finish = (): void => {};
  const finished = new Promise<void>((done) => (finish = done));
  const ended = untilEnd(session, terminal, finished);
  const ends = followEnds(session.cluster.api);
  try {
    const applied = await applyAll(session, terminal, () => {});
    const finite = applied.filter(canEnd);
    if (finite.length > 0) void ends.untilAll(finite).then(finish);
    const ending = await ended;
    await logs.written((pod) => podEnd(pod) !== 'running');
    const failed = finite
      .filter((object) => ends.of(object) !== 'succeeded')
      .map((object) => `${object.kind} ${object.metadata.name} did not succeed: ${ends.why(object)}\n`);
    if (ending !== 'finished') {
      const count = runningPods(session.record).length;
      terminal.warn(`Stopping ${plural(count, 'pod')}; Ctrl-C again stops at once.\n`);
    }
    const stopped = await stopWorkloads(session.cluster.api, session.record, session.clock);
    await logs.written(() => true);
    if (ending !== 'finished') for (const name of stopped) terminal.warn(`stopped pod ${name}\n`);
    for (const line of failed) terminal.warn(line);
    return failed.length > 0 ? EXIT_FAILED : EXIT_OK;
  } finally {
    subscription.unsubscribe();
    ends.stop();
    logs.stop();
    await session.close();
  }
}

/** A pod that cannot start has no log: its events say why. Each is told once, and not again when its count grows. */
function warnOfEvents({ record }: Session, terminal: Terminal): Subscription {
  return record.events$.subscribe((event) => {
    if (event.type === 'Warning' && (event.count ?? 1) === 1)
      terminal.warn(`${eventLine(event, terminal.colors)}\n`);
  });
}

interface LogStreams {
  /** Resolves when the logs of the pods that are meant are written to their end, or are late. */
  written(isMeant: (pod: Pod) => boolean): Promise<void>;
  stop(): void;
}

/** A log that has not ended by then is given up: somebody in the background holds it open. */
const LATE_MS = 2_000;

/** Prints the log of every container instance, each from its first line. */
function streamLogs(
  { cluster, record, clock }: Pick<Session, 'cluster' | 'record' | 'clock'>,
  terminal: Terminal,
): LogStreams {
  const followed = new Set<string>();
  /** Logs that are being written, by container id. */
  const open = new Map<string, { pod: Pod; readonly ended: Promise<void> }>();
  const subscription = new Subscription();

  const follow = (pod: Pod, { containerID, container, previous }: Instance): void => {
    const { namespace = '', name = '' } = pod.metadata;
    const prefix = terminal.colors.cyan(`[pod/${name}/${container}]`);
    const lines = createLineSplitter((line) => terminal.write(`${prefix} ${line}\n`));
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    open.set(containerID, { pod, ended });
    const done = (): void => {
      open.delete(containerID);
      end();
    };
    subscription.add(
      cluster
        .logs(namespace, name, { container, previous, follow: true })
        .pipe(finalize(done))
        .subscribe({
          next: lines.push,
          error: (error: unknown) => terminal.warn(`Warning: log of pod ${name}: ${messageOf(error)}\n`),
          complete: lines.end,
        }),
    );
  };
  subscription.add(
    record.pods$.subscribe(({ pod, isDeleted }) => {
      if (isDeleted) return;
      for (const instance of (pod.status?.containerStatuses ?? []).flatMap(instancesOf)) {
        const log = open.get(instance.containerID);
        if (log !== undefined) log.pod = pod;
        if (followed.has(instance.containerID)) continue;
        followed.add(instance.containerID);
        follow(pod, instance);
      }
    }),
  );
  return {
    written: async (isMeant) => {
      const awaited = [...open.values()].filter(({ pod }) => isMeant(pod)).map(({ ended }) => ended);
      if (awaited.length === 0) return;
      let stop = (): void => {};
      const late = new Promise<void>((resolve) => {
        const timer = clock.setTimeout(resolve, LATE_MS);
        stop = () => clock.clearTimeout(timer);
      });
      await Promise.race([Promise.all(awaited), late]);
      stop();
    },
    stop: () => subscription.unsubscribe(),
  };
}

interface Instance {
  readonly containerID: string;
  readonly container: string;
  readonly previous: boolean;
}

/** The instances that a status tells of, the older one first: one that ended at once is never seen running. */
function instancesOf({ name, containerID, state, lastState }: ContainerStatus): Instance[] {
  const instances: Instance[] = [];
  const last = lastState?.terminated;
  if (last?.containerID && last.reason !== 'StartError')
    instances.push({ containerID: last.containerID, container: name, previous: true });
  // A process that could not be started wrote nothing.
  const hasStarted =
    state?.running !== undefined || (state?.terminated?.reason ?? 'StartError') !== 'StartError';
  if (containerID && hasStarted) instances.push({ containerID, container: name, previous: false });
  return instances;
}
