/** Alarms of the machine's own clock, by node-cron, which is loaded when they are first wanted. */
import type { Alarms } from './port.js';

export const createCronAlarms = async (): Promise<Alarms> => {
  const { schedule } = await import('node-cron');
  return {
    start: (pattern, timeZone, callback) => {
      // What was missed while the machine slept is told late rather than not at all.
      const task = schedule(pattern, callback, { timezone: timeZone, suppressMissedWarning: true });
      task.on('execution:missed', callback);
      return { stop: () => void task.destroy() };
    },
  };
};
