/** A field that statelet does not act on is never ignored in silence; api.md §8.2: upstream's own warnings. */
import * as assert from 'uvu/assert';
import { admitPod, applyDefaults, decode, warningsFor, type KindName } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: warnings');

const warningsOf = (kind: KindName, manifest: object) =>
  warningsFor(kind, applyDefaults(kind, decode(kind, manifest).value));
const unsupported = (path: string) => `${path}: statelet stores this field but does not act on it`;
const containers = (fields: object = {}) => [{ name: 'c', image: 'i', ...fields }];

test('what is supported, and what only the server filled in, is not warned of', () => {
  const spec = {
    containers: containers({
      command: ['a'],
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      livenessProbe: { httpGet: { port: 80 } },
      resources: { requests: { cpu: '1' } },
    }),
    tolerations: [{ operator: 'Exists' }],
    readinessGates: [{ conditionType: 'a/b' }],
    hostNetwork: true,
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, preference: { matchExpressions: [] } },
        ],
      },
    },
  };
  assert.equal(warningsOf('Pod', { metadata: { name: 'p' }, spec }), []);
  const admitted = admitPod(applyDefaults('Pod', decode('Pod', { metadata: { name: 'p' }, spec }).value));
  assert.equal(warningsFor('Pod', admitted), []);
  assert.equal(warningsOf('Deployment', { metadata: { name: 'd' }, spec: { template: { spec } } }), []);
});

test('fields that statelet does not act on are named with their path', () => {
  const spec = {
    hostNetwork: false,
    securityContext: { runAsUser: 1 },
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'h', hostPath: { path: '/srv' } },
    ],
    hostPID: true,
    containers: containers({
      securityContext: { privileged: true },
      tty: false,
      readinessProbe: { grpc: { port: 1 } },
    }),
  };
  assert.equal(warningsOf('Deployment', { spec: { template: { spec } } }), [
    unsupported('spec.template.spec.volumes[1].hostPath'),
    unsupported('spec.template.spec.containers[0].securityContext'),
    unsupported('spec.template.spec.hostPID'),
    unsupported('spec.template.spec.securityContext'),
  ]);
});

test('what the server fills in is warned of where a user chose another value', () => {
  const spec = {
    containers: containers(),
    priority: 7,
    enableServiceLinks: false,
    preemptionPolicy: 'Never',
  };
  assert.equal(warningsOf('Pod', { metadata: { name: 'p' }, spec }), [unsupported('spec.preemptionPolicy')]);
  const named = {
    ...spec,
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    serviceAccountName: 'builder',
  };
  assert.equal(warningsOf('Pod', { metadata: { name: 'p' }, spec: named }), [
    unsupported('spec.serviceAccountName'),
  ]);
});

test('a field that statelet does not act on is told again when its value changes, and only then', () => {
  const pod = (hostname: string) => ({
    metadata: { name: 'p' },
    spec: { containers: containers(), hostname },
  });
  assert.equal(warningsFor('Pod', pod('b'), { old: pod('a') }), [unsupported('spec.hostname')]);
  assert.equal(warningsFor('Pod', pod('a'), { old: pod('a') }), []);
});

test('service accounts, addresses of nodes and coordinated leases are stored only', () => {
  const account = { metadata: { name: 'a' }, imagePullSecrets: [{ name: 's' }], secrets: [{ name: 't' }] };
  assert.equal(warningsOf('ServiceAccount', account), [
    unsupported('secrets'),
    unsupported('imagePullSecrets'),
  ]);
  const node = { metadata: { name: 'n' }, spec: { podCIDR: '10.0.0.0/24', providerID: 'kind://n' } };
  assert.equal(warningsOf('Node', node), [unsupported('spec.podCIDR'), unsupported('spec.providerID')]);
  const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'h', preferredHolder: 'i' } };
  assert.equal(warningsOf('Lease', lease), [unsupported('spec.preferredHolder')]);
});

test('an update tells of new fields only', () => {
  const before = decode('Pod', {
    metadata: { name: 'p' },
    spec: { containers: containers({ tty: true }) },
  }).value;
  const after = decode('Pod', {
    metadata: { name: 'p' },
    spec: { hostname: 'h', containers: containers({ tty: true }) },
  }).value;
  assert.equal(warningsFor('Pod', after, { old: before }), [unsupported('spec.hostname')]);
});

test('§8.2: a variable or a port that comes twice, a name with dots', () => {
  const spec = {
    containers: containers({
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
        { name: 'A', value: '$(A):3' },
      ],
      ports: [{ containerPort: 80 }, { containerPort: 80 }],
    }),
  };
  assert.equal(warningsOf('Pod', { metadata: { name: 'a.b' }, spec }), [
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
  ]);
});

test('§8.2: pods are named after their workload, so that its name is best a DNS label', () => {
  const template = { spec: { containers: containers() } };
  const created = decode('Deployment', { metadata: { name: 'a.b' }, spec: { template } }).value;
  assert.equal(warningsFor('Deployment', created), [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
      'a DNS label is recommended: [must not contain dots]',
  ]);
  assert.equal(warningsFor('Deployment', created, { old: created }), []);
});

test('limits are told of where containers are processes, which nothing holds to them', () => {
  const spec = {
    containers: [
      { name: 'c', image: 'c:1', resources: { limits: { memory: '64Mi' }, requests: { memory: '1Mi' } } },
    ],
  };
  const pod = { metadata: { name: 'p' }, spec };
  assert.equal(warningsFor('Pod', pod), []);
  assert.equal(warningsFor('Pod', pod, { runsProcesses: true }), [
    'spec.containers[0].resources.limits: statelet does not hold processes to it',
  ]);
  assert.equal(warningsFor('Pod', pod, { old: pod, runsProcesses: true }), []);
});

test('selectors of neighbours that select nobody are warned of, and keys of nodes that have a successor', () => {
  const spec = {
    containers: containers(),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'failure-domain.beta.kubernetes.io/zone',
        whenUnsatisfiable: 'DoNotSchedule',
      },
    ],
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'zone' },
          { topologyKey: 'zone', labelSelector: {} },
        ],
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'zone' } },
        ],
      },
    },
  };
  const nobody = 'labelSelector: a null labelSelector results in matching no pod';
  assert.equal(warningsOf('Pod', { metadata: { name: 'p' }, spec }), [
    'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    `spec.topologySpreadConstraints[0].${nobody}`,
    `spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].${nobody}`,
    `spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.${nobody}`,
  ]);
});

test('Indexed Jobs too large for their indexes to be tracked, when that is new', () => {
  const spec = {
    completionMode: 'Indexed',
    completions: 100_001,
    parallelism: 10_001,
    template: { spec: { restartPolicy: 'Never', containers: containers() } },
  };
  const text =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, ' +
    'Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  const metadata = { name: 'j' };
  assert.equal(warningsOf('Job', { metadata, spec }), [`spec: ${text}`]);
  assert.equal(warningsOf('Job', { metadata, spec: { ...spec, parallelism: 10_000 } }), []);
  assert.equal(warningsOf('Job', { metadata, spec: { ...spec, completionMode: 'NonIndexed' } }), []);
  const read = (of: object) => applyDefaults('Job', decode('Job', { metadata, spec: of }).value);
  assert.equal(warningsFor('Job', read(spec), { old: read(spec) }), []);
  const cronJob = { metadata, spec: { schedule: '@daily', jobTemplate: { spec } } };
  assert.equal(warningsOf('CronJob', cronJob), [`spec.jobTemplate.spec: ${text}`]);
});

test.run();
