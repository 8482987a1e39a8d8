/**
 * How long a pod may stay on a node with NoExecute taints. Pure.
 *
 * Models: pkg/controller/tainteviction/taint_eviction.go#processPodOnNode,getMinTolerationTime (v1.36; NL-32)
 */
import { toleratesTaint, type Node, type Taint, type Toleration } from '../../api/index.js';
import type { Toleration as Verdict } from '../../../machines/taintEviction.js';

const NO_TAINTS: readonly Taint[] = [];

export const noExecuteTaintsOf = (node: Node): readonly Taint[] => {
  const { taints } = node.spec;
  if (taints === undefined || !taints.some(({ effect }) => effect === 'NoExecute')) return NO_TAINTS;
  return taints.filter(({ effect }) => effect === 'NoExecute');
};

export const areSameTaints = (a: readonly Taint[], b: readonly Taint[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((taint, index) => {
      const other = b[index];
      return (
        taint.key === other?.key &&
        (taint.value ?? '') === (other.value ?? '') &&
        taint.timeAdded === other.timeAdded
      );
    }));

export interface TolerationVerdict {
  readonly toleration: Verdict;
  /** 0 unless it is limited. */
  readonly tolerationMs: number;
}

export const tolerationOf = (
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[],
): TolerationVerdict => {
  if (taints.length === 0) return { toleration: 'untainted', tolerationMs: 0 };
  const used: Toleration[] = [];
  for (const taint of taints) {
    const matching = tolerations?.find((toleration) => toleratesTaint(toleration, taint));
    if (!matching) return { toleration: 'untolerated', tolerationMs: 0 };
    used.push(matching);
  }
  const seconds = minTolerationSeconds(used);
  return seconds === undefined
    ? { toleration: 'forever', tolerationMs: 0 }
    : { toleration: 'limited', tolerationMs: seconds * 1000 };
};

/** The shortest of the tolerations; undefined: forever; 0 when there is none, or for one that is not positive. */
export const minTolerationSeconds = (tolerations: readonly Toleration[]): number | undefined => {
  if (tolerations.length === 0) return 0;
  let least: number | undefined;
  for (const { tolerationSeconds } of tolerations) {
    if (tolerationSeconds === undefined) continue;
    least = Math.min(least ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds));
  }
  return least;
};
