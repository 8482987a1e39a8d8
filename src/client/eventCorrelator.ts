/**
 * Decides what becomes of an event: written as new, counted onto one that is there, joined with similar ones, or
 * dropped. Pure bookkeeping: it knows no API and no clock.
 *
 * Differs: what is forgotten first is whole objects, where upstream forgets single events.
 *
 * Models: staging/src/k8s.io/client-go/tools/record/events_cache.go (v1.36), with its default limits
 */
import type { EventSubject } from './eventRecorder.js';

export interface EventFacts {
  readonly subject: EventSubject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly fieldPath?: string | undefined;
}

/** What is remembered of an event that was written. */
export interface EventRecord {
  /** Name of the API object; absent until it is written. */
  name: string | undefined;
  count: number;
  readonly firstSeenMs: number;
}

export interface Observation {
  /** As given; with another message when similar events are joined. */
  readonly facts: EventFacts;
  /** 1 for a new event. */
  readonly count: number;
  /** Name of the API object that counts it; absent for a new event. */
  readonly name: string | undefined;
  readonly record: EventRecord;
}

export interface EventCorrelator {
  /** Undefined: dropped as spam. */
  observe(facts: EventFacts, nowMs: number): Observation | undefined;
}

/** From so many different messages on, similar events become one. events_cache.go#defaultAggregateMaxEvents */
const SIMILAR_EVENTS_MAX = 10;
/** Without a similar event for so long, the group starts anew. #defaultAggregateIntervalInSeconds */
const SIMILAR_INTERVAL_MS = 600_000;
const SIMILAR_PREFIX = '(combined from similar events): ';
/** Events about one object that are let through at once. #defaultSpamBurst */
const SPAM_BURST = 25;
/** One more after so long. #defaultSpamQPS */
const SPAM_REFILL_MS = 300_000;
/** Objects that are remembered; upstream remembers as many events. #maxLruCacheEntries */
const OBJECTS_MAX = 4096;
/** Events that are remembered of one group. */
const RECORDS_MAX = 64;

/** Events about one object of one type and reason. Most have but one message, which needs neither set nor map. */
interface Group {
  /** The latest different messages. */
  messages: string | Set<string>;
  lastSeenMs: number;
  /** By field path and message: the first, and all once there is a second. */
  readonly firstKey: string;
  readonly first: EventRecord;
  records: Map<string, EventRecord> | undefined;
  /** The event that stands for all once they are too many. */
  combined: EventRecord | undefined;
}
interface SpamBucket {
  tokens: number;
  filledMs: number;
}
/** What is remembered of one object and type. */
interface Subject {
  readonly bucket: SpamBucket;
  readonly groups: Map<string, Group>;
}

/** One recorder has one source, so that object, type and reason are all that tells its groups apart. */
export const createEventCorrelator = (): EventCorrelator => {
  const subjects = { Normal: new RecentlyUsed<Subject>(), Warning: new RecentlyUsed<Subject>() };

  const subjectOf = ({ subject: { kind, metadata }, type }: EventFacts, nowMs: number): Subject => {
    const key = metadata.uid ?? `${kind}\n${metadata.namespace ?? ''}\n${metadata.name}`;
    let subject = subjects[type].get(key);
    if (subject === undefined) {
      subject = { bucket: { tokens: SPAM_BURST, filledMs: nowMs }, groups: new Map() };
      subjects[type].set(key, subject);
    }
    return subject;
  };

  return {
    observe(facts, nowMs) {
      const subject = subjectOf(facts, nowMs);
      const group = groupOf(subject, facts, nowMs);
      const isCombined = countMessage(group, facts.message, nowMs);
      const record = isCombined
        ? (group.combined ??= newRecord(nowMs))
        : recordOf(group, keyOf(facts), nowMs);
      record.count += 1;
      if (isSpam(subject.bucket, nowMs)) return undefined;
      return {
        facts: isCombined ? { ...facts, message: SIMILAR_PREFIX + facts.message } : facts,
        count: record.count,
        name: record.name,
        record,
      };
    },
  };
};

const newRecord = (nowMs: number): EventRecord => ({ name: undefined, count: 0, firstSeenMs: nowMs });

const keyOf = ({ fieldPath, message }: EventFacts): string =>
  fieldPath === undefined ? message : `${fieldPath}\n${message}`;

const groupOf = ({ groups }: Subject, facts: EventFacts, nowMs: number): Group => {
  let group = groups.get(facts.reason);
  if (group === undefined) {
    group = {
      messages: facts.message,
      lastSeenMs: nowMs,
      firstKey: keyOf(facts),
      first: newRecord(nowMs),
      records: undefined,
      combined: undefined,
    };
    groups.set(facts.reason, group);
  }
  return group;
};

/** Answers whether the group has become too large for events of their own. */
const countMessage = (group: Group, message: string, nowMs: number): boolean => {
  const isOver = nowMs - group.lastSeenMs > SIMILAR_INTERVAL_MS;
  group.lastSeenMs = nowMs;
  if (isOver) group.messages = message;
  const { messages } = group;
  if (messages === message) return false;
  const different = typeof messages === 'string' ? new Set([messages]) : messages;
  group.messages = different;
  different.add(message);
  if (different.size < SIMILAR_EVENTS_MAX) return false;
  dropFirst(different);
  return true;
};

const recordOf = (group: Group, key: string, nowMs: number): EventRecord => {
  if (group.records === undefined) {
    if (key === group.firstKey) return group.first;
    group.records = new Map([[group.firstKey, group.first]]);
  }
  const { records } = group;
  let record = records.get(key);
  if (record === undefined) {
    record = newRecord(nowMs);
    records.set(key, record);
    if (records.size > RECORDS_MAX) dropFirst(records);
  }
  return record;
};

const isSpam = (bucket: SpamBucket, nowMs: number): boolean => {
  const refilled = bucket.tokens + (nowMs - bucket.filledMs) / SPAM_REFILL_MS;
  bucket.tokens = Math.min(SPAM_BURST, refilled);
  bucket.filledMs = nowMs;
  if (bucket.tokens < 1) return true;
  bucket.tokens -= 1;
  return false;
};

const dropFirst = (entries: Set<string> | Map<string, unknown>): void => {
  for (const key of entries.keys()) {
    entries.delete(key);
    return;
  }
};

/**
 * A map that forgets what was not used for long: at least the last `OBJECTS_MAX` entries are remembered, at most
 * twice as many.
 */
class RecentlyUsed<V> {
  private recent = new Map<string, V>();
  private older = new Map<string, V>();

  get(key: string): V | undefined {
    const value = this.recent.get(key);
    if (value !== undefined) return value;
    const old = this.older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.recent.size >= OBJECTS_MAX) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(key, value);
  }
}
