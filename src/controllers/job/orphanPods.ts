/**
 * Lets go of pods whose Job counts them no longer: one short-lived actor per pod.
 *
 * Models: pkg/controller/job/job_controller.go#handleSingleOrphanPod (v1.36; JB-5)
 */
import { bindEffects, type HostedActor } from '../../actor/index.js';
import type { Pod } from '../../api/index.js';
import { orphanPodEffects, orphanPodMachine } from '../../../machines/orphanPod.js';
import type { ControllerDeps } from '../deps.js';
import { objectKey } from '../pods.js';
import { untrackPatch } from './podWrites.js';

const machine = bindEffects(orphanPodMachine, orphanPodEffects);

export class OrphanPods {
  private readonly deps: ControllerDeps;
  private readonly mustGo: (pod: Pod) => boolean;
  private readonly actors = new Map<string, HostedActor>();

  /** @param mustGo whether a pod still has a finalizer that nobody else takes off: it may be adopted between two tries. */
  constructor(deps: ControllerDeps, mustGo: (pod: Pod) => boolean) {
    this.deps = deps;
    this.mustGo = mustGo;
  }

  release(pod: Pod): void {
    const { uid, name, namespace } = pod.metadata;
    if (this.actors.has(uid)) return;
    const removeFinalizer = (): void => {
      const current = this.deps.informers.of('Pod').get(namespace, name);
      if (current?.metadata.uid !== uid || !this.mustGo(current)) return actor.send({ type: 'pod.released' });
      return this.deps.api
        .patch({ kind: 'Pod', namespace, name }, { type: 'strategic', body: untrackPatch(pod) })
        .settled((outcome) => {
          // Gone, or made anew with another uid: nothing is left to be let go.
          const isDone =
            outcome.ok || ['NotFound', 'Conflict', 'Invalid'].includes(outcome.error.reason ?? '');
          actor.send({ type: isDone ? 'pod.released' : 'release.failed' });
        });
    };
    const actor = this.deps.host.spawn({
      machine,
      path: `orphanPod/${objectKey(pod.metadata)}/${uid}`,
      input: undefined,
      effects: { removeFinalizer },
      onDone: () => this.actors.delete(uid),
    });
    this.actors.set(uid, actor);
  }

  stop(): void {
    for (const actor of this.actors.values()) actor.stop();
    this.actors.clear();
  }
}
