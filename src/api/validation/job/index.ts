/** Rules of Jobs. */
export { generatedLabels, validateJob, validateJobSpec, validateJobUpdate } from './spec.js';
export { validateJobStatus } from './status.js';
