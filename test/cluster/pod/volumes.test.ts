/** Volumes and probes of pods in virtual time: what is missing holds a pod back. */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { container, withPod } from './rig.js';

const test = suite('cluster: volumes and gRPC probes');

test('a volume that refers to a missing ConfigMap holds the pod back; it starts once that is there (row 100)', async () => {
  const spec = {
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'config', configMap: { name: 'settings' } },
    ],
    containers: [container('app', 'app:1', { volumeMounts: [{ name: 'config', mountPath: '/etc/app' }] })],
  };
  await withPod(spec, {}, async (rig) => {
    await rig.at(3);
    assert.is(rig.state('app'), 'ContainerCreating');
    assert.is(rig.condition('PodReadyToStartContainers'), 'False');
    assert.is(rig.condition('Initialized'), 'True');
    assert.ok(
      rig.events.includes(
        'FailedMount: MountVolume.SetUp failed for volume "config" : configmap "settings" not found',
      ),
    );
    await rig.cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: {},
    });
    // Tried at 0, 0.5, 1.5, 3.5 s.
    await rig.at(3.5);
    assert.is(rig.state('app'), 'running*');
    assert.is(rig.condition('PodReadyToStartContainers'), 'True');
  });
});

test('a pod that is deleted while it waits for a volume is gone, and no timer stays', async () => {
  const spec = {
    volumes: [{ name: 'config', secret: { secretName: 'none' } }],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, {}, async (rig) => {
    await rig.at(30);
    const { timers } = rig.cluster.statistics;
    await rig.remove();
    assert.is(rig.pod, undefined);
    // The next pass of the collector of pods.
    await rig.cluster.advance('20s');
    assert.ok(rig.cluster.statistics.timers < timers);
  });
});

test('an optional reference that leads nowhere is no obstacle', async () => {
  const spec = {
    volumes: [{ name: 'config', configMap: { name: 'none', optional: true } }],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, {}, async (rig) => assert.is(rig.state('app'), 'running*'));
});

test('a gRPC liveness probe: NOT_SERVING three times, then a restart (rows 72, 108)', async () => {
  const livenessProbe = { grpc: { port: 9000 } };
  const images = { 'app:1': { grpc: { port: 9000, failsAfter: '25s' } } };
  await withPod({ containers: [container('app', 'app:1', { livenessProbe })] }, { images }, async (rig) => {
    await rig.at(49.9);
    assert.is(rig.status('app').restartCount, 0);
    await rig.at(50);
    assert.is(rig.status('app').restartCount, 1);
    const unhealthy =
      'Unhealthy spec.containers{app}: Liveness probe failed: service unhealthy (responded with "NOT_SERVING")';
    assert.ok(rig.events.includes(unhealthy), rig.events.join('\n'));
  });
});

test('a gRPC readiness probe of a port that nobody answers on takes its whole timeout (row 72)', async () => {
  const readinessProbe = { grpc: { port: 9001 }, timeoutSeconds: 2 };
  const images = { 'app:1': { grpc: { port: 9000 } } };
  await withPod({ containers: [container('app', 'app:1', { readinessProbe })] }, { images }, async (rig) => {
    await rig.at(3);
    assert.ok(
      rig.events.some((event) =>
        /Readiness probe failed: timeout: failed to connect service "10\..*:9001" within 2s: context deadline exceeded$/.test(
          event,
        ),
      ),
      rig.events.join('\n'),
    );
    assert.is(rig.condition('Ready'), 'False ContainersNotReady');
  });
});

test.run();
