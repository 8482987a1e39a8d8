/** Pod. Models: pkg/registry/core/pod (v1.36) */
import { pod, type Pod } from '../schema/kinds/pod.js';
import { defaultPod } from '../defaults/pod.js';
import { validateEphemeralUpdate } from '../validation/pod/ephemeral.js';
import { validatePod, validatePodStatus } from '../validation/pod/spec.js';
import { validatePodUpdate } from '../validation/pod/update.js';
import { podWarnings } from '../validation/pod/warnings.js';
import { defineResource } from './resource.js';

export const podResource = defineResource<Pod>()({
  kind: 'Pod',
  version: 'v1',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  subresources: [
    'attach',
    'binding',
    'ephemeralcontainers',
    'eviction',
    'exec',
    'log',
    'portforward',
    'status',
  ],
  schema: pod,
  hasGeneration: true,
  gracefulDeletion: true,
  rules: {
    defaults: defaultPod,
    validateCreate: validatePod,
    validateUpdate: validatePodUpdate,
    validateSubresource: { ephemeralcontainers: validateEphemeralUpdate },
    validateStatus: validatePodStatus,
    warnings: (created, old) =>
      old === undefined
        ? podWarnings(created.metadata, created.spec, { metadata: 'metadata', spec: 'spec' })
        : [],
  },
});
