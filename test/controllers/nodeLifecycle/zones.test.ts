import * as assert from 'uvu/assert';
import type { Node } from '../../../src/api/index.js';
import {
  disruptionOf,
  isExcludedFromDisruption,
  untilTickAfterMs,
  untilTickMs,
  zoneOf,
} from '../../../src/controllers/nodeLifecycle/reconcile.js';
import { suite } from '../../support/suite.js';
import { addNode, nodePlane, post, renew, taintsOf } from './nodes.js';
import type { Plane } from '../plane.js';

const test = suite('nodeLifecycle: zones (controllers.md NL-23 to NL-25)');

const state = (plane: Plane, zone: string): unknown =>
  (plane.host.find(`nodeZone/${zone}`)?.getSnapshot() as { value: { disruption: string } } | undefined)?.value
    .disruption;
const inZone = (zone: string, more: object = {}): object => ({
  'topology.kubernetes.io/region': 'r',
  'topology.kubernetes.io/zone': zone,
  ...more,
});

for (const [title, ready, down, expected] of [
  ['one ready', 1, 0, 'Normal'],
  ['none ready', 0, 1, 'FullDisruption'],
  ['2 of 5 down', 3, 2, 'Normal'],
  ['3 of 5 down', 2, 3, 'PartialDisruption'],
  ['2 of 3 down: not more than two', 1, 2, 'Normal'],
  ['3 of 4 down', 1, 3, 'PartialDisruption'],
  ['54 of 100 down', 46, 54, 'Normal'],
  ['55 of 100 down', 45, 55, 'PartialDisruption'],
] as const)
  test(`row 228: ${title} → ${expected}`, () => {
    const readiness = [
      ...Array.from({ length: ready }, () => 'True' as const),
      ...Array.from(
        { length: down },
        (_, index) => (['False', 'Unknown', 'None'] as const)[index % 3] ?? 'None',
      ),
    ];
    assert.is(disruptionOf(readiness, 0.55), expected);
  });

test('row 228: a zone without nodes that count has no state', () => {
  assert.is(disruptionOf([], 0.55), undefined);
});

test('row 228: 5 nodes, 2 down then 3: Normal → PartialDisruption, and none of a small zone is tainted', () => {
  const p = nodePlane();
  for (const name of ['a', 'b', 'c', 'd', 'e']) addNode(p, name, { ready: 'True' });
  p.advance(0);
  assert.is(state(p, ''), 'Normal');
  for (const name of ['a', 'b', 'c']) post(p, name, 'False');
  p.advance(5_000);
  assert.is(state(p, ''), 'PartialDisruption');
  p.advance(30_000);
  for (const name of ['a', 'b', 'c']) assert.equal(taintsOf(p, name), ['not-ready:NoSchedule']);
  p.stop();
});

test('NL-24: a large zone that is partially disrupted taints one node in 100 s', () => {
  const p = nodePlane({ settings: { nodeLifecycle: { largeClusterSizeThreshold: 4 } } });
  for (const name of ['a', 'b', 'c', 'd', 'e']) addNode(p, name, { ready: 'True' });
  p.advance(0);
  for (const name of ['a', 'b', 'c']) post(p, name, 'False');
  const tainted = (): number =>
    ['a', 'b', 'c'].filter((name) => taintsOf(p, name).includes('not-ready:NoExecute')).length;
  const beat = (durationMs: number): void => {
    for (let ms = 0; ms < durationMs; ms += 10_000) {
      for (const name of ['a', 'b', 'c', 'd', 'e']) renew(p, name);
      p.advance(10_000);
    }
  };
  p.advance(5_000);
  assert.is(tainted(), 1);
  beat(90_000);
  assert.is(tainted(), 1);
  beat(10_000);
  assert.is(tainted(), 2);
  p.stop();
});

