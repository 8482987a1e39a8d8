/** When a finished Job has to go. Pure. Models: ttlafterfinished_controller.go#timeLeft (v1.36; JB-80) */
import type { Job } from '../../api/index.js';
import { timeMs } from '../pods.js';

/** Milliseconds until the Job expires, not above 0 when it has; undefined when it does not expire, or is on its way. */
export const expiresInMs = ({ metadata, spec, status }: Job, nowMs: number): number | undefined => {
  if (spec.ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp !== undefined)
    return undefined;
  const end = status.conditions?.find(
    (condition) =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );
  const finishedMs = timeMs(end?.lastTransitionTime);
  return finishedMs === undefined ? undefined : finishedMs + spec.ttlSecondsAfterFinished * 1000 - nowMs;
};
