/** A schedule that cannot be read. Its message is upstream's, as the API answers it and as events show it. */
export class CronError extends Error {
  override readonly name = 'CronError';
}
