import * as assert from 'uvu/assert';
import type { ReplicaSet } from '../../../src/api/index.js';
import { createCall } from '../../../src/client/index.js';
import { createPlane, overriding, podManifest, replicaSetManifest, type PlaneOptions } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('replicaSet: controller on the API');
const plane = (options: PlaneOptions = {}) =>
  createPlane({ controllers: ['replicaSet', 'garbageCollector'], ...options });

test('three pods are created, owned, named after it, and counted', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 3));
  const pods = p.list('Pod');
  assert.is(pods.length, 3);
  const rs = p.get('ReplicaSet', 'web');
  for (const pod of pods) {
    assert.match(pod.metadata.name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.equal(pod.metadata.ownerReferences, [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web',
        uid: rs.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
  assert.equal([rs.status.replicas, rs.status.fullyLabeledReplicas, rs.status.observedGeneration], [3, 3, 1]);
  assert.equal(
    p.events(),
    pods.map(({ metadata }) => `SuccessfulCreate Created pod: ${metadata.name}`).sort(byText(p.events())),
  );
  p.runPods();
  assert.equal(
    [p.get('ReplicaSet', 'web').status.readyReplicas, p.get('ReplicaSet', 'web').status.availableReplicas],
    [3, 3],
  );
  p.stop();
});
const byText = (order: readonly string[]) => (a: string, b: string) => order.indexOf(a) - order.indexOf(b);

test('scaling down deletes the least valuable pods and says so', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 3));
  const [first] = p.list('Pod');
  assert.ok(first);
  p.setReady(first);
  p.settle();
  p.patch('ReplicaSet', 'web', { spec: { replicas: 1 } });
  const left = p.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.equal(
    left.map(({ metadata }) => metadata.name),
    [first.metadata.name],
  );
  assert.is(p.events('SuccessfulDelete').length, 2);
  assert.match(p.events('SuccessfulDelete')[0] ?? '', /^SuccessfulDelete Deleted pod: web-/);
  p.stop();
});
test('a deleted pod is replaced as soon as it terminates (subtlety 3)', () => {
  const p = plane({ hasScheduler: true });
  p.create('Node', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
  });
  p.patch('Node', 'n1', { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } } }, 'status');
  p.create('ReplicaSet', replicaSetManifest('web', 1));
  const [old] = p.list('Pod');
  assert.is(old?.spec.nodeName, 'n1');
  p.remove('Pod', old?.metadata.name ?? '');
  const pods = p.list('Pod');
  assert.is(pods.length, 2);
  const status = p.get('ReplicaSet', 'web').status;
  assert.equal([status.replicas, status.terminatingReplicas], [1, 1]);
  p.runPods();
  assert.is(p.list('Pod').length, 1);
  assert.is(p.get('ReplicaSet', 'web').status.terminatingReplicas, 0);
  p.stop();
});
test('a pod whose labels no longer match is released and replaced', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  const [first] = p.list('Pod');
  assert.ok(first);
  p.patch('Pod', first.metadata.name, { metadata: { labels: { app: 'debug' } } });
  assert.is(p.list('Pod', 'app=web').length, 2);
  assert.equal(p.get('Pod', first.metadata.name).metadata.ownerReferences ?? [], []);
  p.stop();
});
test('a matching orphan is adopted and counts', () => {
  const p = plane();
  p.create('Pod', podManifest('stray', { app: 'web' }));
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  assert.is(p.list('Pod').length, 2);
  const rs = p.get('ReplicaSet', 'web');
  const [owner] = p.get('Pod', 'stray').metadata.ownerReferences ?? [];
  assert.equal([owner?.uid, owner?.controller, owner?.blockOwnerDeletion], [rs.metadata.uid, true, true]);
  p.create('Pod', podManifest('later', { app: 'web' }));
  assert.is(p.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined).length, 2);
  p.stop();
});
test('row 13: a pod of another controller is left alone', () => {
  const p = plane();
  const foreign = podManifest('foreign', { app: 'web' }) as { metadata: object };
  const owner = p.create('ConfigMap', { metadata: { name: 'owner' } });
  p.create('Pod', {
    ...foreign,
    metadata: {
      ...foreign.metadata,
      ownerReferences: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, controller: true },
      ],
    },
  });
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  assert.is(p.list('Pod').length, 3);
  assert.is(p.get('Pod', 'foreign').metadata.ownerReferences?.[0]?.uid, owner.metadata.uid);
  p.stop();
});
test('RS-33: a changed template touches no pod, only fullyLabeledReplicas', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  const before = p.list('Pod').map(({ metadata }) => metadata.uid);
  p.patch('ReplicaSet', 'web', { spec: { template: { metadata: { labels: { tier: 'front' } } } } });
  assert.equal(
    p.list('Pod').map(({ metadata }) => metadata.uid),
    before,
  );
  assert.is(p.get('ReplicaSet', 'web').status.fullyLabeledReplicas, undefined);
  p.stop();
});
test('row 34: minReadySeconds delays availability by exactly as long', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 2, { minReadySeconds: 5 }));
  p.runPods();
  assert.equal(
    [p.get('ReplicaSet', 'web').status.readyReplicas, p.get('ReplicaSet', 'web').status.availableReplicas],
    [2, undefined],
  );
  p.advance(4999);
  assert.is(p.get('ReplicaSet', 'web').status.availableReplicas, undefined);
  p.advance(1);
  assert.is(p.get('ReplicaSet', 'web').status.availableReplicas, 2);
  p.stop();
});
test('rows 5 and 29: refused creations make one call, a condition and an event, and are retried', () => {
  let refused = 0;
  let isRefusing = true;
  const p = plane({
    intercept: (api) =>
      overriding(api, {
        create: (kind, object, options) => {
          if (kind !== 'Pod' || !isRefusing) return api.create(kind, object, options);
          refused += 1;
          return api.create(kind, object, { ...options, namespace: 'nowhere' });
        },
      }),
  });
  p.create('ReplicaSet', replicaSetManifest('web', 10));
  // Once by the first sync, once by the sync that its own status update brings: never ten.
  assert.is(refused, 2);
  const [condition] = p.get('ReplicaSet', 'web').status.conditions ?? [];
  assert.equal(
    [condition?.type, condition?.status, condition?.reason],
    ['ReplicaFailure', 'True', 'FailedCreate'],
  );
  assert.match(p.events('FailedCreate')[0] ?? '', /^FailedCreate Error creating: /);
  isRefusing = false;
  p.advance(10);
  assert.is(p.list('Pod').length, 10);
  assert.equal(p.get('ReplicaSet', 'web').status.conditions ?? [], []);
  p.stop();
});
test('PR-11: 1,200 pods come in bursts of at most 500, in one virtual instant', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 1200));
  assert.is(p.list('Pod').length, 1200);
  assert.is(p.get('ReplicaSet', 'web').status.replicas, 1200);
  p.patch('ReplicaSet', 'web', { spec: { replicas: 0 } });
  assert.is(p.list('Pod').length, 0);
  p.stop();
});
test('1,000 pods that become ready in one instant cost a handful of status updates', () => {
  let updates = 0;
  const p = plane({
    intercept: (api) =>
      overriding(api, {
        update: (key, object, options) => {
          if (key.kind === 'ReplicaSet') updates += 1;
          return api.update(key, object, options);
        },
      }),
  });
  p.create('ReplicaSet', replicaSetManifest('web', 1000));
  updates = 0;
  p.runPods();
  assert.is(p.get('ReplicaSet', 'web').status.readyReplicas, 1000);
  assert.is(updates, 1);
  p.stop();
});
test('rows 9 and 10: deleted and made anew under the same name, the pods of the old one go and the new one has its own', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  const before = p.get('ReplicaSet', 'web').metadata.uid;
  p.remove('ReplicaSet', 'web');
  assert.equal(p.list('Pod'), []);
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  const owners = p.list('Pod').map(({ metadata }) => metadata.ownerReferences?.[0]?.uid);
  assert.equal(owners, [p.get('ReplicaSet', 'web').metadata.uid, p.get('ReplicaSet', 'web').metadata.uid]);
  assert.is.not(owners[0], before);
  p.stop();
});
test('row 16: a status that cannot be written is tried twice, with the same counts, and then by another sync', () => {
  const written: unknown[] = [];
  let gets = 0;
  const p = plane({
    intercept: (api) =>
      overriding(api, {
        get: (key) => {
          if (key.kind === 'ReplicaSet') gets += 1;
          return api.get(key);
        },
        update: (key, object, options) => {
          if (key.kind !== 'ReplicaSet' || written.length >= 2) return api.update(key, object, options);
          const replicaSet = object as ReplicaSet;
          written.push(replicaSet.status.replicas);
          const metadata = { ...replicaSet.metadata, resourceVersion: '1' };
          return api.update(key, { ...replicaSet, metadata }, options);
        },
      }),
  });
  p.create('Pod', podManifest('a', { app: 'web' }));
  p.create('Pod', podManifest('b', { app: 'web' }));
  p.create('ReplicaSet', replicaSetManifest('web', 2));
  // One GET before adopting (OW-4), one before the second update.
  assert.equal([written, gets], [[2, 2], 2]);
  p.advance(5);
  assert.is(p.get('ReplicaSet', 'web').status.replicas, 2);
  p.stop();
});
const unseen: Readonly<Record<string, object>> = {
  'is being deleted': { deletionTimestamp: '2026-01-01T00:00:00Z' },
  'was made anew under its name': { uid: 'another' },
};
for (const [what, seenByApi] of Object.entries(unseen))
  test(`row 15, OW-4: an owner that ${what}, as only the API knows yet, adopts nothing`, () => {
    const p = plane({
      controllers: ['replicaSet'],
      intercept: (api) =>
        overriding(api, {
          get: (key) =>
            createCall((settle) =>
              api.get(key).settled((outcome) => {
                if (!outcome.ok || key.kind !== 'ReplicaSet') return settle(outcome);
                const metadata = { ...outcome.value.metadata, ...seenByApi };
                return settle({ ok: true, value: { ...outcome.value, metadata } });
              }),
            ),
        }),
    });
    p.create('Pod', podManifest('stray', { app: 'web' }));
    p.create('ReplicaSet', replicaSetManifest('web', 2));
    assert.equal(
      p.list('Pod').map(({ metadata }) => [metadata.name, metadata.ownerReferences]),
      [['stray', undefined]],
    );
    p.stop();
  });
test('two runs with one seed write the same objects', () => {
  const run = () => {
    const p = plane({ seed: 5 });
    p.create('ReplicaSet', replicaSetManifest('web', 5));
    p.patch('ReplicaSet', 'web', { spec: { replicas: 2 } });
    p.runPods();
    const trace = JSON.stringify([p.list('ReplicaSet'), p.list('Pod'), p.list('Event')]);
    p.stop();
    return trace;
  };
  assert.is(run(), run());
});
test.run();
