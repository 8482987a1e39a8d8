/**
 * What the chart of one Job asks for, carried out through the API: claiming, creating and deleting pods, counting them
 * and letting them go, writing the status. Each effect answers the actor with an event.
 *
 * Models: pkg/controller/job/job_controller.go, pkg/controller/controller_utils.go#RealPodControl (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import { jsonEqual, labelSelectorMatcher, type Job, type JobStatus, type Pod } from '../../api/index.js';
import type { Call, EventRecorder, Settled } from '../../client/index.js';
import type { JobContext } from '../../../machines/jobSetup.js';
import type { jobMachine } from '../../../machines/job.js';
import { allSettled, slowStart, type ControllerDeps } from '../deps.js';
import { claimable } from '../informers.js';
import { jobPod, jobTemplate } from './podManifests.js';
import { PodWrites } from './podWrites.js';
import { reconcile, type JobPlan } from './reconcile.js';
import { finalStatus, statusAfterRelease, track, uncountedPods, type Tracking } from './tracking.js';
import { isPodReady } from '../pods.js';
import { viewOf, type JobView } from './view.js';

export class JobEffects {
  actor!: HostedActor<typeof jobMachine>;
  /** What the watch has shown since the last sync; the actor is told once per burst. */
  created = 0;
  deleted = 0;
  released: string[] = [];
  /** The actor knows already that something has changed since the last sync. */
  private isChanged = false;
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly writes: PodWrites;
  readonly key: { readonly kind: 'Job'; readonly namespace: string; readonly name: string };
  readonly uid: string;
  private job: Job;
  /** Version of the Job's own last write: an older view is not acted upon (CS-2). */
  private writtenVersion = 0;
  private view!: JobView;
  private plan!: JobPlan;
  private tracking!: Tracking;

  constructor(deps: ControllerDeps, recorder: EventRecorder, job: Job) {
    this.deps = deps;
    this.recorder = recorder;
    this.job = job;
    this.uid = job.metadata.uid;
    this.key = { kind: 'Job', namespace: job.metadata.namespace ?? '', name: job.metadata.name };
    this.writes = new PodWrites(deps, recorder);
  }

  /** One sync: look, and tell the actor. Runs when no message is pending, so the actor's snapshot is current. */
  readonly sync = (): void => {
    this.isChanged = false;
    const job = this.deps.informers.of('Job').get(this.key.namespace, this.key.name);
    if (job?.metadata.uid !== this.uid || this.actor.isStopped) return;
    const snapshot = this.actor.getSnapshot();
    if (snapshot.hasTag('busy')) {
      this.actor.send({ type: 'sync.request' });
      return;
    }
    const { created, deleted, released } = this;
    if (created > 0 || deleted > 0 || released.length > 0) {
      this.actor.send({ type: 'pods.observed', created, deleted, released });
      [this.created, this.deleted, this.released] = [0, 0, []];
    }
    this.job = job;
    const releasing = new Set(snapshot.context.releasesExpected);
    for (const uid of released) releasing.delete(uid);
    this.look(claimable(this.deps.informers.of('Pod'), job.metadata), releasing, snapshot.context);
    this.actor.send({ type: 'job.observed', seen: this.plan.seen });
  };

  private look(
    candidates: readonly Pod[],
    releasing: ReadonlySet<string>,
    { backOff }: Pick<JobContext, 'backOff'>,
  ): void {
    const { job } = this;
    const { matchesLabels } = labelSelectorMatcher(job.spec.selector);
    const nowMs = this.deps.clock.now();
    this.view = viewOf({ job, candidates, isMatch: matchesLabels, releasing, backOff, nowMs });
    this.plan = reconcile(this.view, Number(job.metadata.resourceVersion) < this.writtenVersion);
  }

  /** Something has changed that is looked at with what else changes in a second. */
  changed(): void {
    if (this.isChanged) return;
    this.isChanged = true;
    this.actor.send({ type: 'job.changed' });
  }

  requestSync(): void {
    this.deps.host.schedule(this, this.sync);
  }

  claimPods(_: unknown, context: JobContext): void {
    const { job, view } = this;
    this.writes.claim(job, view, (adopted, error) => {
      if (error) {
        this.actor.send({ type: 'claim.failed', error: error.message });
        return;
      }
      const claimed = new Set([...view.toAdopt, ...view.toRelease].map(({ metadata }) => metadata.uid));
      const kept = view.candidates.filter(({ metadata }) => !claimed.has(metadata.uid));
      this.look([...kept, ...adopted], view.releasing, context);
      this.actor.send({ type: 'pods.claimed', seen: this.plan.seen });
    });
  }

  createPods(): void {
    const { job, view } = this;
    const { indexes, seen } = this.plan;
    const template = jobTemplate(job);
    let next = 0;
    const create = (): Call<unknown> => {
      const index = indexes?.[next];
      next += 1;
      const replaced = index === undefined ? undefined : view.delayed.get(index);
      return this.writes.create(job, jobPod(job, template, index, replaced));
    };
    slowStart(seen.missing, create, (created, error) =>
      this.actor.send({
        type: 'pods.created',
        created,
        missing: seen.missing - created,
        error: error?.message,
      }),
    );
  }

  /** JB-30, JB-32: without their finalizer first, so that they count neither way. */
  removePods(): void {
    const { victims } = this.plan;
    this.writes.remove(this.job, victims, (outcomes) =>
      this.actor.send({ type: 'pods.removed', ...deletions(victims, outcomes) }),
    );
  }

  deleteActivePods(): void {
    const { active } = this.view;
    allSettled(
      active.map((pod) => this.writes.delete(this.job, pod)),
      (outcomes) => this.actor.send({ type: 'pods.deleted', ...deletions(active, outcomes) }),
    );
  }

  recordCounts(_: unknown, context: JobContext): void {
    const { active, ready, terminating, end, mayEnd, wasManaged } = context;
    const outcome = { active, ready, terminating, wasManaged, end: mayEnd ? end : undefined };
    this.tracking = track(this.view, outcome);
    const { status, toRelease, suspension } = this.tracking;
    if (suspension)
      this.recorder.event(
        this.job,
        'Normal',
        suspension,
        `Job ${suspension === 'Suspended' ? 'suspended' : 'resumed'}`,
      );
    const releasing = toRelease.map(({ metadata }) => metadata.uid);
    this.write(status, (written) => this.actor.send({ type: 'counts.recorded', releasing, written }));
  }

  removeFinalizers(): void {
    const { toRelease, tracked, isCapped } = this.tracking;
    this.writes.release(toRelease, (outcomes) => {
      const left = new Set(tracked);
      const failed: string[] = [];
      let error: string | undefined;
      toRelease.forEach(({ metadata }, index) => {
        const outcome = outcomes[index];
        if (outcome?.ok || outcome?.error.reason === 'NotFound') left.delete(metadata.uid);
        else error ??= outcome?.error.message;
        // No update will tell of a finalizer that is still there, or of a pod that is gone.
        if (!outcome?.ok) failed.push(metadata.uid);
      });
      const status = statusAfterRelease(this.job.status, left);
      this.tracking = { ...this.tracking, status };
      const uncounted = uncountedPods(status) + Number(isCapped);
      this.actor.send({ type: 'finalizers.removed', failed, error, uncounted });
    });
  }

  publishStatus(_: unknown, { end, isOver }: JobContext): void {
    const { status } = this.tracking;
    const final = isOver && end ? finalStatus(status, end, this.deps.clock.now()) : status;
    this.write(final, () => {
      if (isOver) this.reportEnd(final);
      this.actor.send({ type: 'status.published' });
    });
  }

  /** JB-54. */
  private reportEnd(status: JobStatus): void {
    const { job, recorder } = this;
    const failed = status.conditions?.find(({ type }) => type === 'Failed');
    if (failed) {
      recorder.event(job, 'Warning', failed.reason ?? '', failed.message ?? '');
      return;
    }
    if ((status.succeeded ?? 0) > (job.spec.completions ?? Infinity))
      recorder.event(
        job,
        'Warning',
        'TooManySucceededPods',
        'Too many succeeded pods running after completion count reached',
      );
    recorder.event(job, 'Normal', 'Completed', 'Job completed');
  }

  /** Writes a status that differs, only over the version that it was computed from; what fails fails the sync. */
  private write(status: JobStatus, then: (written: boolean) => void): void {
    if (jsonEqual(this.job.status, status)) {
      then(false);
      return;
    }
    this.deps.api.update(this.key, { ...this.job, status }, { subresource: 'status' }).settled((outcome) => {
      if (!outcome.ok) {
        this.actor.send({ type: 'status.failed', error: outcome.error.message });
        return;
      }
      this.job = outcome.value;
      this.writtenVersion = Number(outcome.value.metadata.resourceVersion);
      then(true);
    });
  }
}

/**
 * How many pods were deleted or are gone already, how many of those were ready; of how many requests the watch will show
 * nothing; and the first error.
 */
const deletions = (pods: readonly Pod[], outcomes: readonly Settled<unknown>[]) => {
  let [deleted, ready, failed] = [0, 0, 0];
  let error: string | undefined;
  outcomes.forEach((outcome, index) => {
    const pod = pods[index];
    if (!outcome.ok) failed += 1;
    if (!outcome.ok && outcome.error.reason !== 'NotFound') {
      error ??= outcome.error.message;
      return;
    }
    deleted += 1;
    if (pod && isPodReady(pod)) ready += 1;
  });
  return { deleted, ready, failed, error };
};
