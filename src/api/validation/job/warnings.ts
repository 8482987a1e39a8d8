/** What upstream warns of in Jobs. Models: pkg/api/job/warnings.go, pkg/registry/batch/job/strategy.go (v1.36) */
import type { Job, JobSpec } from '../../schema/kinds/job.js';
import { templateWarnings } from '../workload.js';

const MANY_COMPLETIONS = 100_000;
const MUCH_PARALLELISM = 10_000;
const TOO_MANY_INDEXES =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, ' +
  'Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

/** @param path of the spec */
export const indexWarnings = (
  spec: Pick<JobSpec, 'completions'> & { readonly completionMode?: string; readonly parallelism?: number },
  path: string,
): readonly string[] =>
  spec.completionMode === 'Indexed' &&
  (spec.completions ?? 0) > MANY_COMPLETIONS &&
  (spec.parallelism ?? 0) > MUCH_PARALLELISM
    ? [`${path}: ${TOO_MANY_INDEXES}`]
    : [];

/** Of the spec only when it is new. */
export const jobWarnings = (job: Job, old: Job | undefined): readonly string[] => {
  const { completions, parallelism } = job.spec;
  const isNew = completions !== old?.spec.completions || parallelism !== old?.spec.parallelism;
  return [...(isNew ? indexWarnings(job.spec, 'spec') : []), ...templateWarnings(job, old)];
};
