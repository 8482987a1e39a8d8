/** controllers.md §3.4 and §11.3 (rows 117 to 122): the steps of a rolling update, as (creates, deletes) of each sync. */
import * as assert from 'uvu/assert';
import type { DaemonSet, Pod } from '../../../src/api/index.js';
import { budgetOf } from '../../../src/controllers/daemonSet/rollingUpdate.js';
import { reconcile } from '../../../src/controllers/daemonSet/reconcile.js';
import { NOW_MS } from '../objects.js';
import { suite } from '../../support/suite.js';
import { amounts, daemon, daemonSet, nodes, observed, type DaemonSetOptions } from './objects.js';

const test = suite('daemonSet: rolling update');

/** A number of nodes whose pods come and go as the syncs say, at once. */
class Fleet {
  pods: Pod[];
  owner: DaemonSet;
  hash = 'old';
  nowMs = NOW_MS;
  private readonly size: number;

  constructor(size: number, options: DaemonSetOptions, isReady = true) {
    this.size = size;
    this.owner = daemonSet(options);
    this.pods = nodes(size).map(({ metadata }) =>
      daemon(metadata.name, { revision: 'old', ageSeconds: 600, ...(isReady && { readyForSeconds: 600 }) }),
    );
  }

  update(hash: string, options: DaemonSetOptions): void {
    this.hash = hash;
    this.owner = daemonSet(options);
  }

  sync(): readonly [number, number] {
    const result = reconcile(
      observed(this.owner, nodes(this.size), this.pods, { hash: this.hash, nowMs: this.nowMs }),
    );
    const [creates] = amounts(result);
    const { vacant, unwanted, surges, replaceable } = result.seen;
    const isPlacing = vacant.length + unwanted.length > 0;
    const gone = new Set(isPlacing ? unwanted : replaceable);
    this.pods = this.pods.filter(({ metadata }) => !gone.has(metadata.name));
    for (const name of isPlacing ? vacant : surges)
      this.pods.push(daemon(name, { revision: this.hash, ageSeconds: (NOW_MS - this.nowMs) / 1000 }));
    return [creates, gone.size];
  }

  /** All, or those of one node and revision. */
  setReady(isReady = true, where: (pod: Pod) => boolean = () => true): void {
    const readyForSeconds = (NOW_MS - this.nowMs) / 1000;
    const { conditions } = daemon('x', { readyForSeconds }).status;
    this.pods = this.pods.map((pod) => {
      const wasReady = pod.status.conditions !== undefined;
      if (!where(pod) || wasReady === isReady) return pod;
      const { conditions: _, ...status } = pod.status;
      return { ...pod, status: isReady ? { ...status, conditions } : status } as Pod;
    });
  }

  readonly readyCount = (): number => this.pods.filter(({ status }) => status.conditions).length;
}

