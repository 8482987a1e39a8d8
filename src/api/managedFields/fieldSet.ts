/**
 * Sets of fields of an object, as server-side apply keeps them for each manager: a tree whose edges are the keys of
 * FieldsV1 (`f:replicas`, `k:{"name":"c"}`, `v:"x"`), with marks on the nodes that are in the set. Sets are never
 * changed; operations give new ones and share what is the same.
 *
 * Models: sigs.k8s.io/structured-merge-diff/fieldpath; api.md §6.2
 */

/** One step from a value into a part of it, written as FieldsV1 writes it. */
export type Element = string;
export type Path = readonly Element[];

export interface FieldSet {
  /** Parts that are in the set themselves. */
  readonly members: ReadonlySet<Element>;
  /** Parts of which something is in the set; never an empty set. */
  readonly children: ReadonlyMap<Element, FieldSet>;
}

export const EMPTY_SET: FieldSet = { members: new Set(), children: new Map() };

export const isEmptySet = ({ members, children }: FieldSet): boolean =>
  members.size === 0 && children.size === 0;

/** Collects paths into a set. */
export interface FieldSetBuilder {
  add(path: Path): void;
  build(): FieldSet;
}

export const createFieldSetBuilder = (): FieldSetBuilder => {
  interface Node {
    readonly members: Set<Element>;
    readonly children: Map<Element, Node>;
  }
  const root: Node = { members: new Set(), children: new Map() };
  return {
    add: (path) => {
      let node = root;
      path.forEach((element, index) => {
        if (index === path.length - 1) {
          node.members.add(element);
          return;
        }
        const child = node.children.get(element) ?? { members: new Set(), children: new Map() };
        node.children.set(element, child);
        node = child;
      });
    },
    build: () => root,
  };
};

const setOf = (members: Iterable<Element>, children: Iterable<readonly [Element, FieldSet]>): FieldSet => ({
  members: new Set(members),
  children: new Map([...children].filter(([, child]) => !isEmptySet(child))),
});

const childOf = (set: FieldSet, element: Element): FieldSet => set.children.get(element) ?? EMPTY_SET;

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const elements = new Set([...a.children.keys(), ...b.children.keys()]);
  return setOf(
    [...a.members, ...b.members],
    [...elements].map((element) => [element, union(childOf(a, element), childOf(b, element))] as const),
  );
};

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b) return a;
  return setOf(
    [...a.members].filter((element) => b.members.has(element)),
    [...a.children].map(([element, child]) => [element, intersection(child, childOf(b, element))] as const),
  );
};

/** What is in `a` and not in `b`, mark by mark: a field of `b` does not take its parts along. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b) return EMPTY_SET;
  if (isEmptySet(b)) return a;
  return setOf(
    [...a.members].filter((element) => !b.members.has(element)),
    [...a.children].map(([element, child]) => [element, difference(child, childOf(b, element))] as const),
  );
};

/** The set without the fields at these paths and all that lies in them. */
export const withoutPaths = (set: FieldSet, paths: readonly Path[]): FieldSet =>
  paths.reduce((left, path) => withoutPath(left, path), set);

const withoutPath = (set: FieldSet, [first, ...rest]: Path): FieldSet => {
  if (first === undefined) return set;
  if (rest.length === 0)
    return setOf(
      [...set.members].filter((element) => element !== first),
      [...set.children].filter(([element]) => element !== first),
    );
  return setOf(
    set.members,
    [...set.children].map(
      ([element, child]) => [element, element === first ? withoutPath(child, rest) : child] as const,
    ),
  );
};

/** The set without the fields at these paths; what lies in them stays. */
export const withoutMembers = (set: FieldSet, paths: readonly Path[]): FieldSet => {
  const builder = createFieldSetBuilder();
  for (const path of paths) builder.add(path);
  return difference(set, builder.build());
};

/** All paths in the set, in the order of FieldsV1. */
export const pathsIn = (set: FieldSet): readonly Path[] => {
  const elements = new Set([...set.members, ...set.children.keys()]);
  return inOrder(elements).flatMap((element) => [
    ...(set.members.has(element) ? [[element]] : []),
    ...pathsIn(childOf(set, element)).map((path) => [element, ...path]),
  ]);
};

export const equalSets = (a: FieldSet, b: FieldSet): boolean =>
  isEmptySet(difference(a, b)) && isEmptySet(difference(b, a));

/** Fields, then items by key, by value, and by index. */
const RANKS = 'fkvi';
const inOrder = (elements: Iterable<Element>): readonly Element[] =>
  [...elements].sort(
    (a, b) => RANKS.indexOf(a.charAt(0)) - RANKS.indexOf(b.charAt(0)) || (a < b ? -1 : a > b ? 1 : 0),
  );

/** FieldsV1. `.` stands for a part itself where something in it is in the set, too. */
export type FieldsV1 = { readonly [element: Element]: FieldsV1 };

export const encodeFieldSet = (set: FieldSet): FieldsV1 => {
  const elements = new Set([...set.members, ...set.children.keys()]);
  return Object.fromEntries(
    inOrder(elements).map((element): [Element, FieldsV1] => {
      const child = set.children.get(element);
      if (child === undefined) return [element, {}];
      const inner = encodeFieldSet(child);
      return [element, set.members.has(element) ? { '.': {}, ...inner } : inner];
    }),
  );
};

const ELEMENT = /^(?:f:.|k:\{.*\}$|v:.|i:\d+$)/s;
const isElement = (element: string): boolean => {
  if (!ELEMENT.test(element)) return false;
  if (!/^[kv]:/.test(element)) return true;
  try {
    JSON.parse(element.slice(2));
    return true;
  } catch {
    // Clients may write managed fields: a key that is no JSON is none.
    return false;
  }
};

/** The set that FieldsV1 stands for; undefined for what is none. */
export const decodeFieldSet = (fields: unknown): FieldSet | undefined => {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return undefined;
  const members = new Set<Element>();
  const children = new Map<Element, FieldSet>();
  for (const [element, inner] of Object.entries(fields)) {
    if (element === '.') continue;
    const child = decodeFieldSet(inner);
    if (child === undefined || !isElement(element)) return undefined;
    if (isEmptySet(child) || Object.hasOwn(inner as object, '.')) members.add(element);
    if (!isEmptySet(child)) children.set(element, child);
  }
  return { members, children };
};

/** A path as messages show it: `.spec.containers[name="c"].image`. */
export const formatPath = (path: Path): string => path.map(formatElement).join('');

const formatElement = (element: Element): string => {
  const rest = element.slice(2);
  switch (element.charAt(0)) {
    case 'f':
      return `.${rest}`;
    case 'k': {
      const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    }
    case 'v':
      return `[=${rest}]`;
    default:
      return `[${rest}]`;
  }
};
