/** Nodes and pods for tests of the scheduler. */
import type { Node, Pod } from '../../src/api/index.js';
import { NodeInfo, podFacts, type PodFacts } from '../../src/scheduler/nodeInfo.js';

export const node = (
  name: string,
  options: { spec?: object; allocatable?: Record<string, string>; labels?: Record<string, string> } = {},
): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, labels: options.labels ?? {} },
    spec: { ...options.spec },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...options.allocatable } },
  }) as unknown as Node;

export const pod = (name: string, spec: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name },
    spec: { containers: [{ name: 'c' }], ...spec },
    status: { phase: 'Pending' },
  }) as unknown as Pod;

/** A pod whose only container requests so much. */
export const asking = (name: string, requests: Record<string, string>): Pod =>
  pod(name, { containers: [{ name: 'c', resources: { requests } }] });

export const info = (of: Node, ...pods: Pod[]): NodeInfo => {
  const result = new NodeInfo(of);
  for (const each of pods) result.addPod(podFacts(each));
  return result;
};
export const facts = (of: Pod): PodFacts => podFacts(of);
