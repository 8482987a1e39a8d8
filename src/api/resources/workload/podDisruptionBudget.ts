/** PodDisruptionBudget. Models: pkg/registry/policy/poddisruptionbudget (v1.36) */
import {
  podDisruptionBudget,
  type PodDisruptionBudget,
} from '../../schema/kinds/workload/podDisruptionBudget.js';
import {
  validatePodDisruptionBudget,
  validatePodDisruptionBudgetStatus,
  validatePodDisruptionBudgetUpdate,
} from '../../validation/pod/disruptionBudget.js';
import { defineResource } from '../resource.js';

export const podDisruptionBudgetResource = defineResource<PodDisruptionBudget>()({
  kind: 'PodDisruptionBudget',
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: ['status'],
  otherVersions: ['policy/v1beta1'],
  schema: podDisruptionBudget,
  hasGeneration: true,
  rules: {
    validateCreate: validatePodDisruptionBudget,
    validateUpdate: validatePodDisruptionBudgetUpdate,
    validateStatus: validatePodDisruptionBudgetStatus,
  },
});
