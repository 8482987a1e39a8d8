/**
 * What the chart of one namespace under deletion asks for, carried out through the API.
 *
 * Models: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, status_condition_utils.go (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import {
  formatTime,
  resources,
  type KindName,
  type KubeObject,
  type Namespace,
  type NamespaceCondition,
  type Pod,
} from '../../api/index.js';
import type { NamespaceEvent, namespaceMachine } from '../../../machines/namespace.js';
import { allSettled, type ControllerDeps } from '../deps.js';
import { timeMs } from '../pods.js';

const FINALIZER = 'kubernetes';
/** Kinds that are deleted with their namespace, pods apart; in the order of discovery. */
const CONTENT: readonly KindName[] = resources
  .filter(({ namespaced, kind }) => namespaced && kind !== 'Pod')
  .map(({ kind }) => kind);

export class NamespaceEffects {
  actor!: HostedActor<typeof namespaceMachine>;
  private readonly deps: ControllerDeps;
  private readonly name: string;

  constructor(deps: ControllerDeps, name: string) {
    this.deps = deps;
    this.name = name;
  }

  private reply(event: NamespaceEvent): void {
    this.actor.send(event);
  }

  /** Asks all pods to go; answers how many are left, and how long they may take. */
  deletePods(): void {
    const selection = { namespace: this.name };
    this.deps.api.deleteCollection('Pod', selection).settled((outcome) => {
      if (!outcome.ok) return this.reply({ type: 'write.failed', error: outcome.error.message });
      return this.deps.api.list('Pod', selection).settled((left) => {
        if (!left.ok) return this.reply({ type: 'write.failed', error: left.error.message });
        const pods = left.value.items;
        const estimateSeconds = Math.max(0, ...pods.map((pod) => this.secondsLeft(pod)));
        const next = (): void =>
          this.reply({ type: 'pods.deleted', remaining: pods.length, estimateSeconds });
        return pods.length > 0 ? this.writeConditions(new Map([['Pod', pods]]), next) : next();
      });
    });
  }

  /** NS-2: the grace period of a pod that still runs; 0 once it is exceeded. */
  private secondsLeft({ metadata, spec, status }: Pod): number {
    if (status.phase === 'Succeeded' || status.phase === 'Failed') return 0;
    const graceSeconds = spec.terminationGracePeriodSeconds ?? 0;
    const deletedMs = timeMs(metadata.deletionTimestamp);
    const isExceeded = deletedMs !== undefined && this.deps.clock.now() > deletedMs + graceSeconds * 1000;
    return isExceeded ? 0 : graceSeconds;
  }

  deleteContent(): void {
    const selection = { namespace: this.name };
    allSettled(
      CONTENT.map((kind) =>
        this.deps.api.deleteCollection(kind, selection, { propagationPolicy: 'Background' }),
      ),
      (deletions) => {
        for (const outcome of deletions)
          if (!outcome.ok) return this.reply({ type: 'write.failed', error: outcome.error.message });
        return this.countContent();
      },
    );
  }

  private countContent(): void {
    allSettled(
      CONTENT.map((kind) => this.deps.api.list(kind, { namespace: this.name })),
      (lists) => {
        const left = new Map<KindName, readonly KubeObject[]>();
        for (const [index, outcome] of lists.entries()) {
          if (!outcome.ok) return this.reply({ type: 'write.failed', error: outcome.error.message });
          const kind = CONTENT[index];
          if (kind && outcome.value.items.length > 0) left.set(kind, outcome.value.items);
        }
        const remaining = [...left.values()].reduce((total, items) => total + items.length, 0);
        // Without any, too: finalizers of its own may keep the namespace.
        return this.writeConditions(left, () => this.reply({ type: 'content.deleted', remaining }));
      },
    );
  }

  private writeConditions(left: ReadonlyMap<KindName, readonly KubeObject[]>, then: () => void): void {
    const namespace = this.deps.informers.of('Namespace').get(undefined, this.name);
    if (!namespace) return then();
    const conditions = conditionsOf(left, namespace, formatTime(this.deps.clock.now()));
    return this.deps.api
      .update(
        { kind: 'Namespace', name: this.name },
        { ...namespace, status: { ...namespace.status, conditions } },
        { subresource: 'status' },
      )
      .settled((outcome) => {
        if (outcome.ok) then();
        else this.reply({ type: 'write.failed', error: outcome.error.message });
      });
  }

  finalizeNamespace(): void {
    const key = { kind: 'Namespace', name: this.name } as const;
    this.deps.api.get(key).settled((current) => {
      if (!current.ok) {
        if (current.error.reason === 'NotFound') return this.reply({ type: 'namespace.finalized' });
        return this.reply({ type: 'write.failed', error: current.error.message });
      }
      const { spec } = current.value;
      const finalizers = (spec.finalizers ?? []).filter((name) => name !== FINALIZER);
      return this.deps.api
        .update(key, { ...current.value, spec: { ...spec, finalizers } }, { subresource: 'finalize' })
        .settled((outcome) => {
          if (outcome.ok) this.reply({ type: 'namespace.finalized' });
          else this.reply({ type: 'write.failed', error: outcome.error.message });
        });
    });
  }
}

/** NS-2: what keeps the namespace; a condition whose status stays keeps its time. */
export const conditionsOf = (
  left: ReadonlyMap<KindName, readonly KubeObject[]>,
  namespace: Namespace,
  now: string,
): readonly NamespaceCondition[] => {
  const instances = [...left].map(([kind, items]) => {
    const { plural, group } = resources.find((resource) => resource.kind === kind) ?? {
      plural: kind,
      group: '',
    };
    return `${plural}.${group} has ${items.length} resource instances`;
  });
  const finalizers = new Map<string, number>();
  for (const items of left.values())
    for (const { metadata } of items)
      for (const finalizer of metadata.finalizers ?? [])
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  const held = [...finalizers]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .sort();
  const wanted: readonly (readonly [string, boolean, string, string])[] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      false,
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    instances.length > 0
      ? [
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${instances.sort().join(', ')}`,
        ]
      : ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'],
    held.length > 0
      ? [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
        ]
      : [
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ],
  ];
  return wanted.map(([type, holds, reason, message]) => {
    const status = holds ? 'True' : 'False';
    const current = namespace.status.conditions?.find((condition) => condition.type === type);
    const lastTransitionTime = current?.status === status ? current.lastTransitionTime : now;
    return { type, status, lastTransitionTime, reason, message };
  });
};
