/**
 * Why a pod cannot run on a node, whatever runs elsewhere: filter plugins in upstream's order; the first that refuses
 * gives the reasons. Those that look at other nodes, too, come after (topologySpread.ts, interPodAffinity.ts). Pure.
 *
 * Models: pkg/scheduler/framework/plugins/{nodeunschedulable,nodename,tainttoleration,nodeaffinity,nodeports,noderesources} (v1.36)
 */
import { matchesNodeAffinity, toleratesTaintWithAny, type Taint } from '../../api/index.js';
import { portsConflict, type NodeInfo, type PodFacts } from '../nodeInfo.js';
import { rejection, type Rejection } from './rejection.js';
import type { PodRequest } from '../resources.js';

const UNSCHEDULABLE = rejection('NodeUnschedulable', 'node(s) were unschedulable', true);
const WRONG_NAME = rejection('NodeName', "node(s) didn't match the requested node name", true);
const TAINTED = rejection('TaintToleration', 'node(s) had untolerated taint(s)', true);
const NO_AFFINITY = rejection('NodeAffinity', "node(s) didn't match Pod's node affinity/selector", true);
const PORT_TAKEN = rejection(
  'NodePorts',
  "node(s) didn't have free ports for the requested pod ports",
  false,
);
const TOO_MANY_PODS = rejection('NodeResourcesFit', 'Too many pods', false);

/** Stands for `spec.unschedulable`. Source: k8s.io/api/core/v1/well_known_taints.go. */
const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Undefined when the pod fits (SC-12, SC-15 to SC-17). */
export const filterNode = (facts: PodFacts, info: NodeInfo): Rejection | undefined => {
  const { spec } = facts.pod;
  const { node } = info;
  if (node.spec.unschedulable && !toleratesTaintWithAny(spec.tolerations, UNSCHEDULABLE_TAINT))
    return UNSCHEDULABLE;
  if (spec.nodeName && spec.nodeName !== info.name) return WRONG_NAME;
  if (info.hardTaints.length > 0)
    for (const taint of info.hardTaints) if (!toleratesTaintWithAny(spec.tolerations, taint)) return TAINTED;
  if (facts.selectsNodes && !matchesNodeAffinity(spec, node)) return NO_AFFINITY;
  for (const wanted of facts.hostPorts)
    for (const used of info.hostPorts) if (portsConflict(wanted, used)) return PORT_TAKEN;
  return filterResources(facts, info);
};

/** NodeResourcesFit: several reasons at once (SC-15). */
const filterResources = ({ request }: PodFacts, info: NodeInfo): Rejection | undefined => {
  const hasRoom = info.pods.size < info.allowedPods;
  if (request.isEmpty) return hasRoom ? undefined : TOO_MANY_PODS;
  const { allocatable, requested } = info;
  const { requests } = request;
  // Most nodes fit: decided without making anything.
  if (
    hasRoom &&
    requests.cpuMilli <= allocatable.cpuMilli - requested.cpuMilli &&
    requests.memoryBytes <= allocatable.memoryBytes - requested.memoryBytes &&
    requests.ephemeralBytes <= allocatable.ephemeralBytes - requested.ephemeralBytes &&
    requests.others === undefined
  )
    return undefined;
  return shortages(request, info, hasRoom);
};

const shortages = (
  { requests }: PodRequest,
  { allocatable, requested }: NodeInfo,
  hasRoom: boolean,
): Rejection | undefined => {
  const reasons = hasRoom ? [] : ['Too many pods'];
  let isUnresolvable = false;
  const check = (name: string, wanted: number, all: number, used: number): void => {
    if (wanted === 0 || wanted <= all - used) return;
    reasons.push(`Insufficient ${name}`);
    if (wanted > all) isUnresolvable = true;
  };
  check('cpu', requests.cpuMilli, allocatable.cpuMilli, requested.cpuMilli);
  check('memory', requests.memoryBytes, allocatable.memoryBytes, requested.memoryBytes);
  check('ephemeral-storage', requests.ephemeralBytes, allocatable.ephemeralBytes, requested.ephemeralBytes);
  for (const [name, wanted] of requests.others ?? [])
    check(name, wanted, allocatable.others?.get(name) ?? 0, requested.others?.get(name) ?? 0);
  return reasons.length > 0 ? { plugin: 'NodeResourcesFit', reasons, isUnresolvable } : undefined;
};
