/**
 * Which nodes a pod may run on: node selector, required node affinity, taints and tolerations. Pure functions for the
 * scheduler and the node agent.
 *
 * Models: staging/src/k8s.io/component-helpers/scheduling/corev1 and corev1/nodeaffinity (v1.36)
 */
import type { PodSpec } from '../schema/kinds/pod.js';
import type {
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Taint,
  Toleration,
} from '../schema/types/scheduling.js';
import { comparesAs, type Labels } from './requirement.js';

/** What of a node decides: its name, labels and taints. */
export interface NodeFacts {
  readonly metadata: { readonly name: string; readonly labels?: Labels | undefined };
  readonly spec?: { readonly taints?: readonly Taint[] | undefined } | undefined;
}

/** Whether one of the terms holds. A term without any requirement holds for no node. */
export const matchesNodeSelectorTerms = (
  terms: readonly NodeSelectorTerm[] | undefined,
  node: NodeFacts,
): boolean => (terms ?? []).some((term) => matchesNodeSelectorTerm(term, node));

/** Whether all requirements of a term hold. */
export const matchesNodeSelectorTerm = (term: NodeSelectorTerm, node: NodeFacts): boolean => {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const { labels, name } = node.metadata;
  return (
    expressions.every((expression) => meetsNodeRequirement(labels, expression)) &&
    fields.every((field) => meetsNodeRequirement({ 'metadata.name': name }, field))
  );
};

const meetsNodeRequirement = (labels: Labels | undefined, requirement: NodeSelectorRequirement): boolean => {
  const { key, operator } = requirement;
  const values = requirement.values ?? [];
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && comparesAs('gt', value, values[0] ?? '');
    case 'Lt':
      return value !== undefined && comparesAs('lt', value, values[0] ?? '');
    default:
      return false;
  }
};

/** Whether a pod's `nodeSelector` and required node affinity allow a node. */
export const matchesNodeAffinity = (
  pod: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: NodeFacts,
): boolean => {
  for (const [key, value] of Object.entries(pod.nodeSelector ?? {})) {
    if (node.metadata.labels?.[key] !== value) return false;
  }
  const required = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelectorTerms(required.nodeSelectorTerms, node);
};

/** Whether a toleration covers a taint. An empty key or effect of the toleration covers all. */
export const toleratesTaint = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (
    (toleration.operator === undefined || toleration.operator === '' || toleration.operator === 'Equal') &&
    (toleration.value ?? '') === (taint.value ?? '')
  );
};

export const toleratesTaintWithAny = (
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): boolean => (tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint));

/** The effects that keep a new pod off a node. */
export const SCHEDULING_EFFECTS: readonly string[] = ['NoSchedule', 'NoExecute'];

/** The first taint with one of the effects that no toleration covers; undefined when all are tolerated. */
export const findUntoleratedTaint = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[] = SCHEDULING_EFFECTS,
): Taint | undefined =>
  (taints ?? []).find(
    (taint) => effects.includes(taint.effect) && !toleratesTaintWithAny(tolerations, taint),
  );
