/** ServiceAccount. Models: pkg/registry/core/serviceaccount (v1.36) */
import { serviceAccount, type ServiceAccount } from '../schema/kinds/serviceAccount.js';
import { defineResource } from './resource.js';

export const serviceAccountResource = defineResource<ServiceAccount>()({
  kind: 'ServiceAccount',
  version: 'v1',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  schema: serviceAccount,
});
