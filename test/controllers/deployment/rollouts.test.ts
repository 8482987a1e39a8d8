/** Deployments over what was there before, and many changes in a row. §11.2. */
import * as assert from 'uvu/assert';
import { createSeededRandom } from '../../../src/clock/index.js';
import { suite } from '../../support/suite.js';
import { createPlane, deploymentManifest, replicaSetManifest, setImage } from '../plane.js';

const test = suite('controllers: deployment: rollouts');

/** A ReplicaSet of other pods under the labels of the Deployment `web`. */
const orphan = (name: string, replicas = 2): object => {
  const manifest = replicaSetManifest('web', replicas) as { metadata: object };
  return { ...manifest, metadata: { name, labels: { app: 'web' } } };
};

test('row 86: revisions are counted as int64: 3546343826724305833 follows the revision of an adopted ReplicaSet', () => {
  const plane = createPlane();
  const old = orphan('old', 3) as { metadata: object };
  plane.create('ReplicaSet', {
    ...old,
    metadata: {
      ...old.metadata,
      annotations: { 'deployment.kubernetes.io/revision': '3546343826724305832' },
    },
  });
  plane.runPods();
  plane.create('Deployment', deploymentManifest('web', 3, {}, 'web:2'));
  for (let round = 0; round < 8; round += 1) plane.runPods();
  assert.is(plane.get('ReplicaSet', 'old').spec.replicas, 0);
  const created = plane.list('ReplicaSet').find(({ metadata }) => metadata.name !== 'old');
  assert.is(created?.spec.replicas, 3);
  assert.is(created?.metadata.annotations?.['deployment.kubernetes.io/revision'], '3546343826724305833');
  plane.stop();
});

test('row 92: 60 random updates, rollbacks, pauses, scalings and deletions of pods: complete in the end', () => {
  const plane = createPlane();
  const random = createSeededRandom(7);
  plane.create('Deployment', deploymentManifest('web', 4, { progressDeadlineSeconds: 600 }));
  const changes: readonly (() => void)[] = [
    () => void setImage(plane, 'web', `web:${1 + random.integer(4)}`),
    () => void plane.patch('Deployment', 'web', { spec: { replicas: 1 + random.integer(8) } }),
    () => void plane.patch('Deployment', 'web', { spec: { paused: true } }),
    () => void plane.patch('Deployment', 'web', { spec: { paused: false } }),
    () =>
      void plane.patch('Deployment', 'web', {
        metadata: { annotations: { 'deprecated.deployment.rollback.to': '0' } },
      }),
    () => {
      const [pod] = plane.list('Pod');
      if (pod) plane.remove('Pod', pod.metadata.name, { gracePeriodSeconds: 0 });
    },
    () => plane.runPods(),
  ];
  for (let step = 0; step < 60; step += 1) {
    changes[random.integer(changes.length)]?.();
    plane.advance(1000 * random.integer(20));
  }
  plane.patch('Deployment', 'web', { spec: { paused: false } });
  for (let round = 0; round < 20; round += 1) {
    plane.runPods();
    plane.advance(1000);
  }
  const { spec, status } = plane.get('Deployment', 'web');
  assert.is(status.updatedReplicas, spec.replicas);
  assert.is(status.availableReplicas, spec.replicas);
  assert.is(status.replicas, spec.replicas);
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  assert.equal([progressing?.status, progressing?.reason], ['True', 'NewReplicaSetAvailable']);
  plane.stop();
});

test.run();
