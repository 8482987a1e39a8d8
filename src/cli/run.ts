/**
 * `statelet run`: applies manifests, streams the logs of all pods, and ends when everything that can end has ended.
 * The exit code says whether it succeeded.
 */
import { filter, firstValueFrom, map, startWith } from 'rxjs';
import type { KubeObject, Pod } from '../api/index.js';
import { EXIT_FAILED, EXIT_OK } from './errors.js';
import { plural } from './format.js';
import type { ClusterRecord } from './record.js';
import { applyAll, followFaults, startSession, untilEnd, type ClusterFlags } from './session.js';
import { stopWorkloads } from './stopWorkloads.js';
import { streamLogs } from './streamLogs.js';
import type { Terminal } from './terminal.js';

export type RunFlags = ClusterFlags;

export async function run(flags: RunFlags, terminal: Terminal): Promise<number> {
  const session = await startSession(flags);
  const warn = (text: string) => terminal.warn(`Warning: ${text}\n`);
  const subscription = followFaults(session, warn);
  const logs = streamLogs(session, terminal);
  let finish = (): void => {};
  const finished = new Promise<void>((done) => (finish = done));
  const ended = untilEnd(session, terminal, finished);
  try {
    const applied = await applyAll(session, terminal, () => {});
    const finite = applied.filter(canEnd);
    if (finite.length > 0) void untilAllEnded(session.record, finite).then(finish);
    const ending = await ended;
    await logs.written(({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed');
    const failed = finite.filter((object) => !hasSucceeded(current(session.record, object)));
    if (ending !== 'finished') {
      terminal.warn(`Stopping ${plural(session.record.pods().length, 'pod')}; Ctrl-C again stops at once.\n`);
    }
    const stopped = await stopWorkloads(session.cluster.api, session.record, session.clock);
    await logs.written(() => true);
    if (ending !== 'finished') for (const name of stopped) terminal.warn(`stopped pod ${name}\n`);
    for (const { kind, metadata } of failed) terminal.warn(`${kind} ${metadata.name} did not succeed\n`);
    return failed.length > 0 ? EXIT_FAILED : EXIT_OK;
  } finally {
    subscription.unsubscribe();
    logs.stop();
    await session.close();
  }
}

/** Whether an object comes to an end by itself: a pod that is not always restarted. */
export function canEnd(object: KubeObject): boolean {
  return object.kind === 'Pod' && (object as Pod).spec?.restartPolicy !== 'Always';
}

function hasEnded(pod: Pod | undefined): boolean {
  return pod?.status?.phase === 'Succeeded' || pod?.status?.phase === 'Failed';
}

function hasSucceeded(pod: Pod | undefined): boolean {
  return pod?.status?.phase === 'Succeeded';
}

function current(record: ClusterRecord, { metadata }: KubeObject): Pod | undefined {
  return record.pods().find((pod) => pod.metadata.uid === metadata.uid);
}

/** Resolves when each of the pods has ended, or is gone. */
async function untilAllEnded(record: ClusterRecord, pods: readonly KubeObject[]): Promise<void> {
  await firstValueFrom(
    record.pods$.pipe(
      startWith(undefined),
      map(() => pods.map((pod) => current(record, pod))),
      filter((found) => found.every((pod) => pod === undefined || hasEnded(pod))),
    ),
  );
}
