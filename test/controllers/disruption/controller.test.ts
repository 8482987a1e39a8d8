import * as assert from 'uvu/assert';
import type { Pod, PodDisruptionBudgetSpec } from '../../../src/api/index.js';
import { createPlane, podManifest, replicaSetManifest, type Plane, type PlaneOptions } from '../plane.js';
import { overriding, value } from '../plane.js';
import { suite } from '../../support/suite.js';
import { budgetManifest, evict, numbers, replicationControllerManifest } from './support.js';

const test = suite('disruption: controller on the API (controllers.md PD-1 to PD-3)');

const plane = (options: PlaneOptions = {}): Plane =>
  createPlane({
    controllers: ['deployment', 'replicaSet', 'replicationController', 'disruption'],
    ...options,
  });
const budget = (p: Plane, spec: Partial<PodDisruptionBudgetSpec>): void => {
  p.create('PodDisruptionBudget', budgetManifest('b', spec));
};
/** So many of the pods, in order of their names, are ready; the others are not. */
const makeReady = (p: Plane, count: number): void => {
  p.list('Pod').forEach((pod, index) => p.setReady(pod, index < count));
  p.settle();
};
const condition = (p: Plane): readonly unknown[] => {
  const [found] = p.get('PodDisruptionBudget', 'b').status.conditions ?? [];
  return [found?.type, found?.status, found?.reason, found?.message];
};

test('row 250: maxUnavailable 2 of a ReplicaSet of 7 with one ready pod: 0 allowed, 5 desired; of 5: 3 desired', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 7));
  budget(p, { maxUnavailable: 2 });
  makeReady(p, 1);
  assert.equal(numbers(p), [0, 1, 5, 7]);
  p.patch('ReplicaSet', 'web', { spec: { replicas: 5 } });
  assert.equal(numbers(p), [0, 1, 3, 5]);
  p.stop();
});

for (const [spec, replicas, expected] of [
  [{ maxUnavailable: '30%' }, 7, [0, 1, 4, 7]],
  [{ maxUnavailable: '30%' }, 3, [0, 1, 2, 3]],
  [{ minAvailable: '20%' }, 10, [0, 1, 2, 10]],
] as const)
  test(`row 250: ${JSON.stringify(spec)} of a ReplicaSet of ${replicas}, one pod ready: ${expected}`, () => {
    const p = plane();
    p.create('ReplicaSet', replicaSetManifest('web', replicas));
    budget(p, spec);
    makeReady(p, 1);
    assert.equal(numbers(p), expected);
    p.stop();
  });

test('row 250: minAvailable 34% of a ReplicationController of 3, as its pods become ready; an unmanaged pod is one more', () => {
  const p = plane();
  budget(p, { minAvailable: '34%' });
  assert.equal(numbers(p), [0, 0, 0, 0]);
  assert.ok(p.events('NoPods').includes('NoPods No matching pods found'));
  p.create('ReplicationController', replicationControllerManifest('web', 3));
  makeReady(p, 1);
  assert.equal(numbers(p), [0, 1, 2, 3]);
  makeReady(p, 3);
  assert.equal(numbers(p), [1, 3, 2, 3]);
  assert.equal(condition(p), ['DisruptionAllowed', 'True', 'SufficientPods', '']);
  p.create('Pod', podManifest('alone', { app: 'web' }));
  p.setReady(p.get('Pod', 'alone'));
  p.settle();
  assert.equal(numbers(p), [2, 4, 2, 3]);
  p.stop();
});

