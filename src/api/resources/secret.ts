/** Secret. Models: pkg/registry/core/secret (v1.36) */
import { secret, type Secret } from '../schema/kinds/secret.js';
import { mergeStringData } from '../defaults/secret.js';
import { validateSecret, validateSecretUpdate } from '../validation/configuration.js';
import { defineResource } from './resource.js';

export const secretResource = defineResource<Secret>()({
  kind: 'Secret',
  version: 'v1',
  plural: 'secrets',
  namespaced: true,
  schema: secret,
  rules: {
    defaults: mergeStringData,
    validateCreate: validateSecret,
    validateUpdate: validateSecretUpdate,
  },
});
