/** Rules of events of the core group. Models: pkg/apis/core/validation/events.go#legacyValidateEvent (v1.36) */
import type { Event } from '../schema/kinds/event.js';
import type { FieldErrors } from './fieldErrors.js';

export const validateEvent = ({ metadata, involvedObject }: Event, errors: FieldErrors): void => {
  const { namespace = '' } = involvedObject;
  // Events of cluster-scoped objects live in `default`.
  const expected = namespace === '' ? 'default' : namespace;
  const actual = metadata.namespace ?? '';
  if (actual === expected) return;
  errors.invalid('involvedObject.namespace', namespace, 'does not match event.namespace');
};
