/**
 * What a command has seen of its cluster: the pods as they are, the latest events, and counts for the summary. Fed by
 * watches; decides nothing.
 */
import { Subject, Subscription, type Observable } from 'rxjs';
import type { Event, Pod } from '../../api/index.js';
import type { Api } from '../../client/index.js';

/** How many events the status screen may show. */
const RECENT_EVENTS = 50;

export interface Summary {
  /** Pods that there were, deleted ones too. */
  readonly pods: number;
  /** Restarts of containers, in deleted pods too. */
  readonly restarts: number;
  /** How often each event reason was reported, most frequent first. */
  readonly events: Readonly<Record<string, number>>;
}

export interface ClusterRecord {
  /** Pods that exist, by namespace and name. */
  pods(): readonly Pod[];
  recentEvents(): readonly Event[];
  /** Each pod that changed or went. */
  readonly pods$: Observable<{ readonly pod: Pod; readonly isDeleted: boolean }>;
  /** Each event, and again when its count grows. */
  readonly events$: Observable<Event>;
  summary(): Summary;
  stop(): void;
}

/** Starts to record. The streams begin with what is there already; subscribe before anything is applied. */
export function createRecord(api: Api): ClusterRecord {
  const pods = new Map<string, Pod>();
  const restarts = new Map<string, number>();
  const counts = new Map<string, { reason: string; count: number }>();
  const recent: Event[] = [];
  const pods$ = new Subject<{ pod: Pod; isDeleted: boolean }>();
  const events$ = new Subject<Event>();
  const subscription = new Subscription();

  const onPod = (pod: Pod, isDeleted: boolean): void => {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (isDeleted) pods.delete(key);
    else pods.set(key, pod);
    restarts.set(pod.metadata.uid ?? key, restartsOf(pod));
    pods$.next({ pod, isDeleted });
  };
  const onEvent = (event: Event): void => {
    const key = `${event.metadata.namespace}/${event.metadata.name}`;
    counts.set(key, { reason: event.reason ?? '', count: event.count ?? 1 });
    recent.push(event);
    if (recent.length > RECENT_EVENTS) recent.shift();
    events$.next(event);
  };
  subscription.add(
    api.watch('Pod').subscribe((change) => {
      if (change.type !== 'BOOKMARK') onPod(change.object, change.type === 'DELETED');
    }),
  );
  subscription.add(
    api.watch('Event').subscribe((change) => {
      if (change.type === 'ADDED' || change.type === 'MODIFIED') onEvent(change.object);
    }),
  );
  return {
    pods: () => [...pods.keys()].sort().map((key) => pods.get(key) as Pod),
    recentEvents: () => recent,
    pods$,
    events$,
    summary: () => ({
      pods: restarts.size,
      restarts: [...restarts.values()].reduce((sum, count) => sum + count, 0),
      events: countsByReason(counts.values()),
    }),
    stop: () => subscription.unsubscribe(),
  };
}

function countsByReason(events: Iterable<{ reason: string; count: number }>): Record<string, number> {
  const totals = new Map<string, number>();
  for (const { reason, count } of events) totals.set(reason, (totals.get(reason) ?? 0) + count);
  return Object.fromEntries([...totals].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}

export function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
}

export function isReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
}

/** Whether nothing more is expected of the pod: it is Ready, or has ended well. */
export function isSettled(pod: Pod): boolean {
  return isReady(pod) || pod.status?.phase === 'Succeeded';
}
