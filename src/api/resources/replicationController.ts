/** ReplicationController. Models: pkg/registry/core/replicationcontroller, pkg/apis/core/v1/defaults.go (v1.36) */
import {
  replicationController,
  replicationControllerSpec,
  type ReplicationController,
} from '../schema/kinds/workload/replicationController.js';
import { objectMeta } from '../schema/types/meta.js';
import { withFields } from '../defaults/apply.js';
import {
  replicationControllerWarnings,
  validateReplicationController,
  validateReplicationControllerStatus,
  validateReplicationControllerUpdate,
} from '../validation/replicationController.js';
import { defineResource } from './resource.js';

/** RS-32: what the template is labelled with, the controller selects, and is labelled with itself. */
const fromTemplate = (object: ReplicationController): ReplicationController => {
  const { metadata, spec } = object;
  const labels = spec.template?.metadata.labels;
  if (labels === undefined || Object.keys(labels).length === 0) return object;
  const isSelecting = spec.selector !== undefined && Object.keys(spec.selector).length > 0;
  const isLabelled = metadata.labels !== undefined && Object.keys(metadata.labels).length > 0;
  if (isSelecting && isLabelled) return object;
  return {
    ...object,
    ...(!isLabelled && { metadata: withFields(objectMeta, metadata, { labels }) }),
    ...(!isSelecting && { spec: withFields(replicationControllerSpec, spec, { selector: labels }) }),
  };
};

export const replicationControllerResource = defineResource<ReplicationController>()({
  kind: 'ReplicationController',
  version: 'v1',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  subresources: ['scale', 'status'],
  schema: replicationController,
  hasGeneration: true,
  rules: {
    defaults: fromTemplate,
    validateCreate: validateReplicationController,
    validateUpdate: validateReplicationControllerUpdate,
    validateStatus: validateReplicationControllerStatus,
    warnings: replicationControllerWarnings,
  },
});
