import * as assert from 'uvu/assert';
import { fencepostsOf, resolveFenceposts } from '../../../src/controllers/deployment/fenceposts.js';
import {
  newSizeAllowed,
  newSizeNext,
  oldPodsRunning,
  oldSizesNext,
  removeAvailable,
  removeUnhealthy,
} from '../../../src/controllers/deployment/rolling.js';
import {
  isScalingEvent,
  replicaSetFraction,
  scaledSizes,
} from '../../../src/controllers/deployment/scaling.js';
import { DESIRED_REPLICAS, MAX_REPLICAS, sizeOf } from '../../../src/controllers/deployment/replicaSets.js';
import { suite } from '../../support/suite.js';
import { deployment, pod, replicaSet } from '../objects.js';

const test = suite('deployment: sizes of ReplicaSets (controllers.md §2.4 to §2.7)');

test('row 49: surge rounds up, unavailable down; both zero leave one unavailable', () => {
  const resolve = (...args: Parameters<typeof resolveFenceposts>) => {
    const { maxSurge, maxUnavailable } = resolveFenceposts(...args);
    return [maxSurge, maxUnavailable];
  };
  assert.equal(resolve('0%', '0%', 0), [0, 1]);
  assert.equal(resolve('39%', '39%', 10), [4, 3]);
  assert.equal(resolve(undefined, '39%', 10), [0, 3]);
  assert.equal(resolve('39%', undefined, 10), [4, 0]);
  assert.equal(resolve(undefined, undefined, 10), [0, 1]);
  assert.throws(() => resolve('oops', '39%', 10), /string is not a percentage/);
  assert.throws(() => resolve('55%', 'urg', 10), /string is not a percentage/);
});
test('row 51: maxUnavailable is capped by the size, and 0 for Recreate and size 0', () => {
  const unavailable = (replicas: number, value: number | string) =>
    fencepostsOf(deployment(replicas, { unavailable: value })).maxUnavailable;
  assert.equal(
    [
      unavailable(10, 5),
      unavailable(10, 10),
      unavailable(5, 10),
      unavailable(0, 10),
      unavailable(10, '50%'),
      unavailable(5, '100%'),
    ],
    [5, 10, 5, 0, 5, 5],
  );
  assert.is(fencepostsOf(deployment(5, { isRecreate: true })).maxUnavailable, 0);
});
for (const [row, surge, old, size, expected] of [
  [37, 0, 10, 0, 0],
  [38, 2, 10, 0, 2],
  [39, 2, 5, 0, 7],
  [40, 2, 10, 2, 2],
  [41, 2, 2, 11, 10],
] as const)
  test(`row ${row}: of 10, surge ${surge}, old ${old}, new ${size}: new becomes ${expected}`, () => {
    const newest = replicaSet('new', { replicas: size });
    const all = [replicaSet('old', { replicas: old }), newest];
    assert.is(newSizeNext(deployment(10, { surge, unavailable: 1 }), all, newest), expected);
  });
test('row 50: the size of a new ReplicaSet beside another of 5', () => {
  const beside = (dep: ReturnType<typeof deployment>, size: number) =>
    newSizeAllowed(dep, [replicaSet('other', { replicas: 5 }), replicaSet('new', { replicas: size })], size);
  assert.is(beside(deployment(1, { surge: 1 }), 5), 5);
  assert.is(beside(deployment(6, { surge: 10 }), 2), 6);
  assert.is(beside(deployment(3, { isRecreate: true }), 0), 3);
});
for (const [row, unavailable, old, available, size, newAvailable, expected] of [
  [42, 0, 10, 10, 0, 0, 9],
  [43, 2, 10, 10, 0, 0, 8],
  [44, 2, 10, 8, 0, 0, 8],
  [45, 2, 10, 9, 0, 0, 8],
  [46, 2, 8, 8, 2, 0, 8],
] as const)
  test(`row ${row}: unavailable ${unavailable}, old ${old} (${available} available), new ${size}: old becomes ${expected}`, () => {
    const newest = replicaSet('new', { replicas: size, available: newAvailable });
    const oldest = replicaSet('old', { replicas: old, available });
    const [resize] = oldSizesNext(deployment(10, { unavailable }), [oldest], newest);
    assert.is(resize?.replicas ?? old, expected);
  });
