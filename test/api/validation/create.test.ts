/**
 * api.md §3.2 and §8.2, node.md §3.2 and §4.1, controllers.md RS-31 and DP-111: what is wrong with a new object, in the
 * words of the API. Most cases were put to a real API server (1.26); where 1.36 words it otherwise, 1.36 is right.
 */
import * as assert from 'uvu/assert';
import {
  admitPod,
  applyDefaults,
  decode,
  fieldErrorBody,
  validateCreate,
  type KindName,
} from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: validation of new objects');

const errorsOf = (kind: KindName, manifest: object): readonly string[] => {
  const read = applyDefaults(kind, decode(kind, manifest).value);
  const object = kind === 'Pod' ? admitPod(read as never) : read;
  return validateCreate(kind, object).map((error) => `${error.field}: ${fieldErrorBody(error)}`);
};
const pod = (spec: object = {}, metadata: object = { name: 'x' }) => ({
  metadata,
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
const container = (fields: object) => pod({ containers: [{ name: 'c', image: 'i', ...fields }] });
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const ephemeral = { ephemeralContainers: [{ name: 'e', image: 'i' }] };
const workload = (spec: object = {}) => ({
  metadata: { name: 'x' },
  spec: { selector: { matchLabels: { a: 'b' } }, template, ...spec },
});

/** Cases by name: object, errors. */
type Cases = Readonly<Record<string, readonly [object, ...string[]]>>;
const check = (kind: KindName, cases: Cases) => () => {
  for (const [name, [manifest, ...expected]] of Object.entries(cases))
    assert.equal(errorsOf(kind, manifest), expected, name);
};

const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const KEY_MESSAGE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

test('valid objects have no errors', () => {
  assert.equal(errorsOf('Pod', pod()), []);
  assert.equal(errorsOf('Deployment', workload()), []);
  assert.equal(errorsOf('ReplicaSet', workload()), []);
  assert.equal(errorsOf('Secret', { metadata: { name: 's' } }), []);
  assert.equal(
    errorsOf('Event', { metadata: { name: 'e', namespace: 'n' }, involvedObject: { namespace: 'n' } }),
    [],
  );
});

test(
  '§3.2: names',
  check('Pod', {
    missing: [pod({}, {}), 'metadata.name: Required value: name or generateName is required'],
    bad: [pod({}, { name: 'Bad_Name' }), `metadata.name: Invalid value: "Bad_Name": ${SUBDOMAIN_MESSAGE}`],
    long: [
      pod({}, { name: 'a'.repeat(254) }),
      `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
    ],
    slash: [
      pod({}, { name: 'a/b' }),
      `metadata.name: Invalid value: "a/b": ${SUBDOMAIN_MESSAGE}`,
      'metadata.name: Invalid value: "a/b": may not contain \'/\'',
    ],
    dots: [pod({}, { name: 'a.b' })],
  }),
);

test(
  '§3.2: the name of a Namespace is a label',
  check('Namespace', {
    bad: [{ metadata: { name: 'Bad.Name' } }, `metadata.name: Invalid value: "Bad.Name": ${LABEL_MESSAGE}`],
    dots: [{ metadata: { name: 'a.b' } }, 'metadata.name: Invalid value: "a.b": must not contain dots'],
  }),
);

test(
  '§3.2: labels, annotations, owners, finalizers',
  check('Pod', {
    labels: [
      pod({}, { name: 'x', labels: { 'a b': 'c', ok: '-bad-' } }),
      `metadata.labels: Invalid value: "a b": ${KEY_MESSAGE}`,
      `metadata.labels: Invalid value: "-bad-": ${VALUE_MESSAGE}`,
    ],
    prefix: [
      pod({}, { name: 'x', labels: { '/a': '', 'B/a': '' } }),
      'metadata.labels: Invalid value: "/a": prefix part must be non-empty',
      `metadata.labels: Invalid value: "B/a": prefix part ${SUBDOMAIN_MESSAGE}`,
    ],
    annotations: [
      pod({}, { name: 'x', annotations: { Upper: 'ok', big: 'x'.repeat(262_144) } }),
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    owners: [
      pod({}, { name: 'x', ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] }),
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      'metadata.ownerReferences.kind: Invalid value: "": kind must not be empty',
      'metadata.ownerReferences.name: Invalid value: "": name must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": uid must not be empty',
    ],
    finalizers: [
      pod({}, { name: 'x', finalizers: ['x', 'a.b/c', 'orphan'] }),
      'metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
    ],
  }),
);

test('§3.2: only one owner may be the controller', () => {
  const owner = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: name, controller: true });
  const [error] = errorsOf('Pod', pod({}, { name: 'x', ownerReferences: [owner('a'), owner('b')] }));
  assert.match(
    error ?? '',
    /Only one reference can have Controller set to true\. Found "true" in references for Pod\/a and Pod\/b$/,
  );
});

test(
  '§8.2: containers',
  check('Pod', {
    none: [pod({ containers: [] }), 'spec.containers: Required value'],
    ephemeral: [pod(ephemeral), 'spec.ephemeralContainers: Forbidden: cannot be set on create'],
    image: [pod({ containers: [{ name: 'c' }] }), 'spec.containers[0].image: Required value'],
    name: [pod({ containers: [{ image: 'i' }] }), 'spec.containers[0].name: Required value'],
    space: [
      container({ image: ' x' }),
      'spec.containers[0].image: Invalid value: " x": must not have leading or trailing whitespace',
    ],
    badName: [container({ name: 'C_' }), `spec.containers[0].name: Invalid value: "C_": ${LABEL_MESSAGE}`],
    duplicate: [
      pod({
        containers: [
          { name: 'c', image: 'i' },
          { name: 'c', image: 'i' },
        ],
      }),
      'spec.containers[1].name: Duplicate value: "c"',
    ],
    init: [
      pod({ initContainers: [{ name: 'c', image: 'i' }] }),
      'spec.initContainers[0].name: Duplicate value: "c"',
    ],
    initProbe: [
      pod({ initContainers: [{ name: 'i', image: 'i', livenessProbe: { httpGet: { port: 80 } } }] }),
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    pull: [
      container({ imagePullPolicy: 'Often' }),
      'spec.containers[0].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
    ],
    message: [
      container({ terminationMessagePolicy: 'X' }),
      'spec.containers[0].terminationMessagePolicy: Unsupported value: "X": supported values: "File", "FallbackToLogsOnError"',
    ],
  }),
);

test(
  '§8.2: ports',
  check('Pod', {
    range: [
      container({ ports: [{ containerPort: 70_000 }], livenessProbe: { httpGet: { port: 0 } } }),
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    missing: [
      container({ ports: [{ name: 'a' }] }),
      'spec.containers[0].ports[0].containerPort: Required value',
    ],
    duplicate: [
      container({
        ports: [
          { name: 'a', containerPort: 1 },
          { name: 'a', containerPort: 2 },
        ],
      }),
      'spec.containers[0].ports[1].name: Duplicate value: "a"',
    ],
    name: [
      container({ ports: [{ name: '123456789012345_', containerPort: 1 }] }),
      'spec.containers[0].ports[0].name: Invalid value: "123456789012345_": must be no more than 15 characters',
      'spec.containers[0].ports[0].name: Invalid value: "123456789012345_": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].ports[0].name: Invalid value: "123456789012345_": must contain at least one letter (a-z)',
    ],
    protocol: [
      container({ ports: [{ containerPort: 1, protocol: 'X' }] }),
      'spec.containers[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
  }),
);

test(
  '§8.2: environment',
  check('Pod', {
    name: [
      container({ env: [{ name: 'a=b' }, { name: '' }, { name: '1 x' }] }),
      `spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      'spec.containers[0].env[1].name: Required value',
    ],
    both: [
      container({
        env: [{ name: 'A', value: 'x', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }],
      }),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
    none: [
      container({ env: [{ name: 'A', valueFrom: {} }] }),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    ],
    fieldPath: [
      container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'foo.bar' } } }] }),
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "foo.bar": error converting fieldPath: field label not supported: foo.bar',
    ],
    label: [
      container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }] }),
    ],
    envFrom: [
      container({ envFrom: [{}] }),
      'spec.containers[0].envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
    ],
  }),
);

