/**
 * The graceful end: whatever keeps pods alive is deleted, then every pod, each with its own grace period up to a
 * limit. The caller stops the cluster afterwards, which kills what is left.
 */
import { filter, firstValueFrom, map, startWith } from 'rxjs';
import type { KindName, Pod } from '../api/index.js';
import { resources } from '../api/index.js';
import type { Api } from '../client/index.js';
import type { Clock } from '../clock/index.js';
import { podEnd } from './ends.js';
import type { ClusterRecord } from './report/record.js';

/** Nobody waits longer than this at a prompt; a pod that needs more is killed. */
const GRACE_LIMIT_SECONDS = 10;
/** What a node needs beyond the grace period to report the end. */
const REPORT_MS = 2_000;

/** Kinds that create pods, or that create what creates pods: the outermost first, so that nothing comes back. */
const OWNER_KINDS = ['CronJob', 'Deployment', 'Job', 'DaemonSet', 'ReplicaSet', 'ReplicationController'];

/** The pods that stopping means: those that have not ended by themselves. */
export const runningPods = (record: ClusterRecord): readonly Pod[] =>
  record.pods().filter((pod) => podEnd(pod) === 'running');

/** Deletes, waits until no pod is left or the time is over. Answers the names of the pods that it stopped. */
export async function stopWorkloads(api: Api, record: ClusterRecord, clock: Clock): Promise<string[]> {
  // Those that go as soon as their owner goes are stopped, too.
  const stopped = new Set(runningPods(record).map(nameOf));
  const served = new Set<string>(resources.map((resource) => resource.kind));
  for (const kind of OWNER_KINDS.filter((name) => served.has(name))) {
    for (const { metadata } of (await api.list(kind as KindName)).items) {
      await api.delete(
        { kind: kind as KindName, namespace: metadata.namespace, name: metadata.name ?? '' },
        {
          propagationPolicy: 'Background',
        },
      );
    }
  }
  for (const pod of runningPods(record)) stopped.add(nameOf(pod));
  for (const pod of record.pods()) await stopPod(api, pod);
  await untilGone(record, clock);
  return [...stopped].sort();
}

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

async function stopPod(api: Api, { metadata, spec }: Pod): Promise<void> {
  const gracePeriodSeconds = Math.min(
    spec?.terminationGracePeriodSeconds ?? GRACE_LIMIT_SECONDS,
    GRACE_LIMIT_SECONDS,
  );
  const key = { kind: 'Pod', namespace: metadata.namespace, name: metadata.name ?? '' } as const;
  await new Promise<void>((done) => {
    // A pod that is gone already is what was wanted; any other refusal leaves the pod to the cluster's own stop.
    api.delete(key, { gracePeriodSeconds }).settled(() => done());
  });
}

async function untilGone(record: ClusterRecord, clock: Clock): Promise<void> {
  let stop = (): void => {};
  const late = new Promise<void>((done) => {
    const timer = clock.setTimeout(done, GRACE_LIMIT_SECONDS * 1000 + REPORT_MS);
    stop = () => clock.clearTimeout(timer);
  });
  const gone = firstValueFrom(
    record.pods$.pipe(
      startWith(undefined),
      map(() => record.pods().length),
      filter((count) => count === 0),
    ),
  );
  await Promise.race([gone, late]);
  stop();
}
