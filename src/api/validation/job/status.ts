/**
 * Rules of a Job's status: what is counted stays counted, and a Job ends once and in one way.
 *
 * Models: pkg/apis/batch/validation/validation.go#validateJobStatus, #ValidateJobStatusUpdate (v1.36; JB-76)
 */
import type { Job, JobStatus } from '../../schema/kinds/job.js';
import { OMITTED, type FieldErrors } from '../fieldErrors.js';
import { checkIndexes, firstCommonIndex } from './indexes.js';

const CONDITIONS = 'status.conditions';
/** Once true, these stay. */
const TERMINAL = ['Failed', 'Complete', 'FailureTarget', 'SuccessCriteriaMet'] as const;

const has = ({ conditions = [] }: JobStatus, type: string): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === 'True');
const hasEnded = (status: JobStatus): boolean => has(status, 'Complete') || has(status, 'Failed');

export const validateJobStatus = (job: Job, old: Job, errors: FieldErrors): void => {
  validateNumbers(job.status, errors);
  validateConditions(job.status, errors);
  if (hasEnded(job.status)) validateEnd(job, errors);
  validateIndexes(job, errors);
  validateChange(job, old, errors);
};

const validateNumbers = (status: JobStatus, errors: FieldErrors): void => {
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    errors.nonNegative(`status.${field}`, status[field]);
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const)
    status.uncountedTerminatedPods?.[list]?.forEach((uid, index) => {
      const path = `status.uncountedTerminatedPods.${list}[${index}]`;
      if (uid === '') errors.invalid(path, uid, 'must not be empty');
      else if (seen.has(uid)) errors.duplicate(path, uid);
      seen.add(uid);
    });
  if (status.ready !== undefined && status.ready > (status.active ?? 0))
    errors.invalid('status.ready', status.ready, 'cannot set more ready pods than active');
};

const validateConditions = (status: JobStatus, errors: FieldErrors): void => {
  const { completionTime, startTime } = status;
  const exclude = (one: string, other: string): void => {
    if (has(status, one) && has(status, other))
      errors.invalid(CONDITIONS, OMITTED, `cannot set ${one}=True and ${other}=true conditions`);
  };
  const presume = (one: string, other: string): void => {
    if (has(status, one) && !has(status, other))
      errors.invalid(
        CONDITIONS,
        OMITTED,
        `cannot set ${one}=True condition without the ${other}=true condition`,
      );
  };
  exclude('Complete', 'Failed');
  exclude('Complete', 'FailureTarget');
  exclude('SuccessCriteriaMet', 'Failed');
  exclude('SuccessCriteriaMet', 'FailureTarget');
  presume('Failed', 'FailureTarget');
  presume('Complete', 'SuccessCriteriaMet');
  const path = 'status.completionTime';
  if (has(status, 'Complete') && completionTime === undefined)
    errors.required(path, 'completionTime is required for Complete jobs');
  if (completionTime === undefined) return;
  if (!has(status, 'Complete'))
    errors.invalid(
      path,
      completionTime,
      'cannot set completionTime when there is no Complete=True condition',
    );
  if (startTime !== undefined && completionTime < startTime)
    errors.invalid(path, completionTime, 'completionTime cannot be set before startTime');
};

/** What a Job that has ended cannot have any more. */
const validateEnd = ({ spec, status }: Job, errors: FieldErrors): void => {
  const { active = 0, terminating = 0, startTime, uncountedTerminatedPods: uncounted } = status;
  if (active > 0) errors.invalid('status.active', active, 'active>0 is invalid for finished job');
  if (terminating > 0)
    errors.invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job');
  const isEmptyAndSuspended = spec.suspend && spec.completions === 0;
  if (startTime === undefined && !isEmptyAndSuspended)
    errors.required('status.startTime', 'startTime is required for finished job');
  if ((uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0)
    errors.invalid(
      'status.uncountedTerminatedPods',
      uncounted,
      'uncountedTerminatedPods needs to be empty for finished job',
    );
};

const validateIndexes = ({ spec, status }: Job, errors: FieldErrors): void => {
  const { completedIndexes = '', failedIndexes } = status;
  const check = (field: 'completedIndexes' | 'failedIndexes', text: string): void => {
    const result = checkIndexes(text, spec.completions ?? 0);
    if ('problem' in result)
      errors.invalid(`status.${field}`, text, `error parsing ${field}: ${result.problem}`);
  };
  if (spec.completionMode !== 'Indexed') {
    if (completedIndexes !== '')
      errors.invalid(
        'status.completedIndexes',
        completedIndexes,
        'cannot set non-empty completedIndexes when non-indexed completion mode',
      );
  } else check('completedIndexes', completedIndexes);
  if (failedIndexes === undefined) return;
  if (spec.backoffLimitPerIndex === undefined)
    errors.invalid(
      'status.failedIndexes',
      failedIndexes,
      'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    );
  else check('failedIndexes', failedIndexes);
  const both = firstCommonIndex(completedIndexes, failedIndexes, spec.completions ?? 0);
  if (both !== undefined)
    errors.invalid(
      'status.failedIndexes',
      failedIndexes,
      `failedIndexes and completedIndexes overlap at index: ${both}`,
    );
};

const validateChange = ({ spec, status }: Job, { status: old }: Job, errors: FieldErrors): void => {
  for (const type of TERMINAL)
    if (has(old, type) && !has(status, type))
      errors.invalid(CONDITIONS, OMITTED, `cannot disable the terminal ${type}=True condition`);
  const { completions, parallelism } = spec;
  const mayShrink = spec.completionMode === 'Indexed' && completions === parallelism;
  if ((status.failed ?? 0) < (old.failed ?? 0))
    errors.invalid('status.failed', status.failed ?? 0, 'cannot decrease the failed counter');
  if ((status.succeeded ?? 0) < (old.succeeded ?? 0) && !mayShrink)
    errors.invalid('status.succeeded', status.succeeded ?? 0, 'cannot decrease the succeeded counter');
  const { completionTime } = status;
  // That a Job that is complete keeps one is said above.
  const isMoved = completionTime !== undefined && completionTime !== old.completionTime;
  if (old.completionTime !== undefined && isMoved)
    errors.invalid('status.completionTime', completionTime, 'completionTime cannot be mutated');
  const isSuspension = spec.suspend || has(old, 'Suspended') !== has(status, 'Suspended');
  if (old.startTime === undefined || status.startTime === old.startTime || isSuspension) return;
  if (status.startTime === undefined)
    errors.required('status.startTime', 'startTime cannot be removed for unsuspended job');
  else errors.required('status.startTime', 'startTime cannot be updated for unsuspended job');
};
