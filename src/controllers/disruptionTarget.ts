/**
 * The condition that says why a pod is taken away, as a strategic merge patch of its status. Pure.
 *
 * Models: pkg/api/v1/pod/util.go#UpdatePodCondition (v1.36)
 */
import { transition, type Pod, type PodCondition } from '../api/index.js';

export const disruptionTarget = (
  pod: Pod,
  nowMs: number,
  { reason, message }: { readonly reason: string; readonly message: string },
): { readonly conditions: readonly PodCondition[] } => {
  const computed = { type: 'DisruptionTarget', status: 'True', reason, message } as const;
  const at = { nowMs, observedGeneration: pod.metadata.generation };
  return { conditions: [transition(pod.status.conditions ?? [], computed, at)] };
};
