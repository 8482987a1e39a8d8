/**
 * The arithmetic of a container's back-offs: after crashes, and after failed pulls. Pure.
 *
 * Models: client-go/util/flowcontrol/backoff.go, kuberuntime_manager.go doBackOff (v1.36; spec node.md 2.6, 3.4).
 */

export interface ContainerExit {
  readonly containerId: string;
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string | undefined;
  /** ms since the epoch; 0: it never started. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** An entry of a back-off: the current delay, and when it was last raised. `delayMs` 0: no entry. */
export interface BackOff {
  readonly delayMs: number;
  readonly raisedAtMs: number;
}
export const emptyBackOff: BackOff = { delayMs: 0, raisedAtMs: 0 };

/** Source: kubelet.go newCrashLoopBackOff, MaxContainerBackOff, imageBackOffPeriod. */
const INITIAL_BACK_OFF_MS = 10_000;
const MAX_PULL_BACK_OFF_MS = 300_000;
/** An entry that was not raised for this long is forgotten: a container that ran longer starts over. */
const BACK_OFF_EXPIRY_MS = 600_000;

interface Backing {
  readonly crashBackOff: BackOff;
  readonly crashBackOffMaxMs: number;
  readonly exit: ContainerExit | undefined;
  readonly previousExit: ContainerExit | undefined;
  readonly killCause: string | undefined;
}

const isExpired = (backOff: BackOff, atMs: number): boolean =>
  backOff.delayMs === 0 || atMs - backOff.raisedAtMs > BACK_OFF_EXPIRY_MS;

/** Kills that are decided, together with the restart, on what was seen before them. */
const DECIDED_BEFORE = new Set<string | undefined>(['liveness', 'startup', 'changed']);

/**
 * The exit that the back-off is counted from. A restart after a failed probe is decided on what was seen before the
 * kill, so it looks at the instance before: the first such restart comes at once.
 */
const consultedExit = (container: Backing): ContainerExit | undefined =>
  DECIDED_BEFORE.has(container.killCause) ? container.previousExit : container.exit;

/** How long the container must still wait after its last exit, in ms; 0 when it may start at once. */
export const crashBackOffRemainingMs = (container: Backing): number => {
  const consulted = consultedExit(container);
  const last = container.exit;
  if (!consulted || !last || isExpired(container.crashBackOff, consulted.finishedAt)) return 0;
  const { delayMs } = container.crashBackOff;
  return last.finishedAt - consulted.finishedAt < delayMs ? delayMs : 0;
};

/** The entry after a start: doubled, up to the maximum; from the beginning when it had expired. */
export const advancedCrashBackOff = (container: Backing): BackOff => {
  const consulted = consultedExit(container);
  if (!consulted || !container.exit) return container.crashBackOff;
  const waitedMs = crashBackOffRemainingMs(container);
  const raisedAtMs = container.exit.finishedAt + waitedMs;
  const counted = waitedMs > 0 ? container.exit : consulted;
  const delayMs = isExpired(container.crashBackOff, counted.finishedAt)
    ? INITIAL_BACK_OFF_MS
    : container.crashBackOff.delayMs * 2;
  return { delayMs: Math.min(delayMs, container.crashBackOffMaxMs), raisedAtMs };
};

/** The entry after a failed pull at `atMs`. */
export const advancedPullBackOff = (backOff: BackOff, atMs: number): BackOff => ({
  delayMs: isExpired(backOff, atMs)
    ? INITIAL_BACK_OFF_MS
    : Math.min(backOff.delayMs * 2, MAX_PULL_BACK_OFF_MS),
  raisedAtMs: atMs,
});

/** What remains of a pull back-off after the first `waitedMs`, rounded up to the raster of the pod's syncs. */
export const pullBackOffRemainingMs = (backOff: BackOff, waitedMs: number): number =>
  Math.max(0, Math.ceil((backOff.delayMs - waitedMs) / waitedMs) * waitedMs);
