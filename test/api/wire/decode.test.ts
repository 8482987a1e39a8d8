/** api.md §3.1 «Wrong type», §3.6, §8.2 «wrong JSON type»: how manifests are read. */
import * as assert from 'uvu/assert';
import { ApiError, decode, decodeValue, type KindName } from '../../../src/api/index.js';
import { deleteOptions } from '../../../src/api/schema/types/meta.js';
import { suite } from '../../support/suite.js';

const test = suite('api: decode');

const refusal = (kind: KindName, manifest: unknown): string => {
  try {
    decode(kind, manifest);
  } catch (error) {
    assert.instance(error, ApiError);
    const { code, reason, message, details } = (error as ApiError).status;
    assert.equal({ code, reason, details }, { code: 400, reason: 'BadRequest', details: undefined });
    return message ?? '';
  }
  return assert.unreachable('accepted') as never;
};
const podWith = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec });
const containerWith = (fields: object) => podWith({ containers: [{ name: 'c', image: 'i', ...fields }] });

test('§0.16: fields come out in the order of the Go structs, whatever the order of the manifest', () => {
  const { value } = decode('Pod', {
    spec: {
      restartPolicy: 'Never',
      containers: [{ image: 'i', name: 'c', env: [{ value: '1', name: 'A' }] }],
    },
    metadata: { labels: { b: '1', a: '2' }, name: 'x' },
    kind: 'Pod',
    apiVersion: 'v1',
  });
  assert.is(
    JSON.stringify(value),
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x","labels":{"b":"1","a":"2"}},' +
      '"spec":{"containers":[{"name":"c","image":"i","env":[{"name":"A","value":"1"}],"resources":{}}],' +
      '"restartPolicy":"Never"},"status":{}}',
  );
});

test('null counts as absent; zeros that are no pointers are dropped, pointers keep theirs', () => {
  const { value } = decode('Deployment', {
    metadata: { name: 'd', labels: {}, annotations: null },
    spec: { replicas: 0, paused: false, minReadySeconds: 0, selector: {}, template: null },
  });
  assert.is(
    JSON.stringify(value.spec),
    '{"replicas":0,"selector":{},"template":{"metadata":{},"spec":{"containers":[]}},"strategy":{}}',
  );
  assert.is(JSON.stringify(value.metadata), '{"name":"d"}');
});

test('§8.1: quantities are canonical, times are in UTC', () => {
  const { value } = decode('Pod', {
    ...containerWith({ resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: 0.5 } } }),
    status: { startTime: '2026-01-02T03:04:05.678+02:00' },
  });
  assert.equal(value.spec.containers[0]?.resources, {
    limits: { cpu: '1', memory: '1Gi' },
    requests: { cpu: '500m' },
  });
  assert.is(value.status.startTime, '2026-01-02T01:04:05Z');
});

test('§3.6: unknown fields are named with their paths, in document order, and left out', () => {
  const { value, unknownFields } = decode('Pod', {
    spec: {
      zebra: 1,
      containers: [{ name: 'c', image: 'i', Command: ['x'], env: [{ name: 'A', foo: { bar: 1 } }] }],
    },
    metadata: { name: 'x', color: 'red' },
    data: {},
  });
  assert.equal(unknownFields, [
    'spec.zebra',
    'spec.containers[0].Command',
    'spec.containers[0].env[0].foo',
    'metadata.color',
    'data',
  ]);
  assert.not.match(JSON.stringify(value), /zebra|Command|foo|color/);
});

