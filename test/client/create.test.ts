import * as assert from 'uvu/assert';
import { createSeededRandom } from '../../src/clock/index.js';
import { createLocalApi } from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import {
  configMapManifest,
  createTestApi,
  deploymentManifest,
  namesOf,
  podManifest,
  told,
  value,
} from './cluster.js';

const test = suite('client/local: create');

test('a new cluster has the four system namespaces', () => {
  const { api } = createTestApi();
  assert.equal(namesOf(value(api.list('Namespace')).items), [
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ]);
});

test('row 1: a namespace gets its label, finalizer and phase, and no generation', () => {
  const { api, time } = createTestApi();
  const namespace = value(
    api.create('Namespace', { metadata: { name: 'g', labels: { 'kubernetes.io/metadata.name': 'x' } } }),
  );
  const { uid, resourceVersion, ...metadata } = namespace.metadata;
  assert.equal(metadata, {
    name: 'g',
    creationTimestamp: time(),
    labels: { 'kubernetes.io/metadata.name': 'g' },
  });
  assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(resourceVersion, /^\d+$/);
  assert.equal(namespace.spec, { finalizers: ['kubernetes'] });
  assert.equal(namespace.status, { phase: 'Active' });
});

test('row 2: an object is completed with namespace, uid, version and time, in the API’s order', () => {
  const { api } = createTestApi();
  const created = value(api.create('ConfigMap', configMapManifest('a', { data: { k: 'v' } })));
  assert.equal(Object.keys(created), ['kind', 'apiVersion', 'metadata', 'data']);
  assert.equal(Object.keys(created.metadata), [
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'creationTimestamp',
  ]);
  assert.is(created.metadata.namespace, 'default');
  assert.equal(created.data, { k: 'v' });
  assert.is(value(api.get({ kind: 'ConfigMap', namespace: 'default', name: 'a' })), created);
});

test('row 3: a taken name is refused with AlreadyExists 409', () => {
  const { api } = createTestApi();
  value(api.create('ConfigMap', configMapManifest('a')));
  assert.equal(told(api.create('ConfigMap', configMapManifest('a'))), {
    text: '409 AlreadyExists | configmaps "a" already exists',
    details: { name: 'a', kind: 'configmaps' },
  });
});

test('row 4: an object without name and generateName is Invalid 422', () => {
  const { api } = createTestApi();
  assert.equal(told(api.create('ConfigMap', {})), {
    text: '422 Invalid | ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    details: {
      kind: 'ConfigMap',
      causes: [
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ],
    },
  });
});

test('rows 5 and 6: an absent object is NotFound 404, with its group', () => {
  const { api } = createTestApi();
  assert.equal(told(api.get({ kind: 'Pod', namespace: 'g', name: 'zz' })), {
    text: '404 NotFound | pods "zz" not found',
    details: { name: 'zz', kind: 'pods' },
  });
  assert.equal(told(api.get({ kind: 'Deployment', namespace: 'g', name: 'zz' })), {
    text: '404 NotFound | deployments.apps "zz" not found',
    details: { name: 'zz', group: 'apps', kind: 'deployments' },
  });
});

test('row 9: a namespace that does not exist is NotFound 404', () => {
  const { api } = createTestApi();
  assert.equal(told(api.create('ConfigMap', configMapManifest('a'), { namespace: 'zz' })), {
    text: '404 NotFound | namespaces "zz" not found',
    details: { name: 'zz', kind: 'namespaces' },
  });
});

test('NS-1: a namespace that is being deleted takes no new content', () => {
  const { api } = createTestApi();
  value(api.create('Namespace', { metadata: { name: 'g' } }));
  value(api.delete({ kind: 'Namespace', name: 'g' }));
  assert.equal(told(api.create('Pod', podManifest('p'), { namespace: 'g' })), {
    text: '403 Forbidden | pods "p" is forbidden: unable to create new content in namespace g because it is being terminated',
    details: {
      name: 'p',
      kind: 'pods',
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: 'namespace g is being terminated',
          field: 'metadata.namespace',
        },
      ],
    },
  });
});

test('api.md §3.1: a body of another namespace, kind or type is BadRequest 400', () => {
  const { api } = createTestApi();
  assert.is(
    told(api.create('ConfigMap', configMapManifest('a', {}, { namespace: 'x' }), { namespace: 'default' }))
      .text,
    '400 BadRequest | the namespace of the provided object does not match the namespace sent on the request',
  );
  assert.equal(told(api.create('ConfigMap', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })), {
    text:
      '400 BadRequest | Secret in version "v1" cannot be handled as a ConfigMap: ' +
      'converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    details: undefined,
  });
  assert.is(
    told(api.create('Deployment', deploymentManifest('w', '3'))).text,
    '400 BadRequest | Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string ' +
      'into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
});

test('api.md §3.1: what belongs to the server is replaced; a numeric resourceVersion is refused', () => {
  const { api, time } = createTestApi();
  const { metadata } = value(
    api.create(
      'ConfigMap',
      configMapManifest(
        'a',
        {},
        {
          uid: 'mine',
          creationTimestamp: '2000-01-01T00:00:00Z',
          deletionTimestamp: '2000-01-01T00:00:00Z',
          deletionGracePeriodSeconds: 5,
          generation: 7,
        },
      ),
    ),
  );
  assert.is.not(metadata.uid, 'mine');
  assert.is(metadata.creationTimestamp, time());
  assert.is(metadata.deletionTimestamp, undefined);
  assert.is(metadata.deletionGracePeriodSeconds, undefined);
  assert.is(metadata.generation, 7);
  assert.is(
    told(api.create('ConfigMap', configMapManifest('b', {}, { resourceVersion: '5' }))).text,
    '500 – | resourceVersion should not be set on objects to be created',
  );
});

