/** api.md §8.1, node.md §2.6 and §4.1: what an object has that nobody wrote. */
import * as assert from 'uvu/assert';
import { applyDefaults, decode, type KindName, type KindOf } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: defaults');

const defaulted = <K extends KindName>(kind: K, manifest: object): KindOf<K> =>
  applyDefaults(kind, decode(kind, manifest).value);
const POD = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const TEMPLATE = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

test('§8.1: a minimal pod, in the text that a server answers', () => {
  assert.is(
    JSON.stringify(defaulted('Pod', POD).spec),
    '{"containers":[{"name":"c","image":"nginx","resources":{},"terminationMessagePath":"/dev/termination-log",' +
      '"terminationMessagePolicy":"File","imagePullPolicy":"Always"}],"restartPolicy":"Always",' +
      '"terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},' +
      '"schedulerName":"default-scheduler","enableServiceLinks":true}',
  );
});

test('§8.1: a minimal Deployment; its template has no defaults of pods', () => {
  const { spec, status } = defaulted('Deployment', {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { a: 'b' } }, template: TEMPLATE },
  });
  assert.is(
    JSON.stringify({ ...spec, template: undefined }),
    '{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"strategy":{"type":"RollingUpdate",' +
      '"rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},"revisionHistoryLimit":10,"progressDeadlineSeconds":600}',
  );
  assert.is(spec.template.spec.schedulerName, 'default-scheduler');
  assert.is(spec.template.spec.enableServiceLinks, undefined);
  assert.equal(status, {});
});

test('§8.1: Recreate gets no rollingUpdate; a given number of replicas stays, 0 too', () => {
  const recreate = defaulted('Deployment', {
    spec: { replicas: 0, strategy: { type: 'Recreate' }, template: TEMPLATE },
  });
  assert.equal(recreate.spec.strategy, { type: 'Recreate' });
  assert.is(recreate.spec.replicas, 0);
  assert.is(defaulted('ReplicaSet', { spec: { template: TEMPLATE } }).spec.replicas, 1);
  const half = defaulted('Deployment', { spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } }).spec
    .strategy;
  assert.equal(half, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 1 } });
});

test('node.md §2.6: the pull policy follows the tag', () => {
  const policyOf = (image: string) =>
    defaulted('Pod', { spec: { containers: [{ name: 'c', image }] } }).spec.containers[0]?.imagePullPolicy;
  assert.is(policyOf('nginx'), 'Always');
  assert.is(policyOf('nginx:latest'), 'Always');
  assert.is(policyOf('nginx:1.27'), 'IfNotPresent');
  assert.is(policyOf('registry:5000/nginx'), 'Always', 'the port of a registry is no tag');
  assert.is(policyOf('nginx@sha256:0123'), 'IfNotPresent');
  const given = defaulted('Pod', {
    spec: { containers: [{ name: 'c', image: 'a', imagePullPolicy: 'Never' }] },
  });
  assert.is(given.spec.containers[0]?.imagePullPolicy, 'Never');
});

test('node.md §4.1: probes; 0 counts as unset, initialDelaySeconds stays away', () => {
  const container = {
    name: 'c',
    livenessProbe: { httpGet: { port: 80 }, timeoutSeconds: 0, periodSeconds: 0 },
    readinessProbe: { grpc: { port: 1 }, failureThreshold: 9 },
  };
  const [found] = defaulted('Pod', { spec: { containers: [container] } }).spec.containers;
  assert.is(
    JSON.stringify(found?.livenessProbe),
    '{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}',
  );
  assert.is(found?.readinessProbe?.failureThreshold, 9);
  assert.is(found?.readinessProbe?.grpc?.service, '');
});

test('§8.1: ports, variables and volumes', () => {
  const { spec } = defaulted('Pod', {
    spec: {
      containers: [
        {
          name: 'c',
          ports: [{ containerPort: 80 }],
          env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        },
      ],
      volumes: [
        { name: 'none' },
        { name: 'config', configMap: { name: 'x' } },
        { name: 'host', hostPath: { path: '/' } },
      ],
    },
  });
  assert.equal(spec.containers[0]?.ports, [{ containerPort: 80, protocol: 'TCP' }]);
  assert.is(
    JSON.stringify(spec.containers[0]?.env?.[0]?.valueFrom?.fieldRef),
    '{"apiVersion":"v1","fieldPath":"metadata.name"}',
  );
  assert.equal(spec.volumes, [
    { name: 'none', emptyDir: {} },
    { name: 'config', configMap: { name: 'x', defaultMode: 0o644 } },
    { name: 'host', hostPath: { path: '/', type: '' } },
  ]);
});

test('§8.1: requests are the limits per missing key, in pods only; ports of the host follow hostNetwork', () => {
  const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m' } };
  const spec = {
    hostNetwork: true,
    containers: [{ name: 'c', image: 'i', resources, ports: [{ containerPort: 80 }] }],
  };
  const pod = defaulted('Pod', { spec });
  assert.equal(pod.spec.containers[0]?.resources.requests, { cpu: '100m', memory: '1Gi' });
  assert.is(
    JSON.stringify(pod.spec.containers[0]?.ports),
    '[{"hostPort":80,"containerPort":80,"protocol":"TCP"}]',
  );
  const template = defaulted('ReplicaSet', { spec: { template: { spec } } }).spec.template.spec;
  assert.equal(template.containers[0]?.resources.requests, { cpu: '100m' });
  assert.is(template.containers[0]?.ports?.[0]?.hostPort, 80);
});

test('§8.1: serviceAccount mirrors serviceAccountName', () => {
  for (const field of ['serviceAccount', 'serviceAccountName']) {
    const { spec } = defaulted('Pod', { spec: { ...POD.spec, [field]: 'robot' } });
    assert.equal([spec.serviceAccountName, spec.serviceAccount], ['robot', 'robot']);
  }
});

test('§8.1: Namespace label and finalizer, Secret data, Node allocatable', () => {
  const namespace = defaulted('Namespace', { metadata: { name: 'n', labels: { a: 'b' } } });
  assert.equal(namespace.metadata.labels, { a: 'b', 'kubernetes.io/metadata.name': 'n' });
  assert.equal(namespace.spec.finalizers, ['kubernetes']);
  const secret = defaulted('Secret', { data: { a: 'eA==' }, stringData: { b: 'y', a: 'ü' } });
  assert.equal(secret.data, { a: 'w7w=', b: 'eQ==' });
  assert.is(secret.type, 'Opaque');
  assert.is(secret.stringData, undefined);
  const node = defaulted('Node', { status: { capacity: { cpu: '4', pods: '110' } } });
  assert.equal(node.status.allocatable, { cpu: '4', pods: '110' });
});

test('a namespace that is being deleted does not get its finalizer back', () => {
  const metadata = { name: 'n', deletionTimestamp: '2026-01-01T00:00:00Z' };
  assert.is(defaulted('Namespace', { metadata }).spec.finalizers, undefined);
});

test('a complete object comes back as it is; a changed one shares what did not change', () => {
  const pod = defaulted('Pod', POD);
  assert.is(applyDefaults('Pod', pod), pod);
  const incomplete = { ...pod, spec: { ...pod.spec, dnsPolicy: undefined } };
  const again = applyDefaults('Pod', incomplete);
  assert.is(again.spec.dnsPolicy, 'ClusterFirst');
  assert.is(again.spec.containers, pod.spec.containers);
  assert.is(again.metadata, pod.metadata);
});

test.run();