test('row 117: 5 nodes, maxUnavailable 2: two at a time, each replaced before the next', () => {
  const fleet = new Fleet(5, {});
  fleet.update('new', { maxUnavailable: 2 });
  for (const count of [2, 2, 1]) {
    assert.equal(fleet.sync(), [0, count]);
    assert.equal(fleet.sync(), [count, 0]);
    assert.equal(fleet.sync(), [0, 0]);
    fleet.setReady();
  }
  assert.equal(fleet.sync(), [0, 0]);
});
test('row 118: 5 nodes, maxSurge 2: new pods first, old ones go when the new are available', () => {
  const fleet = new Fleet(5, {});
  fleet.update('new', { maxSurge: 2, maxUnavailable: 0 });
  assert.equal(
    [fleet.sync(), fleet.sync()],
    [
      [2, 0],
      [0, 0],
    ],
  );
  const steps: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    fleet.setReady();
    for (let syncs = 0; syncs < 3; syncs += 1) steps.push(fleet.sync().join());
  }
  // Old pods go by the placement, so the next surge is a sync later than with upstream's fake client.
  assert.equal(steps, ['0,2', '2,0', '0,0', '0,2', '1,0', '0,0', '0,1', '0,0', '0,0']);
});
test('row 119: new pods that never become ready hold the update; ready old pods are never touched', () => {
  const three = new Fleet(5, {});
  three.update('new', { maxUnavailable: 3 });
  assert.equal(
    [three.sync(), three.sync(), three.sync()],
    [
      [0, 3],
      [3, 0],
      [0, 0],
    ],
  );
  const two = new Fleet(5, {});
  for (const hash of ['new', 'newer']) {
    two.update(hash, { maxUnavailable: 2 });
    assert.equal(
      [two.sync(), two.sync(), two.sync()],
      [
        [0, 2],
        [2, 0],
        [0, 0],
      ],
      hash,
    );
    assert.is(two.readyCount(), 3);
  }
  const twenty = new Fleet(20, {});
  for (let round = 0; round <= 10; round += 1) {
    twenty.update(`new${round}`, { maxUnavailable: round === 0 ? 10 : round - 1 || 1 });
    assert.equal(
      [twenty.sync(), twenty.sync(), twenty.sync()],
      [
        [0, 10],
        [10, 0],
        [0, 0],
      ],
      String(round),
    );
    assert.is(twenty.readyCount(), 10);
  }
  twenty.update('last', { maxUnavailable: 11 });
  assert.equal(
    [twenty.sync(), twenty.sync(), twenty.sync()],
    [
      [0, 11],
      [11, 0],
      [0, 0],
    ],
  );
  assert.is(twenty.readyCount(), 9);
});
test('row 120: old pods that are not ready are replaced without budget', () => {
  const fleet = new Fleet(5, {}, false);
  fleet.update('new', { maxUnavailable: 3 });
  assert.equal(
    [fleet.sync(), fleet.sync(), fleet.sync()],
    [
      [0, 5],
      [5, 0],
      [0, 0],
    ],
  );
  const surge = new Fleet(5, {}, false);
  surge.update('new', { maxSurge: 3, maxUnavailable: 0 });
  assert.equal(
    [surge.sync(), surge.sync()],
    [
      [5, 0],
      [0, 5],
    ],
  );
});
test('row 120, continued: with minReadySeconds 15 a new pod counts when it has been ready so long', () => {
  const fleet = new Fleet(5, {});
  fleet.update('new', { maxSurge: 3, maxUnavailable: 0, minReadySeconds: 15 });
  assert.equal(fleet.sync(), [3, 0]);
  const fresh = fleet.pods.filter(({ metadata }) => metadata.labels?.['controller-revision-hash'] === 'new');
  const [first, second] = fresh;
  fleet.setReady(true, (pod) => pod === first || pod === second);
  const surged = new Set(fresh.map(({ spec }) => spec.nodeName));
  const lone = fleet.pods.find(({ spec }) => !surged.has(spec.nodeName));
  fleet.setReady(false, (pod) => pod === lone);
  fleet.nowMs += 10_000;
  assert.equal(fleet.sync(), [1, 0]);
  fleet.nowMs += 10_000;
  // The old pods of the two available ones go; so does the old pod that is not ready. Then there is room for the last.
  const [, deletes] = fleet.sync();
  assert.is(deletes, 3);
  assert.equal(fleet.sync(), [1, 0]);
  fleet.setReady();
  fleet.nowMs += 15_000;
  assert.equal(
    [fleet.sync(), fleet.sync()],
    [
      [0, 2],
      [0, 0],
    ],
  );
});
test('row 121: another strategy with the same template changes nothing', () => {
  const fleet = new Fleet(5, {});
  fleet.update('old', { maxUnavailable: 3 });
  assert.equal(fleet.sync(), [0, 0]);
});
test('OnDelete: old pods stay, and are counted', () => {
  const fleet = new Fleet(3, { isOnDelete: true });
  fleet.update('new', { isOnDelete: true });
  assert.equal(fleet.sync(), [0, 0]);
  const { seen } = reconcile(observed(fleet.owner, nodes(3), fleet.pods, { hash: 'new' }));
  assert.equal([seen.isOnDelete, seen.outdated], [true, 3]);
});
test('row 122: maxSurge and maxUnavailable round up, and never are both 0', () => {
  const cases: readonly [DaemonSetOptions, number, number, number][] = [
    [{ maxUnavailable: 0 }, 0, 0, 0],
    [{ maxUnavailable: 1 }, 2, 0, 1],
    [{ maxUnavailable: 0 }, 2, 0, 1],
    [{ maxUnavailable: '50%' }, 2, 0, 1],
    [{ maxUnavailable: '50%' }, 3, 0, 2],
    [{ maxSurge: '50%', maxUnavailable: 0 }, 2, 1, 0],
    [{ maxSurge: '50%', maxUnavailable: 0 }, 3, 2, 0],
    [{ maxSurge: '100%', maxUnavailable: 0 }, 2, 2, 0],
  ];
  for (const [options, desired, maxSurge, maxUnavailable] of cases)
    assert.equal(
      budgetOf(observed(daemonSet(options), nodes(desired), [])),
      { maxSurge, maxUnavailable, desired },
      JSON.stringify([options, desired]),
    );
});
test('DS-31: a node with two pods of one template counts as unavailable, and is left to the placement', () => {
  const fleet = new Fleet(3, {});
  fleet.pods.push(daemon('n0', { revision: 'old', readyForSeconds: 60 }));
  fleet.update('new', { maxUnavailable: 1 });
  const { seen } = reconcile(observed(fleet.owner, nodes(3), fleet.pods, { hash: 'new' }));
  assert.equal([seen.unwanted.length, seen.replaceable.length], [1, 0]);
});

test.run();
