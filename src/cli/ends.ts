/**
 * Which objects come to an end by themselves, and how each of them ended. What has ended stays ended, though it may be
 * deleted afterwards (a Job with ttlSecondsAfterFinished); what is deleted before its end has failed.
 */
import { Subject, Subscription, filter, firstValueFrom, startWith } from 'rxjs';
import type { ContainerStatus, Job, KubeObject, Pod } from '../api/index.js';
import type { Api, WatchEvent } from '../client/index.js';

export type End = 'running' | 'succeeded' | 'failed';

export interface Ends {
  /** Resolves when each of the objects has ended. */
  untilAll(objects: readonly KubeObject[]): Promise<void>;
  of(object: KubeObject): End;
  /** Why it has not succeeded, for people. */
  why(object: KubeObject): string;
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
  const latest = new Map<string, KubeObject>();
  const changes$ = new Subject<void>();
  const follow =
    <T extends KubeObject>(endOf: (object: T) => End) =>
    (change: WatchEvent<T>): void => {
      if (change.type === 'BOOKMARK') return;
      const { uid } = change.object.metadata;
      latest.set(uid, change.object);
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
    why: (object) => {
      const end = of(object);
      const reason = reasonOf(latest.get(object.metadata.uid) ?? object);
      if (end === 'running') return reason === undefined ? 'it has not ended' : `it has not ended: ${reason}`;
      return reason ?? 'it was deleted';
    },
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

const reasonOf = (object: KubeObject): string | undefined => {
  if (object.kind === 'Job') return failedCondition((object as Job).status.conditions);
  return object.kind === 'Pod' ? podReason((object as Pod).status) : undefined;
};

const failedCondition = (conditions: Job['status']['conditions'] = []): string | undefined => {
  const failed = conditions.find(({ type, status }) => type === 'Failed' && status === 'True');
  return failed && textOf(failed);
};

/** The pod's own reason (Evicted, DeadlineExceeded), else that of the first container that has one. */
const podReason = ({ reason, message, ...status }: Pod['status']): string | undefined => {
  if (reason) return textOf({ reason, message });
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return containers.map(containerReason).find((text) => text !== undefined);
};

const containerReason = ({ name, state }: ContainerStatus): string | undefined => {
  const { waiting, terminated } = state ?? {};
  if (terminated !== undefined && terminated.exitCode !== 0)
    return `container ${name} ended with exit code ${terminated.exitCode} (${textOf(terminated)})`;
  return waiting?.reason ? `container ${name} waits (${textOf(waiting)})` : undefined;
};

const textOf = ({ reason, message }: { readonly reason?: string; readonly message?: string }): string =>
  [reason, message].filter(Boolean).join(': ');
