/** Nodes for tests of node lifecycle: made, heard from and read through the API of a control plane. */
import type { ControllerName } from '../../../src/controllers/index.js';
import type { Node } from '../../../src/api/index.js';
import { formatMicroTime, formatTime } from '../../../src/api/index.js';
import { createPlane, type Plane, type PlaneOptions } from '../plane.js';

export const NODE_CONTROLLERS: readonly ControllerName[] = ['nodeLifecycle', 'taintEviction'];

export const nodePlane = (options: PlaneOptions = {}): Plane =>
  createPlane({ controllers: NODE_CONTROLLERS, ...options });

export const addNode = (
  plane: Plane,
  name: string,
  options: { readonly labels?: object; readonly taints?: readonly object[]; readonly ready?: string } = {},
): Node => {
  const { labels = {}, taints = [], ready } = options;
  const node = plane.create('Node', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { taints },
  });
  return ready === undefined ? node : post(plane, name, ready);
};

/** As its kubelet: posts the Ready condition (and others), with a heartbeat of now. */
export const post = (
  plane: Plane,
  name: string,
  ready: string,
  others: Readonly<Record<string, string>> = {},
): Node => {
  const now = formatTime(plane.clock.now());
  const condition = (type: string, status: string): object => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  const conditions = [
    condition('Ready', ready),
    ...Object.entries(others).map(([type, status]) => condition(type, status)),
  ];
  return plane.patch('Node', name, { status: { conditions } }, 'status');
};

/** As its kubelet: renews the lease. */
export const renew = (plane: Plane, name: string): void => {
  const renewTime = formatMicroTime(plane.clock.now());
  const key = { kind: 'Lease', namespace: 'kube-node-lease', name } as const;
  plane.api.patch(key, { type: 'merge', body: { spec: { renewTime } } }).settled((outcome) => {
    if (outcome.ok) return;
    const manifest = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease' },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
    };
    plane.create('Lease', manifest, 'kube-node-lease');
  });
  plane.settle();
};

/** `Ready=True KubeletReady` of each condition. */
export const conditionsOf = (plane: Plane, name: string): string[] =>
  (plane.get('Node', name).status.conditions ?? []).map(
    ({ type, status, reason }) => `${type}=${status}${reason ? ` ${reason}` : ''}`,
  );

/** `unreachable:NoExecute`, in order. */
export const taintsOf = (plane: Plane, name: string): string[] =>
  (plane.get('Node', name).spec.taints ?? []).map(
    ({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`,
  );

/** A pod that runs on a node, ready. */
export const addPod = (plane: Plane, name: string, nodeName: string, spec: object = {}): void => {
  plane.create('Pod', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { nodeName, containers: [{ name: 'web', image: 'web:1' }], ...spec },
  });
  plane.setReady(plane.get('Pod', name));
  plane.settle();
};

/** The Ready condition of a pod. */
export const readyOf = (plane: Plane, name: string): string | undefined =>
  plane.get('Pod', name).status.conditions?.find(({ type }) => type === 'Ready')?.status;
