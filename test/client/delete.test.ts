import * as assert from 'uvu/assert';
import type { Pod, Status } from '../../src/api/index.js';
import type { DeleteOptions, WatchEvent } from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import {
  configMapManifest,
  createTestApi,
  deploymentManifest,
  podManifest,
  told,
  value,
  type TestApi,
} from './cluster.js';

const test = suite('client/local: delete');

const configMap = (name: string) => ({ kind: 'ConfigMap', namespace: 'default', name }) as const;
const podKey = { kind: 'Pod', namespace: 'default', name: 'p' } as const;

const boundPod = ({ api }: TestApi): Pod => {
  value(api.create('Pod', podManifest('p')));
  value(api.bind({ namespace: 'default', name: 'p' }, 'n1'));
  return value(api.get(podKey));
};
const deletePod = ({ api }: TestApi, options?: DeleteOptions): Pod =>
  value(api.delete(podKey, options)) as Pod;
const grace = ({ metadata }: Pod) => [metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds];

test('row 55: a deleted config map is gone; the answer is a Status without code', () => {
  const { api } = createTestApi();
  const { metadata } = value(api.create('ConfigMap', configMapManifest('a')));
  assert.equal(value(api.delete(configMap('a'))), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'a', kind: 'configmaps', uid: metadata.uid },
  });
  assert.is(told(api.delete(configMap('a'))).text, '404 NotFound | configmaps "a" not found');
});

test('row 47: a bound pod is deleted gracefully, the time is the end of its grace', () => {
  const cluster = createTestApi();
  boundPod(cluster);
  const pod = deletePod(cluster, { gracePeriodSeconds: 20 });
  assert.equal(grace(pod), [cluster.time(20), 20]);
  assert.is(pod.metadata.generation, 2);
  assert.is(value(cluster.api.get(podKey)), pod);
});

test('node.md §5.1: the grace is that of the pod’s spec unless asked for; a negative one is 1', () => {
  for (const [spec, options, seconds] of [
    [{}, {}, 30],
    [{ terminationGracePeriodSeconds: 7 }, {}, 7],
    [{ terminationGracePeriodSeconds: 7 }, { gracePeriodSeconds: 60 }, 60],
    [{}, { gracePeriodSeconds: -5 }, 1],
  ] as const) {
    const cluster = createTestApi();
    value(cluster.api.create('Pod', podManifest('p', spec)));
    value(cluster.api.bind({ namespace: 'default', name: 'p' }, 'n1'));
    assert.equal(grace(deletePod(cluster, options)), [cluster.time(seconds), seconds]);
  }
});

test('row 48: a second deletion may only shorten the grace, counted from the first', async () => {
  const cluster = createTestApi();
  boundPod(cluster);
  const first = deletePod(cluster, { gracePeriodSeconds: 20 });
  assert.is(deletePod(cluster, { gracePeriodSeconds: 100 }), first);
  assert.is(deletePod(cluster, { gracePeriodSeconds: 20 }), first);
  assert.is(deletePod(cluster), first);
  const start = cluster.time();
  cluster.clock.moveTo(cluster.clock.now() + 5000);
  const shorter = deletePod(cluster, { gracePeriodSeconds: 10 });
  assert.equal(grace(shorter), [cluster.time(5), 10]);
  assert.is.not(start, cluster.time());
  assert.is(shorter.metadata.generation, 2);
  cluster.clock.moveTo(cluster.clock.now() + 4000);
  assert.equal(grace(deletePod(cluster, { gracePeriodSeconds: 3 })), [cluster.time(), 1]);
});

test('row 50: grace 0 removes a pod at once: MODIFIED, then DELETED with the removal’s version', () => {
  const cluster = createTestApi();
  const { metadata } = boundPod(cluster);
  const events: WatchEvent<Pod>[] = [];
  cluster.api
    .watch('Pod', { resourceVersion: metadata.resourceVersion })
    .subscribe((event) => events.push(event));
  const pod = deletePod(cluster, { gracePeriodSeconds: 0 });
  assert.equal(grace(pod), [cluster.time(), 0]);
  assert.equal(
    events.map((event) =>
      event.type === 'BOOKMARK' ? '' : `${event.type} ${event.object.metadata.resourceVersion}`,
    ),
    [`MODIFIED ${Number(pod.metadata.resourceVersion) - 1}`, `DELETED ${pod.metadata.resourceVersion}`],
  );
  assert.is(told(cluster.api.get(podKey)).text.slice(0, 3), '404');
});

