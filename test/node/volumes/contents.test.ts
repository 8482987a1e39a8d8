import * as assert from 'uvu/assert';
import type { ConfigMap, Pod, Secret, Volume } from '../../../src/api/index.js';
import { canChange, volumeContents, type VolumeContents } from '../../../src/node/volumes/contents.js';
import { suite } from '../../support/suite.js';

const test = suite('node: contents of volumes');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pod = {
  metadata: { name: 'p', namespace: 'd', uid: 'u', labels: { b: '2', a: 'x "y"' }, annotations: {} },
  spec: {
    containers: [{ name: 'app', resources: { limits: { cpu: '500m' }, requests: {} } }],
  },
  status: {},
} as unknown as Pod;
const sources = {
  nodeName: 'n',
  hostIp: '10.0.0.1',
  allocatable: { cpu: '4' },
  configMap: (name: string) =>
    name === 'cm'
      ? ({ data: { a: 'A', b: 'B' }, binaryData: { c: base64('C') } } as unknown as ConfigMap)
      : undefined,
  secret: (name: string) => (name === 's' ? ({ data: { k: base64('K') } } as unknown as Secret) : undefined),
};
const contents = (volume: object): VolumeContents =>
  volumeContents({ name: 'v', ...volume } as Volume, pod, sources);
const files = (volume: object): string[] => {
  const found = contents(volume);
  assert.is(found.kind, 'files');
  return found.kind === 'files'
    ? found.files.map(
        ({ path, content, mode }) => `${path}=${Buffer.from(content).toString()} ${mode.toString(8)}`,
      )
    : [];
};

test('a ConfigMap: all keys, text and binary; or chosen ones at paths and with modes of their own', () => {
  assert.equal(files({ configMap: { name: 'cm' } }), ['a=A 644', 'b=B 644', 'c=C 644']);
  const items = [
    { key: 'b', path: 'deep/b.txt', mode: 0o600 },
    { key: 'c', path: 'c' },
  ];
  assert.equal(files({ configMap: { name: 'cm', items, defaultMode: 0o400 } }), [
    'deep/b.txt=B 600',
    'c=C 400',
  ]);
});

test('a Secret is decoded', () => {
  assert.equal(files({ secret: { secretName: 's' } }), ['k=K 644']);
});

test('what is missing is told in the words of the kubelet, unless it is optional', () => {
  const failure = (volume: object): string => {
    const found = contents(volume);
    return found.kind === 'failed' ? found.message : found.kind;
  };
  const items = [{ key: 'z', path: 'z' }];
  assert.is(failure({ configMap: { name: 'x' } }), 'configmap "x" not found');
  assert.is(failure({ secret: { secretName: 'x' } }), 'secret "x" not found');
  assert.is(failure({ configMap: { name: 'cm', items } }), 'references non-existent config key: z');
  assert.is(failure({ secret: { secretName: 's', items } }), 'references non-existent secret key: z');
  assert.equal(files({ configMap: { name: 'x', optional: true } }), []);
  assert.equal(files({ configMap: { name: 'cm', items, optional: true } }), []);
});

test('fields of the pod and resources of a container: sorted labels, quoted values', () => {
  const items = [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
    { path: 'cpu', resourceFieldRef: { containerName: 'app', resource: 'limits.cpu', divisor: '1m' } },
  ];
  assert.equal(files({ downwardAPI: { items } }), [
    'labels=a="x \\"y\\""\nb="2" 644',
    'name=p 644',
    'cpu=500 644',
  ]);
});

test('a projected volume puts several sources into one folder; an emptyDir is empty; others cannot be had', () => {
  const projected = {
    sources: [
      { configMap: { name: 'cm', items: [{ key: 'a', path: 'a' }] } },
      { secret: { name: 's' } },
      { downwardAPI: { items: [{ path: 'uid', fieldRef: { fieldPath: 'metadata.uid' } }] } },
      { serviceAccountToken: { path: 'token' } },
    ],
    defaultMode: 0o440,
  };
  assert.equal(files({ projected }), ['a=A 440', 'k=K 440', 'uid=u 440']);
  assert.is(contents({ emptyDir: {} }).kind, 'empty');
  assert.is(contents({ hostPath: { path: '/srv' } }).kind, 'unavailable');
  assert.equal(
    [{ emptyDir: {} }, { secret: {} }, { projected: {} }].map((volume) => canChange(volume as Volume)),
    [false, true, true],
  );
});

test.run();