test('row 18: Strict refuses unknown fields; row 19: Warn tells them; Ignore says nothing', () => {
  const { api } = createTestApi();
  assert.equal(told(api.create('Pod', podManifest('p', { foo: 1 }), { fieldValidation: 'Strict' })), {
    text: '400 BadRequest | Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"',
    details: undefined,
  });
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const pod = value(api.create('Pod', podManifest('p', { foo: 1 }), { dryRun: true, onWarning }));
  assert.equal(warnings, ['unknown field "spec.foo"']);
  assert.ok(pod.metadata.uid);
  assert.not('resourceVersion' in pod.metadata);
  assert.is(told(api.get({ kind: 'Pod', namespace: 'default', name: 'p' })).text.slice(0, 3), '404');
  value(api.create('Pod', podManifest('p', { foo: 1 }), { fieldValidation: 'Ignore', onWarning }));
  assert.is(warnings.length, 1);
});

test('rows 20 and 21: an invalid object is Invalid 422 and leaves nothing behind', () => {
  const { api, store } = createTestApi();
  const { revision } = store;
  assert.is(
    told(api.create('Pod', { metadata: { name: 'p' }, spec: {} })).text,
    '422 Invalid | Pod "p" is invalid: spec.containers: Required value',
  );
  const manifest = deploymentManifest('w');
  const { selector: _selector, ...spec } = manifest.spec;
  assert.is(
    told(api.create('Deployment', { ...manifest, spec })).text,
    '422 Invalid | Deployment.apps "w" is invalid: [spec.selector: Required value, spec.template.metadata.labels: ' +
      'Invalid value: {"app":"w"}: `selector` does not match template `labels`]',
  );
  assert.is(store.revision, revision);
});

test('row 24: a generated name is the base and 5 letters, the base cut to 58', () => {
  const { api } = createTestApi();
  const { metadata } = value(api.create('ConfigMap', { metadata: { generateName: 'g-' } }, { dryRun: true }));
  assert.match(metadata.name, /^g-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.is(metadata.generateName, 'g-');
  const long = value(api.create('ConfigMap', { metadata: { generateName: 'a'.repeat(70) } }));
  assert.is(long.metadata.name.length, 63);
});

test('api.md §3.1: the same seed generates the same names and uids', () => {
  const run = () => {
    const { api } = createTestApi();
    return [1, 2, 3].map(() => value(api.create('ConfigMap', { metadata: { generateName: 'g-' } })));
  };
  assert.equal(run(), run());
});

test('row 25: a pod gets defaults, tolerations, priority, generation 1 and its first status', () => {
  const { api } = createTestApi();
  const pod = value(
    api.create('Pod', { ...podManifest('p'), status: { phase: 'Running', podIP: '1.2.3.4' } }),
  );
  assert.is(pod.metadata.generation, 1);
  assert.equal(pod.status, { phase: 'Pending', qosClass: 'BestEffort' });
  assert.is(pod.spec.restartPolicy, 'Always');
  assert.is(pod.spec.terminationGracePeriodSeconds, 30);
  assert.is(pod.spec.priority, 0);
  assert.equal(
    pod.spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds]),
    [
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ],
  );
});

test('row 26: a deployment gets defaults, generation 1 and an empty status', () => {
  const { api } = createTestApi();
  const deployment = value(api.create('Deployment', { ...deploymentManifest('w'), status: { replicas: 9 } }));
  assert.is(deployment.metadata.generation, 1);
  assert.is(deployment.spec.replicas, 0);
  assert.equal(deployment.spec.strategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
  });
  assert.equal(deployment.status, {});
});

test('a node keeps the status it is created with', () => {
  const { trusted } = createTestApi();
  const node = value(
    trusted.create('Node', { metadata: { name: 'n1' }, status: { capacity: { cpu: '4' } } }),
  );
  assert.equal(node.status.capacity, { cpu: '4' });
});

test('§3.3: a new node is tainted not-ready:NoSchedule where a controller takes that off', () => {
  const { store, clock } = createTestApi();
  const random = createSeededRandom(2);
  const taintsOf = (taintsNewNodes: boolean, name: string) => {
    const api = createLocalApi({ store, clock, random, taintsNewNodes });
    return value(api.create('Node', { metadata: { name } })).spec.taints;
  };
  assert.equal(taintsOf(true, 'n1'), [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  assert.is(taintsOf(false, 'n2'), undefined);
});

test('api.md §3.2: owners named twice are dropped, with a warning', () => {
  const { api } = createTestApi();
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'o', uid: '1' };
  const warnings: string[] = [];
  const { metadata } = value(
    api.create('ConfigMap', configMapManifest('a', {}, { ownerReferences: [owner, owner] }), {
      onWarning: (message) => warnings.push(message),
    }),
  );
  assert.equal(metadata.ownerReferences, [owner]);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? '', /please fix your requests; duplicate UID\(s\) observed: 1$/);
});

test('api.md §3.7: a field manager of 129 bytes, or with a control character, is Invalid 422', () => {
  const { api } = createTestApi();
  assert.is(
    told(api.create('ConfigMap', configMapManifest('a'), { fieldManager: 'm'.repeat(129) })).text,
    '422 Invalid | CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
  );
  assert.is(
    told(api.create('ConfigMap', configMapManifest('a'), { fieldManager: '\u0001' })).text,
    '422 Invalid | CreateOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "\\x01": ' +
      'invalid character U+0001 (at position 0)',
  );
});

test.run();
