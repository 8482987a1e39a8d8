/** Rules of Jobs and CronJobs. */
export { cronJobWarnings, validateCronJob, validateCronJobUpdate } from './cronJob.js';
export { generatedLabels, validateJob, validateJobSpec, validateJobUpdate } from './spec.js';
export { validateJobStatus } from './status.js';