test('row 250: only unmanaged pods and a percentage: none may go, and an event says why', () => {
  for (const spec of [{ minAvailable: '50%' }, { maxUnavailable: 1 }]) {
    const p = plane();
    p.create('Pod', podManifest('alone', { app: 'web' }));
    budget(p, spec);
    makeReady(p, 1);
    assert.equal(numbers(p), [0, 1, 0, 0]);
    assert.equal(condition(p), ['DisruptionAllowed', 'False', 'InsufficientPods', '']);
    assert.is(
      p.events('UnmanagedPods')[0],
      'UnmanagedPods Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{' +
        'app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the ' +
        'status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for ' +
        'these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    );
    p.stop();
  }
});

test('PD-1: an integer minAvailable counts the pods themselves, whoever controls them', () => {
  const p = plane();
  for (const name of ['a', 'b', 'c']) p.create('Pod', podManifest(name, { app: 'web' }));
  budget(p, { minAvailable: 2 });
  makeReady(p, 3);
  assert.equal(numbers(p), [1, 3, 2, 3]);
  assert.equal(p.events('UnmanagedPods'), []);
  p.stop();
});

test('PD-1: the ReplicaSets of one Deployment count as the Deployment', () => {
  const p = plane();
  p.create('Deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      },
    },
  });
  p.runPods();
  budget(p, { maxUnavailable: 1 });
  assert.equal(numbers(p), [1, 4, 3, 4]);
  p.patch('Deployment', 'web', { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } });
  // Surge: five pods of two ReplicaSets, of which four pods are wanted.
  assert.is(p.list('ReplicaSet').length, 2);
  assert.is(numbers(p)[3], 4);
  p.stop();
});

test('PD-3: pods of a controller without a scale: SyncFailed, nothing allowed, until they are gone', () => {
  const p = plane();
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j', controller: true };
  const manifest = podManifest('of-a-job', { app: 'web' }) as { readonly metadata: object };
  p.create('Pod', podManifest('alone', { app: 'web' }));
  budget(p, { maxUnavailable: 0 });
  makeReady(p, 1);
  p.create('Pod', { ...manifest, metadata: { ...manifest.metadata, ownerReferences: [owner] } });
  const why = 'jobs.batch does not implement the scale subresource';
  assert.equal(condition(p), ['DisruptionAllowed', 'False', 'SyncFailed', why]);
  assert.equal(p.events('CalculateExpectedPodCountFailed'), [
    `CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ${why}`,
  ]);
  p.remove('Pod', 'of-a-job', { gracePeriodSeconds: 0 });
  assert.equal(condition(p).slice(2), ['InsufficientPods', '']);
  p.stop();
});

test('PD-3: an evicted pod that stays counts again after 2 min, and is told of', () => {
  const p = plane();
  for (const name of ['a', 'b', 'c']) p.create('Pod', podManifest(name, { app: 'web' }));
  budget(p, { minAvailable: 1 });
  makeReady(p, 3);
  const status = p.get('PodDisruptionBudget', 'b').status;
  assert.equal(numbers(p), [2, 3, 1, 3]);
  // As if the eviction of pod a had been allowed, and nobody had deleted it.
  const disruptedPods = { a: p.get('Pod', 'a').metadata.creationTimestamp };
  p.patch(
    'PodDisruptionBudget',
    'b',
    { status: { ...status, disruptionsAllowed: 1, disruptedPods } },
    'status',
  );
  assert.equal(numbers(p), [1, 2, 1, 3]);
  p.advance(119_999);
  assert.equal(numbers(p), [1, 2, 1, 3]);
  p.advance(1);
  assert.equal(numbers(p), [2, 3, 1, 3]);
  assert.is(p.get('PodDisruptionBudget', 'b').status.disruptedPods, undefined);
  assert.equal(p.events('NotDeleted'), [
    "NotDeleted Pod was expected by PDB default/default to be deleted but it wasn't",
  ]);
  p.stop();
});

test('a pod with two budgets is followed by one of them, and told of', () => {
  const p = plane();
  budget(p, { minAvailable: 1 });
  p.create('PodDisruptionBudget', budgetManifest('c', { minAvailable: 1 }));
  p.create('Pod', podManifest('a', { app: 'web' }));
  assert.is(
    p.events('MultiplePodDisruptionBudgets')[0],
    'MultiplePodDisruptionBudgets Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "b" arbitrarily.',
  );
  p.stop();
});

test('a status that cannot be written is withdrawn, and written by another sync 5 ms later', () => {
  let refusals = 2;
  const p = plane({
    intercept: (api) =>
      overriding(api, {
        update: (key, object, options) =>
          key.kind === 'PodDisruptionBudget' && (refusals -= 1) >= 0
            ? api.update(key, { ...(object as object), metadata: { name: 'another' } }, options)
            : api.update(key, object, options),
      }),
  });
  p.create('Pod', podManifest('a', { app: 'web' }));
  budget(p, { minAvailable: 0 });
  makeReady(p, 1);
  p.advance(5);
  assert.equal(numbers(p), [1, 1, 0, 1]);
  p.stop();
});

