/** Event of the core group. Models: pkg/registry/core/event (v1.36) */
import { event, type Event } from '../schema/kinds/event.js';
import { validateEvent } from '../validation/event.js';
import { defineResource } from './resource.js';

export const eventResource = defineResource<Event>()({
  kind: 'Event',
  version: 'v1',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  otherVersions: ['events.k8s.io/v1', 'events.k8s.io/v1beta1'],
  schema: event,
  rules: {
    validateCreate: validateEvent,
    validateUpdate: (next, _old, errors) => validateEvent(next, errors),
  },
});
