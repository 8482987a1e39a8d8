/**
 * Forgets changes that are older than five to ten minutes: who resumes a watch or a list from further back is told 410
 * and begins anew, as by a real API server.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go (v1.36)
 */
import type { Clock, Timer } from '../../../clock/index.js';
import type { Store } from '../../../store/index.js';

/** Source: kube-apiserver --etcd-compaction-interval. */
const INTERVAL_MS = 300_000;

export const compactHistory = (store: Store, clock: Clock): { stop(): void } => {
  let timer: Timer;
  let { revision } = store;
  const wait = (): void => {
    timer = clock.setTimeout(() => {
      store.compact(revision);
      ({ revision } = store);
      wait();
    }, INTERVAL_MS);
  };
  wait();
  return { stop: () => clock.clearTimeout(timer) };
};
