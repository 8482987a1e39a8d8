import * as assert from 'uvu/assert';
import type { WatchEvent } from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import { configMapManifest, createTestApi, deploymentManifest, podManifest, told, value } from './cluster.js';

const test = suite('client/local: update and patch');

const configMap = { kind: 'ConfigMap', namespace: 'default', name: 'a' } as const;
const deployment = { kind: 'Deployment', namespace: 'default', name: 'w' } as const;
const pod = { kind: 'Pod', namespace: 'default', name: 'p' } as const;
const merge = (body: unknown) => ({ type: 'merge', body }) as const;
const json = (body: unknown) => ({ type: 'json', body }) as const;

test('row 17 and §3.1: a body about another object is BadRequest 400', () => {
  const { api } = createTestApi();
  const key = { kind: 'ConfigMap', namespace: 'default', name: 'b' } as const;
  assert.is(
    told(api.update(key, { metadata: { name: 'a' } })).text,
    '400 BadRequest | the name of the object (a) does not match the name on the URL (b)',
  );
  assert.is(
    told(api.update(key, {})).text,
    '400 BadRequest | the name of the object (b based on URL) was undeterminable: name must be provided',
  );
  assert.is(
    told(api.update(key, { metadata: { name: 'b', namespace: 'x' } })).text,
    '400 BadRequest | the namespace of the provided object does not match the namespace sent on the request',
  );
});

test('§3.4: an update without version is unconditional; with a stale one it is Conflict 409', () => {
  const { api } = createTestApi();
  const first = value(api.create('ConfigMap', configMapManifest('a', { data: { k: '1' } })));
  const second = value(api.update(configMap, configMapManifest('a', { data: { k: '2' } })));
  assert.equal(second.data, { k: '2' });
  assert.is(second.metadata.uid, first.metadata.uid);
  assert.is(second.metadata.creationTimestamp, first.metadata.creationTimestamp);
  assert.equal(told(api.update(configMap, { ...first, data: { k: '3' } })), {
    text:
      '409 Conflict | Operation cannot be fulfilled on configmaps "a": the object has been modified; ' +
      'please apply your changes to the latest version and try again',
    details: { name: 'a', kind: 'configmaps' },
  });
  assert.equal(value(api.update(configMap, { ...second, data: { k: '3' } })).data, { k: '3' });
});

test('row 32: a stale version in a patch is Conflict 409, with the group', () => {
  const { api } = createTestApi();
  value(api.create('Deployment', deploymentManifest('w')));
  assert.equal(
    told(api.patch(deployment, merge({ metadata: { resourceVersion: '1', labels: { q: '1' } } }))),
    {
      text:
        '409 Conflict | Operation cannot be fulfilled on deployments.apps "w": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
      details: { name: 'w', group: 'apps', kind: 'deployments' },
    },
  );
  assert.is(
    told(api.patch(deployment, merge({ metadata: { resourceVersion: 'abc' } }))).text,
    '500 – | strconv.ParseUint: parsing "abc": invalid syntax',
  );
});

test('§3.1: another uid is Conflict 409 in an update and Invalid 422 in a patch', () => {
  const { api } = createTestApi();
  const { metadata } = value(api.create('Deployment', deploymentManifest('w')));
  const manifest = deploymentManifest('w');
  assert.is(
    told(api.update(deployment, { ...manifest, metadata: { name: 'w', uid: 'X' } })).text,
    '409 Conflict | Operation cannot be fulfilled on deployments.apps "w": StorageError: invalid object, Code: 4, ' +
      'Key: /registry/deployments/default/w, ResourceVersion: 0, AdditionalErrorMsg: ' +
      `Precondition failed: UID in precondition: X, UID in object meta: ${metadata.uid}`,
  );
  assert.is(
    told(api.patch(deployment, merge({ metadata: { uid: '1' } }))).text,
    '422 Invalid | Deployment.apps "w" is invalid: metadata.uid: Invalid value: "1": field is immutable',
  );
  const patched = value(
    api.patch(deployment, merge({ metadata: { creationTimestamp: '2000-01-01T00:00:00Z' } })),
  );
  assert.is(patched.metadata.creationTimestamp, metadata.creationTimestamp);
});

