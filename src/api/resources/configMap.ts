/** ConfigMap. Models: pkg/registry/core/configmap (v1.36) */
import { configMap, type ConfigMap } from '../schema/kinds/configMap.js';
import { validateConfigMap, validateConfigMapUpdate } from '../validation/configuration.js';
import { defineResource } from './resource.js';

export const configMapResource = defineResource<ConfigMap>()({
  kind: 'ConfigMap',
  version: 'v1',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  schema: configMap,
  rules: { validateCreate: validateConfigMap, validateUpdate: validateConfigMapUpdate },
});
