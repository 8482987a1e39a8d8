/**
 * Brings what the watches show to the actors of the CronJobs: one actor per CronJob, one sync per burst of changes.
 *
 * Models: pkg/controller/cronjob/cronjob_controllerv2.go#addJob,updateJob,deleteJob,updateCronJob (v1.36; CJ-1)
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import type { CronJob, Job } from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import { cronJobEffects, cronJobMachine } from '../../../machines/cronJob.js';
import type { Alarms } from '../../clock/index.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { controllerOf, objectKey } from '../pods.js';
import { CronJobEffects } from './effects.js';

const machine = bindEffects(cronJobMachine, cronJobEffects);

export interface CronJobOptions {
  /** Default: none, which is right for a clock that nobody sets. */
  readonly alarms?: Alarms | undefined;
}

export const createCronJobController = (deps: ControllerDeps, options: CronJobOptions = {}): Controller =>
  new CronJobController(deps, options);

class CronJobController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly options: CronJobOptions;
  private readonly recorder: EventRecorder;
  private readonly byUid = new Map<string, CronJobEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps, options: CronJobOptions) {
    this.deps = deps;
    this.options = options;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, {
      component: 'cronjob-controller',
    });
  }

  start(): void {
    this.subscriptions = [
      this.deps.informers.of('Job').events$.subscribe((event) => this.onJob(event)),
      this.deps.informers.of('CronJob').events$.subscribe((event) => this.onCronJob(event)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const effects of this.byUid.values()) effects.stop();
    this.byUid.clear();
  }

  private onCronJob({ type, object, old }: InformerEvent<CronJob>): void {
    if (old && old.metadata.uid !== object.metadata.uid) this.remove(old);
    if (type === 'deleted') return this.remove(object);
    const known = this.byUid.get(object.metadata.uid);
    if (known && old && hasOtherSchedule(object, old)) known.changeSchedule(object);
    else (known ?? this.add(object)).requestSync();
  }

  private add(cronJob: CronJob): CronJobEffects {
    const { alarms } = this.options;
    const effects = new CronJobEffects(this.deps, this.recorder, alarms, cronJob);
    this.byUid.set(cronJob.metadata.uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `cronJob/${objectKey(cronJob.metadata)}/${cronJob.metadata.uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.requestSync(),
    });
    return effects;
  }

  private remove({ metadata }: CronJob): void {
    this.byUid.get(metadata.uid)?.stop();
    this.byUid.delete(metadata.uid);
  }

  /** Whatever happens to a Job concerns its controller, and the one that it had before. */
  private onJob({ object, old, type }: InformerEvent<Job>): void {
    const uid = controllerOf(object.metadata)?.uid;
    const before = old && controllerOf(old.metadata)?.uid;
    const owner = uid === undefined ? undefined : this.byUid.get(uid);
    // A known Job that runs on says nothing new, however often its status changes.
    if (owner && !(type === 'updated' && before === uid && owner.knowsAsRunning(object))) owner.requestSync();
    if (before !== undefined && before !== uid) this.byUid.get(before)?.requestSync();
  }
}

const hasOtherSchedule = ({ spec }: CronJob, { spec: old }: CronJob): boolean =>
  spec.schedule !== old.schedule || spec.timeZone !== old.timeZone;
