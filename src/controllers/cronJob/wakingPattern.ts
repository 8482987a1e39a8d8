/**
 * When an alarm has to look at a schedule: at its minutes and hours, on every day. It only wakes: whether a run is due is
 * computed from the schedule, so a day too many does no harm, and the rules that differ between parsers do not matter.
 */
import type { CronField, CronFields } from '../../api/index.js';

export const wakingPattern = ({ minute, hour }: CronFields): string | undefined => {
  const [minutes, hours] = [listOf(minute), listOf(hour)];
  return minutes === '' || hours === '' ? undefined : `${minutes} ${hours} * * *`;
};

const listOf = ({ allows }: CronField): string =>
  allows.every(Boolean) ? '*' : allows.flatMap((isAllowed, value) => (isAllowed ? [value] : [])).join();
