/** What an invariant is, and what all of them need: who owns what, what is active, and what was seen before. */
import {
  labelSelectorMatches,
  type KindName,
  type KindOf,
  type KubeObject,
  type Pod,
} from '../../api/index.js';

/** A look at a cluster: `cluster` itself will do. */
export interface ClusterView {
  list<K extends KindName>(kind: K): readonly KindOf<K>[];
  /** Milliseconds since the epoch, by the clock of the cluster. */
  now(): number;
}

export interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly when: 'always' | 'eventually';
  /** Begins to look at one cluster. Each call gives what is wrong now; empty when it holds. */
  readonly observe: () => Look;
}
export type Look = (view: ClusterView) => readonly string[];

export const always = (id: string, says: string, observe: Invariant['observe']): Invariant => ({
  id,
  says,
  when: 'always',
  observe,
});
export const eventually = (id: string, says: string, look: Look): Invariant => ({
  id,
  says,
  when: 'eventually',
  observe: () => look,
});

/** Watches lag; what was on its way before a controller could know better still arrives. Milliseconds. */
export const SIGHT_MS = 5_000;

export const nameOf = ({ kind, metadata }: KubeObject): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`;
export const controllerOf = ({ metadata }: KubeObject) =>
  metadata.ownerReferences?.find(({ controller }) => controller);
export const isLeaving = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
export const hasEnded = ({ status }: Pod): boolean =>
  status.phase === 'Succeeded' || status.phase === 'Failed';
export const isActive = (pod: Pod): boolean => !isLeaving(pod) && !hasEnded(pod);

/** What each owner controls, by the owner's UID. Worked out once for a list. */
export const byOwner = <T extends KubeObject>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const known = grouped.get(objects);
  if (known) return known as ReadonlyMap<string, readonly T[]>;
  const owned = new Map<string, T[]>();
  for (const object of objects) {
    const uid = controllerOf(object)?.uid ?? '';
    const others = owned.get(uid);
    if (others) others.push(object);
    else owned.set(uid, [object]);
  }
  grouped.set(objects, owned);
  return owned;
};
const grouped = new WeakMap<readonly KubeObject[], ReadonlyMap<string, readonly KubeObject[]>>();

export const countBy = <T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
};

/** UIDs of objects that were somebody else's, or nobody's, before: they come on top of what was created. */
export const adoptions = (kind: KindName): ((view: ClusterView) => ReadonlySet<string>) => {
  const firstOwner = new Map<string, string>();
  const adopted = new Set<string>();
  return (view) => {
    for (const object of view.list(kind) as readonly KubeObject[]) {
      const { uid } = object.metadata;
      const owner = controllerOf(object)?.uid ?? '';
      const first = firstOwner.get(uid);
      if (first === undefined) firstOwner.set(uid, owner);
      else if (first !== owner) adopted.add(uid);
    }
    return adopted;
  };
};

/** The largest value that was ever seen of an object, by UID: limits that users change bound what is under way. */
export const largestSeen = (): ((uid: string, value: number) => number) => {
  const largest = new Map<string, number>();
  return (uid, value) => {
    const most = Math.max(largest.get(uid) ?? 0, value);
    largest.set(uid, most);
    return most;
  };
};

/** The value of the look before, by UID; the value itself at the first. */
export const previous = <T>(): ((uid: string, value: T) => T) => {
  const last = new Map<string, T>();
  return (uid, value) => {
    const before = last.has(uid) ? (last.get(uid) as T) : value;
    last.set(uid, value);
    return before;
  };
};

/** A percentage of `total`, rounded up, or the number itself. */
export const percentOrNumber = (value: number | string | undefined, total: number): number =>
  typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * total) / 100) : (value ?? 0);

type Conditions = readonly { readonly type: string; readonly status: string }[] | undefined;
export const isTrue = (conditions: Conditions, type: string): boolean =>
  conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
export const isFinished = (conditions: Conditions): boolean =>
  isTrue(conditions, 'Complete') || isTrue(conditions, 'Failed');

/** Kinds whose pods are theirs directly. */
export const POD_OWNERS = ['ReplicaSet', 'ReplicationController', 'DaemonSet', 'Job'] as const;
export type PodOwner = KindOf<(typeof POD_OWNERS)[number]>;
export const podOwners = (view: ClusterView): readonly PodOwner[] =>
  POD_OWNERS.flatMap((kind): readonly PodOwner[] => view.list(kind));

export const selects = ({ kind, metadata, spec }: PodOwner, pod: Pod): boolean => {
  if (metadata.namespace !== pod.metadata.namespace || spec.selector === undefined) return false;
  const selector =
    kind === 'ReplicationController'
      ? { matchLabels: spec.selector as Readonly<Record<string, string>> }
      : (spec.selector as { readonly matchLabels?: Readonly<Record<string, string>> });
  return labelSelectorMatches(selector, pod.metadata.labels ?? {});
};
