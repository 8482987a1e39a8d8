/**
 * Brings what the watches show to the actors of the Jobs: one actor per Job, changes of its pods gathered for a second;
 * and lets go of pods whose Job counts them no longer.
 *
 * Models: pkg/controller/job/job_controller.go#addJob,updateJob,addPod,updatePod,deletePod (v1.36; JB-2 to JB-5)
 * Differs: a Job that loses a terminating pod looks again, where upstream leaves that to the resync of its informers.
 */
import type { Subscription } from 'rxjs';
import { bindEffects } from '../../actor/index.js';
import { labelSelectorMatcher, type Job, type Pod } from '../../api/index.js';
import { createEventRecorder, type EventRecorder, type InformerEvent } from '../../client/index.js';
import { jobEffects, jobMachine } from '../../../machines/job.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { BY_CONTROLLER, BY_NAMESPACE } from '../informers.js';
import { controllerOf, objectKey } from '../pods.js';
import { JobEffects } from './effects.js';
import { OrphanPods } from './orphanPods.js';
import { isTracked } from './view.js';

const machine = bindEffects(jobMachine, jobEffects);

/** Source: pkg/apis/batch/v1/types.go#JobControllerName. */
const CONTROLLER_NAME = 'kubernetes.io/job-controller';

export const createJobController = (deps: ControllerDeps): Controller => new JobController(deps);

/** Jobs that name another controller are that one's business alone (JB-20). */
export const isManagedElsewhere = ({ spec }: Job): boolean =>
  spec.managedBy !== undefined && spec.managedBy !== CONTROLLER_NAME;

export const isFinished = ({ status }: Job): boolean =>
  status.conditions?.some(
    (condition) =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  ) ?? false;

class JobController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly orphans: OrphanPods;
  private readonly byUid = new Map<string, JobEffects>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    this.recorder = createEventRecorder(deps.api, deps.clock, deps.random, { component: 'job-controller' });
    this.orphans = new OrphanPods(deps, (pod) => isTracked(pod) && this.isOrphaned(pod));
  }

  start(): void {
    this.subscriptions = [
      this.deps.informers.of('Job').events$.subscribe((event) => this.onJob(event)),
      this.deps.informers.of('Pod').events$.subscribe((event) => this.onPod(event)),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const { actor } of this.byUid.values()) actor.stop();
    this.byUid.clear();
    this.orphans.stop();
  }

  private onJob({ type, object, old }: InformerEvent<Job>): void {
    if (old && old.metadata.uid !== object.metadata.uid) this.remove(old);
    if (type === 'deleted') this.remove(object);
    else if (isManagedElsewhere(object)) return;
    else this.onJobChanged(object, old);
  }

  /** What the user changes is looked at now, the rest with what else changes in a second (JB-3). */
  private onJobChanged(job: Job, old: Job | undefined): void {
    const known = this.byUid.get(job.metadata.uid);
    if (!known) this.add(job).requestSync();
    else if (isFinished(job)) {
      known.requestSync();
      this.releasePodsOf(job);
    } else if (old?.metadata.generation !== job.metadata.generation) known.requestSync();
    else known.changed();
  }

  private add(job: Job): JobEffects {
    const effects = new JobEffects(this.deps, this.recorder, job);
    this.byUid.set(job.metadata.uid, effects);
    effects.actor = this.deps.host.spawn({
      machine,
      path: `job/${objectKey(job.metadata)}/${job.metadata.uid}`,
      input: undefined,
      effects,
      onRestart: () => effects.requestSync(),
    });
    return effects;
  }

  private remove(job: Job): void {
    this.byUid.get(job.metadata.uid)?.actor.stop();
    this.byUid.delete(job.metadata.uid);
    this.releasePodsOf(job);
  }

  private releasePodsOf({ metadata }: Job): void {
    for (const pod of this.deps.informers.of('Pod').byIndex(BY_CONTROLLER, metadata.uid))
      if (isTracked(pod)) this.orphans.release(pod);
  }

  private onPod({ type, object, old }: InformerEvent<Pod>): void {
    if (type === 'added') this.onPodAdded(object);
    else if (type === 'deleted') this.onPodGone(object, true);
    else this.onPodUpdated(object, old ?? object);
  }

  private onPodAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return this.onPodGone(pod, false);
    const owner = this.ownerOf(pod);
    if (!owner) return this.offer(pod);
    owner.created += 1;
    owner.changed();
  }

  private onPodUpdated(pod: Pod, old: Pod): void {
    const owner = this.ownerOf(pod);
    const former = this.ownerOf(old);
    // Its Job may have waited for the end of this very pod.
    if (former && former !== owner) former.changed();
    if (pod.metadata.deletionTimestamp !== undefined) return this.onPodGone(pod, false);
    if (!owner) {
      if (
        pod.metadata.ownerReferences !== old.metadata.ownerReferences ||
        pod.metadata.labels !== old.metadata.labels
      )
        this.offer(pod);
      else if (isTracked(pod) && !controllerOf(pod.metadata)) this.orphans.release(pod);
      return;
    }
    if (isTracked(old) && !isTracked(pod)) owner.released.push(pod.metadata.uid);
    owner.changed();
  }

  /** Being deleted, or gone (`isFinal`). */
  private onPodGone(pod: Pod, isFinal: boolean): void {
    const owner = this.ownerOf(pod);
    const isCounting = owner !== undefined && !this.isOwnerFinished(owner);
    if (!isFinal && isTracked(pod) && !isCounting) this.releaseIfOrphaned(pod);
    if (!owner) return;
    owner.deleted += 1;
    if (isFinal || !isTracked(pod)) owner.released.push(pod.metadata.uid);
    owner.changed();
  }

  private isOwnerFinished({ key }: JobEffects): boolean {
    const job = this.deps.informers.of('Job').get(key.namespace, key.name);
    return job !== undefined && isFinished(job);
  }

  private ownerOf(pod: Pod): JobEffects | undefined {
    const reference = controllerOf(pod.metadata);
    return reference && this.byUid.get(reference.uid);
  }

  /** Nobody's: every Job whose selector matches looks at it (OW-8); if it is tracked, it waits for one in vain. */
  private offer(pod: Pod): void {
    const { labels, namespace } = pod.metadata;
    if (controllerOf(pod.metadata)) {
      if (isTracked(pod)) this.releaseIfOrphaned(pod);
      return;
    }
    if (labels !== undefined)
      for (const job of this.deps.informers.of('Job').byIndex(BY_NAMESPACE, namespace ?? '')) {
        const matcher = labelSelectorMatcher(job.spec.selector);
        if (!matcher.isEverything && matcher.matchesLabels(labels))
          this.byUid.get(job.metadata.uid)?.changed();
      }
    if (isTracked(pod)) this.releaseIfOrphaned(pod);
  }

  private releaseIfOrphaned(pod: Pod): void {
    if (this.isOrphaned(pod)) this.orphans.release(pod);
  }

  /** JB-5: its Job is missing, finished or another; a pod of something else is not ours to touch. */
  private isOrphaned(pod: Pod): boolean {
    const reference = controllerOf(pod.metadata);
    if (!reference) return true;
    if (reference.kind !== 'Job' || reference.apiVersion !== 'batch/v1') return false;
    const job = this.deps.informers.of('Job').get(pod.metadata.namespace, reference.name);
    return job?.metadata.uid !== reference.uid || (!isManagedElsewhere(job) && isFinished(job));
  }
}
