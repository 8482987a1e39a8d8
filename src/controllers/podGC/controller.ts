/**
 * The collector of pods: one actor that looks at the ticks of 20 s, and what it asks for.
 *
 * Models: pkg/controller/podgc/gc_controller.go (v1.36)
 */
import type { Subscription } from 'rxjs';
import { bindEffects, type HostedActor } from '../../actor/index.js';
import type { Pod } from '../../api/index.js';
import { createCall, type Call, type Settled } from '../../client/index.js';
import { POD_GC_PERIOD_MS, podGCEffects, podGCMachine, type PodGCContext } from '../../../machines/podGC.js';
import { allSettled, type Controller, type ControllerDeps } from '../deps.js';
import { disruptionTarget } from '../disruptionTarget.js';
import { collectable, type Collectable } from './reconcile.js';

const machine = bindEffects(podGCMachine, podGCEffects);

/** Ended pods that are kept. Source: pkg/controller/podgc/config/v1alpha1/defaults.go. */
const TERMINATED_POD_THRESHOLD = 12_500;
const NODE_GONE = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };

export interface PodGCOptions {
  /** Ended pods that are kept; 0: all. Default 12500. */
  readonly terminatedPodGCThreshold?: number | undefined;
}

export const createPodGC = (deps: ControllerDeps, options: PodGCOptions = {}): Controller => {
  let actor: HostedActor<typeof podGCMachine> | undefined;
  let watching: readonly Subscription[] = [];
  return {
    start: () => {
      const effects = new PodGCEffects(deps, options.terminatedPodGCThreshold ?? TERMINATED_POD_THRESHOLD);
      actor = deps.host.spawn({ machine, path: 'podGC', input: undefined, effects });
      effects.actor = actor;
      const changed = (): void => effects.changed();
      // Asked for before the informers start, so that they are there for the first look.
      watching = [
        deps.informers.of('Pod').events$.subscribe(changed),
        deps.informers.of('Node').events$.subscribe(changed),
      ];
    },
    stop: () => {
      for (const subscription of watching) subscription.unsubscribe();
      actor?.stop();
    },
  };
};

const NOTHING: Collectable = { surplus: [], outOfService: [], orphaned: new Map(), unscheduled: [] };

class PodGCEffects {
  actor!: HostedActor<typeof podGCMachine>;
  private readonly deps: ControllerDeps;
  private readonly threshold: number;
  private readonly startedMs: number;
  private found = NOTHING;
  /** The chart knows that the last look is out of date. */
  private hasTold = false;

  constructor(deps: ControllerDeps, threshold: number) {
    this.deps = deps;
    this.threshold = threshold;
    this.startedMs = deps.clock.now();
  }

  /** Told once per look: pods change often. */
  changed(): void {
    if (this.hasTold) return;
    this.hasTold = true;
    const sinceTickMs = (this.deps.clock.now() - this.startedMs) % POD_GC_PERIOD_MS;
    this.actor.send({ type: 'cluster.changed', tickInMs: POD_GC_PERIOD_MS - sinceTickMs });
  }

  inspectPods(): void {
    // The first look is asked for before the actor is known here.
    this.deps.host.enqueue(() => {
      this.hasTold = false;
      const nodes = this.deps.informers.of('Node');
      const pods = this.deps.informers.of('Pod').list();
      this.found = collectable(pods, (name) => nodes.get(undefined, name), this.threshold);
      this.actor.send({
        type: 'pods.observed',
        surplus: this.found.surplus.length,
        outOfService: this.found.outOfService.length,
        missingNodes: [...this.found.orphaned.keys()],
        unscheduled: this.found.unscheduled.length,
        atMs: this.deps.clock.now(),
      });
    });
  }

  deleteTerminated(): void {
    this.deleteAll(this.found.surplus);
  }
  deleteOutOfService(): void {
    this.deleteAll(this.found.outOfService);
  }
  deleteUnscheduled(): void {
    this.deleteAll(this.found.unscheduled);
  }

  /** One live look per node: the cache may have missed it. */
  deleteOrphaned(_: unknown, { due }: PodGCContext): void {
    allSettled(
      due.map((name) => this.deps.api.get({ kind: 'Node', name })),
      (outcomes) => {
        const gone = due.filter((_name, index) => {
          const outcome = outcomes[index];
          return outcome?.ok === false && outcome.error.reason === 'NotFound';
        });
        this.deleteAll(
          gone.flatMap((name) => this.found.orphaned.get(name) ?? []),
          NODE_GONE,
        );
      },
    );
  }

  /** What fails is found again by the next pass. */
  private deleteAll(pods: readonly Pod[], why?: typeof NODE_GONE): void {
    allSettled(
      pods.map((pod) => this.forceDelete(pod, why)),
      () => this.actor.send({ type: 'stage.done' }),
    );
  }

  /** NL-40: a pod that has not ended is marked as failed first. */
  private forceDelete(pod: Pod, why: typeof NODE_GONE | undefined): Call<unknown> {
    const { api, clock } = this.deps;
    const { namespace, name, uid } = pod.metadata;
    const key = { kind: 'Pod', namespace, name } as const;
    return createCall<unknown>((settle) => {
      const remove = (): void =>
        api.delete(key, { gracePeriodSeconds: 0, preconditions: { uid } }).settled(settle);
      const { phase } = pod.status;
      if (phase === 'Succeeded' || phase === 'Failed') return remove();
      const status = { phase: 'Failed', ...(why && disruptionTarget(pod, clock.now(), why)) };
      return api
        .patch(key, { type: 'strategic', body: { metadata: { uid }, status } }, { subresource: 'status' })
        .settled((marked: Settled<Pod>) => (marked.ok ? remove() : settle(marked)));
    });
  }
}