test('node.md §5.1: a pod that is not bound, or has ended, goes at once', () => {
  const cluster = createTestApi();
  value(cluster.api.create('Pod', podManifest('p')));
  assert.equal(grace(deletePod(cluster)), [cluster.time(), 0]);
  const pod = boundPod(cluster);
  value(cluster.trusted.update(podKey, { ...pod, status: { phase: 'Failed' } }, { subresource: 'status' }));
  assert.equal(grace(deletePod(cluster)), [cluster.time(), 0]);
  assert.is(told(cluster.api.get(podKey)).text.slice(0, 3), '404');
});

test('the kubelet’s last deletion removes the pod; another uid is Conflict 409', () => {
  const cluster = createTestApi();
  const { metadata } = boundPod(cluster);
  deletePod(cluster);
  assert.equal(told(cluster.api.delete(podKey, { gracePeriodSeconds: 0, preconditions: { uid: 'abc' } })), {
    text:
      '409 Conflict | Operation cannot be fulfilled on Pod "p": the UID in the precondition (abc) does not match ' +
      `the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    details: { name: 'p', kind: 'Pod' },
  });
  deletePod(cluster, { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } });
  assert.is(told(cluster.api.get(podKey)).text.slice(0, 3), '404');
});

test('§3.5: Foreground on a pod keeps its grace; grace 0 then leaves it to its finalizer', () => {
  const cluster = createTestApi();
  boundPod(cluster);
  const pod = deletePod(cluster, { propagationPolicy: 'Foreground' });
  assert.equal(
    [pod.metadata.finalizers, pod.metadata.deletionGracePeriodSeconds],
    [['foregroundDeletion'], 30],
  );
  assert.is(deletePod(cluster, { gracePeriodSeconds: 0 }).metadata.deletionGracePeriodSeconds, 0);
  assert.equal(value(cluster.api.get(podKey)).metadata.finalizers, ['foregroundDeletion']);
  value(cluster.api.patch(podKey, { type: 'merge', body: { metadata: { finalizers: null } } }));
  assert.is(told(cluster.api.get(podKey)).text.slice(0, 3), '404');
});

test('row 54: preconditions of uid and version are Conflict 409', () => {
  const { api } = createTestApi();
  const { metadata } = value(api.create('ConfigMap', configMapManifest('a')));
  assert.equal(told(api.delete(configMap('a'), { preconditions: { uid: 'abc' } })), {
    text:
      '409 Conflict | Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (abc) does not ' +
      `match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    details: { name: 'a', kind: 'ConfigMap' },
  });
  assert.is(
    told(api.delete(configMap('a'), { preconditions: { resourceVersion: '1' } })).text,
    '409 Conflict | Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does ' +
      `not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
  );
});

test('rows 51 to 53: finalizers hold an object until the last one is removed', () => {
  const { api, time } = createTestApi();
  value(api.create('ConfigMap', configMapManifest('f', {}, { finalizers: ['a/b'] })));
  const marked = value(api.delete(configMap('f')));
  assert.equal(
    [marked.metadata as object].map((metadata) => ({ ...metadata, uid: '', resourceVersion: '' })),
    [
      {
        name: 'f',
        namespace: 'default',
        uid: '',
        resourceVersion: '',
        creationTimestamp: time(),
        deletionTimestamp: time(),
        deletionGracePeriodSeconds: 0,
        finalizers: ['a/b'],
      },
    ],
  );
  assert.is(value(api.delete(configMap('f'))), marked);
  const finalizers = (names: readonly string[] | null) =>
    api.patch(configMap('f'), { type: 'merge', body: { metadata: { finalizers: names } } });
  assert.is(
    told(finalizers(['a/b', 'c/d'])).text,
    '422 Invalid | ConfigMap "f" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the ' +
      'object is being deleted, found new finalizers []string{"c/d"}',
  );
  const events: string[] = [];
  api
    .watch('ConfigMap', { resourceVersion: marked.metadata.resourceVersion })
    .subscribe(
      (event) =>
        event.type !== 'BOOKMARK' && events.push(`${event.type} ${event.object.metadata.resourceVersion}`),
    );
  const released = value(finalizers(null));
  assert.is(released.metadata.finalizers, undefined);
  assert.is(released.metadata.resourceVersion, marked.metadata.resourceVersion);
  assert.equal(events, [`DELETED ${Number(released.metadata.resourceVersion) + 1}`]);
  assert.is(told(api.get(configMap('f'))).text.slice(0, 3), '404');
});

test('GC-1: Orphan and Foreground become finalizers; Background and no policy remove at once', () => {
  const { api, time } = createTestApi();
  const key = { kind: 'Deployment', namespace: 'default', name: 'w' } as const;
  const remove = (options: DeleteOptions) => {
    value(api.create('Deployment', deploymentManifest('w')));
    const answer = value(api.delete(key, options));
    if (answer.kind === 'Status') return (answer as Status).status;
    value(api.patch(key, { type: 'merge', body: { metadata: { finalizers: null } } }));
    const { finalizers, deletionTimestamp, deletionGracePeriodSeconds, generation } =
      answer.metadata as Pod['metadata'];
    return [finalizers, deletionTimestamp, deletionGracePeriodSeconds, generation];
  };
  assert.equal(remove({ propagationPolicy: 'Foreground' }), [['foregroundDeletion'], time(), 0, 2]);
  assert.equal(remove({ propagationPolicy: 'Orphan' }), [['orphan'], time(), 0, 2]);
  assert.equal(remove({ orphanDependents: true }), [['orphan'], time(), 0, 2]);
  assert.is(remove({ orphanDependents: false }), 'Success');
  assert.is(remove({ propagationPolicy: 'Background' }), 'Success');
  assert.is(remove({}), 'Success');
});

test('row 57: an unknown policy is Invalid 422 even of an absent object; so are two policies', () => {
  const { api } = createTestApi();
  assert.equal(told(api.delete(configMap('zz'), { propagationPolicy: 'X' })), {
    text:
      '422 Invalid | DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "X": ' +
      'supported values: "Foreground", "Background", "Orphan", "nil"',
    details: {
      group: 'meta.k8s.io',
      kind: 'DeleteOptions',
      causes: [
        {
          reason: 'FieldValueNotSupported',
          message: 'Unsupported value: "X": supported values: "Foreground", "Background", "Orphan", "nil"',
          field: 'propagationPolicy',
        },
      ],
    },
  });
  assert.is(
    told(api.delete(configMap('zz'), { propagationPolicy: 'Orphan', orphanDependents: true })).text,
    '422 Invalid | DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": ' +
      'orphanDependents and deletionPropagation cannot be both set',
  );
});

test('row 58: default, kube-system and kube-public may not be deleted', () => {
  const { api } = createTestApi();
  for (const name of ['default', 'kube-system', 'kube-public'])
    assert.equal(told(api.delete({ kind: 'Namespace', name })), {
      text: `403 Forbidden | namespaces "${name}" is forbidden: this namespace may not be deleted`,
      details: { name, kind: 'namespaces' },
    });
});

test('NS-1: a namespace terminates, and is gone once it is finalized', () => {
  const { api, time } = createTestApi();
  const key = { kind: 'Namespace', name: 'g' } as const;
  const created = value(api.create('Namespace', { metadata: { name: 'g' } }));
  assert.is(
    told(api.delete(key, { preconditions: { uid: 'X' } })).text,
    '409 Conflict | Operation cannot be fulfilled on namespaces "g": Precondition failed: UID in precondition: X, ' +
      `UID in object meta: ${created.metadata.uid}`,
  );
  const terminating = value(api.delete(key));
  assert.equal((terminating as typeof created).status.phase, 'Terminating');
  assert.is((terminating as typeof created).metadata.deletionTimestamp, time());
  assert.is(value(api.delete(key)), terminating);
  value(api.update(key, { ...(terminating as typeof created), spec: {} }, { subresource: 'finalize' }));
  assert.is(told(api.get(key)).text, '404 NotFound | namespaces "g" not found');
});

test('a deletion in dry run answers as if, and removes nothing', () => {
  const cluster = createTestApi();
  const pod = boundPod(cluster);
  assert.equal(grace(deletePod(cluster, { dryRun: true })), [cluster.time(30), 30]);
  assert.is(value(cluster.api.get(podKey)), pod);
});

test('§3.5: deleteCollection removes what is selected and answers it as it was', () => {
  const { api } = createTestApi();
  for (const [name, app] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'y'],
  ] as const)
    value(api.create('ConfigMap', configMapManifest(name, {}, { labels: { app } })));
  const answer = value(api.deleteCollection('ConfigMap', { namespace: 'default', labelSelector: 'app=x' }));
  assert.equal(
    answer.items.map(({ metadata }) => metadata.name),
    ['a', 'b'],
  );
  assert.equal(
    value(api.list('ConfigMap')).items.map(({ metadata }) => metadata.name),
    ['c'],
  );
  assert.is(told(api.deleteCollection('Namespace', {})).text.slice(0, 3), '405');
});

test('a watcher that removes the pod when it hears of the deletion does not disturb it', () => {
  const cluster = createTestApi();
  boundPod(cluster);
  cluster.api.watch('Pod').subscribe((event) => {
    if (event.type === 'MODIFIED' && event.object.metadata.deletionGracePeriodSeconds === 0)
      cluster.api.delete(podKey, { gracePeriodSeconds: 0 }).settled(() => {});
  });
  deletePod(cluster, { gracePeriodSeconds: 0 });
  assert.is(told(cluster.api.get(podKey)).text.slice(0, 3), '404');
});

test.run();
