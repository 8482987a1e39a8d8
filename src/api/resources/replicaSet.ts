/** ReplicaSet. Models: pkg/registry/apps/replicaset (v1.36) */
import { replicaSet, type ReplicaSet } from '../schema/kinds/replicaSet.js';
import {
  templateWarnings,
  validateReplicaSet,
  validateReplicaSetStatus,
  validateReplicaSetUpdate,
} from '../validation/workload.js';
import { defineResource } from './resource.js';

export const replicaSetResource = defineResource<ReplicaSet>()({
  kind: 'ReplicaSet',
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: ['scale', 'status'],
  otherVersions: ['apps/v1beta2', 'extensions/v1beta1'],
  schema: replicaSet,
  hasGeneration: true,
  rules: {
    validateCreate: validateReplicaSet,
    validateUpdate: validateReplicaSetUpdate,
    validateStatus: validateReplicaSetStatus,
    warnings: templateWarnings,
  },
});
