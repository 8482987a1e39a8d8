/**
 * Which nodes should run the pod of a DaemonSet, and which may keep one that they have. Pure.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#NodeShouldRunDaemonPod, pkg/controller/daemon/util (v1.36)
 */
import {
  findUntoleratedTaint,
  matchesNodeAffinity,
  type DaemonSet,
  type Node,
  type Pod,
  type PodTemplateSpec,
  type Toleration,
} from '../../api/index.js';

export interface Eligibility {
  readonly shouldRun: boolean;
  readonly shouldContinue: boolean;
}
const NEITHER: Eligibility = { shouldRun: false, shouldContinue: false };
const CONTINUE: Eligibility = { shouldRun: false, shouldContinue: true };
const BOTH: Eligibility = { shouldRun: true, shouldContinue: true };

/** DS-17: the taints that every daemon pod tolerates, for ever. */
const TOLERATED: readonly (readonly [key: string, effect: string])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];
const NETWORK_TAINT = ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const;

const byTemplate = new WeakMap<PodTemplateSpec, readonly Toleration[]>();

/** The tolerations of the template and those of every daemon pod. */
export const tolerationsOf = (template: PodTemplateSpec): readonly Toleration[] => {
  let all = byTemplate.get(template);
  if (all) return all;
  const { spec } = template;
  all = spec.tolerations ?? [];
  for (const [key, effect] of spec.hostNetwork ? [...TOLERATED, NETWORK_TAINT] : TOLERATED)
    all = withToleration(all, { key, operator: 'Exists', effect });
  byTemplate.set(template, all);
  return all;
};

/** Replaces the toleration that says the same but for its seconds; otherwise appends. */
const withToleration = (all: readonly Toleration[], added: Toleration): readonly Toleration[] => {
  const isSame = ({ key, operator, effect, value }: Toleration): boolean =>
    key === added.key && operator === added.operator && effect === added.effect && !value;
  return all.some(isSame) ? all.map((one) => (isSame(one) ? added : one)) : [...all, added];
};

/** Whether a node should run the pod, and whether it may keep one that runs (DS-15, DS-16). */
export const eligibilityOf = ({ spec: { template } }: DaemonSet, node: Node): Eligibility => {
  const { nodeName } = template.spec;
  if (nodeName && nodeName !== node.metadata.name) return NEITHER;
  if (!matchesNodeAffinity(template.spec, node)) return NEITHER;
  const { taints } = node.spec;
  if (taints === undefined || taints.length === 0) return BOTH;
  const tolerations = tolerationsOf(template);
  if (findUntoleratedTaint(taints, tolerations) === undefined) return BOTH;
  return findUntoleratedTaint(taints, tolerations, ['NoExecute']) === undefined ? CONTINUE : NEITHER;
};

/** The node that a pod runs on or is meant for (DS-21); undefined when it is meant for none in particular. */
export const targetNodeOf = ({ spec }: Pod): string | undefined => {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? [])
    for (const { key, operator, values } of matchFields)
      if (key === 'metadata.name' && operator === 'In' && values?.length === 1) return values[0];
  return undefined;
};

/** DS-10: whether a new or changed node concerns a DaemonSet; `isScheduled`: it runs one of its pods. */
export const nodeConcerns = (daemonSet: DaemonSet, node: Node, isScheduled: boolean): boolean => {
  const { shouldRun, shouldContinue } = eligibilityOf(daemonSet, node);
  return isScheduled ? !shouldContinue || daemonSet.status.numberMisscheduled > 0 : shouldRun;
};
