/** CJ-44, CJ-46, api.md §8.2: what is wrong with a CronJob, in the words of the API; most were put to a real API server. */
import * as assert from 'uvu/assert';
import {
  applyDefaults,
  decode,
  fieldErrorBody,
  validateCreate,
  validateUpdate,
  warningsFor,
} from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: validation of CronJobs');

const manifest = (spec: object = {}, name = 'x', jobSpec: object = {}): object => ({
  metadata: { name },
  spec: {
    schedule: '0 0 1 1 *',
    jobTemplate: {
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
        ...jobSpec,
      },
    },
    ...spec,
  },
});
const read = (of: object) => applyDefaults('CronJob', decode('CronJob', of).value);
type Problem = ReturnType<typeof validateCreate>[number];
const told = (problem: Problem): string => `${problem.field}: ${fieldErrorBody(problem)}`;
const errorsOf = (of: object): readonly string[] => validateCreate('CronJob', read(of)).map(told);
const updateErrors = (next: object, old: object): readonly string[] =>
  validateUpdate('CronJob', read(next), read(old)).map(told);

test('CJ-46: what a minimal CronJob is filled up with; its Job is not', () => {
  const { spec } = read(manifest()) as unknown as { spec: Record<string, unknown> };
  const { jobTemplate, ...others } = spec;
  assert.equal(others, {
    schedule: '0 0 1 1 *',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  const job = (jobTemplate as { spec: Record<string, unknown> }).spec;
  assert.equal(Object.keys(job), ['template']);
  const template = job['template'] as { spec: Record<string, unknown> };
  assert.is(template.spec['terminationGracePeriodSeconds'], 30, 'its pods are');
  assert.equal(errorsOf(manifest()), []);
});

test('CJ-41: a schedule that cannot be read', () => {
  const cases: Readonly<Record<string, string>> = {
    '61 * * * *': 'end of range (61) above maximum (59): 61',
    '0 * * * * *': 'expected exactly 5 fields, found 6: [0 * * * * *]',
    soon: 'expected exactly 5 fields, found 1: [soon]',
    '@foo': 'unrecognized descriptor: @foo',
  };
  for (const [schedule, message] of Object.entries(cases))
    assert.equal(errorsOf(manifest({ schedule })), [
      `spec.schedule: Invalid value: "${schedule}": ${message}`,
    ]);
  assert.equal(errorsOf(manifest({ schedule: '' })), ['spec.schedule: Required value']);
  assert.equal(errorsOf(manifest({ schedule: '@every 1h' })), []);
});

test('CJ-44: a zone within the schedule is refused, and kept where it was', () => {
  const inSchedule = manifest({ schedule: 'TZ=UTC 0 0 * * *' });
  const refused =
    'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  assert.equal(errorsOf(inSchedule), [refused]);
  assert.equal(updateErrors(inSchedule, manifest()), [refused]);
  assert.equal(updateErrors(manifest({ schedule: 'TZ=UTC 0 1 * * *' }), inSchedule), []);
  assert.equal(updateErrors(manifest({ schedule: 'TZ=UTC 0 0 * * *', timeZone: 'UTC' }), inSchedule), [
    'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
  ]);
  assert.equal(warningsFor('CronJob', read(inSchedule)), [
    'CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
  ]);
});

test('CJ-46: a time zone must be one', () => {
  const cases: Readonly<Record<string, string>> = {
    '': 'timeZone must be nil or non-empty string',
    'Mars/Olympus': 'unknown time zone Mars/Olympus',
    '../UTC': 'unknown time zone ../UTC',
    '-UTC': 'unknown time zone -UTC',
    'Averylongname/Averyverylongname': 'unknown time zone Averylongname/Averyverylongname',
    Local: 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    local: 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
  };
  for (const [timeZone, message] of Object.entries(cases))
    assert.equal(errorsOf(manifest({ timeZone })), [
      `spec.timeZone: Invalid value: "${timeZone}": ${message}`,
    ]);
  const odd = manifest({ timeZone: 'Mars/Olympus' });
  assert.equal(
    updateErrors(manifest({ timeZone: 'Mars/Olympus', suspend: true }), odd),
    [],
    'only when it changes',
  );
});

test('CJ-46: numbers, policy and name', () => {
  assert.equal(
    errorsOf(
      manifest({
        startingDeadlineSeconds: -1,
        successfulJobsHistoryLimit: -1,
        failedJobsHistoryLimit: -2,
        concurrencyPolicy: 'Maybe',
      }),
    ),
    [
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"',
      'spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.failedJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
    ],
  );
  const name = 'x'.repeat(53);
  assert.equal(errorsOf(manifest({}, name)), [
    `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
  ]);
});

test('CJ-46: the template keeps the rules of a Job, and chooses no pods', () => {
  const selector = { matchLabels: { a: 'b' } };
  assert.equal(errorsOf(manifest({}, 'x', { selector, manualSelector: true })), [
    'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated',
    'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
  ]);
  const template = { spec: { restartPolicy: 'Always', containers: [{ name: 'c', image: 'i' }] } };
  assert.equal(errorsOf(manifest({}, 'x', { template, parallelism: -1 })), [
    'spec.jobTemplate.spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
    'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ]);
  assert.equal(errorsOf(manifest({}, 'x', { completionMode: 'Indexed' })), [
    'spec.jobTemplate.spec.completions: Required value: when completion mode is Indexed',
  ]);
});

test.run();