test('row 47: unhealthy pods go first, within the budget', () => {
  const removed = (available: number, budget: number) => {
    const old = replicaSet('old', { replicas: 10, available });
    const sizes = new Map([[old, 10]]);
    assert.ok(removeUnhealthy([old], budget, sizes));
    return 10 - (sizes.get(old) ?? 0);
  };
  assert.equal([removed(8, 1), removed(8, 3), removed(8, 0), removed(10, 3)], [1, 2, 0, 0]);
});
test('DP-43, DP-45: a status with more available pods than the size gives up, without an error', () => {
  const odd = replicaSet('old', { replicas: 5, available: 9 });
  assert.equal(
    oldSizesNext(deployment(4, { unavailable: 1 }), [odd], replicaSet('new', { replicas: 0 })),
    [],
  );
});
test('row 48: available pods go as far as minAvailable allows', () => {
  const after = (unavailable: number, available: number, size: number) => {
    const old = replicaSet('old', { replicas: size, available });
    const sizes = new Map([[old, size]]);
    const fenceposts = fencepostsOf(deployment(10, { unavailable }));
    removeAvailable([old], available - (10 - fenceposts.maxUnavailable), sizes);
    return sizes.get(old);
  };
  assert.equal(
    [after(0, 10, 10), after(2, 10, 10), after(2, 8, 10), after(2, 10, 0), after(2, 1, 10)],
    [9, 8, 10, 0, 10],
  );
});
test('row 52: the share of a ReplicaSet', () => {
  const fraction = (replicas: number, size: number, max: number | undefined, status: number, surge = 0) =>
    replicaSetFraction(
      deployment(replicas, { surge, unavailable: 1, status: { replicas: status } }),
      replicaSet('rs', {
        replicas: size,
        annotations: max === undefined ? {} : { [MAX_REPLICAS]: String(max) },
      }),
    );
  assert.is(fraction(0, 10, undefined, 10), -10);
  assert.is(fraction(10, 5, undefined, 0), 0);
  assert.is(fraction(120, 50, undefined, 100), 10);
  assert.is(fraction(120, 50, 100, 0), 10);
  assert.is(fraction(120, 50, 110, 0, 10), 9);
  assert.is(fraction(10, 6, 12, 0), -1);
  assert.is(fraction(100, 50, 130, 0, 10), -8);
});

/** Old sizes are given newest first, as upstream's table has them; `before` is the size of the last scaling. */
const share = (
  before: number,
  replicas: number,
  newSize: number | undefined,
  oldSizes: readonly number[],
  surges: readonly [number, number] = [0, 0],
  available = 0,
): readonly number[] => {
  const annotations = { [DESIRED_REPLICAS]: String(before), [MAX_REPLICAS]: String(before + surges[0]) };
  const newest =
    newSize === undefined
      ? undefined
      : replicaSet('new', { replicas: newSize, available, annotations, ageSeconds: 0 });
  const old = oldSizes.map((size, index) =>
    replicaSet(`old${index}`, { replicas: size, annotations, ageSeconds: 100 * (index + 1) }),
  );
  const changed = new Map(
    scaledSizes(deployment(replicas, { surge: surges[1], unavailable: 1 }), newest, old).map(
      ({ name, replicas: size }) => [name, size],
    ),
  );
  return [...(newest ? [newest] : []), ...old].map((each) => changed.get(each.metadata.name) ?? sizeOf(each));
};
for (const [row, before, after, newSize, old, expected, surges] of [
  [53, 10, 12, 10, [], [12], [0, 0]],
  [53, 10, 5, 10, [], [5], [0, 0]],
  [54, 5, 10, 2, [3], [4, 6], [0, 0]],
  [55, 5, 3, 2, [3], [1, 2], [0, 0]],
  [56, 9, 4, 8, [1], [4, 0], [0, 0]],
  [57, 7, 10, 2, [3, 2], [3, 4, 3], [0, 0]],
  [58, 13, 8, 2, [8, 3], [1, 5, 2], [0, 0]],
  [59, 3, 4, 1, [1, 1], [2, 1, 1], [0, 0]],
  [60, 3, 2, 1, [1, 1], [1, 1, 0], [0, 0]],
  [61, 4, 5, undefined, [2, 2], [3, 2], [0, 0]],
  [62, 6, 0, 3, [2, 1], [0, 0, 0], [0, 0]],
  [63, 0, 6, 0, [0, 0], [6, 0, 0], [0, 0]],
  [64, 10, 20, 6, [6], [11, 11], [2, 2]],
  [65, 10, 50, 5, [8], [22, 34], [3, 6]],
  [66, 10, 14, undefined, [7, 3], [10, 4], [0, 0]],
  [90, 10, 30, 5, [8], [13, 20], [3, 3]],
] as const)
  test(`row ${row}: from ${before} to ${after}, new ${newSize ?? '-'}, old ${old.join(',')}: ${expected.join(',')}`, () => {
    assert.equal(share(before, after, newSize, old, surges), expected);
  });
