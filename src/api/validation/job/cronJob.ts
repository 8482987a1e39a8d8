/**
 * Rules of CronJobs.
 *
 * Models: pkg/apis/batch/validation/validation.go#ValidateCronJobCreate,ValidateCronJobUpdate (v1.36); spec controllers.md
 * CJ-44, CJ-46
 */
import { CronError, loadTimeZone, parseSchedule } from '../../cron/index.js';
import { jsonEqual } from '../../patch/index.js';
import type { JobSpec } from '../../schema/kinds/job.js';
import type { CronJob, CronJobSpec, JobTemplateSpec } from '../../schema/kinds/workload/cronJob.js';
import type { FieldErrors } from '../fieldErrors.js';
import { validateJobSpec } from './spec.js';
import { indexWarnings } from './warnings.js';
import { checkLabelName } from '../names.js';
import { podWarnings } from '../pod/warnings.js';

/** A Job is called after its CronJob and the minute of its run: 11 more of the 63 characters of a label. */
const MAX_NAME_LENGTH = 52;

export const validateCronJob = ({ metadata, spec }: CronJob, errors: FieldErrors): void => {
  validateSpec(spec, undefined, errors);
  if (metadata.name.length > MAX_NAME_LENGTH)
    errors.invalid('metadata.name', metadata.name, `must be no more than ${MAX_NAME_LENGTH} characters`);
};

/** Names are not looked at again: objects from before the limit may be changed. */
export const validateCronJobUpdate = ({ spec }: CronJob, old: CronJob, errors: FieldErrors): void => {
  if (spec !== old.spec) validateSpec(spec, old.spec, errors);
};

const validateSpec = (spec: CronJobSpec, old: CronJobSpec | undefined, errors: FieldErrors): void => {
  validateSchedule(spec, old, errors);
  validateTimeZone(spec.timeZone, old, errors);
  errors.nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  const policy = spec.concurrencyPolicy as string;
  if (!['Allow', 'Forbid', 'Replace'].includes(policy))
    errors.notSupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']);
  validateJobTemplate(spec.jobTemplate, errors);
  errors.nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  errors.nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
};

/** A zone within the schedule is only kept where it stood before. */
const validateSchedule = (
  { schedule, timeZone }: CronJobSpec,
  old: CronJobSpec | undefined,
  errors: FieldErrors,
): void => {
  const path = 'spec.schedule';
  if (!schedule) {
    errors.required(path);
    return;
  }
  const problem = scheduleProblem(schedule);
  if (problem !== undefined) errors.invalid(path, schedule, problem);
  if (!schedule.includes('TZ')) return;
  if (old?.schedule.includes('TZ') !== true)
    errors.invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  else if (timeZone !== undefined)
    errors.invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule');
};

const scheduleProblem = (schedule: string): string | undefined => {
  try {
    parseSchedule(schedule);
    return undefined;
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
};

/** Source: validation.go validTimeZoneCharacters, which are those of the file names that zones have. */
const ZONE_PART = /^[A-Za-z._0-9+-]{1,14}$/;

const validateTimeZone = (
  timeZone: string | undefined,
  old: CronJobSpec | undefined,
  errors: FieldErrors,
): void => {
  if (timeZone === undefined || (old !== undefined && old.timeZone === timeZone)) return;
  const path = 'spec.timeZone';
  if (timeZone === '') errors.invalid(path, timeZone, 'timeZone must be nil or non-empty string');
  else if (timeZone.split('/').some((part) => !ZONE_PART.test(part) || /^(?:\.\.?$|-)/.test(part)))
    errors.invalid(path, timeZone, `unknown time zone ${timeZone}`);
  else if (timeZone.toLowerCase() === 'local')
    errors.invalid(
      path,
      timeZone,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    );
  else if (!loadTimeZone(timeZone)) errors.invalid(path, timeZone, `unknown time zone ${timeZone}`);
};

const validateJobTemplate = ({ spec }: JobTemplateSpec, errors: FieldErrors): void => {
  const path = 'spec.jobTemplate.spec';
  validateJobSpec(withPolicies(spec), path, errors);
  if (spec.selector !== undefined)
    errors.invalid(`${path}.selector`, spec.selector, '`selector` will be auto-generated');
  if (spec.manualSelector === true)
    errors.notSupported(`${path}.manualSelector`, spec.manualSelector, ['nil', 'false']);
};

/** What the rules of a Job read, which is filled in only when the Job is created. */
const withPolicies = (spec: JobTemplateSpec['spec']): JobSpec =>
  ({
    ...spec,
    completionMode: spec.completionMode ?? 'NonIndexed',
    podReplacementPolicy:
      spec.podReplacementPolicy ?? (spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
  }) as JobSpec;

const TZ_WARNING =
  'CRON_TZ or TZ used in spec.schedule is not officially supported, see ' +
  'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';

/** Models: pkg/registry/batch/cronjob/strategy.go#WarningsOnCreate, #WarningsOnUpdate (v1.36) */
export const cronJobWarnings = ({ metadata, spec }: CronJob, old: CronJob | undefined): readonly string[] => {
  const warnings: string[] = [];
  const problems = old === undefined && metadata.name ? checkLabelName(metadata.name) : [];
  if (problems.length > 0)
    warnings.push(
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
        `a DNS label is recommended: [${problems.join(' ')}]`,
    );
  const { template } = spec.jobTemplate.spec;
  warnings.push(...indexWarnings(spec.jobTemplate.spec, 'spec.jobTemplate.spec'));
  if (old === undefined || !jsonEqual(old.spec.jobTemplate.spec.template, template))
    warnings.push(
      ...podWarnings(template.metadata, template.spec, {
        metadata: 'spec.jobTemplate.spec.template.metadata',
        spec: 'spec.jobTemplate.spec.template.spec',
      }),
    );
  if (spec.schedule.includes('TZ')) warnings.push(TZ_WARNING);
  return warnings;
};