test('row 228, NL-24: two zones, one down: FullDisruption there, 0.1 nodes/s; both down: no taint in either', () => {
  const p = nodePlane();
  addNode(p, 'a', { ready: 'False', labels: inZone('1') });
  addNode(p, 'b', { ready: 'True', labels: inZone('2') });
  p.advance(0);
  assert.equal([state(p, 'r:1'), state(p, 'r:2')], ['FullDisruption', 'Normal']);
  assert.equal(taintsOf(p, 'a'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  p.advance(1_000);
  post(p, 'b', 'False');
  p.advance(4_000);
  assert.equal([state(p, 'r:1'), state(p, 'r:2')], ['AllZonesDisrupted', 'AllZonesDisrupted']);
  for (const name of ['a', 'b']) assert.equal(taintsOf(p, name), ['not-ready:NoSchedule']);
  post(p, 'b', 'True');
  p.advance(5_000);
  assert.equal([state(p, 'r:1'), state(p, 'r:2')], ['FullDisruption', 'Normal']);
  p.stop();
});

test('row 228: a healthy node labelled exclude-disruption does not count', () => {
  const p = nodePlane();
  addNode(p, 'down', { ready: 'False' });
  addNode(p, 'aside', { ready: 'True', labels: { 'node.kubernetes.io/exclude-disruption': 'true' } });
  p.advance(0);
  assert.is(state(p, ''), 'AllZonesDisrupted');
  assert.equal(taintsOf(p, 'down'), ['not-ready:NoSchedule']);
  p.stop();
});

test('row 228: the Ready condition of the only node goes: Normal → no node is ready', () => {
  const p = nodePlane();
  addNode(p, 'n1', { ready: 'True' });
  p.advance(0);
  assert.is(state(p, ''), 'Normal');
  p.patch('Node', 'n1', { status: { conditions: [] } }, 'status');
  p.advance(5_000);
  assert.is(state(p, ''), 'AllZonesDisrupted');
  p.stop();
});

test('PR-71: ten nodes of one zone that fail together are tainted 10 s apart', () => {
  const p = nodePlane();
  const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
  for (const name of names) addNode(p, name, { ready: 'True' });
  const failed = names.slice(0, 10);
  const alive = names.slice(10);
  const times = new Map<string, number>();
  for (let second = 0; second < 160; second += 1) {
    if (second % 10 === 0) for (const name of alive) renew(p, name);
    p.advance(1_000);
    for (const name of failed)
      if (!times.has(name) && taintsOf(p, name).includes('unreachable:NoExecute'))
        times.set(name, second + 1);
  }
  assert.equal([...times.values()], [55, 65, 75, 85, 95, 105, 115, 125, 135, 145]);
  p.stop();
});

const node = (labels: Readonly<Record<string, string>>): Node =>
  ({ metadata: { labels } }) as unknown as Node;
test('NL-23: region and zone, by their new labels or their old ones', () => {
  assert.is(zoneOf(node({})), '');
  assert.is(zoneOf(node({ 'topology.kubernetes.io/zone': 'z' })), ':z');
  assert.is(
    zoneOf(
      node({
        'failure-domain.beta.kubernetes.io/region': 'old',
        'topology.kubernetes.io/region': 'r',
        'failure-domain.beta.kubernetes.io/zone': 'z',
      }),
    ),
    'r:z',
  );
  assert.is(isExcludedFromDisruption(node({ 'node.kubernetes.io/exclude-disruption': '' })), true);
});

test('NL-1: ticks every 5 s from the start; what expires at a tick is seen by the next one', () => {
  const ticks = { startedAtMs: 1_000, periodMs: 5_000 };
  assert.equal(
    [1_000, 1_001, 5_999, 6_000].map((nowMs) => untilTickMs(ticks, nowMs)),
    [0, 4_999, 1, 0],
  );
  assert.is(untilTickAfterMs(ticks, 51_000, 1_000), 55_000);
  assert.is(untilTickAfterMs(ticks, 50_999, 1_000), 50_000);
  assert.is(untilTickAfterMs(ticks, 0, 7_000), 4_000);
});

test.run();
