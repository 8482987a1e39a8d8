/** API types, as published by Kubernetes v1.36. */
import { int32, microTime, object, ref, string, time, type Infer } from '../dsl.js';
import { objectMeta } from '../types/meta.js';
import { objectReference } from '../types/references.js';

export const eventSeries = object('io.k8s.api.core.v1.EventSeries', {
  count: int32({ proto: 1 }),
  lastObservedTime: microTime({ proto: 2 }),
});
export interface EventSeries extends Infer<typeof eventSeries> {}

export const eventSource = object('io.k8s.api.core.v1.EventSource', {
  component: string({ proto: 1 }),
  host: string({ proto: 2 }),
});
export interface EventSource extends Infer<typeof eventSource> {}

export const event = object('io.k8s.api.core.v1.Event', {
  kind: string({ always: true }),
  apiVersion: string({ always: true }),
  metadata: ref(objectMeta, { proto: 1, required: true, struct: true }),
  involvedObject: ref(objectReference, { proto: 2, required: true, struct: true }),
  reason: string({ proto: 3 }),
  message: string({ proto: 4 }),
  source: ref(eventSource, { proto: 5, struct: true }),
  firstTimestamp: time({ proto: 6 }),
  lastTimestamp: time({ proto: 7 }),
  count: int32({ proto: 8 }),
  type: string({ proto: 9 }),
  eventTime: microTime({ proto: 10 }),
  series: ref(eventSeries, { proto: 11 }),
  action: string({ proto: 12 }),
  related: ref(objectReference, { proto: 13 }),
  reportingComponent: string({ proto: 14 }),
  reportingInstance: string({ proto: 15 }),
});
export interface Event extends Infer<typeof event> {}
