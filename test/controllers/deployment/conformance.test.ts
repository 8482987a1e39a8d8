import { map } from 'rxjs';
import * as assert from 'uvu/assert';
import type { Deployment, Pod, ReplicaSet } from '../../../src/api/index.js';
import { createCall, type Api } from '../../../src/client/index.js';
import { createSeededRandom } from '../../../src/clock/index.js';
import {
  createPlane,
  deploymentManifest,
  overriding,
  podManifest,
  replicaSetManifest,
  setImage,
  sizes,
  value,
  type Plane,
  type PlaneOptions,
} from '../plane.js';
import { syncsOf } from '../syncs.js';
import { suite } from '../../support/suite.js';

const test = suite('deployment: races, adoption and whole rollouts (controllers.md §11.4)');
const REVISION = 'deployment.kubernetes.io/revision';
const RECREATE = { strategy: { type: 'Recreate' } };

/** Writes of the controllers but for events, as `verb kind name`. */
const recording = (writes: string[], api: Api): Api =>
  overriding(api, {
    create: (kind, ...rest) => {
      if (kind !== 'Event') writes.push(`create ${kind}`);
      return api.create(kind, ...rest);
    },
    update: (key, ...rest) => {
      writes.push(`update ${key.kind} ${key.name}`);
      return api.update(key, ...rest);
    },
    patch: (key, ...rest) => {
      if (key.kind !== 'Event') writes.push(`patch ${key.kind} ${key.name}`);
      return api.patch(key, ...rest);
    },
    delete: (key, ...rest) => {
      writes.push(`delete ${key.kind} ${key.name}`);
      return api.delete(key, ...rest);
    },
  });
const recorded = (options: PlaneOptions = {}): { readonly p: Plane; readonly writes: string[] } => {
  const writes: string[] = [];
  return { p: createPlane({ ...options, intercept: (api) => recording(writes, api) }), writes };
};
const roll = (p: Plane): void => {
  for (let round = 0; round < 50; round += 1) p.runPods();
};
const imageOf = ({ spec }: Pod | ReplicaSet): string | undefined =>
  ('template' in spec ? spec.template?.spec : spec)?.containers[0]?.image;
const withImage = (p: Plane, image: string): ReplicaSet => {
  const found = p.list('ReplicaSet').find((replicaSet) => imageOf(replicaSet) === image);
  assert.ok(found, `no ReplicaSet of ${image}`);
  return found;
};
const progressing = ({ status }: Deployment) => status.conditions?.find(({ type }) => type === 'Progressing');

