/**
 * Rules of ReplicationControllers, as far as they differ from those of ReplicaSets.
 *
 * Models: pkg/apis/core/validation/validation.go#ValidateReplicationControllerSpec (v1.36); spec controllers.md RS-32
 */
import { jsonEqual } from '../patch/index.js';
import type { ReplicationController } from '../schema/kinds/workload/replicationController.js';
import type { FieldErrors } from './fieldErrors.js';
import { templateWarnings, validateCounts, validateTemplate } from './workload.js';

export const validateReplicationController = ({ spec }: ReplicationController, errors: FieldErrors): void => {
  errors.nonNegative('spec.minReadySeconds', spec.minReadySeconds);
  const selector = Object.entries(spec.selector ?? {});
  if (selector.length === 0) errors.required('spec.selector');
  errors.nonNegative('spec.replicas', spec.replicas);
  const { template } = spec;
  if (template === undefined) {
    errors.required('spec.template');
    return;
  }
  const labels = template.metadata.labels ?? {};
  const matches = selector.every(([key, value]) => labels[key] === value);
  validateTemplate({ template }, matches ? 'matches' : 'differs', errors, 'ReplicationController');
};

export const validateReplicationControllerUpdate = (
  object: ReplicationController,
  old: ReplicationController,
  errors: FieldErrors,
): void => {
  if (object.spec !== old.spec) validateReplicationController(object, errors);
};

export const validateReplicationControllerStatus = (
  { status }: ReplicationController,
  _old: ReplicationController,
  errors: FieldErrors,
): void =>
  validateCounts(
    status,
    ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
    ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    errors,
  );

export const replicationControllerWarnings = (
  { metadata, spec }: ReplicationController,
  old: ReplicationController | undefined,
): readonly string[] => {
  const { template } = spec;
  if (template === undefined) return [];
  const before = old?.spec.template;
  if (old !== undefined && jsonEqual(before, template)) return [];
  return templateWarnings({ metadata, spec: { template } }, undefined);
};
