/**
 * How long a node that keeps failing its daemon pod waits for the next one: pure rules that the chart and the reconcile
 * function share.
 *
 * Models: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go (v1.36; DS-25)
 */

/** What is remembered of a node: the delay after the last failed pod that was killed there, and when that was. */
export interface FailedPodBackOff {
  readonly delayMs: number;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}
/** By `generation/node`: a DaemonSet that changes starts afresh. */
export type FailedPodBackOffs = Readonly<Record<string, FailedPodBackOff>>;

/** Source: cmd/kube-controller-manager/app/apps.go#startDaemonSetController. */
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** After so long without a failure it is forgotten. Source: backoff.go#hasExpired. */
const FORGOTTEN_AFTER_MS = 2 * LONGEST_DELAY_MS;

const isForgotten = ({ sinceMs }: FailedPodBackOff, at: number): boolean => at - sinceMs > FORGOTTEN_AFTER_MS;

/** Whether a failed pod must be left in place for now. */
export const isBackingOff = (backOff: FailedPodBackOff | undefined, at: number): boolean =>
  backOff !== undefined && !isForgotten(backOff, at) && at - backOff.sinceMs < backOff.delayMs;

/** After failed pods were killed: 1 s, doubled each time, at most 15 min. What is forgotten is left out. */
export const afterKilling = (
  backOffs: FailedPodBackOffs,
  killed: readonly string[],
  at: number,
): FailedPodBackOffs => {
  if (killed.length === 0) return backOffs;
  const next: Record<string, FailedPodBackOff> = {};
  for (const [key, backOff] of Object.entries(backOffs)) if (!isForgotten(backOff, at)) next[key] = backOff;
  for (const key of killed) {
    const delayMs = next[key] ? Math.min(next[key].delayMs * 2, LONGEST_DELAY_MS) : FIRST_DELAY_MS;
    next[key] = { delayMs, sinceMs: at };
  }
  return next;
};
