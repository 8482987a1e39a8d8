/** Gives pods a node. */
export { createScheduler, DEFAULT_SCHEDULER, type Scheduler, type SchedulerOptions } from './scheduler.js';
