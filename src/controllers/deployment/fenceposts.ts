/**
 * How many pods a rolling update may add and take away. Pure.
 *
 * Models: pkg/controller/deployment/util/deployment_util.go#ResolveFenceposts (v1.36)
 */
import type { Deployment } from '../../api/index.js';

export interface Fenceposts {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

type IntOrPercent = number | string | undefined;

const PERCENT = /^(-?[0-9]+)%$/;

/**
 * A number, or a percentage of `total` rounded as told; absent is 0.
 * @throws {RangeError} when a string is no percentage
 */
const resolve = (value: IntOrPercent, total: number, round: (exact: number) => number): number => {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const percent = PERCENT.exec(value)?.[1];
  if (percent === undefined)
    throw new RangeError('invalid value for IntOrString: invalid type: string is not a percentage');
  return round((Number(percent) * total) / 100);
};

/**
 * Surge rounds up, unavailable rounds down; both zero would stall the update, so then one pod may be unavailable
 * (DP-30).
 * @throws {RangeError} when either is a string but no percentage
 */
export const resolveFenceposts = (
  maxSurge: IntOrPercent,
  maxUnavailable: IntOrPercent,
  desired: number,
): Fenceposts => {
  const surge = resolve(maxSurge, desired, Math.ceil);
  const unavailable = resolve(maxUnavailable, desired, Math.floor);
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
};

/** The fenceposts that hold for a Deployment (DP-31): none unless it is a rolling update; never more than its size. */
export const fencepostsOf = (deployment: Deployment): Fenceposts => {
  const { strategy } = deployment.spec;
  const desired = deployment.spec.replicas ?? 1;
  if (strategy?.type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge, maxUnavailable } = resolveFenceposts(
    strategy.rollingUpdate?.maxSurge,
    strategy.rollingUpdate?.maxUnavailable,
    desired,
  );
  return { maxSurge, maxUnavailable: desired === 0 ? 0 : Math.min(maxUnavailable, desired) };
};
