/** Deployment. Models: pkg/registry/apps/deployment (v1.36) */
import { deployment, type Deployment } from '../schema/kinds/deployment.js';
import {
  templateWarnings,
  validateDeployment,
  validateDeploymentStatus,
  validateDeploymentUpdate,
} from '../validation/workload.js';
import { defineResource } from './resource.js';

export const deploymentResource = defineResource<Deployment>()({
  kind: 'Deployment',
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: ['scale', 'status'],
  otherVersions: ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'],
  schema: deployment,
  hasGeneration: true,
  rules: {
    validateCreate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    validateStatus: validateDeploymentStatus,
    warnings: templateWarnings,
  },
});
