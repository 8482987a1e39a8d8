/**
 * Records Kubernetes events about objects, and keeps their number down: an event that comes again raises `count`, many
 * similar ones become one, and a flood about one object is cut off.
 *
 * What is recorded never fails the work it is about. An event that the API refuses goes to `onRejected`.
 *
 * Models: staging/src/k8s.io/client-go/tools/record/{event,events_cache}.go (v1.36)
 */
import type { ApiError, Event, KubeObject } from '../api/index.js';
import type { Clock, Random } from '../clock/index.js';
import { createEventCorrelator, type EventFacts, type Observation } from './eventCorrelator.js';
import type { Api, Settled } from './port.js';
import { createTimestamps } from './timestamps.js';

/** What an event is about: any API object, or what names one. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Pick<KubeObject['metadata'], 'name' | 'namespace'> &
    Partial<Pick<KubeObject['metadata'], 'uid' | 'resourceVersion'>>;
}

export interface EventRecorderOptions {
  /** The component that reports, such as `kubelet` or `deployment-controller`. */
  readonly component: string;
  /** The node it reports from. */
  readonly host?: string | undefined;
  /** An event that the API refused; it is not tried again. Default: nothing, as upstream but for a log line. */
  readonly onRejected?: ((error: ApiError, facts: EventFacts) => void) | undefined;
}

export interface EventRecorder {
  /** `fieldPath` names the part, such as `spec.containers{web}`. */
  event(
    subject: EventSubject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    fieldPath?: string,
  ): void;
}

/**
 * @example
 * const recorder = createEventRecorder(api, clock, random, { component: 'kubelet', host: 'node-1' });
 * recorder.event(pod, 'Normal', 'Started', 'Container started', 'spec.containers{web}');
 */
export const createEventRecorder = (
  api: Api,
  clock: Clock,
  random: Random,
  { component, host, onRejected }: EventRecorderOptions,
): EventRecorder => {
  const correlator = createEventCorrelator();
  const timestamp = createTimestamps();
  const source = host === undefined ? { component } : { component, host };

  const write = (observation: Observation): void => {
    const { facts, count } = observation;
    const namespace = facts.subject.metadata.namespace ?? 'default';
    const remember = (outcome: Settled<Event>): void => {
      if (!outcome.ok) onRejected?.(outcome.error, facts);
    };
    if (count === 1 || observation.name === undefined) {
      create(observation, namespace).settled(remember);
      return;
    }
    const body = { count, message: facts.message, lastTimestamp: timestamp(clock.now()) };
    api
      .patch({ kind: 'Event', namespace, name: observation.name }, { type: 'merge', body })
      .settled((outcome) => {
        // The event has expired or was deleted: it starts anew, with its count.
        if (!outcome.ok && outcome.error.reason === 'NotFound')
          create(observation, namespace).settled(remember);
        else remember(outcome);
      });
  };

  const create = ({ facts, count, record }: Observation, namespace: string) => {
    const { subject, fieldPath } = facts;
    const { name, uid, resourceVersion } = subject.metadata;
    const eventName = `${name}.${eventSuffix(clock, random)}`;
    record.name = eventName;
    return api.create(
      'Event',
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: eventName, namespace },
        involvedObject: {
          kind: subject.kind,
          ...(subject.metadata.namespace !== undefined && { namespace: subject.metadata.namespace }),
          name,
          ...(uid !== undefined && { uid }),
          apiVersion: subject.apiVersion,
          ...(resourceVersion !== undefined && { resourceVersion }),
          ...(fieldPath !== undefined && { fieldPath }),
        },
        reason: facts.reason,
        message: facts.message,
        source,
        firstTimestamp: timestamp(record.firstSeenMs),
        lastTimestamp: timestamp(clock.now()),
        count,
        type: facts.type,
        eventTime: null,
        reportingComponent: component,
        reportingInstance: host ?? '',
      },
      { namespace },
    );
  };

  return {
    event(subject, type, reason, message, fieldPath) {
      const observation = correlator.observe({ subject, type, reason, message, fieldPath }, clock.now());
      if (observation !== undefined) write(observation);
    },
  };
};

/** The nanosecond that the last event of each clock was named after. */
const lastNamed = new WeakMap<Clock, bigint>();

/**
 * The time in nanoseconds as 16 hexadecimal digits, as upstream: events listed by name are in the order of time. Those
 * of one millisecond follow each other in steps drawn by lot, so that another process hits on other names.
 */
const eventSuffix = (clock: Clock, random: Random): string => {
  const now = BigInt(clock.now()) * 1_000_000n;
  const last = lastNamed.get(clock) ?? 0n;
  const named = (last > now ? last : now) + BigInt(1 + random.integer(16));
  lastNamed.set(clock, named);
  return named.toString(16).padStart(16, '0');
};
