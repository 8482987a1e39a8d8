/**
 * Gives each Job with ttlSecondsAfterFinished an actor, and tells it when the Job has finished.
 *
 * Models: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (v1.36; JB-80)
 */
import type { Subscription } from 'rxjs';
import { bindEffects, type HostedActor } from '../../actor/index.js';
import type { Job } from '../../api/index.js';
import type { InformerEvent } from '../../client/index.js';
import { ttlAfterFinishedEffects, ttlAfterFinishedMachine } from '../../../machines/ttlAfterFinished.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { objectKey } from '../pods.js';
import { expiresInMs } from './reconcile.js';

const machine = bindEffects(ttlAfterFinishedMachine, ttlAfterFinishedEffects);

export const createTtlAfterFinishedController = (deps: ControllerDeps): Controller =>
  new TtlAfterFinishedController(deps);

class TtlAfterFinishedController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly byUid = new Map<string, HostedActor<typeof ttlAfterFinishedMachine>>();
  private subscription: Subscription | undefined;

  constructor(deps: ControllerDeps) {
    this.deps = deps;
  }

  start(): void {
    this.subscription = this.deps.informers.of('Job').events$.subscribe((event) => this.onJob(event));
  }

  stop(): void {
    this.subscription?.unsubscribe();
    for (const actor of this.byUid.values()) actor.stop();
    this.byUid.clear();
  }

  private onJob({ type, object, old }: InformerEvent<Job>): void {
    const { uid } = object.metadata;
    if (old && old.metadata.uid !== uid) this.remove(old);
    if (type === 'deleted') {
      this.remove(object);
      return;
    }
    const known = this.byUid.get(uid);
    if (!known && object.spec.ttlSecondsAfterFinished === undefined) return;
    this.observe(known ?? this.add(object), object);
  }

  private observe(actor: HostedActor<typeof ttlAfterFinishedMachine>, job: Job): void {
    actor.send({ type: 'job.observed', expiresInMs: expiresInMs(job, this.deps.clock.now()) });
  }

  private add(job: Job): HostedActor<typeof ttlAfterFinishedMachine> {
    const { uid, namespace, name } = job.metadata;
    const actor = this.deps.host.spawn({
      machine,
      path: `ttlAfterFinished/${objectKey(job.metadata)}/${uid}`,
      input: undefined,
      effects: { deleteExpired: () => this.deleteExpired(job) },
      onRestart: () => {
        const current = this.deps.informers.of('Job').get(namespace, name);
        if (current?.metadata.uid === uid) this.observe(actor, current);
      },
      onDone: () => this.byUid.delete(uid),
    });
    this.byUid.set(uid, actor);
    return actor;
  }

  private remove({ metadata }: Job): void {
    this.byUid.get(metadata.uid)?.stop();
    this.byUid.delete(metadata.uid);
  }

  /** The cache may not know yet that the limit was changed, or that the Job is gone. */
  private deleteExpired({ metadata: { uid, namespace, name } }: Job): void {
    const { api, clock } = this.deps;
    const key = { kind: 'Job', namespace, name } as const;
    const actor = this.byUid.get(uid);
    const isGone = (reason: string | undefined): boolean => reason === 'NotFound' || reason === 'Conflict';
    api.get(key).settled((found) => {
      if (!found.ok) {
        actor?.send({ type: isGone(found.error.reason) ? 'job.deleted' : 'deletion.failed' });
        return;
      }
      const leftMs = expiresInMs(found.value, clock.now());
      if (found.value.metadata.uid !== uid) actor?.send({ type: 'job.deleted' });
      else if (leftMs === undefined || leftMs > 0) actor?.send({ type: 'job.observed', expiresInMs: leftMs });
      else
        api.delete(key, { propagationPolicy: 'Foreground', preconditions: { uid } }).settled((outcome) => {
          const isDone = outcome.ok || isGone(outcome.error.reason);
          actor?.send({ type: isDone ? 'job.deleted' : 'deletion.failed' });
        });
    });
  }
}