test('row 252: an eviction is refused with 429 until the budget is changed', () => {
  const p = plane();
  for (const name of ['a', 'b', 'c']) p.create('Pod', podManifest(name, { app: 'web' }));
  budget(p, { minAvailable: 3 });
  makeReady(p, 3);
  assert.is(evict(p, 'a').code, 429);
  p.patch('PodDisruptionBudget', 'b', { spec: { minAvailable: 2 } });
  assert.is(evict(p, 'a').code, 201);
  p.settle();
  assert.is(p.get('PodDisruptionBudget', 'b').status.observedGeneration, 2);
  p.stop();
});

/** Pods that are ready, and those beyond that are not; what an eviction of the first, healthy, is answered with. */
for (const [title, spec, ready, pods, code] of [
  ['no budget, one pod', undefined, 1, 1, 201],
  ['minAvailable 2 of 2 pods', { minAvailable: 2 }, 2, 2, 429],
  ['minAvailable 2 of 3 pods', { minAvailable: 2 }, 3, 3, 201],
  ['minAvailable 90% of a ReplicaSet of 10, all ready', { minAvailable: '90%' }, 10, 'rs', 201],
  ['minAvailable 90% of a ReplicaSet of 10, of which 8 can run', { minAvailable: '90%' }, 8, 'rs', 429],
  ['maxUnavailable 10% of a ReplicaSet of 10, all ready', { maxUnavailable: '10%' }, 10, 'rs', 201],
  ['maxUnavailable 1 of a ReplicaSet of 10, of which 8 can run', { maxUnavailable: 1 }, 8, 'rs', 429],
] as const)
  test(`row 251: ${title}: ${code}`, () => {
    const p = plane();
    if (pods === 'rs') p.create('ReplicaSet', replicaSetManifest('web', 10));
    else for (let at = 0; at < pods; at += 1) p.create('Pod', podManifest(`p${at}`, { app: 'web' }));
    if (spec) budget(p, spec);
    makeReady(p, ready);
    assert.is(evict(p, p.list('Pod')[0]?.metadata.name ?? '').code, code);
    p.stop();
  });

test('PR-73: a drain with one disruption at a time: each replacement must be ready before the next pod goes', () => {
  const p = plane();
  p.create('ReplicaSet', replicaSetManifest('web', 4));
  budget(p, { maxUnavailable: 1 });
  makeReady(p, 4);
  const before = p.list('Pod').map(({ metadata }) => metadata.name);
  const isThere = (name: string): boolean => p.list('Pod').some((pod: Pod) => pod.metadata.name === name);
  const codes: number[] = [];
  // As kubectl drain: tries each pod again 5 s later.
  while (before.some(isThere)) {
    for (const name of before.filter(isThere)) codes.push(evict(p, name).code ?? 0);
    p.advance(5000);
    const healthy = p
      .list('Pod')
      .filter(({ metadata, status }) =>
        Boolean(
          metadata.deletionTimestamp === undefined &&
          status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        ),
      );
    assert.ok(healthy.length >= 3, `${healthy.length} healthy pods`);
    p.runPods();
  }
  assert.equal(codes, [201, 429, 429, 429, 201, 429, 429, 201, 429, 201]);
  assert.equal(numbers(p), [1, 4, 3, 4]);
  p.stop();
});

test('a budget that is deleted guards nothing', () => {
  const p = plane();
  p.create('Pod', podManifest('a', { app: 'web' }));
  budget(p, { minAvailable: 1 });
  makeReady(p, 1);
  assert.is(evict(p, 'a').code, 429);
  p.remove('PodDisruptionBudget', 'b');
  assert.is(evict(p, 'a').code, 201);
  assert.is(value(p.api.list('PodDisruptionBudget')).items.length, 0);
  p.stop();
});

test.run();