test('row 67: a saturated but unavailable new ReplicaSet changes nothing', () => {
  assert.equal(share(2, 2, 2, [1], [1, 1]), [2, 1]);
});
test('DP-61: a new ReplicaSet that carries the Deployment alone lets the old ones go', () => {
  assert.equal(share(2, 2, 2, [1], [1, 1], 2), [2, 0]);
});
test('row 68: after a partial failure the same sizes come out', () => {
  const annotations = (desired: number) => ({
    [DESIRED_REPLICAS]: String(desired),
    [MAX_REPLICAS]: String(desired),
  });
  const newest = replicaSet('new', { replicas: 2, annotations: annotations(5) });
  const old = [
    replicaSet('old0', { replicas: 2, ageSeconds: 100, annotations: annotations(3) }),
    replicaSet('old1', { replicas: 1, ageSeconds: 200, annotations: annotations(5) }),
  ];
  const dep = deployment(5, { unavailable: 1 });
  assert.ok(isScalingEvent(dep, [newest, ...old]));
  assert.equal(scaledSizes(dep, newest, old), [{ name: 'old0', replicas: 2 }]);
});
test('DP-62: when all is shared out the rest keep their sizes, whatever their annotations say', () => {
  const sized = (name: string, replicas: number, max: number) =>
    replicaSet(name, {
      replicas,
      annotations: { [DESIRED_REPLICAS]: String(max), [MAX_REPLICAS]: String(max) },
    });
  const sizes = (desired: number, ...old: readonly [size: number, max: number][]) =>
    scaledSizes(
      deployment(desired, { unavailable: 1 }),
      undefined,
      old.map(([size, max], index) => sized(`rs${index}`, size, max)),
    ).map(({ replicas }) => replicas);
  assert.equal(sizes(10, [4, 4], [2, 20]), [8, 2]);
  assert.equal(sizes(10, [10, 20], [4, 5]), [6, 4]);
});
test('DP-11: only a readable, different size annotation of an active ReplicaSet is a scaling event', () => {
  const event = (desired: string | undefined, replicas = 1) =>
    isScalingEvent(deployment(3), [
      replicaSet('rs', {
        replicas,
        annotations: desired === undefined ? {} : { [DESIRED_REPLICAS]: desired },
      }),
    ]);
  assert.equal(
    [event('2'), event('3'), event(undefined), event('x'), event('4294967295'), event('2', 0)],
    [true, false, false, false, false, false],
  );
});
test('row 72: pods of old ReplicaSets that still run hold up a Recreate', () => {
  const old = replicaSet('old', { replicas: 0 });
  const run = (phase: string) => oldPodsRunning([old], () => [pod('p', { phase })]);
  assert.is(
    oldPodsRunning([replicaSet('old', { replicas: 0, statusReplicas: 1 })], () => []),
    true,
  );
  assert.equal(['Failed', 'Succeeded', 'Unknown', 'Pending', 'Running'].map(run), [
    false,
    false,
    true,
    true,
    true,
  ]);
  assert.is(
    oldPodsRunning([old], () => []),
    false,
  );
});
test.run();
