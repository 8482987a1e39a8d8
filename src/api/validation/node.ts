/** Rules of nodes. Models: pkg/apis/core/validation/validation.go#ValidateNode, #ValidateNodeUpdate (v1.36) */
import { jsonEqual } from '../patch/index.js';
import type { Node } from '../schema/kinds/node.js';
import { parseQuantity } from '../wire/quantity.js';
import type { FieldErrors } from './fieldErrors.js';
import { validateTaints } from './pod/placement.js';

export const validateNode = ({ spec, status }: Node, errors: FieldErrors): void => {
  if (spec.taints !== undefined) validateTaints(spec.taints, 'spec.taints', errors);
  for (const field of ['capacity', 'allocatable'] as const)
    for (const [name, amount] of Object.entries(status[field] ?? {}))
      if (parseQuantity(amount) < 0)
        errors.invalid(`status.${field}[${name}]`, amount, 'must be greater than or equal to 0');
};

/** A node's addresses in the pod network and its provider's name for it are given once. */
export const validateNodeUpdate = (node: Node, old: Node, errors: FieldErrors): void => {
  validateNode(node, errors);
  if (old.spec.podCIDRs !== undefined && !jsonEqual(node.spec.podCIDRs, old.spec.podCIDRs))
    errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  if (old.spec.providerID !== undefined && node.spec.providerID !== old.spec.providerID)
    errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
};
