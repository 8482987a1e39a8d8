/**
 * What the chart of one CronJob asks for, carried out through the API: its history, the list of active Jobs, starting and
 * deleting Jobs, the status. Each effect answers the actor with an event.
 *
 * Models: pkg/controller/cronjob/cronjob_controllerv2.go#sync,syncCronJob,deleteJob (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import {
  type ApiError,
  formatTime,
  type CronJob,
  type CronJobStatus,
  type CronSchedule,
  type Job,
} from '../../api/index.js';
import type { Call, EventRecorder, Settled } from '../../client/index.js';
import { createCall } from '../../client/index.js';
import type { CronJobContext, CronJobReport, cronJobMachine } from '../../../machines/cronJob.js';
import type { Alarm, Alarms } from '../../clock/index.js';
import { allSettled, isNamespaceTerminating, type ControllerDeps } from '../deps.js';
import { BY_CONTROLLER_NAME } from '../informers.js';
import { controllerOf, objectKey } from '../pods.js';
import {
  endingOf,
  isActive,
  jobFor,
  jobName,
  surplusJobs,
  withoutActive,
  withStarted,
  withSuccess,
} from './jobs.js';
import { untilNextMs } from './missedRuns.js';
import { isStarted, lastRunMs, readSchedule, reconcile, type Reading } from './reconcile.js';
import { wakingPattern } from './wakingPattern.js';

const TZ_IN_SCHEDULE =
  'is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';

export class CronJobEffects {
  actor!: HostedActor<typeof cronJobMachine>;
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly alarms: Alarms | undefined;
  private readonly key: { readonly kind: 'CronJob'; readonly namespace: string; readonly name: string };
  private readonly uid: string;
  /** As of the beginning of the sync; newer, where a live look was needed. */
  private cronJob: CronJob;
  private jobs: readonly Job[] = [];
  /** What the sync makes of the status. */
  private status: CronJobStatus;
  private faultText = '';
  private reading: Reading | undefined;
  private readFrom: CronJob['spec'] | undefined;
  private alarm: Alarm | undefined;

  constructor(deps: ControllerDeps, recorder: EventRecorder, alarms: Alarms | undefined, cronJob: CronJob) {
    this.deps = deps;
    this.recorder = recorder;
    this.alarms = alarms;
    this.cronJob = cronJob;
    this.status = cronJob.status;
    this.uid = cronJob.metadata.uid;
    this.key = {
      kind: 'CronJob',
      namespace: cronJob.metadata.namespace ?? '',
      name: cronJob.metadata.name,
    };
  }

  /** One sync: look, and tell the actor. Runs when no message is pending, so the actor's snapshot is current. */
  readonly sync = (): void => {
    const { informers, clock } = this.deps;
    const cronJob = informers.of('CronJob').get(this.key.namespace, this.key.name);
    if (cronJob?.metadata.uid !== this.uid || this.actor.isStopped) return;
    if (this.actor.getSnapshot().hasTag('busy')) {
      this.actor.send({ type: 'sync.request' });
      return;
    }
    this.cronJob = cronJob;
    this.status = cronJob.status;
    this.jobs = informers.of('Job').byIndex(BY_CONTROLLER_NAME, objectKey(cronJob.metadata));
    const { seen, faultText } = reconcile({
      cronJob,
      reading: this.read(cronJob),
      jobs: this.jobs,
      nowMs: clock.now(),
    });
    this.faultText = faultText;
    this.actor.send({ type: 'cronJob.observed', seen });
  };

  requestSync(): void {
    this.deps.host.schedule(this, this.sync);
  }

  /** The list has the Job, which has not finished: a sync would find nothing. */
  knowsAsRunning(job: Job): boolean {
    const listed = this.deps.informers.of('CronJob').get(this.key.namespace, this.key.name);
    return listed !== undefined && endingOf(job) === undefined && isActive(listed.status, job.metadata.uid);
  }

  /** The schedule or its time zone is another (CJ-1). One that is never due is looked at now, and told (CJ-12). */
  changeSchedule(cronJob: CronJob): void {
    if (!this.actor.getSnapshot().hasTag('busy')) this.cronJob = cronJob;
    const reading = this.read(cronJob);
    const atMs = this.deps.clock.now();
    const waitMs =
      reading.fault === undefined
        ? (untilNextMs(reading.schedule, { earliestMs: lastRunMs(cronJob), nowMs: atMs }) ?? 0)
        : undefined;
    const isSuspended = cronJob.spec.suspend === true;
    this.actor.send({ type: 'schedule.changed', atMs, untilNextMs: waitMs, isSuspended });
  }

  /** The schedule as it was read last, and the alarm that goes with it. */
  private read({ spec }: CronJob): Reading {
    const isSame = spec.schedule === this.readFrom?.schedule && spec.timeZone === this.readFrom.timeZone;
    if (this.reading && isSame) return this.reading;
    this.alarm?.stop();
    this.readFrom = spec;
    this.reading = readSchedule(spec);
    this.alarm = this.startAlarm(this.reading.schedule);
    return this.reading;
  }

  /** `@every` needs none: its times depend on the last run, not on the clock. */
  private startAlarm(schedule: CronSchedule | undefined): Alarm | undefined {
    const pattern = schedule?.fields && wakingPattern(schedule.fields);
    if (!schedule || pattern === undefined) return undefined;
    return this.alarms?.start(pattern, schedule.zone.name, () => this.actor.send({ type: 'sync.request' }));
  }

  stop(): void {
    this.alarm?.stop();
    this.actor.stop();
  }

  report({ reason }: { readonly reason: CronJobReport }, context: CronJobContext): void {
    const { schedule } = this.cronJob.spec;
    const { scheduledAtMs = 0 } = context.seen;
    const messages: Readonly<Record<CronJobReport, () => string>> = {
      UnknownTimeZone: () => this.faultText,
      UnparseableSchedule: () => this.faultText,
      InvalidSchedule: () => this.faultText,
      UnParseableCronJobSchedule: () => `unparseable schedule for cronjob: ${schedule}`,
      UnsupportedSchedule: () =>
        `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} ${TZ_IN_SCHEDULE}`,
      TooManyMissedTimes: () =>
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      MissSchedule: () => `Missed scheduled time to start a job: ${rfc1123(scheduledAtMs)}`,
      JobAlreadyActive: () =>
        'Not starting job because prior execution is running and concurrency policy is Forbid',
    };
    const type = reason === 'JobAlreadyActive' ? 'Normal' : 'Warning';
    this.recorder.event(this.cronJob, type, reason, messages[reason]());
  }

  trimHistory(): void {
    const surplus = surplusJobs(this.cronJob, this.jobs);
    allSettled(
      surplus.map((job) => this.deleteJob(job)),
      () => this.actor.send({ type: 'history.trimmed', activeJobs: (this.status.active ?? []).length }),
    );
  }

  /** In the background. What succeeds is told and taken off the list; a failure is told (CJ-17, CJ-45). */
  private deleteJob({ metadata }: Job): Call<unknown> {
    const { namespace, name, uid } = metadata;
    return createCall((settle) =>
      this.deps.api
        .delete({ kind: 'Job', namespace, name }, { propagationPolicy: 'Background' })
        .settled((outcome) => {
          if (outcome.ok) {
            this.status = withoutActive(this.status, uid);
            this.recorder.event(this.cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
          } else {
            const message = `Deleted job: ${outcome.error.message}`;
            this.recorder.event(this.cronJob, 'Warning', 'FailedDelete', message);
          }
          settle(outcome);
        }),
    );
  }

  /** CJ-10, CJ-11: one after the other, since each live look may change the list. */
  reviewJobs(_: unknown, { seen }: CronJobContext): void {
    const fail = (error: ApiError): void => this.actor.send({ type: 'review.failed', error: error.message });
    const reviewJob = (index: number): void => {
      const job = this.jobs[index];
      if (!job) return this.findMissing(seen.scheduledAtMs, fail);
      const ending = endingOf(job);
      const { uid, name } = job.metadata;
      if (ending === undefined && !isActive(this.status, uid)) {
        this.deps.api.get(this.key).settled((fresh) => {
          if (!fresh.ok) return fail(fresh.error);
          if (isActive(fresh.value.status, uid)) this.status = (this.cronJob = fresh.value).status;
          else {
            const message = `Saw a job that the controller did not create or forgot: ${name}`;
            this.recorder.event(this.cronJob, 'Warning', 'UnexpectedJob', message);
          }
          return reviewJob(index + 1);
        });
        return;
      }
      if (ending !== undefined && isActive(this.status, uid)) {
        this.status = withoutActive(this.status, uid);
        const message = `Saw completed job: ${name}, condition: ${ending}`;
        this.recorder.event(this.cronJob, 'Normal', 'SawCompletedJob', message);
      }
      this.status = withSuccess(this.status, job);
      reviewJob(index + 1);
    };
    reviewJob(0);
  }

  /** Active Jobs that the cache does not show: are they gone? */
  private findMissing(scheduledAtMs: number | undefined, fail: (error: ApiError) => void): void {
    const children = new Set(this.jobs.map(({ metadata }) => metadata.uid));
    const absent = (this.status.active ?? []).filter(({ uid }) => !children.has(uid ?? ''));
    const { namespace } = this.key;
    allSettled(
      absent.map(({ name = '' }) => this.deps.api.get({ kind: 'Job', namespace, name })),
      (outcomes) => {
        for (const [index, outcome] of outcomes.entries()) {
          if (outcome.ok) continue;
          if (outcome.error.reason !== 'NotFound') return fail(outcome.error);
          const { name = '', uid = '' } = absent[index] ?? {};
          this.recorder.event(this.cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
          this.status = withoutActive(this.status, uid);
        }
        this.actor.send({
          type: 'jobs.reviewed',
          activeJobs: (this.status.active ?? []).length,
          isStarted: scheduledAtMs !== undefined && isStarted(this.cronJob, this.status, scheduledAtMs),
        });
      },
    );
  }

  /** CJ-17: one after the other; the first failure ends it. */
  deleteActiveJobs(): void {
    const active = [...(this.status.active ?? [])];
    const fail = (error: string): void => this.actor.send({ type: 'deletion.failed', error });
    const deleteNext = (): void => {
      const reference = active.shift();
      if (!reference) return this.actor.send({ type: 'activeJobs.deleted' });
      const { name = '' } = reference;
      this.deps.api.get({ kind: 'Job', namespace: this.key.namespace, name }).settled((found) => {
        if (!found.ok) {
          const { message } = found.error;
          this.recorder.event(this.cronJob, 'Warning', 'FailedGet', `Get job: ${message}`);
          return fail(message);
        }
        return this.deleteJob(found.value).settled((outcome) => {
          if (outcome.ok) deleteNext();
          else fail(`could not replace job ${this.key.namespace}/${name}`);
        });
      });
    };
    deleteNext();
  }

  createJob(_: unknown, { seen }: CronJobContext): void {
    const { scheduledAtMs = 0 } = seen;
    const { namespace } = this.key;
    this.deps.api
      .create('Job', jobFor(this.cronJob, scheduledAtMs), { namespace })
      .settled((created) => this.onCreated(created, scheduledAtMs));
  }

  /** CJ-18. */
  private onCreated(created: Settled<Job>, scheduledAtMs: number): void {
    if (created.ok) {
      const message = `Created job ${created.value.metadata.name}`;
      this.recorder.event(this.cronJob, 'Normal', 'SuccessfulCreate', message);
      return this.started(created.value, scheduledAtMs);
    }
    const { error } = created;
    const fail = ({ message }: ApiError): void =>
      this.actor.send({ type: 'creation.failed', error: message });
    if (isNamespaceTerminating(error)) return fail(error);
    if (error.reason !== 'AlreadyExists') {
      this.recorder.event(this.cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      return fail(error);
    }
    const name = jobName(this.cronJob, scheduledAtMs);
    return this.deps.api.get({ kind: 'Job', namespace: this.key.namespace, name }).settled((found) => {
      if (!found.ok) return fail(found.error);
      const { metadata } = found.value;
      const isKnown = controllerOf(metadata)?.uid !== this.uid || isActive(this.status, metadata.uid);
      if (isKnown) this.actor.send({ type: 'job.nameTaken' });
      else this.started(found.value, scheduledAtMs);
    });
  }

  private started(job: Job, scheduledAtMs: number): void {
    this.status = withStarted(this.status, job, scheduledAtMs);
    this.actor.send({ type: 'job.created' });
  }

  /** CJ-4: one write, and only of what this sync has changed. A conflict fails the sync. */
  publishStatus(): void {
    if (this.status === this.cronJob.status) {
      this.actor.send({ type: 'status.published' });
      return;
    }
    this.deps.api
      .update(this.key, { ...this.cronJob, status: this.status }, { subresource: 'status' })
      .settled((outcome) => {
        if (outcome.ok) this.actor.send({ type: 'status.published' });
        else this.actor.send({ type: 'status.failed', error: outcome.error.message });
      });
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Go's RFC1123Z in UTC: `Thu, 01 Jan 2026 10:00:00 +0000`. */
const rfc1123 = (instantMs: number): string => {
  const instant = new Date(instantMs);
  const [date, time] = formatTime(instantMs).slice(0, -1).split('T');
  const [year, , day] = (date ?? '').split('-');
  return `${DAYS[instant.getUTCDay()]}, ${day} ${MONTHS[instant.getUTCMonth()]} ${year} ${time} +0000`;
};