test('row 73: Recreate brings each old ReplicaSet to 0, and writes none that is there already', () => {
  const { p, writes } = recorded();
  p.create('Deployment', deploymentManifest('web', 2, RECREATE));
  roll(p);
  setImage(p, 'web', 'web:2');
  roll(p);
  writes.length = 0;
  setImage(p, 'web', 'web:3');
  const [empty, running] = [withImage(p, 'web:1'), withImage(p, 'web:2')];
  assert.equal(sizes([empty, running]), [0, 0]);
  assert.equal(
    writes.filter((write) => write === `update ReplicaSet ${empty.metadata.name}`),
    [],
  );
  const scaled = `ScalingReplicaSet Scaled down replica set ${running.metadata.name} from 2 to 0`;
  assert.ok(p.events('ScalingReplicaSet').includes(scaled));
  p.stop();
});
test('row 80: deleted as only the API knows yet, a Deployment adopts no ReplicaSet: one GET, and an error', () => {
  const writes: string[] = [];
  let gets = 0;
  const p = createPlane({
    controllers: ['deployment'],
    intercept: (api) =>
      overriding(recording(writes, api), {
        get: (key) => {
          gets += 1;
          return createCall((settle) =>
            api.get(key).settled((outcome) => {
              if (!outcome.ok) return settle(outcome);
              const metadata = { ...outcome.value.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
              return settle({ ok: true, value: { ...outcome.value, metadata } });
            }),
          );
        },
      }),
  });
  const orphan = replicaSetManifest('web', 2) as { metadata: object };
  p.create('ReplicaSet', { ...orphan, metadata: { ...orphan.metadata, labels: { app: 'web' } } });
  const { metadata } = p.create('Deployment', deploymentManifest('web', 2));
  assert.equal([gets, writes], [1, []]);
  assert.is(p.get('ReplicaSet', 'web').metadata.ownerReferences, undefined);
  const snapshot = p.host.find(`deployment/default/web/${metadata.uid}`)?.getSnapshot();
  assert.match(JSON.stringify((snapshot as { value: unknown } | undefined)?.value), /backingOff/);
  p.stop();
});
test('row 81: an empty selector is refused with an event; only a new generation is written down', () => {
  const writes: string[] = [];
  const p = createPlane({
    controllers: ['deployment'],
    intercept: (api) =>
      // Validation refuses it today; the store may hold one from before.
      overriding(recording(writes, api), {
        watch: (kind, options) =>
          api.watch(kind, options).pipe(
            map((event) => {
              if (kind !== 'Deployment' || event.type === 'BOOKMARK') return event;
              const { spec } = event.object as Deployment;
              return { ...event, object: { ...event.object, spec: { ...spec, selector: {} } } };
            }),
          ),
      }),
  });
  const said = () => p.list('Event').reduce((sum, { count }) => sum + (count ?? 0), 0);
  p.create('Deployment', deploymentManifest('web', 1));
  assert.equal(writes, ['update Deployment web']);
  assert.is(p.get('Deployment', 'web').status.observedGeneration, 1);
  const before = said();
  writes.length = 0;
  p.patch('Deployment', 'web', { metadata: { labels: { touched: 'yes' } } });
  assert.equal(writes, []);
  assert.is(said(), before + 1);
  p.patch('Deployment', 'web', { spec: { replicas: 2 } });
  assert.equal(writes, ['update Deployment web']);
  assert.equal(
    [...new Set(p.events())],
    ['SelectingAll This deployment is selecting all pods. A non-empty selector is required.'],
  );
  assert.equal(p.list('ReplicaSet'), []);
  p.stop();
});

/** Who is woken when the last pod of a ReplicaSet goes, or one of two. The pods are nobody's but ours. */
const wokenByPodDeletion = (strategy: object, podCount: number, foreign = 0): readonly string[] => {
  const p = createPlane({ controllers: ['deployment'] });
  p.create('Deployment', deploymentManifest('web', 2, strategy));
  const own = p.list('ReplicaSet')[0];
  const other = p.create('ReplicaSet', replicaSetManifest('other', 1));
  assert.ok(own);
  const podOf = ({ metadata }: ReplicaSet, name: string): void => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: metadata.name, uid: metadata.uid };
    const manifest = podManifest(name, { app: 'web' }) as { metadata: object };
    p.create('Pod', {
      ...manifest,
      metadata: { ...manifest.metadata, ownerReferences: [{ ...owner, controller: true }] },
    });
  };
  for (let index = 0; index < podCount; index += 1) podOf(own, `own-${index}`);
  for (let index = 0; index < foreign; index += 1) podOf(other, `foreign-${index}`);
  const woken = syncsOf(p, 'rollout.observed', () =>
    value(p.api.delete({ kind: 'Pod', name: 'own-0', namespace: 'default' }, { gracePeriodSeconds: 0 })),
  );
  p.stop();
  return woken;
};
test('row 83: a Recreate is woken by the end of its last pod', () => {
  assert.equal(wokenByPodDeletion(RECREATE, 1), ['web']);
});
test('row 83: a Recreate with pods left is not woken', () => {
  assert.equal(wokenByPodDeletion(RECREATE, 2), []);
});
test('row 83: pods of a ReplicaSet that is not the Deployment’s do not count', () => {
  assert.equal(wokenByPodDeletion(RECREATE, 1, 2), ['web']);
});
test('row 83: a rolling update is not woken by a pod', () => {
  assert.equal(wokenByPodDeletion({}, 1), []);
});
test('row 84: a matching orphan is adopted, an owned ReplicaSet that matches no longer is released', () => {
  const p = createPlane({ controllers: ['deployment'] });
  p.create('Deployment', deploymentManifest('web', 1));
  const released = p.list('ReplicaSet')[0]?.metadata.name ?? '';
  p.create(
    'ReplicaSet',
    replicaSetManifest('adopted', 0, {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'x' }] } },
    }),
  );
  // The labels of the ReplicaSet itself are what the selector of the Deployment is held against.
  p.patch('ReplicaSet', 'adopted', { metadata: { labels: { app: 'web' } } });
  const { uid } = p.get('Deployment', 'web').metadata;
  const ownerOf = (name: string) => p.get('ReplicaSet', name).metadata.ownerReferences?.[0]?.uid;
  assert.is(ownerOf('adopted'), uid, 'its labels wake the Deployment (DP-2)');
  p.patch('ReplicaSet', released, { metadata: { labels: { app: 'notbar' } } });
  assert.equal([ownerOf('adopted'), ownerOf(released)], [uid, undefined]);
  p.stop();
});
test('row 86: a Deployment over a ReplicaSet with pods adopts it, rolls out with the next revision, and keeps it at 0', () => {
  const p = createPlane();
  const old = replicaSetManifest('old', 1, {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'old' }] } },
  }) as { metadata: object };
  p.create('ReplicaSet', {
    ...old,
    metadata: { name: 'old', labels: { app: 'web' }, annotations: { [REVISION]: '3546343826724305832' } },
  });
  p.runPods();
  p.create('Deployment', deploymentManifest('web', 1));
  roll(p);
  assert.equal(sizes([p.get('ReplicaSet', 'old'), withImage(p, 'web:1')]), [0, 1]);
  assert.is(
    p.get('ReplicaSet', 'old').metadata.ownerReferences?.[0]?.uid,
    p.get('Deployment', 'web').metadata.uid,
  );
  assert.is(withImage(p, 'web:1').metadata.annotations?.[REVISION], '3546343826724305833');
  p.stop();
});
test('row 87: a Recreate creates no new pod while an old one is there', () => {
  let clashes = 0;
  const counted: string[] = [];
  const p = createPlane({
    hasScheduler: true,
    intercept: (api) =>
      overriding(api, {
        create: (kind, object, options) => {
          if (kind === 'Pod') {
            const image = imageOf(object as Pod);
            counted.push(image ?? '');
            if (value(api.list('Pod')).items.some((pod) => imageOf(pod) !== image)) clashes += 1;
          }
          return api.create(kind, object, options);
        },
      }),
  });
  p.create('Node', { metadata: { name: 'n1' } });
  p.patch('Node', 'n1', { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '20' } } }, 'status');
  p.create('Deployment', deploymentManifest('web', 3, RECREATE));
  roll(p);
  setImage(p, 'web', 'web:2');
  // The kubelet is slow: the old pods go one by one.
  for (const { metadata } of p.list('Pod')) {
    assert.equal(counted, ['web:1', 'web:1', 'web:1']);
    p.remove('Pod', metadata.name, { gracePeriodSeconds: 0 });
  }
  assert.equal(counted.slice(3), ['web:2', 'web:2', 'web:2']);
  assert.is(clashes, 0);
  p.stop();
});
for (const seed of [1, 2, 3, 4, 5])
  test(`row 92: 20 random changes in the midst of rollouts end complete and progressing (seed ${seed})`, () => {
    const random = createSeededRandom(seed);
    const p = createPlane({ seed });
    p.create('Deployment', deploymentManifest('web', 6));
    const changes: readonly (() => void)[] = [
      () => setImage(p, 'web', `web:${1 + random.integer(5)}`),
      () =>
        p.patch('Deployment', 'web', {
          metadata: { annotations: { 'deprecated.deployment.rollback.to': '0' } },
        }),
      () => p.patch('Deployment', 'web', { spec: { paused: true } }),
      () => p.patch('Deployment', 'web', { spec: { paused: false } }),
      () => p.patch('Deployment', 'web', { spec: { replicas: 1 + random.integer(10) } }),
      () => {
        const pods = p.list('Pod');
        const victim = pods[random.integer(pods.length)];
        if (victim) p.remove('Pod', victim.metadata.name, { gracePeriodSeconds: 0 });
      },
      () => p.runPods(),
      () => p.advance(1000),
    ];
    for (let round = 0; round < 20; round += 1) changes[random.integer(changes.length)]?.();
    p.patch('Deployment', 'web', { spec: { paused: false } });
    for (let round = 0; round < 50; round += 1) {
      p.runPods();
      p.advance(1000);
    }
    const { spec, status, metadata } = p.get('Deployment', 'web');
    const wanted = spec.replicas ?? 1;
    assert.equal(
      [status.replicas, status.updatedReplicas, status.availableReplicas, status.observedGeneration],
      [wanted, wanted, wanted, metadata.generation],
    );
    assert.is(progressing(p.get('Deployment', 'web'))?.status, 'True');
    assert.is(
      p.list('Pod').every((pod) => imageOf(pod) === spec.template.spec?.containers[0]?.image),
      true,
    );
    p.stop();
  });
test.run();
