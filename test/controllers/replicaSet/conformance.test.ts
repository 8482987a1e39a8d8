import { filter } from 'rxjs';
import * as assert from 'uvu/assert';
import type { SnapshotFrom } from 'xstate';
import type { ReplicaSetContext, replicaSetMachine } from '../../../machines/replicaSet.js';
import type { Pod, ReplicaSet } from '../../../src/api/index.js';
import type { Api } from '../../../src/client/index.js';
import { answer } from '../../../src/client/index.js';
import { createPlane, overriding, podManifest, replicaSetManifest, value, type Plane } from '../plane.js';
import { syncsOf } from '../syncs.js';
import { suite } from '../../support/suite.js';

const test = suite('replicaSet: what wakes it, and what it waits for (controllers.md §11.1)');

const plane = (intercept: (api: Api) => Api = (api) => api): Plane =>
  createPlane({ controllers: ['replicaSet'], intercept });
const ownerOf = ({ metadata }: ReplicaSet): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
});
const ownedPod = (name: string, owner: ReplicaSet, labels: object, spec: object = {}): object => {
  const manifest = podManifest(name, labels, spec) as { metadata: object };
  return { ...manifest, metadata: { ...manifest.metadata, ownerReferences: [ownerOf(owner)] } };
};
/** A ReplicaSet of size 0 with the selector `app=<app>`: it holds no pods of its own accord. */
const watching = (p: Plane, name: string, app: string): ReplicaSet =>
  p.create(
    'ReplicaSet',
    replicaSetManifest(name, 0, {
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    }),
  );
const expectationsOf = (p: Plane, { metadata }: ReplicaSet): ReplicaSetContext => {
  const actor = p.host.find(`replicaSet/default/${metadata.name}/${metadata.uid}`);
  assert.ok(actor);
  return (actor.getSnapshot() as SnapshotFrom<typeof replicaSetMachine>).context;
};
const podsOf = (p: Plane): readonly Pod[] => p.list('Pod');

test('row 8: a pod that appears after the sync was asked for and before it looks is counted', () => {
  const p = plane();
  const rs = p.create('ReplicaSet', replicaSetManifest('web', 1));
  assert.is(podsOf(p).length, 1);
  value(
    p.api.patch(
      { kind: 'ReplicaSet', name: 'web', namespace: 'default' },
      { type: 'merge', body: { spec: { replicas: 2 } } },
    ),
  );
  value(p.api.create('Pod', ownedPod('second', rs, { app: 'web' }), { namespace: 'default' }));
  p.settle();
  assert.is(podsOf(p).length, 2);
  assert.is(p.events('SuccessfulCreate').length, 1);
  p.stop();
});
test('row 11: a pod that one of ten overlapping ReplicaSets controls wakes that one only', () => {
  const p = plane();
  const sets = Array.from({ length: 10 }, (_, index) => watching(p, `rs-${index}`, 'shared'));
  const owner = sets[3];
  assert.ok(owner);
  assert.equal(
    syncsOf(p, 'replicas.observed', () => p.create('Pod', ownedPod('a', owner, { app: 'shared' }))),
    ['rs-3'],
  );
  p.stop();
});
test('row 12: a terminating pod counts as deleted once; neither its end nor another pod lowers what is expected', () => {
  const held: string[] = [];
  const p = plane((api) =>
    overriding(api, {
      // Taken, and not carried out: the watch shows no deletion.
      delete: (key) => {
        held.push(key.name);
        return answer(() => undefined as never);
      },
    }),
  );
  const rs = p.create('ReplicaSet', replicaSetManifest('web', 0, {}));
  for (const name of ['a', 'b', 'c'])
    value(
      p.api.create('Pod', ownedPod(name, rs, { app: 'web' }, { nodeName: 'n1' }), { namespace: 'default' }),
    );
  value(p.api.create('Pod', podManifest('other', { app: 'other' }), { namespace: 'default' }));
  p.settle();
  assert.equal([...held].sort(), ['a', 'b', 'c']);
  const expected = () => expectationsOf(p, rs).deletionsExpected.length;
  assert.is(expected(), 3);
  p.remove('Pod', 'a');
  assert.ok(p.get('Pod', 'a').metadata.deletionTimestamp);
  assert.is(expected(), 2);
  p.remove('Pod', 'a', { gracePeriodSeconds: 0 });
  assert.is(podsOf(p).length, 3);
  assert.is(expected(), 2);
  p.remove('Pod', 'other');
  assert.is(expected(), 2);
  assert.is(held.length, 3);
  p.stop();
});
test('row 12: a pod that is shown for the first time when it terminates is no creation', () => {
  const p = plane((api) =>
    overriding(api, {
      // Creations are taken and not carried out, so that both stay expected.
      create: (kind, object, options) =>
        kind === 'Pod' ? answer(() => UNSEEN as never) : api.create(kind, object, options),
      watch: (kind, options) =>
        api
          .watch(kind, options)
          .pipe(filter((event) => event.type !== 'ADDED' || event.object.metadata.name !== 'dying')),
    }),
  );
  const rs = p.create('ReplicaSet', replicaSetManifest('web', 2));
  const expected = () => expectationsOf(p, rs).creationsExpected;
  assert.is(expected(), 2);
  p.create('Pod', ownedPod('dying', rs, { app: 'web' }, { nodeName: 'n1' }));
  assert.is(p.get('ReplicaSet', 'web').status.terminatingReplicas, 0);
  p.remove('Pod', 'dying');
  assert.is(p.get('ReplicaSet', 'web').status.terminatingReplicas, 1);
  assert.is(expected(), 2);
  p.stop();
});
const UNSEEN = { metadata: { name: 'unseen' } };

/** A pod that `a` or `b` controls is changed at once in the ways given; who looks at it? Nobody's writes to it count. */
const wokenBy = (owner: 'a' | 'b' | undefined, change: (of: Record<'a' | 'b', ReplicaSet>) => object) => {
  const p = plane((api) =>
    overriding(api, {
      patch: (key, ...rest) => (key.kind === 'Pod' ? api.get(key) : api.patch(key, ...rest)),
      delete: (key) => api.get(key) as never,
    }),
  );
  const of = { a: watching(p, 'a', 'a'), b: watching(p, 'b', 'b') };
  p.create(
    'Pod',
    owner ? ownedPod('p', of[owner], { app: owner }, { nodeName: 'n1' }) : podManifest('p', { app: 'none' }),
  );
  const woken = syncsOf(p, 'replicas.observed', () =>
    value(
      p.api.patch(
        { kind: 'Pod', name: 'p', namespace: 'default' },
        { type: 'merge', body: { metadata: change(of) } },
      ),
    ),
  );
  p.stop();
  return woken;
};
test('row 17: a pod of A, relabelled to match B, is still A’s affair only', () => {
  assert.equal(
    wokenBy('a', () => ({ labels: { app: 'b' } })),
    ['a'],
  );
});
test('row 17: a pod of B that loses its owner and matches B is B’s affair', () => {
  assert.equal(
    wokenBy('b', () => ({ ownerReferences: null })),
    ['b'],
  );
});
test('row 17: a pod of A that loses its owner and matches B concerns both', () => {
  assert.equal(
    wokenBy('a', () => ({ ownerReferences: null, labels: { app: 'b' } })),
    ['a', 'b'],
  );
});
test.run();
