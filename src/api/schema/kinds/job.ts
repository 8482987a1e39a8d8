/** API types, as published by Kubernetes v1.36. */
import { boolean, int32, int64, list, object, oneOf, ref, string, time, type Infer } from '../dsl.js';
import { labelSelector, objectMeta } from '../types/meta.js';
import { podTemplateSpec } from './pod.js';

/** Source: pkg/apis/batch/v1/defaults.go (v1.36). A limit per index alone decides when there is one. */
const BACKOFF_LIMIT = 6;
const NO_BACKOFF_LIMIT = 2 ** 31 - 1;

export const podFailurePolicyOnExitCodesRequirement = object(
  'io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement',
  {
    containerName: string({ proto: 1, pointer: true }),
    operator: string({
      proto: 2,
      required: true,
      values: ['In', 'NotIn'],
      goType: 'v1.PodFailurePolicyOnExitCodesOperator',
    }),
    values: list(int32(), { proto: 3, required: true, listType: 'set' }),
  },
);
export interface PodFailurePolicyOnExitCodesRequirement extends Infer<
  typeof podFailurePolicyOnExitCodesRequirement
> {}

export const podFailurePolicyOnPodConditionsPattern = object(
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern',
  {
    type: string({ proto: 1, required: true, goType: 'v1.PodConditionType' }),
    status: string({ proto: 2, default: 'True', goType: 'v1.ConditionStatus' }),
  },
);
export interface PodFailurePolicyOnPodConditionsPattern extends Infer<
  typeof podFailurePolicyOnPodConditionsPattern
> {}

export const podFailurePolicyRule = object('io.k8s.api.batch.v1.PodFailurePolicyRule', {
  action: string({
    proto: 1,
    required: true,
    values: ['Count', 'FailIndex', 'FailJob', 'Ignore'],
    goType: 'v1.PodFailurePolicyAction',
  }),
  onExitCodes: ref(podFailurePolicyOnExitCodesRequirement, { proto: 2 }),
  onPodConditions: list(podFailurePolicyOnPodConditionsPattern, { proto: 3, listType: 'atomic' }),
});
export interface PodFailurePolicyRule extends Infer<typeof podFailurePolicyRule> {}

export const podFailurePolicy = object('io.k8s.api.batch.v1.PodFailurePolicy', {
  rules: list(podFailurePolicyRule, { proto: 1, required: true, listType: 'atomic' }),
});
export interface PodFailurePolicy extends Infer<typeof podFailurePolicy> {}

export const successPolicyRule = object('io.k8s.api.batch.v1.SuccessPolicyRule', {
  succeededIndexes: string({ proto: 1, pointer: true }),
  succeededCount: int32({ proto: 2, pointer: true }),
});
export interface SuccessPolicyRule extends Infer<typeof successPolicyRule> {}

export const successPolicy = object('io.k8s.api.batch.v1.SuccessPolicy', {
  rules: list(successPolicyRule, { proto: 1, required: true, listType: 'atomic' }),
});
export interface SuccessPolicy extends Infer<typeof successPolicy> {}

type Json = Readonly<Record<string, unknown>>;

/** Neither written: one pod, once. Only completions written: one at a time. Only parallelism: a work queue. */
const finishJobSpec = (spec: Json): Json => {
  if (spec['parallelism'] !== undefined) return spec;
  const { completions = 1, ...others } = spec;
  return { parallelism: 1, completions, ...others };
};

export const jobSpec = object(
  'io.k8s.api.batch.v1.JobSpec',
  {
    parallelism: int32({ proto: 1, pointer: true, always: true }),
    completions: int32({ proto: 2, pointer: true }),
    activeDeadlineSeconds: int64({ proto: 3, pointer: true }),
    podFailurePolicy: ref(podFailurePolicy, { proto: 11 }),
    successPolicy: ref(successPolicy, { proto: 16 }),
    backoffLimit: int32({
      proto: 7,
      pointer: true,
      always: true,
      computed: (read) => (read('backoffLimitPerIndex') === undefined ? BACKOFF_LIMIT : NO_BACKOFF_LIMIT),
    }),
    backoffLimitPerIndex: int32({ proto: 12, pointer: true }),
    maxFailedIndexes: int32({ proto: 13, pointer: true }),
    selector: ref(labelSelector, { proto: 4 }),
    manualSelector: boolean({ proto: 5, pointer: true, default: false }),
    template: ref(podTemplateSpec, { proto: 6, required: true, struct: true }),
    ttlSecondsAfterFinished: int32({ proto: 8, pointer: true }),
    completionMode: oneOf(['NonIndexed', 'Indexed'], {
      proto: 9,
      pointer: true,
      default: 'NonIndexed',
      goType: 'v1.CompletionMode',
    }),
    suspend: boolean({ proto: 10, pointer: true, default: false }),
    podReplacementPolicy: oneOf(['TerminatingOrFailed', 'Failed'], {
      proto: 14,
      pointer: true,
      always: true,
      goType: 'v1.PodReplacementPolicy',
      computed: (read) => (read('podFailurePolicy') === undefined ? 'TerminatingOrFailed' : 'Failed'),
    }),
    managedBy: string({ proto: 15, pointer: true }),
  },
  { finish: finishJobSpec },
);
export interface JobSpec extends Infer<typeof jobSpec> {}

export const jobCondition = object('io.k8s.api.batch.v1.JobCondition', {
  type: string({ proto: 1, required: true, goType: 'v1.JobConditionType' }),
  status: string({ proto: 2, required: true, goType: 'v1.ConditionStatus' }),
  lastProbeTime: time({ proto: 3 }),
  lastTransitionTime: time({ proto: 4 }),
  reason: string({ proto: 5 }),
  message: string({ proto: 6 }),
});
export interface JobCondition extends Infer<typeof jobCondition> {}

export const uncountedTerminatedPods = object('io.k8s.api.batch.v1.UncountedTerminatedPods', {
  succeeded: list(string(), { proto: 1, listType: 'set' }),
  failed: list(string(), { proto: 2, listType: 'set' }),
});
export interface UncountedTerminatedPods extends Infer<typeof uncountedTerminatedPods> {}

export const jobStatus = object('io.k8s.api.batch.v1.JobStatus', {
  conditions: list(jobCondition, {
    proto: 1,
    patchStrategy: 'merge',
    mergeKey: 'type',
    listType: 'atomic',
  }),
  startTime: time({ proto: 2, pointer: true }),
  completionTime: time({ proto: 3, pointer: true }),
  active: int32({ proto: 4 }),
  succeeded: int32({ proto: 5 }),
  failed: int32({ proto: 6 }),
  terminating: int32({ proto: 11, pointer: true }),
  completedIndexes: string({ proto: 7 }),
  failedIndexes: string({ proto: 10, pointer: true }),
  uncountedTerminatedPods: ref(uncountedTerminatedPods, { proto: 8 }),
  ready: int32({ proto: 9, pointer: true }),
});
export interface JobStatus extends Infer<typeof jobStatus> {}

export const job = object('io.k8s.api.batch.v1.Job', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, struct: true }),
  spec: ref(jobSpec, { proto: 2, struct: true }),
  status: ref(jobStatus, { proto: 3, struct: true }),
});
export interface Job extends Infer<typeof job> {}
