/** DaemonSet, and the ControllerRevisions that hold its history. Models: pkg/registry/apps/{daemonset,controllerrevision} (v1.36) */
import { controllerRevision, type ControllerRevision } from '../schema/kinds/controllerRevision.js';
import { daemonSet, type DaemonSet } from '../schema/kinds/daemonSet.js';
import { jsonEqual } from '../patch/index.js';
import {
  daemonSetWarnings,
  validateControllerRevision,
  validateControllerRevisionUpdate,
  validateDaemonSet,
  validateDaemonSetStatus,
  validateDaemonSetUpdate,
} from '../validation/daemonSet.js';
import { defineResource } from './resource.js';

/** Where apps/v1 shows the generation of the template, which the server counts. Source: k8s.io/api/apps/v1/types.go. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** DS-27: 1 for a new object unless it says more, and one more with every other template; whatever a client writes. */
const withTemplateGeneration = (object: DaemonSet, old: DaemonSet | undefined): DaemonSet => {
  const { annotations } = object.metadata;
  const counted = String(
    old === undefined
      ? Math.max(generationOf(object), 1)
      : generationOf(old) + (jsonEqual(old.spec.template, object.spec.template) ? 0 : 1),
  );
  if (annotations?.[TEMPLATE_GENERATION] === counted) return object;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [TEMPLATE_GENERATION]: counted } },
  };
};

const generationOf = ({ metadata }: DaemonSet): number => {
  const text = metadata.annotations?.[TEMPLATE_GENERATION] ?? '';
  return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : 0;
};

export const daemonSetResource = defineResource<DaemonSet>()({
  kind: 'DaemonSet',
  group: 'apps',
  version: 'v1',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  otherVersions: ['apps/v1beta2', 'extensions/v1beta1'],
  schema: daemonSet,
  hasGeneration: true,
  rules: {
    complete: withTemplateGeneration,
    validateCreate: validateDaemonSet,
    validateUpdate: validateDaemonSetUpdate,
    validateStatus: validateDaemonSetStatus,
    warnings: daemonSetWarnings,
  },
});

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
