/**
 * Rules of Jobs and of the templates of CronJobs.
 *
 * Models: pkg/apis/batch/validation/validation.go (v1.36); spec controllers.md JB-71, JB-73 to JB-75
 */
import { jsonEqual } from '../../patch/index.js';
import { jobSpec, type Job, type JobSpec } from '../../schema/kinds/job.js';
import type { PodTemplateSpec } from '../../schema/kinds/pod.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkLabelName, checkSubdomain } from '../names.js';
import { selectorMatches, validateLabelSelector } from '../selector.js';
import { validatePodTemplate } from '../workload.js';
import { validatePodFailurePolicy, validateSuccessPolicy } from './failurePolicy.js';

const COMPLETION_MODES = jobSpec.fields.completionMode.options.values;
const MAX_INDEXED_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
/** Above so many completions with a limit per index, other limits hold. */
const MANY_COMPLETIONS = 100_000;
const LIMIT_FOR_MANY_COMPLETIONS = 10_000;
const MAX_MANAGED_BY_BYTES = 63;

export const validateJob = (job: Job, errors: FieldErrors): void => {
  const { metadata, spec } = job;
  validateGeneratedSelector(job, errors);
  validateSpec(spec, errors);
  const { completions = 0 } = spec;
  if (spec.completionMode !== 'Indexed' || completions <= 0) return;
  const lastHostname = `${metadata.name}-${completions - 1}`;
  if (checkLabelName(lastHostname).length > 0)
    errors.invalid(
      'metadata.name',
      metadata.name,
      `will not able to create pod with invalid DNS label: ${lastHostname}`,
    );
};

/** What a generated selector promises, the labels of the template must keep (JB-75). */
const validateGeneratedSelector = ({ metadata, spec }: Job, errors: FieldErrors): void => {
  if (spec.manualSelector || spec.selector === undefined) return;
  const labels = spec.template.metadata.labels ?? {};
  const expected = generatedLabels(metadata);
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (labels[key] === undefined) errors.required(path, `must be '${value}'`);
    else if (labels[key] !== value) errors.invalid(path, labels, `must be '${value}'`);
  }
  if (selectorMatches(spec.selector, expected) === 'differs')
    errors.invalid('spec.selector', spec.selector, '`selector` not auto-generated');
};

/** JB-10: the labels by which a Job knows its pods. */
export const generatedLabels = ({
  uid,
  name,
}: {
  readonly uid: string;
  readonly name: string;
}): Readonly<Record<string, string>> => ({
  'batch.kubernetes.io/controller-uid': uid,
  'batch.kubernetes.io/job-name': name,
  'controller-uid': uid,
  'job-name': name,
});

const validateSpec = (spec: JobSpec, errors: FieldErrors): void => {
  validateJobSpec(spec, 'spec', errors);
  const { selector, template } = spec;
  if (selector === undefined) errors.required('spec.selector');
  else validateLabelSelector(selector, 'spec.selector', errors);
  // No selector selects nothing, and so not the template's pods either.
  const match = selector === undefined ? 'differs' : selectorMatches(selector, template.metadata.labels);
  if (match === 'differs')
    errors.invalid(
      'spec.template.metadata.labels',
      template.metadata.labels ?? null,
      '`selector` does not match template `labels`',
    );
};

