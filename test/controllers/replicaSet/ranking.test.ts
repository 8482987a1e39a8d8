import * as assert from 'uvu/assert';
import { podsToDelete, rankPods } from '../../../src/controllers/replicaSet/ranking.js';
import { suite } from '../../support/suite.js';
import { NOW_MS, pod, type PodOptions } from '../objects.js';

const test = suite('replicaSet: which pods are deleted first (controllers.md §1.3)');
const MONTH_SECONDS = 30 * 24 * 3600;

/** Names in the order of deletion; `others` are related pods that crowd the nodes. */
const order = (pods: Record<string, PodOptions>, others: Record<string, PodOptions> = {}): string[] => {
  const own = Object.entries(pods).map(([name, options]) => pod(name, options));
  const related = [...own, ...Object.entries(others).map(([name, options]) => pod(name, options))];
  return rankPods(own, related, NOW_MS).map(({ metadata }) => metadata.name);
};
const ready = { nodeName: 'n1', readyForSeconds: 60 } as const;

test('row 24: unscheduled, pending, unknown, not ready, ready without a time, ready now, ready for a month', () => {
  const expected = ['unscheduled', 'pending', 'unknown', 'notReady', 'timeless', 'now', 'old'];
  const pods: Record<string, PodOptions> = {
    old: { ...ready, readyForSeconds: MONTH_SECONDS },
    now: { ...ready, readyForSeconds: 0 },
    timeless: { ...ready, readyForSeconds: null },
    notReady: { nodeName: 'n1' },
    unknown: { nodeName: 'n1', phase: 'Unknown' },
    pending: { nodeName: 'n1', phase: 'Pending' },
    unscheduled: { phase: 'Pending' },
  };
  assert.equal(order(pods), expected);
});
test('row 25: a pod on a crowded node goes before one that is ready for less long', () => {
  const crowded = order(
    { alone: { ...ready, nodeName: 'n2', readyForSeconds: null }, crowded: ready },
    { neighbour: { nodeName: 'n1' } },
  );
  assert.equal(crowded, ['crowded', 'alone']);
});
test('row 26: more restarts go first, then more restarts of a sidecar; a crowded node weighs more', () => {
  assert.equal(order({ calm: { ...ready, restarts: 0 }, wild: { ...ready, restarts: 9001 } }), [
    'wild',
    'calm',
  ]);
  assert.equal(
    order({
      calm: { ...ready, restarts: 3, sidecarRestarts: 1 },
      wild: { ...ready, restarts: 3, sidecarRestarts: 7 },
    }),
    ['wild', 'calm'],
  );
  const crowd = order(
    { wild: { ...ready, nodeName: 'n2', restarts: 9 }, crowded: ready },
    { neighbour: { nodeName: 'n1' } },
  );
  assert.equal(crowd, ['crowded', 'wild']);
});
test('row 27: the deletion cost weighs more than the crowd, less than readiness', () => {
  const pods = { dear: { ...ready, cost: '100' }, cheap: { ...ready, nodeName: 'n2', cost: '10' } };
  assert.equal(order(pods, { neighbour: { nodeName: 'n1' } }), ['cheap', 'dear']);
  assert.equal(order({ readyPod: { ...ready, cost: '-5' }, notReady: { nodeName: 'n1', cost: '100' } }), [
    'notReady',
    'readyPod',
  ]);
});
for (const [cost, meaning] of [
  ['+5', 'a plus sign'],
  ['05', 'a leading zero'],
  ['1.5', 'a fraction'],
  ['2147483648', 'more than int32'],
] as const)
  test(`a deletion cost with ${meaning} counts as 0`, () => {
    assert.equal(order({ odd: { ...ready, cost }, negative: { ...ready, cost: '-1' } }), ['negative', 'odd']);
    assert.equal(order({ odd: { ...ready, cost }, one: { ...ready, cost: '1' } }), ['odd', 'one']);
  });
test('row 28: ready times count on a logarithmic scale; within one step the UID decides', () => {
  const hours = (count: number): PodOptions => ({
    ...ready,
    readyForSeconds: count * 3600,
    ageSeconds: 9 * 3600,
  });
  assert.equal(order({ five: { ...hours(5), uid: 'a' }, two: { ...hours(2), uid: 'b' } }), ['two', 'five']);
  assert.equal(order({ eight: { ...hours(8), uid: 'a' }, five: { ...hours(5), uid: 'b' } }), [
    'eight',
    'five',
  ]);
  assert.equal(order({ eight: { ...hours(8), uid: 'b' }, five: { ...hours(5), uid: 'a' } }), [
    'five',
    'eight',
  ]);
});
test('rows 18–22: the victims are the first of the order', () => {
  const victims = (
    pods: Record<string, PodOptions>,
    count: number,
    related: Record<string, PodOptions> = {},
  ) => {
    const own = Object.entries(pods).map(([name, options]) => pod(name, options));
    const others = Object.entries(related).map(([name, options]) => pod(name, options));
    return podsToDelete(own, count, [...own, ...others], NOW_MS).map(({ metadata }) => metadata.name);
  };
  assert.equal(victims({ ready, notReady: { nodeName: 'n1' } }, 1), ['notReady']);
  assert.equal(victims({ a: { nodeName: 'n1', phase: 'Pending' }, b: { phase: 'Pending' } }, 1), ['b']);
  assert.equal(victims({ a: { nodeName: 'n1' }, b: { nodeName: 'n1', phase: 'Pending' } }, 1), ['b']);
  const colocated = victims({ a: ready, b: { ...ready, nodeName: 'n2' } }, 1, { x: { nodeName: 'n2' } });
  assert.equal(colocated, ['b']);
  const five = {
    running: { nodeName: 'n1' },
    ready,
    pending: { nodeName: 'n1', phase: 'Pending' },
    unscheduled: { phase: 'Pending' },
    ready2: { ...ready, readyForSeconds: 120 },
  };
  assert.equal(victims(five, 3), ['unscheduled', 'pending', 'running']);
});
test('row 23: when all are to go, the order stays as it is', () => {
  const pods = [pod('ready', ready), pod('pending', { phase: 'Pending' })];
  assert.is(podsToDelete(pods, 2, pods, NOW_MS), pods);
});
test.run();
