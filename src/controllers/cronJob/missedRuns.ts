/**
 * Which runs of a schedule lie between the last that was started and now. Pure.
 *
 * Models: pkg/controller/cronjob/utils.go#mostRecentScheduleTime,nextScheduleTimeDuration (v1.36; CJ-30 to CJ-32, CJ-20)
 */
import type { CronSchedule } from '../../api/index.js';

/** Times in ms since the epoch. */
export interface Since {
  /** The last run, or the creation of the CronJob. */
  readonly earliestMs: number;
  readonly nowMs: number;
  /** Runs before now less this are not looked for; undefined: all are. */
  readonly deadlineMs: number | undefined;
}

export interface MissedRuns {
  /** Where the search began. */
  readonly earliestMs: number;
  /** The latest run that is due; undefined: none. */
  readonly latestMs: number | undefined;
  /** Estimated from the distance of the first two; 0 where only one run is due, which is not late. */
  readonly count: number;
}

/** Upstream's text, of the event InvalidSchedule. */
const TOO_CLOSE = 'time difference between two schedules is less than 1 second';
/** A wake comes so much after the time of the schedule. Source: cronjob_controllerv2.go nextScheduleDelta. */
const DELTA_MS = 100;

/** @returns the runs, or why there are none: the schedule is never due */
export const missedRuns = (schedule: CronSchedule, since: Since): MissedRuns | string => {
  const { nowMs, deadlineMs } = since;
  const earliestMs = Math.max(since.earliestMs, deadlineMs === undefined ? -Infinity : nowMs - deadlineMs);
  const first = schedule.next(earliestMs);
  if (first === undefined) return TOO_CLOSE;
  if (nowMs < first) return { earliestMs, latestMs: undefined, count: 0 };
  const second = schedule.next(first);
  if (second === undefined) return TOO_CLOSE;
  if (nowMs < second) return { earliestMs, latestMs: first, count: 0 };
  const gapMs = second - first;
  const count = Math.floor((nowMs - first) / gapMs) + 1;
  // From just before the estimated last: a regular schedule needs one step, however much was missed.
  let latestMs: number | undefined;
  let next = schedule.next(first + (count - 2) * gapMs);
  while (next !== undefined && next <= nowMs) {
    latestMs = next;
    next = schedule.next(next);
  }
  return { earliestMs, latestMs, count };
};

/** How long until the schedule is worth a look, whatever is due now; undefined: never. */
export const untilNextMs = (schedule: CronSchedule, since: Omit<Since, 'deadlineMs'>): number | undefined =>
  untilAfterMs(schedule, missedRuns(schedule, { ...since, deadlineMs: undefined }), since.nowMs);

/** The same, from all runs that were missed. */
export const untilAfterMs = (
  schedule: CronSchedule,
  runs: MissedRuns | string,
  nowMs: number,
): number | undefined => {
  const baseMs =
    typeof runs === 'string' ? nowMs : (runs.latestMs ?? (runs.count === 0 ? runs.earliestMs : nowMs));
  const next = schedule.next(baseMs);
  return next === undefined ? undefined : next + DELTA_MS - nowMs;
};
