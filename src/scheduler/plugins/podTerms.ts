/**
 * Which other pods a pod wants near, wants far, and wants to be spread among: its affinity terms and spread constraints,
 * compiled. Pure.
 *
 * Differs: `matchLabelKeys` and `mismatchLabelKeys` are applied here, and not written into the pod's selectors.
 *
 * Models: pkg/scheduler/framework/types.go#AffinityTerm, plugins/podtopologyspread/common.go (v1.36; SC-18, SC-19)
 */
import {
  labelSelectorMatcher,
  type LabelSelector,
  type Pod,
  type PodAffinityTerm,
  type TopologySpreadConstraint,
} from '../../api/index.js';

export type Labels = Readonly<Record<string, string>>;
/** The labels of a namespace; of one that is not there none. */
export type NamespaceLabels = (namespace: string) => Labels;

export interface PodTerm {
  readonly topologyKey: string;
  /** Whether another pod is one of those that the term is about. */
  matches(other: Pod, namespaceLabels: NamespaceLabels): boolean;
}
export interface WeightedTerm {
  readonly term: PodTerm;
  /** Negative: rather far from them. */
  readonly weight: number;
}

export interface PodTerms {
  readonly affinity: readonly PodTerm[];
  readonly antiAffinity: readonly PodTerm[];
  readonly preferred: readonly WeightedTerm[];
}

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** DoNotSchedule; otherwise the constraint only scores. */
  readonly isHard: boolean;
  /** Nodes that the pod's node selector and affinity forbid are left out of account. */
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
  /** Whether another pod is one of those to spread. One that is being deleted is not. */
  counts(other: Pod): boolean;
  /** The pod itself is one of them. */
  readonly countsItself: boolean;
}

/** Undefined for a pod that says nothing about others. */
export const podTerms = (pod: Pod): PodTerms | undefined => {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return undefined;
  const compiled = (terms: readonly PodAffinityTerm[] | undefined): PodTerm[] =>
    (terms ?? []).map((term) => compileTerm(pod, term));
  const near = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const far = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    affinity: compiled(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: compiled(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: [
      ...near.map(({ weight, podAffinityTerm }) => ({ term: compileTerm(pod, podAffinityTerm), weight })),
      ...far.map(({ weight, podAffinityTerm }) => ({
        term: compileTerm(pod, podAffinityTerm),
        weight: -weight,
      })),
    ],
  };
};

const compileTerm = (pod: Pod, term: PodAffinityTerm): PodTerm => {
  const { topologyKey, namespaces = [], namespaceSelector } = term;
  const { labels = {}, namespace = '' } = pod.metadata;
  const selector = withKeys(term.labelSelector, labels, term.matchLabelKeys, term.mismatchLabelKeys);
  const { matchesLabels } = labelSelectorMatcher(selector);
  // Without any word about namespaces it is the pod's own.
  const named = new Set(
    namespaces.length === 0 && namespaceSelector === undefined ? [namespace] : namespaces,
  );
  const selected = labelSelectorMatcher(namespaceSelector);
  return {
    topologyKey,
    matches: ({ metadata }, namespaceLabels) =>
      (named.has(metadata.namespace ?? '') ||
        selected.matchesLabels(namespaceLabels(metadata.namespace ?? ''))) &&
      matchesLabels(metadata.labels),
  };
};

/** The selector, narrowed to pods that have the same values as this one, or others. */
const withKeys = (
  selector: LabelSelector | undefined,
  labels: Labels,
  same: readonly string[] = [],
  other: readonly string[] = [],
): LabelSelector | undefined => {
  if (selector === undefined || (same.length === 0 && other.length === 0)) return selector;
  const requirement = (key: string, operator: 'In' | 'NotIn') => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  };
  return {
    ...selector,
    matchExpressions: [
      ...(selector.matchExpressions ?? []),
      ...same.flatMap((key) => requirement(key, 'In')),
      ...other.flatMap((key) => requirement(key, 'NotIn')),
    ],
  };
};

const NONE: readonly SpreadConstraint[] = [];

export const spreadConstraints = (pod: Pod): readonly SpreadConstraint[] =>
  pod.spec.topologySpreadConstraints?.map((constraint) => compileConstraint(pod, constraint)) ?? NONE;

const compileConstraint = (pod: Pod, constraint: TopologySpreadConstraint): SpreadConstraint => {
  const { labels = {}, namespace } = pod.metadata;
  const selector = withKeys(constraint.labelSelector, labels, constraint.matchLabelKeys);
  const { isEverything, matchesLabels } = labelSelectorMatcher(selector);
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    isHard: constraint.whenUnsatisfiable === 'DoNotSchedule',
    honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
    // A selector that selects everything counts nobody, as upstream.
    counts: ({ metadata }) =>
      !isEverything &&
      metadata.namespace === namespace &&
      metadata.deletionTimestamp === undefined &&
      matchesLabels(metadata.labels),
    countsItself: matchesLabels(labels),
  };
};
