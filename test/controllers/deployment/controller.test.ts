import * as assert from 'uvu/assert';
import type { Deployment, ReplicaSet } from '../../../src/api/index.js';
import {
  createPlane,
  deploymentManifest,
  overriding,
  setImage,
  sizes,
  type Plane,
  type PlaneOptions,
} from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('deployment: controller on the API');
const plane = (options: PlaneOptions = {}): Plane => createPlane(options);
const REVISION = 'deployment.kubernetes.io/revision';

const sets = (p: Plane): readonly ReplicaSet[] =>
  [...p.list('ReplicaSet')].sort(
    (a, b) => Number(a.metadata.annotations?.[REVISION]) - Number(b.metadata.annotations?.[REVISION]),
  );
const conditionOf = (d: Deployment, type: string) =>
  d.status.conditions?.find((condition) => condition.type === type);
/** Runs the rollout to its end, pod by pod. */
const roll = (p: Plane): void => {
  for (let round = 0; round < 50; round += 1) p.runPods();
};

test('creates a ReplicaSet with its hash, revision and annotations, and says that it scaled it', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 3));
  const [rs] = sets(p);
  assert.ok(rs);
  const hash = rs.metadata.labels?.['pod-template-hash'] ?? '';
  assert.is(rs.metadata.name, `web-${hash}`);
  assert.equal(rs.metadata.annotations, {
    [REVISION]: '1',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  });
  assert.is(p.list('Pod', `pod-template-hash=${hash}`).length, 3);
  const d = p.get('Deployment', 'web');
  assert.is(d.metadata.annotations?.[REVISION], '1');
  assert.equal(conditionOf(d, 'Progressing')?.reason, 'ReplicaSetUpdated');
  assert.equal(conditionOf(d, 'Available')?.reason, 'MinimumReplicasUnavailable');
  assert.equal(p.events('ScalingReplicaSet'), [
    `ScalingReplicaSet Scaled up replica set ${rs.metadata.name} from 0 to 3`,
  ]);
  p.runPods();
  const done = p.get('Deployment', 'web');
  assert.equal(
    [
      done.status.readyReplicas,
      done.status.availableReplicas,
      done.status.updatedReplicas,
      done.status.unavailableReplicas,
    ],
    [3, 3, 3, undefined],
  );
  assert.equal(
    conditionOf(done, 'Progressing')?.message,
    `ReplicaSet "${rs.metadata.name}" has successfully progressed.`,
  );
  assert.equal(conditionOf(done, 'Available')?.status, 'True');
  p.stop();
});
test('row 78: a new Deployment costs one created ReplicaSet and two status updates', () => {
  const writes: string[] = [];
  const p = plane({
    controllers: ['deployment'],
    intercept: (api) =>
      overriding(api, {
        create: (kind, ...rest) => {
          if (kind !== 'Event') writes.push(`create ${kind}`);
          return api.create(kind, ...rest);
        },
        update: (key, ...rest) => {
          writes.push(`update ${key.kind} ${rest[1]?.subresource ?? ''}`);
          return api.update(key, ...rest);
        },
      }),
  });
  p.create('Deployment', deploymentManifest('web', 3));
  assert.equal(writes, ['create ReplicaSet', 'update Deployment status', 'update Deployment status']);
  assert.is(
    p.get('Deployment', 'web').status.conditions?.find(({ type }) => type === 'Progressing')?.reason,
    'NewReplicaSetCreated',
  );
  p.stop();
});
test('PR-20, PR-22: a new image rolls out within maxSurge 25% and maxUnavailable 25%, and keeps the old revision', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 4));
  p.runPods();
  setImage(p, 'web', 'web:2');
  for (let round = 0; round < 20; round += 1) {
    const pods = p.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    assert.ok(pods.length <= 5, `${pods.length} pods`);
    assert.ok(sizes(sets(p)).reduce((a, b) => a + b, 0) <= 5);
    const available = p.get('Deployment', 'web').status.availableReplicas ?? 0;
    assert.ok(available >= 3, `${available} available`);
    const pending = pods.find(
      ({ status }) =>
        !status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    );
    if (!pending) break;
    p.setReady(pending);
    p.settle();
  }
  assert.equal(sizes(sets(p)), [0, 4]);
  assert.equal(
    sets(p).map(({ metadata }) => metadata.annotations?.[REVISION]),
    ['1', '2'],
  );
  assert.equal(conditionOf(p.get('Deployment', 'web'), 'Progressing')?.reason, 'NewReplicaSetAvailable');
  assert.is(p.list('Pod').filter(({ spec }) => spec.containers[0]?.image !== 'web:2').length, 0);
  p.stop();
});
test('going back to an earlier template takes its ReplicaSet again, with a new revision and a history', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 2));
  roll(p);
  const [first] = sets(p);
  setImage(p, 'web', 'web:2');
  roll(p);
  setImage(p, 'web', 'web:1');
  roll(p);
  const again = p.get('ReplicaSet', first?.metadata.name ?? '');
  assert.is(again.metadata.annotations?.[REVISION], '3');
  assert.is(again.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
  assert.is(p.list('ReplicaSet').length, 2);
  assert.is(p.get('Deployment', 'web').metadata.annotations?.[REVISION], '3');
  p.stop();
});
test('row 53: scaling changes the size and the annotations, in one step', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 3));
  roll(p);
  p.patch('Deployment', 'web', { spec: { replicas: 5 } });
  const [rs] = sets(p);
  assert.equal(
    [rs?.spec.replicas, rs?.metadata.annotations?.['deployment.kubernetes.io/desired-replicas']],
    [5, '5'],
  );
  assert.is(p.list('Pod').length, 5);
  roll(p);
  p.patch('Deployment', 'web', { spec: { replicas: 2 } });
  assert.equal(sizes(sets(p)), [2]);
  assert.match(p.events('ScalingReplicaSet').at(-1) ?? '', /Scaled down replica set web-\w+ from 5 to 2$/);
  p.stop();
});
test('row 90: scaled from 10 to 30 in a stuck rollout, old 8 and new 5 become 20 and 13', () => {
  const p = plane();
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  p.create('Deployment', deploymentManifest('web', 10, { strategy }));
  p.runPods();
  setImage(p, 'web', 'web:broken');
  assert.equal(sizes(sets(p)), [8, 5]);
  p.patch('Deployment', 'web', { spec: { replicas: 30 } });
  assert.equal(sizes(sets(p)), [20, 13]);
  p.stop();
});
test('DP-50 to DP-52, PR-23: Recreate lets every old pod go before the first new one comes', () => {
  const p = plane({ hasScheduler: true });
  p.create('Node', {
    metadata: { name: 'n1' },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '20' } },
  });
  p.patch('Node', 'n1', { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '20' } } }, 'status');
  p.create('Deployment', deploymentManifest('web', 2, { strategy: { type: 'Recreate' } }));
  p.runPods();
  setImage(p, 'web', 'web:2');
  const images = () => p.list('Pod').map(({ spec }) => spec.containers[0]?.image);
  assert.equal(images(), ['web:1', 'web:1']);
  const [one, two] = p.list('Pod');
  assert.ok(one?.metadata.deletionTimestamp && two?.metadata.deletionTimestamp);
  p.remove('Pod', one.metadata.name, { gracePeriodSeconds: 0 });
  assert.equal(images(), ['web:1']);
  p.remove('Pod', two.metadata.name, { gracePeriodSeconds: 0 });
  assert.equal(images(), ['web:2', 'web:2']);
  p.runPods();
  assert.equal(conditionOf(p.get('Deployment', 'web'), 'Progressing')?.reason, 'NewReplicaSetAvailable');
  p.stop();
});
test('PR-25, DP-12: paused, a new template waits and scaling works; resumed, it rolls out', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 2));
  roll(p);
  p.patch('Deployment', 'web', { spec: { paused: true } });
  assert.equal(conditionOf(p.get('Deployment', 'web'), 'Progressing')?.reason, 'DeploymentPaused');
  setImage(p, 'web', 'web:2');
  p.patch('Deployment', 'web', { spec: { replicas: 3 } });
  assert.equal(sizes(sets(p)), [3]);
  p.patch('Deployment', 'web', { spec: { paused: false } });
  roll(p);
  assert.equal(sizes(sets(p)), [0, 3]);
  p.stop();
});
test('PR-28: no progress for progressDeadlineSeconds 60: ProgressDeadlineExceeded after 61 s, True again on progress', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 2, { progressDeadlineSeconds: 60 }));
  p.advance(60_999);
  assert.is(conditionOf(p.get('Deployment', 'web'), 'Progressing')?.status, 'True');
  p.advance(1);
  const stalled = conditionOf(p.get('Deployment', 'web'), 'Progressing');
  assert.equal([stalled?.status, stalled?.reason], ['False', 'ProgressDeadlineExceeded']);
  assert.match(stalled?.message ?? '', /^ReplicaSet "web-\w+" has timed out progressing\.$/);
  p.runPods();
  assert.is(conditionOf(p.get('Deployment', 'web'), 'Progressing')?.reason, 'NewReplicaSetAvailable');
  p.stop();
});
test('row 88: revisionHistoryLimit 0 deletes the old ReplicaSet after the rollout', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 2, { revisionHistoryLimit: 0 }));
  roll(p);
  setImage(p, 'web', 'web:2');
  roll(p);
  assert.is(p.list('ReplicaSet').length, 1);
  p.stop();
});
test('DP-70: a paused Deployment forgets no revision while it is asked to go back to one', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 2));
  roll(p);
  setImage(p, 'web', 'web:2');
  roll(p);
  const ask = (revision: string | null) => ({
    metadata: { annotations: { 'deprecated.deployment.rollback.to': revision } },
  });
  p.patch('Deployment', 'web', { ...ask('1'), spec: { paused: true, revisionHistoryLimit: 0 } });
  assert.equal(sizes(sets(p)), [0, 2]);
  p.patch('Deployment', 'web', { spec: { paused: false } });
  roll(p);
  assert.is(p.get('Deployment', 'web').spec.template.spec?.containers[0]?.image, 'web:1');
  p.patch('Deployment', 'web', { spec: { paused: true, revisionHistoryLimit: 10 } });
  p.patch('Deployment', 'web', { ...ask('unreadable'), spec: { revisionHistoryLimit: 0 } });
  assert.equal(sizes(sets(p)), [2]);
  p.stop();
});
test('row 89: an update in the midst of a stuck one: the latest template completes, the one between is at 0', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 3));
  roll(p);
  setImage(p, 'web', 'web:broken');
  setImage(p, 'web', 'web:3');
  roll(p);
  assert.equal(sizes(sets(p)), [0, 0, 3]);
  p.stop();
});
test('row 91: deleted with orphans, the ReplicaSet stays; made anew, the Deployment adopts it', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 2));
  roll(p);
  const [before] = sets(p);
  const pods = p.list('Pod').map(({ metadata }) => metadata.uid);
  p.remove('Deployment', 'web', { propagationPolicy: 'Orphan' });
  assert.equal(p.get('ReplicaSet', before?.metadata.name ?? '').metadata.ownerReferences ?? [], []);
  const fresh = p.create('Deployment', deploymentManifest('web', 2));
  assert.is(p.list('ReplicaSet').length, 1);
  assert.is(sets(p)[0]?.metadata.ownerReferences?.[0]?.uid, fresh.metadata.uid);
  assert.equal(
    p.list('Pod').map(({ metadata }) => metadata.uid),
    pods,
  );
  p.stop();
});
test('DP-23: a taken name counts a collision and gets another hash', () => {
  const p = plane();
  const manifest = deploymentManifest('web', 1);
  p.create('Deployment', manifest);
  const [taken] = sets(p);
  assert.ok(taken);
  p.remove('Deployment', 'web', { propagationPolicy: 'Orphan' });
  // The name stays taken by a ReplicaSet of another template and selector.
  p.remove('ReplicaSet', taken.metadata.name);
  const foreign = { matchLabels: { app: 'foreign' } };
  p.create('ReplicaSet', {
    metadata: { name: taken.metadata.name },
    spec: {
      replicas: 0,
      selector: foreign,
      template: {
        metadata: { labels: foreign.matchLabels },
        spec: { containers: [{ name: 'c', image: 'c' }] },
      },
    },
  });
  p.create('Deployment', manifest);
  p.advance(5);
  const d = p.get('Deployment', 'web');
  assert.is(d.status.collisionCount, 1);
  const own = p
    .list('ReplicaSet')
    .filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === d.metadata.uid);
  assert.is(own.length, 1);
  assert.is.not(own[0]?.metadata.name, taken.metadata.name);
  p.stop();
});
test('DP-80: the rollback annotation goes back to revision 1', () => {
  const p = plane();
  p.create('Deployment', deploymentManifest('web', 1));
  roll(p);
  setImage(p, 'web', 'web:2');
  roll(p);
  p.patch('Deployment', 'web', { metadata: { annotations: { 'deprecated.deployment.rollback.to': '0' } } });
  roll(p);
  const d = p.get('Deployment', 'web');
  assert.is(d.spec.template.spec?.containers[0]?.image, 'web:1');
  assert.is(d.metadata.annotations?.['deprecated.deployment.rollback.to'], undefined);
  assert.equal(p.events('DeploymentRollback'), [
    'DeploymentRollback Rolled back deployment "web" to revision 1',
  ]);
  p.stop();
});
test('row 79: a Deployment that is being deleted only keeps its status', () => {
  const p = plane({ controllers: ['deployment'] });
  const manifest = deploymentManifest('web', 1) as { metadata: object };
  p.create('Deployment', {
    ...manifest,
    metadata: { ...manifest.metadata, finalizers: ['example.com/hold'] },
  });
  p.remove('ReplicaSet', sets(p)[0]?.metadata.name ?? '');
  p.remove('Deployment', 'web');
  const left = p.list('ReplicaSet').length;
  setImage(p, 'web', 'web:2');
  assert.is(p.list('ReplicaSet').length, left);
  assert.is(
    p.get('Deployment', 'web').status.observedGeneration,
    p.get('Deployment', 'web').metadata.generation,
  );
  p.stop();
});
test('two runs with one seed write the same objects', () => {
  const run = (): string => {
    const p = plane({ seed: 9 });
    p.create('Deployment', deploymentManifest('web', 4));
    roll(p);
    setImage(p, 'web', 'web:2');
    roll(p);
    const trace = JSON.stringify([
      p.list('Deployment'),
      p.list('ReplicaSet'),
      p.list('Pod'),
      p.list('Event'),
    ]);
    p.stop();
    return trace;
  };
  assert.is(run(), run());
});
test.run();
