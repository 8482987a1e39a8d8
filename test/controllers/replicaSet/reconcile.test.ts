import * as assert from 'uvu/assert';
import type { Pod, ReplicaSetStatus } from '../../../src/api/index.js';
import {
  claimPods,
  reconcile,
  statusAfter,
  type ClaimedPods,
} from '../../../src/controllers/replicaSet/reconcile.js';
import { suite } from '../../support/suite.js';
import { ago, NOW_MS, pod, replicaSet, template } from '../objects.js';

const test = suite('replicaSet: reconcile (controllers.md §1.2, §1.4)');

const matches = (labels: Readonly<Record<string, string>>): boolean => labels['app'] === 'web';
const claimsOf = (pods: readonly Pod[], owner = replicaSet('rs')): ClaimedPods =>
  claimPods(owner.metadata, pods, matches);
const observe = (pods: readonly Pod[], owner = replicaSet('rs')) =>
  reconcile({ owner, claims: claimsOf(pods, owner), related: () => [], nowMs: NOW_MS, burst: 500 });
const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);

test('row 35: adopts matching orphans, releases owned pods that match no longer, leaves pods of others alone', () => {
  const claims = claimsOf([
    pod('owned', { owner: 'rs' }),
    pod('relabelled', { owner: 'rs', labels: { app: 'other' } }),
    pod('orphan'),
    pod('stranger', { labels: { app: 'other' } }),
    pod('foreign', { owner: 'other' }),
    pod('dying orphan', { isTerminating: true }),
    pod('dying', { owner: 'rs', isTerminating: true }),
    pod('elsewhere', { namespace: 'other' }),
    pod('finished', { owner: 'rs', phase: 'Succeeded' }),
  ]);
  assert.equal(names(claims.kept), ['owned']);
  assert.equal(names(claims.toAdopt), ['orphan']);
  assert.equal(names(claims.toRelease), ['relabelled']);
  assert.is(claims.terminating, 1);
});
test('row 15, PR-4: an owner that is being deleted keeps its own, and neither adopts nor releases', () => {
  const owner = replicaSet('rs', { isTerminating: true });
  const claims = claimsOf(
    [pod('owned', { owner: 'rs' }), pod('orphan'), pod('relabelled', { owner: 'rs', labels: {} })],
    owner,
  );
  assert.equal(names(claims.kept), ['owned']);
  assert.equal([...claims.toAdopt, ...claims.toRelease], []);
  assert.is(observe([], owner).isBeingDeleted, true);
});
test('row 4: two wanted, two there', () => {
  const seen = observe(
    [pod('a', { owner: 'rs' }), pod('b', { owner: 'rs' })],
    replicaSet('rs', { replicas: 2 }),
  );
  assert.equal([seen.desired, seen.active, seen.victims, seen.toClaim], [2, 2, [], 0]);
});
test('PR-11: at most 500 victims; when all go, in the order in which they stand', () => {
  const pods = Array.from({ length: 700 }, (_, index) => pod(`p${index}`, { owner: 'rs' }));
  assert.is(observe(pods, replicaSet('rs', { replicas: 0 })).victims.length, 500);
  assert.equal(observe(pods.slice(0, 2), replicaSet('rs', { replicas: 0 })).victims, [
    'default/p0',
    'default/p1',
  ]);
});
test('row 34: the next look is when the first ready pod becomes available', () => {
  const owner = replicaSet('rs', { replicas: 4, minReadySeconds: 5 });
  const pods = [
    pod('pending', { owner: 'rs', phase: 'Pending' }),
    pod('now', { owner: 'rs', readyForSeconds: 0 }),
    pod('two', { owner: 'rs', readyForSeconds: 2 }),
    pod('four', { owner: 'rs', readyForSeconds: 4 }),
  ];
  assert.is(observe(pods, owner).availableInMs, 1000);
  const status = statusOf(pods, { owner });
  assert.equal([status?.readyReplicas, status?.availableReplicas], [3, undefined]);
});
test('without minReadySeconds nothing waits for availability', () => {
  assert.is(observe([pod('a', { owner: 'rs', readyForSeconds: 0 })]).availableInMs, undefined);
});

