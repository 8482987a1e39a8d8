import * as assert from 'uvu/assert';
import { value, createPlane, podManifest, type Plane } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('replicationController: controller on the API (controllers.md RS-32)');

const plane = (): Plane => createPlane({ controllers: ['replicationController', 'garbageCollector'] });
const manifest = (replicas: number, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'web' },
  spec: {
    replicas,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
    ...more,
  },
});
const names = (p: Plane): string[] => p.list('Pod').map(({ metadata }) => metadata.name);

test('two pods are created and owned by apiVersion v1, counted without terminatingReplicas, and told of', () => {
  const p = plane();
  p.create('ReplicationController', manifest(2));
  p.runPods();
  const [pod] = p.list('Pod');
  const [owner] = pod?.metadata.ownerReferences ?? [];
  assert.equal(
    [owner?.apiVersion, owner?.kind, owner?.controller, owner?.blockOwnerDeletion],
    ['v1', 'ReplicationController', true, true],
  );
  assert.equal(p.get('ReplicationController', 'web').status, {
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
  assert.is(p.events('SuccessfulCreate').length, 2);
  assert.is(p.list('Event')[0]?.source?.component, 'replication-controller');
  p.stop();
});

test('selector and labels default to those of the template; replicas to 1', () => {
  const p = plane();
  const { metadata, spec } = p.create('ReplicationController', manifest(1, { replicas: undefined }));
  assert.equal([metadata.labels, spec.selector, spec.replicas], [{ app: 'web' }, { app: 'web' }, 1]);
  p.stop();
});

test('an orphan that matches is adopted; a pod relabelled away is released and replaced', () => {
  const p = plane();
  p.create('Pod', podManifest('orphan', { app: 'web' }));
  p.create('ReplicationController', manifest(2));
  assert.is(names(p).length, 2);
  const kind = p.get('Pod', 'orphan').metadata.ownerReferences?.[0]?.kind;
  assert.is(kind, 'ReplicationController');
  p.patch('Pod', 'orphan', { metadata: { labels: { app: 'other' } } });
  assert.is(p.get('Pod', 'orphan').metadata.ownerReferences, undefined);
  assert.is(names(p).length, 3);
  p.stop();
});

test('scaled by the scale subresource, whose selector is the equality text', () => {
  const p = plane();
  p.create('ReplicationController', manifest(1));
  const key = { kind: 'ReplicationController', namespace: 'default', name: 'web' } as const;
  assert.equal(value(p.api.getScale(key)).status, { replicas: 1, selector: 'app=web' });
  value(p.api.scale(key, 3));
  p.settle();
  assert.is(names(p).length, 3);
  p.stop();
});

test('table 0.7: deleted without a policy it leaves its pods; in the background they go with it', () => {
  for (const [options, left] of [
    [{}, 2],
    [{ propagationPolicy: 'Background' }, 0],
  ] as const) {
    const p = plane();
    p.create('ReplicationController', manifest(2));
    p.remove('ReplicationController', 'web', options);
    p.runPods();
    p.settle();
    assert.is(p.list('ReplicationController').length, 0);
    const owned = p.list('Pod').map(({ metadata }) => metadata.ownerReferences);
    assert.equal(
      owned,
      Array.from({ length: left }, () => undefined),
    );
    p.stop();
  }
});

for (const [title, spec, messages] of [
  [
    'selector that does not match',
    { selector: { app: 'other' } },
    [
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'negative replicas',
    { replicas: -1 },
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'a deadline in the template',
    {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { activeDeadlineSeconds: 5, containers: [{ name: 'web', image: 'web:1' }] },
      },
    },
    [
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
    ],
  ],
  ['no template', { template: undefined, selector: { app: 'web' } }, ['spec.template: Required value']],
] as const)
  test(`refused: ${title}`, () => {
    const p = plane();
    let message = '';
    p.api.create('ReplicationController', manifest(1, spec)).settled((outcome) => {
      if (!outcome.ok) message = outcome.error.message;
    });
    for (const expected of messages) assert.ok(message.includes(expected), message);
    p.stop();
  });

test.run();
