/**
 * What the chart of one pod on a tainted node asks for: its eviction, and the events that tell of it.
 *
 * Models: pkg/controller/tainteviction/taint_eviction.go#addConditionAndDeletePod (v1.36; NL-33)
 */
import type { HostedActor } from '../../actor/index.js';
import type { Pod } from '../../api/index.js';
import type { EventRecorder, EventSubject } from '../../client/index.js';
import type { taintEvictionMachine } from '../../../machines/taintEviction.js';
import type { ControllerDeps } from '../deps.js';
import { disruptionTarget } from '../disruptionTarget.js';

export class EvictionEffects {
  actor!: HostedActor<typeof taintEvictionMachine>;
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly key: { readonly kind: 'Pod'; readonly namespace: string; readonly name: string };
  private readonly uid: string;

  constructor(deps: ControllerDeps, recorder: EventRecorder, { metadata }: Pod) {
    this.deps = deps;
    this.recorder = recorder;
    this.uid = metadata.uid;
    this.key = { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name };
  }

  private record(message: string): void {
    const { namespace, name } = this.key;
    const subject: EventSubject = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } };
    this.recorder.event(subject, 'Normal', 'TaintManagerEviction', message);
  }
  reportEviction(): void {
    this.record(`Marking for deletion Pod ${this.key.namespace}/${this.key.name}`);
  }
  reportCancellation(): void {
    this.record(`Cancelling deletion of Pod ${this.key.namespace}/${this.key.name}`);
  }

  evictPod(): void {
    const { api, clock } = this.deps;
    const fail = (): void => this.actor.send({ type: 'eviction.failed' });
    api.get(this.key).settled((current) => {
      // Gone, or another pod of that name: the watch will say so.
      if (!current.ok) return fail();
      if (current.value.metadata.uid !== this.uid) return this.actor.send({ type: 'pod.gone' });
      const status = disruptionTarget(current.value, clock.now(), {
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      });
      return api
        .patch(
          this.key,
          { type: 'strategic', body: { metadata: { uid: this.uid }, status } },
          { subresource: 'status' },
        )
        .settled((marked) => {
          if (!marked.ok) return fail();
          return api.delete(this.key).settled((deleted) => {
            if (deleted.ok) this.actor.send({ type: 'pod.evicted' });
            else fail();
          });
        });
    });
  }
}
