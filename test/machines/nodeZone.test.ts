import * as assert from 'uvu/assert';
import { nodeZoneEffects, nodeZoneMachine, type ZoneDisruption } from '../../machines/index.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: nodeZone');

type ZoneRig = Rig<typeof nodeZoneMachine>;
const zone = (): ZoneRig =>
  createRig(nodeZoneMachine, nodeZoneEffects, {
    evictionRate: 0.1,
    secondaryEvictionRate: 0.01,
    largeZoneSize: 50,
  });
const assess = (rig: ZoneRig, disruption: ZoneDisruption, size = 10, areAllZonesDown = false): void =>
  rig.send((atMs) => ({ type: 'zone.assessed', disruption, size, areAllZonesDown, atMs }));
const queue = (rig: ZoneRig, ...names: string[]): void => {
  for (const name of names) rig.send((atMs) => ({ type: 'node.queued', name, atMs }));
};

test('the looks of one instant are assessed once', () => {
  const rig = zone();
  for (let index = 0; index < 3; index += 1) rig.send({ type: 'nodes.changed' });
  assert.equal(rig.timesOf('assessZone'), []);
  rig.advance(0);
  assert.equal(rig.timesOf('assessZone'), [0]);
});

test('NL-3: the first node at once, the others 10 s apart, first come first served', () => {
  const rig = zone();
  assess(rig, 'Normal');
  queue(rig, 'a', 'b', 'b', 'c');
  rig.advance(60_000);
  assert.equal(rig.timesOf('taintNode'), [0, 10_000, 20_000]);
  queue(rig, 'd');
  rig.advance(0);
  assert.equal(rig.timesOf('taintNode').at(-1), 60_000, 'a token has been waiting');
});

test('a node that leaves the queue is passed over, and costs no token', () => {
  const rig = zone();
  assess(rig, 'Normal');
  queue(rig, 'a', 'b', 'c');
  rig.advance(5_000);
  rig.send({ type: 'node.dequeued', name: 'b' });
  rig.advance(60_000);
  assert.equal(rig.timesOf('taintNode'), [0, 10_000]);
});

test('NL-24: partially disrupted: none in a small zone, one in 100 s in a large one', () => {
  for (const [size, times] of [
    [50, []],
    [51, [0, 100_000, 200_000]],
  ] as const) {
    const rig = zone();
    assess(rig, 'PartialDisruption', size);
    queue(rig, 'a', 'b', 'c');
    rig.advance(300_000);
    assert.equal(rig.timesOf('taintNode'), times);
  }
});

test('NL-24: all zones down stops; afterwards the first turn comes after 10 s', () => {
  const rig = zone();
  assess(rig, 'FullDisruption', 10, true);
  assert.equal(rig.timesOf('stopEvictions'), [0]);
  queue(rig, 'a');
  rig.advance(60_000);
  assert.equal(rig.timesOf('taintNode'), []);
  assess(rig, 'FullDisruption', 10, true);
  assert.equal(rig.timesOf('stopEvictions'), [0], 'once');
  assess(rig, 'Normal');
  assert.equal(rig.timesOf('resumeEvictions'), [60_000]);
  rig.advance(60_000);
  assert.equal(rig.timesOf('taintNode'), [70_000]);
});

test('a slower rate in the middle of a wait counts from then', () => {
  const rig = zone();
  assess(rig, 'Normal', 60);
  queue(rig, 'a', 'b');
  rig.advance(4_000);
  assess(rig, 'PartialDisruption', 60);
  rig.advance(200_000);
  assert.equal(rig.timesOf('taintNode'), [0, 104_000]);
});

test.run();
