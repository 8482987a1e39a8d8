/** Objects as an invariant sees them, with no more fields than it looks at. */
import type { KindName, KubeObject } from '../../src/api/index.js';
import type { ClusterView } from '../../src/testing/index.js';

export const NOW = Date.parse('2026-01-01T01:00:00Z');
export const at = (seconds: number): string =>
  new Date(NOW + seconds * 1000).toISOString().replace('.000', '');

/** `Kind/name`, with what matters of it. The UID is the name. */
export const object = (path: string, more: object = {}, metadata: object = {}): KubeObject => {
  const [kind, name] = path.split('/');
  const base = {
    name,
    namespace: 'default',
    uid: name,
    generation: 1,
    creationTimestamp: at(-60),
    labels: {},
  };
  return { kind, spec: {}, status: {}, ...more, metadata: { ...base, ...metadata } } as unknown as KubeObject;
};
export const ownedBy = (name: string, kind = 'ReplicaSet'): object => ({
  ownerReferences: [{ kind, name, uid: name, controller: true }],
});
export const pod = (name: string, owner: string, more: object = {}, metadata: object = {}): KubeObject =>
  object(
    `Pod/${name}`,
    { spec: { nodeName: 'n1' }, status: { phase: 'Running' }, ...more },
    {
      ...(owner && ownedBy(owner)),
      ...metadata,
    },
  );
export const condition = (type: string, reason = '', status = 'True', seconds = -60): object => ({
  type,
  status,
  reason,
  lastTransitionTime: at(seconds),
});

/** One look at a cluster that holds these objects. */
export const view = (objects: readonly KubeObject[], nowMs = NOW): ClusterView => ({
  now: () => nowMs,
  list: <K extends KindName>(kind: K) => objects.filter((each) => each.kind === kind) as never,
});
