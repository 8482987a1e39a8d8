/**
 * The pods of a DaemonSet: which node each belongs to, which is looked at first, what a new one is made of. Pure.
 *
 * Models: pkg/controller/daemon/daemon_controller.go#getNodesToDaemonPods,
 * pkg/controller/daemon/util/daemonset_util.go#CreatePodTemplate (v1.36)
 */
import type { DaemonSet, Pod } from '../../api/index.js';
import { podFromTemplate } from '../podTemplate.js';
import { timeMs } from '../pods.js';
import { targetNodeOf, tolerationsOf } from './nodes.js';

/** Label of pods and revisions. Source: pkg/apis/apps/v1/types.go#ControllerRevisionHashLabelKey. */
export const REVISION_HASH = 'controller-revision-hash';
/** Label of pods. Source: k8s.io/api/extensions/v1beta1/types.go#DaemonSetTemplateGenerationKey. */
const POD_TEMPLATE_GENERATION = 'pod-template-generation';
/** Annotation of DaemonSets. Source: k8s.io/api/apps/v1/types.go#DeprecatedTemplateGeneration. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
export const isFailed = ({ status }: Pod): boolean => status.phase === 'Failed';

/** DS-21. What has ended and is being deleted does not count. */
export const podsByNode = (pods: readonly Pod[]): PodsByNode => {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const { phase } = pod.status;
    if (isTerminating(pod) && (phase === 'Succeeded' || phase === 'Failed')) continue;
    const node = targetNodeOf(pod);
    if (node === undefined) continue;
    const others = byNode.get(node);
    if (others) others.push(pod);
    else byNode.set(node, [pod]);
  }
  return byNode;
};

/** Bound before unbound, then older first, then by name (DS-23). */
export const oldestFirst = (pods: readonly Pod[]): readonly Pod[] =>
  pods.length < 2 ? pods : [...pods].sort(compareAges);

const compareAges = (a: Pod, b: Pod): number => {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1;
  const age = (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0);
  if (age !== 0) return age;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};

/** Whether a pod has the current template (DS-31). */
export const isUpdated = ({ metadata }: Pod, daemonSet: DaemonSet, hash: string): boolean => {
  const { labels } = metadata;
  if (hash !== '' && labels?.[REVISION_HASH] === hash) return true;
  const generation = daemonSet.metadata.annotations?.[TEMPLATE_GENERATION];
  return generation !== undefined && labels?.[POD_TEMPLATE_GENERATION] === generation;
};

/**
 * Makes manifests of pods for single nodes (DS-27). Everything but the node's name is shared by all.
 * @param hash of the template's revision
 */
export const podMaker = (daemonSet: DaemonSet, hash: string): ((node: string) => Record<string, unknown>) => {
  const { template } = daemonSet.spec;
  const { affinity } = template.spec;
  const generation = daemonSet.metadata.annotations?.[TEMPLATE_GENERATION];
  const manifest = podFromTemplate(template, daemonSet);
  const labels = {
    ...template.metadata.labels,
    [REVISION_HASH]: hash,
    ...(generation !== undefined && { [POD_TEMPLATE_GENERATION]: generation }),
  };
  const metadata = { ...(manifest['metadata'] as object), labels };
  const spec = { ...template.spec, tolerations: tolerationsOf(template) };
  return (node) => {
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
    const nodeAffinity = {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
    };
    return { ...manifest, metadata, spec: { ...spec, affinity: { ...affinity, nodeAffinity } } };
  };
};
