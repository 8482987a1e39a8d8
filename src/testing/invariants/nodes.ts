/** Nodes and the pods on them. */
import { always, eventually, nameOf, previous, type Invariant } from './invariant.js';

const UNHEALTHY = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const taintsFollow = eventually('PR-70', 'a node is tainted while it is not Ready, and only then', (view) =>
  view
    .list('Node')
    .filter(({ spec, status }) => {
      const isReady = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      const isTainted = spec.taints?.some(({ key }) => UNHEALTHY.includes(key)) ?? false;
      return isReady === isTainted;
    })
    .map((node) => `Node ${node.metadata.name}: ${JSON.stringify(node.spec.taints)}`),
);

const podsOfNoNode = eventually('PR-74', 'no pod stays on a node that is gone', (view) => {
  const nodes = new Set(view.list('Node').map(({ metadata }) => metadata.name));
  return view
    .list('Pod')
    .filter(({ spec }) => spec.nodeName !== undefined && !nodes.has(spec.nodeName))
    .map((pod) => `${nameOf(pod)} on ${pod.spec.nodeName}`);
});

const podsStay = always('PR-75', 'a pod never moves to another node', () => {
  const before = previous<string | undefined>();
  return (view) =>
    view
      .list('Pod')
      .map((pod) => ({ pod, last: before(pod.metadata.uid, pod.spec.nodeName) }))
      .filter(({ pod, last }) => last !== undefined && last !== pod.spec.nodeName)
      .map(({ pod, last }) => `${nameOf(pod)} from ${last} to ${pod.spec.nodeName}`);
});

export const nodes: readonly Invariant[] = [taintsFollow, podsOfNoNode, podsStay];
