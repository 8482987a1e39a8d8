import { cronJobMachine, type CronJobObservation } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const UNTIL_NEXT_MS = 60_100;
const calm: Omit<CronJobObservation, 'atMs'> = {
  isBeingDeleted: false,
  isSuspended: false,
  concurrencyPolicy: 'Allow',
  startingDeadlineMs: undefined,
  fault: undefined,
  hasTimeZoneInSchedule: false,
  surplusJobs: 0,
  changedJobs: 0,
  activeJobs: 0,
  scheduledAtMs: undefined,
  isStarted: false,
  missedRuns: 0,
  untilNextMs: UNTIL_NEXT_MS,
};
const stopped = { ...calm, untilNextMs: undefined };
const looks = (nowMs: number): readonly Omit<CronJobObservation, 'atMs'>[] => {
  const due = { ...calm, scheduledAtMs: nowMs };
  return [
    calm,
    due,
    { ...due, isStarted: true },
    { ...due, missedRuns: 101 },
    { ...due, scheduledAtMs: nowMs - 11_000, startingDeadlineMs: 10_000 },
    { ...due, concurrencyPolicy: 'Forbid', activeJobs: 1 },
    { ...due, concurrencyPolicy: 'Replace', activeJobs: 1 },
    { ...due, surplusJobs: 1 },
    { ...due, changedJobs: 1, concurrencyPolicy: 'Forbid', activeJobs: 1 },
    { ...due, hasTimeZoneInSchedule: true },
    { ...calm, isSuspended: true },
    { ...stopped, fault: 'UnknownTimeZone' },
    { ...stopped, fault: 'UnparseableSchedule' },
    { ...stopped, fault: 'InvalidSchedule' },
    { ...calm, isBeingDeleted: true },
  ];
};
const error = 'no answer';

export const paths = planFor(cronJobMachine)({
  inputs: { 'a CronJob': undefined },
  events: ({ nowMs, is }) => [
    { type: 'sync.request' },
    { type: 'schedule.changed', atMs: nowMs, untilNextMs: 30_100, isSuspended: false },
    { type: 'schedule.changed', atMs: nowMs, untilNextMs: 30_100, isSuspended: true },
    { type: 'schedule.changed', atMs: nowMs, untilNextMs: undefined, isSuspended: false },
    // A sync begins only when none is under way; requests are answered one by one.
    ...(is('resting')
      ? looks(nowMs).map((look) => ({ type: 'cronJob.observed' as const, seen: { atMs: nowMs, ...look } }))
      : []),
    ...(is('syncing.trimmingHistory') ? [{ type: 'history.trimmed' as const, activeJobs: 0 }] : []),
    ...(is('syncing.reviewingJobs')
      ? [
          { type: 'jobs.reviewed' as const, activeJobs: 0, isStarted: false },
          { type: 'jobs.reviewed' as const, activeJobs: 1, isStarted: true },
          { type: 'review.failed' as const, error },
        ]
      : []),
    ...(is('syncing.replacing')
      ? [{ type: 'activeJobs.deleted' as const }, { type: 'deletion.failed' as const, error }]
      : []),
    ...(is('syncing.starting')
      ? [
          { type: 'job.created' as const },
          { type: 'job.nameTaken' as const },
          { type: 'creation.failed' as const, error },
        ]
      : []),
    ...(is('syncing.publishing')
      ? [{ type: 'status.published' as const }, { type: 'status.failed' as const, error }]
      : []),
  ],
  abstraction: ({ context: { seen, ...context } }) => [
    seen.isBeingDeleted,
    seen.isSuspended,
    seen.fault,
    seen.concurrencyPolicy,
    seen.activeJobs,
    seen.isStarted,
    seen.scheduledAtMs !== undefined,
    context.isNameTaken,
    context.error,
    context.isDirty,
    Math.min(context.failures, 1),
  ],
  states: {
    resting: { holds: { 'what changed meanwhile was asked for': ({ context }) => !context.isDirty } },
    'resting.awaitingLook': { pending: [] },
    'resting.awaitingNext.waiting': {
      pending: ['untilNextScheduleMs'],
      holds: { 'nothing failed': ({ context }) => context.error === undefined && context.failures === 0 },
    },
    'resting.awaitingNext.blockedByForbid': {
      pending: ['untilNextScheduleMs'],
      holds: {
        'an earlier run is active': ({ context }) => context.seen.activeJobs > 0,
        'none may run beside it': ({ context }) => context.seen.concurrencyPolicy === 'Forbid',
      },
    },
    'resting.awaitingNext.missedDeadline': {
      pending: ['untilNextScheduleMs'],
      holds: { 'it has a deadline': ({ context }) => context.seen.startingDeadlineMs !== undefined },
    },
    'resting.suspended': {
      pending: [],
      holds: { 'it is suspended': ({ context }) => context.seen.isSuspended },
    },
    'resting.unschedulable': {
      pending: [],
      holds: { 'it says why': ({ context }) => context.seen.fault !== undefined },
    },
    'resting.nameTaken': {
      pending: [],
      holds: { 'a run is due': ({ context }) => context.seen.scheduledAtMs !== undefined },
    },
    'resting.deleting': { pending: [], holds: { 'it goes': ({ context }) => context.seen.isBeingDeleted } },
    'resting.backingOff': {
      pending: ['backOffMs'],
      holds: {
        'it says why': ({ context }) => context.error === error,
        'it is counted': ({ context }) => context.failures > 0,
      },
    },
    'syncing.trimmingHistory': { pending: [] },
    'syncing.reviewingJobs': { pending: [] },
    'syncing.replacing': {
      pending: [],
      holds: { 'there is something to replace': ({ context }) => context.seen.activeJobs > 0 },
    },
    'syncing.starting': {
      pending: [],
      holds: {
        'a run is due': ({ context }) => context.seen.scheduledAtMs !== undefined,
        'it has not been started': ({ context }) => !context.seen.isStarted,
        'it may start': ({ context: { seen } }) =>
          !seen.isBeingDeleted &&
          !seen.isSuspended &&
          (seen.concurrencyPolicy === 'Allow' || seen.activeJobs === 0),
      },
    },
    'syncing.publishing': { pending: [] },
  },
});
