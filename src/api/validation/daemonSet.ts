/**
 * Rules of DaemonSets, as far as they differ from those of other workloads, and of the revisions that they leave.
 *
 * Models: pkg/apis/apps/validation/validation.go#ValidateDaemonSetSpec, #ValidateControllerRevisionCreate,
 * pkg/registry/apps/daemonset/strategy.go (v1.36); spec controllers.md DS-61
 */
import { jsonEqual } from '../patch/index.js';
import type { ControllerRevision } from '../schema/kinds/controllerRevision.js';
import {
  daemonSetUpdateStrategy,
  type DaemonSet,
  type DaemonSetSpec,
  type DaemonSetUpdateStrategy,
  type RollingUpdateDaemonSet,
} from '../schema/kinds/daemonSet.js';
import type { LabelSelector } from '../schema/types/meta.js';
import type { FieldErrors } from './fieldErrors.js';
import { isEmptySelector, selectorMatches, validateLabelSelector } from './selector.js';
import {
  amountOf,
  checkCounts,
  forbidOtherSelector,
  templateWarnings,
  validateIntOrPercent,
  validateTemplate,
} from './workload.js';

/** A selector that is missing selects nothing: only the mismatch is told. */
const validateSelector = (spec: DaemonSetSpec, errors: FieldErrors): 'matches' | 'differs' => {
  const selector = spec.selector as LabelSelector | undefined;
  if (selector === undefined) return 'differs';
  validateLabelSelector(selector, 'spec.selector', errors);
  return selectorMatches(selector, spec.template.metadata.labels) === 'differs' ? 'differs' : 'matches';
};

const validateSpec = (spec: DaemonSetSpec, errors: FieldErrors): void => {
  const match = validateSelector(spec, errors);
  const selector = spec.selector as LabelSelector | undefined;
  if (selector !== undefined && isEmptySelector(selector))
    errors.invalid('spec.selector', selector, 'empty selector is invalid for daemonset');
  validateTemplate(spec, match, errors, 'DaemonSet');
  errors.nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  validateStrategy(spec.updateStrategy, errors);
  errors.nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit);
};

const STRATEGIES = daemonSetUpdateStrategy.fields.type.options.values;

const validateStrategy = ({ type, rollingUpdate }: DaemonSetUpdateStrategy, errors: FieldErrors): void => {
  const path = 'spec.updateStrategy';
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    const internal = { Type: type, RollingUpdate: rollingUpdate === undefined ? null : rollingUpdate };
    errors.notSupported(path, internal, STRATEGIES);
  } else if (rollingUpdate === undefined) errors.required(`${path}.rollingUpdate`);
  else validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`, errors);
};

const validateRollingUpdate = (
  { maxUnavailable, maxSurge }: RollingUpdateDaemonSet,
  path: string,
  errors: FieldErrors,
): void => {
  validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`, errors);
  validateIntOrPercent(maxSurge, `${path}.maxSurge`, errors);
  forbidMoreThanAll(maxUnavailable, `${path}.maxUnavailable`, errors);
  forbidMoreThanAll(maxSurge, `${path}.maxSurge`, errors);
  const [hasUnavailable, hasSurge] = [amountOf(maxUnavailable) !== 0, amountOf(maxSurge) !== 0];
  if (hasUnavailable && hasSurge)
    errors.invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero');
  if (!hasUnavailable && !hasSurge)
    errors.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
};

const forbidMoreThanAll = (value: number | string, path: string, errors: FieldErrors): void => {
  if (typeof value === 'string' && amountOf(value) > 100)
    errors.invalid(path, value, 'must not be greater than 100%');
};

export const validateDaemonSet = ({ spec }: DaemonSet, errors: FieldErrors): void =>
  validateSpec(spec, errors);

export const validateDaemonSetUpdate = ({ spec }: DaemonSet, old: DaemonSet, errors: FieldErrors): void => {
  if (spec === old.spec) return;
  validateSpec(spec, errors);
  forbidOtherSelector(spec, old.spec, errors);
};

export const validateDaemonSetStatus = ({ status }: DaemonSet, old: DaemonSet, errors: FieldErrors): void => {
  checkCounts(
    status,
    [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ],
    errors,
  );
  const before = old.status.collisionCount;
  if (before !== undefined && (status.collisionCount ?? 0) < before)
    errors.invalid('status.collisionCount', status.collisionCount ?? 0, 'cannot be decremented');
};

/** Of the template only: the name of a DaemonSet is not warned of. */
export const daemonSetWarnings = (
  { metadata, spec }: DaemonSet,
  old: DaemonSet | undefined,
): readonly string[] => templateWarnings({ metadata: { ...metadata, name: '' }, spec }, old);

export const validateControllerRevision = (
  { data, revision }: ControllerRevision,
  errors: FieldErrors,
): void => {
  if (data === undefined) errors.required('data', 'data is mandatory');
  errors.nonNegative('revision', revision);
};

export const validateControllerRevisionUpdate = (
  object: ControllerRevision,
  old: ControllerRevision,
  errors: FieldErrors,
): void => {
  errors.nonNegative('revision', object.revision);
  if (!jsonEqual(object.data, old.data)) errors.invalid('data', object.data ?? null, 'field is immutable');
};
