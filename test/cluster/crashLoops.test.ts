/** Pods that crash for a day: nothing piles up. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as assert from 'uvu/assert';
import { createCluster } from '../../src/index.js';
import { suite } from '../support/suite.js';
import { pod } from '../support/workloads.js';

const test = suite('cluster: crash loops', { timeoutMs: 120_000 });

const PODS = 20;

/** Heap in use once everything that can go is gone. */
const heapBytes = (): number => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};

test('an hour of CrashLoopBackOff: each restart at its exact time, 0, 10, 20, 40, 80, 160, then 300 s after the end before (row 79)', async () => {
  const START_MS = 1_767_225_600_000;
  const RUN_MS = 250;
  const cluster = await createCluster({ images: { 'crash:1': { exitsAfter: RUN_MS, exitCode: 1 } } });
  try {
    await cluster.apply(pod('crash', { image: 'crash:1' }));
    const expected: number[] = [0];
    for (const delaySeconds of [0, 10, 20, 40, 80, 160, ...Array.from({ length: 11 }, () => 300)])
      expected.push((expected.at(-1) ?? 0) + RUN_MS + delaySeconds * 1000);
    const restarts = (): number =>
      cluster.get('Pod', 'crash')?.status.containerStatuses?.[0]?.restartCount ?? 0;
    for (const [count, atMs] of expected.entries()) {
      if (count === 0) continue;
      await cluster.advance(START_MS + atMs - 1 - cluster.now());
      assert.is(restarts(), count - 1, `one millisecond before restart ${count}`);
      await cluster.advance(1);
      assert.is(restarts(), count, `restart ${count} at ${atMs} ms`);
    }
    assert.ok((expected.at(-1) ?? 0) > 3_600_000, 'an hour and more');
  } finally {
    await cluster.stop();
  }
});

test('20 pods crash for 24 h: actors, timers and objects stay as they were after two hours, memory as after twelve', async () => {
  const cluster = await createCluster({ images: { 'crash:1': { exitsAfter: '2s', exitCode: 1 } } });
  try {
    for (let index = 0; index < PODS; index += 1)
      await cluster.apply(pod(`crash-${index}`, { image: 'crash:1' }));
    const measure = (): object => {
      const { actors } = cluster.statistics;
      const objects = (['Pod', 'Node', 'Lease'] as const).map((kind) => cluster.list(kind).length);
      return { actors, objects };
    };
    await cluster.advance('2h');
    const first = measure();
    let heapBefore = 0;
    const timers: number[] = [];
    for (let hour = 2; hour < 24; hour += 1) {
      await cluster.advance('1h');
      assert.equal(measure(), first);
      // Of each pod the same few, counted; what has not come again for an hour is gone.
      assert.ok(cluster.list('Event').length <= 5 * PODS);
      timers.push(cluster.statistics.timers);
      // By then the store keeps as many old versions of pods as it ever will.
      if (hour === 12) heapBefore = heapBytes();
    }
    // Two per pod that waits (back-off and its report), and those of the cluster itself.
    assert.ok(Math.max(...timers) <= 3 * PODS + 20, `as many as ${Math.max(...timers)} timers`);
    const grownBytes = heapBytes() - heapBefore;
    assert.ok(grownBytes < 1_000_000, `the heap has grown by ${grownBytes} bytes`);
    const restarts = cluster.get('Pod', 'crash-0')?.status.containerStatuses?.[0]?.restartCount ?? 0;
    // 302 s between two starts once the back-off has reached its maximum.
    assert.ok(restarts > 280 && restarts < 300, `${restarts} restarts`);
  } finally {
    await cluster.stop();
  }
});

test.run();
