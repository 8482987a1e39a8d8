/** ControllerRevision. Models: pkg/registry/apps/controllerrevision (v1.36) */
import { controllerRevision, type ControllerRevision } from '../schema/kinds/controllerRevision.js';
import { validateControllerRevision, validateControllerRevisionUpdate } from '../validation/daemonSet.js';
import { defineResource } from './resource.js';

export const controllerRevisionResource = defineResource<ControllerRevision>()({
  kind: 'ControllerRevision',
  group: 'apps',
  version: 'v1',
  plural: 'controllerrevisions',
  namespaced: true,
  otherVersions: ['apps/v1beta1', 'apps/v1beta2'],
  schema: controllerRevision,
  rules: { validateCreate: validateControllerRevision, validateUpdate: validateControllerRevisionUpdate },
});
