/**
 * Manifests of a Job's pods. Pure.
 *
 * Models: pkg/controller/job/indexed_job_utils.go#addCompletionIndexEnvVariables, #podGenerateNameWithIndex (v1.36;
 * JB-11 to JB-13)
 */
import type { Container, Job, Pod, PodTemplateSpec } from '../../api/index.js';
import { podFromTemplate } from '../podTemplate.js';
import { COMPLETION_INDEX } from './indexes.js';
import { FAILURE_COUNT, failureCountOf, IGNORED_FAILURE_COUNT, judge, TRACKING_FINALIZER } from './view.js';

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** Source: apiserver names.go#maxNameLength less the random suffix. */
const MAX_PREFIX_LENGTH = 58;

/** What all pods of the Job have in common. */
export const jobTemplate = ({ spec }: Job): PodTemplateSpec => {
  const { template } = spec;
  const { finalizers = [] } = template.metadata;
  const tracked = finalizers.includes(TRACKING_FINALIZER) ? finalizers : [...finalizers, TRACKING_FINALIZER];
  const metadata = { ...template.metadata, finalizers: tracked };
  if (spec.completionMode !== 'Indexed') return { ...template, metadata };
  const { containers, initContainers } = template.spec;
  return {
    metadata,
    spec: {
      ...template.spec,
      containers: containers.map(withIndexVariable),
      ...(initContainers && { initContainers: initContainers.map(withIndexVariable) }),
    },
  };
};

const withIndexVariable = <C extends Pick<Container, 'env'>>(container: C): C => {
  const { env = [] } = container;
  if (env.some(({ name }) => name === INDEX_VARIABLE)) return container;
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` };
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef } }] };
};

/** @param template from {@link jobTemplate}; @param replaced the failed pod of the index whose counters go on. */
export const jobPod = (
  job: Job,
  template: PodTemplateSpec,
  index: number | undefined,
  replaced: Pod | undefined,
): Record<string, unknown> => {
  if (index === undefined) return podFromTemplate(template, job);
  const { labels, annotations } = template.metadata;
  const mark = { [COMPLETION_INDEX]: String(index) };
  const counters = job.spec.backoffLimitPerIndex === undefined ? {} : countersAfter(job, replaced);
  const indexed: PodTemplateSpec = {
    metadata: {
      ...template.metadata,
      labels: { ...labels, ...mark },
      annotations: { ...annotations, ...mark, ...counters },
    },
    spec: { ...template.spec, hostname: `${job.metadata.name}-${index}` },
  };
  const manifest = podFromTemplate(indexed, job);
  const metadata = {
    ...(manifest['metadata'] as object),
    generateName: indexedPrefix(job.metadata.name, index),
  };
  return { ...manifest, metadata };
};

/** Row 184: the name of the Job is cut, never the index. */
export const indexedPrefix = (name: string, index: number): string => {
  const suffix = `-${index}-`;
  return `${name.slice(0, MAX_PREFIX_LENGTH - suffix.length)}${suffix}`;
};

const countersAfter = (job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> => {
  if (replaced === undefined) return { [FAILURE_COUNT]: '0' };
  const { isCounted } = judge(job, replaced);
  const failures = failureCountOf(replaced) + (isCounted ? 1 : 0);
  const ignored = failureCountOf(replaced, IGNORED_FAILURE_COUNT) + (isCounted ? 0 : 1);
  return {
    [FAILURE_COUNT]: String(failures),
    ...(ignored > 0 && { [IGNORED_FAILURE_COUNT]: String(ignored) }),
  };
};
