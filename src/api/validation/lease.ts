/** Rules of leases. Models: pkg/apis/coordination/validation/validation.go (v1.36) */
import type { Lease } from '../schema/kinds/lease.js';
import type { FieldErrors } from './fieldErrors.js';

export const validateLease = ({ spec }: Lease, errors: FieldErrors): void => {
  const { leaseDurationSeconds, leaseTransitions } = spec;
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0');
  errors.nonNegative('spec.leaseTransitions', leaseTransitions);
};
