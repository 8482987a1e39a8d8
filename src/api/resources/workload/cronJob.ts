/** CronJob. Models: pkg/registry/batch/cronjob (v1.36) */
import { cronJob, type CronJob } from '../../schema/kinds/workload/cronJob.js';
import { cronJobWarnings, validateCronJob, validateCronJobUpdate } from '../../validation/job/index.js';
import { defineResource } from '../resource.js';

export const cronJobResource = defineResource<CronJob>()({
  kind: 'CronJob',
  group: 'batch',
  version: 'v1',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  otherVersions: ['batch/v1beta1'],
  schema: cronJob,
  hasGeneration: true,
  rules: {
    validateCreate: validateCronJob,
    validateUpdate: validateCronJobUpdate,
    warnings: cronJobWarnings,
  },
});
