/** API types, as published by Kubernetes v1.36. */
import {
  boolean,
  int32,
  int64,
  list,
  object,
  oneOf,
  ref,
  string,
  time,
  type Field,
  type Fields,
  type Infer,
  type ObjectSchema,
} from '../../dsl.js';
import { objectMeta } from '../../types/meta.js';
import { objectReference } from '../../types/references.js';
import { jobSpec } from '../job.js';

/** The same fields, of which none is filled in. */
type Bare<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer S, infer O>
    ? Field<S, Omit<O, 'default' | 'computed' | 'always'>>
    : never;
};
const bare = <F extends Fields>(schema: ObjectSchema<F>): ObjectSchema<Bare<F>> => {
  const fields = Object.entries(schema.fields).map(([name, field]) => {
    const { default: _, computed: _computed, always: _always, ...options } = field.options;
    return [name, { ...field, options }];
  });
  return object(schema.name, Object.fromEntries(fields) as unknown as Bare<F>);
};

/** A template's Job gets its defaults when it is created; only its pods have theirs before. */
export const jobTemplateSpec = object('io.k8s.api.batch.v1.JobTemplateSpec', {
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(bare(jobSpec), { proto: 2, struct: true }),
});
export interface JobTemplateSpec extends Infer<typeof jobTemplateSpec> {}

export const cronJobSpec = object('io.k8s.api.batch.v1.CronJobSpec', {
  schedule: string({ proto: 1, required: true }),
  timeZone: string({ proto: 8, pointer: true }),
  startingDeadlineSeconds: int64({ proto: 2, pointer: true }),
  concurrencyPolicy: oneOf(['Allow', 'Forbid', 'Replace'], {
    proto: 3,
    default: 'Allow',
    goType: 'v1.ConcurrencyPolicy',
  }),
  suspend: boolean({ proto: 4, pointer: true, default: false }),
  jobTemplate: ref(jobTemplateSpec, { proto: 5, required: true, struct: true }),
  successfulJobsHistoryLimit: int32({ proto: 6, pointer: true, default: 3 }),
  failedJobsHistoryLimit: int32({ proto: 7, pointer: true, default: 1 }),
});
export interface CronJobSpec extends Infer<typeof cronJobSpec> {}

export const cronJobStatus = object('io.k8s.api.batch.v1.CronJobStatus', {
  active: list(objectReference, { proto: 1, listType: 'atomic' }),
  lastScheduleTime: time({ proto: 4, pointer: true }),
  lastSuccessfulTime: time({ proto: 5, pointer: true }),
});
export interface CronJobStatus extends Infer<typeof cronJobStatus> {}

export const cronJob = object('io.k8s.api.batch.v1.CronJob', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(cronJobSpec, { proto: 2, required: true, struct: true }),
  status: ref(cronJobStatus, { proto: 3, struct: true }),
});
export interface CronJob extends Infer<typeof cronJob> {}