test(
  'node.md §4.1: probes',
  check('Pod', {
    none: [
      container({ livenessProbe: { periodSeconds: 1 } }),
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    two: [
      container({ livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } }),
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    success: [
      container({ livenessProbe: { httpGet: { port: 80 }, successThreshold: 2 } }),
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    negative: [
      container({ livenessProbe: { httpGet: { port: 80 }, periodSeconds: -1 } }),
      'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    readinessGrace: [
      container({ readinessProbe: { httpGet: { port: 80 }, terminationGracePeriodSeconds: 3 } }),
      'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes',
    ],
    grace: [
      container({ startupProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 0 } }),
      'spec.containers[0].startupProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
    ],
    command: [
      container({ startupProbe: { exec: {} } }),
      'spec.containers[0].startupProbe.exec.command: Required value',
    ],
    scheme: [
      container({ readinessProbe: { httpGet: { port: 'http', scheme: 'FTP' } } }),
      'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
    ],
  }),
);

test(
  '§8.2: resources',
  check('Pod', {
    overLimit: [
      container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    negative: [
      container({ resources: { requests: { cpu: '-1' } } }),
      'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    unknown: [
      container({ resources: { limits: { foo: '1' } } }),
      'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource for containers',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
    ],
    extended: [
      container({ resources: { requests: { 'example.com/gpu': '1' } } }),
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
  }),
);

test(
  '§8.2: volumes and mounts',
  check('Pod', {
    unknown: [
      container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    twoSources: [
      pod({ volumes: [{ name: 'v', emptyDir: {}, configMap: { name: 'c' } }] }),
      'spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type',
    ],
    names: [
      pod({ volumes: [{ emptyDir: {} }, { name: 'v' }, { name: 'v' }] }),
      'spec.volumes[0].name: Required value',
      'spec.volumes[2].name: Duplicate value: "v"',
    ],
    mountPath: [
      pod({
        volumes: [{ name: 'v' }],
        containers: [
          {
            name: 'c',
            image: 'i',
            volumeMounts: [
              { name: 'v', mountPath: '/a' },
              { name: 'v', mountPath: '/a' },
            ],
          },
        ],
      }),
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    ],
  }),
);

test(
  '§8.2: pods',
  check('Pod', {
    restart: [
      pod({ restartPolicy: 'Sometimes' }),
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    dns: [
      pod({ dnsPolicy: 'X' }),
      'spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
    deadline: [
      pod({ activeDeadlineSeconds: 0 }),
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    toleration: [
      pod({ tolerations: [{ key: 'k', operator: 'Exists', value: 'v' }] }),
      'spec.tolerations[0].operator: Invalid value: {"Key":"k","Operator":"Exists","Value":"v","Effect":"","TolerationSeconds":null}: ' +
        "value must be empty when `operator` is 'Exists'",
    ],
    gated: [
      pod({ nodeName: 'n', schedulingGates: [{ name: 'a/b' }] }),
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
    affinity: [
      pod({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
          },
        },
      }),
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: ' +
        "Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  }),
);

const MISMATCH =
  'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`';

test(
  'RS-31, DP-111: selector and template',
  check('Deployment', {
    mismatch: [workload({ selector: { matchLabels: { z: 'z' } } }), MISMATCH],
    none: [workload({ selector: undefined }), 'spec.selector: Required value', MISMATCH],
    empty: [
      workload({ selector: {} }),
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    ],
    expression: [
      workload({ selector: { matchExpressions: [{ key: 'a', operator: 'Near', values: ['b'] }] } }),
      'spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Near","values":["b"]}]}: invalid label selector',
    ],
    restart: [
      workload({
        template: {
          ...template,
          spec: { ...template.spec, restartPolicy: 'OnFailure', activeDeadlineSeconds: 5 },
        },
      }),
      'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
    ephemeral: [
      workload({ template: { ...template, spec: { ...template.spec, ...ephemeral } } }),
      'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
    ],
    containers: [
      workload({ template: { metadata: template.metadata } }),
      'spec.template.spec.containers: Required value',
    ],
  }),
);

test('RS-31: a ReplicaSet without a selector; numbers are not negative', () => {
  assert.equal(errorsOf('ReplicaSet', workload({ selector: undefined, replicas: -1, minReadySeconds: -2 })), [
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
    'spec.selector: Required value',
    MISMATCH,
  ]);
});

test(
  'DP-111: strategy and deadlines',
  check('Deployment', {
    zero: [
      workload({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    percent: [
      workload({ strategy: { rollingUpdate: { maxUnavailable: '120%', maxSurge: 'x' } } }),
      'spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": a valid percent string must be a numeric string followed by an ending \'%\' ' +
        "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "120%": must not be greater than 100%',
    ],
    bigSurge: [workload({ strategy: { rollingUpdate: { maxSurge: '200%' } } })],
    recreate: [
      workload({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    unknown: [
      workload({ strategy: { type: 'X' } }),
      'spec.strategy: Unsupported value: {"Type":"X","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
    deadline: [
      workload({ minReadySeconds: 60, progressDeadlineSeconds: 60 }),
      'spec.progressDeadlineSeconds: Invalid value: 60: must be greater than minReadySeconds',
    ],
    negative: [
      workload({ replicas: -1 }),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  }),
);

test('§8.2: keys and size of ConfigMaps, keys of Secrets', () => {
  const named = { metadata: { name: 'c' } };
  assert.equal(
    errorsOf('ConfigMap', { ...named, data: { '..': '', '..a': '', q: '' }, binaryData: { q: '' } }),
    [
      'data[..]: Invalid value: "..": must not be \'..\'',
      'data[..a]: Invalid value: "..a": must not start with \'..\'',
      'data[q]: Invalid value: "q": duplicate of key present in binaryData',
    ],
  );
  assert.match(
    errorsOf('ConfigMap', { ...named, data: { 'a b': '' } })[0] ?? '',
    /^data\[a b\]: Invalid value: "a b": a valid config key must consist of/,
  );
  assert.equal(errorsOf('ConfigMap', { ...named, data: { a: 'x'.repeat(1_048_577) } }), [
    '[]: Too long: may not be more than 1048576 bytes',
  ]);
  assert.equal(errorsOf('Secret', { ...named, type: 'kubernetes.io/tls' }), [
    'data[tls.crt]: Required value',
    'data[tls.key]: Required value',
  ]);
});

test('an event lives in the namespace of its object', () => {
  assert.equal(
    errorsOf('Event', { metadata: { name: 'e', namespace: 'a' }, involvedObject: { namespace: 'b' } }),
    ['involvedObject.namespace: Invalid value: "b": does not match event.namespace'],
  );
  assert.equal(errorsOf('Event', { metadata: { name: 'e', namespace: 'default' }, involvedObject: {} }), []);
});

test('§3.4: a Lease lasts longer than 0 s', () => {
  const metadata = { name: 'l', namespace: 'n' };
  assert.equal(errorsOf('Lease', { metadata, spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } }), [
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

test.run();
