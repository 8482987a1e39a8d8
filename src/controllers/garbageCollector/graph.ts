/**
 * Who owns whom, by UID, as the watches show it. Owners that nobody has seen yet stand as virtual nodes.
 *
 * Models: pkg/controller/garbagecollector/graph.go, graph_builder.go (v1.36)
 */
import type { KubeObject, ObjectMeta, OwnerReference } from '../../api/index.js';

/** Source: k8s.io/apimachinery/pkg/apis/meta/v1/types.go#FinalizerDeleteDependents, FinalizerOrphanDependents. */
export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

const NO_OWNERS: readonly OwnerReference[] = [];
const NO_DEPENDENTS: ReadonlySet<GraphNode> = new Set();

export class GraphNode {
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
  namespace: string | undefined;
  owners: readonly OwnerReference[] = NO_OWNERS;
  isBeingDeleted = false;
  /** Carries the finalizer `foregroundDeletion`, `orphan`. */
  awaitsDependents = false;
  orphansDependents = false;
  /** Known from references only. */
  isVirtual = true;
  private dependentSet: Set<GraphNode> | undefined;

  constructor(uid: string, kind: string, name: string, namespace: string | undefined) {
    this.uid = uid;
    this.kind = kind;
    this.name = name;
    this.namespace = namespace;
  }

  get dependents(): ReadonlySet<GraphNode> {
    return this.dependentSet ?? NO_DEPENDENTS;
  }
  addDependent(node: GraphNode): void {
    (this.dependentSet ??= new Set()).add(node);
  }
  removeDependent(node: GraphNode): void {
    this.dependentSet?.delete(node);
  }

  get blockingDependents(): readonly GraphNode[] {
    const blocking: GraphNode[] = [];
    for (const dependent of this.dependents)
      if (dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === this.uid && blockOwnerDeletion))
        blocking.push(dependent);
    return blocking;
  }

  get isForegroundDeleting(): boolean {
    return this.isBeingDeleted && this.awaitsDependents;
  }
}

/** What a change of the graph asks to be looked at. */
export interface GraphChange {
  /** Objects that may have to be collected, or that wait for dependents. */
  readonly examine: readonly GraphNode[];
}
const NOTHING: GraphChange = { examine: [] };

export class OwnerGraph {
  private readonly nodes = new Map<string, GraphNode>();

  find(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  /** An object was added or updated. */
  set(kind: string, { metadata }: KubeObject): GraphChange {
    let node = this.nodes.get(metadata.uid);
    if (node?.kind !== kind || node.name !== metadata.name) {
      node = new GraphNode(metadata.uid, kind, metadata.name, metadata.namespace);
      for (const dependent of this.nodes.get(metadata.uid)?.dependents ?? []) node.addDependent(dependent);
      this.nodes.set(metadata.uid, node);
    }
    node.namespace = metadata.namespace;
    node.isVirtual = false;
    const isRelinked = node.owners !== (metadata.ownerReferences ?? NO_OWNERS);
    // Most updates are about something else.
    if (!isRelinked && metadata.deletionTimestamp === undefined) return NOTHING;
    const examine = new Set<GraphNode>();
    if (isRelinked) this.relink(node, metadata, examine);
    if (metadata.deletionTimestamp !== undefined) this.markDeleted(node, metadata, examine);
    return examine.size === 0 ? NOTHING : { examine: [...examine] };
  }

  private relink(
    node: GraphNode,
    { ownerReferences = NO_OWNERS }: ObjectMeta,
    examine: Set<GraphNode>,
  ): void {
    const before = node.owners;
    node.owners = ownerReferences;
    for (const { uid } of before) {
      if (ownerReferences.some((reference) => reference.uid === uid)) continue;
      const owner = this.nodes.get(uid);
      owner?.removeDependent(node);
      if (owner?.isForegroundDeleting) examine.add(owner);
    }
    for (const reference of ownerReferences) {
      const { uid, kind, name } = reference;
      let owner = this.nodes.get(uid);
      if (!owner) this.nodes.set(uid, (owner = new GraphNode(uid, kind, name, node.namespace)));
      owner.addDependent(node);
      if (owner.isVirtual || owner.isForegroundDeleting || !isCoherent(node, owner, reference))
        examine.add(node);
    }
    // A reference that no longer blocks frees an owner that waits.
    for (const { uid } of before) {
      const owner = this.nodes.get(uid);
      if (owner?.isForegroundDeleting) examine.add(owner);
    }
  }

  private markDeleted(node: GraphNode, { finalizers }: ObjectMeta, examine: Set<GraphNode>): void {
    const awaitsDependents = finalizers?.includes(FOREGROUND) ?? false;
    const orphansDependents = finalizers?.includes(ORPHAN) ?? false;
    // A second deletion may ask for another fate of the dependents.
    const isNews =
      !node.isBeingDeleted ||
      node.awaitsDependents !== awaitsDependents ||
      node.orphansDependents !== orphansDependents;
    node.isBeingDeleted = true;
    node.awaitsDependents = awaitsDependents;
    node.orphansDependents = orphansDependents;
    if (isNews && (awaitsDependents || orphansDependents)) examine.add(node);
  }

  /** An object is gone: its dependents may have to go, and owners that waited for it may go on. */
  remove(uid: string): GraphChange {
    const node = this.nodes.get(uid);
    if (!node) return NOTHING;
    const examine = new Set<GraphNode>();
    for (const { uid: ownerUid } of node.owners) {
      const owner = this.nodes.get(ownerUid);
      owner?.removeDependent(node);
      if (owner?.isForegroundDeleting) examine.add(owner);
      if (owner?.isVirtual && owner.dependents.size === 0) this.nodes.delete(ownerUid);
    }
    node.owners = NO_OWNERS;
    node.isVirtual = true;
    node.isBeingDeleted = false;
    if (node.dependents.size === 0) this.nodes.delete(uid);
    for (const dependent of node.dependents) examine.add(dependent);
    return examine.size === 0 ? NOTHING : { examine: [...examine] };
  }
}

/** GC-6: an owner with a namespace is one for its own namespace only. */
export const isVisible = (dependent: GraphNode, owner: GraphNode): boolean =>
  owner.namespace === undefined || owner.namespace === dependent.namespace;

/** The reference names the owner rightly, and the dependent can see it. */
export const isCoherent = (
  dependent: GraphNode,
  owner: GraphNode,
  { kind, name }: Pick<OwnerReference, 'kind' | 'name'>,
): boolean => owner.kind === kind && owner.name === name && isVisible(dependent, owner);
