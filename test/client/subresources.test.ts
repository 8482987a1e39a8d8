import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { createTestApi, deploymentManifest, podManifest, told, value } from './cluster.js';

const test = suite('client/local: scale, binding, eviction');

const deployment = { kind: 'Deployment', namespace: 'default', name: 'w' } as const;
const podKey = { kind: 'Pod', namespace: 'default', name: 'p' } as const;
const pod = { namespace: 'default', name: 'p' };

test('row 29: the scale of a deployment shows and sets its replicas; its generation follows', () => {
  const { api } = createTestApi();
  const { metadata } = value(api.create('Deployment', deploymentManifest('w')));
  assert.equal(value(api.getScale(deployment)), {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: 'w',
      namespace: 'default',
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
    },
    spec: {},
    status: { replicas: 0, selector: 'app=w' },
  });
  const scale = value(
    api.patch(deployment, { type: 'merge', body: { spec: { replicas: 2 } } }, { subresource: 'scale' }),
  ) as unknown as { readonly spec: object };
  assert.equal(scale.spec, { replicas: 2 });
  const after = value(api.get(deployment));
  assert.equal([after.spec.replicas, after.metadata.generation], [2, 2]);
  assert.equal(value(api.scale(deployment, 5)).spec, { replicas: 5 });
  assert.is(value(api.get(deployment)).spec.replicas, 5);
});

test('§3.4: a scale is updated as an object; a stale version is Conflict 409 on the deployment', () => {
  const { api } = createTestApi();
  value(api.create('Deployment', deploymentManifest('w')));
  const scale = value(api.getScale(deployment));
  value(api.update(deployment, { ...scale, spec: { replicas: 3 } }, { subresource: 'scale' }));
  assert.is(value(api.get(deployment)).spec.replicas, 3);
  assert.is(
    told(api.update(deployment, { ...scale, spec: { replicas: 4 } }, { subresource: 'scale' })).text,
    '409 Conflict | Operation cannot be fulfilled on deployments.apps "w": the object has been modified; ' +
      'please apply your changes to the latest version and try again',
  );
});

test('row 30: fewer than no replicas are Invalid 422', () => {
  const { api } = createTestApi();
  value(api.create('Deployment', deploymentManifest('w')));
  assert.is(
    told(api.scale(deployment, -1)).text,
    '422 Invalid | Scale.autoscaling "w" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  );
});

test('row 31: the scale of an absent deployment is NotFound 404; that of a pod no resource', () => {
  const { api } = createTestApi();
  assert.equal(told(api.getScale({ ...deployment, name: 'nf' })), {
    text: '404 NotFound | deployments/scale.apps "nf" not found',
    details: { name: 'nf', group: 'apps', kind: 'deployments/scale' },
  });
  assert.equal(told(api.getScale(podKey)), {
    text: '404 NotFound | the server could not find the requested resource',
    details: {},
  });
});

test('row 45: a binding sets the node and the condition PodScheduled; the generation stays', () => {
  const { api, time } = createTestApi();
  value(api.create('Pod', podManifest('p')));
  assert.equal(value(api.bind(pod, 'n1')), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
  const bound = value(api.get(podKey));
  assert.is(bound.spec.nodeName, 'n1');
  assert.is(bound.metadata.generation, 1);
  assert.equal(
    bound.status.conditions?.map(({ type, status, lastTransitionTime }) => [
      type,
      status,
      lastTransitionTime,
    ]),
    [['PodScheduled', 'True', time()]],
  );
});

test('row 46: a pod is bound once; not when it is deleted, gated, absent or another', () => {
  const { api } = createTestApi();
  value(api.create('Pod', podManifest('p', {}, { finalizers: ['a/b'] })));
  assert.is(told(api.bind({ ...pod, uid: 'x' }, 'n1')).text.slice(0, 12), '409 Conflict');
  value(api.bind(pod, 'n1'));
  assert.equal(told(api.bind(pod, 'n2')), {
    text: '409 Conflict | Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    details: { name: 'p', kind: 'pods/binding' },
  });
  value(api.delete(podKey));
  assert.is(
    told(api.bind(pod, 'n2')).text,
    '409 Conflict | Operation cannot be fulfilled on pods/binding "p": pod p is being deleted, cannot be assigned to a host',
  );
  value(api.create('Pod', podManifest('g', { schedulingGates: [{ name: 'example.com/gate' }] })));
  assert.is(
    told(api.bind({ namespace: 'default', name: 'g' }, 'n1')).text,
    '409 Conflict | Operation cannot be fulfilled on pods/binding "g": pod g has non-empty .spec.schedulingGates',
  );
  assert.is(
    told(api.bind({ namespace: 'default', name: 'zz' }, 'n1')).text,
    '404 NotFound | pods "zz" not found',
  );
});

test('row 67: an eviction is a graceful deletion that marks a running pod as disrupted', () => {
  const { api, trusted, time } = createTestApi();
  value(api.create('Pod', podManifest('p')));
  value(api.bind(pod, 'n1'));
  const bound = value(api.get(podKey));
  value(
    trusted.update(
      podKey,
      { ...bound, status: { ...bound.status, phase: 'Running' } },
      { subresource: 'status' },
    ),
  );
  assert.is(value(api.evict(pod)).code, 201);
  const evicted = value(api.get(podKey));
  assert.equal(
    [evicted.metadata.deletionTimestamp, evicted.metadata.deletionGracePeriodSeconds],
    [time(30), 30],
  );
  const condition = evicted.status.conditions?.find(({ type }) => type === 'DisruptionTarget');
  assert.equal(
    [condition?.status, condition?.reason, condition?.message],
    ['True', 'EvictionByEvictionAPI', 'Eviction API: evicting'],
  );
  assert.is(told(api.evict({ namespace: 'default', name: 'zz' })).text, '404 NotFound | pods "zz" not found');
});

test('an eviction of a pod that is not running is a deletion', () => {
  const { api } = createTestApi();
  value(api.create('Pod', podManifest('p')));
  value(api.evict(pod));
  assert.is(told(api.get(podKey)).text.slice(0, 3), '404');
});

test.run();
