/** When a schedule is due: the grammar and the arithmetic of CronJobs' schedules. Pure; never asks for the time. */
export { CronError } from './cronError.js';
export type { CronFields, Field as CronField } from './field.js';
export { parseSchedule, type CronSchedule } from './schedule.js';
export { loadTimeZone, UTC, type TimeZone } from './timeZone.js';
