/**
 * Which objects come to an end by themselves, and how each of them ended. What has ended stays ended, though it may be
 * deleted afterwards (a Job with ttlSecondsAfterFinished); what is deleted before its end has failed.
 */
import { Subject, Subscription, filter, firstValueFrom, startWith } from 'rxjs';
import type { Job, KubeObject, Pod } from '../api/index.js';
import type { Api, WatchEvent } from '../client/index.js';

export type End = 'running' | 'succeeded' | 'failed';

export interface Ends {
  /** Resolves when each of the objects has ended. */
  untilAll(objects: readonly KubeObject[]): Promise<void>;
  of(object: KubeObject): End;
  stop(): void;
}

/** A Job, or a pod that is not always restarted. */
export function canEnd(object: KubeObject): boolean {
  if (object.kind === 'Job') return true;
  return object.kind === 'Pod' && (object as Pod).spec.restartPolicy !== 'Always';
}

/** Follows pods and Jobs from now on. */
export function followEnds(api: Api): Ends {
  const ends = new Map<string, End>();
  const changes$ = new Subject<void>();
  const follow =
    <T extends KubeObject>(endOf: (object: T) => End) =>
    (change: WatchEvent<T>): void => {
      if (change.type === 'BOOKMARK') return;
      const { uid } = change.object.metadata;
      const end = endOf(change.object);
      if (end !== 'running') ends.set(uid, end);
      else if (change.type === 'DELETED' && !ends.has(uid)) ends.set(uid, 'failed');
      changes$.next();
    };
  const subscription = new Subscription();
  subscription.add(api.watch('Pod').subscribe(follow(podEnd)));
  subscription.add(api.watch('Job').subscribe(follow(jobEnd)));
  const of = ({ metadata }: KubeObject): End => ends.get(metadata.uid) ?? 'running';
  return {
    of,
    untilAll: async (objects) => {
      const haveEnded = () => objects.every((object) => of(object) !== 'running');
      await firstValueFrom(changes$.pipe(startWith(undefined), filter(haveEnded)));
    },
    stop: () => subscription.unsubscribe(),
  };
}

export const podEnd = ({ status }: Pod): End => {
  if (status.phase === 'Succeeded') return 'succeeded';
  return status.phase === 'Failed' ? 'failed' : 'running';
};

const jobEnd = ({ status }: Job): End => {
  for (const { type, status: value } of status.conditions ?? []) {
    if (value !== 'True') continue;
    if (type === 'Complete') return 'succeeded';
    if (type === 'Failed') return 'failed';
  }
  return 'running';
};