const statusOf = (
  pods: readonly Pod[],
  options: { owner?: ReturnType<typeof replicaSet>; current?: object; error?: string } = {},
): ReplicaSetStatus | undefined => {
  const owner = options.owner ?? replicaSet('rs');
  return statusAfter({
    owner,
    current: (options.current ?? { replicas: 0 }) as ReplicaSetStatus,
    claims: claimsOf(pods, owner),
    manageError: options.error,
    nowMs: NOW_MS,
    now: ago(0),
  });
};
const labelled = { app: 'web', tier: 'front' };
const fullyLabelled = replicaSet('rs');
const owner33 = { ...fullyLabelled, spec: { ...fullyLabelled.spec, template: template('web:1', labelled) } };

for (const [title, pods, counts] of [
  [
    'all template labels, ready',
    [pod('a', { owner: 'rs', labels: labelled, readyForSeconds: 0 })],
    [1, 1, 1, 1],
  ],
  ['one label missing', [pod('a', { owner: 'rs', readyForSeconds: 0 })], [1, undefined, 1, 1]],
  [
    'one of each',
    [
      pod('a', { owner: 'rs', labels: labelled, readyForSeconds: 0 }),
      pod('b', { owner: 'rs', readyForSeconds: 0 }),
    ],
    [2, 1, 2, 2],
  ],
  ['pending', [pod('a', { owner: 'rs', labels: labelled, phase: 'Pending' })], [1, 1, undefined, undefined]],
] as const)
  test(`row 33: counts of replicas, fully labelled, ready, available: ${title}`, () => {
    const status = statusOf(pods, { owner: owner33 });
    assert.equal(
      [status?.replicas, status?.fullyLabeledReplicas, status?.readyReplicas, status?.availableReplicas],
      counts,
    );
    assert.is(status?.terminatingReplicas, 0);
  });
test('row 33: ready just now is not available with minReadySeconds 3600', () => {
  const owner = replicaSet('rs', { minReadySeconds: 3600 });
  const status = statusOf([pod('a', { owner: 'rs', readyForSeconds: 0 })], { owner });
  assert.equal([status?.readyReplicas, status?.availableReplicas], [1, undefined]);
});

const two = replicaSet('rs', { replicas: 2 });
const owned = (count: number): Pod[] =>
  Array.from({ length: count }, (_, index) => pod(`p${index}`, { owner: 'rs' }));
const failureOf = (status: ReplicaSetStatus | undefined) =>
  status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
test('row 29: an error with too few pods is FailedCreate, with the error as message', () => {
  const condition = failureOf(statusOf(owned(1), { owner: two, error: 'no room' }));
  assert.equal(
    [condition?.status, condition?.reason, condition?.message],
    ['True', 'FailedCreate', 'no room'],
  );
});
test('row 30: an error with too many pods is FailedDelete', () => {
  assert.is(failureOf(statusOf(owned(3), { owner: two, error: 'no way' }))?.reason, 'FailedDelete');
});
const failed = { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'first' }] };
test('row 31: without an error the condition goes', () => {
  const status = statusOf(owned(2), { owner: two, current: failed });
  assert.ok(status);
  assert.is(failureOf(status), undefined);
});
test('row 32: a lasting error keeps the first message', () => {
  assert.is(
    failureOf(statusOf(owned(1), { owner: two, current: failed, error: 'second' }))?.message,
    'first',
  );
});
test('RS-26: an equal status of the same generation is not written', () => {
  const status = statusOf(owned(2), { owner: two });
  assert.is(statusOf(owned(2), { owner: two, current: status ?? {} }), undefined);
  assert.ok(statusOf(owned(2), { owner: two, current: { ...status, observedGeneration: 0 } }));
});
test.run();