test('rows 27 and 28: a deployment’s generation follows its spec and annotations, not its labels', () => {
  const { api } = createTestApi();
  value(api.create('Deployment', deploymentManifest('w')));
  const generation = (body: object) => value(api.patch(deployment, merge(body))).metadata.generation;
  assert.is(generation({ metadata: { labels: { x: 'y' } } }), 1);
  assert.is(generation({ metadata: { annotations: { x: 'y' } } }), 2);
  assert.is(generation({ spec: { replicas: 2 } }), 3);
  assert.is(generation({ spec: { replicas: 2 } }), 3);
  assert.is(generation({ metadata: { generation: 9 }, spec: { paused: true } }), 4);
});

test('§3.1: a replica set’s generation follows its spec only; a config map has none', () => {
  const { api } = createTestApi();
  const { spec } = deploymentManifest('w');
  value(api.create('ReplicaSet', { metadata: { name: 'w' }, spec }));
  const key = { kind: 'ReplicaSet', namespace: 'default', name: 'w' } as const;
  assert.is(value(api.patch(key, merge({ metadata: { annotations: { x: 'y' } } }))).metadata.generation, 1);
  assert.is(value(api.patch(key, merge({ spec: { replicas: 3 } }))).metadata.generation, 2);
  value(api.create('ConfigMap', configMapManifest('a')));
  assert.not('generation' in value(api.patch(configMap, merge({ data: { k: 'v' } }))).metadata);
});

test('§3.4: spec and status are written apart', () => {
  const { api } = createTestApi();
  const created = value(api.create('Deployment', deploymentManifest('w', 1)));
  const spec = { ...created.spec, replicas: 2 };
  const one = value(api.update(deployment, { ...created, spec, status: { replicas: 7 } }));
  assert.is(one.spec.replicas, 2);
  assert.equal(one.status, {});
  const two = value(
    api.update(
      deployment,
      {
        ...one,
        metadata: { ...one.metadata, labels: { l: '1' }, annotations: { a: '1' } },
        spec: { ...spec, replicas: 5 },
        status: { observedGeneration: 2, replicas: 2 },
      },
      { subresource: 'status' },
    ),
  );
  assert.is(two.spec.replicas, 2);
  assert.equal(two.status, { observedGeneration: 2, replicas: 2 });
  assert.is(two.metadata.labels, undefined);
  assert.equal(two.metadata.annotations, { a: '1' });
  assert.is(two.metadata.generation, one.metadata.generation);
});

test('§3.4: a pod’s status write leaves its owners alone, and may change labels', () => {
  const { trusted } = createTestApi();
  const owner = { apiVersion: 'v1', kind: 'ReplicaSet', name: 'o', uid: '1' };
  const created = value(trusted.create('Pod', podManifest('p', {}, { ownerReferences: [owner] })));
  const { ownerReferences: _owners, ...metadata } = created.metadata;
  const written = value(
    trusted.update(
      pod,
      { ...created, metadata: { ...metadata, labels: { l: '1' } }, status: { phase: 'Running' } },
      { subresource: 'status' },
    ),
  );
  assert.equal(written.metadata.ownerReferences, [owner]);
  assert.equal(written.metadata.labels, { l: '1' });
  assert.is(written.spec, created.spec);
});

test('row 36: what changes nothing gets no new version and no watch event', () => {
  const { api, trusted, store } = createTestApi();
  const created = value(api.create('ConfigMap', configMapManifest('a', { data: { n: '1' } })));
  const events: WatchEvent<unknown>[] = [];
  api
    .watch('ConfigMap', { resourceVersion: created.metadata.resourceVersion })
    .subscribe((event) => events.push(event));
  assert.is(value(api.patch(configMap, merge({ data: { n: '1' } }))), created);
  assert.is(value(api.update(configMap, configMapManifest('a', { data: { n: '1' } }))), created);
  assert.is(value(trusted.update(configMap, { ...created, data: { n: '1' } })), created);
  assert.equal(events, []);
  assert.is(String(store.revision), created.metadata.resourceVersion);
});

