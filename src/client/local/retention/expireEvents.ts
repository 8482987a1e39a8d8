/**
 * Events are kept for a while only: one that nobody has written for that long is deleted, within a minute.
 *
 * Models: the time to live of kube-apiserver's `--event-ttl`, with leases that are shared by the writes of a minute
 * (staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go, v1.36)
 */
import type { Clock, Timer } from '../../../clock/index.js';
import type { Store } from '../../../store/index.js';

export interface EventExpiry {
  stop(): void;
}

const EVENTS = 'events';
/** Source: lease_manager.go#defaultLeaseReuseDurationSeconds. */
const SHARED_MS = 60_000;

/** @param ttlMs since the last write; Infinity: for ever. */
export const expireEvents = (store: Store, clock: Clock, ttlMs: number): EventExpiry => {
  if (ttlMs === Infinity) return { stop: () => {} };
  /** By uid, in the order in which they are due. */
  const events = new Map<string, { readonly namespace: string; readonly name: string; dueMs: number }>();
  let timer: Timer;

  const expire = (): void => {
    timer = undefined;
    const nowMs = clock.now();
    for (const [uid, { namespace, name, dueMs }] of events) {
      if (dueMs > nowMs) break;
      events.delete(uid);
      const event = store.get(EVENTS, namespace, name);
      if (event?.metadata.uid === uid) store.delete(EVENTS, event);
    }
    wait();
  };
  const wait = (): void => {
    for (const { dueMs } of events.values()) {
      timer = clock.setTimeout(expire, dueMs - clock.now());
      return;
    }
  };

  const watching = store.watch(EVENTS).subscribe((change) => {
    if (change.type === 'synced') return;
    const { uid, namespace = '', name } = change.object.metadata;
    events.delete(uid);
    if (change.type === 'deleted') return;
    const dueMs = Math.ceil((clock.now() + ttlMs) / SHARED_MS) * SHARED_MS;
    events.set(uid, { namespace, name, dueMs });
    if (timer === undefined) wait();
  });
  return {
    stop: () => {
      watching.unsubscribe();
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
};