/** All but the selector: what the template of a CronJob must keep, too. `path` is the spec's. */
export const validateJobSpec = (spec: JobSpec, path: string, errors: FieldErrors): void => {
  errors.nonNegative(`${path}.parallelism`, spec.parallelism);
  errors.nonNegative(`${path}.completions`, spec.completions);
  errors.nonNegative(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds);
  errors.nonNegative(`${path}.backoffLimit`, spec.backoffLimit);
  errors.nonNegative(`${path}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished);
  errors.nonNegative(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex);
  if (spec.maxFailedIndexes !== undefined) {
    errors.nonNegative(`${path}.maxFailedIndexes`, spec.maxFailedIndexes);
    if (spec.backoffLimitPerIndex === undefined)
      errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  }
  if (spec.managedBy !== undefined) validateManagedBy(spec.managedBy, `${path}.managedBy`, errors);
  validateCompletionMode(spec, path, errors);
  if (spec.podFailurePolicy !== undefined) validatePodFailurePolicy(spec, `${path}.podFailurePolicy`, errors);
  if (spec.successPolicy !== undefined) {
    if (spec.completionMode === 'Indexed') validateSuccessPolicy(spec, `${path}.successPolicy`, errors);
    else errors.invalid(`${path}.successPolicy`, spec.successPolicy, 'requires indexed completion mode');
  }
  validateReplacementPolicy(spec, path, errors);
  validatePodTemplate(spec.template, `${path}.template`, errors);
  validateRestartPolicy(spec, path, errors);
};

const validateManagedBy = (managedBy: string, path: string, errors: FieldErrors): void => {
  const slash = managedBy.indexOf('/');
  const [host, rest] = [managedBy.slice(0, Math.max(slash, 0)), managedBy.slice(slash + 1)];
  if (managedBy === '') errors.required(path);
  else if (slash < 0 || host === '' || rest === '')
    errors.invalid(path, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")');
  else errors.invalidAll(path, host, checkSubdomain(host));
  if (managedBy.length > MAX_MANAGED_BY_BYTES) errors.tooLong(path, MAX_MANAGED_BY_BYTES);
};

const validateCompletionMode = (spec: JobSpec, path: string, errors: FieldErrors): void => {
  const { completionMode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (!COMPLETION_MODES.includes(completionMode))
    errors.notSupported(`${path}.completionMode`, completionMode, COMPLETION_MODES);
  if (completionMode === 'Indexed') validateIndexed(spec, path, errors);
  if (completionMode !== 'NonIndexed') return;
  const detail = 'requires indexed completion mode';
  if (backoffLimitPerIndex !== undefined)
    errors.invalid(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, detail);
  if (maxFailedIndexes !== undefined) errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, detail);
};

const validateIndexed = (spec: JobSpec, path: string, errors: FieldErrors): void => {
  const { parallelism, completions, maxFailedIndexes } = spec;
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed');
  const atMost = (field: 'parallelism' | 'maxFailedIndexes', limit: number, when = ''): void => {
    const value = spec[field];
    if (value !== undefined && value > limit)
      errors.invalid(`${path}.${field}`, value, `must be less than or equal to ${limit}${when}`);
  };
  atMost('parallelism', MAX_INDEXED_PARALLELISM, ' when completion mode is Indexed');
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions');
  atMost('maxFailedIndexes', MAX_FAILED_INDEXES);
  if (completions === undefined || completions <= MANY_COMPLETIONS) return;
  if (spec.backoffLimitPerIndex === undefined) return;
  if (maxFailedIndexes === undefined)
    errors.required(
      `${path}.maxFailedIndexes`,
      `must be specified when completions is above ${MANY_COMPLETIONS}`,
    );
  const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (parallelism !== undefined) atMost('parallelism', LIMIT_FOR_MANY_COMPLETIONS, when);
  atMost('maxFailedIndexes', LIMIT_FOR_MANY_COMPLETIONS, when);
};

const validateReplacementPolicy = (spec: JobSpec, path: string, errors: FieldErrors): void => {
  const { podReplacementPolicy } = spec;
  const supported = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!supported.includes(podReplacementPolicy))
    errors.notSupported(`${path}.podReplacementPolicy`, podReplacementPolicy, supported);
};

/** A pod of a Job ends: Always is refused, and it is also what a missing policy means. */
const validateRestartPolicy = (
  { template, podFailurePolicy }: JobSpec,
  path: string,
  errors: FieldErrors,
): void => {
  const { restartPolicy } = template.spec;
  const field = `${path}.template.spec.restartPolicy`;
  if ((restartPolicy as string) === '' || restartPolicy === 'Always')
    errors.required(field, 'valid values: "OnFailure", "Never"');
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    errors.notSupported(field, restartPolicy, ['OnFailure', 'Never']);
  else if (podFailurePolicy !== undefined && restartPolicy !== 'Never')
    errors.invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified');
};

export const validateJobUpdate = ({ spec }: Job, old: Job, errors: FieldErrors): void => {
  if (spec === old.spec) return;
  validateSpec(spec, errors);
  validateCompletions(spec, old.spec, errors);
  const keep = (field: keyof JobSpec): void => {
    if (!jsonEqual(spec[field], old.spec[field]))
      errors.invalid(`spec.${field}`, spec[field] ?? null, 'field is immutable');
  };
  keep('selector');
  if (!jsonEqual(comparable(spec.template, old), comparable(old.spec.template, old)))
    errors.invalid('spec.template', spec.template, 'field is immutable');
  keep('completionMode');
  keep('podFailurePolicy');
  keep('backoffLimitPerIndex');
  keep('managedBy');
  keep('successPolicy');
};

/** Indexed Jobs may grow and shrink, completions and parallelism together (JB-73). */
const validateCompletions = (spec: JobSpec, old: JobSpec, errors: FieldErrors): void => {
  const { completions, parallelism } = spec;
  if (completions === old.completions) return;
  if (spec.completionMode !== 'Indexed')
    errors.invalid('spec.completions', completions ?? null, 'field is immutable');
  // That an Indexed Job has completions is said elsewhere.
  else if (completions !== undefined && completions !== parallelism)
    errors.invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism');
};

/** JB-74: while a Job is suspended and has no pods, where they run and what they get may still change. */
const comparable = (template: PodTemplateSpec, { spec, status }: Job): unknown => {
  const isIdle = spec.suspend && (status.active ?? 0) === 0;
  const isSuspended = status.conditions?.some(
    (condition) => condition.type === 'Suspended' && condition.status === 'True',
  );
  if (!isIdle || (status.startTime !== undefined && isSuspended !== true)) return template;
  const withoutResources = (containers: PodTemplateSpec['spec']['containers'] | undefined): unknown =>
    containers?.map((container) => ({ ...container, resources: undefined }));
  const { metadata, spec: podSpec } = template;
  const { nodeAffinity: _, ...affinity } = podSpec.affinity ?? {};
  return {
    metadata: { ...metadata, labels: undefined, annotations: undefined },
    spec: {
      ...podSpec,
      nodeSelector: undefined,
      tolerations: undefined,
      schedulingGates: undefined,
      affinity: Object.keys(affinity).length > 0 ? affinity : undefined,
      containers: withoutResources(podSpec.containers),
      initContainers: withoutResources(podSpec.initContainers),
    },
  };
};
