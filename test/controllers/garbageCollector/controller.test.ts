import * as assert from 'uvu/assert';
import type { ConfigMap, KubeObject } from '../../../src/api/index.js';
import { createPlane, deploymentManifest, overriding, type Plane, type PlaneOptions } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('garbageCollector: on the API (controllers.md §8.1)');
const plane = (options: PlaneOptions = {}): Plane =>
  createPlane({ controllers: ['garbageCollector'], ...options });

const reference = (owner: KubeObject, more: object = {}) => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  ...more,
});
/** A ConfigMap that is owned by others. */
const owned = (p: Plane, name: string, owners: readonly object[], more: object = {}): ConfigMap =>
  p.create('ConfigMap', { metadata: { name, ownerReferences: owners, ...more } });
const names = (p: Plane): readonly string[] => p.list('ConfigMap').map(({ metadata }) => metadata.name);

test('background: when the owner goes, what it owns goes, and what that owns', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  const b = owned(p, 'b', [reference(a)]);
  owned(p, 'c', [reference(b)]);
  owned(p, 'other', []);
  p.remove('ConfigMap', 'a');
  assert.equal(names(p), ['other']);
  assert.is(p.host.actorCount, 0);
  p.stop();
});
test('GC-8: foreground: the owner stays until what blocks it is gone', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  const b = owned(p, 'b', [reference(a, { blockOwnerDeletion: true })], { finalizers: ['example.com/hold'] });
  owned(p, 'c', [reference(b, { blockOwnerDeletion: true })]);
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Foreground' });
  assert.equal(names(p), ['a', 'b']);
  assert.ok(p.get('ConfigMap', 'a').metadata.deletionTimestamp);
  p.patch('ConfigMap', 'b', { metadata: { finalizers: null } });
  assert.equal(names(p), []);
  p.stop();
});
test('GC-3: a dependent that does not block does not hold up the owner, and goes after it', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  owned(p, 'b', [reference(a)], { finalizers: ['example.com/hold'] });
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Foreground' });
  assert.equal(names(p), ['b']);
  assert.ok(p.get('ConfigMap', 'b').metadata.deletionTimestamp);
  p.stop();
});
test('GC-5: orphan: the dependents lose their owner and stay', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  owned(p, 'b', [reference(a, { blockOwnerDeletion: true })]);
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Orphan' });
  assert.equal(names(p), ['b']);
  assert.equal(p.get('ConfigMap', 'b').metadata.ownerReferences ?? [], []);
  p.stop();
});
test('GC-1, GC-5: a second deletion may orphan the dependents of what waits for other finalizers', () => {
  const p = plane();
  const a = owned(p, 'a', [], { finalizers: ['example.com/hold'] });
  owned(p, 'b', [reference(a)]);
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Background' });
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Orphan' });
  assert.equal(p.get('ConfigMap', 'a').metadata.finalizers, ['example.com/hold']);
  p.patch('ConfigMap', 'a', { metadata: { finalizers: null } });
  assert.equal(names(p), ['b']);
  assert.equal(p.get('ConfigMap', 'b').metadata.ownerReferences ?? [], []);
  p.stop();
});
test('GC-4, row 240: with another owner left, the object stays and forgets the one that is gone', () => {
  const p = plane();
  const [one, two, three] = ['1', '2', '3'].map((name) => owned(p, name, []));
  assert.ok(one && two && three);
  owned(p, 'child', [reference(one), reference(two), reference(three)]);
  p.remove('ConfigMap', '2');
  const left = () => p.get('ConfigMap', 'child').metadata.ownerReferences?.map(({ name }) => name);
  assert.equal(left(), ['1', '3']);
  p.remove('ConfigMap', '3');
  assert.equal(left(), ['1']);
  p.stop();
});
test('GC-2: an object whose owner never existed is collected; another UID under the name is no owner', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  owned(p, 'absent', [reference(a, { name: 'nobody', uid: 'no-such-uid' })]);
  owned(p, 'twin', [reference(a, { uid: 'another-uid' })]);
  owned(p, 'child', [reference(a)]);
  assert.equal(
    names(p).filter((name) => ['absent', 'twin', 'child'].includes(name)),
    ['child'],
  );
  p.stop();
});
test('row 242: an owner of a kind that is not served is taken to exist', () => {
  const p = plane();
  owned(p, 'child', [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'w' }]);
  assert.equal(names(p), ['child']);
  p.stop();
});
test('row 242: with the right UID but another kind it is no owner: that child goes, the others stay', () => {
  const p = plane();
  const owner = owned(p, 'owner', []);
  owned(p, 'right', [reference(owner)]);
  owned(p, 'wrong', [{ ...reference(owner), kind: 'Secret' }]);
  assert.equal(names(p), ['owner', 'right']);
  assert.equal(p.events('OwnerRefInvalidNamespace'), []);
  p.remove('ConfigMap', 'owner');
  assert.equal(names(p), []);
  p.stop();
});
test('GC-3: with the right UID but another name it is no owner, either', () => {
  const p = plane();
  const owner = owned(p, 'owner', []);
  owned(p, 'wrong', [{ ...reference(owner), name: 'other' }]);
  assert.equal(names(p), ['owner']);
  assert.equal(p.events('OwnerRefInvalidNamespace'), []);
  p.stop();
});
test('row 242: a namespaced child keeps a cluster-scoped owner, and goes with it', () => {
  const p = plane();
  const owner = p.create('Node', { metadata: { name: 'n1' } });
  owned(p, 'child', [reference(owner)]);
  assert.equal(names(p), ['child']);
  p.remove('Node', 'n1');
  assert.equal(names(p), []);
  p.stop();
});
test('GC-6: an owner in another namespace does not exist for it, and that is said', () => {
  const p = plane();
  p.create('Namespace', { metadata: { name: 'other' } });
  const owner = p.create('ConfigMap', { metadata: { name: 'owner', namespace: 'other' } }, 'other');
  owned(p, 'child', [reference(owner)]);
  assert.equal(
    names(p).filter((name) => name === 'child'),
    [],
  );
  assert.equal(p.events('OwnerRefInvalidNamespace'), [
    `OwnerRefInvalidNamespace ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${owner.metadata.uid}] does not exist in namespace "default"`,
  ]);
  p.stop();
});
test('GC-6: a cluster-scoped object with a namespaced owner is never collected', () => {
  const p = plane();
  const owner = owned(p, 'owner', []);
  p.create('Namespace', { metadata: { name: 'child', ownerReferences: [reference(owner)] } });
  p.remove('ConfigMap', 'owner');
  assert.is(p.get('Namespace', 'child').metadata.deletionTimestamp, undefined);
  p.stop();
});
test('owners in a circle, deleted in the foreground, do not wait for one another for ever', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  const b = owned(p, 'b', [reference(a, { blockOwnerDeletion: true })]);
  p.patch('ConfigMap', 'a', { metadata: { ownerReferences: [reference(b, { blockOwnerDeletion: true })] } });
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Foreground' });
  p.advance(1000);
  assert.equal(names(p), []);
  p.stop();
});
test('GC-3: an object that waits for itself waits quietly', () => {
  const p = plane();
  const a = owned(p, 'a', []);
  p.patch('ConfigMap', 'a', { metadata: { ownerReferences: [reference(a, { blockOwnerDeletion: true })] } });
  p.remove('ConfigMap', 'a', { propagationPolicy: 'Foreground' });
  p.advance(1000);
  assert.equal(p.get('ConfigMap', 'a').metadata.finalizers, ['foregroundDeletion']);
  p.patch('ConfigMap', 'a', { metadata: { ownerReferences: null } });
  assert.equal(names(p), []);
  p.stop();
});
test('a lease of a node goes with the node', () => {
  const p = plane();
  const node = p.create('Node', { metadata: { name: 'n1' } });
  p.create('Lease', { metadata: { name: 'n1', ownerReferences: [reference(node)] } }, 'kube-node-lease');
  p.remove('Node', 'n1');
  assert.equal(p.list('Lease'), []);
  p.stop();
});
test('row 242: a dependent in another namespace takes no owner away from those of its own', () => {
  const p = plane();
  p.create('Namespace', { metadata: { name: 'other' } });
  const owner = owned(p, 'owner', []);
  p.create('ConfigMap', { metadata: { name: 'stray', ownerReferences: [reference(owner)] } }, 'other');
  assert.equal(names(p), ['owner']);
  owned(p, 'child', [reference(owner), { ...reference(owner), name: 'gone', uid: 'gone' }]);
  assert.equal(
    p.get('ConfigMap', 'child').metadata.ownerReferences?.map(({ name }) => name),
    ['owner'],
  );
  p.stop();
});
test('row 243: the dependents of one absent owner cost one request for it', () => {
  const asked: string[] = [];
  const p = plane({
    intercept: (api) =>
      overriding(api, {
        get: (key) => {
          if (key.name.startsWith('rc')) asked.push(key.name);
          return api.get(key);
        },
      }),
  });
  ['rc1', 'rc2', 'rc1', 'rc3'].forEach((name, index) =>
    owned(p, `pod-${index}`, [{ apiVersion: 'v1', kind: 'ReplicationController', name, uid: name }]),
  );
  assert.equal(asked, ['rc1', 'rc2', 'rc3']);
  assert.equal(names(p), []);
  p.stop();
});
/** The API does not know the object `child` any more when it is to be deleted; the watch has not said so yet. */
const planeThatLost = (asked: string[] = []): Plane =>
  plane({
    intercept: (api) =>
      overriding(api, {
        get: (key) => {
          asked.push(key.name);
          return api.get(key);
        },
        delete: (key, options) =>
          api.delete(key.name === 'child' ? { ...key, name: 'nobody' } : key, options),
      }),
  });