test('row 33: a JSON patch whose test fails is Invalid 422; row 34: one that is no list BadRequest 400', () => {
  const { api } = createTestApi();
  value(api.create('ConfigMap', configMapManifest('a', { data: { k: 'v' } })));
  assert.equal(told(api.patch(configMap, json([{ op: 'test', path: '/data/k', value: 'no' }]))), {
    text: '422 Invalid | the server rejected our request due to an error in our request',
    details: {},
  });
  assert.is(
    told(api.patch(configMap, json({}))).text,
    '400 BadRequest | error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  );
});

test('row 35: a merge patch removes by null and adds', () => {
  const { api } = createTestApi();
  value(api.create('ConfigMap', configMapManifest('a', { data: { k: 'v' } })));
  assert.equal(value(api.patch(configMap, merge({ data: { k: null, n: '1' } }))).data, { n: '1' });
});

test('row 37: a strategic patch merges containers by name, and says what it cannot merge', () => {
  const { api } = createTestApi();
  value(api.create('Deployment', deploymentManifest('w')));
  const strategic = (container: object) =>
    api.patch(deployment, {
      type: 'strategic',
      body: { spec: { template: { spec: { containers: [container] } } } },
    });
  const { spec } = value(strategic({ name: 'c', image: 'x:2' }));
  assert.equal(
    spec.template.spec?.containers.map(({ name, image }) => [name, image]),
    [['c', 'x:2']],
  );
  assert.is(
    told(strategic({ image: 'q' })).text,
    '500 – | map: map[image:q] does not contain declared merge key: name',
  );
});

test('§3.6: a patch that brings an unknown field is Invalid 422 when strict, and warns otherwise', () => {
  const { api } = createTestApi();
  value(api.create('ConfigMap', configMapManifest('a')));
  const { text, details } = told(api.patch(configMap, merge({ foo: 1 }), { fieldValidation: 'Strict' }));
  assert.match(
    text,
    /^422 Invalid \|  "" is invalid: patch: Invalid value: "\{.*\\"foo\\":1.*\}": strict decoding error: unknown field "foo"$/,
  );
  assert.match(JSON.stringify(details), /^\{"causes":\[\{"reason":"FieldValueInvalid"/);
  const warnings: string[] = [];
  value(api.patch(configMap, merge({ foo: 1 }), { onWarning: (message) => warnings.push(message) }));
  assert.equal(warnings, ['unknown field "foo"']);
});

test('§3.4: a patch or an update of an absent object is NotFound 404', () => {
  const { api } = createTestApi();
  assert.is(told(api.patch(configMap, merge({}))).text, '404 NotFound | configmaps "a" not found');
  assert.is(
    told(api.update(configMap, configMapManifest('a'))).text,
    '404 NotFound | configmaps "a" not found',
  );
});

test('§3.4 and row 66: a lease is created by an update, and must name its version later', () => {
  const { api } = createTestApi();
  const key = { kind: 'Lease', namespace: 'default', name: 'l' } as const;
  const manifest = { metadata: { name: 'l' }, spec: { holderIdentity: 'n1' } };
  const lease = value(api.update(key, manifest));
  assert.is(lease.spec?.holderIdentity, 'n1');
  assert.equal(told(api.update(key, manifest)), {
    text:
      '422 Invalid | leases.coordination.k8s.io "l" is invalid: ' +
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    details: {
      name: 'l',
      group: 'coordination.k8s.io',
      kind: 'leases',
      causes: [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: must be specified for an update',
          field: 'metadata.resourceVersion',
        },
      ],
    },
  });
});

test('an update in dry run answers the result and stores nothing', () => {
  const { api } = createTestApi();
  const created = value(api.create('ConfigMap', configMapManifest('a')));
  const shown = value(api.patch(configMap, merge({ data: { k: 'v' } }), { dryRun: true }));
  assert.equal(shown.data, { k: 'v' });
  assert.is(value(api.get(configMap)), created);
});

test('§3.1: the label of a namespace is forced back to its name', () => {
  const { api } = createTestApi();
  const key = { kind: 'Namespace', name: 'default' } as const;
  const { metadata } = value(
    api.patch(key, merge({ metadata: { labels: { 'kubernetes.io/metadata.name': 'x', a: 'b' } } })),
  );
  assert.equal(metadata.labels, { 'kubernetes.io/metadata.name': 'default', a: 'b' });
});

test('what an update shares with the object before is shared in the store', () => {
  const { trusted } = createTestApi();
  const created = value(trusted.create('Pod', podManifest('p')));
  const written = value(
    trusted.update(pod, { ...created, status: { phase: 'Running' } }, { subresource: 'status' }),
  );
  assert.is(written.spec, created.spec);
});

test.run();
