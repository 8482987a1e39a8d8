/** Lease. Models: pkg/registry/coordination/lease (v1.36) */
import { lease, type Lease } from '../schema/kinds/lease.js';
import { validateLease } from '../validation/lease.js';
import { defineResource } from './resource.js';

export const leaseResource = defineResource<Lease>()({
  kind: 'Lease',
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  namespaced: true,
  otherVersions: ['coordination.k8s.io/v1beta1'],
  schema: lease,
  rules: {
    validateCreate: validateLease,
    validateUpdate: (next, _old, errors) => validateLease(next, errors),
  },
});