test('row 239: what turns out to be gone when it is deleted counts as deleted: its dependents are looked at', () => {
  const asked: string[] = [];
  const p = planeThatLost(asked);
  const child = owned(p, 'child', [reference(owned(p, 'owner', []), { blockOwnerDeletion: true })]);
  owned(p, 'grandchild', [reference(child)]);
  assert.equal(asked, []);
  p.remove('ConfigMap', 'owner');
  assert.equal(asked, ['child', 'owner', 'grandchild', 'child']);
  assert.is(p.host.actorCount, 0);
  p.stop();
});
test('row 239: an owner that waits for what turns out to be gone goes on', () => {
  const p = planeThatLost();
  owned(p, 'child', [reference(owned(p, 'owner', []), { blockOwnerDeletion: true })]);
  p.remove('ConfigMap', 'owner', { propagationPolicy: 'Foreground' });
  assert.is(names(p).includes('owner'), false);
  assert.is(p.host.actorCount, 0);
  p.stop();
});
for (const policy of ['Background', 'Foreground'] as const)
  test(`GC-8: a Deployment deleted with ${policy} takes its ReplicaSets and pods with it`, () => {
    const p = createPlane();
    p.create('Deployment', deploymentManifest('web', 3));
    assert.is(p.list('Pod').length, 3);
    p.remove('Deployment', 'web', { propagationPolicy: policy });
    assert.equal([p.list('Deployment').length, p.list('ReplicaSet').length, p.list('Pod').length], [0, 0, 0]);
    assert.is(p.host.actorCount, 0);
    p.stop();
  });
test.run();