test('maps take any key, also __proto__ and constructor', () => {
  const data = JSON.parse('{"__proto__":"a","constructor":"b"}') as object;
  const { value, unknownFields } = decode('ConfigMap', { data });
  assert.equal(Object.entries(value.data ?? {}), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  assert.equal(unknownFields, []);
  assert.equal(decode('ConfigMap', JSON.parse('{"__proto__":{"x":1}}')).unknownFields, ['__proto__']);
});

test('§8.2: a wrong type names the innermost struct and the path without indexes', () => {
  const wrong: readonly (readonly [KindName, unknown, string])[] = [
    [
      'Deployment',
      { spec: { replicas: '3' } },
      'string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'Deployment',
      { spec: { replicas: 1.5 } },
      'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'Deployment',
      { spec: { replicas: 3e9 } },
      'number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'Pod',
      podWith({ containers: 'no' }),
      'string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'Pod',
      containerWith({ image: 1 }),
      'number into Go struct field Container.spec.containers.image of type string',
    ],
    [
      'Pod',
      containerWith({ command: 'x' }),
      'string into Go struct field Container.spec.containers.command of type []string',
    ],
    [
      'Pod',
      containerWith({ ports: [{ containerPort: 'x' }] }),
      'string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      'Pod',
      podWith({ restartPolicy: 1 }),
      'number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [
      'Pod',
      podWith({ hostNetwork: 'yes' }),
      'string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    [
      'Pod',
      { metadata: { labels: { a: 1 } } },
      'number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    ['Pod', { metadata: [] }, 'array into Go struct field Pod.metadata of type v1.ObjectMeta'],
  ];
  for (const [kind, manifest, cause] of wrong)
    assert.is(
      refusal(kind, manifest),
      `${kind} in version "v1" cannot be handled as a ${kind}: json: cannot unmarshal ${cause}`,
    );
});

test('§8.2: of several wrong types the first of the document is told', () => {
  assert.match(
    refusal('Deployment', { spec: { template: 1, replicas: 'x' } }),
    'DeploymentSpec.spec.template',
  );
  assert.match(
    refusal('Deployment', { spec: { replicas: 'x', template: 1 } }),
    'DeploymentSpec.spec.replicas',
  );
});

test('scalars with a syntax of their own tell what is wrong with it', () => {
  const cannot = (kind: string) => `${kind} in version "v1" cannot be handled as a ${kind}: `;
  assert.is(
    refusal('Pod', containerWith({ resources: { requests: { cpu: 'lots' } } })),
    `${cannot('Pod')}quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  );
  assert.is(
    refusal('Secret', { data: { a: '!!' } }),
    `${cannot('Secret')}illegal base64 data at input byte 0`,
  );
  assert.is(
    refusal('Pod', { metadata: { creationTimestamp: 'today' } }),
    `${cannot('Pod')}parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"`,
  );
  assert.is(
    refusal('Pod', containerWith({ livenessProbe: { tcpSocket: { port: true } } })),
    `${cannot('Pod')}json: cannot unmarshal bool into Go value of type int32`,
  );
});

test('§3.1: kind and apiVersion may be absent; another kind or version is refused', () => {
  const { kind, apiVersion } = decode('ReplicaSet', {}).value;
  assert.equal([kind, apiVersion], ['ReplicaSet', 'apps/v1']);
  assert.is(
    refusal('ConfigMap', { apiVersion: 'v1', kind: 'Secret' }),
    'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
  );
  assert.is(
    refusal('Pod', { apiVersion: 'apps/v1', kind: 'Deployment' }),
    'Deployment in version "v1" cannot be handled as a Pod: converting (v1.Deployment) to (core.Pod): unknown conversion',
  );
  assert.is(
    refusal('ConfigMap', { apiVersion: 'v1', kind: 'Foo' }),
    'Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" in scheme ' +
      '"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
  );
  assert.is(
    refusal('Deployment', { apiVersion: 'apps/v1beta1', kind: 'Deployment' }),
    'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
  );
});

test('with the stored object as base, what did not change is the very same value', () => {
  const base = decode('Pod', {
    ...containerWith({ command: ['a'] }),
    metadata: { name: 'x', labels: { a: '1' } },
  }).value;
  const copy = JSON.parse(JSON.stringify(base)) as typeof base;
  assert.is(decode('Pod', copy, { base }).value, base);
  const relabelled = decode('Pod', { ...copy, metadata: { name: 'x', labels: { a: '2' } } }, { base }).value;
  assert.is.not(relabelled, base);
  assert.is(relabelled.spec, base.spec);
  assert.equal(relabelled.metadata.labels, { a: '2' });
  const shorter = decode('Pod', { ...copy, metadata: { name: 'x' } }, { base }).value;
  assert.is(shorter.metadata.labels, undefined);
});

test('bodies that are no objects of their own are read by their schema', () => {
  const { value, unknownFields } = decodeValue(deleteOptions, {
    gracePeriodSeconds: 0,
    dryRun: ['All'],
    foo: 1,
  });
  assert.equal(value, { gracePeriodSeconds: 0, dryRun: ['All'] });
  assert.equal(unknownFields, ['foo']);
});

test.run();
