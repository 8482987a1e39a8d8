/**
 * Rules of what keeps pods from a template: ReplicaSet and Deployment.
 *
 * Models: pkg/apis/apps/validation/validation.go (v1.36); spec controllers.md RS-31, DP-111
 */
import { jsonEqual } from '../patch/index.js';
import { deploymentStrategy } from '../schema/kinds/deployment.js';
import type { Deployment, DeploymentSpec, DeploymentStrategy } from '../schema/kinds/deployment.js';
import type { PodTemplateSpec } from '../schema/kinds/pod.js';
import type { ReplicaSet, ReplicaSetSpec } from '../schema/kinds/replicaSet.js';
import type { LabelSelector } from '../schema/types/meta.js';
import type { FieldErrors } from './fieldErrors.js';
import { validateAnnotations, validateLabels } from './metadata.js';
import { checkLabelName, checkPercent, checkQualifiedName } from './names.js';
import { validatePodSpec } from './pod/spec.js';
import { podWarnings } from './pod/warnings.js';
import { isEmptySelector, selectorMatches, validateLabelSelector } from './selector.js';

interface WorkloadSpec {
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
}

/** The selector of a workload: there, usable, not empty. */
const validateSelector = (
  { selector, template }: WorkloadSpec,
  errors: FieldErrors,
): 'matches' | 'differs' => {
  const found = selector as LabelSelector | undefined;
  if (found === undefined) {
    errors.required('spec.selector');
    return 'differs';
  }
  validateLabelSelector(found, 'spec.selector', errors);
  // Upstream says «deployment» for every kind of the group that uses this check.
  if (isEmptySelector(found))
    errors.invalid('spec.selector', found, 'empty selector is invalid for deployment');
  const match = selectorMatches(found, template.metadata.labels);
  if (match === 'unusable') errors.invalid('spec.selector', found, 'invalid label selector');
  return match === 'differs' && !isEmptySelector(found) ? 'differs' : 'matches';
};

/** The template of pods that run for good. `kind` stands in a message; a Deployment's says ReplicaSet. */
export const validateTemplate = (
  { template }: Pick<WorkloadSpec, 'template'>,
  match: 'matches' | 'differs',
  errors: FieldErrors,
  kind = 'ReplicaSet',
): void => {
  const { metadata, spec } = template;
  if (match === 'differs')
    errors.invalid(
      'spec.template.metadata.labels',
      metadata.labels === undefined ? null : sorted(metadata.labels),
      '`selector` does not match template `labels`',
    );
  validatePodTemplate(template, 'spec.template', errors);
  if (spec.restartPolicy !== 'Always')
    errors.notSupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always']);
  if (spec.activeDeadlineSeconds !== undefined)
    errors.forbidden(
      'spec.template.spec.activeDeadlineSeconds',
      `activeDeadlineSeconds in ${kind} is not Supported`,
    );
};

/** What holds for the pods of any kind. Models: pkg/apis/core/validation/validation.go#ValidatePodTemplateSpec */
export const validatePodTemplate = (
  { metadata, spec }: PodTemplateSpec,
  path: string,
  errors: FieldErrors,
): void => {
  if (metadata.labels !== undefined) validateLabels(metadata.labels, `${path}.labels`, errors);
  if (metadata.annotations !== undefined)
    validateAnnotations(metadata.annotations, `${path}.annotations`, errors);
  metadata.finalizers?.forEach((finalizer) =>
    errors.invalidAll(`${path}.finalizers`, finalizer, checkQualifiedName(finalizer)),
  );
  validatePodSpec(spec, `${path}.spec`, errors);
  if (spec.ephemeralContainers?.length)
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
};

const sorted = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const validateReplicaSetSpec = (spec: ReplicaSetSpec, errors: FieldErrors): void => {
  errors.nonNegative('spec.replicas', spec.replicas);
  errors.nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  validateTemplate(spec, validateSelector(spec, errors), errors);
};

export const validateReplicaSet = ({ spec }: ReplicaSet, errors: FieldErrors): void =>
  validateReplicaSetSpec(spec, errors);

export const validateReplicaSetUpdate = (
  { spec }: ReplicaSet,
  old: ReplicaSet,
  errors: FieldErrors,
): void => {
  if (spec === old.spec) return;
  validateReplicaSetSpec(spec, errors);
  forbidOtherSelector(spec, old.spec, errors);
};

export const forbidOtherSelector = (
  spec: Pick<WorkloadSpec, 'selector'>,
  old: Pick<WorkloadSpec, 'selector'>,
  errors: FieldErrors,
): void => {
  if (!jsonEqual(spec.selector, old.selector))
    errors.invalid('spec.selector', spec.selector ?? null, 'field is immutable');
};

const validateDeploymentSpec = (spec: DeploymentSpec, errors: FieldErrors): void => {
  errors.nonNegative('spec.replicas', spec.replicas);
  const match = validateSelector(spec, errors);
  validateTemplate(spec, match, errors);
  validateStrategy(spec.strategy, errors);
  const { minReadySeconds = 0, progressDeadlineSeconds, revisionHistoryLimit } = spec;
  errors.nonNegative('spec.minReadySeconds', minReadySeconds);
  errors.nonNegative('spec.revisionHistoryLimit', revisionHistoryLimit);
  errors.nonNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds);
  if (progressDeadlineSeconds <= minReadySeconds)
    errors.invalid(
      'spec.progressDeadlineSeconds',
      progressDeadlineSeconds,
      'must be greater than minReadySeconds',
    );
};

