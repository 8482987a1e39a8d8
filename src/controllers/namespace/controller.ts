/**
 * Gives each namespace that is being deleted an actor, and tells it when its content shrinks.
 *
 * Models: pkg/controller/namespace/namespace_controller.go (v1.36)
 */
import type { Subscription } from 'rxjs';
import { bindEffects, type HostedActor } from '../../actor/index.js';
import { resources, type Namespace } from '../../api/index.js';
import { namespaceEffects, namespaceMachine } from '../../../machines/namespace.js';
import type { Controller, ControllerDeps } from '../deps.js';
import { NamespaceEffects } from './effects.js';

const machine = bindEffects(namespaceMachine, namespaceEffects);

export const createNamespaceController = (deps: ControllerDeps): Controller => new NamespaceController(deps);

class NamespaceController implements Controller {
  private readonly deps: ControllerDeps;
  private readonly ending = new Map<string, HostedActor<typeof namespaceMachine>>();
  private subscriptions: Subscription[] = [];

  constructor(deps: ControllerDeps) {
    this.deps = deps;
  }

  start(): void {
    this.subscriptions = [
      this.deps.informers
        .of('Namespace')
        .events$.subscribe(({ type, object }) => this.onNamespace(type, object)),
      ...resources
        .filter(({ namespaced, kind }) => namespaced && kind !== 'Event')
        .map(({ kind }) =>
          this.deps.informers.of(kind).events$.subscribe(({ type, object }) => {
            if (type === 'deleted' && this.ending.size > 0)
              this.onContentGone(object.metadata.namespace ?? '');
          }),
        ),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const actor of this.ending.values()) actor.stop();
    this.ending.clear();
  }

  private onNamespace(type: 'added' | 'updated' | 'deleted', { metadata, spec }: Namespace): void {
    const { uid, name } = metadata;
    if (type === 'deleted') {
      this.ending.get(name)?.stop();
      this.ending.delete(name);
      return;
    }
    if (metadata.deletionTimestamp === undefined || this.ending.has(name)) return;
    if ((spec.finalizers ?? []).length === 0) return;
    const effects = new NamespaceEffects(this.deps, name);
    const actor: HostedActor<typeof namespaceMachine> = this.deps.host.spawn({
      machine,
      path: `namespace/${name}/${uid}`,
      input: undefined,
      effects,
      onRestart: () => actor.send({ type: 'namespace.terminating' }),
      onDone: () => this.ending.delete(name),
    });
    effects.actor = actor;
    this.ending.set(name, actor);
    actor.send({ type: 'namespace.terminating' });
  }

  /** Once per burst. */
  private onContentGone(namespace: string): void {
    const actor = this.ending.get(namespace);
    if (actor) this.deps.host.schedule(actor, () => actor.send({ type: 'content.changed' }));
  }
}
