/** DaemonSets, nodes and daemon pods for tests of the pure part; times are seconds before NOW_MS. */
import type { DaemonSet, Node, Pod } from '../../../src/api/index.js';
import { eligibilityOf } from '../../../src/controllers/daemonSet/nodes.js';
import { podsByNode } from '../../../src/controllers/daemonSet/pods.js';
import { reconcile, type Observed, type Reconciled } from '../../../src/controllers/daemonSet/reconcile.js';
import { historyOf, newRevision } from '../../../src/controllers/daemonSet/revisions.js';
import { ago, NOW_MS, pod, template, type PodOptions } from '../objects.js';

export const HASH = 'new';

export interface DaemonSetOptions {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
  readonly isOnDelete?: boolean;
  readonly minReadySeconds?: number;
  /** Of the template. */
  readonly podSpec?: object;
  readonly spec?: object;
  readonly status?: object;
}

export const daemonSet = (options: DaemonSetOptions = {}): DaemonSet => {
  const { maxSurge = 0, maxUnavailable = 1, podSpec, minReadySeconds } = options;
  const base = template();
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: 'default', uid: 'web', generation: 1, creationTimestamp: ago(0) },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { ...base, spec: { ...base.spec, ...podSpec } },
      updateStrategy: options.isOnDelete
        ? { type: 'OnDelete' }
        : { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
      revisionHistoryLimit: 10,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      ...options.spec,
    },
    status: {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
      ...options.status,
    },
  } as unknown as DaemonSet;
};

export const node = (name: string, labels: Record<string, string> = {}, spec: object = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec,
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }) as unknown as Node;

export const nodes = (count: number, labels?: Record<string, string>, from = 0): readonly Node[] =>
  Array.from({ length: count }, (_, index) => node(`n${from + index}`, labels));

let serial = 0;
/** A pod of the DaemonSet on a node; `revision` is its hash. */
export const daemon = (nodeName: string, options: PodOptions & { readonly revision?: string } = {}): Pod => {
  serial += 1;
  const { revision = HASH, ...rest } = options;
  return pod(`${nodeName}-${String(serial).padStart(3, '0')}`, {
    nodeName,
    labels: { app: 'web', 'controller-revision-hash': revision },
    ...rest,
  });
};
export const daemons = (
  count: number,
  nodeName: string,
  options?: Parameters<typeof daemon>[1],
): readonly Pod[] => Array.from({ length: count }, () => daemon(nodeName, options));

export const observed = (
  owner: DaemonSet,
  nodeList: readonly Node[],
  pods: readonly Pod[],
  more: Partial<Observed> = {},
): Observed => {
  const revision = newRevision(owner, 1);
  return {
    daemonSet: owner,
    nodes: nodeList,
    eligibility: (one) => eligibilityOf(owner, one),
    pods,
    byNode: podsByNode(pods),
    hash: HASH,
    nowMs: NOW_MS,
    backOff: () => ({ isBackingOff: false, delayMs: 1_000 }),
    history: historyOf(owner, [revision]),
    toClaim: 0,
    selectsEverything: false,
    ...more,
  };
};

/** Creations and deletions of one sync, as upstream counts them: a step of the update only when nothing else is to do. */
export const amounts = ({ seen }: Reconciled): readonly [creates: number, deletes: number] => {
  const { vacant, unwanted, surges, replaceable } = seen;
  return vacant.length + unwanted.length > 0
    ? [vacant.length, unwanted.length]
    : [surges.length, replaceable.length];
};

export const sync = (
  owner: DaemonSet,
  nodeList: readonly Node[],
  pods: readonly Pod[],
  more?: Partial<Observed>,
): readonly [creates: number, deletes: number] => amounts(reconcile(observed(owner, nodeList, pods, more)));
