/** The environment of a container. Spec: node.md 8.1, row 62. */
import * as assert from 'uvu/assert';
import type { ConfigMap, Container, EnvVar, Secret } from '../../src/api/index.js';
import { containerEnvironment, type EnvironmentSources } from '../../src/node/env.js';
import { expand, expandProbeCommand } from '../../src/node/environment/expansion.js';
import { suite } from '../support/suite.js';
import { container, pod } from './support.js';

const test = suite('node: environment of a container');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const sources: EnvironmentSources = {
  podIp: '10.0.0.5',
  podIps: ['10.0.0.5', 'fd00::5'],
  hostIp: '192.168.0.1',
  nodeName: 'node-1',
  allocatable: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '10Gi' },
  configMap: (name) =>
    name === 'settings' ? ({ data: { color: 'blue', size: 'l' } } as unknown as ConfigMap) : undefined,
  secret: (name) =>
    name === 'login'
      ? ({ data: { user: base64('ada'), key: base64('grüße') } } as unknown as Secret)
      : undefined,
};
const resolve = (fields: Partial<Container>, from: Partial<EnvironmentSources> = {}) =>
  containerEnvironment(container(fields), pod(), { ...sources, ...from });
const envOf = (env: readonly object[], fields: Partial<Container> = {}): Record<string, string> => {
  const resolved = resolve({ ...fields, env: env as readonly EnvVar[] });
  assert.ok(resolved.ok, resolved.ok ? '' : resolved.message);
  return Object.fromEntries(resolved.env);
};
const refusalOf = (fields: object): string => {
  const resolved = resolve(fields as Partial<Container>);
  return resolved.ok ? 'not refused' : resolved.message;
};
const ref = (valueFrom: object, name = 'A') => ({ name, valueFrom });

test('values expand from the variables before them; what is unknown stays', () => {
  assert.equal(
    envOf([
      { name: 'A', value: '$(B)' },
      { name: 'B', value: 'b' },
      { name: 'C', value: '$(A)-$(B)' },
      { name: 'EMPTY' },
    ]),
    { A: '$(B)', B: 'b', C: '$(B)-b', EMPTY: '' },
  );
});

test('the later variable of a name wins, and may use the earlier', () => {
  assert.equal(
    envOf([
      { name: 'P', value: '/bin' },
      { name: 'P', value: '$(P):/sbin' },
    ]),
    { P: '/bin:/sbin' },
  );
});

