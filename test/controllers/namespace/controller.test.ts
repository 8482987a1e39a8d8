import * as assert from 'uvu/assert';
import { createPlane, podManifest, deploymentManifest, value, type Plane } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('namespace: controller on the API (controllers.md §8.2)');

const withNamespace = (): Plane => {
  const p = createPlane({ hasScheduler: true });
  p.create('Node', { metadata: { name: 'n1' } });
  p.patch('Node', 'n1', { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '20' } } }, 'status');
  p.create('Namespace', { metadata: { name: 'team' } });
  return p;
};
const exists = (p: Plane): boolean => p.list('Namespace').some(({ metadata }) => metadata.name === 'team');

test('an empty namespace goes at once', () => {
  const p = withNamespace();
  p.remove('Namespace', 'team');
  assert.not.ok(exists(p));
  p.stop();
});
test('NS-1: pods go first and gracefully, everything else after them, then the namespace', () => {
  const p = withNamespace();
  p.create('Deployment', deploymentManifest('web', 2), 'team');
  p.create('ConfigMap', { metadata: { name: 'settings' } }, 'team');
  p.remove('Namespace', 'team');
  assert.is(p.get('Namespace', 'team').status.phase, 'Terminating');
  assert.is(p.list('Pod').length, 2);
  assert.is(p.list('ConfigMap').filter(({ metadata }) => metadata.name === 'settings').length, 1);
  const remaining = p
    .get('Namespace', 'team')
    .status.conditions?.find(({ type }) => type === 'NamespaceContentRemaining');
  assert.equal(
    [remaining?.status, remaining?.reason, remaining?.message],
    ['True', 'SomeResourcesRemain', 'Some resources are remaining: pods. has 2 resource instances'],
  );
  p.runPods();
  assert.equal([p.list('Pod').length, p.list('Deployment').length, p.list('ReplicaSet').length], [0, 0, 0]);
  assert.not.ok(exists(p));
  p.stop();
});
test('NS-2: content with finalizers keeps the namespace, and is named in its conditions', () => {
  const p = withNamespace();
  p.create('ConfigMap', { metadata: { name: 'held', finalizers: ['example.com/hold'] } }, 'team');
  p.remove('Namespace', 'team');
  const condition = p
    .get('Namespace', 'team')
    .status.conditions?.find(({ type }) => type === 'NamespaceFinalizersRemaining');
  assert.is(
    condition?.message,
    'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  );
  value(
    p.api.patch(
      { kind: 'ConfigMap', name: 'held', namespace: 'team' },
      { type: 'merge', body: { metadata: { finalizers: null } } },
    ),
  );
  p.settle();
  assert.not.ok(exists(p));
  p.stop();
});
test('NS-2: a namespace that its own finalizer keeps says when its content is gone', () => {
  const p = withNamespace();
  p.patch('Namespace', 'team', { metadata: { finalizers: ['example.com/keep'] } });
  p.create('ConfigMap', { metadata: { name: 'held', finalizers: ['example.com/hold'] } }, 'team');
  p.remove('Namespace', 'team');
  const said = (): readonly string[] =>
    (p.get('Namespace', 'team').status.conditions ?? []).map(
      ({ type, status, reason }) => `${type.replace('Namespace', '')} ${status} ${reason}`,
    );
  assert.equal(said().slice(3), [
    'ContentRemaining True SomeResourcesRemain',
    'FinalizersRemaining True SomeFinalizersRemain',
  ]);
  value(
    p.api.patch(
      { kind: 'ConfigMap', name: 'held', namespace: 'team' },
      { type: 'merge', body: { metadata: { finalizers: null } } },
    ),
  );
  p.settle();
  assert.equal(said(), [
    'DeletionDiscoveryFailure False ResourcesDiscovered',
    'DeletionGroupVersionParsingFailure False ParsedGroupVersions',
    'DeletionContentFailure False ContentDeleted',
    'ContentRemaining False ContentRemoved',
    'FinalizersRemaining False ContentHasNoFinalizers',
  ]);
  p.patch('Namespace', 'team', { metadata: { finalizers: null } });
  assert.not.ok(exists(p));
  p.stop();
});
test('NS-1: nothing new is made in it, and the controllers take that quietly', () => {
  const p = withNamespace();
  p.create('Deployment', deploymentManifest('web', 1), 'team');
  p.remove('Namespace', 'team');
  assert.throws(
    () => p.create('Pod', podManifest('late', { app: 'web' }), 'team'),
    /because it is being terminated/,
  );
  const [pod] = p.list('Pod');
  assert.ok(pod?.metadata.deletionTimestamp);
  assert.equal(p.events('FailedCreate'), []);
  p.runPods();
  assert.not.ok(exists(p));
  p.stop();
});
test.run();
