/** Job. Models: pkg/registry/batch/job (v1.36) */
import { withFields } from '../defaults/apply.js';
import { job, jobSpec, type Job } from '../schema/kinds/job.js';
import { objectMeta } from '../schema/types/meta.js';
import {
  generatedLabels,
  validateJob,
  validateJobStatus,
  validateJobUpdate,
} from '../validation/job/index.js';
import { jobWarnings } from '../validation/job/warnings.js';
import { defineResource } from './resource.js';

const isEmpty = (labels: Readonly<Record<string, string>> | undefined): boolean =>
  labels === undefined || Object.keys(labels).length === 0;

/**
 * JB-10: a new Job selects the pods that carry its UID. Labels that are taken from the template come with the
 * generated ones. What is written already stays, for validation to judge (JB-75).
 */
const withSelector = (object: Job): Job => {
  const { metadata, spec } = object;
  const { template } = spec;
  const isManual = spec.manualSelector === true;
  const own = { ...template.metadata.labels };
  const generated = generatedLabels(metadata);
  if (!isManual) for (const key in generated) own[key] ??= generated[key] ?? '';
  const labels = isEmpty(metadata.labels) && !isEmpty(own) ? { labels: own } : undefined;
  const named = labels ? { ...object, metadata: withFields(objectMeta, metadata, labels) } : object;
  if (isManual) return named;
  const selector = {
    ...spec.selector,
    matchLabels: { ...generatedSelector(metadata.uid), ...spec.selector?.matchLabels },
  };
  const labelled = {
    ...template,
    metadata: withFields(objectMeta, template.metadata, { labels: own }),
  };
  return { ...named, spec: withFields(jobSpec, spec, { selector, template: labelled }) };
};
const generatedSelector = (uid: string) => ({ 'batch.kubernetes.io/controller-uid': uid });

/** Upstream refuses to index the pods of a Job whose name they cannot carry; others it warns of. */
export const jobResource = defineResource<Job>()({
  kind: 'Job',
  group: 'batch',
  version: 'v1',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: job,
  hasGeneration: true,
  rules: {
    complete: (created, old) => (old === undefined ? withSelector(created) : created),
    validateCreate: validateJob,
    validateUpdate: validateJobUpdate,
    validateStatus: validateJobStatus,
    warnings: jobWarnings,
  },
});
