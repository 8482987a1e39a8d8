/** api.md §3.1, §3.2 and §8.2: what may not change, and what a status may say. */
import * as assert from 'uvu/assert';
import {
  admitPod,
  applyDefaults,
  decode,
  fieldErrorBody,
  validateUpdate,
  type Deployment,
  type KindName,
  type KindOf,
  type Pod,
  type ReplicaSet,
} from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: validation of changes');

const stored = <K extends KindName>(kind: K, manifest: object): KindOf<K> => {
  const object: unknown = applyDefaults(kind, decode(kind, manifest).value);
  return (kind === 'Pod' ? admitPod(object as Pod) : object) as KindOf<K>;
};
const metadata = { name: 'x', namespace: 'n', uid: 'u', generation: 2 };
const pod = stored('Pod', {
  metadata,
  spec: {
    containers: [{ name: 'c', image: 'i' }],
    activeDeadlineSeconds: 10,
    tolerations: [{ key: 'a', operator: 'Exists' }],
  },
});
const workload = {
  metadata,
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b', z: 'z' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};
const errorsOf = (kind: KindName, next: object, old: object): readonly string[] =>
  validateUpdate(kind, next, old).map((error) => `${error.field}: ${fieldErrorBody(error)}`);
const withSpec = (change: Partial<Pod['spec']>) =>
  errorsOf('Pod', { ...pod, spec: { ...pod.spec, ...change } }, pod);
const withContainer = (change: object) =>
  withSpec({ containers: pod.spec.containers.map((container) => ({ ...container, ...change })) });

test('a pod may change its image, shorten its deadline, and tolerate more', () => {
  assert.equal(withContainer({ image: 'j' }), []);
  assert.equal(withSpec({ activeDeadlineSeconds: 5 }), []);
  assert.equal(
    withSpec({ tolerations: [...(pod.spec.tolerations ?? []), { key: 'b', operator: 'Exists' }] }),
    [],
  );
});

test('§8.2: a pod may not change anything else', () => {
  const [error, ...more] = withContainer({ command: ['x'] });
  assert.equal(more, []);
  const [first, ...difference] = (error ?? '').split('\n');
  assert.is(
    first,
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
      '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
      '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
  );
  assert.equal(difference, ['- spec.containers[0].command: null', '+ spec.containers[0].command: ["x"]']);
  assert.match(withSpec({ nodeName: 'n2' })[0] ?? '', /^spec: Forbidden: pod updates may not change/);
});

test('§8.2: containers neither come nor go; a deadline is not raised and not removed', () => {
  assert.equal(
    withSpec({ containers: [...pod.spec.containers, { ...pod.spec.containers[0]!, name: 'd' }] }),
    ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  );
  assert.equal(withSpec({ activeDeadlineSeconds: 11 }), [
    'spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value',
  ]);
  assert.equal(withSpec({ activeDeadlineSeconds: undefined }), [
    'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
  ]);
});

test('tolerations do not go; scheduling gates only go', () => {
  assert.equal(withSpec({ tolerations: [] }), [
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ]);
  const gated = stored('Pod', {
    metadata,
    spec: { containers: [{ name: 'c', image: 'i' }], schedulingGates: [{ name: 'a/b' }] },
  });
  const gates = (names: readonly string[]) => ({
    ...gated,
    spec: { ...gated.spec, schedulingGates: names.map((name) => ({ name })) },
  });
  assert.equal(errorsOf('Pod', gates([]), gated), []);
  assert.equal(errorsOf('Pod', gates(['a/b', 'a/c']), gated), [
    "spec.schedulingGates: Forbidden: only deletion is allowed, but found new scheduling gate 'a/c'",
  ]);
});

test('§8.2: the selector of a workload is immutable', () => {
  for (const kind of ['Deployment', 'ReplicaSet'] as const) {
    const old = stored(kind, workload) as Deployment | ReplicaSet;
    const next = { ...old, spec: { ...old.spec, selector: { matchLabels: { z: 'z' } } } };
    assert.equal(errorsOf(kind, next, old), [
      'spec.selector: Invalid value: {"matchLabels":{"z":"z"}}: field is immutable',
    ]);
    assert.equal(errorsOf(kind, { ...old, spec: { ...old.spec, replicas: 5 } }, old), []);
  }
});

test('§8.2: what is immutable stays, itself included', () => {
  const old = stored('ConfigMap', { metadata, immutable: true, data: { a: '1' } });
  const detail = 'Forbidden: field is immutable when `immutable` is set';
  assert.equal(errorsOf('ConfigMap', { ...old, data: { a: '2' } }, old), [`data: ${detail}`]);
  assert.equal(errorsOf('ConfigMap', { ...old, immutable: undefined }, old), [`immutable: ${detail}`]);
  assert.equal(errorsOf('ConfigMap', { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } }, old), []);
  const secret = stored('Secret', { metadata });
  assert.equal(errorsOf('Secret', { ...secret, type: 'other' }, secret), [
    'type: Invalid value: "other": field is immutable',
  ]);
});

test('§3.1: identity does not change; generation does not go back', () => {
  const next = {
    ...pod,
    metadata: { ...pod.metadata, uid: 'v', generation: 1, deletionGracePeriodSeconds: 3 },
  };
  assert.equal(errorsOf('Pod', next, pod), [
    'metadata.uid: Invalid value: "v": field is immutable',
    'metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable',
    'metadata.generation: Invalid value: 1: must not be decremented',
  ]);
});

test('row 52: no new finalizers while the object is being deleted', () => {
  const old = stored('ConfigMap', {
    metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] },
  });
  const next = { ...old, metadata: { ...old.metadata, finalizers: ['a/b', 'c/d'] } };
  assert.equal(errorsOf('ConfigMap', next, old), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
  ]);
});

test('§8.2, RS-31: counts of a status fit each other', () => {
  const old = stored('ReplicaSet', workload);
  assert.equal(
    errorsOf('ReplicaSet', { ...old, status: { replicas: 1, readyReplicas: 2, availableReplicas: 3 } }, old),
    [
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
    ],
  );
  const deployment = { ...stored('Deployment', workload), status: { collisionCount: 2 } };
  assert.equal(
    errorsOf('Deployment', { ...deployment, status: { collisionCount: 1, replicas: -1 } }, deployment),
    [
      'status.replicas: Invalid value: -1: must be greater than or equal to 0',
      'status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.collisionCount: Invalid value: 1: cannot be decremented',
    ],
  );
});

test('a container that has ended for good does not run again', () => {
  const status = (state: object) => ({
    containerStatuses: [
      { name: 'c', ready: false, restartCount: 0, image: 'i', imageID: '', state, lastState: {} },
    ],
  });
  const ended = {
    ...pod,
    spec: { ...pod.spec, restartPolicy: 'Never' },
    status: { phase: 'Running', ...status({ terminated: { exitCode: 0 } }) },
  };
  assert.equal(
    errorsOf('Pod', { ...ended, status: { phase: 'Running', ...status({ running: {} }) } }, ended),
    ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'],
  );
  const restarting = { ...ended, spec: pod.spec };
  assert.equal(
    errorsOf('Pod', { ...restarting, status: { phase: 'Running', ...status({ running: {} }) } }, restarting),
    [],
  );
});

test.run();
