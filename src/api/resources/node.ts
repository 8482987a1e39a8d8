/** Node. Models: pkg/registry/core/node (v1.36) */
import { node, type Node } from '../schema/kinds/node.js';
import { validateNode, validateNodeUpdate } from '../validation/node.js';
import { defineResource } from './resource.js';

export const nodeResource = defineResource<Node>()({
  kind: 'Node',
  version: 'v1',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: ['status'],
  schema: node,
  rules: { validateCreate: validateNode, validateUpdate: validateNodeUpdate },
});