const STRATEGIES = deploymentStrategy.fields.type.options.values;

const validateStrategy = ({ type, rollingUpdate }: DeploymentStrategy, errors: FieldErrors): void => {
  const path = 'spec.strategy';
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined)
      errors.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (type !== 'RollingUpdate') {
    const internal = { Type: type, RollingUpdate: rollingUpdate === undefined ? null : rollingUpdate };
    errors.notSupported(path, internal, STRATEGIES);
    return;
  }
  if (rollingUpdate === undefined) {
    errors.required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil');
    return;
  }
  const { maxSurge, maxUnavailable } = rollingUpdate;
  validateIntOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors);
  validateIntOrPercent(maxSurge, `${path}.rollingUpdate.maxSurge`, errors);
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0)
    errors.invalid(
      `${path}.rollingUpdate.maxUnavailable`,
      maxUnavailable,
      'may not be 0 when `maxSurge` is 0',
    );
  if (typeof maxUnavailable === 'string' && amountOf(maxUnavailable) > 100)
    errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'must not be greater than 100%');
};

/** Models: validation.go#ValidatePositiveIntOrPercent */
export const validateIntOrPercent = (value: number | string, path: string, errors: FieldErrors): void => {
  if (typeof value === 'string') errors.invalidAll(path, value, checkPercent(value));
  else errors.nonNegative(path, value);
};

/** The number in front, of pods or percent; 0 for what is neither. */
export const amountOf = (value: number | string): number =>
  typeof value === 'number' ? value : checkPercent(value).length === 0 ? Number(value.slice(0, -1)) : 0;

export const validateDeployment = ({ spec }: Deployment, errors: FieldErrors): void =>
  validateDeploymentSpec(spec, errors);

export const validateDeploymentUpdate = (
  { spec }: Deployment,
  old: Deployment,
  errors: FieldErrors,
): void => {
  if (spec === old.spec) return;
  validateDeploymentSpec(spec, errors);
  forbidOtherSelector(spec, old.spec, errors);
};

interface Counts {
  readonly replicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
}

export const checkCounts = <T extends object>(
  status: T,
  fields: readonly (keyof T & string)[],
  errors: FieldErrors,
): void => {
  for (const field of fields) errors.nonNegative(`status.${field}`, status[field] as number | undefined);
};

/** Parts of the replicas cannot outnumber them. */
const checkParts = <T extends Counts>(
  status: T,
  parts: readonly (keyof T & string)[],
  errors: FieldErrors,
): void => {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  for (const part of parts) {
    const count = (status[part] ?? 0) as number;
    if (count > replicas) errors.invalid(`status.${part}`, count, 'cannot be greater than status.replicas');
  }
  if (availableReplicas > readyReplicas)
    errors.invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas');
};

/** No count is negative, and none of the parts is larger than the whole. */
export const validateCounts = <T extends Counts>(
  status: T,
  fields: readonly (keyof T & string)[],
  parts: readonly (keyof T & string)[],
  errors: FieldErrors,
): void => {
  checkCounts(status, fields, errors);
  checkParts(status, parts, errors);
};

export const validateReplicaSetStatus = (
  { status }: ReplicaSet,
  _old: ReplicaSet,
  errors: FieldErrors,
): void => {
  checkCounts(
    status,
    [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'terminatingReplicas',
      'observedGeneration',
    ],
    errors,
  );
  checkParts(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], errors);
};

export const validateDeploymentStatus = (
  { status }: Deployment,
  old: Deployment,
  errors: FieldErrors,
): void => {
  checkCounts(
    status,
    [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ],
    errors,
  );
  checkParts(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], errors);
  const before = old.status.collisionCount;
  if (before !== undefined && (status.collisionCount ?? 0) < before)
    errors.invalid('status.collisionCount', status.collisionCount ?? 0, 'cannot be decremented');
};

interface Templated {
  readonly metadata: Deployment['metadata'];
  readonly spec: Pick<WorkloadSpec, 'template'>;
}

/**
 * Upstream's warnings: of the name when the object is new, of the template when that is new.
 * Models: pkg/registry/apps/deployment/strategy.go#WarningsOnCreate, #WarningsOnUpdate (v1.36)
 */
export const templateWarnings = (
  { metadata, spec }: Templated,
  old: Templated | undefined,
): readonly string[] => {
  const { template } = spec;
  const warnings: string[] = [];
  const nameProblems = old === undefined && metadata.name ? checkLabelName(metadata.name) : [];
  if (nameProblems.length > 0)
    warnings.push(
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
        `a DNS label is recommended: [${nameProblems.join(' ')}]`,
    );
  if (old === undefined || !jsonEqual(old.spec.template, template))
    warnings.push(
      ...podWarnings(template.metadata, template.spec, {
        metadata: 'spec.template.metadata',
        spec: 'spec.template.spec',
      }),
    );
  return warnings;
};
