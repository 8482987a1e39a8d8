/** `kubectl exec` and its kin for the pods of this cluster: finds the node. */
import { notFound, resourceFor, type Pod } from '../api/index.js';
import { attachToContainer, execInContainer, forwardToPod, type NodeStream } from '../node/index.js';
import type { PodStreams, StreamAnswer } from '../server/index.js';
import type { ClusterNode, Nodes } from './nodes.js';

export const createPodStreams = (nodes: Nodes): PodStreams => {
  const on = <Open>(pod: Pod, ask: (node: ClusterNode) => NodeStream<Open>): StreamAnswer<Open> => {
    const node = nodes.of(pod);
    if (node !== undefined) return ask(node);
    return { kind: 'error', error: notFound(resourceFor('Pod'), pod.spec.nodeName ?? '') };
  };
  return {
    exec: (pod, options) => on(pod, (node) => execInContainer(node, pod, options)),
    attach: (pod, options) => on(pod, (node) => attachToContainer(node, pod, options)),
    portForward: (pod) => on(pod, (node) => forwardToPod(node, pod)),
  };
};
