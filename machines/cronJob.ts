/**
 * One CronJob: starts a Job whenever its schedule says, unless it must not. One sync at a time, begun by whatever changes
 * and by the schedule itself; which run is due is computed from the observed state, so that a wake that comes too early,
 * twice or late does no harm.
 *
 * Models: pkg/controller/cronjob/cronjob_controllerv2.go (v1.36; spec controllers.md §6)
 * Differs: where a live look shows an active list that is newer than the cache, the whole sync goes on with it (CJ-10).
 */
import { cronJobEffects, cronJobSetup, UNSEEN } from './cronJobSetup.js';

export { cronJobEffects };
export type {
  CronJobContext,
  CronJobMachineEvent,
  CronJobObservation,
  CronJobReport,
  ScheduleFault,
} from './cronJobSetup.js';

export const cronJobMachine = cronJobSetup.createMachine({
  id: 'cronJob',
  description:
    'One CronJob: starts a Job at the times of its schedule, and keeps the list of those that run.',
  context: {
    seen: UNSEEN,
    wakesAtMs: undefined,
    untilNextMs: 0,
    isNameTaken: false,
    error: undefined,
    failures: 0,
    isDirty: false,
  },
  initial: 'resting',
  states: {
    resting: {
      description: 'Between two syncs.',
      initial: 'awaitingLook',
      always: { guard: 'isDirty', actions: ['clearDirty', 'requestSync'] },
      on: {
        'sync.request': { actions: 'requestSync' },
        'cronJob.observed': { target: 'syncing', actions: 'recordObservation' },
        'schedule.changed': {
          guard: 'becameUnparseable',
          actions: { type: 'report', params: { reason: 'UnParseableCronJobSchedule' } },
        },
      },
      states: {
        awaitingLook: { description: 'New, or just woken: a look has been asked for.' },
        awaitingNext: {
          description: 'Looks again 100 ms after the next time of the schedule.',
          initial: 'waiting',
          entry: 'forgetFailures',
          after: { untilNextScheduleMs: { target: 'awaitingLook', actions: 'requestSync' } },
          on: {
            'schedule.changed': {
              guard: 'isParseable',
              target: 'awaitingNext',
              reenter: true,
              actions: 'recordSchedule',
              description: 'Another schedule: its next time counts; runs that it has missed wait until then.',
            },
          },
          states: {
            waiting: { description: 'Nothing is due that has not been started.' },
            blockedByForbid: {
              description:
                'A run is due, but an earlier one still runs. It starts when that ends, unless too late.',
            },
            missedDeadline: { description: 'The run that was due is too late to start.' },
          },
        },
        suspended: {
          description: 'Starts nothing. What is missed meanwhile may start when the suspension ends.',
          entry: 'forgetFailures',
          on: {
            'schedule.changed': {
              guard: 'isResumed',
              target: 'awaitingNext',
              actions: 'recordSchedule',
              description: 'The suspension ends with another schedule, whose next time counts.',
            },
          },
        },
        unschedulable: {
          description: 'Its schedule or its time zone says nothing: sleeps until something changes.',
          entry: 'forgetFailures',
          on: {
            'schedule.changed': { guard: 'isParseable', target: 'awaitingNext', actions: 'recordSchedule' },
          },
        },
        nameTaken: {
          description:
            'The Job of the run that is due is another’s, or is known: sleeps until something changes.',
          entry: 'forgetFailures',
          on: {
            'schedule.changed': { guard: 'isParseable', target: 'awaitingNext', actions: 'recordSchedule' },
          },
        },
        deleting: { description: 'It is being deleted: the garbage collector takes its Jobs.' },
        backingOff: {
          description: 'The last sync failed: the next waits 5 ms, 10 ms, 20 ms … 1000 s.',
          entry: 'countFailure',
          after: { backOffMs: { target: 'awaitingLook', actions: 'requestSync' } },
        },
      },
    },
    syncing: {
      description: 'One sync under way; what changes meanwhile is seen by the next.',
      initial: 'observing',
      tags: 'busy',
      on: {
        'sync.request': { actions: 'markDirty' },
        'schedule.changed': { actions: 'markDirty' },
      },
      states: {
        observing: {
          description: 'History first, so that it is kept short also where no Job can be created.',
          always: [{ guard: 'hasSurplusJobs', target: 'trimmingHistory' }, { target: 'counting' }],
        },
        trimmingHistory: {
          description: 'Deletes the oldest finished Jobs beyond the limits.',
          entry: 'trimHistory',
          on: { 'history.trimmed': { target: 'counting', actions: 'recordActive' } },
        },
        counting: {
          description: 'Is the list of active Jobs right?',
          always: [{ guard: 'hasChangedJobs', target: 'reviewingJobs' }, { target: 'judging' }],
        },
        reviewingJobs: {
          description:
            'Takes Jobs that have finished or are missing off the list; warns of Jobs that it does not know.',
          entry: 'reviewJobs',
          on: {
            'jobs.reviewed': { target: 'judging', actions: 'recordActive' },
            'review.failed': { target: 'publishing', actions: 'recordError' },
          },
        },
        judging: {
          description: 'May anything start at all?',
          always: [
            { guard: 'isBeingDeleted', target: 'publishing' },
            {
              guard: 'hasUnknownTimeZone',
              target: 'publishing',
              actions: { type: 'report', params: { reason: 'UnknownTimeZone' } },
            },
            { guard: 'isSuspended', target: 'publishing' },
            {
              guard: 'hasTimeZoneInSchedule',
              target: 'readingSchedule',
              actions: { type: 'report', params: { reason: 'UnsupportedSchedule' } },
            },
            { target: 'readingSchedule' },
          ],
        },
        readingSchedule: {
          description: 'What does the schedule say?',
          always: [
            {
              guard: 'isUnparseable',
              target: 'publishing',
              actions: { type: 'report', params: { reason: 'UnparseableSchedule' } },
            },
            {
              guard: 'isNeverDue',
              target: 'publishing',
              actions: { type: 'report', params: { reason: 'InvalidSchedule' } },
            },
            {
              guard: 'tooManyMissed',
              target: 'due',
              actions: { type: 'report', params: { reason: 'TooManyMissedTimes' } },
              description: 'Only a warning: the latest run is started all the same.',
            },
            { guard: 'isDue', target: 'due' },
            { target: 'publishing' },
          ],
        },
        due: {
          description: 'The latest run that is due: may it start, and what about those that still run?',
          always: [
            {
              guard: 'missedDeadline',
              target: 'publishing',
              actions: { type: 'report', params: { reason: 'MissSchedule' } },
            },
            { guard: 'isStarted', target: 'publishing' },
            {
              guard: 'isForbidden',
              target: 'publishing',
              actions: { type: 'report', params: { reason: 'JobAlreadyActive' } },
            },
            { guard: 'mustReplace', target: 'replacing' },
            { target: 'starting' },
          ],
        },
        replacing: {
          description:
            'Deletes the Jobs that still run, in the background: their pods may outlive the start of the next.',
          entry: 'deleteActiveJobs',
          on: {
            'activeJobs.deleted': { target: 'starting', actions: 'recordNoneActive' },
            'deletion.failed': { target: 'publishing', actions: 'recordError' },
          },
        },
        starting: {
          description: 'Creates the Job, under the name that belongs to this run alone.',
          entry: 'createJob',
          on: {
            'job.created': { target: 'publishing', actions: 'recordStart' },
            'job.nameTaken': { target: 'publishing', actions: 'recordTakenName' },
            'creation.failed': { target: 'publishing', actions: 'recordError' },
          },
        },
        publishing: {
          description: 'Writes the status, if the sync has changed it.',
          entry: 'publishStatus',
          on: {
            'status.published': 'settling',
            'status.failed': { target: 'settling', actions: 'recordError' },
          },
        },
        settling: {
          description: 'The sync is over: what to wait for?',
          always: [
            { guard: 'syncFailed', target: '#cronJob.resting.backingOff' },
            { guard: 'isBeingDeleted', target: '#cronJob.resting.deleting' },
            { guard: 'hasUnknownTimeZone', target: '#cronJob.resting.unschedulable' },
            { guard: 'isSuspended', target: '#cronJob.resting.suspended' },
            { guard: 'hasFault', target: '#cronJob.resting.unschedulable' },
            { guard: 'isNameTaken', target: '#cronJob.resting.nameTaken' },
            {
              guard: 'missedDeadline',
              target: '#cronJob.resting.awaitingNext.missedDeadline',
              actions: 'planNext',
            },
            {
              guard: 'isBlockedByForbid',
              target: '#cronJob.resting.awaitingNext.blockedByForbid',
              actions: 'planNext',
            },
            { target: '#cronJob.resting.awaitingNext', actions: 'planNext' },
          ],
        },
      },
    },
  },
});