for (const [text, expected] of [
  ['$(A)', 'a'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$a'],
  ['$$$$', '$$'],
  ['$(NONE)', '$(NONE)'],
  ['$(A', '$(A'],
  ['$($$', '$($'],
  ['$A $', '$A $'],
  ['x$(A)$(A)y', 'xaay'],
  ['$(D)', '$(A)'],
  ['$()', '$()'],
] as const) {
  test(`${JSON.stringify(text)} expands to ${JSON.stringify(expected)}`, () => {
    assert.is(
      expand(text, (name) => ({ A: 'a', D: '$(A)' })[name]),
      expected,
    );
  });
}

test('envFrom: later sources win over earlier ones, env wins over both, prefixes are put in front', () => {
  const resolved = resolve({
    envFrom: [
      { configMapRef: { name: 'settings' } },
      { prefix: 'DB_', secretRef: { name: 'login' } },
      { configMapRef: { name: 'none', optional: true } },
    ],
    env: [{ name: 'size', value: '$(color)-$(DB_user)' }],
  });
  assert.equal(resolved.ok && Object.fromEntries(resolved.env), {
    color: 'blue',
    size: 'blue-ada',
    DB_user: 'ada',
    DB_key: 'grüße',
  });
});

test('variables of services are lowest, and serve expansion', () => {
  const resolved = resolve(
    {
      env: [
        { name: 'URL', value: 'http://$(DB_SERVICE_HOST)' },
        { name: 'X', value: 'own' },
      ],
    },
    {
      services: [
        ['DB_SERVICE_HOST', '10.96.0.7'],
        ['X', 'service'],
      ],
    },
  );
  assert.equal(resolved.ok && Object.fromEntries(resolved.env), {
    DB_SERVICE_HOST: '10.96.0.7',
    X: 'own',
    URL: 'http://10.96.0.7',
  });
});

test('fields of the pod', () => {
  const field = (fieldPath: string) => ref({ fieldRef: { fieldPath } }, fieldPath);
  const labelled = pod({ metadata: { labels: { app: 'web' }, annotations: { 'a/b': 'c' } } });
  const paths = [
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
    "metadata.labels['app']",
    "metadata.labels['none']",
    "metadata.annotations['a/b']",
    'spec.nodeName',
    'spec.serviceAccountName',
    'status.hostIP',
    'status.podIP',
    'status.podIPs',
  ];
  const resolved = containerEnvironment(container({ env: paths.map(field) as EnvVar[] }), labelled, sources);
  assert.equal(resolved.ok && resolved.env.map(([, value]) => value), [
    'web-0',
    'shop',
    'u-1',
    'web',
    '',
    'c',
    'node-1',
    'default',
    '192.168.0.1',
    '10.0.0.5',
    '10.0.0.5,fd00::5',
  ]);
});

test('resources are divided and rounded up; missing limits are what the node has, missing requests 0', () => {
  const resource = (resource: string, divisor?: string) =>
    ref({ resourceFieldRef: { resource, divisor } }, `${resource}/${divisor}`);
  const resources = { limits: { cpu: '1500m' }, requests: { cpu: '100m', memory: '100Mi' } };
  assert.equal(
    Object.values(
      envOf(
        [
          resource('limits.cpu'),
          resource('limits.cpu', '1m'),
          resource('requests.cpu'),
          resource('requests.cpu', '1m'),
          resource('requests.memory'),
          resource('requests.memory', '1Mi'),
          resource('limits.memory', '1Gi'),
          resource('limits.ephemeral-storage', '1G'),
          resource('requests.ephemeral-storage'),
        ],
        { resources },
      ),
    ),
    ['2', '1500', '1', '100', '104857600', '100', '8', '11', '0'],
  );
});

for (const [what, fields, message] of [
  [
    'a config map',
    { env: [ref({ configMapKeyRef: { name: 'none', key: 'k' } })] },
    'configmap "none" not found',
  ],
  ['a secret', { env: [ref({ secretKeyRef: { name: 'none', key: 'k' } })] }, 'secret "none" not found'],
  [
    'a key of a config map',
    { env: [ref({ configMapKeyRef: { name: 'settings', key: 'k' } })] },
    "couldn't find key k in ConfigMap shop/settings",
  ],
  [
    'a key of a secret',
    { env: [ref({ secretKeyRef: { name: 'login', key: 'k' } })] },
    "couldn't find key k in Secret shop/login",
  ],
  [
    'a config map of envFrom',
    { envFrom: [{ configMapRef: { name: 'none' } }] },
    'configmap "none" not found',
  ],
  ['a secret of envFrom', { envFrom: [{ secretRef: { name: 'none' } }] }, 'secret "none" not found'],
  [
    'a volume with variables',
    { env: [ref({ fileKeyRef: { volumeName: 'v', path: 'p', key: 'k' } })] },
    'cannot find the volume "v" referenced by FileKeyRef',
  ],
  [
    'another container',
    { env: [ref({ resourceFieldRef: { containerName: 'none', resource: 'limits.cpu' } })] },
    'container none not found',
  ],
] as const) {
  test(`${what} that is not there stops the container: ${message}`, () => {
    assert.is(refusalOf(fields), message);
  });
}

test('an optional reference that leads nowhere makes no variable', () => {
  const optional = true;
  assert.equal(
    envOf([
      ref({ configMapKeyRef: { name: 'none', key: 'k', optional } }, 'A'),
      ref({ configMapKeyRef: { name: 'settings', key: 'k', optional } }, 'B'),
      ref({ secretKeyRef: { name: 'none', key: 'k', optional } }, 'C'),
      ref({ secretKeyRef: { name: 'login', key: 'user', optional } }, 'D'),
    ]),
    { D: 'ada' },
  );
});

test('command and arguments are expanded; without anything to expand they are passed on as they are', () => {
  const command = ['serve', '--color=$(color)', '$$(color)'];
  const args = ['x'];
  const resolved = resolve({ command, args, envFrom: [{ configMapRef: { name: 'settings' } }] });
  assert.ok(resolved.ok);
  assert.equal(resolved.command, ['serve', '--color=blue', '$(color)']);
  assert.is(resolved.args, args);
  const plain = resolve({ command: ['a', '$(B)'] });
  assert.equal(plain.ok && [plain.env, plain.command], [[], ['a', '$(B)']]);
});

test('row 62: a probe command expands from literals only, and those are not expanded themselves', () => {
  const env = [
    { name: 'A', value: 'script' },
    { name: 'C', value: '$(A)' },
    ref({ fieldRef: { fieldPath: 'metadata.name' } }, 'D'),
  ] as EnvVar[];
  assert.equal(expandProbeCommand(['some', '$(A)', '$(B)'], env), ['some', 'script', '$(B)']);
  assert.equal(expandProbeCommand(['$(C)', '[$(D)]'], env), ['$(A)', '[]']);
  const command = ['true'];
  assert.is(expandProbeCommand(command, undefined), command);
});

test.run();
